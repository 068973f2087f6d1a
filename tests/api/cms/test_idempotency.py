"""A POST with an Idempotency-Key: done once, answered alike, for a day."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.api.cms.conftest import Program, Programs
from tests.fixtures.app import Cast
from tests.races import race
from webapp.domain import idempotency
from webapp.domain.models import IdempotencyKey, OutboxEvent
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db

KEY = {"Idempotency-Key": "6c5d"}


def kept(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count(IdempotencyKey.id))).one()


@pytest.mark.both_engines
def test_idempotency_the_same_request_gets_the_same_answer(ed: Program, app: Flask) -> None:
    first = ed.post("/galleries", {"slug": "summer"}, headers=KEY)
    again = ed.post("/galleries", {"slug": "summer"}, headers=KEY)

    assert again.data == first.data
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (False, "true")
    assert len(ed.get("/galleries").json) == 1
    with app.app_context():
        assert db.session.scalars(select(func.count()).where(OutboxEvent.kind == "gallery.created")).one() == 1


@pytest.mark.both_engines
def test_idempotency_every_post_that_changes_something(ada: Program, app: Flask) -> None:
    made = ada.gallery(media=2)
    first, second = ada.order(made)
    posts = [
        ("/galleries", {"slug": "winter"}),
        (f"/galleries/{made}/media", {"media_id": ada.pictures(1)[0]}),
        ("/languages", {"code": "de"}),
    ]

    for nth, (path, body) in enumerate(posts):
        answers = [ada.post(path, body, headers={"Idempotency-Key": f"key-{nth}"}) for _ in range(3)]
        assert len({answer.data for answer in answers}) == 1
    order = {"media_ids": [*ada.order(made)[::-1]]}
    answers = [ada.post(f"/galleries/{made}/media/reorder", order, status=200, headers=KEY) for _ in range(2)]
    assert answers[0].data == answers[1].data
    assert (first, second) == tuple(order["media_ids"][:0:-1])
    assert kept(app) == 4


def test_idempotency_another_request_with_the_same_key(ed: Program) -> None:
    ed.post("/galleries", {"slug": "summer"}, headers=KEY)

    answer = ed.post("/galleries", {"slug": "winter"}, status=422, headers=KEY)
    assert answer.json == {"detail": "This Idempotency-Key was sent with another request before."}
    ed.post("/galleries?a=1", {"slug": "summer"}, status=422, headers=KEY)
    assert [row["slug"] for row in ed.get("/galleries").json] == ["summer"]


def test_idempotency_keys_are_each_programs_own(programs: Programs) -> None:
    first = programs.ed.post("/galleries", {"slug": "summer"}, headers=KEY).json["id"]

    other = programs.ada.post("/galleries", {"slug": "summer"}, status=409, headers=KEY)
    assert first not in other.text
    programs.vi.post("/galleries", {"slug": "summer"}, status=403, headers=KEY)


@pytest.mark.both_engines
def test_idempotency_what_failed_may_be_tried_again(ed: Program, app: Flask) -> None:
    taken = ed.gallery("summer")

    ed.post("/galleries", {"slug": "summer"}, status=409, headers=KEY)
    ed.post("/galleries", {"slug": "S"}, status=422, headers=KEY)
    assert kept(app) == 0
    ed.delete(f"/galleries/{taken}", status=204)
    ed.post("/galleries", {"slug": "summer"}, status=201, headers=KEY)


@pytest.mark.both_engines
def test_idempotency_answers_are_kept_for_a_day(ed: Program, app: Flask) -> None:
    first = ed.post("/galleries", {"slug": "summer"}, headers=KEY).json["id"]
    with app.app_context(), transaction():
        note = db.session.scalars(select(IdempotencyKey)).one()
        note.created_at = now() - idempotency.LIFE + timedelta(minutes=1)
    assert ed.post("/galleries", {"slug": "summer"}, headers=KEY).json["id"] == first

    with app.app_context(), transaction():
        db.session.scalars(select(IdempotencyKey)).one().created_at = now() - idempotency.LIFE - timedelta(minutes=1)
    ed.post("/galleries", {"slug": "summer"}, status=409, headers=KEY)
    assert ed.post("/galleries", {"slug": "winter"}, headers=KEY).json["id"] != first


@pytest.mark.both_engines
def test_idempotency_expired_answers_are_forgotten(ed: Program, app: Flask) -> None:
    ed.post("/galleries", {"slug": "summer"}, headers=KEY)
    ed.post("/galleries", {"slug": "winter"}, headers={"Idempotency-Key": "another"})
    with app.app_context(), transaction():
        db.session.scalars(select(IdempotencyKey).where(IdempotencyKey.key == "another")).one().created_at = (
            now() - idempotency.LIFE - timedelta(seconds=1)
        )
        assert idempotency.forget_expired() == 1
    assert kept(app) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb"])
def test_idempotency_keys_that_are_none(ed: Program, key: str) -> None:
    faults = ed.post("/galleries", {"slug": "summer"}, status=422, headers={"Idempotency-Key": key}).json["detail"]

    assert [fault["loc"] for fault in faults] == [["header", "Idempotency-Key"]]
    assert ed.get("/galleries").json == []


@pytest.mark.both_engines
@pytest.mark.parametrize("key", ["x", "x" * 255, "é", "  inner blank  "])
def test_idempotency_keys_of_any_letters(ed: Program, key: str) -> None:
    headers = {"Idempotency-Key": key}

    ed.post("/galleries", {"slug": "summer"}, headers=headers)
    ed.post("/galleries", {"slug": "summer"}, headers=headers)
    assert len(ed.get("/galleries").json) == 1


def test_idempotency_says_nothing_to_other_methods(ed: Program, app: Flask) -> None:
    made = ed.gallery("summer")

    ed.patch(f"/galleries/{made}", {"slug": "winter"}, headers=KEY)
    ed.patch(f"/galleries/{made}", {"slug": "spring"}, headers=KEY)
    assert ed.get(f"/galleries/{made}").json["slug"] == "spring"
    assert kept(app) == 0


def test_idempotency_a_sign_in_is_never_kept(programs: Programs, cast: Cast, app: Flask) -> None:
    body = {"email": "ed@example.org", "password": "correct horse battery"}

    tokens = {programs.stranger.post("/auth/login", body, status=200, headers=KEY).text for _ in range(2)}
    assert (len(tokens), kept(app)) == (2, 0)


@pytest.mark.both_engines
def test_idempotency_of_requests_at_the_same_moment(ed: Program, app: Flask) -> None:
    def send() -> Any:
        return Program(app, ed.key).ask("POST", "/galleries", {"slug": "summer"}, headers=KEY)

    answers = race(app, *[send] * 6)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotency-Replayed" in answer.headers for answer in answers) == 5
    assert len(ed.get("/galleries").json) == 1


def test_idempotency_needs_the_permission_still(make_program: Callable[..., Program], cast: Cast) -> None:
    program = make_program(cast.ed, "galleries:read")

    program.post("/galleries", {"slug": "summer"}, status=403, headers=KEY)
