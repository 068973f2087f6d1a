"""The pages about what programs may ask for: made of any OpenAPI document, whole, and readable without scripts."""

import json
import re
from typing import Any

import pytest
from flask import Flask

from tests.fixtures.app import Cast, browser_of, on_sqlite
from tests.fixtures.browser import HTMX, Browser
from webapp import dialects
from webapp.web.reference.drawing import draw
from webapp.web.reference.schemas import DEEPEST, Schemas
from webapp.web.reference.snippets import Asked, all_of, curl, javascript, python

JSON = "application/json"
UUID = {"type": "string", "format": "uuid"}
SMALL: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Small", "version": "2"},
    "security": [{"raw": []}],
    "paths": {
        "/things/{thingId}": {
            "summary": "not an operation",
            "get": {
                "operationId": "things.get",
                "parameters": [
                    {
                        "name": "thingId",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string", "format": "uuid"},
                    },
                    {"name": "limit", "in": "query", "required": True, "schema": {"type": "integer", "default": 7}},
                    {"name": "X-Site", "in": "header", "schema": {"type": "string"}},
                ],
                "responses": {"200": {"description": "It"}, "404": {"description": "None"}},
            },
            "post": {
                "tags": ["Making"],
                "security": [],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}}},
                "responses": {"200": {"description": "Made"}},
            },
        }
    },
    "components": {
        "securitySchemes": {"raw": {"type": "apiKey", "in": "header", "name": "Authorization"}},
        "schemas": {
            "Tree": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string", "minLength": 2, "maxLength": 9},
                    "kind": {"enum": ["leaf", "twig"]},
                    "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
                    "parent": {"anyOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "null"}]},
                },
            }
        },
    },
}


def depth(properties: Any) -> int:
    return 1 + max((depth(each.inside) for each in properties), default=-1) if properties else 0


# ---- drawing: any document ----


def test_operations_are_drawn_by_group_with_what_they_need() -> None:
    page = draw(SMALL, base_url="https://x.example")

    assert (page.title, page.version, list(page.groups)) == ("Small", "2", ["other", "Making"])
    (got,) = page.groups["other"]
    assert (got.id, got.method, got.path, got.scheme) == ("things-get", "GET", "/things/{thingId}", "")
    assert [(each.name, each.where, each.required) for each in got.parameters] == [
        ("thingId", "path", True),
        ("limit", "query", True),
        ("X-Site", "header", False),
    ]
    assert re.search(r"'https://x\.example/things/[0-9a-f-]{36}\?limit=7'", got.examples["curl"])
    assert "Authorization: vk_…" in got.examples["curl"]
    (made,) = page.groups["Making"]
    assert (made.id, made.scheme, made.body.kind) == ("post--things--thingId-", None, "Tree")
    assert "Authorization" not in "".join(made.examples.values())


def test_schemas_that_hold_themselves_come_to_an_end() -> None:
    schemas = Schemas(SMALL)
    tree = {"$ref": "#/components/schemas/Tree"}

    assert depth(schemas.properties(tree)) == DEEPEST
    assert json.dumps(schemas.sample(tree, whole=True)).count('"kind"') < 50
    assert schemas.sample(tree) == {"name": "Summer by the lake"}


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "string"),
        ({"type": "string", "format": "uuid"}, "string (uuid)"),
        ({"type": ["string", "null"]}, "string or null"),
        ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer or null"),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}, "array of Tree"),
        ({"enum": ["a", "b"]}, "a | b"),
        ({"const": 3}, "3"),
        ({"$ref": "#/components/schemas/Missing"}, "any value"),
        ({}, "any value"),
    ],
)
def test_kinds_are_said_in_words(schema: dict[str, Any], kind: str) -> None:
    assert Schemas(SMALL).kind(schema) == kind


def test_limits_are_said_in_words() -> None:
    limits = Schemas(SMALL).limits({"anyOf": [{"type": "string", "maxLength": 5}, {"type": "null"}], "default": "x"})

    assert limits == "at most 5 characters, default x"
    assert Schemas(SMALL).limits({"type": "integer", "minimum": 1, "maximum": 9}) == "from 1, to 9"


