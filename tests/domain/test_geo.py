"""Places on the earth: what is one, how far apart they are, and that a circle is found from every point of it."""

import math
import random

import pytest
from h3.api import basic_int as grid
from hypothesis import example, given, settings
from hypothesis import strategies as st

from webapp.domain import geo
from webapp.domain.errors import Invalid
from webapp.domain.geo import Circle, Point

LYON, PARIS = Point(45.7578, 4.8320), Point(48.8566, 2.3522)

latitudes = st.floats(-90, 90)
longitudes = st.floats(-180, 180)
radii = st.floats(0, math.log10(geo.FARTHEST)).map(lambda power: 10**power)
"""From a metre to half the way round, each size as often."""


def going(start, metres, bearing):
    """The place so many metres from another in a direction (radians from north)."""
    north, east, angle = math.radians(start.latitude), math.radians(start.longitude), metres / geo.EARTH
    up = math.sin(north) * math.cos(angle) + math.cos(north) * math.sin(angle) * math.cos(bearing)
    arrived = math.asin(max(-1.0, min(1.0, up)))
    along = math.atan2(
        math.sin(bearing) * math.sin(angle) * math.cos(north), math.cos(angle) - math.sin(north) * math.sin(arrived)
    )
    return Point(math.degrees(arrived), (math.degrees(east + along) + 540) % 360 - 180)


def test_distances_are_those_of_the_earth():
    assert geo.distance(LYON, PARIS) == pytest.approx(391_500, rel=0.003)
    assert geo.distance(LYON, LYON) == 0
    assert geo.distance(Point(90, 0), Point(-90, 77)) == pytest.approx(geo.FARTHEST)
    assert geo.distance(Point(0, 179.9), Point(0, -179.9)) == pytest.approx(22_239, rel=0.001), "over the date line"
    assert geo.distance(Point(90, -120), Point(90, 60)) == pytest.approx(0, abs=1e-6), "the pole is one place"


@given(latitudes, longitudes, latitudes, longitudes)
def test_it_is_as_far_there_as_back(north, east, south, west):
    one, other = Point(north, east), Point(south, west)

    assert geo.distance(one, other) == pytest.approx(geo.distance(other, one), abs=1e-6)
    assert 0 <= geo.distance(one, other) <= geo.FARTHEST


@given(latitudes, longitudes, radii, st.floats(0, 0.999999), st.floats(0, 2 * math.pi))
@settings(max_examples=600)
@example(0.0, 180.0, 5_000.0, 0.99, math.pi / 2)
@example(0.0, -180.0, 5_000.0, 0.99, 3 * math.pi / 2)
@example(90.0, 0.0, 900_000.0, 0.99, 1.0)
@example(-90.0, 0.0, 3_000.0, 0.99, 1.0)
@example(0.0, 0.0, 20_015_000.0, 0.99, 1.0)
def test_a_circle_is_found_from_each_of_its_points(latitude, longitude, radius, share, bearing):
    area = Circle(Point(latitude, longitude), radius)
    place = going(area.centre, radius * share, bearing)

    assert set(geo.cells_of(area)) & set(geo.cells_at(place))


@pytest.mark.parametrize("size", [0, 1, 2, 5, 9, 15])
def test_beside_the_pentagons_too_the_largest_circle_of_a_size_is_held_whole(size):
    chance = random.Random(size)
    for cell in grid.get_pentagons(size):
        middle = Point(*grid.cell_to_latlng(cell))
        for _ in range(8):
            centre = going(middle, chance.uniform(0, 4) * geo.HOLDS[size], chance.uniform(0, 7))
            area = Circle(centre, geo.HOLDS[size])
            kept = set(geo.cells_of(area))
            rim = [going(centre, 0.9999 * area.radius, turn * math.pi / 18) for turn in range(36)]
            assert all(kept & set(geo.cells_at(each)) for each in rim)


@pytest.mark.parametrize(("radius", "most"), [(0.5, 7), (900, 7), (640_000, 7), (641_000, 30), (geo.FARTHEST, 122)])
def test_a_circle_is_kept_under_few_cells(radius, most):
    assert 1 < len(geo.cells_of(Circle(LYON, radius))) <= most


@pytest.mark.parametrize(
    ("latitude", "longitude", "field"),
    [
        (91, 0, "latitude"),
        (-90.0001, 0, "latitude"),
        (math.nan, 0, "latitude"),
        (math.inf, 0, "latitude"),
        (0, 180.5, "longitude"),
        (0, math.nan, "longitude"),
        (None, 4.8, "latitude"),
        (45.7, None, "longitude"),
    ],
)
def test_what_is_no_place_is_refused_by_its_field(latitude, longitude, field):
    with pytest.raises(Invalid) as refused:
        geo.point(latitude, longitude)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("10km", 10_000),
        ("900m", 900),
        ("250", 250),
        ("1.5km", 1500),
        ("2mi", 3218.688),
        ("1nmi", 1852),
        ("5mm", 0.005),
    ],
)
def test_distances_are_read_with_their_unit(text, length):
    assert geo.metres(text) == pytest.approx(length)


@pytest.mark.parametrize(
    "text",
    [
        "10 miles",
        "10km ",
        " 10km",
        "-5km",
        "0",
        "0km",
        "",
        "km",
        "1e3m",
        "10KM",
        "٣km",
        "NaN",
        "99999km",
        "1,5km",
        "1.m",
    ],
)
def test_what_is_no_distance_is_refused(text):
    with pytest.raises(Invalid, match="like 900m or 10km"):
        geo.metres(text)


@given(st.floats(1, 1e7))
def test_a_distance_that_is_written_is_read_again(length):
    assert geo.metres(geo.written(length)) == pytest.approx(length, rel=1e-9)


@pytest.mark.parametrize(("length", "text"), [(900, "900m"), (1200, "1.2km"), (10_000, "10km"), (1234.5, "1234.5m")])
def test_distances_are_written_as_people_would(length, text):
    assert geo.written(length) == text


@pytest.mark.parametrize("radius", [0, -1, math.nan, math.inf, 2.1e7])
def test_a_circle_has_a_radius(radius):
    with pytest.raises(Invalid, match="radius"):
        geo.circle(LYON, radius)


def test_a_map_is_bound_by_the_centres_of_its_circles():
    assert geo.bounds([]) is None
    assert geo.bounds([Circle(LYON, 5), Circle(PARIS, 5)]) == (
        Point(LYON.latitude, PARIS.longitude),
        Point(PARIS.latitude, LYON.longitude),
    )
