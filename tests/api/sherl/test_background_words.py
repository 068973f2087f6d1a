"""What the dialect reads of dynamic backgrounds, each fault by its path, and what it shows and takes back."""

import json
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import TypeAdapter, ValidationError

from webapp.api.sherl import background_answers as answers
from webapp.api.sherl import background_writing as writing
from webapp.api.sherl.answers import Desk, image
from webapp.api.sherl.background_filters import BackgroundsQuery, uri_of
from webapp.api.sherl.background_schemas import BackgroundCreate, BackgroundUpdate
from webapp.domain.aliases import Name
from webapp.domain.backgrounds.areas import Area
from webapp.domain.backgrounds.contents import Contents
from webapp.domain.depictions import Depiction
from webapp.domain.geo import Circle, Point
from webapp.domain.models import Background

MEDIA = {"id": "m1", "uri": "/api/medias/m1", "domain": "gallery", "width": 10, "height": 20}
LYON = {"country": "FR", "locality": "Lyon", "latitude": 45.7, "longitude": 4.8}
WHOLE = {"medias": [MEDIA], "displayZones": ["MENU"]}
ROUND = {"type": "circle", "coordinates": [4.8, 45.7], "radius": "900m"}


def wrong(kind, given):
    """Return the paths of what is refused."""
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(given)
    return [".".join(str(part) for part in each["loc"]) for each in refused.value.errors()]


def read(kind, given):
    return TypeAdapter(kind).validate_python(given)


