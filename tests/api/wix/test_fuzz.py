"""The Wix dialect under thousands of requests made of its own document: nothing breaks, and all it says is true."""

from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from schemathesis import Case
from schemathesis.core import NOT_SET
from werkzeug.test import TestResponse

from tests.api.fuzz import Fuzz, name_headers
from tests.api.matrix import STATES, World, make
from tests.fixtures.app import Cast, on_sqlite
from webapp.domain.models import Item
from webapp.infra.db import db

CASES = 2000
LIVING = [state for state in STATES if state != "trashed"]
NOWHERE = "5d0c7b0a-5b5e-4f5e-8b0a-5b5e4f5e8b0a"
TEXT = {"text": {"html": "<p>Lake</p>"}}
SEARCHES = (
    {},
    {"search": {"expression": "lake"}},
    {"filter": {"isVideo": True}},
    {"filter": {"title": {"$eq": "Lake"}}, "paging": {"limit": 5}},
    {"filter": {"nothing": 1}},
)

pytestmark = [on_sqlite, pytest.mark.full]


@pytest.fixture
def world(app: Flask, cast: Cast, database_url: str) -> World:
    made = make(app, cast, Path(database_url.removeprefix("sqlite:///")))
    with app.app_context():
        for here in made.ids.values():
            here["taken"] = str(db.session.get_one(Item, UUID(here["other_item"])).sort_order)
    return made


def feed(case: Case, chance: Random, world: World) -> TestResponse | None:
    """Name galleries and items that are there, mostly, and search for what can be searched."""
    here = world.ids[chance.choice(LIVING)]
    for name in case.path_parameters or {}:
        if chance.random() < 0.88:
            case.path_parameters[name] = here[{"galleryId": "gallery", "itemId": "item"}[name]]
    name_headers(case, chance)
    for name in ("itemsIds", "itemIds"):
        if name in (case.query or {}):
            case.query[name] = [here["item"]]
    if case.method == "DELETE" and case.path.endswith("/items") and chance.random() < 0.5:
        case.query, case.body = {"itemIds": [here["item"]]}, NOT_SET
    if case.path.endswith("/search") and chance.random() < 0.6:
        case.body = {"documentType": "PROGALLERY_ITEM", "search": chance.choice(SEARCHES)}
    elif isinstance(case.body, dict):
        case.body = named(case.body, chance, here)
        if case.path.endswith("/galleries"):
            case.body = gallery(case.body, chance, here)
        elif case.path.endswith(("/items", "/items/{itemId}")) and case.method != "DELETE" and chance.random() < 0.7:
            case.body = item(chance, here, new=case.method == "POST")
    return None


def named(body: Any, chance: Random, here: dict[str, str]) -> Any:
    """Put what is there into a body."""
    if isinstance(body, list):
        return [named(each, chance, here) for each in body]
    if not isinstance(body, dict):
        return body
    made = {name: named(each, chance, here) for name, each in body.items()}
    if "galleryId" in made:
        made["galleryId"] = here["gallery"]
    if "itemIds" in made:
        made["itemIds"] = chance.choice(
            [*([[here["item"]], [here["item"], here["other_item"]], [here["other_item"]]] * 2), [NOWHERE]]
        )
    return made


def item(chance: Random, here: dict[str, str], *, new: bool) -> dict[str, Any]:
    """Make or change an item as it can be, sometimes at a place that another one has (D6)."""
    placed = {"sortOrder": float(here["taken"])} if chance.random() < 0.2 else {}
    return {"galleryId": here["gallery"], "item": {"title": "Lake"} | (TEXT if new else {}) | placed}


def gallery(body: dict[str, Any], chance: Random, here: dict[str, str]) -> dict[str, Any]:
    """Make or clone a gallery that there can be, mostly."""
    source = chance.choice([here["gallery"], here["gallery"], NOWHERE])
    made = {"name": "Lake", "items": [TEXT]} | ({"sortOrder": 5} if chance.random() < 0.3 else {})
    return chance.choice([body, {"gallery": made}, {"gallery": made}, {"cloneFromGalleryId": source}])


def test_fuzz_nothing_breaks_and_the_document_is_true(world: World, cases: int) -> None:
    fuzz = Fuzz(world, "/progallery/v2/openapi.json", feed)
    fuzz.run(cases or CASES)

    assert fuzz.faults[:20] == []
    assert fuzz.untried() == []
