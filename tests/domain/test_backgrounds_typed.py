"""What people type for a place, a distance and metadata: read as they mean it, or refused by its field."""

import random

import pytest

from webapp.domain.backgrounds import typed
from webapp.domain.errors import Invalid
from webapp.domain.geo import Point


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("48.8566, 2.3522", ("48.8566", "2.3522")),
        ("48.8566,2.3522", ("48.8566", "2.3522")),
        ("-33.8688,-70.5", ("-33.8688", "-70.5")),
        ("48 2", ("48", "2")),
        ("48,-2", ("48", "-2")),
        ("48,8566; 2,3522", ("48.8566", "2.3522")),
        ("48,8566 2,3522", ("48.8566", "2.3522")),
        ("33.87° S, 151.2° E", ("-33.87", "151.2")),
        ("151.2E 33.87S", ("-33.87", "151.2")),
        ("(48.8566,\N{NO-BREAK SPACE}2.3522)", ("48.8566", "2.3522")),
        ("−33.5, +2.5", ("-33.5", "2.5")),
        ("٤٨٫٨٥٦٦، ٢٫٣٥٢٢", ("48.8566", "2.3522")),
        ("48,8566", None),
        ("48.8566", None),
        ("", None),
        ("Paris", None),
        ("1, 2, 3", None),
        ("1e5, 2", None),
        ("nan, nan", None),
        ("١" * 400, None),
    ],
)
def test_a_pasted_pair_is_taken_apart(text, pair):
    assert typed.pair(text) == pair


def test_any_pair_of_numbers_comes_back_as_it_was():
    chance = random.Random(5)
    for _ in range(500):
        place = Point(round(chance.uniform(-90, 90), 9), round(chance.uniform(-180, 180), 9))
        between = chance.choice((", ", ",", " ", ";", " ; "))
        text = f"{place.latitude:.9f}{between}{place.longitude:.9f}"
        assert typed.near(text) == place, text


@pytest.mark.parametrize(
    ("latitude", "longitude", "field"),
    [
        ("91", "0", "latitude"),
        ("0", "181", "longitude"),
        ("1", "", "longitude"),
        ("", "1", "latitude"),
        ("x", "1", "latitude"),
    ],
)
def test_what_is_no_place_is_refused_by_its_field(latitude, longitude, field):
    with pytest.raises(Invalid) as refused:
        typed.place(latitude, longitude)

    assert refused.value.field == field
    assert typed.place(" ", "") is None


@pytest.mark.parametrize(
    ("number", "unit", "written"),
    [
        ("10", "km", "10km"),
        ("1,5", "mi", "1.5mi"),
        ("250", "", "250"),
        (" ٩٠٠ ", "m", "900m"),
        ("0.001", "km", "0.001km"),
    ],
)
def test_a_distance_is_written_as_the_domain_reads_it(number, unit, written):
    assert typed.distance(number, unit) == written
    assert typed.split(written) == (written.removesuffix(unit) if unit else written, unit)


@pytest.mark.parametrize(
    ("number", "unit"),
    [
        ("", "km"),
        ("-1", "km"),
        ("0", "m"),
        ("1e3", "m"),
        ("inf", "m"),
        ("1 000", "m"),
        ("1", "light year"),
        ("20016", "km"),
    ],
)
def test_what_is_no_distance_is_refused(number, unit):
    with pytest.raises(Invalid) as refused:
        typed.distance(number, unit)

    assert refused.value.field == "radius"


def test_metadata_is_an_object_or_nothing():
    assert typed.metadata(" \n") == {}
    assert typed.metadata('{"a": [1, 2.5, null, "é"]}') == {"a": [1, 2.5, None, "é"]}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "json"),
        ("1", "type"),
        ("null", "type"),
        ('{"a": NaN}', "number"),
        ('{"a": {"b": 1, "b": 2}}', "twice"),
        ('{"a": {"prototype": 1}}', "name"),
        ("[" * 50_000, "depth"),
        ('{"a": "' + "x" * 300_000 + '"}', "too_large"),
        ('{"a": "' + "x" * 66_000 + '"}', "too_large"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_what_is_no_metadata_is_refused_with_the_reason(text, code):
    with pytest.raises(Invalid) as refused:
        typed.metadata(text)

    assert (refused.value.field.partition(".")[0], refused.value.code) == ("metadatas", code)