def nested(depth):
    return {} if depth == 0 else {"a": nested(depth - 1)}


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"displayZones": ["CELLAR"]}, "displayZones.0"),
        ({"displayZones": []}, "displayZones"),
        ({"displayZones": ["MENU"] * 101}, "displayZones"),
        ({"displayZones": 3}, "displayZones"),
        ({"medias": []}, "medias"),
        ({"medias": [MEDIA] * 5000}, "medias"),
        ({"medias": [{}]}, "medias.0.id"),
        ({"medias": ["m1"]}, "medias.0"),
        ({"medias": [{"id": 7}]}, "medias.0.id"),
        ({"medias": [{"id": "a\0"}]}, "medias.0.id"),
        ({"media": [{"id": "x" * 256}]}, "media.0.id"),
        ({"metadatas": []}, "metadatas"),
        ({"metadatas": {"a": {"__proto__": {}}}}, "metadatas.a.__proto__"),
        ({"metadatas": {"constructor": 1}}, "metadatas.constructor"),
        ({"metadatas": {"a": "x" * 65_536}}, "metadatas"),
        ({"metadatas": {"a": ["b\0"]}}, "metadatas.a"),
        ({"metadatas": {"b\0": 1}}, "metadatas"),
        ({"metadatas": nested(20)}, "metadatas"),
        ({"locations": [{"location": LYON}] * 201}, "locations"),
        ({"locations": [{}]}, "locations.0.location"),
        ({"locations": [{"distance": "5km"}]}, "locations.0.location"),
        ({"locations": [{"location": {"name": "Home"}}]}, "locations.0.location"),
        ({"locations": [{"location": {"latitude": 1, "longitude": 2}}]}, "locations.0.location"),
        ({"locations": [{"location": LYON | {"latitude": 91}}]}, "locations.0.location.latitude"),
        ({"locations": [{"location": LYON | {"longitude": -180.5}}]}, "locations.0.location.longitude"),
        ({"locations": [{"location": LYON | {"latitude": "NaN"}}]}, "locations.0.location.latitude"),
        ({"locations": [{"location": LYON | {"latitude": "1_0"}}]}, "locations.0.location.latitude"),
        ({"locations": [{"location": LYON | {"latitude": True}}]}, "locations.0.location.latitude"),
        ({"locations": [{"location": LYON | {"latitude": [1]}}]}, "locations.0.location.latitude"),
        ({"locations": [{"location": LYON | {"latitude": None}}]}, "locations.0.location.latitude"),
        ({"locations": [{"location": LYON | {"country": 33}}]}, "locations.0.location.country"),
        ({"locations": [{"location": LYON | {"region": "x" * 256}}]}, "locations.0.location.region"),
        ({"locations": [{"location": LYON | {"types": ["a"] * 51}}]}, "locations.0.location.types"),
        ({"locations": [{"location": LYON, "distance": "10 miles"}]}, "locations.0.distance"),
        ({"locations": [{"location": LYON, "distance": "10km "}]}, "locations.0.distance"),
        ({"locations": [{"location": LYON, "distance": "-10km"}]}, "locations.0.distance"),
        ({"locations": [{"location": LYON, "distance": "0m"}]}, "locations.0.distance"),
        ({"locations": [{"location": LYON, "distance": "99999km"}]}, "locations.0.distance"),
        ({"locations": [{"location": LYON, "distance": 10}]}, "locations.0.distance"),
        ({"geoshapes": [ROUND | {"type": "polygon"}]}, "geoshapes.0.type"),
        ({"geoshapes": [ROUND | {"coordinates": [4.8]}]}, "geoshapes.0.coordinates.1"),
        ({"geoshapes": [ROUND | {"coordinates": [4.8, 45.7, 1]}]}, "geoshapes.0.coordinates"),
        ({"geoshapes": [ROUND | {"coordinates": [4.8, 91]}]}, "geoshapes.0.coordinates.1"),
        ({"geoshapes": [ROUND | {"coordinates": [181, 0]}]}, "geoshapes.0.coordinates.0"),
        ({"geoShapes": [ROUND | {"radius": "5 m"}]}, "geoShapes.0.radius"),
        ({"geoShapes": [{"type": "circle", "coordinates": [0, 0]}]}, "geoShapes.0.radius"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_has_no_meaning_is_refused_by_its_path(given, path):
    assert wrong(BackgroundUpdate, given) == [path]


def test_all_that_is_wrong_is_said_at_once():
    bad = {
        "displayZones": ["CELLAR", "MENU", "ATTIC"],
        "metadatas": {"__proto__": 1},
        "locations": [{"location": LYON | {"latitude": 91}, "distance": "10 miles"}, {"location": LYON}, {}],
        "geoshapes": [ROUND | {"radius": "x"}],
    }

    assert sorted(wrong(BackgroundCreate, bad)) == [
        "displayZones.0",
        "displayZones.2",
        "geoshapes.0.radius",
        "locations.0.distance",
        "locations.0.location.latitude",
        "locations.2.location",
        "medias",
        "metadatas.__proto__",
    ]


def test_a_new_one_needs_pictures_and_zones_and_a_null_is_none():
    for given in ({}, {"medias": None, "media": None, "displayZones": None}):
        assert wrong(BackgroundCreate, given) == ["medias", "displayZones"]


def test_what_php_sends_means_the_same():
    ours = {"medias": [{"id": "m1"}], "displayZones": ["MENU"], "geoshapes": [ROUND]}
    empty = dict.fromkeys(("id", "region", "originId", "isDefault", "types"))
    php = {"media": {"id": "m1", "uri": None}, "medias": None, "displayZones": "MENU", "geoShapes": [ROUND]}
    php |= {"metadatas": None, "locations": [{"distance": None, "location": LYON | empty}]}
    ours |= {"locations": [{"location": LYON}]}

    one, other = read(BackgroundCreate, ours), read(BackgroundCreate, php)
    assert one.model_dump(exclude={"medias"}) == other.model_dump(exclude={"medias"})
    assert [each.id for each in one.medias] == [each.id for each in other.medias] == ["m1"]
    assert one.locations[0].area().address == LYON


def test_coordinates_may_come_as_text_and_unknown_keys_say_nothing():
    given = {"location": LYON | {"latitude": "45.7", "longitude": "-4.8e0", "colour": "red"}, "distance": "10km"}
    [found] = read(BackgroundUpdate, {"locations": [given], "version": 9}).locations

    assert found.area() == Area("location", LYON | {"longitude": -4.8}, "10km", Circle(Point(45.7, -4.8), 10_000))


# ---- filters ----


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"latitude": "45"}, "longitude"),
        ({"longitude": "4", "latitude": ""}, "latitude"),
        ({"latitude": "91", "longitude": "0"}, "latitude"),
        ({"latitude": "NaN", "longitude": "0"}, "latitude"),
        ({"latitude": "Infinity", "longitude": "0"}, "latitude"),
        ({"latitude": ["1", "2"], "longitude": "0"}, "latitude"),
        ({"createdAt": "yesterday"}, "createdAt"),
        ({"createdAt": "0001-01-01T00:00:00+14:00"}, "createdAt"),
        ({"createdAt": ["2026-01-01"]}, "createdAt"),
        ({"displayDeleted": "perhaps"}, "displayDeleted"),
        ({"displayZones[]": ["MENU", "CELLAR"]}, "displayZones[].1"),
        ({"displayZones": "CELLAR"}, "displayZones[].0"),
        ({"country": "x" * 256}, "country"),
        ({"country": ["FR", "BE"]}, "country"),
        ({"name": "a\0"}, "name"),
    ],
    ids=str,
)
def test_a_filter_that_means_nothing_is_refused_by_its_name(query, path):
    assert wrong(BackgroundsQuery, query) == [path]


