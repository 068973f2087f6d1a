"""Slugs: unique among living galleries, and remembered, so that an old address still leads there (D11)."""

import re
from typing import Final
from uuid import UUID

from slugify import slugify
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from webapp.domain.errors import Conflict, Invalid
from webapp.domain.models import GallerySlug
from webapp.domain.models.gallery import SLUG
from webapp.domain.sentences import Sentence
from webapp.infra.db import db

PATTERN: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
TAKEN: Final = Sentence("Gallery slug already exists")


def check(slug: str) -> str:
    """Return the slug; raises Invalid unless it is 2–255 of a-z, 0-9 and dashes, none at an end."""
    shortest, longest = SLUG
    if not shortest <= len(slug) <= longest or not PATTERN.fullmatch(slug):
        raise Invalid("slug", "Use 2 to 255 small letters, digits and dashes, with no dash at an end.", code="slug")
    return slug


def make(title: str) -> str:
    """Make a slug of a title, whatever its script; a title without letters gives `gallery`."""
    slug = slugify(title, max_length=SLUG[1] - 8, word_boundary=True)
    return slug if len(slug) >= SLUG[0] else f"gallery-{slug}".rstrip("-")


def of(gallery_id: UUID) -> str:
    """Return the current slug of a living gallery."""
    return db.session.scalars(
        select(GallerySlug.slug).where(GallerySlug.gallery_id == gallery_id, GallerySlug.current)
    ).one()


def claim(gallery_id: UUID, slug: str) -> None:
    """Make `slug` the gallery's current one; the old one redirects. Raises Conflict where another has it."""
    try:
        with db.session.begin_nested():
            _retire(gallery_id)
            if not _take_over(gallery_id, slug):
                db.session.add(GallerySlug(slug=slug, gallery_id=gallery_id, current=True))
    except IntegrityError:
        raise Conflict(TAKEN, code="slug_taken") from None


def claim_near(gallery_id: UUID, slug: str) -> str:
    """Make `slug`, or the first free of `slug-2`, `slug-3` …, the gallery's current one and return it."""
    wanted, number = slug, 1
    while True:
        try:
            claim(gallery_id, wanted)
        except Conflict:
            number += 1
            wanted = f"{slug[: SLUG[1] - 8].rstrip('-')}-{number}"
        else:
            return wanted


def free(gallery_id: UUID) -> str:
    """Let all slugs of a gallery go and return the one that was current."""
    current = of(gallery_id)
    db.session.execute(delete(GallerySlug).where(GallerySlug.gallery_id == gallery_id))
    return current


def _retire(gallery_id: UUID) -> None:
    db.session.execute(
        update(GallerySlug).where(GallerySlug.gallery_id == gallery_id, GallerySlug.current).values(current=False)
    )


def _take_over(gallery_id: UUID, slug: str) -> bool:
    taken = db.session.execute(
        update(GallerySlug)
        .where(GallerySlug.slug == slug, GallerySlug.current.is_(False))
        .values(gallery_id=gallery_id, current=True)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]
