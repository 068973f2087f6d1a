"""The sixteen filters of dynamic backgrounds, alone and in pairs, against a model that looks at each (D32)."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import update

from tests import places
from tests.api.sherl.conftest import Sherl
from tests.fixtures.app import Cast, on_sqlite
from webapp.domain import geo
from webapp.domain.backgrounds import keeping
from webapp.domain.backgrounds.areas import Area
from webapp.domain.folding import fold
from webapp.domain.models import Background
from webapp.domain.models.background import ZONES
from webapp.domain.transaction import transaction
from webapp.infra.db import db

PATH = "/galleries/dynamic-background"
NUMBER = 60
PARTS = {
    "country": ("FR", "BE"),
    "locality": ("Lyon 1er & co", "Orléans", "Liège"),
    "region": ("Auvergne-Rhône-Alpes", "Wallonie"),
    "postalCode": ("69001", "4000"),
    "streetAddress": ("12 Quai Saint-Antoine", "Place des Jacobins"),
    "department": ("Rhône", "Loiret"),
    "complementaryStreetAddress": ("2e étage", "Bât. B"),
    "name": ("Café des Négociants", "Arènes"),
    "originId": ("x-1", "X 2"),
}
FRENCH = {"department": "departement"}
DAYS = (
    datetime(2026, 3, 1, 0, tzinfo=UTC),
    datetime(2026, 3, 1, 23, 59, tzinfo=UTC),
    datetime(2026, 3, 2, tzinfo=UTC),
)


@dataclass(frozen=True)
class Known:
    """A background as the model knows it."""

    id: str
    zones: tuple[str, ...]
    areas: tuple[Area, ...]
    day: str
    gone: bool


@dataclass(frozen=True)
class Filter:
    """What is asked for, and whether a background is to be found; parts of an address have to hold for one."""

    query: dict[str, Any]
    passes: Callable[[Known], bool]
    part: tuple[str, str] | None = None


def address(chance: random.Random) -> dict[str, str]:
    """Some parts of an address, somewhere."""
    kept = chance.sample(list(PARTS), chance.randint(3, len(PARTS)))
    return {"country": "FR"} | {name: chance.choice(PARTS[name]) for name in kept}


class House:
    """Random backgrounds of one installation."""

    def __init__(self, app: Flask, cast: Cast, number: int, seed: int = 7):
        self.chance = random.Random(seed)
        with app.app_context(), transaction():
            (media_id,) = places.pictures(1)
            self.every = [self.make(media_id, cast) for _ in range(number)]

    def make(self, media_id: Any, cast: Cast) -> Known:
        """Make one, on some day, maybe of the trash."""
        chance, day = self.chance, self.chance.choice(DAYS)
        zones = tuple(chance.sample(ZONES, chance.choice((1, 2))))
        areas = [places.circle(chance) for _ in range(chance.choice((0, 0, 1)))]
        areas += [Area.located(address(chance), None) for _ in range(chance.choice((0, 1, 1, 2)))]
        if chance.random() < 0.3:
            point = places.place(chance)
            there = {"latitude": point.latitude, "longitude": point.longitude}
            areas.append(Area.located(address(chance) | there, "3000km"))
        fields: Any = {"media_ids": [media_id], "zones": zones, "areas": areas}
        made = keeping.register(fields, actor=cast.ed)
        db.session.execute(update(Background).where(Background.id == made.id).values(created_at=day))
        gone = chance.random() < 0.2
        if gone:
            keeping.trash(made.id, actor=cast.ed)
        return Known(str(made.id), zones, tuple(areas), f"{day:%F}", gone)

    def filters(self) -> dict[str, Filter]:
        """Return one of each, mostly of what is there."""
        chance = self.chance
        some = chance.choice(self.every)
        found = {FRENCH.get(name, name): self.part(name) for name in PARTS}
        point, zones = self.place(), chance.sample(ZONES, 2)
        day = some.day
        other = chance.choice(self.every).id
        return found | {
            "id": Filter({"id": some.id}, lambda known: known.id == some.id),
            "uri": Filter({"uri": f"/api{PATH}/{other}"}, lambda known: known.id == other),
            "createdAt": Filter({"createdAt": f"{day}T10:00:00.000Z"}, lambda known: known.day == day),
            "place": Filter(
                {"latitude": point.latitude, "longitude": point.longitude},
                lambda known: any(each.circle and point in each.circle for each in known.areas),
            ),
            "displayZones": Filter({"displayZones[]": zones}, lambda known: bool({*zones} & {*known.zones})),
            "displayDeleted": Filter({"displayDeleted": "true"}, lambda known: True),
        }

    def part(self, name: str) -> Filter:
        """Ask for a part of an address, however it is written."""
        text = self.chance.choice(PARTS[name])
        written = self.chance.choice((str, str.upper, str.lower, fold))(text)
        asked = {FRENCH.get(name, name): written}
        return Filter(asked, lambda known: any(fits(each, [(name, text)]) for each in known.areas), (name, text))

    def place(self) -> geo.Point:
        """Return a place in one of the circles, or anywhere."""
        circles = [each.circle for known in self.every for each in known.areas if each.circle]
        return self.chance.choice(
            [places.place(self.chance), *(each.centre for each in self.chance.choices(circles, k=4))]
        )

    def expected(self, chosen: dict[str, Filter]) -> set[str]:
        """Return the ids that all of some filters let through."""
        parts = [each.part for each in chosen.values() if each.part]
        return {
            known.id
            for known in self.every
            if ("displayDeleted" in chosen or not known.gone)
            and all(each.passes(known) for each in chosen.values())
            and (not parts or any(fits(area, parts) for area in known.areas))
        }


def fits(area: Area, parts: list[tuple[str, str]]) -> bool:
    """Say whether an address has these parts, whatever their case and accents."""
    return all(fold(str(area.address.get(name, ""))) == fold(text) for name, text in parts)


@pytest.mark.parametrize("pairs", [30, pytest.param(105, marks=pytest.mark.full)])
def test_d32_every_filter_alone_and_in_pairs(sherl: Sherl, app: Flask, cast: Cast, pairs: int) -> None:
    house, found_any = House(app, cast, NUMBER), 0

    for _ in range(pairs // 30):
        filters = house.filters()
        assert len(filters) == 15, "the two coordinates are one"
        some = house.chance.sample(list(combinations(filters, 2)), pairs)
        for names in [(), *((each,) for each in filters), *some]:
            chosen = {name: filters[name] for name in names}
            query: dict[str, Any] = {"itemsPerPage": 200}
            for each in chosen.values():
                query |= each.query
            answer = sherl.get(PATH, query_string=query)
            expected = house.expected(chosen)
            assert {each["id"] for each in answer["results"]} == expected, query
            assert answer["view"]["total"] == len(expected)
            found_any += bool(expected)

    assert found_any > pairs / 2, "most filters let something through"


def test_the_line_of_the_transcript_finds_what_it_asks_for(sherl: Sherl) -> None:
    said = {"locality": "lyon 1ER & CO", "department": "Rhone", "latitude": 45.7, "longitude": 4.8}
    medias = [{"id": sherl.pictures()[0]}]
    body = {"medias": medias, "displayZones": ["MENU"], "locations": [{"distance": "1km", "location": said}]}
    made = sherl.post(PATH, body)
    url = "?page=1&itemsPerPage=20&departement=Rhône&latitude=45.7&longitude=4.8&displayDeleted=true"
    url += f"&displayZones[]=HOME_PAGE&displayZones[]=MENU&createdAt={made['createdAt']}&locality=Lyon+1er+%26+co"

    assert sherl.get(PATH + url)["results"] == [made]
    assert sherl.get(PATH + url.replace("&latitude=45.7", "&latitude=45.8"))["results"] == []
    assert sherl.get(PATH + url.replace(made["createdAt"], "1970-01-01T00:00:00.000Z"))["results"] == []


@on_sqlite
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("latitude=45", "longitude"),
        ("longitude=4&latitude=", "latitude"),
        ("latitude=91&longitude=0", "latitude"),
        ("latitude=0&longitude=-180.01", "longitude"),
        ("latitude=NaN&longitude=0", "latitude"),
        ("latitude=1e999&longitude=0", "latitude"),
        ("latitude=45,7&longitude=0", "latitude"),
        ("latitude=1&latitude=2&longitude=0", "latitude"),
        ("displayZones[]=MENU&displayZones[]=CELLAR", "displayZones[].1"),
        ("createdAt=yesterday", "createdAt"),
        ("createdAt=0001-01-01T00:00:00%2B14:00", "createdAt"),
        ("displayDeleted=perhaps", "displayDeleted"),
        (f"country={'x' * 256}", "country"),
        ("name=a%00b", "name"),
        ("country=FR&country=BE", "country"),
    ],
)
def test_what_no_filter_can_mean_is_refused_by_its_name(sherl: Sherl, query: str, field: str) -> None:
    answer = sherl.ask("GET", f"{PATH}?{query}", status=400)

    assert [each.partition(":")[0] for each in answer.json["message"]] == [field]


@on_sqlite
def test_filters_that_nothing_has_find_nothing(sherl: Sherl) -> None:
    sherl.post(PATH, {"medias": [{"id": sherl.pictures()[0]}], "displayZones": ["MENU"]})

    for query in (
        f"id={uuid4()}",
        "id=b1",
        "uri=/api/medias/m1",
        "country=%CC%81",
        "createdAt=9999-12-31",
        "name=%25",
    ):
        assert sherl.get(f"{PATH}?{query}")["view"]["total"] == 0, query
    for query in (
        "id=&uri=&country=&latitude=&longitude=&createdAt=&displayZones[]=",
        "colour=red",
        "displayDeleted=",
    ):
        assert sherl.get(f"{PATH}?{query}")["view"]["total"] == 1, query
