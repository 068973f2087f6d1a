"""The keys that sign what is told in Wix's format: one pair signs, the next is known a day before it does.

Receivers read the public halves from a page or an address and may keep them; so a key is published for a while
before its first signature and after its last.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from webapp.domain import audit
from webapp.domain.errors import Conflict
from webapp.domain.models import SigningKey
from webapp.domain.permissions import Actor, demand
from webapp.infra import sealing, signing
from webapp.infra.clock import now
from webapp.infra.db import db

AHEAD: Final = timedelta(hours=24)
AFTERWARDS: Final = timedelta(hours=48)


def ensure(*, key: str) -> SigningKey:
    """Return the key that signs now, made where there is none; `key` seals its private half."""
    return signing_now() or _make(now(), key=key)


def signing_now() -> SigningKey | None:
    """Return the key that signs now."""
    moment = now()
    return next((each for each in _newest_first() if each.signs_from <= moment), None)


def published() -> list[SigningKey]:
    """Return the keys that receivers should know, the newest first: the next, the one that signs, those before."""
    found, moment = _newest_first(), now()
    shown = []
    for place, each in enumerate(found):
        successor = found[place - 1] if place else None
        if successor is None or successor.signs_from > moment - AFTERWARDS:
            shown.append(each)
    return shown


def rotate(*, key: str, actor: Actor) -> SigningKey:
    """Make the next key, which signs a day from now. Raises Conflict where one waits already, Forbidden."""
    demand(actor, "webhooks:update")
    if any(each.signs_from > now() for each in _newest_first()):
        raise Conflict(
            "There is a next key already. It signs from the moment that stands beside it.", code="rotating"
        )
    ahead = AHEAD if signing_now() else timedelta()
    made = _make(now() + ahead, key=key)
    audit.record(actor, "signing_key.rotate", "signing_key", made.id, changes={"signs_from": (None, made.signs_from)})
    return made


def use_now(*, actor: Actor) -> SigningKey:
    """Let the next key sign from now on. Raises Conflict where there is none, Forbidden."""
    demand(actor, "webhooks:update")
    found = next(iter(_newest_first()), None)
    if found is None or found.signs_from <= now():
        raise Conflict("There is no next key. Make one first.", code="no_next_key")
    before, found.signs_from = found.signs_from, now()
    changes = {"signs_from": (before, found.signs_from)}
    audit.record(actor, "signing_key.rotate", "signing_key", found.id, changes=changes)
    db.session.flush()
    return found


def forget() -> int:
    """Delete the keys that nobody needs any more, and return how many that were."""
    kept = {each.id for each in published()}
    gone = [each for each in _newest_first() if each.id not in kept]
    for each in gone:
        db.session.delete(each)
    db.session.flush()
    return len(gone)


def private_of(found: SigningKey, *, key: str) -> str:
    """Return the private half as PEM. Raises Unreadable."""
    return sealing.unseal(found.private, key=key)


def _newest_first() -> Sequence[SigningKey]:
    order = (SigningKey.signs_from.desc(), SigningKey.created_at.desc(), SigningKey.id)
    return db.session.scalars(select(SigningKey).order_by(*order)).all()


def _make(signs_from: datetime, *, key: str) -> SigningKey:
    pair = signing.make_pair()
    made = SigningKey(private=sealing.seal(pair.private, key=key), public=pair.public, signs_from=signs_from)
    db.session.add(made)
    db.session.flush()
    return made
