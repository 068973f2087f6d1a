"""Where between others an item can be put: the rows above and below a slot, those of the trash among them (D4).

Callers hold the lock of the gallery's row.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import select

from webapp.domain import ordering, rivals
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.models import Item
from webapp.domain.sentences import Sentence
from webapp.infra.db import db

CHUNK: Final = 64

Row = tuple[UUID, float]


def ends(gallery_id: UUID, place: str) -> tuple[Iterator[Row], Iterator[Row]]:
    """Return what lies above and below a slot at the top or the end, nearest first."""
    if place == "top":
        return iter(()), _neighbours(gallery_id, None, upwards=False)
    if place == "end":
        return _neighbours(gallery_id, None, upwards=True), iter(())
    raise Invalid("place", "A place is the top or the end.", code="place")


def beside(gallery_id: UUID, before: UUID | None, after: UUID | None) -> tuple[Iterator[Row], Iterator[Row]]:
    """Return what lies above and below a slot beside an anchor, the anchor itself being one of them."""
    wanted = Item.id == (before or after)
    anchor = db.session.execute(
        select(Item.id, Item.sort_order).where(Item.gallery_id == gallery_id, Item.deleted_at.is_(None), wanted)
    ).one_or_none()
    if anchor is None:
        gone = [rivals.removed(gallery_id, each) for each in (before, after) if each]
        otherwise = Sentence("The item to move next to is no longer there.")
        raise Conflict(next(filter(None, gone), otherwise), code="anchor_gone")
    row: Row = (anchor.id, anchor.sort_order)
    above = _neighbours(gallery_id, row[1], upwards=True)
    below = _neighbours(gallery_id, row[1], upwards=False)
    return (above, _first(row, below)) if before else (_first(row, above), below)


def at(gallery_id: UUID, position: int, moving: Mapping[UUID, float]) -> tuple[UUID | None, str | None]:
    """Return the item that will follow the first moved one at `position`, or the end."""
    if position < 1:
        raise Invalid("position", "Positions begin at 1.", code="position")
    staying = select(Item.id).where(Item.gallery_id == gallery_id, Item.deleted_at.is_(None), Item.id.not_in(moving))
    shown = staying.order_by(Item.sort_order.desc(), Item.id.desc())
    anchor: UUID | None = db.session.scalars(shown.offset(position - 1).limit(1)).first()
    return anchor, None if anchor else "end"


def free(gallery_id: UUID, keys: Sequence[float], *, item_id: UUID | None = None) -> list[float]:
    """Return keys that were given, bit for bit, where no living item but `item_id` has one, nor two are one (D6).

    Raises Invalid for what is no key, Conflict.
    """
    try:
        checked = [ordering.check_key(key) for key in keys]
    except ValueError as error:
        raise Invalid("sort_order", str(error), code="sort_order") from None
    taken = select(Item.id).where(Item.gallery_id == gallery_id, Item.deleted_at.is_(None))
    if item_id is not None:
        taken = taken.where(Item.id != item_id)
    twice = len(set(checked)) != len(checked)
    if twice or (checked and db.session.scalars(taken.where(Item.sort_order.in_(checked)).limit(1)).first()):
        raise Conflict("Another item of this gallery has this sort order.", code="sort_order_taken")
    return checked


def _first(row: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield row
    yield from rest


def _neighbours(gallery_id: UUID, key: float | None, *, upwards: bool) -> Iterator[Row]:
    """Give the rows, the trash among them, from a key on: upwards or downwards, nearest first, a chunk at a time."""
    order = Item.sort_order.asc() if upwards else Item.sort_order.desc()
    limit = 2
    while True:
        statement = select(Item.id, Item.sort_order).where(Item.gallery_id == gallery_id)
        if key is not None:
            statement = statement.where(Item.sort_order > key if upwards else Item.sort_order < key)
        rows = db.session.execute(statement.order_by(order).limit(limit)).all()
        yield from rows
        if len(rows) < limit:
            return
        key, limit = rows[-1][1], CHUNK
