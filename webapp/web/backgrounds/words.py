"""What is said of backgrounds: zones, turns, distances, places and whether one is shown, in the reader's language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from babel.units import format_unit
from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.domain.backgrounds.areas import Area
from webapp.domain.backgrounds.typed import split
from webapp.domain.geo import Point
from webapp.domain.models import Background
from webapp.infra.clock import now

ZONE_WORDS: Final = {
    "HOME_PAGE": _l("Home page"),
    "MENU": _l("Menu"),
    "EVENTS_LIST": _l("List of events"),
    "MAP_LIST": _l("List beside the map"),
    "LAUNCHSCREEN": _l("Launch screen"),
    "ACTIVITY_FORM": _l("Activity form"),
}
TURN_WORDS: Final = {
    "never": _l("Always the first picture"),
    "hour": _l("Another one each hour"),
    "day": _l("Another one each day"),
    "visit": _l("Another one at each visit"),
}
PART_WORDS: Final = {
    "country": _l("Country"),
    "region": _l("Region"),
    "department": _l("Department"),
    "locality": _l("Town"),
    "postalCode": _l("Postal code"),
    "streetAddress": _l("Street and number"),
    "complementaryStreetAddress": _l("More of the address"),
    "name": _l("Name of the place"),
    "originId": _l("Id in another system"),
}
"""The parts of an address, in the order of a form."""

FIELD_WORDS: Final = {
    "name": _l("Name"),
    "media_ids": _l("Pictures"),
    "zones": _l("Zones"),
    "areas": _l("Places"),
    "is_active": _l("Shown"),
    "starts_at": _l("Shown from"),
    "ends_at": _l("Shown until"),
    "turns": _l("Taking turns"),
    "metadatas": _l("Metadata"),
    "caption": _l("Caption"),
}
UNIT_WORDS: Final = {
    "m": _l("metres"),
    "km": _l("kilometres"),
    "mi": _l("miles"),
    "nmi": _l("nautical miles"),
    "ft": _l("feet"),
    "yd": _l("yards"),
}
LENGTHS: Final = {
    "": "length-meter",
    "mm": "length-millimeter",
    "cm": "length-centimeter",
    "m": "length-meter",
    "km": "length-kilometer",
    "in": "length-inch",
    "ft": "length-foot",
    "yd": "length-yard",
    "mi": "length-mile",
    "nmi": "length-nautical-mile",
}
"""What CLDR calls the units of the domain."""

SAID_LAST: Final = ("name", "streetAddress", "complementaryStreetAddress")
"""Parts that are said before the town."""


@dataclass(frozen=True)
class Standing:
    """Whether a background is shown: a class of state, and words."""

    state: str
    words: str


def standing(background: Background) -> Standing:
    """Say whether a background is shown now."""
    if background.deleted_at is not None:
        return Standing("off", str(_("In the trash")))
    if not background.is_active:
        return Standing("archived", str(_("Switched off")))
    moment = now()
    if background.ends_at and background.ends_at <= moment:
        return Standing("archived", str(_("Over")))
    if background.starts_at and background.starts_at > moment:
        return Standing("held", str(_("Scheduled")))
    return Standing("published", str(_("Shown")))


def titled(background: Background, zones: tuple[str, ...]) -> str:
    """Return what a background is called: its name, or its zones."""
    return background.name or zones_said(zones)


def zones_said(zones: tuple[str, ...]) -> str:
    """Name zones in one line."""
    return str(_(", ")).join(zone(each) for each in zones)


def zone(code: str) -> str:
    """Say what a zone is called."""
    return str(ZONE_WORDS.get(code, code))


def distance(written: str | None) -> str:
    """Write a distance such as `1.5km` for people."""
    number, unit = split(written)
    if not number:
        return written or ""
    return re.sub(r"(?<=\d) (?=\S)", "\N{NO-BREAK SPACE}", _length(float(number), LENGTHS[unit]))


def length(metres: float) -> str:
    """Write metres for people, in few figures."""
    number, unit = (metres, "m") if metres < 1000 else (metres / 1000, "km")
    few = float(f"{number:.3g}")
    return re.sub(r"(?<=\d) (?=\S)", "\N{NO-BREAK SPACE}", _length(few, LENGTHS[unit]))


def point(place: Point) -> str:
    """Write a place for people, to about ten metres."""
    return f"{_degrees(place.latitude)}, {_degrees(place.longitude)}"


def area(found: Area) -> str:
    """Say where an area is: the words of its address, how far round where."""
    where = address(found.address)
    if found.circle is None:
        return where
    around = where or point(found.circle.centre)
    return str(_("%(distance)s round %(place)s", distance=distance(found.distance), place=around))


def address(parts: Mapping[str, Any]) -> str:
    """Write an address in one line, what is smallest first."""
    said = [str(parts.get(name) or "") for name in SAID_LAST]
    town = " ".join(str(parts[name]) for name in ("postalCode", "locality") if parts.get(name))
    wider = [str(parts.get(name) or "") for name in ("department", "region", "country")]
    return str(_(", ")).join(each for each in (*said, town, *wider) if each)


def moment(value: datetime | None) -> str:
    """Write a moment as a line of a comparison."""
    return f"{value:%Y-%m-%d %H:%M} UTC" if value else ""


def _degrees(value: float) -> str:
    return f"{round(value, 4):.10g}"


def _length(number: float, unit: str) -> str:
    locale = get_locale()
    return str(format_unit(number, unit, length="short", locale=locale, format=None)) or format_decimal(number)
