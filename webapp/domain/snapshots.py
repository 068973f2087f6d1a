"""A whole gallery as plain values: what a revision keeps, and what visitors see while changes are held."""

import zlib
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select

from webapp.domain import slugs
from webapp.domain.models import (
    Gallery,
    GalleryTag,
    GalleryText,
    HeldItem,
    Hold,
    Item,
    ItemTag,
    ItemText,
    Language,
    Tag,
)
from webapp.infra.db import db

Texts = dict[str, dict[str, str | None]]
"""Fields by language code."""

LOOK_FIELDS = ("layout", "tile_size", "tile_shape")
GALLERY_FIELDS = ("cover_media_id", "author_id", "source_language_id", "category_uri", *LOOK_FIELDS)
ITEM_FIELDS = (
    *("link_url", "link_text", "focal_x", "focal_y", "decorative", "note", "style", "video", "poster_id"),
    "given",
)


def take(gallery: Gallery) -> dict[str, Any]:
    """Return the gallery's fields, texts, tags and living items in their order; two queries a kind, however many."""
    item_ids = select(Item.id).where(Item.gallery_id == gallery.id, Item.deleted_at.is_(None))
    texts = texts_by_owner(ItemText, ItemText.item_id, item_ids)
    tags = _tags(item_ids)
    rows = db.session.scalars(
        select(Item).where(Item.id.in_(item_ids)).order_by(Item.sort_order.desc(), Item.id.desc())
    )
    return {
        "slug": slugs.of(gallery.id),
        "status": gallery.status,
        "gallery": gallery_fields(gallery),
        "texts": texts_by_owner(GalleryText, GalleryText.gallery_id, [gallery.id]).get(gallery.id, {}),
        "tags": _gallery_tags(gallery.id),
        "items": [
            {
                "id": item.id,
                "kind": item.kind,
                "media_id": item.media_id,
                "sort_order": item.sort_order,
                "item": item_fields(item),
                "texts": texts.get(item.id, {}),
                "tags": tags.get(item.id, []),
            }
            for item in rows
        ],
    }


def of_hold(hold: Hold) -> dict[str, Any]:
    """Return what visitors see while changes are held, as a snapshot; one query."""
    order = (HeldItem.sort_order.desc(), HeldItem.item_id.desc())
    rows = db.session.scalars(select(HeldItem).where(HeldItem.gallery_id == hold.gallery_id).order_by(*order))
    fields, labels = _parted(hold.gallery)
    items = [
        {
            "id": row.item_id,
            "kind": row.kind,
            "media_id": row.media_id,
            "sort_order": row.sort_order,
            "item": _parted(row.item)[0],
            "texts": row.texts,
            **_parted(row.item)[1],
        }
        for row in rows
    ]
    return {"gallery": fields, "texts": hold.texts, "items": items, **labels}


def pack(snapshot: dict[str, Any]) -> bytes:
    """Compress a snapshot for keeping."""
    return zlib.compress(orjson.dumps(snapshot, option=orjson.OPT_SORT_KEYS))


def unpack(packed: bytes) -> dict[str, Any]:
    """Return what was packed; ids come back as text."""
    found: dict[str, Any] = orjson.loads(zlib.decompress(packed))
    return found


def gallery_fields(gallery: Gallery) -> dict[str, Any]:
    """Return a gallery's own fields as JSON can hold them."""
    return {name: _plain(getattr(gallery, name)) for name in GALLERY_FIELDS}


def item_fields(item: Item) -> dict[str, Any]:
    """Return an item's own fields as JSON can hold them."""
    return {name: _plain(getattr(item, name)) for name in ITEM_FIELDS}


def poster_of(row: Mapping[str, Any]) -> UUID | None:
    """Return the picture that stands for the video of an item in a snapshot."""
    found = row["item"].get("poster_id")
    return UUID(found) if found else None


def texts_by_owner(model: Any, key: Any, owners: Any, *, drafts: bool = False) -> dict[UUID, Texts]:
    """Return the values of texts by owner and language code, fields without a value left out; one query.

    `drafts` puts what is typed and not saved in the place of the values (D8).
    """
    statement = (
        select(key, Language.code, *(getattr(model, field) for field in model.fields))
        .join(Language, Language.id == model.language_id)
        .where(key.in_(owners))
    )
    if drafts:
        statement = statement.add_columns(model.drafts)
    found: dict[UUID, Texts] = defaultdict(dict)
    for owner, code, *values in db.session.execute(statement):
        typed = values.pop() if drafts else {}
        given = dict(zip(model.fields, values, strict=True))
        given |= {field: draft["text"] or None for field, draft in typed.items()}
        filled = {field: value for field, value in given.items() if value is not None}
        if filled:
            found[owner][code] = filled
    return dict(found)


def _tags(item_ids: Any) -> dict[UUID, list[str]]:
    statement = (
        select(ItemTag.item_id, Tag.name)
        .join(Tag, Tag.id == ItemTag.tag_id)
        .where(ItemTag.item_id.in_(item_ids))
        .order_by(Tag.key)
    )
    found: dict[UUID, list[str]] = defaultdict(list)
    for item_id, name in db.session.execute(statement):
        found[item_id].append(name)
    return found


def _gallery_tags(gallery_id: UUID) -> list[str]:
    statement = (
        select(Tag.name).join(GalleryTag, GalleryTag.tag_id == Tag.id).where(GalleryTag.gallery_id == gallery_id)
    )
    return list(db.session.scalars(statement.order_by(Tag.key)))


def _parted(held: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the fields of what is held, and its tags, which are kept among them."""
    fields = {name: value for name, value in held.items() if name != "tags"}
    return fields, {"tags": held["tags"]} if "tags" in held else {}


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value
