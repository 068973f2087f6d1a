"""What a gallery has to have before visitors see it: each site says whether, how strictly, and in which languages."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import and_, select

from webapp.domain import completeness, languages
from webapp.domain.completeness import Tally
from webapp.domain.errors import Conflict
from webapp.domain.models import Gallery, GallerySlug, GalleryText, Language, Site
from webapp.domain.permissions import Actor
from webapp.domain.sentences import Sentence
from webapp.infra.db import db


@dataclass(frozen=True)
class Lack:
    """A language in which texts of a gallery are left; of its source language, pictures without alt text too."""

    language: Language
    left: int
    without_alt: int


@dataclass(frozen=True)
class Incomplete:
    """A gallery that is not public yet, and what it lacks for that; the slug stands for a missing title."""

    id: UUID
    title: str
    lacks: list[Lack]


def strictness() -> str:
    """Return how strict the site is: off, warn or refuse."""
    return db.session.get_one(Site, 1).gate


def lacks(gallery: Gallery) -> list[Lack]:
    """Return what the gallery lacks of what the site asks for; nothing where it asks for nothing."""
    return _lacks([gallery.id]).get(gallery.id, [])


def sift(gallery_ids: Sequence[UUID]) -> tuple[list[UUID], list[Incomplete]]:
    """Return which of these can be published now, and which would lack something, by title.

    Those that are public already are neither. As many statements for one as for hundreds.
    """
    in_source = and_(GalleryText.gallery_id == Gallery.id, GalleryText.language_id == Gallery.source_language_id)
    rows = db.session.execute(
        select(Gallery.id, GallerySlug.slug, GalleryText.title)
        .join(GallerySlug, and_(GallerySlug.gallery_id == Gallery.id, GallerySlug.current))
        .join(GalleryText, in_source, isouter=True)
        .where(Gallery.id.in_(gallery_ids), Gallery.deleted_at.is_(None), Gallery.status != "published")
    ).all()
    found = _lacks([row.id for row in rows])
    named = [Incomplete(row.id, row.title or row.slug, found[row.id]) for row in rows if row.id in found]
    ready = [row.id for row in rows if row.id not in found]
    return ready, sorted(named, key=lambda each: (each.title.casefold(), each.id))


def check(gallery: Gallery, *, actor: Actor) -> None:
    """Refuse to publish what is not complete, where the site is that strict. Raises Conflict.

    A moment that was set for it has passed the gate when it was set: the worker only follows it.
    """
    if actor.door == "job" or strictness() != "refuse":
        return
    if found := lacks(gallery):
        names = ", ".join(each.language.name for each in found)
        raise Conflict(
            Sentence("This gallery cannot be public yet. Texts are left in: %(languages)s.", languages=names),
            code="incomplete",
        )


def _lacks(gallery_ids: Sequence[UUID]) -> dict[UUID, list[Lack]]:
    """Return what each gallery lacks, without those that lack nothing."""
    site = db.session.get_one(Site, 1)
    if site.gate == "off":
        return {}
    db.session.flush()
    known = languages.all_languages(active_only=True)
    wanted = [each for each in known if not site.gate_languages or each.code in site.gate_languages]
    left = {
        gallery_id: [lack for each in wanted if (lack := _lack(tally, each)).left]
        for gallery_id, tally in completeness.of(gallery_ids).items()
    }
    return {gallery_id: found for gallery_id, found in left.items() if found}


def _lack(tally: Tally, language: Language) -> Lack:
    is_source = tally.source_id == language.id
    return Lack(language, tally.progress(language.id).left, tally.without_alt if is_source else 0)
