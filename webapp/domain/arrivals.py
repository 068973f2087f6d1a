"""Files that arrive one by one, in whatever order, and stand in the order in which they were chosen.

A browser sends the files of one choice, a *batch*, several at a time. Each finds its place under the lock of the
gallery's row, beside those of its batch that are there already. One that is sent again because an answer was lost
finds itself, and is not added twice.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, delete, select

from webapp.domain import items, media, twins
from webapp.domain.models import Arrival, Item, Media
from webapp.domain.permissions import Actor, demand
from webapp.infra.clock import now
from webapp.infra.db import db

KEPT: Final = timedelta(days=1)
"""How long a batch may take."""


@dataclass(frozen=True)
class Slot:
    """A file's place, from 0, among those that were chosen at once."""

    batch: UUID
    place: int


@dataclass(frozen=True)
class Arrived:
    """What became of a file: an item, or a question because its bytes are in the library already, or in its trash."""

    item: Item | None = None
    twin: Media | None = None


def bring(gallery_id: UUID, intake: media.Intake, slot: Slot, *, actor: Actor, ask: bool = False) -> Arrived:
    """Add a file that was taken in, at its place; where `ask`, only if its bytes are not in the library yet.

    Raises NotFound, Forbidden.
    """
    demand(actor, "media:upload")
    items.lock(gallery_id)
    if there := _find(gallery_id, slot):
        return Arrived(item=there)
    if ask and (twin := twins.find(intake.sha256)):
        return Arrived(twin=twin)
    return Arrived(item=_place(gallery_id, media.add(intake, actor=actor).id, slot, actor=actor))


def use(gallery_id: UUID, media_id: UUID, slot: Slot, *, actor: Actor) -> Item:
    """Add what is in the library already, or in its trash, at the place of the file that has the same bytes.

    Raises NotFound, Forbidden.
    """
    items.lock(gallery_id)
    found = _find(gallery_id, slot)
    return found or _place(gallery_id, twins.take_back(media_id, actor=actor).id, slot, actor=actor)


def _find(gallery_id: UUID, slot: Slot) -> Item | None:
    """Return the item that this file has become, living or trashed."""
    statement = select(Item).join(Arrival, Arrival.item_id == Item.id)
    return db.session.scalars(
        statement.where(Arrival.gallery_id == gallery_id, Arrival.batch == slot.batch, Arrival.place == slot.place)
    ).one_or_none()


def _place(gallery_id: UUID, media_id: UUID, slot: Slot, *, actor: Actor) -> Item:
    before, after = _anchor(gallery_id, slot)
    if before is None and after is None:
        db.session.execute(delete(Arrival).where(Arrival.gallery_id == gallery_id, Arrival.arrived_at < now() - KEPT))
    item = items.add(gallery_id, [media_id], actor=actor, before=before, after=after)[0]
    kept = {"gallery_id": gallery_id, "item_id": item.id, "sort_order": item.sort_order}
    db.session.add(Arrival(batch=slot.batch, place=slot.place, **kept))
    db.session.flush()
    return item


def _anchor(gallery_id: UUID, slot: Slot) -> tuple[UUID | None, UUID | None]:
    """Return the item to stand in front of, or behind: the one chosen before it, else the one chosen after it.

    One that somebody has moved meanwhile leads nowhere, as long as there is another.
    """
    siblings = _siblings(gallery_id, slot.batch)
    for found in (siblings.where(Arrival.sort_order == Item.sort_order), siblings):
        earlier = found.where(Arrival.place < slot.place).order_by(Arrival.place.desc())
        if after := db.session.scalars(earlier.limit(1)).first():
            return None, after
        later = found.where(Arrival.place > slot.place).order_by(Arrival.place)
        if before := db.session.scalars(later.limit(1)).first():
            return before, None
    return None, None


def _siblings(gallery_id: UUID, batch: UUID) -> Select[Any]:
    return (
        select(Arrival.item_id)
        .join(Item, Item.id == Arrival.item_id)
        .where(Arrival.gallery_id == gallery_id, Arrival.batch == batch, Item.deleted_at.is_(None))
    )
