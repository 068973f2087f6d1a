"""Changes that are done once however often they are sent: `Idempotency-Key`, for every dialect.

A dialect says what type its answers have, and answers `UnusableKey` in its own words.
"""

import hashlib
from collections.abc import Callable
from typing import Final

from flask import Response, request

from webapp.api import http
from webapp.domain import idempotency
from webapp.domain.idempotency import AnsweredBefore, Kept
from webapp.domain.transaction import transaction
from webapp.doors import actor

KEY: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
REMADE: Final = ("Content-Type", "Content-Length")
"""Headers that follow from the rest of an answer."""


class UnusableKey(Exception):
    """The request has an `Idempotency-Key` that is none."""

    def __init__(self, key: str) -> None:
        shortest, longest = idempotency.KEY
        self.message = f"An {KEY} has {shortest} to {longest} characters"
        self.key = key
        super().__init__(self.message)


def once(change: Callable[[], Response], *, mimetype: str, content: bytes | None = None) -> Response:
    """Run a change in its transaction; a POST with an `Idempotency-Key` is done once and answered alike.

    `content` stands for the body where that has been read already. Raises UnusableKey, Conflict where the key came
    with another request.
    """
    key = request.headers.get(KEY) if request.method == "POST" else None
    if key is None:
        with transaction():
            return change()
    _check(key)
    try:
        with transaction():
            note = idempotency.begin(actor(), key, _fingerprint(content))
            answer = change()
            idempotency.finish(note, Kept(answer.status_code, mimetype, _said(answer), answer.get_data()))
            return answer
    except AnsweredBefore as before:
        return _again(before.answer)


def _check(key: str) -> None:
    shortest, longest = idempotency.KEY
    if not shortest <= len(key) <= longest or not key.isprintable():
        raise UnusableKey(key)


def _fingerprint(content: bytes | None) -> str:
    """Hash what makes two requests the same: method, address and body."""
    address = f"{request.method} {request.full_path}\n".encode()
    return hashlib.sha256(address + (http.raw_body() if content is None else content)).hexdigest()


def _said(answer: Response) -> dict[str, str]:
    """Return what an answer says beside its body: its tag, whether the change waits, where the made thing stands."""
    return {name: value for name, value in answer.headers if name not in REMADE}


def _again(kept: Kept) -> Response:
    headers = {"Cache-Control": "no-store", **kept.headers, REPLAYED: "true"}
    return Response(kept.body, status=kept.status, mimetype=kept.content_type, headers=headers)
