"""When the database is busy, full or away, and when we are wrong: the dialect's words, and nothing half done."""

import io
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from tests.api.cms.conftest import Program
from tests.fixtures.app import on_sqlite
from tests.pictures import photo
from tests.uploads import take_all_places, take_away
from webapp.infra.db import db

UPLOAD = "multipart/form-data; boundary=x"
FULL_DISK = """
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$
"""


def tune(app: Flask, sqlite: str, postgres: str) -> None:
    """Set something on the one connection that the app has."""
    with app.app_context():
        engine = db.engine
        db.session.execute(text(sqlite if engine.dialect.name == "sqlite" else postgres))
        db.session.commit()


@pytest.fixture
def locked(app: Flask, ed: Program) -> Any:
    """A gallery that somebody else is changing and does not let go."""
    made = ed.gallery("summer")
    with app.app_context():
        engine = db.engine
    other = engine.connect()
    if engine.dialect.name == "sqlite":
        other = other.execution_options(begin="IMMEDIATE")
        other.execute(text("SELECT 1"))
    else:
        other.execute(text("SELECT id FROM galleries FOR UPDATE"))
    yield made
    other.rollback()
    other.close()


def test_faults_a_busy_database(locked: str, ed: Program, app: Flask) -> None:
    tune(app, "PRAGMA busy_timeout=50", "SET lock_timeout = 50")

    answer = ed.patch(f"/galleries/{locked}", {"slug": "winter"}, status=503)

    assert answer.headers["Retry-After"] == "5"
    assert isinstance(answer.json["detail"], str)
    assert ed.get(f"/galleries/{locked}").json["slug"] == "summer", "reading goes on"


def test_faults_a_full_database(ed: Program, app: Flask, database_url: str) -> None:
    made = ed.gallery("summer")
    if database_url.startswith("postgresql"):
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute(FULL_DISK)
            connection.execute("CREATE TRIGGER full_disk BEFORE UPDATE ON gallery_texts EXECUTE FUNCTION full_disk()")
    tune(app, "PRAGMA max_page_count=1", "SELECT 1")
    before = ed.get(f"/galleries/{made}").data

    body = {"language_id": ed_language(ed, made), "title": "a", "description": "x" * 20_000}
    answer = ed.put(f"/galleries/{made}/translations", body, status=507)

    assert isinstance(answer.json["detail"], str)
    assert ed.get(f"/galleries/{made}").data == before


def ed_language(ed: Program, gallery_id: str) -> str:
    return ed.get(f"/galleries/{gallery_id}").json["translations"][0]["language_id"]


@on_sqlite
@pytest.mark.parametrize("cause", ["store away", "pictures busy"])
def test_faults_of_the_store_or_busy_pictures(
    ed: Program, app: Flask, monkeypatch: pytest.MonkeyPatch, cause: str
) -> None:
    if cause == "store away":
        take_away(app.extensions["vitrine-storage"])
    else:
        take_all_places(monkeypatch)

    answer = ed.post("/media/upload", status=503, data=upload_body(), content_type=UPLOAD)

    assert answer.json == {"detail": "Busy just now. Nothing was changed; try again in a few seconds."}
    assert answer.headers["Retry-After"] == "5"
    assert ed.get("/media").json == []


def upload_body() -> bytes:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    return head + photo(60, 40) + b"\r\n--x--\r\n"


@on_sqlite
def test_faults_of_large_answers_that_too_many_are_reading(ed: Program, app: Flask) -> None:
    spoken = ("en", "fr", "de", "ar")
    texts = [{"language_id": ed.language(code), "title": "a", "description": "x" * 20_000} for code in spoken]
    path = "/galleries/" + ed.post("/galleries", {"slug": "summer", "translations": texts}).json["id"]
    places = app.extensions["vitrine-settings"].blocking_threads // 3
    bearer = {"Authorization": f"Bearer {ed.key}"}
    reading = [ed.client.get(f"/api/v1{path}", headers=bearer, buffered=False) for _ in range(places)]

    refused = ed.get(path, status=503)

    assert refused.json == {"detail": "Busy just now. Nothing was changed; try again in a few seconds."}
    assert (refused.headers["Retry-After"], refused.headers["Cache-Control"]) == ("3", "no-store")
    assert {answer.status_code for answer in reading} == {200}
    for answer in reading:
        answer.close()
    assert len(ed.get(path).data) > 64 * 1024


def test_faults_of_ours_are_said_in_json(ed: Program, app: Flask) -> None:
    app.testing = False
    app.extensions["vitrine-storage"] = None

    answer = ed.post("/media/upload", status=500, data=upload_body(), content_type=UPLOAD)

    assert answer.json == {"detail": "Internal Server Error"}


def test_faults_a_body_that_is_cut(ed: Program) -> None:
    cut = {"data": b'{"slug":"summer"}', "content_type": "application/json"}

    answer = ed.post("/galleries", status=400, environ_overrides={"CONTENT_LENGTH": "50"}, **cut)

    assert isinstance(answer.json["detail"], str)
    assert ed.get("/galleries").json == []


@pytest.mark.parametrize(("with_key", "status"), [(True, 413), (False, 401)])
def test_faults_a_refused_body_is_read_to_its_end(ed: Program, app: Flask, with_key: bool, status: int) -> None:
    """Over a real connection the answer is lost to a client that is still sending."""
    body = io.BytesIO(b'{"slug":"' + b"x" * 3_000_000 + b'"}')
    program = ed if with_key else Program(app)

    program.post("/galleries", status=status, input_stream=body, content_type="application/json")

    assert body.tell() == len(body.getvalue())
