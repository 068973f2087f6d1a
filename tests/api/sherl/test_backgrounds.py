"""Dynamic backgrounds over the Sherl dialect: registered, changed, thrown away; what was read may be sent back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, update

from tests import factories
from tests.api.sherl.conftest import Sherl
from tests.fixtures.app import Cast, on_sqlite
from tests.races import race
from tests.statements import counted
from webapp.api.sherl.background_shapes import DynamicBackgrounds, IDynamicBackground
from webapp.domain.backgrounds import keeping
from webapp.domain.backgrounds.areas import Area
from webapp.domain.geo import Circle, Point
from webapp.domain.models import AuditEntry, Background, BackgroundVersion, Media
from webapp.infra.db import db

PATH = "/galleries/dynamic-background"
LYON = {"country": "FR", "locality": "Lyon", "latitude": 45.7, "longitude": 4.8}
ROUND = {"type": "circle", "coordinates": [4.8, 45.7], "radius": "900m"}
SENT = [json.loads(line) for line in (Path(__file__).parent / "transcript.jsonl").read_text().splitlines()]
KEPT = ("SELECT languages.id, languages.code", "SELECT api_keys.id AS key_id")
"""Asked only where somebody has written since."""


@pytest.fixture
def dusk(sherl: Sherl) -> dict[str, Any]:
    """A background of two pictures for two zones, in Lyon and in a circle."""
    return register(sherl, locations=[{"distance": "10km", "location": LYON}], geoshapes=[ROUND], metadatas={"a": 1})


def register(sherl: Sherl, pictures: int = 2, **fields: Any) -> Any:
    """Make a background and return it."""
    medias = [{"id": each} for each in sherl.pictures(pictures)]
    return sherl.post(PATH, {"medias": medias, "displayZones": ["HOME_PAGE", "MENU"]} | fields)


def one(background: dict[str, Any]) -> str:
    return f"{PATH}/{background['id']}"


def listed(sherl: Sherl, **query: Any) -> list[str]:
    """Return the ids of a page."""
    return [each["id"] for each in sherl.get(PATH, query_string=query)["results"]]


def recorded(sherl: Sherl) -> dict[str, int]:
    """Return how much is kept of backgrounds."""
    with sherl.app.app_context():
        models = (Background, BackgroundVersion, AuditEntry)
        return {each.__name__: db.session.scalars(select(func.count()).select_from(each)).one() for each in models}


# ---- as the seed and its client have it ----


def test_a_background_is_registered_as_the_sdk_sends_it(sherl: Sherl) -> None:
    sherl.upload("?id=m1&domain=gallery & co&type=file")
    (line,) = (each for each in SENT if each["call"] == "registerDynamicBackground")
    made = sherl.post(line["url"].removeprefix("/api"), line["json"])

    IDynamicBackground.model_validate(made)
    assert [each["id"] for each in made["medias"]] == ["m1"]
    assert {name: made[name] for name in ("metadatas", "displayZones", "locations")} == {
        name: line["json"][name] for name in ("metadatas", "displayZones", "locations")
    }
    assert (made["version"], made["deleted"], made["geoshapes"]) == (1, False, [])
    assert (made["uri"], made["createdAt"]) == (f"/api{one(made)}", made["versionCreatedAt"])
    assert listed(sherl) == [made["id"]]


def test_golden_an_object_has_what_the_seed_names_and_no_more(sherl: Sherl, dusk: Any, cast: Cast) -> None:
    changed = sherl.patch(one(dusk), {"displayZones": ["MENU"]})
    names = {"id", "uri", "medias", "metadatas", "createdAt", "versionCreatedAt", "updatedAt", "deleted", "version"}
    names |= {"displayZones", "locations", "geoshapes", "createdBy", "versionCreatedBy"}

    assert {*dusk} == names
    assert {*changed} == names | {"parentUri", "updatedBy"}
    assert {changed[name] for name in ("createdBy", "updatedBy", "versionCreatedBy")} == {str(cast.ed.id)}
    assert dusk["geoshapes"] == [ROUND]


def test_one_is_read_by_its_uri_as_it_is_and_as_it_was(sherl: Sherl, dusk: Any) -> None:
    changed = sherl.patch(one(dusk), {"metadatas": {"b": 2}, "displayZones": ["MENU"]})
    before = sherl.get(changed["parentUri"].removeprefix("/api"))

    assert sherl.get(changed["uri"].removeprefix("/api")) == changed
    assert sherl.get(one(dusk), query_string={"version": 2}) == changed
    IDynamicBackground.model_validate(before)
    assert before | {"uri": dusk["uri"]} == dusk
    assert sherl.ask("GET", f"{one(dusk)}?version=3", status=404).json["message"].startswith("background not found")


# ---- changes ----


@pytest.mark.parametrize("verb", ["PATCH", "PUT"])
def test_a_change_is_partial_and_a_version(sherl: Sherl, dusk: Any, verb: str) -> None:
    changed = sherl.ask(verb, one(dusk), {"displayZones": "LAUNCHSCREEN"}).json

    IDynamicBackground.model_validate(changed)
    assert changed["displayZones"] == ["LAUNCHSCREEN"]
    assert (changed["version"], changed["parentUri"]) == (2, f"{dusk['uri']}?version=1")
    assert changed["versionCreatedAt"] > dusk["versionCreatedAt"]
    for name in ("medias", "metadatas", "locations", "geoshapes", "createdAt", "uri"):
        assert changed[name] == dusk[name], name
    assert [sherl.get(one(dusk)), *sherl.get(PATH)["results"]] == [changed, changed]


def test_locations_and_shapes_are_changed_each_for_itself(sherl: Sherl, dusk: Any) -> None:
    changed = sherl.patch(one(dusk), {"locations": []})
    assert (changed["locations"], changed["geoshapes"]) == ([], [ROUND])

    changed = sherl.patch(one(dusk), {"geoShapes": [ROUND, ROUND | {"radius": "2km"}]})
    assert [each["radius"] for each in changed["geoshapes"]] == ["900m", "2km"]


@pytest.mark.both_engines
def test_changes_at_the_same_moment_are_all_kept(sherl: Sherl, dusk: Any) -> None:
    changes: list[Any] = [{"displayZones": ["MENU"]}, {"metadatas": {"b": 2}}, {"locations": []}, {"geoshapes": []}]

    def deed(body: Any) -> Callable[[], Any]:
        return lambda: Sherl(sherl.app, sherl.key).ask("PATCH", one(dusk), body, status=None)

    answers = race(sherl.app, *map(deed, changes))

    assert [each.status_code for each in answers] == [200] * 4, answers
    found = sherl.get(one(dusk))
    assert found["version"] == 5
    assert {name: found[name] for each in changes for name in each} == {
        name: value for each in changes for name, value in each.items()
    }


@pytest.mark.both_engines
def test_of_changes_on_a_condition_one_is_done(sherl: Sherl, dusk: Any) -> None:
    tag = {"If-Match": sherl.ask("GET", one(dusk)).headers["ETag"]}

    def deed(number: int) -> Callable[[], Any]:
        body = {"metadatas": {"number": number}}
        return lambda: Sherl(sherl.app, sherl.key).ask("PUT", one(dusk), body, headers=tag, status=None)

    answers = race(sherl.app, *map(deed, range(4)))

    assert sorted(each.status_code for each in answers) == [200, 412, 412, 412], answers
    assert sherl.get(one(dusk))["version"] == 2


@pytest.mark.parametrize("verb", ["PATCH", "PUT"])
def test_what_was_read_and_is_sent_back_changes_nothing(
    sherl: Sherl, in_domain: Callable[..., Any], cast: Cast, verb: str
) -> None:
    odd = Area("circle", {}, None, Circle(Point(-89.5, 179.999), 1234.5))
    areas = [Area.round(1, 2, "3mi"), Area.located(LYON, "10km"), odd, Area.located({"country": "FR"}, None)]
    medias, name = sherl.pictures(3), "m1"
    sherl.upload(f"?id={name}&domain=a %26 b")
    given: Any = {"media_ids": [UUID(each) for each in medias], "zones": ["MENU"], "areas": areas}
    given |= {"name": "Dusk", "metadatas": {"1": [None, {"x": 1.0, "y": 2**53}], "ü": "\u2028"}}
    made = in_domain(lambda: str(keeping.register(given, actor=cast.ed).id))
    sherl.patch(f"{PATH}/{made}", {"medias": [{"id": name}, *({"id": each} for each in medias)]})
    (read,), before = sherl.get(PATH)["results"], recorded(sherl)

    again = sherl.ask(verb, f"{PATH}/{made}", read).json

    assert again == read
    assert (recorded(sherl), again["version"]) == (before, 2)
    sherl.patch(f"{PATH}/{made}", read | {"displayZones": ["MENU", "MENU"], "media": None, "geoShapes": None})
    assert recorded(sherl) == before


def test_a_picture_of_the_trash_is_still_what_it_was(sherl: Sherl, dusk: Any, in_domain: Callable[..., Any]) -> None:
    gone = dusk["medias"][0]["id"]
    in_domain(lambda: db.session.execute(update(Media).where(Media.id == UUID(gone)).values(deleted_at=func.now())))

    assert sherl.patch(one(dusk), dusk)["version"] == 1
    fresh = {"id": sherl.pictures()[0]}
    assert sherl.ask("PATCH", one(dusk), {"medias": [fresh, {"id": gone}]}, status=404)


def test_nulls_of_php_leave_things_alone(sherl: Sherl, dusk: Any) -> None:
    nulls = dict.fromkeys(("medias", "media", "metadatas", "displayZones", "locations", "geoShapes"))

    assert sherl.ask("PUT", one(dusk), nulls).json == dusk
    assert sherl.patch(one(dusk), {}) == dusk
    media = {"id": dusk["medias"][0]["id"], "domain": None, "caption": None, "thumbnail": None}
    made = sherl.post(PATH, nulls | {"media": media, "displayZones": "MENU"})
    assert (len(made["medias"]), made["displayZones"]) == (1, ["MENU"])


def test_a_change_on_a_condition(sherl: Sherl, dusk: Any) -> None:
    tag = sherl.ask("GET", one(dusk)).headers["ETag"]

    changed = sherl.ask("PATCH", one(dusk), {"displayZones": ["MENU"]}, headers={"If-Match": tag})
    assert changed.headers["ETag"] == sherl.ask("GET", one(dusk)).headers["ETag"] != tag
    for verb in ("PATCH", "PUT", "DELETE"):
        sherl.ask(verb, one(dusk), {}, headers={"If-Match": tag}, status=412)
    sherl.ask("GET", one(dusk), headers={"If-None-Match": changed.headers["ETag"]}, status=304)
    sherl.ask("DELETE", one(dusk), headers={"If-Match": changed.headers["ETag"]})


def test_what_is_sent_twice_with_a_key_is_registered_once(sherl: Sherl) -> None:
    body, headers = {"medias": [{"id": sherl.pictures()[0]}], "displayZones": ["MENU"]}, {"Idempotency-Key": "k1"}

    assert sherl.post(PATH, body, headers=headers) == sherl.post(PATH, body, headers=headers)
    assert len(listed(sherl)) == 1


# ---- the trash ----


@pytest.mark.parametrize("junk", ["", "?0", "?%7Bid%7D", "?id[]=1&id=2"])
def test_what_is_deleted_is_shown_once_more(sherl: Sherl, dusk: Any, junk: str) -> None:
    gone = sherl.delete(f"{one(dusk)}{junk}")

    IDynamicBackground.model_validate(gone)
    assert gone == dusk | {name: gone[name] for name in ("deleted", "updatedAt", "updatedBy")}
    assert (gone["deleted"], listed(sherl), listed(sherl, displayDeleted="true")) == (True, [], [dusk["id"]])
    for verb in ("GET", "PATCH", "PUT", "DELETE"):
        body = None if verb == "GET" else {}
        answer = sherl.ask(verb, one(dusk), body, status=404)
        assert answer.json["message"] == f"background not found: {dusk['id']}"


def test_d32_only_who_may_change_them_sees_what_is_deleted(sherl: Sherl, reader: Sherl, dusk: Any) -> None:
    sherl.delete(one(dusk))

    assert listed(reader) == listed(reader, displayDeleted="false") == []
    assert reader.ask("GET", f"{PATH}?displayDeleted=true", status=403).json["error"] == "Forbidden"
    assert [each["deleted"] for each in sherl.get(f"{PATH}?displayDeleted=true")["results"]] == [True]


# ---- what is refused ----

REFUSED = [
    ({"medias": None}, "medias"),
    ({"medias": []}, "medias"),
    ({"medias": [{"id": "m"}] * 5000}, "medias"),
    ({"medias": [{"uri": "/api/medias/m1"}]}, "medias.0.id"),
    ({"displayZones": None}, "displayZones"),
    ({"displayZones": []}, "displayZones"),
    ({"displayZones": ["MENU", "CELLAR"]}, "displayZones.1"),
    ({"metadatas": {"a": {"__proto__": 1}}}, "metadatas.a.__proto__"),
    ({"metadatas": {"a": "x" * 70_000}}, "metadatas"),
    ({"metadatas": "{"}, "metadatas"),
    ({"locations": [{"location": LYON | {"latitude": 91}}]}, "locations.0.location.latitude"),
    ({"locations": [{"location": LYON | {"latitude": "NaN"}}]}, "locations.0.location.latitude"),
    ({"locations": [{"location": {"country": "FR", "latitude": 45}}]}, "locations.0.location.longitude"),
    ({"locations": [{"location": LYON}, {"location": LYON, "distance": "10 miles"}]}, "locations.1.distance"),
    ({"locations": [{"location": LYON, "distance": "10km "}]}, "locations.0.distance"),
    ({"locations": [{"location": LYON, "distance": "-10km"}]}, "locations.0.distance"),
    ({"locations": [{}]}, "locations.0.location"),
    ({"geoshapes": [ROUND | {"coordinates": [4.8, -90.1]}]}, "geoshapes.0.coordinates.1"),
    ({"geoshapes": [ROUND | {"type": "envelope"}]}, "geoshapes.0.type"),
    ({"geoshapes": [ROUND] * 201}, "geoshapes"),
    ({"geoshapes": [ROUND] * 150, "locations": [{"location": LYON}] * 150}, "locations"),
]


def told(answer: Any) -> list[str]:
    """Return the fields that are named."""
    return [each.partition(":")[0] for each in answer.json["message"]]


@on_sqlite
@pytest.mark.parametrize(("fields", "path"), REFUSED, ids=[f"{path}-{nth}" for nth, (_, path) in enumerate(REFUSED)])
def test_what_is_refused_names_its_field_and_nothing_is_done(sherl: Sherl, dusk: Any, fields: Any, path: str) -> None:
    whole = {"medias": [{"id": dusk["medias"][0]["id"]}], "displayZones": ["MENU"]} | fields
    before = recorded(sherl)

    assert told(sherl.ask("POST", PATH, whole, status=400)) == [path]
    if None not in fields.values():
        assert told(sherl.ask("PATCH", one(dusk), fields, status=400)) == [path]
        assert told(sherl.ask("PUT", one(dusk), fields, status=400)) == [path]
    assert recorded(sherl) == before
    assert sherl.get(one(dusk)) == dusk


@on_sqlite
def test_all_that_is_wrong_is_told_at_once(sherl: Sherl) -> None:
    bad = {"displayZones": ["CELLAR"], "metadatas": {"prototype": 1}, "geoshapes": [ROUND | {"radius": "-1m"}]}
    bad |= {"locations": [{"location": LYON | {"latitude": 91}, "distance": "10 miles"}]}
    answer = sherl.ask("POST", PATH, bad, status=400)

    assert {*told(answer)} == {
        *("medias", "displayZones.0", "metadatas.prototype", "geoshapes.0.radius"),
        *("locations.0.location.latitude", "locations.0.distance"),
    }


@on_sqlite
@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ('{"displayZones": ["MENU"], "metadatas": {"a": ', 400),
        ('{"metadatas": {"a": NaN}}', 400),
        ('{"metadatas": {"a": 1, "a": 2}}', 400),
        ('{"metadatas": {"a": "\\ud800"}}', 400),
        ('{"metadatas": ' + "[" * 70 + "]" * 70 + "}", 400),
        ('{"metadatas": {"a": "' + "x" * 2 * 1024**2 + '"}}', 413),
        ("[]", 400),
        ("null", 400),
        ("", 400),
    ],
    ids=["unclosed", "nan", "twice", "surrogate", "deep", "2MiB", "list", "null", "nothing"],
)
def test_what_is_no_json_of_a_background_is_refused(sherl: Sherl, dusk: Any, raw: str, status: int) -> None:
    for verb, path in (("POST", PATH), ("PATCH", one(dusk)), ("PUT", one(dusk))):
        sherl.ask(verb, path, data=raw, headers={"Content-Type": "application/json"}, status=status)
    assert sherl.get(one(dusk)) == dusk


def test_a_media_that_is_not_there_and_a_video_are_refused(
    sherl: Sherl, dusk: Any, in_domain: Callable[..., Any]
) -> None:
    (film,) = sherl.pictures()
    in_domain(lambda: db.session.execute(update(Media).where(Media.id == UUID(film)).values(kind="video")))
    for named, status in (("m9", 404), (str(uuid4()), 404), (film, 400)):
        medias = [dusk["medias"][0], {"id": named}]
        for verb, path in (("POST", PATH), ("PATCH", one(dusk)), ("PUT", one(dusk))):
            body = {"medias": medias, "displayZones": ["MENU"], "metadatas": {"b": 2}}
            answer = sherl.ask(verb, path, body, status=status)
            assert told(answer) == ["medias"] if status == 400 else f"media not found: {named}" in answer.text
    assert (sherl.get(one(dusk)), len(listed(sherl))) == (dusk, 1)


@on_sqlite
def test_what_is_no_id_names_nothing(sherl: Sherl) -> None:
    for ident in ("b1", str(uuid4()), "%00", "x" * 300):
        for verb in ("GET", "PATCH", "PUT", "DELETE"):
            body = {"displayZones": ["MENU"]} if verb in ("PATCH", "PUT") else None
            assert sherl.ask(verb, f"{PATH}/{ident}", body, status=None).status_code in (400, 404)
    sherl.ask("PATCH", PATH, {}, status=405)
    sherl.ask("DELETE", PATH, status=404)


# ---- pages ----


def test_pages_follow_each_other_newest_first(sherl: Sherl) -> None:
    made = [register(sherl, 1)["id"] for _ in range(5)][::-1]
    found = sherl.get(PATH, query_string={"page": 2, "itemsPerPage": 2})

    DynamicBackgrounds.model_validate(found)
    assert [each["id"] for each in found["results"]] == made[2:4]
    assert found["view"] == {"total": 5, "page": 2, "itemsPerPage": 2}
    assert sherl.get(f"{PATH}?page=9")["results"] == []
    for query in ("page=0", "page=-1", "page=1e3", "itemsPerPage=0", "itemsPerPage=1000", f"page={2**40}"):
        assert told(sherl.ask("GET", f"{PATH}?{query}", status=400)) == [query.partition("=")[0]]


@pytest.mark.both_engines
def test_a_page_of_thirty_costs_as_many_statements_as_one_of_one(
    sherl: Sherl, in_domain: Callable[..., Any], cast: Cast
) -> None:
    costs, areas = [], (Area.located(LYON, None), Area.round(45.7, 4.8, "900m"))

    def make(number: int) -> None:
        for _ in range(number):
            pictures = [factories.picture().id for _ in range(2)]
            keeping.register({"media_ids": pictures, "zones": ["MENU"], "areas": areas}, actor=cast.ed)

    for number in (1, 29):
        in_domain(make, number)
        with sherl.app.app_context(), counted() as sent:
            found = sherl.get(f"{PATH}?itemsPerPage=100&latitude=45.7&longitude=4.8")
        costs.append([each for each in sent if not each.startswith(KEPT)])

    assert len(found["results"]) == 30
    assert [len(each) for each in costs] == [12, 12], "\n".join(each[:90] for each in costs[1])


def test_a_page_that_is_asked_for_again_is_known_until_somebody_writes(sherl: Sherl, dusk: Any) -> None:
    tag = sherl.ask("GET", PATH).headers["ETag"]

    sherl.ask("GET", PATH, headers={"If-None-Match": tag}, status=304)
    sherl.patch(one(dusk), {"metadatas": {}})
    assert sherl.ask("GET", PATH, headers={"If-None-Match": tag}).headers["ETag"] != tag
    assert sherl.get(PATH)["results"][0]["metadatas"] == {}
