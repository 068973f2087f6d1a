"""The CMS dialect under thousands of requests made of its own document: nothing breaks, and all it says is true."""

import io
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from schemathesis import Case
from werkzeug.test import TestResponse

from tests.api.fuzz import Fuzz, name_headers
from tests.api.matrix import STATES, World, make
from tests.fixtures.app import PASSWORD, Cast, on_sqlite
from tests.pictures import photo

CASES = 2000
LIVING = [state for state in STATES if state != "trashed"]
CODES = ("de", "es", "pt", "nl", "sv", "pl", "cs", "fr", "en")
NOWHERE = "5d0c7b0a-5b5e-4f5e-8b0a-5b5e4f5e8b0a"
PICTURE = photo(32, 32)

pytestmark = [on_sqlite, pytest.mark.full]


@pytest.fixture
def world(app: Flask, cast: Cast, database_url: str) -> World:
    return make(app, cast, Path(database_url.removeprefix("sqlite:///")))


def feed(case: Case, chance: Random, world: World) -> TestResponse | None:
    """Name galleries, media and languages that are there, mostly; send a picture where one is wanted."""
    here = world.ids[chance.choice(LIVING)]
    if case.path.endswith("/upload"):
        return upload(world, chance)
    name_path(case, chance, here, world.others)
    name_headers(case, chance, again=0)
    if isinstance(case.body, dict):
        case.body = named(case.body, chance, here | world.others)
        if case.path.endswith("/reorder") and chance.random() < 0.6:
            case.body = {"media_ids": [here["other_media"], here["media"]]}
        if case.path.endswith("/languages/{id}") and chance.random() < 0.1:
            case.path_parameters["id"], case.body = world.others["en"], {"is_active": False}
        if case.path.endswith("/login") and chance.random() < 0.6:
            case.body = {"email": "ed@example.org", "password": PASSWORD}
    return None


def name_path(case: Case, chance: Random, here: dict[str, str], others: dict[str, str]) -> None:
    """Name what is there in the path."""
    known = {
        "galleries": {"id": [here["gallery"]], "media_id": [here["media"]], "language_id": [others["fr"]]},
        "media": {"id": [others["spare"], others["loose"], here["media"]]},
        "languages": {"id": [*[others["it"]] * 4, others["fr"], others["en"]]},
    }.get(case.path.split("/")[3], {})
    for name in case.path_parameters or {}:
        if chance.random() < 0.88:
            case.path_parameters[name] = chance.choice(known[name])


def named(body: Any, chance: Random, known: dict[str, str]) -> Any:
    """Put what is there into a body."""
    if isinstance(body, list):
        return [named(each, chance, known) for each in body]
    if not isinstance(body, dict):
        return body
    choices = {
        "media_id": [*[known["spare"], known["loose"]] * 4, known["media"]],
        "language_id": [*[known["fr"], known["en"]] * 4, NOWHERE],
        "cover_image_id": [known["spare"], None],
        "code": CODES,
    }
    made = {name: named(each, chance, known) for name, each in body.items() if name != "author_id"}
    for name in made.keys() & choices.keys():
        made[name] = chance.choice(choices[name])
    if "slug" in made and chance.random() < 0.6:
        made["slug"] = chance.choice(["mark-draft", *(f"fresh-{chance.randrange(10**9)}" for _ in range(6))])
    if "translations" in made and chance.random() < 0.8:
        made["translations"] = made["translations"][:1]
    return made


def upload(world: World, chance: Random) -> TestResponse:
    """Send a picture, or something that is none."""
    who = chance.choices(["admin", "uploader", "viewer", "stranger"], [6, 2, 1, 1])[0]
    sent = {"file": (io.BytesIO(chance.choice([PICTURE, PICTURE, b"no picture"])), "lake.jpg")}
    if chance.random() < 0.1:
        sent = {"file": "text"}
    client = world.app.test_client(use_cookies=False)
    return client.post("/api/v1/media/upload", data=sent, headers=world.headers[who])


def test_fuzz_nothing_breaks_and_the_document_is_true(world: World, cases: int) -> None:
    fuzz = Fuzz(world, "/api/v1/openapi.json", feed)
    fuzz.run(cases or CASES)

    assert fuzz.faults[:20] == []
    assert fuzz.untried() == []
    assert fuzz.sent >= (cases or CASES) * 0.9
