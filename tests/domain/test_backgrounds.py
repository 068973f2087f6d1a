"""Backgrounds: made, changed and taken away, each time a version; what is refused; lists by every filter."""

import random
from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, insert, select, update

from tests import factories, places
from tests.statements import counted
from webapp.domain import geo
from webapp.domain.backgrounds import contents, keeping, listing, versions
from webapp.domain.backgrounds.areas import Area
from webapp.domain.backgrounds.listing import Wanted
from webapp.domain.errors import Forbidden, Invalid, NotFound, Stale
from webapp.domain.folding import fold
from webapp.domain.geo import Point
from webapp.domain.models import AuditEntry, Background, BackgroundSpot, Media
from webapp.domain.models.background import ZONES
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db

LYON = Point(45.7578, 4.8320)
TOWN = {"country": "FR", "locality": "Lyon", "latitude": 45.7578, "longitude": 4.832}
LONG = "x" * 256


@pytest.fixture
def dusk(ed, media_ids):
    """A background of two pictures for the home page, round Lyon."""
    given = {"name": "Dusk", "media_ids": media_ids[:2], "zones": ("MENU", "HOME_PAGE"), "metadatas": {"a": 1}}
    with transaction():
        areas = (Area.located(TOWN, "10km"), Area.round(45.7, 4.8, "900m"))
        english = factories.language("en").id
        return keeping.register(given | {"areas": areas, "captions": {english: "Lanterns"}}, actor=ed).id


def change(background_id, actor, **fields):
    with transaction():
        return keeping.change(background_id, fields, actor=actor).version


def of(background_id):
    release()
    return contents.of([background_id])[background_id]


def audited():
    release()
    return list(db.session.scalars(select(AuditEntry.verb).where(AuditEntry.thing == "background").order_by("id")))


# ---- made and changed ----


@pytest.mark.both_engines
def test_what_was_given_is_kept(dusk, media_ids):
    found, row = of(dusk), db.session.get(Background, dusk)

    assert (row.name, row.version, row.metadatas, row.turns, row.is_active) == ("Dusk", 1, {"a": 1}, "never", True)
    assert (list(found.media_ids), found.zones) == (media_ids[:2], ("HOME_PAGE", "MENU"))
    assert [(each.kind, each.distance) for each in found.areas] == [("location", "10km"), ("circle", "900m")]
    assert (found.areas[0].address, found.areas[0].circle.radius) == (TOWN, 10_000)
    assert list(found.captions.values()) == ["Lanterns"]
    assert audited() == ["background.create"]


def test_a_change_leaves_a_version_behind(dusk, ed, media_ids):
    assert change(dusk, ed, name="Night", media_ids=media_ids[2:]) == 2
    assert change(dusk, ed, zones=("EVENTS_LIST",), areas=()) == 3
    found, before = of(dusk), versions.get(dusk, 2)

    assert (found.zones, found.areas, list(found.media_ids)) == (("EVENTS_LIST",), (), media_ids[2:])
    assert (before.fields["name"], len(before.contents.areas), before.row.by) == ("Night", 2, "Ed")
    assert versions.get(dusk, 1).contents.captions == found.captions
    assert versions.get(dusk, 1).fields["metadatas"] == {"a": 1}
    assert [row.number for row in versions.page(dusk).rows] == [2, 1]
    assert audited() == ["background.create", "background.update", "background.update"]


def test_what_changes_nothing_is_no_version(dusk, ed):
    assert change(dusk, ed, name="Dusk", zones=("HOME_PAGE", "MENU")) == 1
    assert change(dusk, ed) == 1
    assert versions.page(dusk).rows == ()


@pytest.mark.parametrize(
    ("was", "is_", "same"),
    [
        ({"a": 1}, {"a": True}, False),
        ({"a": [0, {"b": False}]}, {"a": [0, {"b": 0}]}, False),
        ({"a": [1]}, {"a": [1, 1]}, False),
        ({"a": 1}, {"a": "1"}, False),
        ({"a": None}, {}, False),
        ({"a": 1.0, "b": [True, None]}, {"b": [True, None], "a": 1}, True),
    ],
    ids=str,
)
def test_metadata_is_the_same_where_json_says_so(dusk, ed, was, is_, same):
    before = change(dusk, ed, metadatas=was)

    assert change(dusk, ed, metadatas=is_) == before + (not same)
    assert db.session.get(Background, dusk).metadatas == (was if same else is_)


