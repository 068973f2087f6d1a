"""Random places, circles, addresses and backgrounds, and a model that looks at every background there is."""

import random
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from tests import factories
from webapp.domain import geo
from webapp.domain.backgrounds import keeping
from webapp.domain.backgrounds.areas import Area
from webapp.domain.folding import fold
from webapp.domain.geo import Circle, Point
from webapp.domain.models.background import ZONES
from webapp.infra.clock import now

COUNTRIES = ("FR", "BE", "CH")
TOWNS = {"FR": ("Lyon", "Orléans", "Nîmes"), "BE": ("Liège", "Gand"), "CH": ("Genève", "Zürich")}
STREETS = ("Quai Saint-Antoine", "Place des Jacobins", "Rue de la Paix")
CORNERS = (Point(0, 180), Point(0, -180), Point(90, 0), Point(-90, 0), Point(45, 179.99), Point(-89.99, 12))


@dataclass(frozen=True)
class Known:
    """A background as the model knows it."""

    id: UUID
    zones: tuple[str, ...]
    areas: tuple[Area, ...]
    made: float
    shown: bool = True


def place(chance: random.Random) -> Point:
    """Anywhere on the earth, now and then where maps end."""
    if chance.random() < 0.2:
        corner = chance.choice(CORNERS)
        latitude = max(-90.0, min(90.0, corner.latitude + chance.gauss(0, 0.02)))
        longitude = (corner.longitude + chance.gauss(0, 0.02) + 540) % 360 - 180
        return Point(latitude, longitude)
    return Point(chance.uniform(-90, 90), chance.uniform(-180, 180))


def circle(chance: random.Random) -> Area:
    """Round any place, from a street to a continent."""
    centre, radius = place(chance), round(10 ** chance.uniform(1, 6.6), 1)
    return Area("circle", {}, f"{radius}m", Circle(centre, radius))


def address(chance: random.Random) -> dict[str, str]:
    """A town, maybe a street of it, sometimes a whole country, as somebody would write it."""
    country = chance.choice(COUNTRIES)
    town = chance.choice(TOWNS[country])
    parts = {"country": country, "locality": town, "streetAddress": chance.choice(STREETS)}
    kept = chance.choice((("country",), ("country", "locality"), ("locality",), tuple(parts)))
    return {name: chance.choice((str, str.upper, fold))(parts[name]) for name in kept}


def areas(chance: random.Random) -> tuple[Area, ...]:
    """Nothing, a few circles, a few addresses, or both."""
    found = [circle(chance) for _ in range(chance.choice((0, 0, 1, 2)))]
    found += [Area.located(address(chance), None) for _ in range(chance.choice((0, 0, 1, 2)))]
    return tuple(found)


def background(chance: random.Random, *, actor, media_ids, **fields):
    """Make one of random zones and areas, and tell the model of it."""
    given = {"zones": tuple(chance.sample(ZONES, chance.choice((1, 1, 2)))), "areas": areas(chance)} | fields
    if chance.random() < 0.2:
        given |= chance.choice(({"is_active": False}, {"ends_at": now() - timedelta(hours=1)}))
    made = keeping.register({"media_ids": media_ids[:1], **given}, actor=actor)
    shown = "is_active" not in given and "ends_at" not in given
    return Known(made.id, given["zones"], given["areas"], made.created_at.timestamp(), shown)


def best(every, zone, point=None, asked=None):
    """How well the best fits, and which do as well, by looking at all: circles before addresses before the zone."""
    ranks = {}
    for known in every:
        if known.shown and zone in known.zones:
            fits = [rank for area in known.areas for rank in _ranks(area, point, asked)]
            if not known.areas:
                fits.append((2, 0))
            if fits:
                ranks[known.id] = min(fits)
    least = min(ranks.values(), default=None)
    return least, {each for each, rank in ranks.items() if rank == least}


def _ranks(area, point, asked):
    if point is not None and area.circle and geo.distance(area.circle.centre, point) <= area.circle.radius:
        yield 0, area.circle.radius
    named = {name: fold(text) for name, text in area.address.items()}
    if named and asked is not None and all(fold(asked.get(name, "")) == text for name, text in named.items()):
        yield 1, -len(named)


def pictures(number):
    """Some pictures of the library."""
    return [factories.picture().id for _ in range(number)]
