"""What people type and paste for a place, a distance or metadata, read as they mean it."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from webapp.domain import geo
from webapp.domain.backgrounds.fields import METADATA_BYTES, check_metadata
from webapp.domain.errors import Invalid
from webapp.domain.geo import Point
from webapp.domain.sentences import Sentence

DEGREES: Final = r"([-+]?\d{1,3}(?:[.,]\d{1,40})?)\s*°?\s*([NSEW])?"
ONE: Final = re.compile(DEGREES, re.IGNORECASE)
TWO: Final = re.compile(rf"\(?\s*{DEGREES}\s*(\s|,\s|;|,(?=[-+]?\d+\.)|,(?=[-+]))\s*{DEGREES}\s*\)?", re.IGNORECASE)
"""Two numbers, with something between them that is no decimal comma."""

LENGTH: Final = re.compile(r"\d{1,9}(?:[.,]\d{1,9})?", re.ASCII)


def pair(text: str) -> tuple[str, str] | None:
    """Return latitude and longitude of a pasted `48.85, 2.35` or `48.85° N, 2.35° E`; None for anything else."""
    found = TWO.fullmatch(_plain(text))
    if found is None:
        return None
    first, second = _signed(found[1], found[2]), _signed(found[4], found[5])
    return (second, first) if (found[2] or "").upper() in ("E", "W") else (first, second)


def place(latitude: str, longitude: str) -> Point | None:
    """Return the place that two fields name; None where both are empty. Raises Invalid."""
    if not latitude.strip() and not longitude.strip():
        return None
    return geo.point(_degrees(latitude, "latitude"), _degrees(longitude, "longitude"))


def near(text: str) -> Point | None:
    """Return the place that one field names as a pair; None where it is empty. Raises Invalid."""
    found = pair(text)
    if found is None and text.strip():
        raise Invalid("near", "Write latitude and longitude, such as 48.8566, 2.3522.", code="coordinates")
    return place(*found) if found else None


def distance(number: str, unit: str) -> str:
    """Return a distance as the domain reads it, such as `1.5km`. Raises Invalid (radius)."""
    said = _plain(number)
    if not LENGTH.fullmatch(said) or unit not in ("", *geo.METRES):
        raise Invalid("radius", "Write the radius as a number, such as 1.5.", code="radius")
    length = said.replace(",", ".")
    if not 0 < float(length) * geo.METRES[unit or "m"] <= geo.FARTHEST:
        raise Invalid("radius", "A radius is more than 0 and at most 20,000 km.", code="radius")
    return f"{length}{unit}"


def split(written: str | None) -> tuple[str, str]:
    """Return number and unit of a distance that the domain keeps: `1.5km` is 1.5 and km."""
    found = geo.DISTANCE.fullmatch(written or "")
    return (found[1], found[2]) if found else ("", "m")


def metadata(text: str) -> Mapping[str, Any]:
    """Return what JSON says; nothing for nothing. Raises Invalid (metadatas), saying where it is wrong."""
    if len(text.encode("utf-8", "replace")) > 4 * METADATA_BYTES:
        raise Invalid("metadatas", "Metadata has at most 64 KB.", code="too_large")
    try:
        found = json.loads(text, parse_constant=_no_number, object_pairs_hook=_once) if text.strip() else {}
    except json.JSONDecodeError as error:
        at = {"line": error.lineno, "column": error.colno}
        said = Sentence("This is no JSON: look at line %(line)s, character %(column)s.", **at)
        raise Invalid("metadatas", said, code="json") from None
    except RecursionError:
        raise Invalid("metadatas", "Metadata is nested too deeply.", code="depth") from None
    if not isinstance(found, dict):
        raise Invalid("metadatas", "Metadata is an object: it begins with { and ends with }.", code="type")
    check_metadata(found)
    return found


def _degrees(text: str, field: str) -> float | None:
    said = _plain(text)
    found = ONE.fullmatch(said)
    if found is None and said:
        example = Sentence("Write this in degrees, such as %(example)s.", example="48.8566")
        raise Invalid(field, example, code="degrees")
    return float(_signed(found[1], found[2])) if found else None


def _signed(number: str, towards: str | None) -> str:
    """Write degrees with a point, those to the south and west below 0."""
    degrees = number.replace(",", ".").removeprefix("+")
    return f"-{degrees.removeprefix('-')}" if (towards or "").upper() in ("S", "W") else degrees


def _plain(text: str) -> str:
    """Write digits, signs and blanks of any script as ASCII's."""
    signs = str.maketrans({"٫": ".", "−": "-", "،": ",", "\N{NO-BREAK SPACE}": " ", "\u200e": "", "\u200f": ""})
    return "".join(str(int(each)) if each.isdecimal() else each for each in text.translate(signs)).strip()


def _no_number(name: str) -> Any:
    raise Invalid("metadatas", Sentence("JSON has no number %(name)s.", name=name), code="number")


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Invalid("metadatas", Sentence("The name %(name)s stands there twice.", name=twice[:64]), code="twice")
    return said
