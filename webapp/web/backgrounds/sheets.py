"""A background's form as what a browser sends of it: made of what is kept, and worked on by its buttons.

A row of the places has its number in the names of its fields, such as `area-0-latitude`, and is there where
`area-0-kind` is. Every button sends the whole form, so that rows come, go and move without a script.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import orjson
from werkzeug.datastructures import MultiDict

from webapp.domain.backgrounds import typed
from webapp.domain.backgrounds.areas import KNOWN_BY, Area
from webapp.domain.backgrounds.contents import Contents
from webapp.domain.backgrounds.fields import MOST_AREAS
from webapp.domain.models import Background, Language

Sheet = MultiDict[str, str]

MOMENT: Final = "%Y-%m-%dT%H:%M"
KINDS: Final = ("location", "circle")
PARTS: Final = (*KNOWN_BY, "latitude", "longitude", "radius", "unit", "rest")
"""The fields of a row behind its kind; `rest` is what a program has said of an address beyond them, as JSON."""

KEYS: Final = {"media_ids": "media", "areas": "area", "is_active": "active"}
"""What is called otherwise in a sheet than in a comparison."""

LONGEST_REST: Final = 16 * 1024


def blank() -> Sheet:
    """Return the sheet of a background that is to be made."""
    return MultiDict([("active", "y"), ("turns", "never"), ("metadatas", "")])


def of(found: Background, contents: Contents, languages: Sequence[Language]) -> Sheet:
    """Return the sheet of a background as it is."""
    sheet: Sheet = MultiDict([("version", str(found.version)), ("name", found.name), ("turns", found.turns)])
    if found.is_active:
        sheet["active"] = "y"
    for name, moment in (("starts_at", found.starts_at), ("ends_at", found.ends_at)):
        sheet[name] = moment.strftime(MOMENT) if moment else ""
    sheet.setlist("media", [str(each) for each in contents.media_ids])
    sheet.setlist("zones", list(contents.zones))
    sheet["metadatas"] = pretty(found.metadatas)
    for language in languages:
        sheet[f"caption-{language.code}"] = (contents.captions or {}).get(language.id, "")
    _write_rows(sheet, [_row(area) for area in contents.areas])
    return sheet


def pretty(metadata: Mapping[str, Any]) -> str:
    """Write metadata on lines of its own, nothing for none."""
    return orjson.dumps(metadata, option=orjson.OPT_INDENT_2).decode() if metadata else ""


def sent(form: MultiDict[str, str]) -> Sheet:
    """Return the sheet that was sent: pasted pairs taken apart, and pictures that were ticked put to the others."""
    sheet: Sheet = MultiDict(form.items(multi=True))
    for name in rows(sheet):
        taken = typed.pair(sheet.get(f"{name}-latitude", "")) or typed.pair(sheet.get(f"{name}-longitude", ""))
        if taken:
            sheet[f"{name}-latitude"], sheet[f"{name}-longitude"] = taken
    picked = [each for each in sheet.poplist("pick") if each not in sheet.getlist("media")]
    sheet.setlist("media", [*sheet.getlist("media"), *picked])
    return sheet


def take(sheet: Sheet, other: Sheet, field: str) -> None:
    """Put into a field of a sheet what stands in another one, by what a comparison calls the field."""
    key = KEYS.get(field, field)
    for name in [each for each in sheet if _belongs(each, key)]:
        del sheet[name]
    for name in [each for each in other if _belongs(each, key)]:
        sheet.setlist(name, other.getlist(name))


def _belongs(name: str, key: str) -> bool:
    return name.startswith("area-") if key == "area" else name == key


def worked(sheet: Sheet, deed: str) -> str:
    """Do to a sheet what one of its buttons says, and return the field that has the focus then."""
    thing, _, rest = deed.partition("-")
    if thing == "area":
        return _work_on_areas(sheet, rest)
    if thing == "picture":
        _work_on_pictures(sheet, rest)
    return ""


def rows(sheet: Sheet) -> list[str]:
    """Name the rows of places: `area-0`, `area-1`."""
    names = (f"area-{number}" for number in range(MOST_AREAS + 1))
    return [name for name in names if f"{name}-kind" in sheet]


def media_ids(sheet: Sheet) -> list[UUID]:
    """Return the pictures of a sheet in their order; what is no id is left out."""
    return list(_ids(sheet.getlist("media")))


def _ids(given: Sequence[str]) -> Iterator[UUID]:
    for each in given:
        try:
            yield UUID(each)
        except ValueError:
            continue


def _work_on_areas(sheet: Sheet, deed: str) -> str:
    verb, _, number = deed.partition("-")
    kept = [(name, _read_row(sheet, name)) for name in rows(sheet)]
    if verb == "remove":
        _write_rows(sheet, [row for name, row in kept if name != f"area-{number}"])
    elif verb in KINDS and len(kept) < MOST_AREAS:
        _write_rows(sheet, [*(row for _name, row in kept), {"kind": verb, "unit": "km"}])
        return f"area-{len(kept)}-{'latitude' if verb == 'circle' else 'country'}"
    return ""


def _work_on_pictures(sheet: Sheet, deed: str) -> None:
    verb, _, number = deed.partition("-")
    chosen = sheet.getlist("media")
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 5 else -1
    if not 0 <= at < len(chosen):
        return
    moved = chosen.pop(at)
    if verb != "remove":
        chosen.insert(max(0, at - 1) if verb == "up" else at + 1, moved)
    sheet.setlist("media", chosen)


def _read_row(sheet: Sheet, name: str) -> dict[str, str]:
    return {part: sheet.get(f"{name}-{part}", "") for part in ("kind", *PARTS)}


def _write_rows(sheet: Sheet, found: Sequence[Mapping[str, str]]) -> None:
    for name in [each for each in sheet if each.startswith("area-")]:
        del sheet[name]
    for number, row in enumerate(found):
        for part in ("kind", *PARTS):
            sheet[f"area-{number}-{part}"] = row.get(part, "")


def _row(area: Area) -> dict[str, str]:
    """Return a row of an area; numbers as Python writes them, so that they are read as the same."""
    number, unit = typed.split(area.distance)
    row = {"kind": area.kind, "radius": number, "unit": unit if number else "km"}
    if area.kind == "circle":
        return row | _degrees(area.circle.centre if area.circle else None)
    shown = {name: area.address.get(name) for name in KNOWN_BY}
    row |= {name: text for name, text in shown.items() if isinstance(text, str)}
    degrees = {name: area.address.get(name) for name in ("latitude", "longitude")}
    row |= {name: _number(value) for name, value in degrees.items() if value is not None}
    rest = {name: value for name, value in area.address.items() if not row.get(name)}
    return row | {"rest": orjson.dumps(rest).decode() if rest else ""}


def _degrees(centre: Any) -> dict[str, str]:
    return {"latitude": _number(centre.latitude), "longitude": _number(centre.longitude)} if centre else {}


def _number(value: float) -> str:
    """Write a number with all of its digits, and never as a power of ten."""
    return format(Decimal(repr(value)), "f")
