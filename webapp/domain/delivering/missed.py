"""What a webhook missed while it was disabled: no delivery is made meanwhile, but the outbox keeps it for a month.

They are made in the transaction that enables it again, so that they go out before what happens from then on.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select

from webapp.domain import audit, webhooks
from webapp.domain.delivering import fanning, log
from webapp.domain.models import Delivery, OutboxEvent, Webhook
from webapp.domain.permissions import Actor
from webapp.infra.clock import now
from webapp.infra.db import db

MOST: Final = 20_000
"""Events that are made up for, the newest: while they are, nobody else can write."""

MARGIN: Final = timedelta(days=1)
"""How much older than its event is told a delivery may be."""


def resume(webhook_id: UUID, *, actor: Actor) -> int:
    """Tell a webhook again, of what it missed first, and return how many messages those are.

    That is what happened while it was disabled, and what was given up when it was. Raises NotFound, Forbidden.
    """
    wanted = select(Webhook.ended_at).where(Webhook.id == webhook_id).with_for_update()
    ended_at = db.session.scalars(wanted).one_or_none()
    found = webhooks.resume(webhook_id, actor=actor)
    if ended_at is None:
        return 0
    given_up = (Delivery.webhook_id == webhook_id, Delivery.state == "failed", Delivery.ended_at >= ended_at)
    count = log.again(*given_up) + _make_up(found, ended_at)
    if count:
        audit.record(actor, "webhook.replay", "webhook", webhook_id, changes={"messages": (None, count)})
    return count


def _make_up(webhook: Webhook, since: datetime) -> int:
    """Make the deliveries of all that others were told since; those that are there already stay as they are."""
    there = select(Delivery.message_id).where(
        Delivery.webhook_id == webhook.id, Delivery.created_at >= since - MARGIN
    )
    known = set(db.session.scalars(there))
    rows = [row for row in _rows(webhook, since) if row["message_id"] not in known]
    if rows:
        db.session.execute(insert(Delivery), rows)
    return len(rows)


def _rows(webhook: Webhook, since: datetime) -> Iterator[dict[str, Any]]:
    newest = select(OutboxEvent).where(OutboxEvent.delivered_at >= since).order_by(OutboxEvent.id.desc()).limit(MOST)
    moment = now()
    for event in reversed(db.session.scalars(newest).all()):
        yield from fanning.rows_of(event, [webhook], moment)
