"""The items of a gallery as visitors have them: the living rows, or those of the held copy (D9)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, exists, func, null, or_, select

from webapp.domain import snapshots
from webapp.domain.models import HeldItem, Item, ItemText, Media
from webapp.infra.db import db


@dataclass(frozen=True)
class Exhibit:
    """An item's row, from the living items or from the held copy."""

    id: UUID
    sort_order: float
    kind: str
    media_id: UUID | None
    fields: Mapping[str, Any]
    texts: snapshots.Texts

    @property
    def seen_id(self) -> UUID | None:
        """The media whose picture is shown: that which stands for a video, or its own."""
        poster = self.fields.get("poster_id")
        return UUID(poster) if poster else self.media_id


def source(gallery_id: UUID, *, held: bool) -> tuple[Any, Any, Select[Any]]:
    """Return the model, its column of item ids, and all rows of a gallery in their order."""
    base: Select[Any]
    if held:
        base = select(HeldItem).where(HeldItem.gallery_id == gallery_id, _is_there(HeldItem))
        return HeldItem, HeldItem.item_id, base.order_by(HeldItem.sort_order.desc(), HeldItem.item_id.desc())
    base = select(Item).where(Item.gallery_id == gallery_id, Item.deleted_at.is_(None), _is_there(Item))
    return Item, Item.id, base.order_by(Item.sort_order.desc(), Item.id.desc())


def _is_there(model: Any) -> Any:
    """Return the condition for an item that has something to show: not one whose file is still somewhere else."""
    video = Item.video.is_(null()) if model is Item else HeldItem.item["video"].as_string().is_(None)
    away = exists().where(Media.id == model.media_id, Media.blob_id.is_(None))
    poster = exists().where(Media.id == model.poster_id, Media.blob_id.is_not(None))
    return and_(~away, ~and_(model.kind == "video", model.media_id.is_(None), video, ~poster))


def is_after(model: Any, key: Any, place: Exhibit) -> Any:
    """Return the condition for what stands after a place."""
    return or_(model.sort_order < place.sort_order, and_(model.sort_order == place.sort_order, key < place.id))


def is_before(model: Any, key: Any, place: Exhibit) -> Any:
    """Return the condition for what stands before a place."""
    return or_(model.sort_order > place.sort_order, and_(model.sort_order == place.sort_order, key > place.id))


def page(
    gallery_id: UUID,
    *,
    held: bool,
    after: UUID | None,
    only: UUID | Collection[UUID] | None,
    limit: int,
    drafts: bool = False,
) -> list[Exhibit]:
    """Return one page of places and one more, in two queries (three after a page)."""
    model, key, statement = source(gallery_id, held=held)
    if only is not None:
        statement = statement.where(key == only if isinstance(only, UUID) else key.in_(only))
    elif after is not None:
        last = db.session.execute(
            select(key, model.sort_order).where(key == after, model.gallery_id == gallery_id)
        ).one_or_none()
        if last is not None:
            statement = statement.where(is_after(model, key, Exhibit(last[0], last[1], "", None, {}, {})))
    rows = db.session.scalars(statement.limit(limit + 1)).all()
    if held:
        return [Exhibit(r.item_id, r.sort_order, r.kind, r.media_id, r.item, r.texts) for r in rows]
    texts = snapshots.texts_by_owner(ItemText, ItemText.item_id, [row.id for row in rows], drafts=drafts)
    return [
        Exhibit(r.id, r.sort_order, r.kind, r.media_id, snapshots.item_fields(r), texts.get(r.id, {})) for r in rows
    ]


def newest(gallery_id: UUID, *, held: bool, limit: int) -> dict[UUID, datetime]:
    """Return the items that were added last and when, the newest first; one query."""
    model, key, base = source(gallery_id, held=held)
    statement = base.with_only_columns(key, Item.created_at).order_by(None)
    if held:
        statement = statement.join(Item, Item.id == key)
    rows = db.session.execute(statement.order_by(Item.created_at.desc(), model.sort_order.desc()).limit(limit))
    return {row[0]: row[1] for row in rows}


def at(gallery_id: UUID, number: int, *, held: bool) -> UUID | None:
    """Return the item at a place, counted from 1; one query, none where that is before the first."""
    if number < 1:
        return None
    _, key, base = source(gallery_id, held=held)
    return db.session.scalars(base.with_only_columns(key).offset(number - 1).limit(1)).one_or_none()


def numbers(gallery_id: UUID, places: Sequence[Exhibit], *, held: bool) -> tuple[int, int]:
    """Return the number of the first place and how many there are, in one query."""
    model, key, base = source(gallery_id, held=held)
    total = func.count()
    if not places:
        return 1, db.session.scalars(base.order_by(None).with_only_columns(total)).one()
    before = func.count().filter(is_before(model, key, places[0]))
    earlier, all_of_them = db.session.execute(base.order_by(None).with_only_columns(before, total)).one()
    return earlier + 1, all_of_them
