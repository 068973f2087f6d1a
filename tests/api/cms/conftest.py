"""Programs with keys, and things for them to work on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import factories
from tests.api.conftest import add_key
from tests.fixtures.app import Cast
from tests.fixtures.beginnings import beginning
from webapp.domain.models import Media
from webapp.domain.transaction import transaction
from webapp.infra.db import db

LONG = (
    *("test_hostile_values", "test_hostile_queries", "test_hostile_headers", "test_hostile_bodies["),
    "test_queries_of_a_gallery",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave PostgreSQL's turn of the longest tests to the full lane: there too, but not every time."""
    for item in items:
        if item.name.startswith(LONG) and "postgres" in item.name:
            item.add_marker(pytest.mark.full)


class Program:
    """A client of the dialect that shows a key, or none; `get("/galleries")` asks below `/api/v1`."""

    def __init__(self, app: Flask, key: str | None = None):
        self.app, self.key = app, key
        self.client = app.test_client(use_cookies=False)

    def ask(
        self, method: str, path: str, body: Any = None, *, status: int | None = None, **options: Any
    ) -> TestResponse:
        """Send a request, a body as JSON, and look at what every answer has to be."""
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        if body is not None:
            options["json"] = body
        options["headers"] = headers | options.get("headers", {})
        answer = self.client.open(f"/api/v1{path}", method=method, **options)
        look_at(answer)
        assert status is None or answer.status_code == status, f"{answer.status_code}: {answer.text[:500]}"
        return answer

    def get(self, path: str, *, status: int = 200, **options: Any) -> TestResponse:
        """GET."""
        return self.ask("GET", path, status=status, **options)

    def post(self, path: str, body: Any = None, *, status: int = 201, **options: Any) -> TestResponse:
        """POST."""
        return self.ask("POST", path, body, status=status, **options)

    def put(self, path: str, body: Any = None, *, status: int = 200, **options: Any) -> TestResponse:
        """PUT."""
        return self.ask("PUT", path, body, status=status, **options)

    def patch(self, path: str, body: Any = None, *, status: int = 200, **options: Any) -> TestResponse:
        """PATCH."""
        return self.ask("PATCH", path, body, status=status, **options)

    def delete(self, path: str, *, status: int = 200, **options: Any) -> TestResponse:
        """DELETE."""
        return self.ask("DELETE", path, status=status, **options)

    def gallery(
        self, slug: str = "summer-2026", *, media: int = 0, title: str | None = "Summer 2026", **body: Any
    ) -> str:
        """Make a gallery with so many pictures and return its id."""
        if title is not None:
            body["translations"] = [{"language_id": self.language("en"), "title": title}]
        made = self.post("/galleries", {"slug": slug} | body).json["id"]
        for media_id in self.pictures(media):
            self.post(f"/galleries/{made}/media", {"media_id": media_id})
        return made

    def pictures(self, number: int) -> list[str]:
        """Make pictures without bytes and return their ids."""
        with self.app.app_context(), transaction():
            return [str(factories.picture().id) for _ in range(number)]

    def language(self, code: str, **fields: Any) -> str:
        """Return the id of a language, made where it is missing."""
        with self.app.app_context(), transaction():
            return str(factories.language(code, **fields).id)

    def order(self, gallery_id: str) -> list[str]:
        """Return the ids of a gallery's media, first to last."""
        shown = self.get(f"/galleries/{gallery_id}").json["gallery_media"]
        assert [place["order"] for place in shown] == list(range(len(shown)))
        return [place["media_id"] for place in shown]


@dataclass(frozen=True)
class Programs:
    """One with all of an admin's permissions, one of an editor's, a viewer's, a translator's, and one without key."""

    ada: Program
    ed: Program
    vi: Program
    tessa: Program
    stranger: Program


@pytest.fixture
def make_program(app: Flask, make_key: Callable[..., str]) -> Callable[..., Program]:
    """Make programs with some of somebody's permissions, or all."""
    return lambda person, *permissions: Program(app, make_key(person, *permissions))


@beginning
def all_keys(app: Flask, cast: Cast) -> dict[str, str]:
    """A key of each of the cast, with all that they may."""
    return {name: add_key(app, getattr(cast, name)) for name in ("ada", "ed", "vi", "tessa")}


@pytest.fixture
def programs(app: Flask, all_keys: dict[str, str]) -> Programs:
    """A program of each of the cast."""
    return Programs(**{name: Program(app, key) for name, key in all_keys.items()}, stranger=Program(app))


@pytest.fixture
def ed(programs: Programs) -> Program:
    """The editor's program."""
    return programs.ed


@pytest.fixture
def ada(programs: Programs) -> Program:
    """The admin's program."""
    return programs.ada


def look_at(answer: TestResponse) -> None:
    """Find what no answer may be: HTML, a traceback, a file that anybody keeps."""
    assert answer.mimetype != "text/html", answer.text[:500]
    assert "Traceback" not in answer.text
    assert "Set-Cookie" not in answer.headers
    if answer.status_code not in (204, 304, 307):
        assert answer.mimetype == "application/json", answer.mimetype
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        assert list(answer.json) == ["detail"], answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def media(media_id: str) -> Media:
    """Return a media, inside the domain."""
    return db.session.get_one(Media, UUID(media_id))
