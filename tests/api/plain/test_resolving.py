"""Which background stands behind a zone, as any program or page is told: pictures, words, why, and for how long."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, get_args
from uuid import UUID

import pytest
from flask import Flask

from tests import factories, places
from tests.api.fuzz import Fuzz
from tests.api.matrix import PUBLIC, Row, faults, make
from tests.fixtures.app import Cast, on_sqlite
from tests.fixtures.browser import Browser
from tests.statements import counted
from webapp.api.plain import resolving, schemas, shapes
from webapp.domain import languages
from webapp.domain.backgrounds import keeping
from webapp.domain.backgrounds.areas import Area
from webapp.domain.models import Media
from webapp.domain.models.background import ZONES
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db

PATH = "/api/backgrounds/resolve"
LYON = (45.7578, 4.8320)


class Keeper:
    """Somebody who keeps backgrounds."""

    def __init__(self, app: Flask, cast: Cast) -> None:
        self.app, self.ed = app, cast.ed

    def make(self, *radii: str, pictures: int = 1, **fields: Any) -> str:
        """Make a background for the home page, of circles round Lyon by their radius."""
        with self.app.app_context(), transaction():
            areas = [Area.round(*LYON, radius) for radius in radii]
            given = {"media_ids": places.pictures(pictures), "zones": ("HOME_PAGE",), "areas": areas} | fields
            return str(keeping.register(given, actor=self.ed).id)

    def change(self, made: str, **fields: Any) -> None:
        with self.app.app_context(), transaction():
            keeping.change(UUID(made), fields, actor=self.ed)


@pytest.fixture
def keeper(app: Flask, cast: Cast) -> Keeper:
    return Keeper(app, cast)


def ask(client: Browser, *, status: int = 200, **query: Any) -> Any:
    answer = client.get(PATH, query_string={"zone": "HOME_PAGE"} | query)
    assert answer.status_code == status, answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in answer.headers
    (shapes.Resolved if status == 200 else shapes.Problem).model_validate(answer.json)
    return answer.json if status == 200 else answer.json["faults"]


def test_the_answer_says_which_picture_and_why(client: Browser, keeper: Keeper) -> None:
    everywhere, town = keeper.make(), keeper.make(areas=[Area.located({"country": "FR", "locality": "Lyon"}, None)])
    wide, near = keeper.make("20km"), keeper.make("900m", pictures=3)

    found = ask(client, lat=45.7580, lon=4.8330)
    assert (found["id"], found["number"], found["count"]) == (near, 1, 3)
    assert found["why"] == {"kind": "circle", "distance": pytest.approx(80.8, abs=0.2), "radius": 900.0}
    assert (found["picture"]["width"], found["picture"]["height"]) == (1600, 1200)
    assert [width for width, _ in found["picture"]["files"]["webp"]] == [320, 640, 1280]
    assert ask(client, lat=45.80, lon=4.83)["id"] == wide
    found = ask(client, country="fr", locality="LYON", streetAddress="Quai Saint-Antoine", postalCode="69002")
    assert (found["id"], found["why"]) == (town, {"kind": "address", "distance": None, "radius": None})
    assert ask(client, country="FR")["id"] == everywhere
    assert ask(client)["why"]["kind"] == "zone"


def test_the_captions_are_in_the_language_asked_for_or_what_it_falls_back_to(
    app: Flask, client: Browser, keeper: Keeper
) -> None:
    with app.app_context(), transaction():
        french, arabic = factories.language("fr"), factories.language("ar")
        factories.language("oc", fallback_id=french.id)
        said = {languages.default_id(): "At dusk", french.id: "Au crépuscule", arabic.id: "الغسق"}
    made = keeper.make(captions=said)

    def caption(lang: str) -> Any:
        return ask(client, lang=lang)["caption"]

    assert caption("fr") == caption("fr-CA") == {"text": "Au crépuscule", "lang": "fr", "dir": "ltr"}
    assert caption("AR") == {"text": "الغسق", "lang": "ar", "dir": "rtl"}
    assert caption("oc")["lang"] == "fr"
    assert caption("") == caption("xx") == {"text": "At dusk", "lang": "en", "dir": "ltr"}
    keeper.change(made, captions=dict.fromkeys(said))
    assert caption("fr") is None


def test_the_alt_text_is_that_of_the_library(app: Flask, cast: Cast, client: Browser, keeper: Keeper) -> None:
    with app.app_context(), transaction():
        factories.language("fr")
        picture = factories.picture()
        factories.write(picture, "en", cast.ed, alt="A bridge")
        media_id = picture.id
    keeper.make(media_ids=[media_id])

    assert ask(client, lang="fr")["alt"] == {"text": "A bridge", "lang": "en", "dir": "ltr"}


@on_sqlite
def test_files_may_be_seen_by_all_as_long_as_the_background_is_shown(
    app: Flask, client: Browser, keeper: Keeper, tmp_path: Path
) -> None:
    made = keeper.make()
    address = ask(client)["picture"]["files"]["jpg"][0][1]
    with app.app_context():
        names = [each.filename for each in db.session.query(Media)]

    def status() -> int:
        answer = client.get(address)
        answer.close()
        return answer.status_code

    (tmp_path / "made").write_bytes(b"a picture")
    app.extensions["vitrine-storage"].put_file(address.replace("/media/", "renditions/"), tmp_path / "made")
    shown = status()
    for fields in ({"is_active": False}, {"is_active": True, "ends_at": now() - timedelta(minutes=1)}):
        keeper.change(made, **fields)
        assert status() == 404, fields
    assert shown == 200
    assert client.get(f"/uploads/{names[0]}").status_code == 404


def test_nothing_for_a_zone_is_said_in_the_words_of_the_dialect(client: Browser, keeper: Keeper) -> None:
    made = keeper.make("900m")

    assert ask(client, status=404) == []
    assert ask(client, zone="MENU", lat=LYON[0], lon=LYON[1], status=404) == []
    with keeper.app.app_context(), transaction():
        keeping.trash(UUID(made), actor=keeper.ed)
    assert ask(client, lat=LYON[0], lon=LYON[1], status=404) == []


BAD = [
    ({"zone": "KITCHEN"}, "zone"),
    ({"zone": ""}, "zone"),
    ({"zone": ["MENU", "HOME_PAGE"]}, "zone"),
    ({"lat": "91", "lon": "0"}, "lat"),
    ({"lat": "-90.0001", "lon": "0"}, "lat"),
    ({"lat": "NaN", "lon": "0"}, "lat"),
    ({"lat": "0", "lon": "inf"}, "lon"),
    ({"lat": "0", "lon": "180.1"}, "lon"),
    ({"lat": "north", "lon": "0"}, "lat"),
    ({"lat": "", "lon": "0"}, "lat"),
    ({"lat": "45"}, "lon"),
    ({"lon": "4"}, "lat"),
    ({"locality": "x" * 256}, "locality"),
    ({"postalCode": "\x00"}, "postalCode"),
    ({"visit": "x" * 256}, "visit"),
]


@on_sqlite
@pytest.mark.parametrize(("query", "field"), BAD)
def test_what_makes_no_sense_is_refused_by_name(client: Browser, query: dict[str, Any], field: str) -> None:
    faults = ask(client, status=400, **query)

    assert [each["field"] for each in faults] == [field]
    assert faults[0]["message"]


@on_sqlite
def test_a_zone_has_to_be_named(client: Browser) -> None:
    answer = client.get(PATH)

    assert (answer.status_code, answer.json["faults"][0]["field"]) == (400, "zone")
    assert set(get_args(schemas.Zone)) == set(ZONES)


@on_sqlite
@pytest.mark.parametrize("path", ["/api/backgrounds/none", "/api/backgrounds/resolve/"])
def test_other_addresses_answer_in_the_dialect_too(client: Browser, path: str) -> None:
    answer = client.get(path)

    shapes.Problem.model_validate(answer.json)
    assert answer.status_code == 404


@on_sqlite
def test_caches_keep_an_answer_for_a_minute_and_ask_by_its_tag(client: Browser, keeper: Keeper) -> None:
    made = keeper.make()
    first = client.get(PATH, query_string={"zone": "HOME_PAGE"})
    tag = {"If-None-Match": first.headers["ETag"]}
    again = client.get(PATH, query_string={"zone": "HOME_PAGE"}, headers=tag)
    keeper.change(made, is_active=False)
    other = keeper.make()
    after = client.get(PATH, query_string={"zone": "HOME_PAGE"}, headers=tag)

    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert (after.status_code, after.json["id"]) == (200, other)


def test_until_is_when_the_next_has_its_turn_or_one_begins_or_ends(client: Browser, keeper: Keeper) -> None:
    keeper.make()
    assert ask(client)["until"] is None

    soon, later = now() + timedelta(seconds=30), now() + timedelta(days=400)
    keeper.make("900m", starts_at=later)
    assert moment(ask(client)["until"]) == later, "for whom it is not may be told too early, but never too late"
    keeper.make(zones=("MENU",), starts_at=soon)
    assert moment(ask(client)["until"]) == later, "that is another zone"
    keeper.make(ends_at=soon)
    answer = client.get(PATH, query_string={"zone": "HOME_PAGE"})
    assert moment(answer.json["until"]) == soon
    assert 20 <= answer.cache_control.max_age <= 30


def test_a_turn_is_told_with_its_end(client: Browser, keeper: Keeper) -> None:
    keeper.make(pictures=3, turns="hour")
    asked_at = now()
    found = ask(client)

    assert found["number"] == int(asked_at.timestamp() // 3600) % 3 + 1
    assert moment(found["until"]).timestamp() == (asked_at.timestamp() // 3600 + 1) * 3600


@on_sqlite
def test_a_visit_gets_the_same_picture_each_time_and_others_get_others(client: Browser, keeper: Keeper) -> None:
    keeper.make(pictures=5, turns="visit")
    turns = {visit: ask(client, visit=visit)["number"] for visit in map(str, range(40))}

    assert set(turns.values()) == {1, 2, 3, 4, 5}
    assert all(ask(client, visit=visit)["number"] == number for visit, number in turns.items())


def test_what_begins_or_ends_is_not_kept_beyond_its_moment(
    app: Flask, client: Browser, keeper: Keeper, monkeypatch: pytest.MonkeyPatch
) -> None:
    begins, ends = (datetime(2031, 5, day, 12, tzinfo=UTC) for day in (1, 2))
    everywhere, fair = keeper.make(), keeper.make("900m", starts_at=begins, ends_at=ends)
    place = {"lat": LYON[0], "lon": LYON[1]}

    def at(when: datetime) -> Any:
        monkeypatch.setattr(resolving, "now", lambda: when)
        return ask(client, **place)["id"]

    instant = timedelta(microseconds=1)
    found = [at(each) for each in (begins - instant, begins, ends - instant, ends, begins)]
    assert found == [everywhere, fair, fair, everywhere, fair]


def test_an_answer_is_a_fixed_number_of_statements_and_kept_until_somebody_writes(
    app: Flask, client: Browser, keeper: Keeper
) -> None:
    keeper.make("900m", pictures=2)
    place = {"lat": LYON[0], "lon": LYON[1]}
    ask(client, **place)
    with app.app_context(), counted() as kept_ones:
        ask(client, **place)
    for _ in range(30):
        keeper.make("1km", pictures=3)
    with app.app_context(), counted() as sent:
        ask(client, **place)

    assert len(kept_ones) == 1, kept_ones
    assert len(sent) == 10, sent


@on_sqlite
def test_no_cookie_and_no_key_is_looked_at(app: Flask, ada: Browser, keeper: Keeper) -> None:
    keeper.make()
    with app.app_context(), counted() as sent:
        answer = ada.get(PATH, query_string={"zone": "HOME_PAGE"}, headers={"Authorization": "Bearer vk_no.good"})

    assert answer.status_code == 200
    assert not any("sessions" in each or "api_keys" in each for each in sent)


@on_sqlite
def test_the_document_tells_of_the_route_and_of_nothing_else(client: Browser) -> None:
    found = client.get("/api/backgrounds/openapi.json").json
    operation = found["paths"][PATH]["get"]

    assert list(found["paths"]) == [PATH]
    assert {each["name"] for each in operation["parameters"]} >= {"zone", "lat", "lon", "lang", "postalCode", "visit"}
    assert {"200", "304", "400", "404"} <= set(operation["responses"])
    assert operation["security"] == []


ROWS = [
    Row(name="resolve_background", method="GET", path=f"{PATH}?zone=HOME_PAGE", permission=PUBLIC),
    Row(name="backgrounds_openapi", method="GET", path="/api/backgrounds/openapi.json", permission=PUBLIC),
]


@on_sqlite
def test_matrix_anybody_may_and_nobody_is_told_more(
    app: Flask, cast: Cast, keeper: Keeper, database_url: str
) -> None:
    keeper.make()
    world = make(app, cast, Path(database_url.removeprefix("sqlite:///")))
    routed = [rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("plain_backgrounds.")]

    assert sorted(routed) == sorted(f"plain_backgrounds.{row.name}" for row in ROWS)
    assert faults(world, ROWS) == []


@on_sqlite
@pytest.mark.full
def test_fuzz_nothing_breaks_and_the_document_is_true(
    app: Flask, cast: Cast, keeper: Keeper, database_url: str, cases: int
) -> None:
    keeper.make("900km", pictures=3, turns="visit", zones=ZONES[:2])
    keeper.make(areas=[Area.located({"country": "FR"}, None)])
    world = make(app, cast, Path(database_url.removeprefix("sqlite:///")))

    def feed(case: Any, chance: Random, _world: object) -> None:
        if chance.random() < 0.7:
            case.query = {"zone": chance.choice(ZONES[:3]), "country": chance.choice(["fr", "DE"])}
            case.query |= {"lat": str(chance.gauss(LYON[0], 4)), "lon": str(chance.gauss(LYON[1], 4))}
        if chance.random() < 0.3:
            case.headers = {"If-None-Match": "*"}

    fuzz = Fuzz(world, "/api/backgrounds/openapi.json", feed)
    fuzz.run(cases or 200)

    assert fuzz.faults[:20] == []
    assert fuzz.untried() == []


def moment(said: str) -> datetime:
    return datetime.fromisoformat(said)
