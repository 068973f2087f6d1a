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
from webapp.api.operations import Fault
from webapp.api.plain.routing import PREFIX, Unprocessable, blueprint
from webapp.domain import errors as domain
from webapp.domain.transaction import Collision, Trouble, release, trouble
from webapp.doors import NotSignedIn

JSON: Final = "application/json"
RETRY_SECONDS: Final = 5
BUSY: Final = "Busy just now. Nothing was changed; try again in a few seconds."
FULL: Final = "There is no room left on the disk. Nothing was saved."

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
    return _http(error) if isinstance(error, HTTPException) else _troubled(error)


def _domain(error: domain.DomainError) -> Response:
    if isinstance(error, domain.Invalid):
        return _faulty([{"field": error.field, "message": str(error.message), "code": error.code}])
    status = next((status for kind, status in STATUSES.items() if isinstance(error, kind)), 400)
    return say(EXCEPTIONS.get(error.code, status), error.code, error.message)


def _troubled(error: Exception) -> Response:
    """Answer for a database in trouble. Raises anything else again."""
    if isinstance(error, Collision):
        return say(409, "collision", "Somebody else changed this at the same moment. Try again.")
    if trouble(error) is Trouble.FULL:
        return say(507, "full", FULL)
    if trouble(error) is not None:
        return say(503, "busy", BUSY, {"Retry-After": str(RETRY_SECONDS)})
    raise error


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
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            answered.headers[name] = value
    return answered


def _named(found: Fault) -> dict[str, Any]:
    """Say which field a fault is about: what stands after `path`, `query` or `body`."""
    field = ".".join(str(each) for each in found["loc"][1:]) or str(found["loc"][0])
    return {"field": field, "message": found["msg"], "code": found["type"]}
