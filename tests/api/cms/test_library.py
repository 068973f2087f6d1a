"""The library, the languages and signing in, over the CMS dialect."""

from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests import factories
from tests.api.cms.conftest import Program, Programs, media
from tests.fixtures.app import PASSWORD, Cast
from webapp.api.cms import shapes
from webapp.domain import accounts, languages, sessions
from webapp.domain.lockout import ACCOUNT_TRIES
from webapp.domain.models import Blob, MediaText, OutboxEvent, SignInSession
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db


def events(app: Flask, kind: str) -> int:
    with app.app_context():
        return db.session.scalars(select(func.count()).where(OutboxEvent.kind == kind)).one()


def test_library_is_listed_in_the_order_of_coming(ed: Program) -> None:
    ids = ed.pictures(5)

    assert [row["id"] for row in ed.get("/media").json] == ids
    assert [row["id"] for row in ed.get("/media?skip=1&limit=2").json] == ids[1:3]
    page = ed.get("/media?page=2&per_page=2").json
    assert [row["id"] for row in page["data"]] == ids[2:4]
    figures = {"total": 5, "page": 2, "per_page": 2, "pages": 3, "has_next": True, "has_prev": True}
    assert page["pagination"] == figures
    shapes.MediaPage.model_validate(page)


def test_library_search_looks_at_both_names(ed: Program) -> None:
    first, second, third = ed.pictures(3)
    ed.patch(f"/media/{first}", {"original_filename": "100% sea_side.jpg"})
    ed.patch(f"/media/{second}", {"original_filename": "Mountain.JPG"})

    def found(search: str) -> list[str]:
        return [row["id"] for row in ed.get("/media", query_string={"search": search}).json]

    assert found("mountain") == [second]
    assert found("SEA_") == [first]
    assert found("0% s") == [first]
    assert found("_") == [first, third], "names of the cast's pictures have one too"
    assert found(ed.get(f"/media/{third}").json["filename"][:12]) == [third]
    assert found("nowhere") == []
    assert ed.get("/media?page=1&search=mountain").json["pagination"]["total"] == 1


def test_library_images_are_only_images(ed: Program, app: Flask) -> None:
    picture, film = ed.pictures(2)
    with app.app_context(), transaction():
        blob_id = media(film).blob_id
        db.session.get_one(Blob, blob_id).mime_type = "video/mp4"

    assert [row["id"] for row in ed.get("/media").json] == [picture, film]
    assert [row["id"] for row in ed.get("/media/images").json] == [picture]
    assert ed.get("/media/images?page=1").json["pagination"]["total"] == 1


def test_library_media_are_renamed_and_described(ed: Program, app: Flask) -> None:
    media_id = ed.pictures(1)[0]
    before = ed.get(f"/media/{media_id}").json

    after = ed.patch(f"/media/{media_id}", {"original_filename": "../sea\u202e.jpg", "alt_text": "The sea"}).json

    assert (after["original_filename"], after["alt_text"]) == ("sea.jpg", "The sea")
    assert after["updated_at"] is not None
    assert before | {key: after[key] for key in ("original_filename", "alt_text", "updated_at")} == after
    assert events(app, "media.updated") == 1, "one change, one event"
    assert ed.patch(f"/media/{media_id}", {"alt_text": None}).json["alt_text"] is None
    with app.app_context():
        assert db.session.scalars(select(MediaText.alt)).one() is None


NO_NAMES = [{"original_filename": ""}, {"original_filename": None}, {"original_filename": "a" * 256}]


@pytest.mark.parametrize("body", [*NO_NAMES, {"alt_text": "a" * 251}, {"alt_text": 5}])
def test_library_refuses_names_and_texts_that_are_none(ed: Program, body: dict[str, Any]) -> None:
    media_id = ed.pictures(1)[0]
    before = ed.get(f"/media/{media_id}").data

    assert ed.patch(f"/media/{media_id}", body, status=422).json["detail"][0]["loc"] == ["body", *body]
    assert ed.get(f"/media/{media_id}").data == before


def test_library_media_in_use_are_not_deleted_and_where_is_said(ed: Program) -> None:
    media_id = ed.pictures(1)[0]
    cover = ed.gallery("winter", title="Winter walk", cover_image_id=media_id)
    made = ed.gallery("summer", title="Summer")
    ed.post(f"/galleries/{made}/media", {"media_id": media_id})

    said = ed.delete(f"/media/{media_id}", status=409).json["detail"]
    assert "Winter walk" in said
    assert "Summer" in said
    ed.delete(f"/galleries/{made}", status=204)
    ed.delete(f"/media/{media_id}", status=409)
    ed.patch(f"/galleries/{cover}", {"cover_image_id": None})
    ed.delete(f"/media/{media_id}", status=204)
    ed.get(f"/media/{media_id}", status=404)
    assert ed.get("/media").json == []
    ed.post(f"/galleries/{cover}/media", {"media_id": media_id}, status=404)
    ed.patch(f"/galleries/{cover}", {"cover_image_id": media_id}, status=404)


