"""Who comes with a bearer: programs, at whatever door they may knock (D34).

Recognising writes nothing: when a key was last used is written after the answer has been sent, at most once a minute.
"""

from uuid import UUID

import structlog
from flask import Flask, Response, current_app, g, request

from webapp.domain import keys, sessions
from webapp.domain.permissions import Actor, stranger
from webapp.domain.transaction import DatabaseError, transaction

log = structlog.get_logger(__name__)


def init(app: Flask) -> None:
    """Note when keys were last used."""
    app.after_request(_note_use)


def recognise(door: str) -> Actor:
    """Say who asks by key or token, never by cookie, in one query at most."""
    token = shown()
    if token is None:
        return stranger(door)
    if token.startswith(keys.PREFIX):
        return of_key(token, door)
    return sessions.recognise_bearer(token, door=door) or stranger(door)


def of_key(presented: str, door: str) -> Actor:
    """Say whose key is shown, in one query at most, and have its use noted."""
    found = keys.find(presented, door=door)
    if found is None:
        return stranger(door)
    if found.unnoted:
        g.used_key = found.actor.key_id
    return found.actor


def shown() -> str | None:
    """Return the token or key that the request shows; a key may also stand alone in the header (D34)."""
    header = request.headers.get("Authorization", "").strip()
    if header.startswith(keys.PREFIX):
        return header
    scheme, _, token = header.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _note_use(answer: Response) -> Response:
    key_id: UUID | None = g.get("used_key")
    if key_id is not None:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        answer.call_on_close(lambda: _write_use(app, key_id))
    return answer


def _write_use(app: Flask, key_id: UUID) -> None:
    """Write it after the answer; a busy database is no reason to trouble anybody."""
    with app.app_context():
        try:
            with transaction():
                keys.note_use(key_id)
        except DatabaseError:
            log.info("use of a key not noted", key=str(key_id))
