"""The dialect's OpenAPI document, made of the routes themselves."""

import functools
from typing import Any, Final

from flask import Response

from webapp.api import documents
from webapp.api.cms import answers, shapes
from webapp.api.cms.routing import OPERATIONS, PREFIX, route
from webapp.api.documents import Manner
from webapp.doors import PUBLIC

MANNER: Final = Manner(
    title="Vitrine: the CMS dialect",
    description="Galleries with texts in several languages and media in their order, the library, and the languages.",
    prefix=PREFIX,
    scheme={"type": "http", "scheme": "bearer"},
    problem=shapes.Problem,
    faults=shapes.Faults,
    faulty=422,
    files=("upload_media",),
)


@route("GET", "/openapi.json", PUBLIC)
def openapi() -> Response:
    """OpenAPI Document"""
    return answers.send_tagged(document())


@functools.cache
def document() -> dict[str, Any]:
    """Return the document."""
    return documents.document([each for each in OPERATIONS if each.name != "openapi"], MANNER)
