"""What is asked of the library, read from its address, written into it, and offered in words."""

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, current_app, request
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.config import Settings
from webapp.domain import sieve
from webapp.domain.sieve import ENOUGH, Counts, Sieve
from webapp.infra import kept
from webapp.infra.clock import now

PATH: Final = "/library/"
VIEWS: Final = ("grid", "table")
COOKIE: Final = "library-view"
COOKIE_SECONDS: Final = 365 * 24 * 3600
FACETS: Final = {
    "kind": _l("Kind"),
    "used": _l("Use"),
    "lacking": _l("Text"),
    "shape": _l("Shape"),
    "added": _l("Added"),
    "size": _l("Size"),
    "file": _l("File"),
}
CHOICES: Final = {
    ("kind", "image"): _l("Pictures"),
    ("kind", "video"): _l("Videos"),
    ("used", "yes"): _l("In a gallery"),
    ("used", "no"): _l("Not used"),
    ("lacking", "alt"): _l("No alt text"),
    ("shape", "landscape"): _l("Landscape"),
    ("shape", "portrait"): _l("Portrait"),
    ("shape", "square"): _l("Square"),
    ("added", "7d"): _l("In the last 7 days"),
    ("added", "30d"): _l("In the last 30 days"),
    ("size", "small"): _l("Under 1 MB"),
    ("size", "medium"): _l("1 to 10 MB"),
    ("size", "large"): _l("10 MB and more"),
    ("file", "missing"): _l("File is missing"),
}


@dataclass(frozen=True)
class Choice:
    """Something to filter by and how many files that would leave; `url` takes it back where it is chosen."""

    key: str
    words: str
    url: str
    count: str
    chosen: bool


@dataclass(frozen=True)
class Section:
    """The choices of a facet."""

    words: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Chip:
    """A choice that was made, in words, and the list without it."""

    words: str
    without: str


def read() -> Sieve:
    """Read what is asked for; what makes no sense is left out."""
    return sieve.sifting(request.args.get("q", ""), {name: request.args.get(name, "") for name in FACETS})


def view() -> str:
    """Return how the list is to be drawn: as it is asked for now, or was the last time."""
    for chosen in (request.args.get("view"), request.cookies.get(COOKIE)):
        if chosen in VIEWS:
            return chosen
    return VIEWS[0]


def remember(answer: Response) -> Response:
    """Keep the view that was chosen for the next visit."""
    chosen = request.args.get("view")
    if chosen in VIEWS and chosen != request.cookies.get(COOKIE):
        settings: Settings = current_app.extensions["vitrine-settings"]
        answer.set_cookie(
            COOKIE, chosen, max_age=COOKIE_SECONDS, path=PATH, secure=settings.https, httponly=True, samesite="Lax"
        )
    return answer


def url(through: Sieve, *, view: str = "", after: str = "") -> str:
    """Return the address of a list."""
    query = [("q", through.words), *through.choices, ("view", view), ("after", after)]
    written = urlencode([(name, value) for name, value in query if value])
    return f"{PATH}?{written}" if written else PATH


def offered(through: Sieve) -> dict[str, Any]:
    """Return what stands about a list: what is asked, how many files that are, and what may be asked instead."""
    counts = kept.until_written(("library", through, now().replace(second=0)), lambda: sieve.counted(through))
    return {
        "query": through.words,
        "given": through.choices,
        "url": url(through),
        "views": {name: url(through, view=name) for name in VIEWS},
        "total": _files(counts.all),
        "offers": [_section(name, str(words), through, counts) for name, words in FACETS.items() if name != "file"],
        "missing": _missing(through, counts),
        "chips": [Chip(str(CHOICES[each]), url(through.having(each[0], ""))) for each in through.choices],
    }


def _missing(through: Sieve, counts: Counts) -> dict[str, Any] | None:
    """Return how many files are missing and where they are listed; None where none is, or they are listed already."""
    count = counts.of["file", "missing"]
    if not count or through.chosen("file"):
        return None
    return {"count": count, "number": _number(count), "url": url(through.having("file", "missing"))}


def _section(facet: str, words: str, through: Sieve, counts: Counts) -> Section:
    chosen = through.chosen(facet)
    return Section(
        words,
        tuple(
            Choice(
                key=f"{facet}-{value}",
                words=str(CHOICES[facet, value]),
                url=url(through.having(facet, "" if value == chosen else value)),
                count=_number(counts.of[facet, value]),
                chosen=value == chosen,
            )
            for value in sieve.FACETS[facet]
        ),
    )


def _files(count: int) -> str:
    if count > ENOUGH:
        return str(_("%(count)s files", count=_number(count)))
    return str(ngettext("%(num)s file", "%(num)s files", count))


def _number(count: int) -> str:
    return f"{format_decimal(ENOUGH)}+" if count > ENOUGH else str(format_decimal(count))
