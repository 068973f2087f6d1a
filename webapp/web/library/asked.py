"""What is asked of the library, read from its address, written into it, and offered in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from flask import Response, request
from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.domain import sieve, tallies
from webapp.domain.sieve import Sieve
from webapp.domain.tallies import Counts
from webapp.web.kept_view import KeptView

PATH: Final = "/library/"
VIEWS: Final = ("grid", "table")
KEPT: Final = KeptView("library-view", VIEWS, PATH)
FACETS: Final = {
    "kind": _l("Kind"),
    "used": _l("Use"),
    "lacking": _l("No alt text"),
    "tag": _l("Tag"),
    "by": _l("Added by"),
    "shape": _l("Shape"),
    "added": _l("Added"),
    "size": _l("Size"),
    "file": _l("File"),
}
SAID: Final = {
    "lacking": _l("No alt text: %(name)s"),
    "tag": _l("Tag: %(name)s"),
    "by": _l("Added by %(name)s"),
}
"""What a choice that depends on what is there says where its facet does not stand above it."""

CHOICES: Final = {
    ("kind", "image"): _l("Pictures"),
    ("kind", "video"): _l("Videos"),
    ("used", "yes"): _l("In a gallery"),
    ("used", "no"): _l("Not used"),
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
    return KEPT.chosen()


def remember(answer: Response) -> Response:
    """Keep the view that was chosen for the next visit."""
    return KEPT.remember(answer)


def url(through: Sieve, *, view: str = "", after: str = "") -> str:
    """Return the address of a list."""
    query = [("q", through.words), *through.choices, ("view", view), ("after", after)]
    written = urlencode([(name, value) for name, value in query if value])
    return f"{PATH}?{written}" if written else PATH


def offered(through: Sieve) -> dict[str, Any]:
    """Return what stands about a list: what is asked, how many files that are, and what may be asked instead."""
    counts = tallies.counted(through)
    return {
        "query": through.words,
        "given": through.choices,
        "url": url(through),
        "views": {name: url(through, view=name) for name in VIEWS},
        "total": _files(counts.all, more="" in counts.more),
        "offers": [_section(name, str(FACETS[name]), through, counts) for name in FACETS if _offers(name, counts)],
        "missing": _missing(through, counts),
        "chips": [Chip(_chip(each, counts), url(through.having(each[0], ""))) for each in through.choices],
    }


def _missing(through: Sieve, counts: Counts) -> dict[str, Any] | None:
    """Return how many files are missing and where they are listed; None where none is, or they are listed already."""
    count = counts.of["file", "missing"]
    if not count or through.chosen("file"):
        return None
    number = _number(count, more="file" in counts.more)
    return {"count": count, "number": number, "url": url(through.having("file", "missing"))}


def _section(facet: str, words: str, through: Sieve, counts: Counts) -> Section:
    chosen = through.chosen(facet)
    return Section(
        words,
        tuple(
            Choice(
                key=f"{facet}-{value if CHOICES.get((facet, value)) else place}",
                words=_words((facet, value), counts),
                url=url(through.having(facet, "" if value == chosen else value)),
                count=_number(counts.of[facet, value], more=facet in counts.more),
                chosen=value == chosen,
            )
            for place, value in enumerate(_values(facet, counts), 1)
        ),
    )


def _offers(facet: str, counts: Counts) -> bool:
    return facet != "file" and bool(_values(facet, counts))


def _values(facet: str, counts: Counts) -> Sequence[str]:
    """Return what may be chosen of a facet, the most used first where that depends on what is there."""
    return sieve.FACETS[facet] or [value for name, value in counts.words if name == facet]


def _words(choice: tuple[str, str], counts: Counts) -> str:
    return str(CHOICES[choice]) if choice in CHOICES else counts.words.get(choice, choice[1])


def _chip(choice: tuple[str, str], counts: Counts) -> str:
    words = _words(choice, counts)
    return str(SAID[choice[0]]) % {"name": words} if choice[0] in SAID else words


def _files(count: int, *, more: bool) -> str:
    if more:
        return str(_("%(count)s files", count=_number(count, more=True)))
    return str(ngettext("%(num)s file", "%(num)s files", count))


def _number(count: int, *, more: bool) -> str:
    return f"{format_decimal(count)}+" if more else str(format_decimal(count))
