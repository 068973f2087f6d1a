"""Who is at work on a gallery: told by the editor's page as long as it is looked at, forgotten soon after."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.domain import galleries
from webapp.domain.models import Presence, User
from webapp.domain.permissions import Actor
from webapp.infra.clock import now
from webapp.infra.db import db

LASTS: Final = timedelta(seconds=30)
"""How long somebody is there after they were last heard of."""


@dataclass(frozen=True)
class Person:
    """Somebody who is there."""

    id: UUID
    name: str


def note(gallery_id: UUID, *, actor: Actor) -> None:
    """Note that the actor has the gallery open. Raises NotFound."""
    galleries.get(gallery_id)
    make = sqlite.insert if db.session.get_bind().dialect.name == "sqlite" else postgresql.insert
    fresh = make(Presence).values(gallery_id=gallery_id, user_id=actor.id, seen_at=now())
    seen = fresh.on_conflict_do_update(index_elements=["gallery_id", "user_id"], set_={"seen_at": now()})
    db.session.execute(seen)


def leave(gallery_id: UUID, *, actor: Actor) -> None:
    """Note that the actor has closed the gallery."""
    mine = (Presence.gallery_id == gallery_id, Presence.user_id == actor.id)
    db.session.execute(delete(Presence).where(*mine))


def others(gallery_ids: Sequence[UUID], *, actor: Actor, at: datetime | None = None) -> dict[UUID, list[Person]]:
    """Return who else is at work on each of these galleries, by name."""
    found: dict[UUID, list[Person]] = defaultdict(list)
    statement = (
        select(Presence.gallery_id, User.id, User.name)
        .join(User, User.id == Presence.user_id)
        .where(Presence.gallery_id.in_(gallery_ids), Presence.seen_at > (at or now()) - LASTS, User.id != actor.id)
        .order_by(User.name, User.id)
    )
    for gallery_id, user_id, name in db.session.execute(statement):
        found[gallery_id].append(Person(user_id, name))
    return found


def forget() -> int:
    """Forget those who have gone, and return how many they were."""
    gone = delete(Presence).where(Presence.seen_at <= now() - LASTS).returning(Presence.user_id)
    return len(db.session.execute(gone).all())
