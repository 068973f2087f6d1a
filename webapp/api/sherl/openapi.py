"""The dialect's OpenAPI document, made of the routes themselves."""

import functools
from typing import Any, Final

from flask import Response

from webapp.api import documents
from webapp.api.documents import Manner
from webapp.api.sherl import answers, shapes
from webapp.api.sherl.credentials import KEY, SECRET
from webapp.api.sherl.medias import PART
from webapp.api.sherl.routing import OPERATIONS, PREFIX, route
from webapp.doors import PUBLIC

PATH: Final = "/sherl/openapi.json"
ADDRESS: Final = f"{PREFIX}{PATH}"
MANNER: Final = Manner(
    title="Vitrine: the Sherl dialect",
    description="Galleries by category, medias, and dynamic backgrounds, as the SDK of Sherl speaks of them. "
    f"A key is shown whole as a bearer, or its half before the dot as {KEY} and the one behind as {SECRET}.",
    prefix=PREFIX,
    scheme={"type": "http", "scheme": "bearer"},
    instead={
        "publicHalf": {"type": "apiKey", "in": "header", "name": KEY},
        "secretHalf": {"type": "apiKey", "in": "header", "name": SECRET},
    },
    problem=shapes.Problem,
    faults=shapes.Problem,
    faulty=400,
    files=("upload_media",),
    part=PART,
)


@route("GET", PATH, PUBLIC)
def openapi() -> Response:
    """OpenAPI Document"""
    return answers.send_tagged(document())


@functools.cache
def document() -> dict[str, Any]:
    """Return the document."""
    return documents.document([each for each in OPERATIONS if each.name != "openapi"], MANNER)
