"""The Sherl dialect under thousands of requests made of its own document: nothing breaks, all it says is true."""

import io
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from schemathesis import Case
from werkzeug.test import TestResponse

from tests import factories
from tests.api.fuzz import Fuzz, name_headers
from tests.api.matrix import STATES, World, make
from tests.fixtures.app import PASSWORD, Cast, on_sqlite
from tests.pictures import photo
from webapp.domain import aliases, sessions
from webapp.domain.aliases import Name
from webapp.domain.backgrounds import keeping
from webapp.domain.models import User
from webapp.domain.sessions import Verified
from webapp.domain.transaction import transaction
from webapp.infra.db import db

CASES = 2000
LIVING = [state for state in STATES if state != "trashed"]
NOWHERE = "5d0c7b0a-5b5e-4f5e-8b0a-5b5e4f5e8b0a"
PICTURE = photo(32, 32)
ZONES = ("HOME_PAGE", "MENU", "EVENTS_LIST", "MAP_LIST", "LAUNCHSCREEN", "ACTIVITY_FORM")
ADDRESS = {"country": "FR", "locality": "Lyon", "latitude": 45.7, "longitude": 4.8}
PLACES = (
    *[[{"distance": "10km", "location": ADDRESS}], [{"location": {"country": "FR"}}], []] * 4,
    [{"distance": "ten"}],
)
METADATAS = (*[{}, {"a": [1, {"b": None}]}] * 6, {"__proto__": 1})

pytestmark = [on_sqlite, pytest.mark.full]


@pytest.fixture
def world(app: Flask, cast: Cast, database_url: str) -> World:
    """The world, with files that two programs call `m1`, one that one calls `m2`, and backgrounds of them."""
    made = make(app, cast, Path(database_url.removeprefix("sqlite:///")))
    with app.app_context(), transaction():
        spare, loose = (UUID(made.others[name]) for name in ("spare", "loose"))
        aliases.give(spare, Name("m1", "shop"), dialect="sherl")
        aliases.give(loose, Name("m1", "blog"), dialect="sherl")
        aliases.give(loose, Name("m2"), dialect="sherl")
        fields = {"media_ids": [factories.picture().id], "zones": ["HOME_PAGE"]}
        made.others["background"] = str(keeping.register(fields, actor=cast.ed).id)
        verified = Verified.of(db.session.get_one(User, cast.ed.id))
        made.others["bearer"] = sessions.open_bearer(verified)
    made.keep()
    for who, shown in made.headers.items():
        if who not in ("stranger", "cookie", "editor"):
            public_id, _, secret = shown["Authorization"].removeprefix("Bearer ").partition(".")
            made.headers[who] = {"X-WZ-API-KEY": public_id, "X-WZ-API-SECRET": secret, "Authorization": "Bearer"}
    return made


def feed(case: Case, chance: Random, world: World) -> TestResponse | None:
    """Name galleries, files and backgrounds that are there, mostly; send a picture where one is wanted."""
    here, others = world.ids[chance.choice(LIVING)], world.others
    if case.path.endswith("/medias"):
        return upload(case, world, chance)
    if case.path.endswith("/refresh-token"):
        return refresh(case, world, chance)
    name_path(case, chance, here, others)
    name_headers(case, chance)
    if case.path.endswith("/login") and chance.random() < 0.6:
        case.body = {"username": "ed@example.org", "password": PASSWORD}
    elif case.path.endswith("/galleries") and case.method == "POST" and chance.random() < 0.8:
        case.body = {"categoryUri": "/api/categories/c1", "media": image(chance, others)}
    elif "dynamic-background" in case.path and isinstance(case.body, dict) and chance.random() < 0.9:
        case.body = background(chance, others)
    return None


def name_path(case: Case, chance: Random, here: dict[str, str], others: dict[str, str]) -> None:
    """Name what is there in the path."""
    known = {"galleries": [here["gallery"]], "medias": [others["spare"], others["loose"], "m2", "m2", "m1"]}
    wanted = [others["background"]] if "dynamic-background" in case.path else known.get(case.path.split("/")[2], [])
    for name in case.path_parameters or {}:
        if chance.random() < 0.85:
            case.path_parameters[name] = chance.choice(wanted)


def image(chance: Random, others: dict[str, str]) -> dict[str, Any]:
    """Name a file as programs may: by our id, by one of theirs, in its domain or where that is not clear."""
    named: list[dict[str, Any]] = [{"id": others["spare"]}, {"id": "m2"}, {"id": "m1", "domain": "shop"}]
    return chance.choice([*named, *named, *named, {"id": "m1"}, {"id": NOWHERE}])


def background(chance: Random, others: dict[str, str]) -> dict[str, Any]:
    """Say something of a background that can be said of one, mostly."""
    return {
        "medias": [image(chance, others)],
        "displayZones": chance.sample(ZONES, 2),
        "locations": chance.choice(PLACES),
        "geoshapes": [{"type": "circle", "coordinates": [4.8, 45.7], "radius": "900m"}],
        "metadatas": chance.choice(METADATAS),
    }


def upload(case: Case, world: World, chance: Random) -> TestResponse:
    """Send a picture, or something that is none, by an id that is new, taken, or none at all."""
    who = chance.choices(["admin", "uploader", "viewer", "stranger"], [6, 2, 1, 1])[0]
    sent: dict[str, Any] = {"upload": (io.BytesIO(chance.choice([PICTURE, PICTURE, b"no picture"])), "lake.jpg")}
    if chance.random() < 0.1:
        sent = {"upload": "text"}
    query = chance.choice(["", "?id=m3&domain=a & b", f"?id=n{chance.randrange(10**9)}&type=file", "?id=m2"])
    client = world.app.test_client(use_cookies=False)
    return client.post(f"/api/medias{query}", data=sent, headers=world.headers[who])


def refresh(case: Case, world: World, chance: Random) -> TestResponse:
    """Refresh a sign-in, mostly, while it is there."""
    bearer = {"Authorization": f"Bearer {world.others['bearer']}"}
    headers = chance.choice([bearer, bearer, bearer, world.headers["admin"]])
    answer = world.app.test_client(use_cookies=False).post("/api/auth/refresh-token", json={}, headers=headers)
    world.put_back()
    return answer


def test_fuzz_nothing_breaks_and_the_document_is_true(world: World, cases: int) -> None:
    fuzz = Fuzz(world, "/api/sherl/openapi.json", feed)
    fuzz.run(cases or CASES)

    assert fuzz.faults[:20] == []
    assert fuzz.untried() == []
    assert fuzz.sent >= (cases or CASES) * 0.9
