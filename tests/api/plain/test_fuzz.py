"""The plain dialect under thousands of requests made of its own document: nothing breaks, and all it says is true."""

from pathlib import Path
from random import Random

import pytest
from flask import Flask
from schemathesis import Case

from tests.api.fuzz import Fuzz, name_headers
from tests.api.matrix import World, make
from tests.fixtures.app import Cast, on_sqlite
from webapp.domain.webhooks import KINDS

CASES = 600
BASE = "/api/vitrine/v1"
SHOP = {"name": "Shop", "url": "https://127.0.0.1/in", "kinds": ["gallery.created"]}

pytestmark = [on_sqlite, pytest.mark.full]


@pytest.fixture
def world(app: Flask, cast: Cast, database_url: str) -> World:
    made = make(app, cast, Path(database_url.removeprefix("sqlite:///")))
    client = app.test_client(use_cookies=False)

    def ask(path: str, body: object = None) -> dict[str, str]:
        found: dict[str, str] = client.post(f"{BASE}{path}", json=body, headers=made.headers["admin"]).json
        return found

    hook = ask("/webhooks", SHOP)["id"]
    message = ask(f"/webhooks/{hook}/tests", {})["id"]
    paused = ask("/webhooks", SHOP | {"name": "Paused"})["id"]
    stopped = ask(f"/webhooks/{paused}/tests", {})["id"]
    client.patch(f"{BASE}/webhooks/{paused}", json={"enabled": False}, headers=made.headers["admin"])
    made.others |= {"hook": hook, "message": message, "paused": paused, "stopped": stopped}
    made.keep()
    return made


def feed(case: Case, chance: Random, world: World) -> None:
    """Name webhooks and messages that are there, and addresses that can be judged without asking anybody."""
    hook, message = ("hook", "message") if chance.random() < 0.85 else ("paused", "stopped")
    for name in case.path_parameters or {}:
        if chance.random() < 0.9:
            case.path_parameters[name] = world.others[message if name == "message_id" else hook]
    if isinstance(case.body, dict):
        if "url" in case.body:
            case.body["url"] = chance.choice(["https://127.0.0.1/in", "https://127.0.0.2/x", "https://10.0.0.1/"])
        if "own_key_id" in case.body and chance.random() < 0.9:
            case.body["own_key_id"] = None
        if "kinds" in case.body and chance.random() < 0.8:
            case.body["kinds"] = [chance.choice(KINDS["wix"])]
    if case.query and chance.random() < 0.9:
        case.query.pop("after", None)
    name_headers(case, chance, again=0.3)


def test_fuzz_nothing_breaks_and_the_document_is_true(world: World, cases: int) -> None:
    fuzz = Fuzz(world, f"{BASE}/openapi.json", feed)
    fuzz.run(cases or CASES)

    assert fuzz.faults[:20] == []
    assert set(fuzz.untried()) <= {"POST /api/vitrine/v1/webhooks: never 409"}, "that there are too many"
    assert fuzz.sent >= (cases or CASES) * 0.9
