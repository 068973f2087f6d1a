"""What the Sherl dialect answers when something cannot be done: `{statusCode, message, error}`, as NestJS says it.

`message` is a sentence, or one for each fault of a request, which begins with the field's name.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from webapp import crowding
from webapp.api import http
from webapp.api.once import UnusableKey
from webapp.api.operations import Fault
from webapp.api.refusals import BUSY, away, headers_of
from webapp.api.sending import JSON
from webapp.api.sherl import cors
from webapp.api.sherl.routing import PREFIXES, Faulty, blueprint
from webapp.domain import errors as domain
from webapp.domain.lockout import LockedOut
from webapp.domain.sessions import SignInRefused
from webapp.domain.transaction import release
from webapp.doors import NotSignedIn
from webapp.infra.images import Overloaded
from webapp.infra.storage import StorageError

STATUSES: Final[dict[type[domain.DomainError], int]] = {
    domain.NotFound: 404,
    domain.Conflict: 409,
    domain.Stale: 412,
    domain.Forbidden: 403,
    SignInRefused: 401,
    LockedOut: 429,
}
FIELDS: Final = {"file": "upload", "category_uri": "categoryUri", "media_id": "media"}
"""The domain's fields by the names that they have here."""

WANTED: Final = "Send a key as X-WZ-API-KEY and X-WZ-API-SECRET, or an access token as Authorization: Bearer."


def init(app: Flask) -> None:
    """Answer for everything below the dialect's paths, also where no route is."""
    answers = app.extensions.setdefault("vitrine-error-answers", {})
    for prefix in PREFIXES:
        answers[prefix] = answer
        crowding.speak_below(app, prefix, JSON, _body(503, BUSY))


blueprint.after_request(cors.open_to_pages)


@blueprint.errorhandler(Overloaded)
@blueprint.errorhandler(StorageError)
@blueprint.errorhandler(UnusableKey)
def answer(error: Exception) -> Any:
    """Answer an error. Raises it again where it is a defect of ours."""
    release()
    http.give_up_body()
    if isinstance(error, domain.DomainError):
        return _domain(error)
    if isinstance(error, UnusableKey):
        return say(400, [f"Idempotency-Key: {error.message}"])
    if isinstance(error, NotSignedIn):
        return say(401, WANTED, {"WWW-Authenticate": "Bearer"})
    if isinstance(error, HTTPException):
        return _http(error)
    refused = away(error)
    return say(refused.status, refused.message, refused.headers)


def say(status: int, message: str | Sequence[str], headers: Mapping[str, str] = {}) -> Response:
    """Answer with why something could not be done."""
    answered = Response(_body(status, message), status=status, mimetype=JSON)
    answered.cache_control.no_store = True
    answered.headers.extend(dict(headers))
    return cors.open_to_pages(answered)


def _body(status: int, message: str | Sequence[str]) -> bytes:
    return orjson.dumps({"statusCode": status, "message": message, "error": HTTPStatus(status).phrase})


def _domain(error: domain.DomainError) -> Response:
    if isinstance(error, domain.Invalid):
        return say(400, [f"{FIELDS.get(error.field, error.field)}: {error.message}"])
    status = next((status for kind, status in STATUSES.items() if isinstance(error, kind)), 400)
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else {}
    if "retry_after" in error.details:
        headers["Retry-After"] = str(error.details["retry_after"])
    return say(status, str(error.message), headers)


def _http(error: HTTPException) -> Any:
    if isinstance(error, RequestRedirect):
        return error
    if isinstance(error, Faulty):
        return say(400, [_sentence(each) for each in error.faults])
    if error.code == 405 and request.method == "OPTIONS":
        return cors.preflight()
    status = error.code or 500
    own_words = error.description if status not in (405, 500) else error.name
    return say(status, str(own_words), headers_of(error))


def _sentence(fault: Fault) -> str:
    """Name the field, by its path in the body, and what is wrong with it."""
    where, *path = fault["loc"]
    if fault["type"] == "json_invalid":
        return f"{where}: {fault['msg']} ({fault['ctx']['error']} at {path[0]})"
    return f"{'.'.join(str(each) for each in path) or where}: {fault['msg']}"
