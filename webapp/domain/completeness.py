"""How far the texts of galleries are in each language, in one statement however many galleries and items there are.

Wanted of a gallery are a title, an alt text for each picture that is not decorative, and each other text that its
source language has. What visitors are shown counts where it is *done*: a machine's text that nobody has read does
not, nor one whose source has changed since. An alt text that an item has from the library counts.
"""

import operator
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, reduce
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
from sqlalchemy.orm import aliased

from webapp.domain.models import Gallery, GalleryText, Item, ItemText, MediaText
from webapp.infra.db import db

OF_GALLERY: Final = ("description", "meta_title", "meta_description")
OF_ITEM: Final = ("caption", "title", "description", "html")
"""Texts that are wanted where the source language has them."""

Rows = Select[UUID, UUID, str, int, int, int, int, int]
"""A gallery, a language, what kind of row it is, and five counts (for `items`: items and pictures)."""


@dataclass(frozen=True)
class Progress:
    """What is done of what is wanted in one language; of what is not, what is stale, and how much has any text."""

    done: int
    wanted: int
    stale: int = 0
    filled: int = 0

    @property
    def left(self) -> int:
        """Return how many texts are to be worked on."""
        return self.wanted - self.done

    @property
    def unread(self) -> int:
        """Return how many a machine wrote and nobody has looked at."""
        return self.filled - self.done - self.stale

    @property
    def percent(self) -> int:
        """Return how far it is, whole only when all is done and nothing only when nothing is."""
        if self.done == self.wanted:
            return 100
        return min(99, max(1, 100 * self.done // self.wanted)) if self.done else 0

    def __add__(self, other: "Progress") -> "Progress":
        return Progress(
            self.done + other.done, self.wanted + other.wanted, self.stale + other.stale, self.filled + other.filled
        )


@dataclass(frozen=True)
class Counts:
    """How many of the wanted texts of a gallery are in one language: done, of those alt texts, stale, any at all."""

    done: int = 0
    alts: int = 0
    stale: int = 0
    filled: int = 0


@dataclass(frozen=True)
class Tally:
    """What a gallery holds: its living items, those that want an alt text, and how its texts stand by language."""

    source_id: UUID
    items: int
    pictures: int
    counts: Mapping[UUID, Counts]
    wanted: int = 0

    @property
    def without_alt(self) -> int:
        """Return how many pictures have no alt text in the source language."""
        return self.pictures - self.counts.get(self.source_id, Counts()).alts

    def progress(self, language_id: UUID) -> Progress:
        """Return how far the gallery is in a language."""
        found = self.counts.get(language_id, Counts())
        return Progress(found.done, self.wanted, found.stale, found.filled)


def of(gallery_ids: Sequence[UUID]) -> dict[UUID, Tally]:
    """Return the tally of each of these galleries; one statement."""
    held: dict[UUID, tuple[int, int, UUID]] = {}
    said: dict[UUID, int] = defaultdict(int)
    found: dict[UUID, dict[UUID, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0, 0, 0]))
    for gallery_id, language_id, kind, first, *counts in db.session.execute(_statement(), {"ids": list(gallery_ids)}):
        if kind == "items":
            held[gallery_id] = (first, counts[0] or 0, language_id)
        else:
            said[gallery_id] += first or 0
            summed = found[gallery_id][language_id]
            summed[:] = [so_far + (more or 0) for so_far, more in zip(summed, counts, strict=True)]
    return {
        gallery_id: _tally(source_id, items, pictures, said[gallery_id], found[gallery_id])
        for gallery_id, (items, pictures, source_id) in held.items()
    }


def drafted(gallery_id: UUID, language_id: UUID) -> int:
    """Return how many wanted texts have a draft and nothing else in a language; one statement."""
    here = {"gallery": gallery_id, "language": language_id}
    return sum(count or 0 for count in db.session.scalars(_drafted(), here))


def _tally(source_id: UUID, items: int, pictures: int, said: int, found: Mapping[UUID, Sequence[int]]) -> Tally:
    counts = {language_id: Counts(*summed) for language_id, summed in found.items() if any(summed)}
    return Tally(source_id, items, pictures, counts, 1 + pictures + said)


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
            func.count(Item.id).filter(wants_alt(Item)),
            literal(0),
            literal(0),
            literal(0),
        )
        .join(Item, and_(Item.gallery_id == Gallery.id, Item.deleted_at.is_(None)), isouter=True)
        .where(_asked_for(Gallery.id))
        .group_by(Gallery.id, Gallery.source_language_id)
    )


def _gallery_texts() -> Rows:
    """One row a gallery and language; what is wanted is said by the row of the source language."""
    source = aliased(GalleryText)
    fields = ("title", *OF_GALLERY)
    wanted = [literal(True), *(is_filled(source, field) for field in OF_GALLERY)]
    in_source = GalleryText.language_id == Gallery.source_language_id
    done, stale, filled = _standing(GalleryText, dict(zip(fields, wanted, strict=True)))
    return (
        select(
            GalleryText.gallery_id,
            GalleryText.language_id,
            literal("gallery"),
            _count(and_(in_source, each) for each in wanted[1:]),
            done,
            literal(0),
            stale,
            filled,
        )
        .join(Gallery, Gallery.id == GalleryText.gallery_id)
        .join(source, in_source_language(source, source.gallery_id == Gallery.id), isouter=True)
        .where(_asked_for(GalleryText.gallery_id))
    )


