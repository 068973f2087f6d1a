"""Which background stands behind a zone here and now: what looking at every background there is says."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tests import places
from tests.statements import counted
from webapp.domain.backgrounds import keeping
from webapp.domain.backgrounds.areas import Area
from webapp.domain.backgrounds.resolving import NEAREST, Asked, resolve
from webapp.domain.geo import Point
from webapp.domain.models.background import ZONES
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now

LYON = Point(45.7578, 4.8320)
EVENING = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)

pytestmark = pytest.mark.both_engines


@pytest.fixture
def make(ed):
    """Makes a background of two pictures for the home page; `round_` gives circles round Lyon by their radius."""

    def made(*round_, **fields):
        with transaction():
            areas = [Area.round(LYON.latitude, LYON.longitude, radius) for radius in round_]
            given = {"media_ids": places.pictures(2), "zones": ("HOME_PAGE",), "areas": areas} | fields
            return keeping.register(given, actor=ed).id

    return made


def ask(place=None, address=None, *, zone="HOME_PAGE", moment=EVENING, visit=""):
    release()
    return resolve(Asked(zone, moment, place, address, visit))


def winner(*asked, **how):
    found = ask(*asked, **how)
    return found and found.background_id


@pytest.mark.parametrize("number", [150, pytest.param(10_000, marks=pytest.mark.full)])
def test_random_places_get_what_looking_at_all_backgrounds_says(ed, number):
    chance = random.Random(number)
    with transaction():
        media_ids = places.pictures(1)
        every = [places.background(chance, actor=ed, media_ids=media_ids) for _ in range(300)]
    centres = [area.circle.centre for known in every for area in known.areas if area.circle]

    for _ in range(number):
        point = chance.choice((None, places.place(chance), chance.choice(centres)))
        asked = chance.choice((None, places.address(chance)))
        zone = chance.choice(ZONES)
        found, (rank, fitting) = ask(point, asked, zone=zone, moment=now()), places.best(every, zone, point, asked)
        assert (found is None) is (rank is None), (zone, point, asked)
        if found is not None:
            assert found.background_id in fitting, (zone, point, asked, rank)
            assert (found.candidates[0].rank.kind, found.candidates[0].rank.size) == rank


def test_the_smallest_circle_comes_before_an_address_before_the_zone(make):
    zone_wide, town = make(), make(areas=[Area.located({"country": "FR", "locality": "Lyon"}, None)])
    wide, near = make("5km"), make("900m")
    lyon = {"country": "fr", "locality": "LYON", "streetAddress": "Quai Saint-Antoine"}

    assert winner(LYON, lyon) == near
    assert winner(Point(45.78, 4.84), lyon) == wide
    assert winner(Point(48.85, 2.35), lyon) == town
    assert winner(Point(48.85, 2.35), {"country": "FR"}) == zone_wide
    assert winner() == zone_wide
    assert winner(LYON, zone="MENU") is None
    assert [each.background_id for each in ask(LYON, lyon).candidates] == [near, wide, town, zone_wide]
    assert [each.rank.why for each in ask(LYON, lyon).candidates] == ["circle", "circle", "address", "zone"]


def test_the_address_that_names_more_comes_first(make):
    country = make(areas=[Area.located({"country": "France"}, None)])
    street = make(areas=[Area.located({"locality": "Lyon", "streetAddress": "Place des Jacobins"}, None)])

    assert winner(None, {"country": "FRANCE", "locality": "lyon", "streetAddress": "place des jacobins"}) == street
    assert winner(None, {"country": "France", "locality": "Lyon"}) == country
    assert winner(None, {"locality": "Lyon"}) is None, "an address matches who names all that it names"


def test_an_address_with_a_distance_is_a_circle_too(make):
    town = {"locality": "Lyon", "latitude": LYON.latitude, "longitude": LYON.longitude}
    both = make(areas=[Area.located(town, "10km")])

    assert winner(Point(45.76, 4.85)) == both
    assert winner(Point(48.85, 2.35)) is None
    assert winner(None, {"locality": "lyon"}) == both


@pytest.mark.parametrize(
    ("centre", "inside", "outside"),
    [
        (Point(0, 179.95), Point(0, -179.95), Point(0, -178)),
        (Point(0, -180), Point(0.01, 180), Point(0, 170)),
        (Point(89.99, 10), Point(89.99, -170), Point(89, 10)),
        (Point(-90, 0), Point(-89.95, 123), Point(-89, 0)),
    ],
)
def test_circles_go_on_over_the_date_line_and_the_poles(make, centre, inside, outside):
    made = make(areas=[Area.round(centre.latitude, centre.longitude, "20km")])

    assert (winner(inside), winner(outside)) == (made, None)


def test_what_is_not_shown_does_not_win(make, ed):
    moment = EVENING
    gone, off = make("1km"), make("2km", is_active=False)
    over, later = make("3km", ends_at=moment), make("4km", starts_at=moment + timedelta(seconds=1))
    now_on = make("5km", starts_at=moment, ends_at=moment + timedelta(seconds=1))
    with transaction():
        keeping.trash(gone, actor=ed)

    assert winner(LYON) == now_on
    assert winner(LYON, moment=moment + timedelta(seconds=1)) == later
    assert winner(LYON, moment=moment - timedelta(seconds=1)) == over
    assert off not in {each.background_id for each in ask(LYON).candidates}


def test_a_circle_is_found_behind_many_smaller_ones_that_do_not_hold_the_place(make, ed):
    held = make("900m")
    with transaction():
        media_ids = places.pictures(1)
        beside = [Point(LYON.latitude + 0.007, LYON.longitude + step / 4000) for step in range(-8, 8)]
        for number in range(3 * NEAREST):
            centre = beside[number % len(beside)]
            area = Area.round(centre.latitude, centre.longitude, f"{600 + number}m")
            assert LYON not in area.circle
            keeping.register({"media_ids": media_ids, "zones": ("HOME_PAGE",), "areas": (area,)}, actor=ed)

    assert winner(LYON) == held


def test_of_two_that_fit_as_well_the_newest_wins(make):
    make("1km")
    newest = make("1km")

    assert winner(LYON) == newest


@pytest.mark.parametrize(("turns", "changes"), [("never", 0), ("hour", 47), ("day", 2), ("visit", 0)], ids=str)
def test_pictures_take_turns(make, turns, changes):
    make(turns=turns)
    numbers = [ask(moment=EVENING + timedelta(hours=hour), visit="a").number for hour in range(48)]

    assert sum(one != other for one, other in pairwise(numbers)) == changes


def test_at_each_visit_a_picture_is_chosen_by_what_the_visitor_sends(make):
    make(turns="visit")

    assert {ask(visit=str(visit)).number for visit in range(20)} == {0, 1}
    assert {ask(visit="b").number for _ in range(5)} in ({0}, {1})
    assert ask().number == 0


def test_it_says_until_when_a_picture_is_shown(make):
    make(turns="hour")

    assert ask().until == EVENING.replace(hour=19, minute=0)
    assert ask().count == 2


def test_those_that_fit_as_well_take_turns_where_the_newest_does(make):
    first, second = make("1km"), make("1km", turns="hour")

    assert {winner(LYON, moment=EVENING + timedelta(hours=hour)) for hour in range(4)} == {first, second}


def test_asking_costs_the_same_for_many_as_for_few(make, ed):
    sizes = []
    for more in (3, 200):
        with transaction():
            media_ids = places.pictures(1)
            for number in range(more):
                where = Point(-80 + number % 160, (number * 7) % 360 - 180)
                area = Area.round(where.latitude, where.longitude, "50km")
                keeping.register({"media_ids": media_ids, "zones": ("HOME_PAGE",), "areas": (area,)}, actor=ed)
        make("900m")
        with counted() as sent:
            assert ask(LYON, {"country": "FR"}) is not None
        sizes.append(len(sent))

    assert sizes[0] == sizes[1]
