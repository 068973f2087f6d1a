"""Commands about accounts, for whoever has the machine: `user add|list|set-role|deactivate|reset-link`."""

import sys
from collections.abc import Sequence

import click

from webapp.cli.opened import house
from webapp.domain import accounts
from webapp.domain.models import User
from webapp.domain.permissions import ROLES, system
from webapp.domain.transaction import transaction

LANGUAGES = "A language the translator writes, by its code; may be given again for more."
ROLE = click.option("--role", type=click.Choice(list(ROLES)), required=True, help="What they may do.")
SPOKEN = click.option("--language", "languages", multiple=True, metavar="CODE", help=LANGUAGES)


@click.group()
def user() -> None:
    """Make, list and change accounts."""


@user.command()
@click.argument("email")
@ROLE
@SPOKEN
@click.option("--name", help="Their name; the part of the address before the @ where none is given.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input, not from the terminal.")
def add(email: str, role: str, languages: Sequence[str], name: str | None, password_stdin: bool) -> None:
    """Make an account."""
    password = _password(password_stdin)
    with house(), transaction():
        made = accounts.add(
            email,
            name=name or email.partition("@")[0],
            role=role,
            password=password,
            languages=languages,
            actor=system("cli"),
        )
        click.echo(f"{made.email} can sign in as {role}.")


@user.command("list")
def list_() -> None:
    """List who has an account: address, role, languages, state."""
    with house():
        for each in accounts.all_users():
            spoken = ",".join(sorted(language.code for language in each.languages)) or "-"
            state = "active" if each.active else "deactivated"
            click.echo(f"{each.email}\t{accounts.role_of(each)}\t{spoken}\t{state}")


@user.command("set-role")
@click.argument("email")
@click.argument("role", type=click.Choice(list(ROLES)))
@SPOKEN
def set_role(email: str, role: str, languages: Sequence[str]) -> None:
    """Give somebody another role, which ends their sign-ins."""
    with house(), transaction():
        found = _named(email)
        accounts.change_role(found.id, role, languages, actor=system("cli"))
        click.echo(f"{found.email} is {role} now.")


@user.command()
@click.argument("email")
def deactivate(email: str) -> None:
    """Shut somebody out at once, keys included."""
    with house(), transaction():
        found = _named(email)
        accounts.deactivate(found.id, actor=system("cli"))
        click.echo(f"{found.email} is deactivated and signed out.")


@user.command("reset-link")
@click.argument("email")
def reset_link(email: str) -> None:
    """Print a link with which somebody sets a new password, once, within 24 hours."""
    with house() as (_, settings), transaction():
        click.echo(accounts.reset_link(_named(email).id, settings.base_url, actor=system("cli")))


def _named(email: str) -> User:
    found = accounts.find_by_email(email)
    if found is None:
        raise click.ClickException(f"Nobody has an account with {email}: `vitrine user list` shows who has.")
    return found


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.ClickException("The password has to come from somewhere: add --password-stdin and pipe it in.")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password
