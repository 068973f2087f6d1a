"""Clones: everything of a gallery but its ids, keys and dates, in as many statements for five items as for 5,000.

Texts come along in all languages with what is kept of them, and so do tags, cover, links and focal points; drafts,
held changes, the schedule and the trash stay behind.
"""

import re
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select

from webapp.domain import audit, events, galleries, ordering, site, slugs, snapshots
from webapp.domain.models import Gallery, GalleryTag, GalleryText, Item, ItemTag, ItemText
from webapp.domain.models.gallery import SLUG
from webapp.domain.permissions import Actor, allow
from webapp.infra.clock import now
from webapp.infra.db import db

COPIED: Final = snapshots.GALLERY_FIELDS
ITEM_COPIED: Final = ("kind", "media_id", *snapshots.ITEM_FIELDS)
TEXT_OWN: Final = frozenset({"id", "drafts", "version", "created_at", "updated_at"})
"""Columns of a text that its copy does not take over."""

SUFFIX: Final = re.compile(r"-copy(-\d+)?$")


def clone(gallery: Gallery, *, actor: Actor) -> Gallery:
    """Make a draft of all that a living gallery is and holds now, under a slug of its own. Raises NotFound.

    Its place on the site is taken along by those who may give one.
    """
    site.lock()
    original = galleries.locked(gallery.id)
    copy = _copy_gallery(original, actor=actor)
    events.publish(actor, "gallery.created", copy.id, gallery_id=copy.id)
    audit.record(actor, "gallery.clone", "gallery", copy.id, changes={"of": (None, original.id)}, gallery_id=copy.id)
    db.session.flush()
    _copy_texts(GalleryText, "gallery_id", {original.id: copy.id})
    _copy_tags(GalleryTag, "gallery_id", {original.id: copy.id})
    _copy_items(original.id, copy, actor=actor)
    db.session.flush()
    return copy


def _copy_gallery(original: Gallery, *, actor: Actor) -> Gallery:
    moment = now()
    copy = Gallery(
        id=uuid4(),
        created_by_id=actor.id,
        created_at=moment,
        touched_at=moment,
        sort_order=_fresh_place(original) if allow(actor, "galleries:update") else None,
        **{name: getattr(original, name) for name in COPIED},
    )
    db.session.add(copy)
    db.session.flush()
    base = SUFFIX.sub("", slugs.of(original.id))[: SLUG[1] - 16].rstrip("-")
    slugs.claim_near(copy.id, f"{base}-copy")
    return copy


def _fresh_place(original: Gallery) -> float | None:
    """Return a place on the site above all others, where the original has one (D5)."""
    if original.sort_order is None:
        return None
    highest = db.session.scalars(select(func.max(Gallery.sort_order)).where(Gallery.deleted_at.is_(None))).one()
    keys = ordering.fresh(1, above=highest)
    return keys[0] if keys else None


def _copy_items(original_id: UUID, copy: Gallery, *, actor: Actor) -> None:
    """Copy the living items in their order, with keys as if they had been added one after another."""
    rows = db.session.execute(
        select(Item.id, *(getattr(Item, name) for name in ITEM_COPIED))
        .where(Item.gallery_id == original_id, Item.deleted_at.is_(None))
        .order_by(Item.sort_order.desc(), Item.id.desc())
    ).all()
    copies = {row.id: uuid4() for row in rows}
    keys = ordering.place(list(copies.values()), above=(), below=())
    common = {
        "gallery_id": copy.id,
        "added_by_id": actor.id,
        "added_through": actor.door,
        "version": 1,
        "created_at": copy.created_at,
    }
    _insert(
        Item,
        [
            {"id": copies[row.id], "sort_order": keys[copies[row.id]], **_values(row, ITEM_COPIED), **common}
            for row in rows
        ],
    )
    events.publish_each(actor, "item.created", list(copies.values()), gallery_id=copy.id)
    copy_words(copies, of=_items_of(original_id))


def copy_words(copies: dict[UUID, UUID], *, of: Any = None) -> None:
    """Give the copies of items, by the ids of their originals, the texts and tags of these."""
    _copy_texts(ItemText, "item_id", copies, of=of)
    _copy_tags(ItemTag, "item_id", copies, of=of)


def _items_of(gallery_id: UUID) -> Any:
    return select(Item.id).where(Item.gallery_id == gallery_id, Item.deleted_at.is_(None))


def _copy_texts(model: Any, key: str, copies: dict[UUID, UUID], *, of: Any = None) -> None:
    """Copy the values and what is kept of them; a row that only holds drafts has nothing to copy."""
    names = [column.key for column in model.__table__.columns if column.key not in TEXT_OWN]
    owner = getattr(model, key)
    rows = db.session.execute(
        select(*(getattr(model, name) for name in names)).where(owner.in_(list(copies) if of is None else of))
    ).all()
    moment = now()
    fresh = {"drafts": {}, "version": 1, "created_at": moment}
    _insert(
        model,
        [
            {**_values(row, names), "id": uuid4(), key: copies[getattr(row, key)], **fresh}
            for row in rows
            if any(getattr(row, field) is not None for field in model.fields)
        ],
    )


def _copy_tags(model: Any, key: str, copies: dict[UUID, UUID], *, of: Any = None) -> None:
    owner = getattr(model, key)
    rows = db.session.execute(select(owner, model.tag_id).where(owner.in_(list(copies) if of is None else of)))
    _insert(model, [{key: copies[owner_id], "tag_id": tag_id} for owner_id, tag_id in rows])


def _values(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _insert(model: Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows in one go, whatever their number and whichever of their fields are empty."""
    if rows:
        db.session.execute(insert(model).execution_options(render_nulls=True), rows)
