"""Fanning out: each event of the outbox becomes a delivery for every webhook that wants to know of it (D30).

The rows are made in the transaction that marks the event as told, so each is made exactly once; its id follows from
the event, the thing and the webhook all the same. What a message says is written later (webapp.domain.delivering.
writing): while a transaction is open nobody else can write.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import insert, select, update

from webapp.domain import items
from webapp.domain.models import Delivery, OutboxEvent, Webhook
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db

SHARE: Final = 100
"""Events of one transaction."""


@dataclass(frozen=True)
class Told:
    """One thing that others are told of an event; `cascade` where it happened to something around it."""

    kind: str
    entity_id: str
    cascade: bool = False


def fan_out(*, moment: datetime, most: int = SHARE) -> int:
    """Make the deliveries of the oldest events and return how many events those were; no transaction may be open.

    Looking is free of locks. Events that somebody is just adding to, or another worker has, are left for later, and
    so are those behind them, so that what happened first is told first.
    """
    waiting = db.session.scalars(select(OutboxEvent.id).where(OutboxEvent.delivered_at.is_(None)).limit(1)).first()
    release()
    if waiting is None:
        return 0
    with transaction():
        found, webhooks = _oldest(most), _all_webhooks()
        listening = [each for each in webhooks if each.enabled]
        rows = [row for event in found for row in rows_of(event, listening, moment)] if listening else []
        if rows:
            db.session.execute(insert(Delivery), rows)
        ids = [event.id for event in found]
        told_at = max([moment, *(each.ended_at for each in webhooks if each.ended_at)])
        db.session.execute(update(OutboxEvent).where(OutboxEvent.id.in_(ids)).values(delivered_at=told_at))
    return len(found)


def rows_of(event: OutboxEvent, webhooks: Sequence[Webhook], moment: datetime) -> Iterator[dict[str, Any]]:
    """Return the rows of the deliveries that tell webhooks of an event, as far as they want to know of it."""
    wanting = [each for each in webhooks if not _is_own(event, each)]
    about = _about(event)
    for told in things(event):
        for webhook in wanting:
            if told.kind in webhook.kinds:
                yield _row(event, told, webhook.id, {**about, "cascade": told.cascade}, moment)


def things(event: OutboxEvent) -> Iterator[Told]:
    """Take an event apart into the things that others are told of."""
    ids = [str(each) for each in event.payload.get("ids", ())]
    if event.kind == "items.deleted":
        yield from (Told("item.deleted", each) for each in ids)
    elif event.kind == "items.reordered":
        yield from (Told("item.updated", each) for each in ids or _all_of(event.gallery_id))
    else:
        if event.kind == "gallery.deleted":
            yield from (Told("item.deleted", each, cascade=True) for each in ids)
        yield Told(event.kind, event.entity_id)


def _oldest(most: int) -> list[OutboxEvent]:
    """Lock the oldest events, as far as nobody else holds one."""
    due = select(OutboxEvent.id).where(OutboxEvent.delivered_at.is_(None)).order_by(OutboxEvent.id).limit(most)
    ids = list(db.session.scalars(due))
    free = select(OutboxEvent).where(OutboxEvent.id.in_(ids), OutboxEvent.delivered_at.is_(None))
    locked = free.order_by(OutboxEvent.id).with_for_update(skip_locked=True)
    held = db.session.scalars(locked.execution_options(populate_existing=True)).all()
    return [event for event, event_id in zip(held, ids, strict=False) if event.id == event_id]


def _all_webhooks() -> Sequence[Webhook]:
    """Return all webhooks, and keep them as they are until what they are told of is told.

    One that is disabled has been so when the event is marked as told, one that is enabled is so before or after: what
    it missed is known by that moment (webapp.domain.delivering.missed).
    """
    still = select(Webhook).order_by(Webhook.id).with_for_update(read=True)
    return db.session.scalars(still.execution_options(populate_existing=True)).all()


def _row(
    event: OutboxEvent, told: Told, webhook_id: UUID, about: Mapping[str, Any], moment: datetime
) -> dict[str, Any]:
    return {
        "message_id": uuid5(webhook_id, f"{event.id}/{event.at.isoformat()}/{told.kind}/{told.entity_id}"),
        "webhook_id": webhook_id,
        "kind": told.kind,
        "lane": str(event.gallery_id or told.entity_id),
        "entity_id": told.entity_id,
        "event": about,
        "state": "new",
        "attempts": 0,
        "due_at": moment,
        "created_at": moment,
    }


def _about(event: OutboxEvent) -> dict[str, Any]:
    """Return what is kept of an event until it is written up."""
    return {
        "at": event.at.isoformat(),
        "gallery_id": str(event.gallery_id) if event.gallery_id else None,
        "payload": {name: value for name, value in event.payload.items() if name != "ids"},
        "identity": event.identity,
    }


def _is_own(event: OutboxEvent, webhook: Webhook) -> bool:
    """Whether the program that a webhook belongs to did this itself, and wants to hear nothing of it (D31)."""
    return webhook.own_key_id is not None and event.identity.get("key") == str(webhook.own_key_id)


def _all_of(gallery_id: UUID | None) -> list[str]:
    return [str(each) for each in items.ids_in_order(gallery_id)] if gallery_id else []
