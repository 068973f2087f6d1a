"""What the Wix dialect answers when something cannot be done: its two shapes, never HTML (contract §1.5).

`details.validationError` names every field that is wrong by its REST path, which the SDK turns into its arguments;
`details.applicationError` has a code that clients compare.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from webapp import crowding
from webapp.api import http
from webapp.api.once import UnusableKey
from webapp.api.operations import Fault
from webapp.api.refusals import BUSY, away, headers_of
from webapp.api.wix.answers import JSON, name
from webapp.api.wix.routing import PREFIXES, Violations, blueprint, other
from webapp.domain import errors as domain
from webapp.domain.lockout import LockedOut
from webapp.domain.transaction import release
from webapp.doors import NotSignedIn
from webapp.infra.images import Overloaded
from webapp.infra.storage import StorageError

KINDS: Final[dict[type[domain.DomainError], tuple[int, str]]] = {
    domain.NotFound: (404, "NOT_FOUND"),
    domain.Conflict: (409, "ALREADY_EXISTS"),
    domain.Stale: (412, "ABORTED"),
    domain.Forbidden: (403, "PERMISSION_DENIED"),
    LockedOut: (429, "RESOURCE_EXHAUSTED"),
}
CODES: Final = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    409: "ALREADY_EXISTS",
    413: "PAYLOAD_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    507: "RESOURCE_EXHAUSTED",
}
ABORTED: Final = ("incomplete", "key_reused")
"""Conflicts that are not about something that exists already."""

RANGES: Final = frozenset(
    {"greater_than_equal", "less_than_equal", "greater_than", "less_than", "string_too_long", "too_long", "too_short"}
)
REQUIRED: Final = frozenset({"missing", "one_of", "missing_media", "missing_gallery"})
FIELDS: Final = {
    "alt": "image.imageInfo.altText",
    "css": "text.css",
    "description": "description",
    "duration": "video.durationInMillis",
    "film_id": "video.videoInfo.id",
    "focal_x": "image.focalPoint.x",
    "focal_y": "image.focalPoint.y",
    "given": "",
    "html": "text.html",
    "id": "image.imageInfo.id",
    "kind": "type",
    "link_text": "link.text",
    "link_url": "link.url",
    "media_id": "image.imageInfo.id",
    "poster_id": "video.videoInfo.posters[0].id",
    "sort_order": "sortOrder",
    "style": "text.css",
    "tags": "tags.values",
    "title": "title",
    "url": "image.imageInfo.url",
    "video": "video.videoInfo.url",
    "width": "image.imageInfo.width",
}
"""The domain's fields by the paths that they have below an item."""


def init(app: Flask) -> None:
    """Answer for everything below the dialect's paths, also where no route is."""
    answers = app.extensions.setdefault("vitrine-error-answers", {})
    for prefix in PREFIXES:
        answers[prefix] = answer
        crowding.speak_below(app, prefix, JSON, orjson.dumps(_application("UNAVAILABLE", BUSY, {})))


blueprint.after_request(name)
other.after_request(name)


@blueprint.errorhandler(Overloaded)
@blueprint.errorhandler(StorageError)
@blueprint.errorhandler(UnusableKey)
@other.errorhandler(Overloaded)
@other.errorhandler(StorageError)
def answer(error: Exception) -> Any:
    """Answer an error. Raises it again where it is a defect of ours."""
    release()
    http.give_up_body()
    if isinstance(error, domain.DomainError):
        return _invalid(error) if isinstance(error, domain.Invalid) else _refused(error)
    if isinstance(error, UnusableKey):
        return violations([violation("Idempotency-Key", error.message, "INVALID_ARGUMENT")])
    if isinstance(error, NotSignedIn):
        return say(401, "UNAUTHENTICATED", "Send an API key or an access token as Authorization.")
    if isinstance(error, HTTPException):
        return _http(error)
    return _away(error)


