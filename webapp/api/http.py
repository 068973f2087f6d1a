"""What the dialects share of HTTP: bodies read strictly, and requests on conditions."""

import hashlib
from contextlib import suppress
from typing import Any, Final

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from webapp.api import strict
from webapp.api.strict import Malformed
from webapp.domain.errors import Stale

__all__ = [
    "BODY_BYTES",
    "NOTHING",
    "Malformed",
    "demand_match",
    "give_up_body",
    "is_known",
    "on_condition",
    "raw_body",
    "read_json",
    "tag",
    "tagged",
]

BODY_BYTES: Final = 2 * 1024**2
GIVEN_UP_BYTES: Final = 64 * 1024**2
CHUNK: Final = 64 * 1024


class Nothing:
    """No body at all, which JSON's null is not."""


NOTHING: Final = Nothing()


def raw_body() -> bytes:
    """Return the bytes of the body, however often asked. Raises RequestEntityTooLarge."""
    request.max_content_length = BODY_BYTES
    return request.get_data()


def give_up_body() -> None:
    """Read on what the client still sends, up to a limit, and keep nothing of it.

    An answer that comes while a client sends is lost to it: the server closes, and the client sees a broken pipe.
    """
    left, stream = GIVEN_UP_BYTES, request.environ["wsgi.input"]
    with suppress(OSError):
        while left > 0 and (chunk := stream.read(min(CHUNK, left))):
            left -= len(chunk)


def read_json() -> Any:
    """Return what the body says, or NOTHING where there is none.

    Raises RequestEntityTooLarge, UnsupportedMediaType unless it says that it is JSON, Malformed.
    """
    raw = raw_body()
    if not raw:
        return NOTHING
    if not request.is_json or request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("Send JSON, as application/json.")
    return strict.parse(raw)


def tag(shown: bytes) -> str:
    """Return the entity tag of an answer: a hash over all parts it shows (D25)."""
    return hashlib.sha256(shown).hexdigest()[:32]


def on_condition() -> bool:
    """Say whether the change is wanted only of what the client has read."""
    return "If-Match" in request.headers


def demand_match(current: bytes) -> None:
    """Refuse a change of what looks different from what the client has read. Raises Stale."""
    if on_condition() and not request.if_match.contains(tag(current)):
        raise Stale("Somebody else changed this since you read it.")


def is_known(current: bytes) -> bool:
    """Say whether the client, which reads again, has what is shown."""
    return "If-None-Match" in request.headers and request.if_none_match.contains_weak(tag(current))


def tagged(answer: Response, shown: bytes) -> Response:
    """Send the tag of what is shown, and let the client ask whether it has changed."""
    answer.set_etag(tag(shown))
    answer.cache_control.private = True
    answer.cache_control.no_cache = True
    return answer
