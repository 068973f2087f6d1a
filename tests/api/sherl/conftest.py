"""Programs that speak Sherl, as its SDK does, and things for them to work on."""

import io
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import factories
from tests.api.conftest import add_key
from tests.fixtures.app import Cast
from tests.fixtures.beginnings import beginning
from tests.pictures import photo
from webapp.domain.transaction import transaction

READS = ("galleries:read", "media:read", "backgrounds:read")
LONG = (
    *("test_one_id_in_two_domains", "test_the_id_of_one_in_the_trash", "test_d32_a_cover"),
    "test_galleries_ask_as_often",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave PostgreSQL's turn of some to the full lane."""
    for item in items:
        if item.name.startswith(LONG) and "postgres" in item.name:
            item.add_marker(pytest.mark.full)


class Sherl:
    """A client of the SDK's manners: a key in two headers, a bearer that is empty until somebody signs in."""

    def __init__(self, app: Flask, key: str | None = None, bearer: str | None = ""):
        self.app, self.key, self.bearer = app, key, bearer
        self.client = app.test_client(use_cookies=False)

    @property
    def headers(self) -> dict[str, str]:
        """What every request brings."""
        sent = {"Access-Control-Allow-Origin": "*"}
        if self.bearer is not None:
            sent["Authorization"] = f"Bearer {self.bearer}".strip()
        if self.key:
            sent["X-WZ-API-KEY"], _, sent["X-WZ-API-SECRET"] = self.key.partition(".")
        return sent

    def ask(
        self, method: str, path: str, body: Any = None, *, status: int | None = 200, **options: Any
    ) -> TestResponse:
        """Send a request, a body as JSON, and look at what every answer has to be."""
        if body is not None:
            options["json"] = body
        given = options.pop("headers", {})
        options["headers"] = {name: value for name, value in (self.headers | given).items() if value is not None}
        answer = self.client.open(f"/api{path}", method=method, **options)
        look_at(answer)
        assert status is None or answer.status_code == status, f"{answer.status_code}: {answer.text[:800]}"
        return answer

    def get(self, path: str, **options: Any) -> Any:
        """GET and return what the answer says."""
        return self.ask("GET", path, **options).json

    def post(self, path: str, body: Any = None, *, status: int = 201, **options: Any) -> Any:
        """POST and return what the answer says."""
        return self.ask("POST", path, body, status=status, **options).json

    def patch(self, path: str, body: Any = None, **options: Any) -> Any:
        """PATCH and return what the answer says."""
        return self.ask("PATCH", path, body, **options).json

    def delete(self, path: str, **options: Any) -> Any:
        """DELETE and return what the answer says."""
        return self.ask("DELETE", path, **options).json

    def upload(self, query: str = "?id=m1&domain=gallery", *, status: int = 201, **options: Any) -> Any:
        """Send a small picture, or another file, as the part that the SDK calls `upload`."""
        content = options.pop("content", None) or photo(40, 30)
        form = {options.pop("part", "upload"): (io.BytesIO(content), options.pop("name", "lake.jpg"))}
        return self.ask("POST", f"/medias{query}", status=status, data=form, **options).json

    def pictures(self, number: int = 1) -> list[str]:
        """Make pictures without bytes and return their ids."""
        with self.app.app_context(), transaction():
            return [str(factories.picture().id) for _ in range(number)]

    def gallery(self, media: str | None = None, category: str = "/api/categories/c1") -> dict[str, Any]:
        """Make a gallery of one media and return it."""
        named = {"id": media or self.pictures()[0]}
        made: dict[str, Any] = self.post("/galleries", {"categoryUri": category, "media": named})
        return made

    def ids(self, query: str = "") -> list[str]:
        """Return the ids of a page of galleries."""
        return [each["id"] for each in self.get(f"/galleries{query}")["results"]]


def look_at(answer: TestResponse) -> None:
    """Find what no answer may be: HTML, a traceback, a cookie, an error in another shape."""
    assert answer.mimetype != "text/html", answer.text[:500]
    assert "Traceback" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        assert answer.json == {
            "statusCode": answer.status_code,
            "message": answer.json["message"],
            "error": HTTPStatus(answer.status_code).phrase,
        }
        told = answer.json["message"]
        assert told
        assert all(isinstance(each, str) for each in ([told] if isinstance(told, str) else told))
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.fixture
def make_sherl(app: Flask, make_key: Callable[..., str]) -> Callable[..., Sherl]:
    """Make programs with some of somebody's permissions, or all."""
    return lambda person, *permissions: Sherl(app, make_key(person, *permissions))


@beginning
def managing_key(app: Flask, cast: Cast) -> str:
    """The editor's key."""
    return add_key(app, cast.ed)


@beginning
def reading_key(app: Flask, cast: Cast) -> str:
    """A key of the editor's to read with."""
    return add_key(app, cast.ed, *READS)


@pytest.fixture
def sherl(app: Flask, managing_key: str) -> Sherl:
    """The editor's program."""
    return Sherl(app, managing_key)


@pytest.fixture
def reader(app: Flask, reading_key: str) -> Sherl:
    """A program that may only read."""
    return Sherl(app, reading_key)


@pytest.fixture
def nobody(app: Flask, cast: Cast) -> Sherl:
    """A program that shows nothing but an empty bearer."""
    return Sherl(app)
