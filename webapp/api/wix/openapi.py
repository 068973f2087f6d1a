"""The dialect's OpenAPI document, made of the routes themselves, below the SDK's path."""

import functools
from dataclasses import replace
from typing import Any, Final

from flask import Response

from webapp.api import documents
from webapp.api.documents import Manner
from webapp.api.wix import answers, shapes, site_search
from webapp.api.wix.routing import BASES, OPERATIONS, route
from webapp.doors import PUBLIC

PATH: Final = "/openapi.json"
MANNER: Final = Manner(
    title="Vitrine: the Wix dialect",
    description="Galleries and their items as the SDK of Wix Pro Gallery speaks of them: status 200 and JSON.",
    prefix=BASES["wix"],
    scheme={"type": "apiKey", "in": "header", "name": "Authorization"},
    problem=shapes.Problem,
    faults=shapes.Problem,
    faulty=400,
)


@route("GET", PATH, PUBLIC)
def openapi() -> Response:
    """OpenAPI Document"""
    return answers.send_tagged(document())


@functools.cache
def document() -> dict[str, Any]:
    """Return the document: the operations below the SDK's path, and the search beside them."""
    found = documents.document([each for each in OPERATIONS if each.name != "openapi"], MANNER)
    beside = documents.document(site_search.ROUTES.operations, replace(MANNER, prefix=""))
    found["paths"] |= beside["paths"]
    found["components"]["schemas"] |= beside["components"]["schemas"]
    return found
