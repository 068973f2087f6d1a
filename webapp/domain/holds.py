"""Held changes: visitors keep seeing a published gallery as it stood, everybody edits on (D9).

The held copy is rows keyed by item, paged like the live ones, and exists only while the gallery is held.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from webapp.domain import audit, events, galleries, items, ordering, revisions, snapshots
from webapp.domain.errors import Conflict
from webapp.domain.models import Gallery, GalleryText, HeldItem, Hold, Item, ItemText, Language
from webapp.domain.models.translation import Texts
from webapp.domain.permissions import Actor
from webapp.infra.clock import now
from webapp.infra.db import db


def find(gallery_id: UUID) -> Hold | None:
    """Return the hold on a gallery, or None."""
    return db.session.get(Hold, gallery_id)


def hold(gallery_id: UUID, *, actor: Actor) -> Hold:
    """Freeze what visitors see. Raises NotFound, Conflict unless the gallery is published and not held yet."""
    gallery = galleries.locked(gallery_id)
    if gallery.status != "published" or find(gallery.id):
        raise Conflict("Only a published gallery that is not held yet can be held.", code="not_holdable")
    snapshot = snapshots.take(gallery)
    held = Hold(
        gallery_id=gallery.id,
        held_by_id=actor.id,
        order_version=gallery.order_version,
        gallery=snapshot["gallery"],
        texts=snapshot["texts"],
    )
    db.session.add(held)
    db.session.flush()
    if snapshot["items"]:
        db.session.execute(insert(HeldItem), [_frozen(gallery.id, row) for row in snapshot["items"]])
    audit.record(actor, "gallery.hold", "gallery", gallery.id, gallery_id=gallery.id)
    return held


def publish(gallery_id: UUID, *, actor: Actor) -> None:
    """Let visitors see all changes and end the hold. Raises NotFound, Conflict where nothing is held."""
    gallery = galleries.locked(gallery_id)
    db.session.delete(_held(gallery.id))
    db.session.flush()
    gallery.published_at = now()
    galleries.touch(gallery)
    revisions.keep(gallery, reason="hold published", actor=actor)
    events.publish(actor, "gallery.updated", gallery.id, gallery_id=gallery.id)
    audit.record(actor, "gallery.hold.publish", "gallery", gallery.id, gallery_id=gallery.id)


def discard(gallery_id: UUID, *, actor: Actor) -> None:
    """Take the gallery back to what visitors see and end the hold; a revision keeps what is discarded.

    Items added since go to the trash, those removed come back, texts, fields and order are as they were.
    Raises NotFound, Conflict where nothing is held.
    """
    gallery = galleries.locked(gallery_id)
    held = _held(gallery.id)
    revisions.keep(gallery, reason="before discard", actor=actor)
    for name, value in held.gallery.items():
        setattr(gallery, name, UUID(value) if value and name.endswith("_id") else value)
    _restore_items(gallery, actor=actor)
    _restore_texts(GalleryText, "gallery_id", {gallery.id: held.texts})
    db.session.delete(held)
    gallery.version += 1
    gallery.order_version += 1
    galleries.touch(gallery)
    events.publish(actor, "gallery.updated", gallery.id, gallery_id=gallery.id)
    audit.record(actor, "gallery.hold.discard", "gallery", gallery.id, gallery_id=gallery.id)
    db.session.flush()


def _frozen(gallery_id: UUID, row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: row[name] for name in ("sort_order", "kind", "media_id", "item", "texts")}
    return {"gallery_id": gallery_id, "item_id": row["id"], **kept}


def _held(gallery_id: UUID) -> Hold:
    held = find(gallery_id)
    if held is None:
        raise Conflict("The changes of this gallery are not held.", code="not_held")
    return held


def _restore_items(gallery: Gallery, *, actor: Actor) -> None:
    frozen = {
        row.item_id: row for row in db.session.scalars(select(HeldItem).where(HeldItem.gallery_id == gallery.id))
    }
    living = set(items.ids_in_order(gallery.id))
    if added := living - set(frozen):
        items.trash(gallery.id, sorted(added), actor=actor)
    rows = {item.id: item for item in db.session.scalars(select(Item).where(Item.id.in_(frozen)))}
    for item_id, item in rows.items():
        _restore_item(item, frozen[item_id])
    _restore_texts(ItemText, "item_id", {item_id: frozen[item_id].texts for item_id in rows})
    db.session.flush()
    order = sorted(rows, key=lambda item_id: (frozen[item_id].sort_order, item_id), reverse=True)
    written = ordering.permute([(item_id, rows[item_id].sort_order) for item_id in order])
    for item_id, key in written.items():
        rows[item_id].sort_order = key


def _restore_item(item: Item, frozen: HeldItem) -> None:
    values = {**frozen.item, "deleted_at": None, "media_id": frozen.media_id, "kind": frozen.kind}
    changed = {name: value for name, value in values.items() if getattr(item, name) != value}
    for name, value in changed.items():
        setattr(item, name, value)
    item.version += bool(changed)


def _restore_texts(model: Any, key: str, frozen: Mapping[UUID, snapshots.Texts]) -> None:
    """Make the texts of these owners what they were; languages that were removed since come back."""
    known = {language.code: language.id for language in db.session.scalars(select(Language))}
    column = getattr(model, key)
    rows = {
        (getattr(row, key), row.language_id): row
        for row in db.session.scalars(select(model).where(column.in_(frozen)))
    }
    for owner_id, texts in frozen.items():
        for code in texts.keys() & known.keys():
            if (owner_id, known[code]) not in rows:
                row = model(**{key: owner_id}, language_id=known[code], drafts={}, kept={}, version=0)
                rows[owner_id, known[code]] = row
                db.session.add(row)
    codes = {language_id: code for code, language_id in known.items()}
    for (owner_id, language_id), row in rows.items():
        _restore_text(row, frozen[owner_id].get(codes[language_id], {}))


def _restore_text(row: Texts, frozen: Mapping[str, str | None]) -> None:
    changed = [field for field in row.fields if getattr(row, field) != frozen.get(field)]
    for field in changed:
        setattr(row, field, frozen.get(field))
    row.version += bool(changed)
