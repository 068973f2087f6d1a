"""OpenAPI 3.1 documents, made of a dialect's routes: the schemas that judge requests, and the shapes that answer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import models_json_schema

from webapp.api.operations import Operation
from webapp.doors import PUBLIC, SIGNED_IN

REF: Final = "#/components/schemas/{model}"
JSON: Final = "application/json"
TEXT: Final = "text/plain"
TEXT_SCHEMA: Final = {"type": "string"}
KEY_SCHEMA: Final = {"type": "string", "minLength": 1, "maxLength": 255}
FILE_SCHEMA: Final = {"type": "string", "contentMediaType": "application/octet-stream"}
SPELT: Final = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
"""Limits that pydantic names by Python's words where a validator stands before them."""

WORDS: Final = {
    200: "Done",
    201: "Made",
    204: "Done; there is nothing to say",
    304: "It is as you know it",
    400: "That cannot be done",
    401: "No key, or one that is no good",
    403: "The key may not do this",
    404: "Nothing is there",
    409: "Something else stands in the way",
    412: "Somebody else changed it since you read it",
    413: "The body is too large",
    415: "The body is no JSON",
    422: "The request has faults",
    429: "Too many requests; Retry-After says when to come back",
    503: "Busy just now; nothing was changed",
    507: "There is no room left",
}


@dataclass(frozen=True, kw_only=True)
class Manner:
    """How a dialect describes itself.

    `scheme` is how a key is shown, `instead` are schemes that together stand for it. `problem` is the shape of what
    it refuses, `faults` that of a request with faults, which has the status `faulty`; `files` are the operations that
    take a file, as the `part` of a form.
    """

    title: str
    description: str
    prefix: str
    scheme: Mapping[str, str]
    problem: Any
    faults: Any
    faulty: int
    files: Sequence[str] = field(default=())
    part: str = "file"
    instead: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def document(operations: Iterable[Operation], manner: Manner) -> dict[str, Any]:
    """Return the document of these operations."""
    listed = list(operations)
    models = {model for each in listed for model in (each.query, *_models(each.body)) if model}
    named = sorted(models, key=lambda model: model.__name__)
    _, schemas = models_json_schema([(model, "validation") for model in named], ref_template=REF)
    definitions = dict(schemas.get("$defs", {}))
    paths: dict[str, dict[str, Any]] = {}
    for each in listed:
        paths.setdefault(manner.prefix + each.path, {})[each.method.lower()] = _operation(each, definitions, manner)
    found: dict[str, Any] = _spelt(
        {
            "openapi": "3.1.0",
            "info": {"title": manner.title, "description": manner.description, "version": "1"},
            "paths": paths,
            "components": {"schemas": definitions, "securitySchemes": {"key": manner.scheme, **manner.instead}},
        }
    )
    return found


def _models(body: Any) -> list[type[BaseModel]]:
    """Return the model of a body, which may be optional."""
    kinds = (body, *getattr(body, "__args__", ()))
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]


def _operation(each: Operation, definitions: dict[str, Any], manner: Manner) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": each.name,
        "summary": each.summary,
        "tags": [each.path.split("/")[1]],
        "parameters": [*_ids(each), *_query(each, definitions), *_headers(each)],
        "responses": {
            str(status): _response(each, status, definitions, manner) for status in _statuses(each, manner)
        },
    }
    if each.name in manner.files:
        form = {"type": "object", "required": [manner.part], "properties": {manner.part: FILE_SCHEMA}}
        found["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": form}}}
    elif models := _models(each.body):
        schema = {"$ref": REF.format(model=models[0].__name__)}
        found["requestBody"] = {"required": not each.body_is_optional, "content": {JSON: {"schema": schema}}}
    if each.permission == PUBLIC:
        return found | {"security": []}
    wanted = "Any key" if each.permission == SIGNED_IN else f"Required permission: {each.permission}"
    return found | {"security": _security(manner), "description": wanted}


def _security(manner: Manner) -> list[dict[str, list[str]]]:
    ways: list[dict[str, list[str]]] = [{"key": []}]
    return [*ways, {name: [] for name in manner.instead}] if manner.instead else ways


def _ids(each: Operation) -> list[dict[str, Any]]:
    schemas = [TypeAdapter(kind).json_schema() for kind in each.kinds]
    named = zip(each.ids, schemas, strict=True)
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name, schema in named]


def _query(each: Operation, definitions: dict[str, Any]) -> Iterable[dict[str, Any]]:
    if each.query is None:
        return []
    model = definitions[each.query.__name__]
    wanted = {name: {"required": True} for name in model.get("required", ())}
    properties: dict[str, Any] = model.get("properties", {})
    return [
        {"name": name, "in": "query", **wanted.get(name, {}), "schema": schema} for name, schema in properties.items()
    ]


def _headers(each: Operation) -> Iterable[dict[str, Any]]:
    """Name the headers that make a request one on conditions, or one that is done once."""
    if each.method == "POST" and each.permission not in (PUBLIC, SIGNED_IN):
        yield {"name": "Idempotency-Key", "in": "header", "schema": KEY_SCHEMA}
    if 412 in each.also:
        yield {"name": "If-Match", "in": "header", "schema": TEXT_SCHEMA}
    if 304 in each.also:
        yield {"name": "If-None-Match", "in": "header", "schema": TEXT_SCHEMA}


def _statuses(each: Operation, manner: Manner) -> list[int]:
    """Say with what an operation may be answered."""
    found = {each.status, *each.also, 429, 503}
    if each.permission != PUBLIC:
        found |= {401} if each.permission == SIGNED_IN else {401, 403}
    if each.ids:
        found.add(404)
    takes_body = each.body is not None or each.name in manner.files
    if each.ids or each.query or takes_body or (each.method == "POST" and each.permission not in (PUBLIC, SIGNED_IN)):
        found.add(manner.faulty)
    if takes_body:
        found |= {413, 415}
    return sorted(found | ({507} if each.method != "GET" else set()))


def _response(each: Operation, status: int, definitions: dict[str, Any], manner: Manner) -> dict[str, Any]:
    kind = manner.faults if status == manner.faulty else manner.problem
    if status < 400:
        kind = each.answer if status == each.status else None
    said: dict[str, Any] = {"description": WORDS[status]}
    media_type = TEXT if kind is str else JSON
    return said if kind is None else said | {"content": {media_type: {"schema": _schema(kind, definitions)}}}


def _schema(kind: Any, definitions: dict[str, Any]) -> dict[str, Any]:
    schema = TypeAdapter(kind).json_schema(ref_template=REF, mode="serialization")
    definitions.update(schema.pop("$defs", {}))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        definitions[kind.__name__] = schema
        return {"$ref": REF.format(model=kind.__name__)}
    return schema


def _spelt(value: Any) -> Any:
    """Write limits as JSON Schema does."""
    if isinstance(value, Mapping):
        spelt = SPELT if value.get("type") in ("integer", "number") else {}
        return {spelt.get(name, name): _spelt(each) for name, each in value.items()}
    return [_spelt(each) for each in value] if isinstance(value, list) else value
