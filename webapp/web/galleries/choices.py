"""What the list can be filtered by, in words: the chips of what is asked for, and the menu of what may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.domain.asking import Fault, Filter, Line
from webapp.domain.models import Language
from webapp.doors import actor
from webapp.web import phrases
from webapp.web.categories import drawing as categories

STATUS: Final = {
    "draft": _l("Draft"),
    "published": _l("Published"),
    "archived": _l("Archived"),
    "held": _l("Changes held"),
}
SPANS: Final = {"24h": _l("last 24 hours"), "7d": _l("last 7 days"), "30d": _l("last 30 days")}
SITE: Final = {"placed": _l("Has a place on the site"), "unplaced": _l("Has no place on the site")}
FIXED: Final[dict[str, dict[str, Any]]] = {"status": STATUS, "site": SITE}


class Asked(Protocol):
    """A list that is asked for by a line of filters, and its addresses."""

    @property
    def line(self) -> Line: ...
    def url(self, **changes: Any) -> str: ...
    def toggled(self, name: str, value: str, *, only: bool = False) -> str: ...


@dataclass(frozen=True)
class Chip:
    """A filter that is asked for, in words, and where it is not."""

    words: str
    without: str


@dataclass(frozen=True)
class Choice:
    """Something to filter by; `chosen` where it is, and `url` takes it back."""

    words: str
    url: str
    chosen: bool


@dataclass(frozen=True)
class Section:
    """Choices of one kind."""

    words: str
    choices: tuple[Choice, ...]


def chips(asked: Asked, languages: Sequence[Language]) -> list[Chip]:
    """Return the filters that are asked for."""
    return [Chip(_words(each, languages), asked.url(line=asked.line.without(each))) for each in asked.line.filters]


def sections(asked: Asked, languages: Sequence[Language]) -> list[Section]:
    """Return what may be asked for."""
    return [
        _section(_("Status"), asked, "status", STATUS),
        _section(_("Texts missing"), asked, "missing", {"any": _("in any language")} | _names(languages)),
        _section(_("Edited"), asked, "updated", SPANS, only=True),
        _section(_("By"), asked, "author", {"me": _("me")}),
        _section(_("On the site"), asked, "site", SITE, only=True),
    ]


def complaint(fault: Fault) -> str:
    """Say what is wrong with a filter, and what it can be."""
    possible = ", ".join(fault.possible)
    written = f"\u2068{fault.filter}\u2069"
    if fault.unknown_name:
        return str(_("“%(filter)s” is no filter. There are: %(possible)s.", filter=written, possible=possible))
    sentence = _("“%(filter)s” filters nothing. It can be: %(possible)s.", filter=written, possible=possible)
    return str(sentence)


def _section(words: str, asked: Asked, name: str, values: dict[str, Any], *, only: bool = False) -> Section:
    chosen = set(asked.line.values(name))
    made = [Choice(str(each), asked.toggled(name, key, only=only), key in chosen) for key, each in values.items()]
    return Section(words, tuple(made))


def _names(languages: Sequence[Language]) -> dict[str, str]:
    return {language.code: phrases.tongue(language) for language in languages}


def _words(each: Filter, languages: Sequence[Language]) -> str:
    value = each.value
    if each.name in FIXED:
        return str(FIXED[each.name][value.lower()])
    if each.name == "missing":
        named = {code.lower(): name for code, name in _names(languages).items()}
        return str(_("Texts missing: %(language)s", language=named.get(value.lower(), _("in any language"))))
    if each.name == "updated":
        return str(_("Edited: %(span)s", span=SPANS.get(value.lower(), value)))
    if each.name == "author":
        return str(_("By %(name)s", name=actor().name if value.lower() == "me" else value))
    if each.name == "category":
        return str(_("Category: %(category)s", category=categories.words(value)))
    return str(_("Tag: %(tag)s", tag=value))
