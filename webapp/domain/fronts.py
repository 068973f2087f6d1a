"""Galleries by the one picture or video that stands for each: its cover, else the first that it shows (D32).

While changes are held, who may not update galleries is shown what visitors see (D13). As many statements for one
gallery as for a hundred.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from webapp.domain import showing
from webapp.domain.errors import NotFound
from webapp.domain.models import Gallery, HeldItem, Hold, Item
from webapp.domain.permissions import Actor, allow
from webapp.infra.db import db

ROWS: Final[Any] = select(Gallery, Hold)


@dataclass(frozen=True, kw_only=True)
class Front:
    """A gallery with the file that stands for it, None where it shows none."""

    id: UUID
    category_uri: str | None
    media_id: UUID | None
    created_at: datetime
    updated_at: datetime | None


def page(*, skip: int, limit: int, actor: Actor, gallery_id: UUID | None = None) -> list[Front]:
    """List the living galleries that show something in the order of their making, or that one alone."""
    wanted = _wanted(ROWS, actor, gallery_id).order_by(Gallery.created_at, Gallery.id)
    return _fronts(db.session.execute(wanted.offset(skip).limit(limit)).all(), actor)


def count(*, actor: Actor, gallery_id: UUID | None = None) -> int:
    """Return how many galleries the whole list has."""
    found: int = db.session.scalars(_wanted(select(func.count(Gallery.id)), actor, gallery_id)).one()
    return found


def get(gallery_id: UUID, *, actor: Actor) -> Front:
    """Return a living gallery, also one that shows nothing. Raises NotFound."""
    found = _fronts(db.session.execute(_living(ROWS).where(Gallery.id == gallery_id)).all(), actor)
    if not found:
        raise NotFound("Gallery")
    return found[0]


def _living(statement: Select[Any]) -> Select[Any]:
    statement = statement.select_from(Gallery).join(Hold, Hold.gallery_id == Gallery.id, isouter=True)
    return statement.where(Gallery.deleted_at.is_(None))


def _wanted(statement: Select[Any], actor: Actor, gallery_id: UUID | None) -> Select[Any]:
    statement = _living(statement).where(_shows_something(actor))
    return statement if gallery_id is None else statement.where(Gallery.id == gallery_id)


def _shows_something(actor: Actor) -> ColumnElement[bool]:
    now = or_(Gallery.cover_media_id.is_not(None), _shown(Item).where(Item.deleted_at.is_(None)).exists())
    if allow(actor, "galleries:update"):
        return now
    frozen = or_(Hold.gallery["cover_media_id"].as_string().is_not(None), _shown(HeldItem).exists())
    return or_(and_(Hold.gallery_id.is_(None), now), and_(Hold.gallery_id.is_not(None), frozen))


def _shown(model: Any) -> Select[Any]:
    found: Select[Any] = select(model.media_id).where(model.gallery_id == Gallery.id, model.media_id.is_not(None))
    return found.correlate(Gallery)


def _fronts(rows: Collection[Any], actor: Actor) -> list[Front]:
    trusted = allow(actor, "galleries:update")
    firsts = _firsts([gallery.id for gallery, _ in rows], trusted=trusted)
    return [
        Front(
            id=gallery.id,
            category_uri=gallery.category_uri,
            media_id=showing.own(gallery, None if trusted else hold, "cover_media_id") or firsts.get(gallery.id),
            created_at=gallery.created_at,
            updated_at=gallery.updated_at,
        )
        for gallery, hold in rows
    ]


def _firsts(ids: Collection[UUID], *, trusted: bool) -> dict[UUID, UUID]:
    """Return the first file that each gallery shows; one statement."""
    if not ids:
        return {}
    now = _shown(Item).where(Item.deleted_at.is_(None)).order_by(Item.sort_order.desc(), Item.id.desc())
    frozen = _shown(HeldItem).order_by(HeldItem.sort_order.desc(), HeldItem.item_id.desc())
    held = select(Hold.gallery_id).where(Hold.gallery_id == Gallery.id).correlate(Gallery).exists()
    first: Any = now.limit(1).scalar_subquery()
    if not trusted:
        first = case((held, frozen.limit(1).scalar_subquery()), else_=first)
    rows = db.session.execute(select(Gallery.id, first).where(Gallery.id.in_(ids)))
    return {gallery_id: media_id for gallery_id, media_id in rows if media_id}
