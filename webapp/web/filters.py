"""How values are written in pages."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from babel.lists import format_list
from babel.units import format_unit
from flask import Flask
from flask_babel import format_date, format_datetime, format_time, format_timedelta, get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from webapp.infra.clock import now
from webapp.web.phrases import STANDARD, language, number

ROLE_NAMES: Final = {
    "admin": _l("administrator"),
    "editor": _l("editor"),
    "translator": _l("translator"),
    "viewer": _l("viewer"),
}
BROWSERS: Final = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
DATES: Final = {"MMMd": "d MMM", "yMMMd": "d MMM y", "MMMMd": "d MMMM", "long": "d MMMM y", "full": "EEEE d MMMM y"}
"""Dates in English, by what other languages name their own order by; CLDR's English is that of the United States."""

UNITS: Final = ((1_000_000_000, "digital-gigabyte"), (1_000_000, "digital-megabyte"), (1_000, "digital-kilobyte"))


def init(app: Flask) -> None:
    """Give the templates `|initials`, `|role_name`, `|device`, `|number`, `|size`, `|listed`, and those of time."""
    for made in (day, whole_day, initials, role_name, moment, brief, clock, ago, device, number, size, listed):
        app.jinja_env.filters[made.__name__] = made


def initials(name: str) -> str:
    """Return the first letters of the first and the last word: "Ada Lovelace" is AL."""
    words = re.findall(r"\w+", name)
    chosen = words[:1] + words[1:][-1:]
    return "".join(word[0].upper() for word in chosen)


def role_name(role: str) -> str:
    """Write a role for people."""
    return str(ROLE_NAMES.get(role, role))


def listed(words: Iterable[object]) -> str:
    """Write a list of words as it stands in a sentence: "French, German and Arabic"."""
    speech = language()
    return format_list([str(word) for word in words], locale="en_GB" if speech == STANDARD else speech)


def moment(value: datetime) -> Markup:
    """Write a moment for people and machines."""
    return _time(value, "moment", f"{format_datetime(value, _order('yMMMd') + ', HH:mm')} UTC")


def brief(value: datetime) -> Markup:
    """Write a moment of about now, without its year."""
    return _time(value, "brief", f"{format_datetime(value, _order('MMMd') + ', HH:mm')} UTC")


def clock(value: datetime) -> Markup:
    """Write the time of day of a moment whose day stands above it."""
    return _time(value, "clock", f"{format_time(value, 'HH:mm')} UTC")


def day(value: datetime) -> Markup:
    """Write a day of about now, without its year."""
    return _time(value, "day", format_date(value, _order("MMMMd")))


def whole_day(value: datetime) -> str:
    """Write a day with its year."""
    return str(format_date(value, _order("long")))


def weekday(value: date) -> str:
    """Write a day with its year and its name."""
    return str(format_date(value, _order("full")))


def ago(value: datetime) -> Markup:
    """Write how long ago a moment was, the moment itself for machines."""
    minutes = round((value - now()).total_seconds() / 60)
    return _time(value, "", _in_minutes(language(), minutes))


def size(count: int) -> str:
    """Write a number of bytes for people."""
    for most, unit in UNITS:
        if count >= most:
            return str(format_unit(round(count / most, 1), unit, length="short", locale=get_locale()))
    return str(format_unit(count, "digital-byte", length="short", locale=get_locale()))


def _order(name: str) -> str:
    """Return the pattern of a date in the reader's language, by its name among formats or skeletons."""
    if language() == STANDARD:
        return DATES[name]
    known = get_locale()
    return str((known.date_formats.get(name) or known.datetime_skeletons[name]).pattern)


def _time(value: datetime, form: str, words: str) -> Markup:
    """Write a moment in UTC; a script (static/js/times.js) writes its `form` anew by the reader's own clock."""
    named = Markup(' data-form="{}"').format(form) if form else ""
    beside = f"{value:%Y-%m-%d %H:%M} UTC"
    moment = value.isoformat(timespec="milliseconds")
    return Markup('<time datetime="{}" title="{}"{}>{}</time>').format(moment, beside, named, words)


@lru_cache(4096)
def _in_minutes(_language: str, minutes: int) -> str:
    """Write a time from now in the reader's language; a page of fifty says the same few again and again."""
    if not minutes:
        return str(_("just now"))
    return str(format_timedelta(timedelta(minutes=minutes), add_direction=True, granularity="minute"))


def device(agent: str | None) -> str:
    """Name the browser and system that a User-Agent claims to be."""
    claimed = agent or ""
    browser = next((name for mark, name in BROWSERS if mark in claimed), "")
    system = next((name for mark, name in SYSTEMS if mark in claimed), "")
    known = f"{browser} · {system}" if browser and system else browser or system
    return known or claimed[:60] or str(_("Unknown device"))
