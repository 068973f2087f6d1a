"""What the machine is asked for: orders of texts, how far they are, and their end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import func, select, update

from webapp.domain import audit
from webapp.domain.errors import Conflict, Forbidden, NotFound
from webapp.domain.exchange import gathering
from webapp.domain.exchange.gathering import Scope
from webapp.domain.machine import settings
from webapp.domain.models import Gallery, GalleryText, Language, MachineOrder, MachineTask, User
from webapp.domain.permissions import Actor, allow, demand, demand_language
from webapp.infra.clock import now
from webapp.infra.db import db

STATES: Final = ("waiting", "done", "refused", "failed", "cancelled")
SHOWN: Final = 20
TROUBLES: Final = 5


@dataclass(frozen=True)
class Progress:
    """An order and how many of its texts are in which state; `troubles` are reasons, each once."""

    order: MachineOrder
    language: Language
    title: str
    by: str
    counts: Mapping[str, int]
    troubles: Sequence[str] = ()

    @property
    def total(self) -> int:
        """Return how many texts were asked for."""
        return sum(self.counts.values())

    @property
    def waiting(self) -> int:
        """Return how many are left."""
        return self.counts.get("waiting", 0)


def place(language_id: UUID, *, gallery_id: UUID | None = None, again: bool = False, actor: Actor) -> MachineOrder:
    """Ask for the texts that are missing in a language, `again` also for those whose source has changed.

    What another order waits for is left to it. Raises Forbidden, Conflict (no machine, nothing to do), Damaged (too
    many texts for one order).
    """
    demand(actor, "translations:update")
    demand_language(actor, language_id)
    if settings.find() is None:
        raise Conflict(
            "There is no machine for this site: its address is missing in the settings.", code="no_machine"
        )
    order = MachineOrder(id=uuid4(), language_id=language_id, gallery_id=gallery_id, user_id=actor.id, again=again)
    tasks = _tasks(order, actor)
    if not tasks:
        raise Conflict("There is nothing to translate that is not asked for already.", code="nothing_to_do")
    db.session.add(order)
    db.session.flush()
    db.session.add_all(tasks)
    changes = {"language": (None, str(language_id)), "texts": (None, len(tasks))}
    audit.record(actor, "order", "machine", order.id, gallery_id=gallery_id, changes=changes)
    db.session.flush()
    return order


def cancel(order_id: UUID, *, actor: Actor) -> int:
    """Leave the rest of an order undone, and return how many texts that were. Raises NotFound, Forbidden."""
    demand(actor, "translations:update")
    order = db.session.get(MachineOrder, order_id, with_for_update=True)
    if order is None:
        raise NotFound("Order")
    if order.user_id != actor.id and not allow(actor, "galleries:update"):
        raise Forbidden("galleries:update")
    gone = db.session.execute(
        update(MachineTask)
        .where(MachineTask.order_id == order_id, MachineTask.state == "waiting")
        .values(state="cancelled", lease_until=None)
        .returning(MachineTask.id),
        execution_options={"synchronize_session": False},
    ).all()
    order.cancelled_at = order.cancelled_at or now()
    audit.record(actor, "cancel", "machine", order.id, gallery_id=order.gallery_id)
    db.session.flush()
    return len(gone)


def recent() -> list[Progress]:
    """Return the newest orders and how far they are; three statements."""
    title = select(GalleryText.title).where(
        GalleryText.gallery_id == Gallery.id, GalleryText.language_id == Gallery.source_language_id
    )
    rows = db.session.execute(
        select(MachineOrder, Language, title.correlate(Gallery).scalar_subquery(), User.name)
        .join(Language, Language.id == MachineOrder.language_id)
        .join(Gallery, Gallery.id == MachineOrder.gallery_id, isouter=True)
        .join(User, User.id == MachineOrder.user_id, isouter=True)
        .order_by(MachineOrder.created_at.desc(), MachineOrder.id)
        .limit(SHOWN)
    ).all()
    ids = [row[0].id for row in rows]
    counts, troubles = _counts(ids), _troubles(ids)
    return [
        Progress(order, language, name or "", by or "", counts.get(order.id, {}), troubles.get(order.id, ()))
        for order, language, name, by in rows
    ]


def _tasks(order: MachineOrder, actor: Actor) -> list[MachineTask]:
    states = ("missing", "stale") if order.again else ("missing",)
    galleries = [order.gallery_id] if order.gallery_id else None
    busy = set(
        db.session.scalars(
            select(MachineTask.unit)
            .join(MachineOrder, MachineOrder.id == MachineTask.order_id)
            .where(MachineTask.state == "waiting", MachineOrder.language_id == order.language_id)
        )
    )
    found: list[MachineTask] = []
    for source_id in gathering.sources(galleries):
        if source_id != order.language_id:
            scope = Scope(language_id=order.language_id, source_id=source_id, gallery_ids=galleries, states=states)
            units = [unit.id for unit in gathering.gather(scope, actor=actor).units if unit.id not in busy]
            found += [MachineTask(order_id=order.id, source_id=source_id, unit=unit) for unit in units]
    return found


def _counts(ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    statement = (
        select(MachineTask.order_id, MachineTask.state, func.count())
        .where(MachineTask.order_id.in_(ids))
        .group_by(MachineTask.order_id, MachineTask.state)
    )
    found: dict[UUID, dict[str, int]] = {}
    for order_id, state, count in db.session.execute(statement):
        found.setdefault(order_id, {})[state] = count
    return found


def _troubles(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """Return why texts of these orders are late or were not taken, the first few reasons of each."""
    statement = (
        select(MachineTask.order_id, MachineTask.detail)
        .where(MachineTask.order_id.in_(ids), MachineTask.detail.is_not(None), MachineTask.state != "done")
        .distinct()
        .order_by(MachineTask.order_id, MachineTask.detail)
        .limit(SHOWN * TROUBLES)
    )
    found: dict[UUID, list[str]] = {}
    for order_id, detail in db.session.execute(statement):
        found.setdefault(order_id, []).append(str(detail))
    return {order_id: details[:TROUBLES] for order_id, details in found.items()}
