"""Answers to reading programs, kept whole until somebody writes to the database (`webapp.infra.kept`).

For operations whose answer follows from the address, what the database says and what the program may do; where the
moment counts as well, as it does for strangers, who see what is public just now, it is made anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask import Response, request

from webapp.doors import actor
from webapp.infra import kept

HEADERS: Final = ("Content-Type", "ETag", "Cache-Control")
CONDITIONS: Final = ("If-None-Match", "If-Match")
MOST_BYTES: Final = 32 * 1024**2
"""Of answers that a process keeps."""

OVERHEAD: Final = 1024
"""Bytes that an answer weighs beside its body."""


@dataclass(frozen=True)
class Said:
    """A whole answer that was no refusal."""

    body: bytes
    headers: tuple[tuple[str, str], ...]


SHELF: Final = kept.Shelf(MOST_BYTES, lambda said: len(said.body) + OVERHEAD)


def lasting(make: Callable[[], Response]) -> Response:
    """Answer a reading request, as before where nothing has been written since."""
    who = actor()
    if request.method != "GET" or "galleries:read" not in who.permissions or _is_conditional():
        return make()
    said = kept.until_written((request.full_path, who.permissions), lambda: _said(make()), shelf=SHELF)
    return Response(said.body, headers=dict(said.headers))


def _is_conditional() -> bool:
    return any(name in request.headers for name in CONDITIONS)


def _said(answer: Response) -> Said:
    return Said(answer.get_data(), tuple((name, answer.headers[name]) for name in HEADERS if name in answer.headers))
