"""Where a background is for: addresses and circles, checked, and the spots of an index that they are found by.

An address matches whoever asks with all the parts that it names; an address with a place and a distance is a circle
too. What has neither stands behind the whole zone.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any, Final, Self

from webapp.domain import geo
from webapp.domain.errors import Invalid
from webapp.domain.folding import fold
from webapp.domain.geo import Circle
from webapp.domain.models.background import ADDRESS_PART

WHERE: Final[dict[str, str]] = {
    "country": "country",
    "region": "region",
    "department": "department",
    "locality": "locality",
    "postalCode": "postal_code",
    "streetAddress": "street_address",
}
"""The parts of an address that say where it is, the widest first: Sherl's names and ours."""

KNOWN_BY: Final[Mapping[str, str]] = WHERE | {
    "complementaryStreetAddress": "complementary_street_address",
    "name": "name",
    "originId": "origin_id",
}
"""All parts that an address is found by in a list."""


@dataclass(frozen=True)
class Area:
    """An address, a circle, or both; `distance` is the circle's radius as it was written."""

    kind: str
    address: Mapping[str, Any] = field(default_factory=dict)
    distance: str | None = None
    circle: Circle | None = None

    @classmethod
    def located(cls, address: Mapping[str, Any], distance: str | None, *, at: str = "locations[0]") -> Self:
        """Make an area of an address and how far it reaches round its place. Raises Invalid, naming what is wrong."""
        for name in KNOWN_BY:
            _check_part(address.get(name), f"{at}.location.{name}")
        with _within(f"{at}.location"):
            centre = _place(address)
        with _within(at):
            radius = None if distance is None else geo.metres(distance)
            circle = geo.circle(centre, radius) if centre and radius else None
        if circle is None and not key_of(address)[1]:
            raise Invalid(f"{at}.location", "Give an address, or a place with a distance.", code="nowhere")
        return cls("location", dict(address), distance, circle)

    @classmethod
    def round(cls, latitude: float, longitude: float, radius: str, *, at: str = "geoshapes[0]") -> Self:
        """Make an area of a circle. Raises Invalid."""
        with _within(at):
            circle = geo.circle(geo.point(latitude, longitude), geo.metres(radius, field="radius"))
        return cls("circle", {}, radius, circle)


@dataclass(frozen=True)
class Spot:
    """A row of the index: a cell that a circle touches, or the key of an address of so many parts."""

    cell: int | None = None
    circle: Circle | None = None
    address: str | None = None
    parts: int | None = None


def spots(areas: Iterable[Area]) -> Iterator[Spot]:
    """Return where a background of these areas is looked for; without any it stands behind the whole zone."""
    found = list(areas)
    if not found:
        yield Spot(address="", parts=0)
    for area in found:
        if area.circle:
            yield from (Spot(cell=cell, circle=area.circle) for cell in geo.cells_of(area.circle))
        key, parts = key_of(area.address)
        if parts:
            yield Spot(address=key, parts=parts)


def key_of(address: Mapping[str, Any]) -> tuple[str, int]:
    """Return what an address is looked for by, and how many parts of it that is."""
    return _key(_folded(address))


def keys_for(address: Mapping[str, Any]) -> dict[str, int]:
    """Return the keys of all addresses that this one lies in, itself among them, each with how many parts it has."""
    given = _folded(address)
    every = (chosen for count in range(1, len(given) + 1) for chosen in combinations(given, count))
    return dict(_key(chosen) for chosen in every)


def _folded(address: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    said = ((name, fold(str(address.get(name) or ""))) for name in WHERE)
    return tuple((name, text) for name, text in said if text)


def _key(parts: Iterable[tuple[str, str]]) -> tuple[str, int]:
    said = [f"{name}={text}" for name, text in parts]
    return (hashlib.sha256("\n".join(said).encode()).hexdigest() if said else "", len(said))


@contextmanager
def _within(at: str) -> Iterator[None]:
    """Name what is wrong by where it stands in all that was given."""
    try:
        yield
    except Invalid as refused:
        raise Invalid(f"{at}.{refused.field}", refused.message, code=refused.code) from None


def _place(address: Mapping[str, Any]) -> geo.Point | None:
    latitude, longitude = address.get("latitude"), address.get("longitude")
    return None if latitude is None and longitude is None else geo.point(latitude, longitude)


def _check_part(text: Any, name: str) -> None:
    if text is not None and not isinstance(text, str):
        raise Invalid(name, "Write this part of the address as text.", code="type")
    if text is not None and (len(text) > ADDRESS_PART[1] or "\x00" in text):
        raise Invalid(name, "A part of an address has at most 255 letters.", code="length")
