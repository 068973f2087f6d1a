"""Commands about the keys of programs, for whoever has the machine: `key add|list|revoke`."""

from collections.abc import Sequence

import click

from webapp.cli.opened import house
from webapp.domain import accounts, keys
from webapp.domain.errors import NotFound
from webapp.domain.permissions import PERMISSIONS, system
from webapp.domain.transaction import transaction


@click.group()
def key() -> None:
    """Make, list and revoke keys of programs."""


@key.command()
@click.option("--user", "email", required=True, metavar="EMAIL", help="Whose permissions it has.")
@click.option("--name", required=True, help="What it is for.")
@click.option(
    "--scope",
    "permissions",
    multiple=True,
    type=click.Choice(PERMISSIONS),
    metavar="PERMISSION",
    help="One of the user's permissions; may be given again. All of them where none is given.",
)
def add(email: str, name: str, permissions: Sequence[str]) -> None:
    """Make a key and print it, alone on its line; it cannot be shown again."""
    with house():
        with transaction():
            found = accounts.find_by_email(email)
            if found is None:
                raise click.ClickException(f"Nobody has an account with {email}: `vitrine user list` shows who has.")
            _, whole = keys.add(found, name=name, permissions=permissions or None, actor=system("cli"))
        click.echo(whole)


@key.command("list")
def list_() -> None:
    """List the keys: the half before the dot, whose, name, state, day of the last use."""
    with house():
        for row in keys.listed(system("cli")):
            used = row.key.used_at.date().isoformat() if row.key.used_at else "-"
            shown = (f"{keys.PREFIX}{row.key.public_id}", row.owner.email, row.key.name, row.ended or "active", used)
            click.echo("\t".join(shown))


@key.command()
@click.argument("named", metavar="KEY")
def revoke(named: str) -> None:
    """Make a key worthless at once; it is named by its half before the dot, as `key list` shows it."""
    with house(), transaction():
        try:
            found = keys.named(named)
        except NotFound as unknown:
            raise click.ClickException("There is no such key: `vitrine key list` shows which there are.") from unknown
        keys.revoke(found.id, actor=system("cli"))
        click.echo(f"{found.name} opens nothing any more.")