# ---- examples: they are the languages that they say they are ----


def test_examples_of_python_are_python() -> None:
    for asked in (
        Asked(method="POST", url="http://x/", scheme="Bearer ", media_type=JSON, body={"a": [True, None]}),
        Asked(method="POST", url="http://x/", scheme="", media_type="multipart/form-data"),
        Asked(method="GET", url="http://x/", scheme=None),
    ):
        compile(python(asked), "example", "exec")
    assert "None" in python(Asked(method="PUT", url="/", scheme=None, media_type=JSON, body={"a": None}))


def test_examples_quote_what_a_shell_would_read() -> None:
    asked = Asked(method="POST", url="http://x/", scheme=None, media_type=JSON, body={"a": "it's"})

    assert "it'\\''s" in curl(asked)
    assert 'JSON.stringify({\n    "a": "it\'s"\n  })' in javascript(asked)
    assert set(all_of(asked)) == {"curl", "JavaScript", "Python"}


# ---- pages ----


@on_sqlite
def test_a_page_shows_every_operation_of_every_dialect(app: Flask, ed: Browser) -> None:
    with app.app_context():
        found = {name: each.document() for name, each in dialects.published().items()}
    assert "cms" in found

    for name, document in found.items():
        page = ed.page(f"/reference/{name}")
        told = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
        shown = {
            (form["data-method"], form["data-path"]) for form in page.all("form") if "data-try" in form.attributes
        }
        assert shown == told
        assert page.heading == document["info"]["title"]
        for operation in page.all("details", class_="op"):
            assert len([pre for pre in operation.all("pre") if "-code-" in pre["id"]]) == 3


@on_sqlite
def test_a_page_tries_nothing_by_cookie_or_without_script(ed: Browser) -> None:
    page = ed.page("/reference/cms")

    assert "name" not in page.one("input", id="try-key").attributes
    tries = [form for form in page.all("form") if "data-try" in form.attributes]
    assert tries
    assert all("needs-script" in form["class"] and "method" not in form.attributes for form in tries)
    assert {form.get("data-scheme") for form in tries} == {"Bearer ", None}
    assert all("data-confirm" in form.attributes for form in tries if form["data-method"] == "DELETE")


@on_sqlite
def test_the_index_leads_to_each_dialect_and_its_document(app: Flask, cast: Cast, ed: Browser) -> None:
    page = ed.page("/reference/")

    assert page.one("a", id="dialect-cms")["href"] == "/reference/cms"
    document = app.test_client().get(page.one("a", id="openapi-cms")["href"])
    assert document.json["openapi"].startswith("3.1")
    assert "this site sets no limit" in page.words
    assert "/reference/" in {link["href"] for link in ed.page("/keys/").all("a")}


@on_sqlite
@pytest.mark.parametrize("who", ["ada", "tessa", "vi"])
def test_everybody_with_an_account_may_read_it(app: Flask, cast: Cast, who: str) -> None:
    assert browser_of(app, getattr(cast, who)).page("/reference/cms").status == 200


@on_sqlite
def test_nobody_else_may(client: Browser, cast: Cast) -> None:
    for path in ("/reference/", "/reference/cms"):
        assert client.get(path).status_code == 303
        assert client.get(path, headers=HTMX).status_code == 401


@on_sqlite
def test_a_door_that_is_none_is_not_found(ed: Browser) -> None:
    assert ed.page("/reference/none", status=404).heading == "Nothing is here"


@on_sqlite
class TestLimits:
    @pytest.fixture
    def environ(self, environ: dict[str, str]) -> dict[str, str]:
        return environ | {"VITRINE_API_RATE": "100", "VITRINE_API_BURST": "1000"}

    def test_the_index_says_how_often(self, ed: Browser) -> None:
        assert "100 requests a second with a key" in ed.page("/reference/").words
        assert "and 1,000 at once" in ed.page("/reference/").words
