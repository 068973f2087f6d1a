"""Tokens of the Wix dialect: for a key, for a visitor, renewed, looked into, and gone with the key."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask

from tests.api.wix.conftest import Wix, code, fields
from tests.fixtures.app import Cast, on_sqlite
from webapp.api.wix import tokens
from webapp.domain import keys, site
from webapp.domain.models import ApiKey
from webapp.infra import clock
from webapp.infra.db import db

pytestmark = on_sqlite

GIVEN = {"access_token", "refresh_token", "expires_in", "token_type"}


@pytest.fixture
def door(app: Flask) -> Wix:
    """An app that knows no key yet."""
    return Wix(app, base="")


@pytest.fixture
def halves(wix: Wix) -> dict[str, str]:
    """The two halves of the editor's key."""
    client_id, _, secret = (wix.token or "").partition(".")
    return {"client_id": client_id, "client_secret": secret}


def ask(door: Wix, path: str = "/oauth2/token", *, status: int = 200, **said: Any) -> Any:
    return door.ask("POST", path, said, status=status)


def test_an_app_gets_a_token_for_its_key(door: Wix, wix: Wix, halves: dict[str, str]) -> None:
    given = ask(door, instance_id=str(UUID(int=1)), grant_type="client_credentials", **halves).json

    assert set(given) == GIVEN
    assert given["expires_in"] == 4 * 60 * 60
    app = Wix(wix.app, given["access_token"])
    made = app.gallery()
    assert wix.get(f"/galleries/{made['id']}")["gallery"] == made
    assert Wix(wix.app, f"Bearer {given['access_token']}").get("/galleries")["totalGalleries"] == 1


@pytest.mark.parametrize("shape", ["bare", "form"])
def test_the_public_half_may_come_without_its_prefix_or_in_a_form(
    door: Wix, halves: dict[str, str], shape: str
) -> None:
    said = {"grant_type": "client_credentials"} | halves | {"client_id": halves["client_id"].removeprefix("vk_")}

    answer = ask(door, **said) if shape == "bare" else door.ask("POST", "/oauth2/token", data=said)

    assert set(answer.json) == GIVEN


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth/access"])
@pytest.mark.parametrize(
    "wrong",
    [{"client_secret": "no"}, {"client_id": "vk_000000000000000000"}, {"client_id": 5}, {"client_secret": None}],
    ids=str,
)
def test_wrong_halves_get_nothing(door: Wix, halves: dict[str, str], path: str, wrong: dict[str, Any]) -> None:
    answer = ask(door, path, status=401, grant_type="client_credentials", **(halves | wrong))

    assert code(answer) == "UNAUTHENTICATED"


@pytest.mark.parametrize("kind", ["password", "", None, 5, ["anonymous"], {}])
def test_other_grants_are_refused(door: Wix, halves: dict[str, str], kind: Any) -> None:
    assert fields(ask(door, status=400, grant_type=kind, **halves)) == {"grantType": "INVALID_ARGUMENT"}


@pytest.mark.parametrize("body", [b"[]", b"null", b"{", b'"x"', b""])
def test_bodies_that_say_nothing_are_refused(door: Wix, body: bytes) -> None:
    for path in ("/oauth2/token", "/oauth2/token-info"):
        answer = door.ask("POST", path, status=None, data=body, content_type="application/json")
        assert answer.status_code == (200 if path.endswith("info") else 400)


def test_a_visitor_gets_a_token_and_renews_it(door: Wix, app: Flask) -> None:
    first = ask(door, clientId="headless-1", grantType="anonymous").json
    second = ask(door, refreshToken=first["refresh_token"], grantType="refresh_token").json

    shown = [ask(door, "/oauth2/token-info", token=each["access_token"]).json for each in (first, second)]
    assert {each["subjectType"] for each in shown} == {"VISITOR"}
    assert shown[0]["subjectId"] == shown[1]["subjectId"]
    assert Wix(app, second["access_token"]).get("/galleries")["totalGalleries"] == 0


def test_an_installed_app_gets_its_token(door: Wix, wix: Wix, halves: dict[str, str]) -> None:
    first = ask(door, "/oauth/access", code="any", grant_type="authorization_code", **halves).json
    said = {"refresh_token": first["refresh_token"], "grant_type": "refresh_token"} | halves
    second = ask(door, "/oauth/access", **said).json

    assert Wix(wix.app, second["access_token"]).get("/galleries")["totalGalleries"] == 0


def test_what_is_said_of_a_token(door: Wix, app: Flask, halves: dict[str, str]) -> None:
    given = ask(door, grant_type="client_credentials", **halves).json
    with app.app_context():
        here = str(site.get().instance_id)

    shown = ask(door, "/oauth2/token-info", token=given["access_token"]).json

    assert (shown["active"], shown["subjectType"], shown["instanceId"], shown["siteId"]) == (True, "APP", here, here)
    assert shown["clientId"] == halves["client_id"]
    assert shown["exp"] - shown["iat"] == given["expires_in"]
    for wrong in (given["refresh_token"], "vt_x", "", None, 5):
        assert ask(door, "/oauth2/token-info", token=wrong).json == {"active": False}


def test_a_token_to_renew_opens_nothing(door: Wix, app: Flask, halves: dict[str, str]) -> None:
    given = ask(door, grant_type="client_credentials", **halves).json

    Wix(app, given["refresh_token"]).get("/galleries", status=401)
    ask(door, status=401, refreshToken=given["access_token"], grantType="refresh_token")


def test_tokens_go_with_their_key(
    door: Wix, app: Flask, halves: dict[str, str], cast: Cast, in_domain: Callable[..., Any]
) -> None:
    given = ask(door, grant_type="client_credentials", **halves).json
    with app.app_context():
        key_id = db.session.scalars(db.select(ApiKey.id)).one()

    in_domain(keys.revoke, key_id, actor=cast.ed)

    Wix(app, given["access_token"]).get("/galleries", status=401)
    assert ask(door, "/oauth2/token-info", token=given["access_token"]).json == {"active": False}
    ask(door, status=401, refreshToken=given["refresh_token"], grantType="refresh_token")
    ask(door, status=401, grant_type="client_credentials", **halves)


def test_tokens_end(door: Wix, app: Flask, halves: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    given = ask(door, grant_type="client_credentials", **halves).json
    later = clock.now() + timedelta(seconds=tokens.ACCESS_SECONDS + 1)
    monkeypatch.setattr(tokens, "now", lambda: later)

    Wix(app, given["access_token"]).get("/galleries", status=401)
    renewed = ask(door, refreshToken=given["refresh_token"], grantType="refresh_token").json
    assert Wix(app, renewed["access_token"]).get("/galleries")["totalGalleries"] == 0


def test_tokens_of_a_reader_read(door: Wix, reader: Wix) -> None:
    client_id, _, secret = (reader.token or "").partition(".")
    given = ask(door, grant_type="client_credentials", client_id=client_id, client_secret=secret).json

    app = Wix(reader.app, given["access_token"])
    assert app.get("/galleries")["totalGalleries"] == 0
    assert code(app.ask("POST", "/galleries", {"gallery": {}}, status=403)) == "PERMISSION_DENIED"
