"""What a picture says of itself in XMP, IPTC and EXIF: the first of the three that says something is believed."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from . import camera, iptc, xmp
from .said import judged

Values = Mapping[str, list[tuple[str, str]]]
DEGREES: Final = re.compile(
    r"(\d{1,3}(?:\.\d{1,12})?)(?:,(\d{1,2}(?:\.\d{1,12})?))?(?:,(\d{1,2}(?:\.\d{1,12})?))?([NSEW])", re.ASCII
)
WHEN: Final = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ](\d\d):?(\d\d):?(\d\d)?(?:\.(\d{1,9}))?)?", re.ASCII)


def read(*, exif: bytes | memoryview, iptc_block: bytes, packet: bytes) -> tuple[dict[str, Any], str | None]:
    """Return what is said, in the shape of `said.judged`, and the wall clock where EXIF does not tell it."""
    sources = (xmp.read(packet), iptc.read(iptc_block), camera.read(exif))
    texts = {
        "title": _texts(sources, "title", "headline"),
        "caption": _texts(sources, "caption"),
        "alt": _texts(sources, "alt"),
        "credit": _texts(sources, "credit") or _texts(sources, "creator") or _texts(sources, "copyright"),
    }
    names = {name: ", ".join(_plain(sources, name)) for name in ("creator", "copyright")}
    keywords = [word for _, word in _first(sources, "keywords")]
    return judged(texts | names | {"keywords": keywords, "place": _place(sources)}), _moment(sources)


def _first(sources: Sequence[Values], name: str) -> list[tuple[str, str]]:
    return next((source[name] for source in sources if source.get(name)), [])


def _texts(sources: Sequence[Values], *names: str) -> dict[str, str]:
    """Return a text by language; of several in one language the first, but of creators all."""
    for name in names:
        texts: dict[str, str] = {}
        for code, text in _first(sources, name):
            texts[code] = f"{texts[code]}, {text}" if name == "creator" and code in texts else texts.get(code, text)
        if texts:
            return texts
    return {}


def _plain(sources: Sequence[Values], name: str) -> list[str]:
    """Return a name, in no language if it is said so, once each."""
    found = _first(sources, name)
    unnamed = [text for code, text in found if not code]
    return list(dict.fromkeys(unnamed or [text for _, text in found[:1]]))


def _place(sources: Sequence[Values]) -> dict[str, Any]:
    place: dict[str, Any] = {name: "".join(_plain(sources, name)[:1]) for name in ("city", "region", "country")}
    for source in reversed(sources):
        latitude, longitude = (_degrees(source.get(name)) for name in ("latitude", "longitude"))
        if latitude is not None and longitude is not None and (latitude or longitude):
            return place | {"latitude": latitude, "longitude": longitude}
    return place


def _degrees(values: Sequence[tuple[str, str]] | None) -> float | None:
    found = DEGREES.fullmatch(values[0][1].upper()) if values else None
    if found is None:
        return None
    degrees = sum(float(part or 0) / 60.0**place for place, part in enumerate(found.groups()[:3]))
    return round(-degrees if found[4] in "SW" else degrees, 6)


def _moment(sources: Sequence[Values]) -> str | None:
    packet, records, _ = sources
    said = [values[0][1] for name in ("taken", "created") if (values := packet.get(name))]
    if dates := records.get("date"):
        said.append(f"{dates[0][1]}T{records['time'][0][1]}" if records.get("time") else dates[0][1])
    return next((moment for each in said if (moment := _iso(each))), None)


def _iso(text: str) -> str | None:
    """Return a moment as the camera's wall clock is kept: ISO 8601 to the millisecond, no zone."""
    found = WHEN.match(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction = found.groups(default="00")
    try:
        datetime.fromisoformat(moment := f"{year}-{month}-{day}T{hour}:{minute}:{second}")
    except ValueError:
        return None
    return f"{moment}.{fraction[:3].ljust(3, '0')}"