def test_a_filter_is_read_as_the_sdk_writes_it():
    query = {"departement": "Rhône", "locality": "Lyon 1er & co", "latitude": "45.7", "longitude": "4.8"}
    query |= {"displayDeleted": "true", "displayZones[]": ["HOME_PAGE", "MENU"], "country": ""}
    wanted = read(BackgroundsQuery, query | {"createdAt": "1970-01-01T23:30:00.000-01:00"}).wanted()

    assert wanted.address == {"department": "Rhône", "locality": "Lyon 1er & co"}
    assert (wanted.place, wanted.day, wanted.with_deleted) == (Point(45.7, 4.8), date(1970, 1, 2), True)
    assert (wanted.zones, wanted.ids) == (("HOME_PAGE", "MENU"), None)


@pytest.mark.parametrize("query", [{"displayZones": "MENU"}, {"displayZones[]": "MENU"}, {"displayZones[0]": "MENU"}])
def test_zones_are_read_however_they_are_written(query):
    assert read(BackgroundsQuery, query | {"displayZones[1]": "MAP_LIST"}).wanted().zones == ("MENU", "MAP_LIST")


def test_id_and_uri_have_to_mean_one():
    one, other = uuid4(), uuid4()

    assert read(BackgroundsQuery, {"id": str(one)}).wanted().ids == [one]
    assert read(BackgroundsQuery, {"uri": uri_of(one)}).wanted().ids == [one]
    assert read(BackgroundsQuery, {"uri": f"https://example.org{uri_of(one)}", "id": str(one)}).wanted().ids == [one]
    for query in ({"id": str(one), "uri": uri_of(other)}, {"id": "b1"}, {"uri": "/api/medias/1"}, {"id": one.hex}):
        assert read(BackgroundsQuery, query).wanted().ids == []


# ---- shown, and sent back ----

THEN = datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC)
PICTURES = [UUID(int=nth) for nth in range(3)]
HELD = (
    Area.round(45.7, 4.8, "900m"),
    Area.located(LYON | {"types": ["city"], "isDefault": True}, "10km"),
    Area("circle", {}, None, Circle(Point(1, 2), 1500)),
    Area.located({"country": "FR"}, None),
)


def kept(**fields):
    about = {"created_at": THEN, "versioned_at": THEN, "version": 1, "metadatas": {"a": [1, {"b": None}]}}
    return Background(id=UUID(int=7), **about | fields)


def depicted(media_id):
    """A picture that a program has called by the end of its id."""
    said = {"kind": "image", "filename": "a.jpg", "original_filename": "a.jpg", "mime_type": "image/jpeg"}
    sides = {"size": 3, "width": 10, "height": 20, "duration": None, "description": None}
    name = Name(f"m{media_id.int}", "gallery & co")
    return Depiction(id=media_id, name=name, created_at=THEN, thumbnail=None, **said, **sides)


