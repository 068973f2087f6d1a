"""How far the texts of galleries are in each language, in one statement however many galleries and items there are.

Wanted of a gallery are a title, an alt text for each picture that is not decorative, and as many descriptions and
captions and text items as its source language has. What visitors are shown counts where it is *done*: a machine's
text that nobody has read does not, nor one whose source has changed since. An alt text that an item has from the
library counts.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal,
    select,
    union_all,
)

from webapp.domain.models import Gallery, GalleryText, Item, ItemText, MediaText
from webapp.infra.db import db

FIELDS: Final = ("title", "description", "alt", "caption", "html")

Rows = Select[UUID, UUID, str, int, int, int, int, int]
"""A gallery, a language, what kind of row it is, and a count for each field (for `items`: items and pictures)."""


@dataclass(frozen=True)
class Progress:
    """What is done of what is wanted in one language."""

    done: int
    wanted: int

    @property
    def percent(self) -> int:
        """Return how far it is, whole only when all is done and nothing only when nothing is."""
        if self.done == self.wanted:
            return 100
        return min(99, max(1, 100 * self.done // self.wanted)) if self.done else 0


@dataclass(frozen=True)
class Tally:
    """What a gallery holds: its living items, and how many texts of each field are wanted and done."""

    source_id: UUID
    items: int
    pictures: int
    done: Mapping[UUID, Mapping[str, int]]

    def progress(self, language_id: UUID) -> Progress:
        """Return how far the gallery is in a language."""
        wanted, done = self._wanted(), self.done.get(language_id, {})
        return Progress(sum(min(done.get(name, 0), most) for name, most in wanted.items()), sum(wanted.values()))

    def _wanted(self) -> dict[str, int]:
        source = self.done.get(self.source_id, {})
        return {
            "title": 1,
            "description": source.get("description", 0),
            "alt": self.pictures,
            "caption": source.get("caption", 0),
            "html": source.get("html", 0),
        }


def of(gallery_ids: Sequence[UUID]) -> dict[UUID, Tally]:
    """Return the tally of each of these galleries; one statement."""
    held: dict[UUID, tuple[int, int, UUID]] = {}
    done: dict[UUID, dict[UUID, dict[str, int]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for gallery_id, language_id, kind, *counts in db.session.execute(_statement(), {"ids": list(gallery_ids)}):
        if kind == "items":
            held[gallery_id] = (counts[0], counts[1], language_id)
        else:
            for field, count in zip(FIELDS, counts, strict=True):
                done[gallery_id][language_id][field] += count or 0
    return {
        gallery_id: Tally(source_id, items, pictures or 0, done.get(gallery_id, {}))
        for gallery_id, (items, pictures, source_id) in held.items()
    }


@cache
def _statement() -> CompoundSelect[Any]:
    """Build the statement once: putting it together takes longer than running it."""
    return union_all(_items(), _gallery_texts(), _item_texts(), _inherited())


def _asked_for(column: Any) -> ColumnElement[bool]:
    return cast(ColumnElement[bool], column.in_(bindparam("ids", expanding=True)))


def _items() -> Rows:
    """One row a gallery: its source language, its items, its pictures that want an alt text."""
    return (
        select(
            Gallery.id,
            Gallery.source_language_id,
            literal("items"),
            func.count(Item.id),
            func.count(Item.id).filter(_wants_alt()),
            literal(0),
            literal(0),
            literal(0),
        )
        .join(Item, and_(Item.gallery_id == Gallery.id, Item.deleted_at.is_(None)), isouter=True)
        .where(_asked_for(Gallery.id))
        .group_by(Gallery.id, Gallery.source_language_id)
    )


def _gallery_texts() -> Rows:
    return select(
        GalleryText.gallery_id,
        GalleryText.language_id,
        literal("gallery"),
        _one(_is_done(GalleryText, "title")),
        _one(_is_done(GalleryText, "description")),
        literal(0),
        literal(0),
        literal(0),
    ).where(_asked_for(GalleryText.gallery_id))


def _item_texts() -> Rows:
    return (
        select(
            Item.gallery_id,
            ItemText.language_id,
            literal("item"),
            literal(0),
            literal(0),
            func.sum(_one(and_(_wants_alt(), _is_done(ItemText, "alt")))),
            func.sum(_one(_is_done(ItemText, "caption"))),
            func.sum(_one(_is_done(ItemText, "html"))),
        )
        .join(ItemText, ItemText.item_id == Item.id)
        .where(_asked_for(Item.gallery_id), Item.deleted_at.is_(None))
        .group_by(Item.gallery_id, ItemText.language_id)
    )


def _inherited() -> Rows:
    """Alt texts of the library, where the item has none of its own in that language."""
    own = exists().where(
        ItemText.item_id == Item.id, ItemText.language_id == MediaText.language_id, _is_filled(ItemText, "alt")
    )
    return (
        select(
            Item.gallery_id,
            MediaText.language_id,
            literal("media"),
            literal(0),
            literal(0),
            func.count(),
            literal(0),
            literal(0),
        )
        .join(MediaText, MediaText.media_id == Item.media_id)
        .where(
            _asked_for(Item.gallery_id),
            Item.deleted_at.is_(None),
            _wants_alt(),
            _is_done(MediaText, "alt"),
            ~own,
        )
        .group_by(Item.gallery_id, MediaText.language_id)
    )


def _wants_alt() -> ColumnElement[bool]:
    return and_(Item.media_id.is_not(None), Item.decorative.is_(False))


def _is_filled(model: Any, field: str) -> ColumnElement[bool]:
    column = getattr(model, field)
    return and_(column.is_not(None), column != "")


def _is_done(model: Any, field: str) -> ColumnElement[bool]:
    state = func.coalesce(model.kept[(field, "state")].as_string(), "done")
    return and_(_is_filled(model, field), state == "done")


def _one(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