def test_languages_a_new_site_has_english(ada: Program) -> None:
    rows = [row for row in ada.get("/languages").json if row["code"] == "en"]

    expected = {"code": "en", "name": "English", "native_name": "English", "direction": "ltr"}
    assert rows == [{"id": rows[0]["id"]} | expected | {"is_default": True, "is_active": True}]
    assert list(rows[0]) == ["id", *expected, "is_default", "is_active"]


@pytest.mark.parametrize(
    ("code", "row"),
    [
        ("de", ("de", "German", "Deutsch", "ltr")),
        ("AR", ("ar", "Arabic", "العربية", "rtl")),
        ("pt_br", ("pt-BR", "Portuguese (Brazil)", "português (Brasil)", "ltr")),
    ],
)
def test_languages_a_code_is_enough(ada: Program, code: str, row: tuple[str, ...]) -> None:
    made = ada.post("/languages", {"code": code}).json

    assert (made["code"], made["name"], made["native_name"].lower(), made["direction"]) == (
        *row[:2],
        row[2].lower(),
        row[3],
    )
    assert (made["is_default"], made["is_active"]) == (False, True)
    assert made in ada.get("/languages").json
    assert ada.post("/languages", {"code": code}, status=409).json["detail"]


def test_languages_take_what_is_said_of_them(ada: Program) -> None:
    body = {"code": "de", "name": "Tyrolean", "native_name": "Tirolerisch", "direction": "ltr", "is_active": False}

    made = ada.post("/languages", body).json
    assert {key: made[key] for key in body} == body
    new = ada.post("/languages", {"code": "ja", "is_default": True}).json
    assert [row["id"] for row in ada.get("/languages").json if row["is_default"]] == [new["id"]]


@pytest.mark.parametrize("code", ["zz", "english", "e", "", "en-", "../en", "x" * 36, "\0\0", "xx-YY", 5, None])
def test_languages_unknown_codes(ada: Program, code: Any) -> None:
    before = ada.get("/languages").data

    assert ada.post("/languages", {"code": code}, status=422).json["detail"][0]["loc"] == ["body", "code"]
    assert ada.get("/languages").data == before


def test_languages_text_in_a_deactivated_language_is_kept(ada: Program) -> None:
    french = ada.language("fr")
    made = ada.gallery()
    ada.put(f"/galleries/{made}/translations", {"language_id": french, "title": "Été"})

    off = ada.patch(f"/languages/{french}", {"is_active": False}).json

    assert (off["is_active"], off["code"]) == (False, "fr")
    assert [text["title"] for text in ada.get(f"/galleries/{made}").json["translations"]] == ["Summer 2026", "Été"]
    assert french in [row["id"] for row in ada.get("/languages").json]


def test_languages_the_default_stays(ada: Program) -> None:
    english = ada.language("en")
    before = ada.get("/languages").data

    assert ada.delete(f"/languages/{english}", status=409).json["detail"]
    assert ada.patch(f"/languages/{english}", {"is_active": False}, status=409).json["detail"]
    assert ada.patch(f"/languages/{english}", {"is_default": False}, status=409).json["detail"]
    assert ada.get("/languages").data == before


def test_languages_in_use_are_not_deleted(ada: Program) -> None:
    german = ada.language("de")
    made = ada.gallery()
    ada.put(f"/galleries/{made}/translations", {"language_id": german, "title": "Sommer"})

    assert "German" in ada.delete(f"/languages/{german}", status=409).json["detail"]
    ada.delete(f"/galleries/{made}/translations/{german}")
    ada.delete(f"/languages/{german}", status=204)
    ada.get(f"/languages/{german}", status=404)
    assert "de" not in [row["code"] for row in ada.get("/languages").json]


NO_LANGUAGE = [{"direction": "up"}, {"name": ""}, {"name": " "}, {"is_active": 7}]


@pytest.mark.parametrize("body", NO_LANGUAGE)
def test_languages_refuse_nonsense(ada: Program, body: dict[str, Any]) -> None:
    german = ada.language("de")

    assert ada.patch(f"/languages/{german}", body, status=422).json["detail"][0]["loc"] == ["body", *body]


def login(program: Program, status: int = 200, **body: Any) -> Any:
    return program.post("/auth/login", {"email": "ed@example.org", "password": PASSWORD} | body, status=status)


