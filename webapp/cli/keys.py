"""Commands about the keys of programs: `key add`."""

from collections.abc import Sequence

import click

from webapp.cli.opened import house
from webapp.domain import accounts, keys
from webapp.domain.permissions import PERMISSIONS, system
from webapp.domain.transaction import transaction


@click.group()
def key() -> None:
    """Make keys for programs."""


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
                raise click.ClickException(
                    f"Nobody has an account with {email}: `vitrine user list` shows who has."
                )
            _, whole = keys.add(found, name=name, permissions=permissions or None, actor=system("cli"))
        click.echo(whole)
