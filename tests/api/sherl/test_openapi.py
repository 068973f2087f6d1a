"""The document that describes the dialect is made of its routes, and its page shows how the SDK asks."""

from typing import Any

import pytest
from flask import Flask

from tests.api.sherl.conftest import Sherl
from tests.fixtures.app import on_sqlite
from tests.fixtures.browser import Browser

pytestmark = on_sqlite

UNTOLD = {("DELETE", "/api/galleries"), ("DELETE", "/api/galleries/"), ("GET", "/api/sherl/openapi.json")}
"""What always refuses, and the document itself."""


@pytest.fixture
def document(nobody: Sherl) -> Any:
    """The document, which anybody may read."""
    return nobody.get("/sherl/openapi.json")


def test_openapi_names_every_route(document: Any, app: Flask) -> None:
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    routed = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("sherl.")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert described == routed - UNTOLD


def test_openapi_says_how_to_come_in(document: Any) -> None:
    listing = document["paths"]["/api/galleries"]["get"]

    assert listing["security"] == [{"key": []}, {"publicHalf": [], "secretHalf": []}]
    schemes = document["components"]["securitySchemes"]
    assert schemes["key"] == {"type": "http", "scheme": "bearer"}
    assert [schemes[each]["name"] for each in ("publicHalf", "secretHalf")] == ["X-WZ-API-KEY", "X-WZ-API-SECRET"]
    assert document["paths"]["/api/auth/login"]["post"]["security"] == []


def test_openapi_calls_a_file_upload(document: Any) -> None:
    body = document["paths"]["/api/medias"]["post"]["requestBody"]

    schema = body["content"]["multipart/form-data"]["schema"]
    assert (list(schema["properties"]), schema["required"]) == (["upload"], ["upload"])


def test_openapi_takes_any_text_for_an_id(document: Any) -> None:
    for path in ("/api/galleries/{id}", "/api/medias/{id}"):
        (told,) = (each for each in document["paths"][path]["get"]["parameters"] if each["in"] == "path")
        assert told["schema"] == {"type": "string", "maxLength": 255}


def test_page_shows_how_a_file_is_sent(ed: Browser) -> None:
    page = ed.page("/reference/sherl")

    examples = page.one("details", id="upload_media").words
    for line in ("-F 'upload=@lake.jpg'", 'body.append("upload", file)', '"upload": open("lake.jpg", "rb")'):
        assert line in examples
    form = page.one("form", id="upload_media-try")
    assert [each["data-name"] for each in form.all("input") if each.get("data-in") == "file"] == ["upload"]


def test_openapi_says_what_is_a_sentence(document: Any) -> None:
    answers = document["paths"]["/api/medias/{id}"]["delete"]["responses"]

    assert list(answers["201"]["content"]) == ["text/plain"]
    assert list(answers["404"]["content"]) == ["application/json"]
