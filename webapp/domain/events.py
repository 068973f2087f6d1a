"""Events: written to the outbox in the transaction of their change, told to the world afterwards (D30, D31).

A rolled-back change has none. Changes of one entity that nobody has been told of yet are one event, as long as the
same actor made them; drafts, re-spacing and derived files are no change.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, insert, select

from webapp.domain.models import OutboxEvent
from webapp.domain.permissions import Actor
from webapp.infra.db import db

KINDS: Final = (
    "gallery.created",
    "gallery.updated",
    "gallery.deleted",
    "item.created",
    "item.updated",
    "item.deleted",
    "items.reordered",
    "items.deleted",
    "media.created",
    "media.updated",
    "media.deleted",
    "translation.updated",
    "translation.deleted",
    "background.created",
    "background.updated",
    "background.deleted",
)

NEWEST: Final = (
    select(OutboxEvent.kind, OutboxEvent.identity)
    .where(
        OutboxEvent.delivered_at.is_(None),
        OutboxEvent.entity == bindparam("entity"),
        OutboxEvent.entity_id == bindparam("entity_id"),
    )
    .order_by(OutboxEvent.id.desc())
    .limit(1)
    .with_for_update()
)
"""The newest event of an entity that nobody has been told of yet."""


def publish(
    actor: Actor,
    kind: str,
    entity_id: UUID | str,
    *,
    gallery_id: UUID | None = None,
    **payload: object,
) -> None:
    """Put an event into the outbox, or let one that is still waiting there stand for it."""
    identity = identify(actor)
    if kind.endswith(".updated") and _waits(kind, str(entity_id), identity):
        return
    db.session.add(
        OutboxEvent(
            kind=kind,
            entity=kind.partition(".")[0],
            entity_id=str(entity_id),
            gallery_id=gallery_id,
            payload=payload,
            identity=identity,
        )
    )


def publish_each(actor: Actor, kind: str, ids: Sequence[UUID], *, gallery_id: UUID | None = None) -> None:
    """Put the same event of many new entities into the outbox, in this order and in one statement."""
    identity, entity = identify(actor), kind.partition(".")[0]
    rows = [
        {"kind": kind, "entity": entity, "entity_id": str(each), "gallery_id": gallery_id, "identity": identity}
        for each in ids
    ]
    if rows:
        db.session.flush()
        db.session.execute(insert(OutboxEvent), rows)


def identify(actor: Actor) -> dict[str, str]:
    """Say who did it: a program by its key, a person, or Vitrine itself (D31)."""
    if actor.key_id is not None:
        return {"type": "APP", "key": str(actor.key_id)}
    if actor.id is not None:
        return {"type": "USER", "user": str(actor.id)}
    return {"type": "SYSTEM"}


def _waits(kind: str, entity_id: str, identity: dict[str, str]) -> bool:
    """Whether the newest event of this entity is undelivered, the same actor's, and already says it changed.

    Its row stays locked until this change is committed too, so that nobody is told meanwhile of what was before.
    """
    if any(isinstance(row, OutboxEvent) for row in db.session.new):
        db.session.flush()
    created = kind.replace(".updated", ".created")
    of = {"entity": kind.partition(".")[0], "entity_id": entity_id}
    newest = db.session.connection().execute(NEWEST, of).first()
    return newest is not None and newest.kind in (kind, created) and newest.identity == identity
