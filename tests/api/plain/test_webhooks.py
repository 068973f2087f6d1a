"""Webhooks over the plain dialect: made, changed, tested, their log read and sent again by programs."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select, update
from standardwebhooks.webhooks import Webhook as Verifier
from werkzeug.test import TestResponse

from bench.receivers import Receiver
from tests.api.matrix import MAY, PUBLIC, Row, World, faults, make
from tests.fixtures.app import Cast, on_sqlite
from webapp import post
from webapp.api.plain import openapi, shapes
from webapp.domain import events, keys
from webapp.domain.models import Delivery, IdempotencyKey, User, Webhook
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db

BASE = "/api/vitrine/v1"
SHOP = {"name": "Shop", "url": "https://127.0.0.1/in", "kinds": ["gallery.created", "gallery.deleted"]}
READ, UPDATE = "webhooks:read", "webhooks:update"
HOOK = "/webhooks/{hook}"

pytestmark = on_sqlite


class Program:
    """A client that shows a key."""

    def __init__(self, app: Flask, key: str) -> None:
        self.client, self.key = app.test_client(use_cookies=False), key

    def ask(self, method: str, path: str, body: Any = None, status: int = 200, **headers: str) -> TestResponse:
        """Send a request, and look at what comes back."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        options: dict[str, Any] = {} if body is None else {"json": body}
        answer = self.client.open(
            f"{BASE}{path}", method=method, headers={"Authorization": f"Bearer {self.key}"} | named, **options
        )
        assert answer.status_code == status, answer.text
        if status >= 400:
            shapes.Problem.model_validate(answer.json)
        return answer


@pytest.fixture
def ada(app: Flask, cast: Cast) -> Program:
    with app.app_context(), transaction():
        return Program(app, keys.add(db.session.get_one(User, cast.ada.id), name="Ada's", actor=cast.ada)[1])


@pytest.fixture
def receiver():
    made = Receiver()
    yield made
    made.close()


def tell(app: Flask, cast: Cast, number: int = 1) -> None:
    with app.app_context(), transaction():
        for _ in range(number):
            events.publish(cast.ed, "gallery.created", uuid4())


def test_a_webhook_is_made_read_changed_and_deleted(ada: Program) -> None:
    made = ada.ask("POST", "/webhooks", SHOP, 201).json
    shapes.Webhook.model_validate(made)
    path = f"/webhooks/{made['id']}"
    read = ada.ask("GET", path)

    assert made["secret"].startswith("whsec_")
    assert read.json == {**made, "secret": None}
    assert ada.ask("GET", "/webhooks").json == {"webhooks": [read.json]}
    assert ada.ask("GET", path, status=304, If_None_Match=read.headers["ETag"]).data == b""

    changed = ada.ask("PATCH", path, {"name": "Press", "enabled": False}, If_Match=read.headers["ETag"]).json
    assert (changed["name"], changed["enabled"], changed["ended"]) == ("Press", False, "paused")
    assert changed["kinds"] == SHOP["kinds"]
    assert ada.ask("PATCH", path, {"name": "Late"}, 412, If_Match=read.headers["ETag"]).json["code"] == "stale"
    assert ada.ask("PATCH", path, {"enabled": True, "url": "https://127.0.0.2/"}).json["url"] == "https://127.0.0.2/"
    assert ada.ask("PATCH", path, {"format": "wix"}).json["format"] == "wix"
    assert ada.ask("PATCH", path, {"format": "xml"}, 422).json["faults"][0]["field"] == "format"
    assert ada.ask("DELETE", path, status=412, If_Match='"another"').json["code"] == "stale"
    ada.ask("DELETE", path, status=204)
    assert ada.ask("GET", path, status=404).json["code"] == "not_found"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "url"),
        ({"url": "http://8.8.8.8/"}, "url"),
        ({"url": 5}, "url"),
        ({"name": ""}, "name"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["gallery.eaten"]}, "kinds.0"),
        ({"format": "wix", "kinds": ["media.created"]}, "kinds"),
        ({"format": "xml"}, "format"),
        ({"own_key_id": str(uuid4())}, "own_key_id"),
    ],
    ids=["inside", "mapped", "plain", "number", "nameless", "no-kinds", "kind", "not-of-wix", "format", "key"],
)
def test_what_is_wrong_is_named(ada: Program, app: Flask, wrong: dict[str, Any], field: str) -> None:
    answer = ada.ask("POST", "/webhooks", SHOP | wrong, 422).json

    assert [each["field"] for each in answer["faults"]] == [field]
    assert all(each["message"] for each in answer["faults"])
    with app.app_context():
        assert db.session.scalars(select(Webhook)).all() == []


