"""The dialect's OpenAPI document, made of the routes themselves."""

import functools
from collections.abc import Iterable
from typing import Any, Final

from flask import Response
from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from webapp.api.cms import answers, shapes
from webapp.api.cms.routing import OPERATIONS, PREFIX, Operation, route
from webapp.doors import PUBLIC

REF: Final = "#/components/schemas/{model}"
UUID_SCHEMA: Final = {"type": "string", "format": "uuid"}
FILE_SCHEMA: Final = {
    "type": "object",
    "required": ["file"],
    "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
}


@route("GET", "/openapi.json", PUBLIC)
def openapi() -> Response:
    """OpenAPI Document"""
    return answers.send_tagged(document())


@functools.cache
def document() -> dict[str, Any]:
    """Return the document."""
    operations = [each for each in OPERATIONS if each.name != "openapi"]
    models = {model for each in operations for model in (each.query, each.body) if model}
    _, schemas = models_json_schema([(model, "validation") for model in sorted(models, key=_name)], ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    definitions = dict(schemas["$defs"])
    for each in operations:
        paths.setdefault(PREFIX + each.path, {})[each.method.lower()] = _operation(each, definitions)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Vitrine: the CMS dialect", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _name(model: type[BaseModel]) -> str:
    return model.__name__


def _operation(each: Operation, definitions: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.summary,
        "tags": [each.path.split("/")[1]],
        "parameters": [*_ids(each), *_query(each, definitions)],
        "responses": _responses(each, definitions),
    }
    if each.body:
        found["requestBody"] = _content({"$ref": REF.format(model=each.body.__name__)}, "application/json")
    if each.name == "upload_media":
        found["requestBody"] = _content(FILE_SCHEMA, "multipart/form-data")
    if each.permission != PUBLIC:
        found |= {"security": [{"bearer": []}], "description": f"Required permission: {each.permission}"}
    return found


def _ids(each: Operation) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": UUID_SCHEMA} for name in each.ids]


def _query(each: Operation, definitions: dict[str, Any]) -> Iterable[dict[str, Any]]:
    if each.query is None:
        return []
    properties: dict[str, Any] = definitions[each.query.__name__]["properties"]
    return [{"name": name, "in": "query", "schema": schema} for name, schema in properties.items()]


def _responses(each: Operation, definitions: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {str(each.status): {"description": "Done"}}
    if each.answer is not None:
        found[str(each.status)] |= _content(_schema(each.answer, definitions), "application/json", required=False)
    wrong = [422] if each.ids or each.query or each.body else []
    missing = [404] if each.ids else []
    refused = [401, 403] if each.permission != PUBLIC else []
    for status in (*refused, *missing, *wrong):
        model = shapes.Faults if status == 422 else shapes.Problem
        content = _content(_schema(model, definitions), "application/json", required=False)
        found[str(status)] = {"description": "Refused", **content}
    return found


def _schema(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    schema = TypeAdapter(kind).json_schema(ref_template=REF, mode="serialization")
    definitions.update(schema.pop("$defs", {}))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        definitions[kind.__name__] = schema
        return {"$ref": REF.format(model=kind.__name__)}
    return schema


def _content(schema: dict[str, Any], kind: str, *, required: bool = True) -> dict[str, Any]:
    content = {"content": {kind: {"schema": schema}}}
    return content | {"required": True} if required else content