DESK = Desk("http://localhost", "c1", {each: depicted(each) for each in PICTURES})


def shown(background, contents):
    return json.loads(json.dumps(answers.background(background, contents, DESK)))


def test_an_object_is_shown_as_the_seed_has_it():
    found = shown(kept(), Contents(PICTURES, ("MENU",), HELD))

    assert found == {
        "id": str(UUID(int=7)),
        "uri": f"/api/galleries/dynamic-background/{UUID(int=7)}",
        "medias": [image(each, DESK) for each in PICTURES],
        "metadatas": {"a": [1, {"b": None}]},
        "createdAt": "2026-03-01T12:00:00.123Z",
        "versionCreatedAt": "2026-03-01T12:00:00.123Z",
        "updatedAt": "2026-03-01T12:00:00.123Z",
        "deleted": False,
        "displayZones": ["MENU"],
        "locations": [
            {"distance": "10km", "location": LYON | {"types": ["city"], "isDefault": True}},
            {"location": {"country": "FR"}},
        ],
        "geoshapes": [
            ROUND,
            {"type": "circle", "coordinates": [2, 1], "radius": "1.5km"},
        ],
        "version": 1,
    }


def test_a_later_version_names_the_one_before_and_who_made_it():
    changed = kept(version=3, updated_at=THEN, deleted_at=THEN, created_by_id=UUID(int=1), updated_by_id=UUID(int=2))
    found = shown(changed, Contents())

    assert found["parentUri"] == f"{found['uri']}?version=2"
    assert found["deleted"] is True
    assert [found[name] for name in ("createdBy", "updatedBy", "versionCreatedBy")] == [
        str(UUID(int=1)),
        str(UUID(int=2)),
        str(UUID(int=2)),
    ]


def test_a_version_is_not_laid_to_whoever_threw_it_away():
    who = {"created_by_id": UUID(int=1), "updated_by_id": UUID(int=2)}
    first = kept(updated_at=THEN + timedelta(hours=1), deleted_at=THEN, **who)
    later = kept(version=2, updated_at=THEN + timedelta(hours=1), deleted_at=THEN, **who)

    assert shown(first, Contents())["versionCreatedBy"] == str(UUID(int=1))
    assert "versionCreatedBy" not in shown(later, Contents())
    assert shown(later, Contents())["updatedBy"] == str(UUID(int=2))


def test_what_is_sent_back_as_it_was_shown_is_no_change():
    before = Contents(PICTURES, ("MENU",), HELD)
    given = read(BackgroundUpdate, shown(kept(), before))
    fields = writing.fields(given, before, DESK)

    assert "media_ids" not in fields
    assert tuple(fields["areas"]) == HELD
    assert (fields["metadatas"], fields["zones"]) == (kept().metadatas, ["MENU"])


def test_areas_of_the_other_kind_stay_where_they_are():
    before = Contents(PICTURES, ("MENU",), HELD)

    def areas(**given):
        return writing.fields(read(BackgroundUpdate, given), before)["areas"]

    home = Area.located({"country": "BE"}, None)
    assert areas(locations=[]) == [HELD[0], HELD[2]]
    assert areas(geoshapes=[]) == [HELD[1], HELD[3]]
    assert areas(locations=[{"location": {"country": "BE"}}]) == [HELD[0], home, HELD[2]]
    assert areas(locations=[{"location": {"country": "BE"}}] * 3) == [HELD[0], home, HELD[2], home, home]


def test_pictures_are_changed_where_others_are_named():
    medias = shown(kept(), Contents(PICTURES))["medias"]
    given = read(BackgroundUpdate, {"medias": [medias[2], medias[0]]})

    assert writing.fields(given, Contents(PICTURES), DESK) == {"media_ids": [PICTURES[2], PICTURES[0]]}
