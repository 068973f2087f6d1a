"""What is asked of the list of backgrounds, read from its address and written into it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.domain.backgrounds import typed
from webapp.domain.backgrounds.listing import Wanted
from webapp.domain.errors import Invalid
from webapp.domain.models.background import ADDRESS_PART, ZONES
from webapp.web.backgrounds.words import PART_WORDS, zone
from webapp.web.phrases import told

PATH: Final = "/backgrounds/"
LABELS: Final[Mapping[str, Any]] = {
    "zone": _l("Zone"),
    **PART_WORDS,
    "near": _l("A place in its circle"),
    "made": _l("Made on the day"),
    "deleted": _l("Those in the trash too"),
}
"""The filters by what stands in the address, and what they are called."""

MOST_PAGE: Final = 100_000


@dataclass(frozen=True)
class Chip:
    """A filter that was chosen, in words, and the list without it."""

    words: str
    without: str


@dataclass(frozen=True)
class Asked:
    """What is asked for: filters as they were given, what that means, and what of it means nothing."""

    given: Mapping[str, str]
    wanted: Wanted
    faults: Mapping[str, str] = field(default_factory=dict)
    page: int = 1

    @property
    def chips(self) -> list[Chip]:
        """The filters that are chosen; the zone is chosen above the list."""
        return [Chip(self._said(name), self.without(name)) for name in self.given if name != "zone"]

    def url(self, *, page: int = 1, **changed: str) -> str:
        """Return the address of the list with something otherwise."""
        said = {name: text for name, text in (dict(self.given) | changed).items() if text}
        said |= {"page": str(page)} if page > 1 else {}
        return f"{PATH}?{urlencode(said)}" if said else PATH

    def without(self, name: str) -> str:
        """Return the address of the list without a filter."""
        return replace(self, given={each: text for each, text in self.given.items() if each != name}).url()

    def _said(self, name: str) -> str:
        label = str(LABELS[name])
        return label if name == "deleted" else str(_("%(filter)s: %(value)s", filter=label, value=self.given[name]))


def read(*, may_see_deleted: bool) -> Asked:
    """Read what the address asks for; a filter that means nothing filters nothing, and is complained of."""
    given = {name: request.args.get(name, "").strip()[: ADDRESS_PART[1]] for name in LABELS}
    given["zone"] = given["zone"] if given["zone"] in ZONES else ""
    given["deleted"] = "yes" if given["deleted"] and may_see_deleted else ""
    faults: dict[str, str] = {}
    place = day = None
    try:
        place = typed.near(given["near"])
    except Invalid as refused:
        faults["near"] = told(refused)
    try:
        day = date.fromisoformat(given["made"]) if given["made"] else None
    except ValueError:
        faults["made"] = _("Write a day, such as 2026-06-21.")
    wanted = Wanted(
        address={name: given[name] for name in PART_WORDS if given[name]},
        zones=(given["zone"],) if given["zone"] else (),
        place=place,
        day=day,
        with_deleted=bool(given["deleted"]),
    )
    return Asked({name: text for name, text in given.items() if text}, wanted, faults, _page())


def zones(asked: Asked, counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the zones to choose between, each with how many backgrounds it has."""
    made = [{"words": _("All"), "url": asked.url(zone=""), "chosen": "zone" not in asked.given, "count": None}]
    for code in ZONES:
        offered = {"words": zone(code), "url": asked.url(zone=code), "count": counts.get(code, 0)}
        made.append(offered | {"chosen": asked.given.get("zone") == code})
    return made


def _page() -> int:
    given = request.args.get("page", "")
    known = given.isascii() and given.isdigit() and len(given) < 7
    return max(1, min(int(given), MOST_PAGE)) if known else 1
