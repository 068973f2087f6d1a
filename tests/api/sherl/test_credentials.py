"""Who may come in over the Sherl dialect: keys in two headers, bearers, both together, and what none of them are."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from tests.api.sherl.conftest import Sherl
from tests.fixtures.app import PASSWORD, Cast, browser_of
from webapp.domain import accounts, lockout
from webapp.domain.models import AuditEntry, OutboxEvent, SignInSession
from webapp.domain.permissions import system
from webapp.domain.sessions import REMEMBERED_LIFE
from webapp.infra.db import db

LOGIN = {"username": "ed@example.org", "password": PASSWORD}


def signed_in(sherl: Sherl, **login: str) -> Sherl:
    """Return the same program, with somebody signed in to it."""
    token = sherl.post("/auth/login", LOGIN | login)["access_token"]
    return Sherl(sherl.app, sherl.key, token)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-WZ-API-SECRET": None},
        {"X-WZ-API-KEY": None},
        {"X-WZ-API-KEY": None, "X-WZ-API-SECRET": None},
        {"X-WZ-API-SECRET": ""},
        {"X-WZ-API-KEY": ""},
        {"X-WZ-API-SECRET": "wrong"},
        {"X-WZ-API-KEY": "vk_000000000000000000"},
        {"X-WZ-API-KEY": "vk_é\x7f"},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer vs_wrong"},
        {"Authorization": "Bearer undefined"},
        {"Authorization": "Basic ZWQ6cHc="},
        {"Authorization": "wrong"},
    ],
    ids=str,
)
def test_what_is_no_good_lets_nobody_in(sherl: Sherl, headers: dict[str, str | None]) -> None:
    answer = sherl.ask("GET", "/galleries", status=401, headers=headers)

    assert answer.json["error"] == "Unauthorized"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("bearer", ["Bearer", "Bearer ", "bearer", "", None])
def test_a_bearer_that_says_nothing_says_nothing(sherl: Sherl, nobody: Sherl, bearer: str | None) -> None:
    sherl.get("/galleries", headers={"Authorization": bearer})
    nobody.get("/galleries", status=401, headers={"Authorization": bearer})


def test_d34_a_key_is_its_two_halves_or_whole(sherl: Sherl, app: Flask) -> None:
    public_id, _, secret = str(sherl.key).removeprefix("vk_").partition(".")
    halves = {"X-WZ-API-KEY": public_id, "X-WZ-API-SECRET": secret}
    whole = {"X-WZ-API-KEY": sherl.key, "X-WZ-API-SECRET": None}

    sherl.get("/galleries", headers=halves)
    sherl.get("/galleries", status=401, headers=whole)
    Sherl(app, bearer=sherl.key).get("/galleries")
    Sherl(app, bearer=None).get("/galleries", headers={"Authorization": sherl.key})


def test_a_cookie_lets_nobody_in(app: Flask, cast: Cast) -> None:
    answer = browser_of(app, cast.ada).get("/api/galleries", headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 401


def test_signing_in_and_out(sherl: Sherl, nobody: Sherl) -> None:
    person = signed_in(nobody)
    person.get("/galleries")

    assert person.get("/auth/logout") == {"success": True}

    person.get("/galleries", status=401)
    person.get("/auth/logout", status=401)
    sherl.get("/auth/logout")


def test_refreshing_gives_another_token_for_the_same_sign_in(nobody: Sherl, app: Flask) -> None:
    person = signed_in(nobody)

    fresh = Sherl(app, bearer=person.post("/auth/refresh-token", {})["access_token"])

    fresh.get("/galleries")
    person.get("/galleries", status=401)
    person.post("/auth/refresh-token", {}, status=401)
    with app.app_context():
        assert db.session.query(SignInSession).count() == 1
    fresh.get("/auth/logout")
    fresh.get("/galleries", status=401)


def test_nothing_is_refreshed_beyond_a_month(nobody: Sherl, in_domain: Callable[..., Any]) -> None:
    person = signed_in(nobody)

    def age() -> Any:
        row = db.session.query(SignInSession).one()
        row.created_at -= REMEMBERED_LIFE - timedelta(hours=1)
        return row.created_at + REMEMBERED_LIFE

    ends = in_domain(age)
    person.post("/auth/refresh-token", {})

    assert in_domain(lambda: db.session.query(SignInSession).one().expires_at) == ends


def test_a_key_alone_has_nothing_to_refresh(sherl: Sherl) -> None:
    sherl.post("/auth/refresh-token", {}, status=401)


def test_signing_in_is_refused_alike_whatever_is_wrong(sherl: Sherl, nobody: Sherl) -> None:
    told = [
        nobody.post("/auth/login", LOGIN | {"password": "wrong"}, status=401)["message"],
        nobody.post("/auth/login", LOGIN | {"username": "who@example.org"}, status=401)["message"],
    ]

    assert told == ["Email or password is wrong."] * 2
    sherl.post("/auth/login", LOGIN, status=401, headers={"X-WZ-API-SECRET": "wrong"})


def test_signing_in_names_what_is_missing(nobody: Sherl) -> None:
    told = nobody.post("/auth/login", {"username": 7}, status=400)["message"]

    assert [each.partition(":")[0] for each in told] == ["username", "password"]


def test_d34_signing_in_is_locked_as_at_other_doors(nobody: Sherl) -> None:
    for _ in range(lockout.ACCOUNT_TRIES):
        nobody.post("/auth/login", LOGIN | {"password": "wrong"}, status=401)

    answer = nobody.ask("POST", "/auth/login", LOGIN, status=429)

    assert int(answer.headers["Retry-After"]) > 0
    assert nobody.client.post("/api/v1/auth/login", json=LOGIN).status_code == 429


def test_d32_key_and_bearer_have_the_rights_of_both(sherl: Sherl, reader: Sherl, nobody: Sherl) -> None:
    (media,) = sherl.pictures()
    body = {"categoryUri": "c", "media": {"id": media}}

    signed_in(sherl).post("/galleries", body)
    signed_in(nobody).post("/galleries", body)
    told = signed_in(reader).post("/galleries", body, status=403)["message"]
    assert told == "Permission denied: galleries:create"
    signed_in(sherl, username="vi@example.org").post("/galleries", body, status=403)
    signed_in(sherl, username="vi@example.org").get("/galleries")


def test_both_are_told_of_as_the_program_of_the_person(
    sherl: Sherl, in_domain: Callable[..., Any], cast: Cast
) -> None:
    signed_in(sherl).gallery()

    def told() -> Any:
        event = db.session.query(OutboxEvent).filter_by(kind="gallery.created").one()
        entry = db.session.query(AuditEntry).filter_by(verb="gallery.create").one()
        return event.identity["type"], entry.door, entry.user_id

    assert in_domain(told) == ("APP", "sherl", cast.ed.id)


def test_a_sign_in_ends_with_the_account(nobody: Sherl, in_domain: Callable[..., Any], cast: Cast) -> None:
    person = signed_in(nobody)

    in_domain(lambda: accounts.deactivate(cast.ed.id, actor=system("cli")))

    person.get("/galleries", status=401)


# ---- pages of other sites ----


def test_pages_of_other_sites_are_told_what_they_may_send(nobody: Sherl, app: Flask) -> None:
    wanted = {
        "Origin": "https://shop.example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "access-control-allow-origin,authorization,x-wz-api-key,x-wz-api-secret",
    }

    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("sherl.")]

    for path in {re.sub(r"<\w+>", "x", rule.rule) for rule in rules}:
        answer = nobody.ask("OPTIONS", path.removeprefix("/api"), status=204, headers=wanted)
        allowed = {each.strip().lower() for each in answer.headers["Access-Control-Allow-Headers"].split(",")}
        assert set(wanted["Access-Control-Request-Headers"].split(",")) <= allowed
        methods = {method for rule in rules for method in rule.methods} - {"HEAD"}
        assert methods <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
        assert "Access-Control-Allow-Credentials" not in answer.headers
    assert len(rules) > 8


def test_what_is_not_there_is_said_in_the_dialects_words(nobody: Sherl, sherl: Sherl) -> None:
    assert sherl.get("/galleries/a/b/c", status=404)["error"] == "Not Found"
    assert sherl.ask("PATCH", "/galleries", {}, status=405).json["error"] == "Method Not Allowed"
    nobody.ask("OPTIONS", "/galleries/a/b/c", status=404)