def _item_texts() -> Rows:
    """One row a gallery and language."""
    source = aliased(ItemText)
    fields = ("alt", *OF_ITEM)
    wanted = [wants_alt(Item), *(is_filled(source, field) for field in OF_ITEM)]
    in_source = ItemText.language_id == Gallery.source_language_id
    done, stale, filled = _standing(ItemText, dict(zip(fields, wanted, strict=True)))
    return (
        select(
            Item.gallery_id,
            ItemText.language_id,
            literal("item"),
            func.sum(_count(and_(in_source, each) for each in wanted[1:])),
            func.sum(done),
            func.sum(_count([and_(wants_alt(Item), is_done(ItemText, "alt"))])),
            func.sum(stale),
            func.sum(filled),
        )
        .join(ItemText, ItemText.item_id == Item.id)
        .join(Gallery, Gallery.id == Item.gallery_id)
        .join(source, in_source_language(source, source.item_id == Item.id), isouter=True)
        .where(_asked_for(Item.gallery_id), Item.deleted_at.is_(None))
        .group_by(Item.gallery_id, ItemText.language_id)
    )


def _standing(text: Any, wanted: Mapping[str, ColumnElement[bool]]) -> list[ColumnElement[int]]:
    """Return how many of the wanted fields of a row are done, stale, and filled."""
    return [
        _count(and_(each, is_so(text, name)) for name, each in wanted.items())
        for is_so in (is_done, is_stale, is_filled)
    ]


def _inherited() -> Rows:
    """Alt texts of the library, where the item has none of its own in that language."""
    own = exists().where(
        ItemText.item_id == Item.id, ItemText.language_id == MediaText.language_id, is_filled(ItemText, "alt")
    )
    return (
        select(
            Item.gallery_id,
            MediaText.language_id,
            literal("media"),
            literal(0),
            func.count(),
            func.count(),
            literal(0),
            func.count(),
        )
        .join(MediaText, MediaText.media_id == Item.media_id)
        .where(
            _asked_for(Item.gallery_id),
            Item.deleted_at.is_(None),
            wants_alt(Item),
            is_done(MediaText, "alt"),
            ~own,
        )
        .group_by(Item.gallery_id, MediaText.language_id)
    )


@cache
def _drafted() -> CompoundSelect[Any]:
    """Build the statement once: drafts of the gallery's texts, and of its items'."""
    gallery_id: Any = bindparam("gallery")
    language_id: Any = bindparam("language")
    source, item_source = aliased(GalleryText), aliased(ItemText)
    own = [_is_begun(GalleryText, "title")]
    own += [and_(is_filled(source, field), _is_begun(GalleryText, field)) for field in OF_GALLERY]
    said = [and_(wants_alt(Item), _is_begun(ItemText, "alt"))]
    said += [and_(is_filled(item_source, field), _is_begun(ItemText, field)) for field in OF_ITEM]
    return union_all(
        select(_count(own))
        .select_from(GalleryText)
        .join(Gallery, Gallery.id == GalleryText.gallery_id)
        .join(source, in_source_language(source, source.gallery_id == Gallery.id), isouter=True)
        .where(GalleryText.gallery_id == gallery_id, GalleryText.language_id == language_id),
        select(func.sum(_count(said)))
        .select_from(ItemText)
        .join(Item, Item.id == ItemText.item_id)
        .join(Gallery, Gallery.id == Item.gallery_id)
        .join(item_source, in_source_language(item_source, item_source.item_id == Item.id), isouter=True)
        .where(Item.gallery_id == gallery_id, Item.deleted_at.is_(None), ItemText.language_id == language_id),
    )


def in_source_language(text: Any, of_owner: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a text is its owner's in the source language of the gallery."""
    return and_(of_owner, text.language_id == Gallery.source_language_id)


def wants_alt(item: Any) -> ColumnElement[bool]:
    """Return the condition that an item has a picture that is not decorative."""
    return and_(item.media_id.is_not(None), item.decorative.is_(False))


def is_filled(text: Any, field: str) -> ColumnElement[bool]:
    """Return the condition that something is written in a field; false too where there is no row."""
    return func.coalesce(getattr(text, field), "") != ""


def is_done(text: Any, field: str) -> ColumnElement[bool]:
    """Return the condition that a field counts as done."""
    return and_(is_filled(text, field), _state(text, field) == "done")


def is_stale(text: Any, field: str) -> ColumnElement[bool]:
    """Return the condition that the source of a field has changed since it was written."""
    return and_(is_filled(text, field), _state(text, field) == "stale")


def _is_begun(text: Any, field: str) -> ColumnElement[bool]:
    draft = text.drafts[(field, "text")].as_string()
    return and_(~is_filled(text, field), draft.is_not(None), draft != "")


def _state(text: Any, field: str) -> ColumnElement[str]:
    return cast(ColumnElement[str], func.coalesce(text.kept[(field, "state")].as_string(), "done"))


def _count(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[int]:
    """Return how many of these conditions hold in a row."""
    ones: list[ColumnElement[int]] = [case((condition, 1), else_=0) for condition in conditions]
    return reduce(operator.add, ones)
