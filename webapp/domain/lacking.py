"""Which galleries lack a text in a language: the same as `completeness` counts, asked as a condition of a list."""

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, false, func, literal, or_, select
from sqlalchemy.orm import aliased

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
    return _has(language, wanted, or_(_title(language), _description(language), _alt(language), *_said(language)))


def _title(language: Any) -> ColumnElement[bool]:
    text = aliased(GalleryText)
    return ~_has(text, text.gallery_id == Gallery.id, text.language_id == language.id, _done(text, "title"))


def _description(language: Any) -> ColumnElement[bool]:
    source, text = aliased(GalleryText), aliased(GalleryText)
    written = (source.gallery_id == Gallery.id, source.language_id == Gallery.source_language_id)
    here = (text.gallery_id == Gallery.id, text.language_id == language.id)
    is_wanted = _has(source, *written, _done(source, "description"))
    return and_(is_wanted, ~_has(text, *here, _done(text, "description")))


def _alt(language: Any) -> ColumnElement[bool]:
    """A picture without an alt text of its own, and without one from the library where it has none at all."""
    item, own, library = aliased(Item), aliased(ItemText), aliased(MediaText)
    mine = (own.item_id == item.id, own.language_id == language.id)
    lent = (library.media_id == item.media_id, library.language_id == language.id)
    inherited = and_(_has(library, *lent, _done(library, "alt")), ~_has(own, *mine, own.alt != ""))
    pictures = (item.media_id.is_not(None), item.decorative.is_(False))
    return _has(item, *_living(item), *pictures, ~_has(own, *mine, _done(own, "alt")), ~inherited)


def _said(language: Any) -> list[ColumnElement[bool]]:
    """What items say in the source language and not in this one: captions, and texts in a box."""
    item, source, text = aliased(Item), aliased(ItemText), aliased(ItemText)
    here = (text.item_id == item.id, text.language_id == language.id)
    written = (source.item_id == item.id, source.language_id == Gallery.source_language_id)
    return [
        _has(
            item,
            *_living(item),
            _has(source, *written, _done(source, field)),
            ~_has(text, *here, _done(text, field)),
            of_kind,
        )
        for field, of_kind in (("caption", ~false()), ("html", item.kind == "text"))
    ]


def _living(item: Any) -> tuple[ColumnElement[bool], ...]:
    return item.gallery_id == Gallery.id, item.deleted_at.is_(None)


def _done(text: Any, field: str) -> ColumnElement[bool]:
    state = func.coalesce(text.kept[(field, "state")].as_string(), "done")
    return and_(getattr(text, field) != "", state == "done")


def _has(model: Any, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(literal(1)).select_from(model).where(*where).correlate_except(model).exists()
