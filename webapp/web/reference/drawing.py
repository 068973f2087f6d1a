"""From an OpenAPI document to what its page shows; any document of 3.1 will do."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from webapp.web.reference import snippets
from webapp.web.reference.schemas import Property, Schema, Schemas
from webapp.web.reference.snippets import MULTIPART, Asked

METHODS: Final = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """What is said in the address or a header; `sample` is what a try begins with."""

    name: str
    where: str
    kind: str
    required: bool
    limits: str
    sample: str


@dataclass(frozen=True, kw_only=True)
class Content:
    """A body that is sent or answered; `sample` is JSON."""

    media_type: str
    kind: str
    properties: tuple[Property, ...]
    sample: str

    @property
    def part(self) -> str:
        """Return the first name, which in a form is its file's."""
        return next((each.name for each in self.properties), "file")


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What may come back."""

    status: str
    description: str
    content: Content | None


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing that may be asked for; `scheme` stands before the key, None where no key is needed."""

    id: str
    method: str
    path: str
    summary: str
    description: str
    scheme: str | None
    parameters: tuple[Parameter, ...]
    body: Content | None
    answers: tuple[Answer, ...]
    examples: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Page:
    """All operations of a document by group."""

    title: str
    version: str
    description: str
    groups: Mapping[str, list[Operation]]


def draw(document: Schema, *, base_url: str) -> Page:
    """Draw a document; the examples ask the server at `base_url`."""
    groups: dict[str, list[Operation]] = {}
    for path, method, told in _operations(document):
        drawn = _operation(document, path, method, told, base_url)
        groups.setdefault(next(iter(told.get("tags", ())), "other"), []).append(drawn)
    info = document["info"]
    return Page(title=info["title"], version=info["version"], description=info.get("description", ""), groups=groups)


def _operations(document: Schema) -> Iterator[tuple[str, str, Schema]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, {"parameters": [], **item[method]}


def _operation(document: Schema, path: str, method: str, told: Schema, base_url: str) -> Operation:
    schemas = Schemas(document)
    parameters = tuple(_parameter(schemas, each) for each in told["parameters"])
    body = _content(schemas, told.get("requestBody", {}), whole=False)
    scheme = _scheme(document, told)
    asked = Asked(
        method=method.upper(),
        url=base_url + _address(path, parameters),
        scheme=scheme,
        media_type=body.media_type if body else "",
        body=json.loads(body.sample) if body and body.sample else None,
        part=body.part if body else "file",
    )
    return Operation(
        id=re.sub(r"[^\w-]", "-", told.get("operationId") or f"{method}-{path}"),
        method=asked.method,
        path=path,
        summary=told.get("summary", ""),
        description=told.get("description", ""),
        scheme=scheme,
        parameters=parameters,
        body=body,
        answers=tuple(_answer(schemas, status, each) for status, each in told["responses"].items()),
        examples=snippets.all_of(asked),
    )


def _parameter(schemas: Schemas, told: Schema) -> Parameter:
    schema = told.get("schema", {})
    required = bool(told.get("required"))
    return Parameter(
        name=told["name"],
        where=told["in"],
        kind=schemas.kind(schema),
        required=required,
        limits=schemas.limits(schema),
        sample=str(schemas.sample(schema, name=told["name"])) if required else "",
    )


def _content(schemas: Schemas, told: Schema, *, whole: bool) -> Content | None:
    for media_type, found in told.get("content", {}).items():
        schema = found.get("schema", {})
        sample: Any = found.get("example") or schemas.sample(schema, whole=whole)
        return Content(
            media_type=media_type,
            kind=schemas.kind(schema),
            properties=schemas.properties(schema),
            sample="" if media_type == MULTIPART else json.dumps(sample, indent=2, ensure_ascii=False),
        )
    return None


def _answer(schemas: Schemas, status: str, told: Schema) -> Answer:
    return Answer(status=status, description=told.get("description", ""), content=_content(schemas, told, whole=True))


def _scheme(document: Schema, told: Schema) -> str | None:
    """Return what stands before the key in `Authorization`, None where none is asked for."""
    wanted = told.get("security", document.get("security", []))
    names = [name for each in wanted for name in each]
    if not names:
        return None
    kind = document.get("components", {}).get("securitySchemes", {}).get(names[0], {})
    return "Bearer " if kind.get("scheme", "").lower() == "bearer" else ""


def _address(path: str, parameters: tuple[Parameter, ...]) -> str:
    """Write an address with a sample for each part, and for what a query has to have."""
    for each in parameters:
        path = path.replace(f"{{{each.name}}}", quote(each.sample)) if each.where == "path" else path
    query = "&".join(
        f"{each.name}={quote(each.sample)}" for each in parameters if each.where == "query" and each.required
    )
    return f"{path}?{query}" if query else path
