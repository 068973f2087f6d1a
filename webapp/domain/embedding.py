"""Galleries on other people's pages: what visitors see, found by an id that never changes, in the page's language."""

from typing import Final
from uuid import UUID

from sqlalchemy import and_, exists, select

from webapp.domain import languages, showing
from webapp.domain.errors import NotFound
from webapp.domain.models import Gallery, GallerySlug
from webapp.infra.db import db

LONGEST: Final = 35
"""Letters of a language's code that is looked for (RFC 5646, 4.4.1)."""


def find(gallery_id: UUID) -> tuple[Gallery, str]:
    """Return the gallery that visitors see under an id, and its slug. Raises NotFound."""
    row = db.session.execute(
        select(Gallery, GallerySlug.slug)
        .join(GallerySlug, and_(GallerySlug.gallery_id == Gallery.id, GallerySlug.current))
        .where(Gallery.id == gallery_id, showing.is_public())
    ).one_or_none()
    if row is None:
        raise NotFound("Gallery")
    return row[0], row[1]


def is_shown(gallery_id: UUID) -> bool:
    """Say whether visitors see a gallery now."""
    return bool(db.session.scalar(select(exists().where(Gallery.id == gallery_id, showing.is_public()))))


def spoken(code: str) -> str | None:
    """Return the language that a page in `code` is answered in, None for the gallery's first one.

    A page in `pt-BR` gets `pt` where that is all there is.
    """
    wanted = code[:LONGEST].lower()
    known = {each.code.lower() for each in languages.all_languages(active_only=True)}
    return next((each for each in (wanted, wanted.partition("-")[0]) if each in known), None)