def test_versions_come_in_pages(dusk, ed):
    for number in range(5):
        change(dusk, ed, name=f"Dusk {number}")
    first = versions.page(dusk, size=2)

    assert [row.number for row in first.rows] == [5, 4]
    assert [row.number for row in versions.page(dusk, after=first.after, size=9).rows] == [3, 2, 1]
    with pytest.raises(NotFound):
        versions.get(dusk, 77)


def test_whoever_was_slower_changes_nothing(dusk, ed):
    change(dusk, ed, name="Night")
    with pytest.raises(Stale), transaction():
        keeping.change(dusk, {"name": "Morning"}, actor=ed, version=1)

    assert db.session.get(Background, dusk).name == "Night"


def test_the_index_is_that_of_what_it_is_now(dusk, ed):
    def spots():
        release()
        statement = select(BackgroundSpot.zone, func.count()).group_by(BackgroundSpot.zone)
        return dict(iter(db.session.execute(statement)))

    assert spots() == {"HOME_PAGE": 15, "MENU": 15}, "two circles of seven cells, and an address"
    change(dusk, ed, zones=("MENU",), areas=())
    assert spots() == {"MENU": 1}
    with transaction():
        keeping.trash(dusk, actor=ed)
        keeping.purge(dusk, actor=ed)
    assert spots() == {}


def test_the_trash_and_back(dusk, ed):
    with transaction():
        keeping.trash(dusk, actor=ed)
    with pytest.raises(NotFound), transaction():
        keeping.change(dusk, {"name": "Night"}, actor=ed)
    with transaction():
        keeping.restore(dusk, actor=ed)
    with pytest.raises(NotFound), transaction():
        keeping.purge(dusk, actor=ed)

    assert of(dusk).zones == ("HOME_PAGE", "MENU")
    assert audited() == ["background.create", "background.trash", "background.restore"]


@pytest.mark.parametrize("role", ["viewer", "translator"])
def test_only_who_may_does_it(dusk, role):
    with transaction():
        other = factories.actor("Vi", role)
    deeds = (
        lambda: keeping.register({}, actor=other),
        lambda: keeping.change(dusk, {}, actor=other),
        lambda: keeping.trash(dusk, actor=other),
        lambda: keeping.restore(dusk, actor=other),
        lambda: keeping.purge(dusk, actor=other),
    )
    for deed in deeds:
        with pytest.raises(Forbidden), transaction():
            deed()


# ---- what is refused ----


