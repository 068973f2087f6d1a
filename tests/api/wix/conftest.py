"""Programs that speak Wix, and things for them to work on."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests import factories
from tests.api.conftest import add_key
from tests.fixtures.app import Cast
from tests.fixtures.beginnings import beginning
from webapp.domain.transaction import transaction

BASE = "/progallery/v2"
READS = ("galleries:read", "media:read")


class Wix:
    """A client that shows a key or a token, raw as the SDK does; paths stand below `/progallery/v2`."""

    def __init__(self, app: Flask, token: str | None = None, base: str = BASE):
        self.app, self.token, self.base = app, token, base
        self.client = app.test_client(use_cookies=False)

    def ask(
        self, method: str, path: str, body: Any = None, *, status: int | None = 200, **options: Any
    ) -> TestResponse:
        """Send a request, a body as JSON, and look at what every answer has to be."""
        headers = {"Authorization": self.token} if self.token else {}
        if body is not None:
            options["json"] = body
        options["headers"] = headers | options.get("headers", {})
        answer = self.client.open(f"{options.pop('base', self.base)}{path}", method=method, **options)
        look_at(answer)
        assert status is None or answer.status_code == status, f"{answer.status_code}: {answer.text[:800]}"
        return answer

    def get(self, path: str, **options: Any) -> Any:
        """GET and return what the answer says."""
        return self.ask("GET", path, **options).json

    def post(self, path: str, body: Any = None, **options: Any) -> Any:
        """POST and return what the answer says."""
        return self.ask("POST", path, body, **options).json

    def patch(self, path: str, body: Any = None, **options: Any) -> Any:
        """PATCH and return what the answer says."""
        return self.ask("PATCH", path, body, **options).json

    def delete(self, path: str, body: Any = None, **options: Any) -> Any:
        """DELETE and return what the answer says."""
        return self.ask("DELETE", path, body, **options).json

    def gallery(self, *items: dict[str, Any], name: str = "Simple Gallery", **more: Any) -> dict[str, Any]:
        """Make a gallery and return it."""
        made = self.post("/galleries", {"gallery": {"name": name, "items": list(items)} | more})
        return made["gallery"]

    def items(self, gallery_id: str, **query: Any) -> list[dict[str, Any]]:
        """Return a gallery's items as they are shown."""
        return self.get(f"/galleries/{gallery_id}/items", query_string=query)["items"]

    def picture(self) -> dict[str, Any]:
        """Make a picture of the library, without bytes, and return how an item names it."""
        with self.app.app_context(), transaction():
            found = factories.picture()
            return {"imageInfo": {"id": found.filename, "width": 0, "height": 0}}


def text(html: str = "<p>Hello</p>", **more: Any) -> dict[str, Any]:
    """Return an item that shows a text."""
    return {"text": {"html": html}} | more


def look_at(answer: TestResponse) -> None:
    """Find what no answer may be: HTML, a traceback, an error that the SDK would not understand."""
    assert answer.status_code == 304 or answer.mimetype == "application/json", answer.text[:500]
    assert "Traceback" not in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Wix-Request-Id"]
    if answer.status_code >= 400 and answer.request.method != "HEAD":
        assert set(answer.json) == {"message", "details"}, answer.text
        assert len(answer.json["details"]) == 1, answer.text


def code(answer: TestResponse) -> str:
    """Return the code of an applicationError."""
    return answer.json["details"]["applicationError"]["code"]


def fields(answer: TestResponse) -> dict[str, str]:
    """Return the rules that were broken by the fields that broke them."""
    found = answer.json["details"]["validationError"]["fieldViolations"]
    return {each["field"]: each["violatedRule"] for each in found}


@pytest.fixture
def make_wix(app: Flask, make_key: Callable[..., str]) -> Callable[..., Wix]:
    """Make programs with some of somebody's permissions, or all."""
    return lambda person, *permissions: Wix(app, make_key(person, *permissions))


@beginning
def managing_key(app: Flask, cast: Cast) -> str:
    """The editor's key."""
    return add_key(app, cast.ed)


@beginning
def reading_key(app: Flask, cast: Cast) -> str:
    """A key of the editor's to read with."""
    return add_key(app, cast.ed, *READS)


@pytest.fixture
def wix(app: Flask, managing_key: str) -> Wix:
    """The editor's app, with the scope to manage galleries."""
    return Wix(app, managing_key)


@pytest.fixture
def reader(app: Flask, reading_key: str) -> Wix:
    """An app with the scope to read galleries."""
    return Wix(app, reading_key)


@pytest.fixture
def visitor(app: Flask) -> Wix:
    """A visitor's app, with the token that anybody is given."""
    given = Wix(app, base="").post("/oauth2/token", {"clientId": "headless-1", "grantType": "anonymous"})
    return Wix(app, given["access_token"])


@pytest.fixture
def nobody(app: Flask) -> Wix:
    """An app that shows nothing."""
    return Wix(app)
