"""Who comes to the Wix dialect: a key, or a token that was given for one, or for nothing to a visitor (D13, D34).

A token is the key it was given for, sealed with an end: a key that is revoked takes its tokens with it.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import orjson
from flask import current_app, request

from webapp import bearers
from webapp.domain import keys
from webapp.domain.permissions import Actor, stranger
from webapp.infra import sealing
from webapp.infra.clock import now

DOOR: Final = "wix"
PREFIX: Final = "vt_"
ACCESS_SECONDS: Final = 4 * 60 * 60
REFRESH_SECONDS: Final = 30 * 24 * 60 * 60
VISITS: Final = frozenset({"galleries:visit"})
"""What a visitor's token may: see what is published."""


@dataclass(frozen=True)
class Claim:
    """What a token says: the key it stands for, or the visitor; `use` is access or refresh, `ends` a Unix time."""

    use: str
    ends: int
    begun: int
    key: str = ""
    visitor: str = ""


def recognise() -> Actor:
    """Say who asks: `Authorization` is the bare key or token, or follows the word Bearer (finding 10)."""
    shown = request.headers.get("Authorization", "").strip()
    scheme, _, rest = shown.partition(" ")
    shown = rest.strip() if scheme.lower() == "bearer" else shown
    if not shown.startswith(PREFIX):
        return bearers.of_key(shown, DOOR) if shown.startswith(keys.PREFIX) else bearers.recognise(DOOR)
    claim = read(shown, use="access")
    if claim is None:
        return stranger(DOOR)
    if claim.key:
        return bearers.of_key(claim.key, DOOR)
    return Actor(id=None, name="Visitor", permissions=VISITS, door=DOOR)


def give(*, key: str = "", visitor: str = "") -> dict[str, Any]:
    """Return a token, and one to renew it with, for a key or a visitor."""
    if not key:
        visitor = visitor or str(uuid4())
    return {
        "access_token": _write("access", ACCESS_SECONDS, key, visitor),
        "refresh_token": _write("refresh", REFRESH_SECONDS, key, visitor),
        "token_type": "Bearer",
        "expires_in": ACCESS_SECONDS,
    }


def read(token: str, *, use: str) -> Claim | None:
    """Return what a token says, None for one that is none, is for another use, or has ended."""
    try:
        claim = Claim(**orjson.loads(sealing.unseal(token.removeprefix(PREFIX).encode(), key=_secret())))
    except (sealing.Unreadable, ValueError, TypeError):
        return None
    return claim if claim.use == use and claim.ends > now().timestamp() else None


def _write(use: str, seconds: int, key: str, visitor: str) -> str:
    begun = int(now().timestamp())
    said = orjson.dumps(Claim(use, begun + seconds, begun, key, visitor))
    return PREFIX + sealing.seal(said.decode(), key=_secret()).decode()


def _secret() -> str:
    found: str = current_app.extensions["vitrine-settings"].secret_key
    return found
