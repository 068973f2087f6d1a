"""The command line, `vitrine`: every error is one sentence on standard error and exit status 2."""

import importlib
from collections.abc import Sequence

import click

from webapp.config import ConfigError

# name: (module of webapp.cli, attribute, what --help says); modules load only when their command is called.
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
        command = getattr(importlib.import_module(f"webapp.cli.{module}"), attribute)
        assert isinstance(command, click.Command)  # noqa: S101  a wrong table is a defect of ours
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write names and summaries from the table."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, _, summary) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vitrine", prog_name="Vitrine", message="%(prog)s %(version)s")
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
    except ConfigError as error:
        return refuse(str(error))
    return status if isinstance(status, int) else 0


def refuse(sentence: str) -> int:
    """Say on standard error what was wrong."""
    click.echo(" ".join(sentence.split()), err=True)
    return 2