def nested(depth):
    return {} if depth == 0 else {"a": nested(depth - 1)}


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"media_ids": ()}, "medias"),
        ({"media_ids": [UUID(int=1)] * 101}, "medias"),
        ({"zones": ()}, "displayZones"),
        ({"zones": ("HOME_PAGE", "CELLAR")}, "displayZones"),
        ({"name": LONG}, "name"),
        ({"turns": "often"}, "turns"),
        ({"starts_at": datetime(2026, 1, 2, tzinfo=UTC), "ends_at": datetime(2026, 1, 1, tzinfo=UTC)}, "ends_at"),
        ({"metadatas": {"a": {"__proto__": {}}}}, "metadatas.a.__proto__"),
        ({"metadatas": {"a": [{"constructor": 1}]}}, "metadatas.a.0.constructor"),
        ({"metadatas": {"a": "x" * 65_536}}, "metadatas"),
        ({"metadatas": nested(20)}, "metadatas"),
        ({"metadatas": {"a": object()}}, "metadatas"),
        ({"areas": [Area("location")] * 201}, "locations"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_has_no_meaning_is_refused_by_its_field(dusk, ed, media_ids, fields, field):
    whole = {"media_ids": media_ids, "zones": ("MENU",)} | fields
    for deed in (
        lambda: keeping.register(whole, actor=ed),
        lambda: keeping.change(dusk, fields, actor=ed),
    ):
        with pytest.raises(Invalid) as refused, transaction():
            deed()
        assert refused.value.field == field
    release()
    assert db.session.scalar(select(func.count()).select_from(Background)) == 1


def test_nothing_is_made_without_a_picture_and_a_zone(ed, media_ids):
    for fields in ({"zones": ("MENU",)}, {"media_ids": media_ids}):
        with pytest.raises(Invalid), transaction():
            keeping.register(fields, actor=ed)


def test_a_picture_that_is_not_there_and_a_video_are_refused(dusk, ed, media_ids):
    with pytest.raises(NotFound), transaction():
        keeping.change(dusk, {"media_ids": [uuid4()]}, actor=ed)
    with transaction():
        db.session.execute(update(Media).where(Media.id == media_ids[2]).values(kind="video"))
    with pytest.raises(Invalid), transaction():
        keeping.change(dusk, {"media_ids": media_ids}, actor=ed)


def test_an_end_before_a_beginning_that_is_there_already_is_refused(dusk, ed):
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    change(dusk, ed, starts_at=noon)
    with pytest.raises(Invalid), transaction():
        keeping.change(dusk, {"ends_at": noon - timedelta(days=1)}, actor=ed)


@pytest.mark.parametrize(
    ("address", "distance", "field"),
    [
        ({}, None, "locations[2].location"),
        ({"latitude": 45, "longitude": 4}, None, "locations[2].location"),
        ({"latitude": 91, "longitude": 4}, "10km", "locations[2].location.latitude"),
        ({"latitude": 45}, "10km", "locations[2].location.longitude"),
        ({"country": "FR"}, "10 miles", "locations[2].distance"),
        ({"country": "FR"}, "-5km", "locations[2].distance"),
        ({"country": 33}, None, "locations[2].location.country"),
        ({"locality": LONG}, None, "locations[2].location.locality"),
        ({"name": "Home"}, None, "locations[2].location"),
    ],
    ids=str,
)
def test_what_is_no_location_is_refused_by_its_field(address, distance, field):
    with pytest.raises(Invalid) as refused:
        Area.located(address, distance, at="locations[2]")

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("circle", "field"),
    [((91, 0, "5m"), "latitude"), ((0, 181, "5m"), "longitude"), ((0, 0, "0m"), "radius"), ((0, 0, "5 m"), "radius")],
    ids=str,
)
def test_what_is_no_circle_is_refused_by_its_field(circle, field):
    with pytest.raises(Invalid) as refused:
        Area.round(*circle, at="geoshapes[1]")

    assert refused.value.field == f"geoshapes[1].{field}"


# ---- lists ----


DAYS = [datetime(2026, 3, day, 9, tzinfo=UTC) for day in (1, 2, 3)]


