"""The command line, `vitrine`: every error is one sentence on standard error and exit status 2."""

import tomllib
from collections.abc import Sequence
from importlib import metadata
from typing import Any

import click

from webapp.cli.listed import Listed
from webapp.config import PROJECT_ROOT, ConfigError
from webapp.domain.errors import DomainError

COMMANDS = {
    "serve": ("webapp.cli.serving", "serve", "Migrate, then serve the dashboard, the API and the jobs."),
    "worker": ("webapp.cli.serving", "worker", "Run jobs only, for more machines than one."),
    "migrate": ("webapp.cli.serving", "migrate", "Bring the database to this version."),
    "user": ("webapp.cli.users", "user", "Make, list and change accounts."),
    "key": ("webapp.cli.keys", "key", "Make, list and revoke keys of programs."),
    "routes": ("webapp.cli.routes", "routes", "List each route, its door and who may use it."),
    "demo": ("webapp.cli.keeping", "demo", "Load sample galleries in five languages."),
    "backup": ("webapp.cli.keeping", "backup", "Write database, media and keys into one file."),
    "restore": ("webapp.cli.keeping", "restore", "Bring back what a backup holds."),
    "check": ("webapp.cli.keeping", "check", "Say whether rows and files agree."),
    "words": ("webapp.cli.words", "words", "Bring the catalogues of the interface in step with the code."),
    "bench": ("webapp.cli.measuring", "bench", "Measure against a stated goal; exit 1 if one is missed."),
    "faults": ("webapp.cli.measuring", "faults", "Break things on purpose; exit 1 if anything is lost."),
}


def show_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    """Print the version of this checkout, or of the installed package."""
    if not wanted:
        return
    project = PROJECT_ROOT / "pyproject.toml"
    if project.is_file():
        version = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]
    else:
        version = metadata.version("vitrine")
    click.echo(f"Vitrine {version}")
    ctx.exit()


@click.group(cls=Listed, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=show_version,
    help="Show the version and exit.",
)
def vitrine() -> None:
    """A gallery dashboard of your own. Settings are VITRINE_* variables; README.md lists them."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status."""
    try:
        status = vitrine.main(args=argv, prog_name="vitrine", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        return 2
    except click.ClickException as error:
        return refuse(error.format_message())
    except click.Abort:
        return 130
    except (ConfigError, DomainError) as error:
        return refuse(str(error))
    except database_errors() as error:
        if is_defect(error):
            raise
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        return refuse(f"The database does not answer: {reason}.")
    return status if isinstance(status, int) else 0


def database_errors() -> Any:
    """Name what a database raises; looked up only when something was raised."""
    from sqlalchemy.exc import DatabaseError

    try:
        from psycopg import OperationalError
    except ImportError:
        return DatabaseError
    return DatabaseError, OperationalError


def is_defect(error: Exception) -> bool:
    """Tell a mistake of ours from a database that is away, locked, full or damaged."""
    from sqlalchemy.exc import DatabaseError, OperationalError

    return isinstance(error, DatabaseError) and type(error) not in (DatabaseError, OperationalError)


def refuse(sentence: str) -> int:
    """Say on standard error what was wrong, in one line."""
    click.echo(" ".join(sentence.split()), err=True)
    return 2
