"""`bench` and `faults`: the modules of bench/, which come with a checkout and not with the installed package."""

import sys

import click

from webapp.cli.listed import Listed, Table
from webapp.config import PROJECT_ROOT

BENCHES: Table = {
    "api": ("bench.api", "api", "Lists, galleries and changes over the API, beside Wagtail's and Directus's."),
    "stalled": ("bench.stalled", "stalled", "Others' waiting time beside stalled uploads and downloads."),
    "dashboard": ("bench.dashboard", "dashboard", "The list, the editor and a move beside those of Wagtail."),
    "grid": ("bench.grid", "grid", "Dragging and carrying among thousands of tiles, beside SortableJS."),
    "resolve": ("bench.resolve", "resolve", "A background of very many for here and now, beside one of a thousand."),
    "library": ("bench.library", "library", "A library of very many files beside one of a thousand."),
    "lighthouse": ("bench.lighthouse", "lighthouse", "Lighthouse on three pages, into docs/lighthouse.md."),
    "public": ("bench.public", "public", "The public page of thousands of items beside that of fifty."),
    "renditions": ("bench.renditions", "renditions", "Pictures' files beside sharp's, Willow's and vipsthumbnail's."),
    "screenshots": ("bench.screenshots", "screenshots", "A picture of every page, into docs/screenshots/."),
}
FAULTS: Table = {
    "fuzz": ("bench.fuzz", "fuzz", "Send each JSON dialect thousands of requests made of its own document."),
    "jobs": ("bench.jobs", "kill_workers", "SIGKILL the worker while it makes renditions and videos, and fetches."),
    "kill": ("bench.kill", "kill", "SIGKILL the whole server again and again while clients write."),
    "webhooks": (
        "bench.webhooks",
        "kill_and_hang",
        "SIGKILL it while others are told of changes; let one of them hang.",
    ),
}


class FromCheckout(Listed):
    """A group whose commands are found beside the package."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command, or say that this is no checkout."""
        if not (PROJECT_ROOT / "bench").is_dir():
            ctx.fail("The measurements come with the source of Vitrine, not with the installed package.")
        sys.path.insert(0, str(PROJECT_ROOT))
        return super().get_command(ctx, cmd_name)


@click.group(cls=FromCheckout, table=BENCHES)
def bench() -> None:
    """Measure against a stated goal: a table, and exit 1 if a goal is missed."""


@click.group(cls=FromCheckout, table=FAULTS)
def faults() -> None:
    """Break things on purpose: a table, and exit 1 if anything is lost."""