def test_all_faults_are_named_at_once(ada: Program) -> None:
    answer = ada.ask("POST", "/webhooks", {"name": None, "format": "xml"}, 422).json

    assert [each["field"] for each in answer["faults"]] == ["name", "url", "format", "kinds"]
    assert ada.ask("PATCH", f"/webhooks/{uuid4()}", {"name": None}, 422).json["faults"][0]["field"] == "name"
    assert ada.ask("GET", "/webhooks/nonsense", status=422).json["faults"][0]["field"] == "id"
    assert ada.ask("GET", "/nothing", status=404).json["code"] == "not_found"
    assert ada.ask("PUT", "/webhooks", status=405).json["code"] == "method_not_allowed"


def test_a_secret_is_told_once_even_to_a_request_that_is_sent_again(ada: Program, app: Flask) -> None:
    first = ada.ask("POST", "/webhooks", SHOP, 201, Idempotency_Key="a-1").json
    again = ada.ask("POST", "/webhooks", SHOP, 201, Idempotency_Key="a-1").json

    assert first["secret"]
    assert again == {**first, "secret": None}
    rotated = ada.ask("POST", f"/webhooks/{first['id']}/secret", Idempotency_Key="a-2").json["secret"]
    assert rotated not in (None, first["secret"])
    with app.app_context():
        kept = b"".join(row.body for row in db.session.scalars(select(IdempotencyKey)))
    assert b"whsec_" not in kept
    assert ada.ask("POST", "/webhooks", SHOP | {"name": "Other"}, 422, Idempotency_Key="a-1").json["code"]
    assert ada.ask("POST", "/webhooks", SHOP, 422, Idempotency_Key="").json["faults"][0]["field"] == "Idempotency-Key"


def test_a_log_is_read_and_sent_again(ada: Program, app: Flask, cast: Cast, receiver: Receiver) -> None:
    made = ada.ask("POST", "/webhooks", SHOP | {"url": receiver.url}, 201).json
    path = f"/webhooks/{made['id']}"
    tell(app, cast, 3)
    receiver.answer = lambda _got: 500
    post.work_off(app)
    with app.app_context(), transaction():
        db.session.execute(update(Delivery).values(state="failed", ended_at=now()))
    log = ada.ask("GET", f"{path}/deliveries?state=failed&limit=2").json
    shapes.Deliveries.model_validate(log)
    rest = ada.ask("GET", f"{path}/deliveries?after={log['after']}&limit=2").json
    ids = [each["id"] for each in (*log["deliveries"], *rest["deliveries"])]

    assert sorted(ids) == sorted(receiver.ids)
    assert {each["status"] for each in log["deliveries"]} == {500}
    assert rest["after"] is None
    assert ada.ask("POST", f"{path}/deliveries/{ids[0]}/replays").json["state"] == "waiting"
    assert ada.ask("POST", f"{path}/replays").json == {"replayed": 2}
    receiver.answer = lambda _got: 200
    post.work_off(app)
    assert sorted(receiver.ids[3:]) == sorted(ids)
    assert Verifier(made["secret"]).verify(receiver.got[-1].body, receiver.got[-1].headers)
    assert ada.ask("GET", f"{path}/deliveries?state=failed").json["deliveries"] == []
    assert ada.ask("GET", f"{path}/deliveries?after=x", status=422).json["faults"][0]["field"] == "after"
    ada.ask("POST", f"{path}/deliveries/{uuid4()}/replays", status=404)


