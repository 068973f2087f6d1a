"""Who comes with a bearer: programs, at whatever door they may knock (D34)."""

from flask import request

from webapp.domain import keys, sessions
from webapp.domain.permissions import Actor, stranger


def recognise(door: str) -> Actor:
    """Say who asks by key or token, never by cookie, in one query."""
    token = shown()
    if token is None:
        return stranger(door)
    if token.startswith(keys.PREFIX):
        return keys.recognise(token, door=door) or stranger(door)
    return sessions.recognise_bearer(token, door=door) or stranger(door)


def shown() -> str | None:
    """Return the token or key that the request shows; a key may also stand alone in the header (D34)."""
    header = request.headers.get("Authorization", "").strip()
    if header.startswith(keys.PREFIX):
        return header
    scheme, _, token = header.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
