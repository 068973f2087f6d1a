"""What the plain dialect answers when something cannot be done: a code, a sentence, and the faults of a request."""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from flask import Flask, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from webapp import crowding
from webapp.api import http
from webapp.api.once import UnusableKey
from webapp.api.operations import Fault, Unprocessable
from webapp.api.plain.routing import PREFIX, blueprint
from webapp.api.refusals import BUSY, away, headers_of
from webapp.api.sending import JSON
from webapp.domain import errors as domain
from webapp.domain.transaction import release
from webapp.doors import NotSignedIn

STATUSES: Final[dict[type[domain.DomainError], int]] = {
    domain.NotFound: 404,
    domain.Conflict: 409,
    domain.Stale: 412,
    domain.Forbidden: 403,
}
EXCEPTIONS: Final = {"key_reused": 422}
"""Codes that the standard of a header answers with another status."""


def init(app: Flask) -> None:
    """Answer for everything below the dialect's path, also where no route is."""
    app.extensions.setdefault("vitrine-error-answers", {})[PREFIX] = answer
    crowding.speak_below(app, PREFIX, JSON, orjson.dumps({"code": "busy", "message": BUSY, "faults": []}))


@blueprint.errorhandler(UnusableKey)
def answer(error: Exception) -> Any:
    """Answer an error. Raises it again where it is a defect of ours."""
    release()
    http.give_up_body()
    if isinstance(error, domain.DomainError):
        return _domain(error)
    if isinstance(error, UnusableKey):
        return _faulty([{"field": "Idempotency-Key", "message": error.message, "code": "idempotency_key"}])
    if isinstance(error, NotSignedIn):
        return say(401, "not_authenticated", "Send a key as a bearer.", {"WWW-Authenticate": "Bearer"})
    if isinstance(error, HTTPException):
        return _http(error)
    refused = away(error)
    return say(refused.status, refused.code, refused.message, refused.headers)


def _domain(error: domain.DomainError) -> Response:
    if isinstance(error, domain.Invalid):
        return _faulty([{"field": error.field, "message": str(error.message), "code": error.code}])
    status = next((status for kind, status in STATUSES.items() if isinstance(error, kind)), 400)
    return say(EXCEPTIONS.get(error.code, status), error.code, error.message)


def say(
    status: int,
    code: str,
    message: str,
    headers: dict[str, str] | None = None,
    faults: Sequence[dict[str, Any]] = (),
) -> Response:
    """Answer with what is wrong."""
    body = orjson.dumps({"code": code, "message": str(message), "faults": list(faults)}, default=str)
    return Response(body, status=status, mimetype=JSON, headers={"Cache-Control": "no-store"} | (headers or {}))


def _faulty(faults: Sequence[dict[str, Any]]) -> Response:
    return say(422, "faulty", "The request has faults.", faults=faults)


def _http(error: HTTPException) -> Any:
    if isinstance(error, RequestRedirect):
        return error
    if isinstance(error, Unprocessable):
        return _faulty([_named(each) for each in error.faults])
    answered = say(error.code or 500, error.name.lower().replace(" ", "_"), error.description or error.name)
    answered.headers.update(headers_of(error))
    return answered


def _named(found: Fault) -> dict[str, Any]:
    """Say which field a fault is about: what stands after `path`, `query` or `body`."""
    field = ".".join(str(each) for each in found["loc"][1:]) or str(found["loc"][0])
    return {"field": field, "message": found["msg"], "code": found["type"]}
