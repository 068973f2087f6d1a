"""The document that describes the dialect is made of its routes, and true."""

from typing import Any

import pytest
from flask import Flask

from tests.api.cms.conftest import Program, Programs
from webapp.api.cms.routing import OPERATIONS


@pytest.fixture
def document(programs: Programs) -> Any:
    """The document, which anybody may read."""
    return programs.stranger.get("/openapi.json").json


def test_openapi_names_every_route(document: Any, app: Flask) -> None:
    described = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    routed = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("cms.") and rule.endpoint != "cms.openapi"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert described == routed
    assert len(described) == len(OPERATIONS) - 1


def references(value: Any) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if "$ref" in value else set()
        return own.union(*(references(each) for each in value.values()))
    return set().union(*(references(each) for each in value)) if isinstance(value, list) else set()


def test_openapi_refers_to_nothing_that_is_missing(document: Any) -> None:
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}

    assert references(document) <= known
    assert known <= references(document) | {"#/components/schemas/GalleryListQuery", "#/components/schemas/ListQuery"}


def test_openapi_says_permissions_and_answers(document: Any) -> None:
    create = document["paths"]["/api/v1/galleries"]["post"]

    assert create["description"] == "Required permission: galleries:create"
    assert create["security"] == [{"bearer": []}]
    schema = create["responses"]["201"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/GalleryResponse"}
    assert set(create["responses"]) == {"201", "401", "403", "422"}
    listing = document["paths"]["/api/v1/galleries"]["get"]
    names = {parameter["name"] for parameter in listing["parameters"]}
    assert names == {"skip", "limit", "page", "per_page", "search", "status"}
    one = document["paths"]["/api/v1/galleries/{id}/media/{media_id}"]["patch"]
    assert [parameter["name"] for parameter in one["parameters"]] == ["id", "media_id"]
    assert "multipart/form-data" in document["paths"]["/api/v1/media/upload"]["post"]["requestBody"]["content"]
    assert "security" not in document["paths"]["/api/v1/auth/login"]["post"]


def test_openapi_requires_what_is_required(document: Any) -> None:
    schemas = document["components"]["schemas"]
    required = {name: schemas[name].get("required", []) for name in ("GalleryCreate", "GalleryUpdate", "Translation")}

    assert required == {"GalleryCreate": ["slug"], "GalleryUpdate": [], "Translation": ["language_id", "title"]}
    assert schemas["GalleryCreate"]["properties"]["slug"]["maxLength"] == 255


def test_openapi_is_not_sent_twice(ed: Program) -> None:
    tag = ed.get("/openapi.json").headers["ETag"]

    assert ed.get("/openapi.json", status=304, headers={"If-None-Match": tag}).data == b""
