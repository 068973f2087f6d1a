"""The command line, `vitrine`: every error is one sentence on standard error and exit status 2."""

import difflib
import importlib
import tomllib
from collections.abc import Sequence
from importlib import metadata
from typing import Any

import click

from webapp.config import PROJECT_ROOT, ConfigError
from webapp.domain.errors import DomainError

# name: (module of webapp.cli, attribute, what --help says); a module loads only when its command is called.
COMMANDS = {
    "serve": ("serving", "serve", "Migrate, then serve the dashboard, the API and the jobs."),
    "worker": ("serving", "worker", "Run jobs only, for more machines than one."),
    "migrate": ("serving", "migrate", "Bring the database to this version."),
    "bench": ("measuring", "bench", "Measure against a stated goal; exit 1 if one is missed."),
    "faults": ("measuring", "faults", "Break things on purpose; exit 1 if anything is lost."),
}
HIDDEN = {
    "web": ("serving", "web", "Serve without supervision; `serve` starts this."),
    "prepare": ("serving", "prepare", "Migrate and say what to do first; `serve` starts this."),
}


class Commands(click.Group):
    """A group that knows its commands' names without importing them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List what --help shows."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        found = COMMANDS.get(cmd_name) or HIDDEN.get(cmd_name)
        if found is None:
            return None
        module, attribute, _ = found
        command: click.Command = getattr(importlib.import_module(f"webapp.cli.{module}"), attribute)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """Find the command asked for, or name the one that was probably meant."""
        if args and args[0] not in COMMANDS and args[0] not in HIDDEN:
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(COMMANDS)}."
            ctx.fail(f"There is no command {args[0]!r}: {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write names and summaries from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, _, summary) in COMMANDS.items()])


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


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
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
        return refuse(f"The database does not answer: {str(error.orig).strip().partition(chr(10))[0]}.")
    return status if isinstance(status, int) else 0


def database_errors() -> Any:
    """Name what a database that is away raises; looked up only when something was raised."""
    from sqlalchemy.exc import OperationalError

    return OperationalError


def refuse(sentence: str) -> int:
    """Say on standard error what was wrong, in one line."""
    click.echo(" ".join(sentence.split()), err=True)
    return 2
