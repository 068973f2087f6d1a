"""Every event of seed 001, sent to a real receiver after a real change; `golden/events.json` holds the seed's."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
import pytest
from flask import Flask

from bench.receivers import Receiver
from tests.api.wix.conftest import Wix, text
from tests.api.wix.test_golden import like
from tests.fixtures.app import Cast, on_sqlite
from webapp import post
from webapp.domain import webhooks
from webapp.domain.webhooks import KINDS

pytestmark = on_sqlite

EVENTS = {each["slug"]: each for each in json.loads((Path(__file__).parent / "golden/events.json").read_text())}
IMAGE = EVENTS["gallery_item_created"]["actionEvent"]["body"]["item"]
Told = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def told(app: Flask, cast: Cast, in_domain: Callable[..., Any]) -> Iterator[Told]:
    """Give what a receiver in Wix's format has been told since it was asked last."""
    receiver = Receiver()
    with app.app_context():
        outfit = post.outfit_of(app)
        address = webhooks.judged(receiver.url, way=outfit.way)
    said = {"name": "Here", "address": address, "kinds": KINDS["wix"], "own_key_id": None}
    in_domain(webhooks.add, said, dialect="wix", outfit=outfit, actor=cast.ada)

    def since() -> list[dict[str, Any]]:
        receiver.got.clear()
        while post.work_off(app):
            pass
        return [event_of(each.body) for each in receiver.got]

    yield since
    receiver.close()


def event_of(token: Any) -> dict[str, Any]:
    """Take a token apart, which other tests verify: texts of JSON, one in the other."""
    outer = json.loads(jwt.decode(token, options={"verify_signature": False})["data"])
    assert outer["eventType"].startswith("wix.pro_gallery.gallery_v2_")
    return json.loads(outer["data"])


def alike(event: dict[str, Any], gallery_id: str) -> None:
    """Compare an event with the seed's of its kind: keys, names and what a thing is told with."""
    seed = EVENTS[event["slug"]]
    assert set(event) - {"originatedFrom"} == set(seed) - {"originatedFrom"}
    assert event["entityId"] == gallery_id
    assert str(UUID(event["id"])) == event["id"]
    assert datetime.fromisoformat(event["eventTime"]).utcoffset().total_seconds() == 0
    for name in ("entityFqdn", "triggeredByAnonymizeRequest"):
        assert event[name] == seed[name]


def test_golden_events_of_a_gallery(wix: Wix, told: Told) -> None:
    made = wix.gallery(name="gallery")
    (created,) = told()
    wix.patch(f"/galleries/{made['id']}", {"gallery": {"name": "other"}})
    (updated,) = told()
    wix.delete(f"/galleries/{made['id']}")
    (deleted,) = told()

    for event in (created, updated, deleted):
        alike(event, made["id"])
    like(EVENTS["created"]["createdEvent"], created["createdEvent"])
    assert updated["updatedEvent"]["currentEntity"] | {"name": "gallery"} == created["createdEvent"]["entity"]
    assert updated["updatedEvent"]["currentEntity"]["items"] == []
    assert deleted["deletedEvent"] == EVENTS["deleted"]["deletedEvent"] == {}


def test_golden_events_of_an_item(wix: Wix, told: Told) -> None:
    made = wix.gallery()
    told()
    path = f"/galleries/{made['id']}/items"
    item = wix.post(path, {"item": IMAGE})["item"]
    (created,) = told()
    changed = wix.patch(f"{path}/{item['id']}", {"item": {"description": "Other"}})["item"]
    (updated,) = told()
    wix.delete(f"{path}/{item['id']}")
    (deleted,) = told()

    for event in (created, updated, deleted):
        alike(event, made["id"])
        assert "originatedFrom" not in event, "each was done by itself"
    like(EVENTS["gallery_item_created"]["actionEvent"], created["actionEvent"])
    assert created["actionEvent"]["body"]["item"] == item
    assert updated["actionEvent"]["body"]["updatedItem"] == changed
    assert deleted["actionEvent"]["body"] == {"itemId": item["id"]}


def test_golden_events_of_items_that_go_with_their_gallery(wix: Wix, told: Told) -> None:
    made = wix.gallery(text(), text())
    told()
    wix.delete(f"/galleries/{made['id']}")
    events = told()

    gone = [event for event in events if event["slug"] == "gallery_item_deleted"]
    assert {event["actionEvent"]["body"]["itemId"] for event in gone} == {each["id"] for each in made["items"]}
    assert {event["originatedFrom"] for event in gone} == {EVENTS["gallery_item_deleted"]["originatedFrom"]}
    assert [event["slug"] for event in events].count("deleted") == 1
    for event in events:
        alike(event, made["id"])


def test_golden_events_of_several_items_are_one_each(wix: Wix, told: Told) -> None:
    made = wix.gallery(text(), text(), text())
    assert [event["slug"] for event in told()] == ["created", *["gallery_item_created"] * 3]

    wix.post(f"/galleries/{made['id']}/items/delete", {"itemIds": [each["id"] for each in made["items"]]})

    assert [event["slug"] for event in told()] == ["gallery_item_deleted"] * 3
