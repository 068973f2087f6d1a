"""Requests that are sent again: an `Idempotency-Key` makes of two equal ones one change and two equal answers.

The key's row is the first thing written in the transaction of the change, and its answer the last: of two requests
at the same moment the second waits for the first. A request that fails leaves no row, so it may be tried again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from webapp.domain.errors import Conflict
from webapp.domain.models import IdempotencyKey
from webapp.domain.permissions import Actor
from webapp.infra.clock import now
from webapp.infra.db import db

LIFE: Final = timedelta(hours=24)
KEY: Final = (1, 255)


@dataclass(frozen=True)
class Kept:
    """An answer that was given before; `headers` are those beside its type."""

    status: int
    content_type: str
    headers: Mapping[str, str]
    body: bytes


class AnsweredBefore(Exception):
    """This very request has been done; `answer` is what it was told."""

    def __init__(self, answer: Kept) -> None:
        super().__init__("answered before")
        self.answer = answer


def begin(actor: Actor, key: str, request_hash: str) -> UUID:
    """Note that a request is being done and return the note's id; belongs first into its transaction.

    Raises AnsweredBefore, or Conflict where the key came with another request.
    """
    scope = f"{actor.door}:{actor.key_id or actor.id}"
    db.session.execute(
        delete(IdempotencyKey).where(IdempotencyKey.scope == scope, IdempotencyKey.created_at < now() - LIFE)
    )
    _look_up(scope, key, request_hash)
    note = IdempotencyKey(scope=scope, key=key, request_hash=request_hash, status=0, content_type="", body=b"")
    try:
        with db.session.begin_nested():
            db.session.add(note)
    except IntegrityError:
        _look_up(scope, key, request_hash)
        raise
    return note.id


def finish(note_id: UUID, answer: Kept) -> None:
    """Keep the answer; belongs last into the transaction."""
    note = db.session.get_one(IdempotencyKey, note_id)
    note.status, note.content_type, note.body = answer.status, answer.content_type, answer.body
    note.headers = dict(answer.headers)
    db.session.flush()


def forget_expired() -> int:
    """Drop the answers that nobody will ask for again, and return how many; inside a transaction."""
    gone = delete(IdempotencyKey).where(IdempotencyKey.created_at < now() - LIFE)
    return len(db.session.execute(gone.returning(IdempotencyKey.id)).all())


def _look_up(scope: str, key: str, request_hash: str) -> None:
    found = db.session.scalars(
        select(IdempotencyKey).where(IdempotencyKey.scope == scope, IdempotencyKey.key == key)
    ).one_or_none()
    if found is None:
        return
    if found.request_hash != request_hash:
        raise Conflict("This Idempotency-Key was sent with another request before.", code="key_reused")
    raise AnsweredBefore(Kept(found.status, found.content_type, found.headers or {}, found.body))
