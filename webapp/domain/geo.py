"""Places on the earth: points, circles and distances, and the cells of a grid by which an index finds circles.

Distances are metres along a sphere of the earth's mean radius, which is never more than 0.6 % off. The grid is H3
(hexagons in 16 sizes, https://h3geo.org), which knows neither a date line nor poles: a circle is kept under the seven
cells round its centre, of the smallest size at which these hold it whole; a point is looked for under its 16 cells.
"""

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from h3.api import basic_int as grid

from webapp.domain.errors import Invalid

EARTH: Final = 6_371_008.8
"""The mean radius in metres (IUGG)."""

FARTHEST: Final = math.pi * EARTH
"""Half the way round, in metres: no circle reaches further."""

METRES: Final[Mapping[str, float]] = {
    "mm": 0.001,
    "cm": 0.01,
    "m": 1.0,
    "km": 1000.0,
    "in": 0.0254,
    "ft": 0.3048,
    "yd": 0.9144,
    "mi": 1609.344,
    "nmi": 1852.0,
}
"""Units of length by what they are written as (Elasticsearch's); without one it is metres."""

DISTANCE: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([a-z]*)", re.ASCII)

SIZES: Final = tuple(range(16))
HOLDS: Final = tuple(grid.average_hexagon_edge_length(size, unit="m") / 2 for size in SIZES)
"""Metres, by size of cell: a circle of that radius lies whole within the cell of its centre and those beside it.

Hexagons differ by their place; half an edge leaves room for the smallest, by the pentagons.
"""
WIDEST: Final = 2 * HOLDS[0] * 1.25
"""Metres from the middle of the largest cell to any point of it, at most."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place: degrees north and east."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Circle:
    """All places up to `radius` metres from a centre."""

    centre: Point
    radius: float

    def __contains__(self, point: Point) -> bool:
        return distance(self.centre, point) <= self.radius


def point(latitude: float | None, longitude: float | None) -> Point:
    """Return a place by its degrees. Raises Invalid for what is none, or where one of the two is missing."""
    if latitude is None or longitude is None:
        missing = "latitude" if latitude is None else "longitude"
        raise Invalid(missing, "Give latitude and longitude together, or neither.", code="coordinates")
    if not -90 <= latitude <= 90:
        raise Invalid("latitude", "A latitude is a number from -90 to 90.", code="latitude")
    if not -180 <= longitude <= 180:
        raise Invalid("longitude", "A longitude is a number from -180 to 180.", code="longitude")
    return Point(float(latitude), float(longitude))


def circle(centre: Point, radius: float) -> Circle:
    """Return all places so many metres round a centre. Raises Invalid."""
    if not 0 < radius <= FARTHEST:
        raise Invalid("radius", "A radius is more than 0 and at most 20,000 km.", code="radius")
    return Circle(centre, float(radius))


def metres(text: str, *, field: str = "distance") -> float:
    """Read a distance such as `10km`, `900 m` or `250`, which is metres. Raises Invalid, naming the `field`."""
    found = DISTANCE.fullmatch(text)
    unit = METRES.get(found[2] or "m") if found else None
    if found is None or unit is None or not 0 < float(found[1]) * unit <= FARTHEST:
        raise Invalid(field, "Write a distance like 900m or 10km, without a space.", code="distance")
    return float(found[1]) * unit


def written(length: float) -> str:
    """Write metres as `metres` reads them: whole kilometres from 1,000 m, else metres."""
    if length >= 1000 and length % 100 == 0:
        return f"{length / 1000:g}km"
    return f"{length:.10g}m"


def distance(one: Point, other: Point) -> float:
    """Return the metres between two places, along the shortest way (haversine)."""
    north, south = math.radians(one.latitude), math.radians(other.latitude)
    up, along = (south - north) / 2, math.radians(other.longitude - one.longitude) / 2
    chord = math.sin(up) ** 2 + math.cos(north) * math.cos(south) * math.sin(along) ** 2
    return 2 * EARTH * math.asin(math.sqrt(min(1.0, chord)))


def cells_of(area: Circle) -> list[int]:
    """Return the cells that a circle is kept under: together they hold it whole."""
    size = max((each for each in SIZES if area.radius <= HOLDS[each]), default=None)
    if size is not None:
        return list(grid.grid_disk(_cell(area.centre, size), 1))
    reach = area.radius + WIDEST
    return [
        cell for cell in grid.get_res0_cells() if distance(area.centre, Point(*grid.cell_to_latlng(cell))) <= reach
    ]


def cells_at(place: Point) -> list[int]:
    """Return the cells that a place lies in, the largest first: every circle round it is kept under one of them."""
    return [_cell(place, size) for size in SIZES]


def bounds(areas: Iterable[Circle]) -> tuple[Point, Point] | None:
    """Return the south-western and north-eastern corner of a map that shows the centres of all, None without any."""
    centres = [area.centre for area in areas]
    if not centres:
        return None
    latitudes, longitudes = [each.latitude for each in centres], [each.longitude for each in centres]
    return Point(min(latitudes), min(longitudes)), Point(max(latitudes), max(longitudes))


def _cell(place: Point, size: int) -> int:
    return int(grid.latlng_to_cell(place.latitude, place.longitude, size))
