"""Backgrounds of one zone for measuring, written past the domain: towns full of circles, and a few of all the rest.

Of every hundred seventy are circles in one of fifty towns, from a street to a county; fifteen lie anywhere on the
earth, up to a continent, where maps end among them; fourteen are addresses, and one stands behind the whole zone.
"""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert

from webapp.domain.backgrounds import contents
from webapp.domain.backgrounds.areas import Area
from webapp.domain.backgrounds.contents import Contents
from webapp.domain.geo import Circle, Point
from webapp.domain.models import Background
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db

ZONE: Final = "HOME_PAGE"
COUNTRIES: Final = ("FR", "BE", "CH", "JP", "FJ")
CHUNK: Final = 2_000
EDGES: Final = (Point(0, 180), Point(-17, -180), Point(90, 0), Point(-90, 0), Point(66, 179.99))

_towns = random.Random(7)
TOWNS: Final = tuple(Point(_towns.uniform(-60, 70), _towns.uniform(-180, 180)) for _ in range(50))


def place(count: int, media_ids: list[UUID]) -> None:
    """Write so many backgrounds, each with one of these pictures."""
    chance = random.Random(count)
    for first in range(0, count, CHUNK):
        with transaction():
            _write(range(first, min(first + CHUNK, count)), chance, media_ids)


def address(chance: random.Random) -> dict[str, str]:
    """A place of a town of a country, the street or the town left out at times."""
    parts = {"country": chance.choice(COUNTRIES), "locality": f"Town {chance.randrange(50)}"}
    return parts | ({"streetAddress": f"{chance.randrange(400)} Quay"} if chance.random() < 0.8 else {})


def near(town: Point, chance: random.Random) -> Point:
    """A place within some ten kilometres of a town's middle."""
    latitude, longitude = town.latitude + chance.gauss(0, 0.05), town.longitude + chance.gauss(0, 0.05)
    return Point(max(-90.0, min(90.0, latitude)), (longitude + 540) % 360 - 180)


def _write(numbers: range, chance: random.Random, media_ids: list[UUID]) -> None:
    rows: dict[Any, list[dict[str, Any]]] = {}
    for number in numbers:
        own = {"id": UUID(int=chance.getrandbits(128), version=4), "name": f"Background {number}"}
        made = now() - timedelta(seconds=number)
        rows.setdefault(Background, []).append(own | {"created_at": made, "versioned_at": made, "metadatas": {}})
        belongs = Contents((chance.choice(media_ids),), (ZONE,), _areas(number % 100, chance))
        for table, found in contents.rows(own["id"], belongs, made_at=made).items():
            rows.setdefault(table, []).extend(found)
    _insert(rows)


def _areas(number: int, chance: random.Random) -> tuple[Area, ...]:
    if number < 70:
        return (_round(near(chance.choice(TOWNS), chance), 10 ** chance.uniform(2, 4.5)),)
    if number < 85:
        anywhere = Point(chance.uniform(-90, 90), chance.uniform(-180, 180))
        centre = near(chance.choice(EDGES), chance) if chance.random() < 0.3 else anywhere
        return (_round(centre, 10 ** chance.uniform(3, 6.5)),)
    return (Area.located(address(chance), None),) if number < 99 else ()


def _round(centre: Point, radius: float) -> Area:
    return Area("circle", {}, f"{radius:.1f}m", Circle(centre, radius))


def _insert(rows: Mapping[Any, list[dict[str, Any]]]) -> None:
    for table, found in rows.items():
        if found:
            db.session.connection().execute(insert(table.__table__), found)
