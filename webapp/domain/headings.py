"""What stands above a page about one gallery: its title in its own language, and how it stands; one statement."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, select

from webapp.domain.errors import NotFound
from webapp.domain.models import Gallery, GallerySlug, GalleryText, Hold, Language, User
from webapp.infra.db import db


@dataclass(frozen=True)
class Holding:
    """Since when changes are held, and by whom; `by` is empty where nobody is known to have done it."""

    at: datetime
    by: str


@dataclass(frozen=True)
class Heading:
    """A gallery's title, with the code and direction of its language; the slug stands for a missing one."""

    gallery: Gallery
    slug: str
    title: str
    source: Language
    holding: Holding | None

    @property
    def id(self) -> UUID:
        """The gallery's id."""
        return self.gallery.id

    @property
    def status(self) -> str:
        """How the gallery stands, held changes being a status of their own."""
        return "held" if self.holding else self.gallery.status


def of(gallery_id: UUID) -> Heading:
    """Return the heading of a living gallery. Raises NotFound."""
    in_source = and_(GalleryText.gallery_id == Gallery.id, GalleryText.language_id == Gallery.source_language_id)
    found = db.session.execute(
        select(Gallery, GallerySlug.slug, GalleryText.title, Language, Hold.held_at, User.name)
        .join(GallerySlug, and_(GallerySlug.gallery_id == Gallery.id, GallerySlug.current))
        .join(Language, Language.id == Gallery.source_language_id)
        .join(GalleryText, in_source, isouter=True)
        .join(Hold, Hold.gallery_id == Gallery.id, isouter=True)
        .join(User, User.id == Hold.held_by_id, isouter=True)
        .where(Gallery.id == gallery_id, Gallery.deleted_at.is_(None))
    ).one_or_none()
    if found is None:
        raise NotFound("Gallery")
    gallery, slug, title, source, held_at, by = found
    return Heading(gallery, slug, title or slug, source, Holding(held_at, by or "") if held_at else None)
