"""What the CMS dialect answers when something cannot be done: `{"detail": …}`, as FastAPI says it."""

from typing import Any, Final

import orjson
from flask import Flask, Response, current_app, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import RequestRedirect

from webapp import crowding
from webapp.api import http
from webapp.api.cms.routing import PREFIX, blueprint, fault
from webapp.api.operations import Unprocessable
from webapp.api.refusals import BUSY, away, headers_of
from webapp.api.sending import JSON
from webapp.domain import errors as domain
from webapp.domain.lockout import LockedOut
from webapp.domain.sessions import SignInRefused
from webapp.domain.transaction import release
from webapp.doors import NotSignedIn
from webapp.infra.images import Overloaded
from webapp.infra.storage import StorageError

BEARER: Final = {"WWW-Authenticate": "Bearer"}
FILE_TYPE: Final = "File type not allowed"
NO_PICTURE: Final = ("not_a_picture", "unsupported_type")

STATUSES: Final[dict[type[domain.DomainError], int]] = {
    domain.NotFound: 404,
    domain.Conflict: 409,
    domain.Stale: 412,
    domain.Forbidden: 403,
    SignInRefused: 401,
    LockedOut: 429,
}
EXCEPTIONS: Final = {"already_there": 400, "incomplete_order": 400, "key_reused": 422}
"""Codes that the seed, or the standard of a header, answers with another status."""


def init(app: Flask) -> None:
    """Answer for everything below the dialect's path, also where no route is."""
    app.extensions.setdefault("vitrine-error-answers", {})[PREFIX] = answer
    crowding.speak_below(app, PREFIX, JSON, _body(BUSY))


@blueprint.errorhandler(Overloaded)
@blueprint.errorhandler(StorageError)
def answer(error: Exception) -> Any:
    """Answer an error. Raises it again where it is a defect of ours."""
    release()
    http.give_up_body()
    if isinstance(error, domain.DomainError):
        return _answer_domain(error)
    if isinstance(error, NotSignedIn):
        return _say(401, "Not authenticated", BEARER)
    if isinstance(error, HTTPException):
        return _answer_http(error)
    refused = away(error)
    return _say(refused.status, refused.message, refused.headers)


def _answer_domain(error: domain.DomainError) -> Response:
    if isinstance(error, domain.Invalid) and error.code not in EXCEPTIONS:
        return _answer_invalid(error)
    kinds = (status for kind, status in STATUSES.items() if isinstance(error, kind))
    status = EXCEPTIONS.get(error.code) or next(kinds, 400)
    headers = dict(BEARER) if status == 401 else {}
    if "retry_after" in error.details:
        headers["Retry-After"] = str(error.details["retry_after"])
    return _say(status, error.message, headers)


def _answer_invalid(error: domain.Invalid) -> Response:
    """Answer what only the domain could see: bytes of a file with 400, a field as pydantic would."""
    if error.field == "file":
        return _say(400, FILE_TYPE if error.code in NO_PICTURE else error.message)
    body = request.get_json(silent=True) if request.is_json else None
    given = body.get(error.field) if isinstance(body, dict) else None
    return _say(422, [fault("value_error", ("body", error.field), f"Value error, {error.message}", given, error={})])


def _answer_http(error: HTTPException) -> Any:
    if isinstance(error, RequestRedirect):
        return error
    if isinstance(error, Unprocessable):
        return _say(422, error.faults)
    if isinstance(error, NotFound) and (elsewhere := _without_slash()):
        return Response(status=307, headers={"Location": elsewhere, "Content-Type": JSON})
    own_words = error.code not in (404, 405, 500)
    answered = _say(error.code or 500, error.description if own_words else error.name)
    answered.headers.update(headers_of(error))
    return answered


def _without_slash() -> str | None:
    """Return where the address leads without the slash at its end, as FastAPI does."""
    path = request.path.rstrip("/")
    if path == request.path or not path.startswith(PREFIX):
        return None
    try:
        current_app.url_map.bind("").match(path, method=request.method)
    except HTTPException:
        return None
    query = request.query_string.decode("latin-1")
    return f"{path}?{query}" if query else path


def _say(status: int, detail: Any, headers: dict[str, str] | None = None) -> Response:
    headers = {"Cache-Control": "no-store"} | (headers or {})
    return Response(_body(detail), status=status, mimetype=JSON, headers=headers)


def _body(detail: Any) -> bytes:
    return orjson.dumps({"detail": detail}, default=str)
