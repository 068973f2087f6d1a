"""Who comes to the Sherl dialect: a key in two headers, a bearer, or both with the rights that both have (D32, D34).

The SDK sends an empty `Authorization: Bearer` until somebody signs in, which says nothing.
"""

from dataclasses import replace
from typing import Final
from uuid import UUID

from flask import request

from webapp import bearers
from webapp.domain import keys
from webapp.domain.permissions import Actor, stranger
from webapp.doors import NotSignedIn, actor

DOOR: Final = "sherl"
KEY: Final = "X-WZ-API-KEY"
SECRET: Final = "X-WZ-API-SECRET"  # noqa: S105  a header's name
NOTHING: Final = ("", "bearer")
"""What `Authorization` says when it says nothing."""


def recognise() -> Actor:
    """Say who asks; whoever shows something that is no good is a stranger, whatever else they show."""
    shown = [each() for each, there in ((_by_key, _shows_key()), (_by_bearer, _shows_bearer())) if there]
    if not shown or not all(each.known for each in shown):
        return stranger(DOOR)
    return shown[0] if len(shown) == 1 else _both(*shown)


def demand_good() -> None:
    """Refuse who shows a key or bearer that is no good where nobody needs one. Raises NotSignedIn."""
    if (_shows_key() or _shows_bearer()) and not actor().known:
        raise NotSignedIn


def _shows_key() -> bool:
    return KEY in request.headers or SECRET in request.headers


def _shows_bearer() -> bool:
    return request.headers.get("Authorization", "").strip().lower() not in NOTHING


def _by_key() -> Actor:
    """Recognise a key by its two halves, what stands before its dot and what behind."""
    public_id = request.headers.get(KEY, "").strip().removeprefix(keys.PREFIX)
    return bearers.of_key(f"{keys.PREFIX}{public_id}.{request.headers.get(SECRET, '').strip()}", DOOR)


def _by_bearer() -> Actor:
    return bearers.recognise(DOOR)


def _both(program: Actor, person: Actor) -> Actor:
    """Return a person who works with a program: they may what both may."""
    return replace(
        person,
        permissions=program.permissions & person.permissions,
        languages=_narrower(program.languages, person.languages),
        key_id=program.key_id,
    )


def _narrower(one: frozenset[UUID] | None, other: frozenset[UUID] | None) -> frozenset[UUID] | None:
    """Return the languages that both have, None meaning all."""
    if one is None or other is None:
        return other if one is None else one
    return one & other