def _away(error: Exception) -> Response:
    """Answer what the machine cannot do just now. Raises the error again where it is none of that."""
    refused = away(error)
    code = "ABORTED" if refused.status == 409 else CODES[refused.status]
    return say(refused.status, code, refused.message, headers=refused.headers)


def say(
    status: int, code: str, message: str, *, about: Mapping[str, Any] | None = None, headers: Mapping[str, str] = {}
) -> Response:
    """Answer with an applicationError."""
    return _send(_application(code, message, about or {}), status, headers)


def violations(found: Sequence[Mapping[str, Any]]) -> Response:
    """Answer with all that is wrong with the fields of a request."""
    message = "; ".join(f"{each['field']}: {each['description']}" for each in found)
    return _send({"message": message[:1000], "details": {"validationError": {"fieldViolations": list(found)}}}, 400)


def violation(field: str, description: str, rule: str, **more: Any) -> dict[str, Any]:
    """Return one thing that is wrong."""
    return {"field": field, "description": description, "violatedRule": rule} | more


def _application(code: str, message: str, about: Mapping[str, Any]) -> dict[str, Any]:
    error = {"code": code, "description": message, "data": dict(about)}
    return {"message": message, "details": {"applicationError": error}}


def _send(content: Any, status: int, headers: Mapping[str, str] = {}) -> Response:
    sent = Response(orjson.dumps(content, default=str), status=status, mimetype=JSON)
    sent.cache_control.no_store = True
    sent.headers.extend(dict(headers))
    return name(sent)


def _refused(error: domain.DomainError) -> Response:
    status, code = next(
        (found for kind, found in KINDS.items() if isinstance(error, kind)), (400, "INVALID_ARGUMENT")
    )
    code = "ABORTED" if error.code in ABORTED else code
    headers = {"Retry-After": str(error.details["retry_after"])} if "retry_after" in error.details else {}
    return say(status, code, str(error.message), about={"reason": error.code}, headers=headers)


def _invalid(error: domain.Invalid) -> Response:
    """Answer what only the domain could see, at the path that the field has in this request."""
    body = request.get_json(silent=True) if request.is_json else None
    below = FIELDS.get(error.field, error.field)
    if isinstance(body, dict) and isinstance(body.get("gallery"), dict):
        index = error.details.get("index")
        start = "gallery" if index is None else f"gallery.items[{index}]"
        start, below = (start, "name") if index is None and below == "title" else (start, below)
    else:
        start = "item" if isinstance(body, dict) and "item" in body else ""
    path = ".".join(filter(None, (start, below)))
    return violations([violation(path, str(error.message), "INVALID_ARGUMENT", ruleName=error.code)])


def _http(error: HTTPException) -> Any:
    if isinstance(error, Violations):
        return violations([_violation(each) for each in error.faults])
    status = error.code or 500
    message = error.name if status in (404, 405, 500) else str(error.description)
    return say(status, CODES.get(status, "INVALID_ARGUMENT"), message, headers=headers_of(error))


def _violation(fault: Fault) -> dict[str, Any]:
    """Put what pydantic found at its REST path: `gallery.items[0].title`, `galleryId`, `itemLimit`."""
    where, *path = fault["loc"]
    written = "" if fault["type"] == "json_invalid" else _path(path)
    said = (
        f"{fault['msg']} ({fault['ctx']['error']} at {path[0]})" if fault["type"] == "json_invalid" else fault["msg"]
    )
    rule = "OUT_OF_RANGE" if fault["type"] in RANGES else "INVALID_ARGUMENT"
    rule = "REQUIRED_FIELD" if fault["type"] in REQUIRED else rule
    return violation(written or str(where), said, rule, ruleName=fault["type"])


def _path(parts: Sequence[str | int]) -> str:
    written = ""
    for part in parts:
        written += f"[{part}]" if isinstance(part, int) else f".{part}"
    return written.removeprefix(".")
