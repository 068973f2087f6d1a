"""The log of deliveries: what became of each, kept for thirty days, and what people do about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import case, delete, func, select, union_all, update

from webapp.domain import audit, paging, webhooks
from webapp.domain.errors import Conflict, NotFound
from webapp.domain.models import Delivery, DeliveryTry, OutboxEvent
from webapp.domain.paging import Page
from webapp.domain.permissions import Actor, demand
from webapp.infra.clock import now
from webapp.infra.db import db

KEPT: Final = timedelta(days=30)
SIZE: Final = 25
LATEST: Final = 14
"""How many of the last deliveries the list of webhooks shows of each."""

RECENT: Final = timedelta(hours=24)
ORDER: Final = paging.Order("deliveries", (Delivery.id,), (int,))
SHOWN: Final[Mapping[str, Sequence[str]]] = {
    "waiting": ("new", "waiting"),
    "delivered": ("delivered",),
    "failed": ("failed", "dropped"),
}
"""The states that a log can be narrowed to."""


@dataclass(frozen=True)
class Standing:
    """How a webhook does: its last deliveries, the oldest first, how many failed of late, and how many in all."""

    latest: tuple[str, ...]
    failed_lately: int
    failed: int


def page(
    webhook_id: UUID, *, state: str = "", kind: str = "", after: str | None = None, size: int = SIZE
) -> Page[Delivery]:
    """Return some deliveries of a webhook, the newest first. Raises Invalid for a cursor that is none."""
    statement = select(Delivery).where(Delivery.webhook_id == webhook_id, *ORDER.beyond(after))
    if state in SHOWN:
        statement = statement.where(Delivery.state.in_(SHOWN[state]))
    if kind:
        statement = statement.where(Delivery.kind == kind)
    rows = db.session.scalars(statement.order_by(*ORDER.by()).limit(size + 1)).all()
    return ORDER.page(rows, size, lambda row: (row.id,))


def get(webhook_id: UUID, delivery_id: int) -> Delivery:
    """Return a delivery of a webhook. Raises NotFound."""
    found = db.session.get(Delivery, delivery_id)
    if found is None or found.webhook_id != webhook_id:
        raise NotFound("Delivery")
    return found


def find(webhook_id: UUID, message_id: UUID) -> Delivery:
    """Return a delivery of a webhook by the id of its message. Raises NotFound."""
    wanted = select(Delivery).where(Delivery.webhook_id == webhook_id, Delivery.message_id == message_id)
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound("Delivery")
    return found


def tries(delivery_id: int) -> list[DeliveryTry]:
    """Return the tries of a delivery, the last first."""
    statement = select(DeliveryTry).where(DeliveryTry.delivery_id == delivery_id)
    return list(db.session.scalars(statement.order_by(DeliveryTry.id.desc())))


def standings(webhook_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """Return how webhooks do, in two statements however many there are."""
    latest: dict[UUID, list[str]] = {webhook_id: [] for webhook_id in webhook_ids}
    if webhook_ids:
        windows = [select(_last(webhook_id).subquery()) for webhook_id in webhook_ids]
        rows = union_all(*windows).subquery()
        for row in db.session.execute(select(rows).order_by(rows.c.id)):
            latest[row.webhook_id].append(row.state)
    failed = _failed()
    return {each: Standing(tuple(states), *failed.get(each, (0, 0))) for each, states in latest.items()}


def replay(webhook_id: UUID, delivery_id: int, *, actor: Actor) -> Delivery:
    """Send a message again now, with the id and the words that it had; its tries begin anew.

    Raises NotFound, Conflict where it waits or its webhook is disabled, Forbidden.
    """
    _check(webhook_id, actor)
    found = db.session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if found is None or found.webhook_id != webhook_id:
        raise NotFound("Delivery")
    if found.lease_until is not None and found.lease_until >= now():
        raise Conflict("This is just being sent.", code="in_hand")
    again(Delivery.id == delivery_id)
    audit.record(actor, "webhook.replay", "webhook", webhook_id, changes={"message": (None, found.message_id)})
    return found


def replay_failed(webhook_id: UUID, *, actor: Actor) -> int:
    """Send all that has failed again, and return how many that is. Raises NotFound, Conflict, Forbidden."""
    _check(webhook_id, actor)
    count = again(Delivery.webhook_id == webhook_id, Delivery.state == "failed")
    if count:
        audit.record(actor, "webhook.replay", "webhook", webhook_id, changes={"messages": (None, count)})
    return count


def again(*which: Any) -> int:
    """Let messages go out again, and return how many; one whose words were never written is written first."""
    anew = {
        "state": case((Delivery.content.is_(None), "new"), else_="waiting"),
        "attempts": 0,
        "due_at": now(),
        "lease_until": None,
        "ended_at": None,
    }
    result: Any = db.session.execute(
        update(Delivery).where(*which).values(anew), execution_options={"synchronize_session": "fetch"}
    )
    return int(result.rowcount)


def drop(webhook_id: UUID, delivery_id: int, *, actor: Actor) -> None:
    """Give a message up that waits for another try, or has failed. Raises NotFound, Conflict, Forbidden."""
    demand(actor, "webhooks:update")
    found = db.session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    if found is None or found.webhook_id != webhook_id:
        raise NotFound("Delivery")
    if found.state == "delivered":
        raise Conflict("This has been delivered.", code="delivered")
    found.state, found.lease_until, found.ended_at = "dropped", None, found.ended_at or now()
    audit.record(actor, "webhook.drop", "webhook", webhook_id, changes={"message": (found.message_id, None)})
    db.session.flush()


def forget() -> int:
    """Delete what is older than the log is kept: deliveries that have ended, and events that were told."""
    oldest = now() - KEPT
    gone = 0
    for model, over in (
        (Delivery, Delivery.ended_at <= oldest),
        (OutboxEvent, OutboxEvent.delivered_at <= oldest),
    ):
        result: Any = db.session.execute(delete(model).where(over), execution_options={"synchronize_session": False})
        gone += result.rowcount
    return gone


def _check(webhook_id: UUID, actor: Actor) -> None:
    demand(actor, "webhooks:update")
    if not webhooks.get(webhook_id).enabled:
        raise Conflict("Nothing is sent to a webhook that is disabled. Enable it first.", code="disabled")


def _last(webhook_id: UUID) -> Any:
    columns = (Delivery.id, Delivery.webhook_id, Delivery.state)
    return select(*columns).where(Delivery.webhook_id == webhook_id).order_by(Delivery.id.desc()).limit(LATEST)


def _failed() -> dict[UUID, tuple[int, int]]:
    """Count what has failed by webhook, of late and in all."""
    lately = func.sum(case((Delivery.ended_at > now() - RECENT, 1), else_=0))
    rows = db.session.execute(
        select(Delivery.webhook_id, lately, func.count())
        .where(Delivery.state == "failed")
        .group_by(Delivery.webhook_id)
    )
    return {webhook_id: (int(recent), count) for webhook_id, recent, count in rows}