class House:
    """Random backgrounds, and every filter with a model of what it lets through."""

    def __init__(self, actor, number):
        self.chance = random.Random(number)
        with transaction():
            media_ids = places.pictures(1)
            self.every = [places.background(self.chance, actor=actor, media_ids=media_ids) for _ in range(number)]
            self.day = {known.id: self.chance.choice(DAYS) for known in self.every}
            for each, moment in self.day.items():
                db.session.execute(update(Background).where(Background.id == each).values(created_at=moment))
            self.gone = {known.id for known in self.every if self.chance.random() < 0.1}
            for each in self.gone:
                keeping.trash(each, actor=actor)

    def filters(self):
        """One of each kind: what is asked for, and whether a background is to be found."""
        chance, centres = (
            self.chance,
            [each.circle.centre for known in self.every for each in known.areas if each.circle],
        )
        zones, place = tuple(chance.sample(ZONES, 2)), chance.choice(centres)
        day, address = chance.choice(DAYS).date(), places.address(chance)
        some = [known.id for known in chance.sample(self.every, len(self.every) // 2)]
        return {
            "ids": (some, lambda known: known.id in some),
            "zones": (zones, lambda known: bool({*zones} & {*known.zones})),
            "place": (place, lambda known: any(each.circle and place in each.circle for each in known.areas)),
            "day": (day, lambda known: self.day[known.id].date() == day),
            "address": (address, lambda known: any(at(address, each) for each in known.areas)),
            "with_deleted": (True, lambda _known: True),
        }

    def expected(self, filters):
        """The ids that all of some filters let through."""
        with_deleted = "with_deleted" in filters
        living = [known for known in self.every if with_deleted or known.id not in self.gone]
        return {known.id for known in living if all(passes(known) for _, passes in filters.values())}


def at(address, area):
    named = {name: fold(str(text)) for name, text in area.address.items()}
    return all(named.get(name) == fold(text) for name, text in address.items())


@pytest.mark.both_engines
@pytest.mark.parametrize("number", [150, pytest.param(2_000, marks=pytest.mark.full)])
def test_every_filter_alone_and_in_pairs_finds_what_a_model_finds(ed, number):
    house = House(ed, number)

    for _ in range(4):
        filters = house.filters()
        for names in [(), *((each,) for each in filters), *combinations(filters, 2)]:
            chosen = {name: filters[name] for name in names}
            wanted = Wanted(**{name: value for name, (value, _) in chosen.items()})
            release()
            found, total = listing.page(wanted, first=0, size=number)
            assert {each.id for each in found} == house.expected(chosen), names
            assert total == len(found)


@pytest.mark.both_engines
def test_pages_follow_each_other_without_a_gap_and_cost_the_same(ed):
    House(ed, 60)
    whole, total = listing.page(Wanted(), first=0, size=100)
    parts, costs = [], []
    for first in range(0, total, 7):
        release()
        with counted() as sent:
            parts += listing.page(Wanted(), first=first, size=7)[0]
        costs.append(len(sent))

    assert [each.id for each in parts] == [each.id for each in whole]
    assert len(set(costs)) == 1
    assert listing.page(Wanted(), first=total + 5, size=7) == ([], total)


@pytest.mark.both_engines
def test_an_address_is_found_whatever_its_case_and_accents(ed, media_ids):
    town = {"country": "FR", "locality": "Nîmes", "department": "Gard", "name": "Arènes", "originId": "x-1"}
    with transaction():
        made = keeping.register(
            {"media_ids": media_ids, "zones": ("MENU",), "areas": [Area.located(town, None)]}, actor=ed
        )

    for name, text in town.items():
        for written in (text, text.upper(), fold(text)):
            found, _ = listing.page(Wanted(address={name: written}), first=0, size=5)
            assert [each.id for each in found] == [made.id], (name, written)
    assert listing.page(Wanted(address={"locality": "Nîmes", "country": "BE"}), first=0, size=5)[1] == 0


@pytest.mark.both_engines
def test_all_parts_of_an_address_hold_for_one_location(ed, media_ids):
    two = [Area.located({"country": "FR", "locality": "Lyon"}, None), Area.located({"country": "BE"}, None)]
    with transaction():
        keeping.register({"media_ids": media_ids, "zones": ("MENU",), "areas": two}, actor=ed)

    assert listing.page(Wanted(address={"country": "be"}), first=0, size=5)[1] == 1
    assert listing.page(Wanted(address={"country": "be", "locality": "lyon"}), first=0, size=5)[1] == 0


@pytest.mark.full
def test_a_place_that_very_many_hold_is_listed(ed, media_ids):
    """More than either engine takes as parameters of a statement."""
    number, moment = 70_000, now()
    rows = [{"id": uuid4(), "created_at": moment, "versioned_at": moment} for _ in range(number)]
    here = {"zone": "MENU", "made_at": moment, "cell": geo.cells_at(LYON)[0]}
    here |= {"latitude": LYON.latitude, "longitude": LYON.longitude, "radius": 900.0}
    with transaction():
        db.session.execute(insert(Background), rows)
        db.session.execute(insert(BackgroundSpot), [here | {"background_id": row["id"]} for row in rows])
        keeping.register({"media_ids": media_ids, "zones": ("MENU",)}, actor=ed)

    found, total = listing.page(Wanted(place=LYON), first=0, size=5)

    assert (len(found), total) == (5, number)
