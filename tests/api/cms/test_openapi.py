"""The document that describes the dialect is made of its routes, and true."""

import json
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
    assert create["security"] == [{"key": []}]
    assert document["components"]["securitySchemes"] == {"key": {"type": "http", "scheme": "bearer"}}
    schema = create["responses"]["201"]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/GalleryResponse"}
    refusals = {"401", "403", "404", "409", "413", "415", "422", "429", "503", "507"}
    assert set(create["responses"]) == {"201"} | refusals
    listing = document["paths"]["/api/v1/galleries"]["get"]
    names = {parameter["name"] for parameter in listing["parameters"]}
    assert names == {"skip", "limit", "page", "per_page", "search", "status"}
    one = document["paths"]["/api/v1/galleries/{id}/media/{media_id}"]["patch"]
    assert [parameter["name"] for parameter in one["parameters"]] == ["id", "media_id", "If-Match"]
    assert "multipart/form-data" in document["paths"]["/api/v1/media/upload"]["post"]["requestBody"]["content"]
    assert document["paths"]["/api/v1/auth/login"]["post"]["security"] == []


def test_openapi_names_the_headers_of_conditions(document: Any) -> None:
    def headers(path: str, method: str) -> list[str]:
        told = document["paths"][f"/api/v1{path}"][method]["parameters"]
        return [parameter["name"] for parameter in told if parameter["in"] == "header"]

    assert headers("/galleries", "post") == ["Idempotency-Key"]
    assert headers("/galleries/{id}", "get") == ["If-Match", "If-None-Match"]
    assert headers("/galleries/{id}", "delete") == ["If-Match"]
    assert headers("/auth/login", "post") == headers("/auth/logout", "post") == []


def test_openapi_spells_limits_as_json_schema_does(document: Any) -> None:
    told = document["paths"]["/api/v1/galleries"]["get"]["parameters"]
    limit = next(parameter["schema"] for parameter in told if parameter["name"] == "limit")

    assert (limit["minimum"], limit["maximum"]) == (1, 1000)
    assert '"ge"' not in json.dumps(document)


def test_openapi_has_words_for_every_answer(document: Any) -> None:
    answers = [
        (operation, status, answer)
        for item in document["paths"].values()
        for operation in item.values()
        for status, answer in operation["responses"].items()
    ]
    assert all(answer["description"] for _, _, answer in answers)
    assert {status for _, status, answer in answers if "content" not in answer} == {"204", "304"}


def test_openapi_requires_what_is_required(document: Any) -> None:
    schemas = document["components"]["schemas"]
    required = {name: schemas[name].get("required", []) for name in ("GalleryCreate", "GalleryUpdate", "Translation")}

    assert required == {"GalleryCreate": ["slug"], "GalleryUpdate": [], "Translation": ["language_id", "title"]}
    assert schemas["GalleryCreate"]["properties"]["slug"]["maxLength"] == 255


def test_openapi_is_not_sent_twice(ed: Program) -> None:
    tag = ed.get("/openapi.json").headers["ETag"]

    assert ed.get("/openapi.json", status=304, headers={"If-None-Match": tag}).data == b""
