"""The dialect's OpenAPI document, made of the routes themselves."""

import functools
from typing import Any, Final

from flask import Response

from webapp.api import documents
from webapp.api.documents import Manner
from webapp.api.plain import answers, shapes
from webapp.api.plain.routing import OPERATIONS, PREFIX, route
from webapp.doors import PUBLIC

MANNER: Final = Manner(
    title="Vitrine: webhooks",
    description="Who is told of what happens, and how that goes.",
    prefix=PREFIX,
    scheme={"type": "http", "scheme": "bearer"},
    problem=shapes.Problem,
    faults=shapes.Problem,
    faulty=422,
)


@route("GET", "/openapi.json", PUBLIC)
def plain_openapi() -> Response:
    """OpenAPI Document"""
    return answers.send_tagged(document())


@functools.cache
def document() -> dict[str, Any]:
    """Return the document."""
    return documents.document([each for each in OPERATIONS if each.name != "plain_openapi"], MANNER)
