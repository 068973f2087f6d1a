"""Which galleries lack a text in a language: the same as `completeness` counts, asked as a condition of a list."""

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.completeness import OF_GALLERY, OF_ITEM, in_source_language, is_done, is_filled, wants_alt
from webapp.domain.models import Gallery, GalleryText, Item, ItemText, Language, MediaText

ANY: Final = "any"
"""Asks for galleries that lack a text in some language of the site."""


@lru_cache(256)
def in_language(code: str) -> ColumnElement[bool]:
    """Return the condition that a gallery is not all there in the active language with this code, or in `ANY`.

    It is put together once for each code, which takes longer than asking it.
    """
    language = aliased(Language)
    wanted = language.is_active.is_(True) if code == ANY else func.lower(language.code) == code.lower()
    return _has(language, wanted, or_(_title(language), _of_gallery(language), _alt(language), _of_items(language)))


def is_open(item: Any, target: Any, source: Any, language_id: Any) -> ColumnElement[bool]:
    """Return the condition that a wanted text of an item is not done; `target` and `source` may be no rows."""
    lent = aliased(MediaText)
    here = (lent.media_id == item.media_id, lent.language_id == language_id)
    inherited = and_(~is_filled(target, "alt"), _has(lent, *here, is_done(lent, "alt")))
    alt = and_(wants_alt(item), ~is_done(target, "alt"), ~inherited)
    return or_(alt, *(and_(is_filled(source, field), ~is_done(target, field)) for field in OF_ITEM))


def _title(language: Any) -> ColumnElement[bool]:
    text = aliased(GalleryText)
    return ~_has(text, text.gallery_id == Gallery.id, text.language_id == language.id, is_done(text, "title"))


def _of_gallery(language: Any) -> ColumnElement[bool]:
    source, text = aliased(GalleryText), aliased(GalleryText)
    here = and_(text.gallery_id == Gallery.id, text.language_id == language.id)
    lacks = [and_(is_filled(source, field), ~is_done(text, field)) for field in OF_GALLERY]
    written = select(literal(1)).select_from(source).join(text, here, isouter=True)
    written = written.where(in_source_language(source, source.gallery_id == Gallery.id), or_(*lacks))
    return written.correlate(Gallery, language).exists()


def _alt(language: Any) -> ColumnElement[bool]:
    """A picture without an alt text of its own, and without one from the library where it has none at all."""
    item, own, library = aliased(Item), aliased(ItemText), aliased(MediaText)
    mine = (own.item_id == item.id, own.language_id == language.id)
    lent = (library.media_id == item.media_id, library.language_id == language.id)
    inherited = and_(_has(library, *lent, is_done(library, "alt")), ~_has(own, *mine, own.alt != ""))
    living = (item.gallery_id == Gallery.id, item.deleted_at.is_(None))
    return _has(item, *living, wants_alt(item), ~_has(own, *mine, is_done(own, "alt")), ~inherited)


def _of_items(language: Any) -> ColumnElement[bool]:
    """What items say in the source language and not in this one."""
    item, source, text = aliased(Item), aliased(ItemText), aliased(ItemText)
    here = and_(text.item_id == item.id, text.language_id == language.id)
    lacks = [and_(is_filled(source, field), ~is_done(text, field)) for field in OF_ITEM]
    written = (
        select(literal(1))
        .select_from(item)
        .join(source, in_source_language(source, source.item_id == item.id))
        .join(text, here, isouter=True)
        .where(item.gallery_id == Gallery.id, item.deleted_at.is_(None), or_(*lacks))
    )
    return written.correlate(Gallery, language).exists()


def _has(model: Any, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(literal(1)).select_from(model).where(*where).correlate_except(model).exists()