def test_what_was_missed_is_sent_where_that_is_wanted(
    ada: Program, app: Flask, cast: Cast, receiver: Receiver
) -> None:
    path = f"/webhooks/{ada.ask('POST', '/webhooks', SHOP | {'url': receiver.url}, 201).json['id']}"

    for missed, count in ((False, 0), (True, 2)):
        ada.ask("PATCH", path, {"enabled": False, "missed": True})
        tell(app, cast, 2)
        post.work_off(app)
        ada.ask("PATCH", path, {"enabled": True, "missed": missed})
        ada.ask("PATCH", path, {"enabled": True, "missed": missed})
        post.work_off(app)
        assert len(receiver.got) == count
    assert ada.ask("PATCH", path, {"missed": None}, 422).json["faults"][0]["field"] == "missed"


def test_a_test_is_sent_unless_it_is_disabled(ada: Program, app: Flask, receiver: Receiver) -> None:
    made = ada.ask("POST", "/webhooks", SHOP | {"url": receiver.url}, 201).json
    sent = ada.ask("POST", f"/webhooks/{made['id']}/tests", status=201).json
    post.work_off(app)

    assert receiver.ids == [sent["id"]]
    ada.ask("PATCH", f"/webhooks/{made['id']}", {"enabled": False})
    assert ada.ask("POST", f"/webhooks/{made['id']}/tests", status=409).json["code"] == "disabled"
    assert ada.ask("POST", f"/webhooks/{made['id']}/replays", status=409).json["code"] == "disabled"


ROWS = [
    Row(name=name, method=method, path=f"{BASE}{path}", permission=permission, **more)
    for name, method, path, permission, more in (
        ("plain_openapi", "GET", "/openapi.json", PUBLIC, {}),
        ("list_webhooks", "GET", "/webhooks", READ, {}),
        ("create_webhook", "POST", "/webhooks", "webhooks:create", {"body": SHOP, "status": 201}),
        ("get_webhook", "GET", HOOK, READ, {}),
        ("update_webhook", "PATCH", HOOK, UPDATE, {"body": {"name": "Press"}}),
        ("delete_webhook", "DELETE", HOOK, "webhooks:delete", {"status": 204}),
        ("rotate_webhook_secret", "POST", f"{HOOK}/secret", UPDATE, {}),
        ("test_webhook", "POST", f"{HOOK}/tests", UPDATE, {"status": 201}),
        ("list_deliveries", "GET", f"{HOOK}/deliveries", READ, {}),
        ("replay_failed", "POST", f"{HOOK}/replays", UPDATE, {}),
        ("replay_delivery", "POST", f"{HOOK}/deliveries/{{message}}/replays", UPDATE, {}),
    )
]


@pytest.fixture
def world(app: Flask, cast: Cast, database_url: str) -> World:
    made = make(app, cast, Path(database_url.removeprefix("sqlite:///")))
    admin = Program(app, made.headers["admin"]["Authorization"].removeprefix("Bearer "))
    hook = admin.ask("POST", "/webhooks", SHOP, 201).json["id"]
    message = admin.ask("POST", f"/webhooks/{hook}/tests", status=201).json["id"]
    made.others |= {"hook": hook, "message": message}
    made.keep()
    return made


def test_matrix_has_a_row_for_every_route(app: Flask) -> None:
    routed = [rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("plain.")]

    assert sorted(f"plain.{row.name}" for row in ROWS) == sorted(routed)


def test_matrix_nobody_may_more_than_they_should(world: World) -> None:
    assert faults(world, ROWS) == []
    assert {who for who, may in MAY.items() if READ in may} == {"admin"}


def test_openapi_names_every_route_and_is_read_by_anybody(app: Flask, ada: Program) -> None:
    document = ada.ask("GET", "/openapi.json").json
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}

    assert document == openapi.document()
    assert len(described) == len(ROWS) - 1