def test_login_gives_a_bearer_that_works(programs: Programs, cast: Cast, app: Flask) -> None:
    answer = login(programs.stranger)

    assert list(answer.json) == ["access_token", "token_type", "expires_in"]
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("bearer", 12 * 60 * 60)
    assert answer.headers["Cache-Control"] == "no-store"
    program = Program(app, answer.json["access_token"])
    me = program.get("/auth/me").json
    assert (me["id"], me["email"], me["name"], me["role"]) == (str(cast.ed.id), "ed@example.org", "Ed", "editor")
    assert me["permissions"] == sorted(cast.ed.permissions)
    made = program.gallery()
    assert program.get(f"/galleries/{made}").json["created_by"] == str(cast.ed.id)


def test_login_takes_a_user_name_too(programs: Programs, cast: Cast) -> None:
    body = {"username": " ED@example.org", "password": PASSWORD}

    assert programs.stranger.post("/auth/login", body, status=200).json["access_token"]


@pytest.mark.parametrize(
    "body", [{"password": "wrong"}, {"email": "nobody@example.org"}, {"email": ""}, {"password": ""}]
)
def test_login_refused(programs: Programs, cast: Cast, app: Flask, body: dict[str, str]) -> None:
    answer = login(programs.stranger, status=401, **body)

    assert answer.json == {"detail": "Email or password is wrong."}
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    with app.app_context():
        assert db.session.scalars(select(func.count(SignInSession.id))).one() == 0


NO_LOGIN = [{"password": None}, {"email": 5}, {"password": "a\0b"}, {"email": "x" * 255}, {"password": "x" * 1025}]


@pytest.mark.parametrize("body", NO_LOGIN)
def test_login_invalid(programs: Programs, cast: Cast, body: dict[str, Any]) -> None:
    assert login(programs.stranger, status=422, **body).json["detail"][0]["loc"] == ["body", *body]


def test_login_passes_the_lock_out(programs: Programs, cast: Cast) -> None:
    for _ in range(ACCOUNT_TRIES):
        login(programs.stranger, status=401, password="wrong")

    answer = login(programs.stranger, status=429)
    assert int(answer.headers["Retry-After"]) > 0
    assert isinstance(answer.json["detail"], str)


def test_login_tokens_end(programs: Programs, cast: Cast, app: Flask) -> None:
    tokens = [login(programs.stranger).json["access_token"] for _ in range(3)]
    one, two, three = (Program(app, token) for token in tokens)

    one.post("/auth/logout", status=204)
    one.get("/auth/me", status=401)
    two.get("/auth/me", status=200)
    with app.app_context(), transaction():
        for row in db.session.scalars(select(SignInSession)):
            row.expires_at = now()
    two.get("/auth/me", status=401)
    four = Program(app, login(programs.stranger).json["access_token"])
    with app.app_context(), transaction():
        accounts.deactivate(cast.ed.id, actor=cast.ada)
    four.get("/auth/me", status=401)
    three.get("/auth/me", status=401)
    programs.ed.get("/galleries", status=401)
    login(programs.stranger, status=401)


def test_a_key_may_stand_alone_in_the_header(programs: Programs, app: Flask) -> None:
    for shown in (programs.ed.key, f"bearer {programs.ed.key}", f"BEARER  {programs.ed.key} "):
        programs.stranger.get("/galleries", status=200, headers={"Authorization": shown})


def test_me_of_a_key_says_what_the_key_may(make_program: Any, cast: Cast) -> None:
    me = make_program(cast.ada, "galleries:read").get("/auth/me").json

    assert (me["email"], me["permissions"]) == ("ada@example.org", ["galleries:read"])


def test_a_browsers_session_token_is_no_bearer(programs: Programs, cast: Cast, app: Flask) -> None:
    with app.app_context(), transaction():
        user = accounts.get(cast.ed.id)
        token = sessions.open_browser(sessions.Verified.of(user), remembered=False)

    Program(app, token).get("/galleries", status=401)
    Program(app, f"vs_{token}").get("/galleries", status=401)


def test_fallbacks_of_the_default_language_come_after_it(app: Flask) -> None:
    with app.app_context(), transaction():
        french, german = factories.language("fr"), factories.language("de", is_active=False)
        english = factories.language("en", fallback_id=french.id)
        french.fallback_id = german.id
        db.session.flush()

        assert [each.code for each in languages.fallback_chain(english)] == ["en", "fr"]
        assert [each.code for each in languages.fallback_chain(french)] == ["fr", "en"]
        assert [each.code for each in languages.fallback_chain(german)] == ["de", "en"]
        assert UUID(str(english.id)) == english.id
