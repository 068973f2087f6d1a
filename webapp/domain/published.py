"""What of the site is public and has a place in Site order: what feeds and sitemaps list, and which gallery is next.

What an editor has not placed stands in none of them (D12). While changes are held, all of it is the frozen copy's
(D9). As many statements for one gallery as for a hundred.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, case, exists, select

from webapp.domain import languages, pictures, showing, snapshots
from webapp.domain.errors import NotFound
from webapp.domain.models import Gallery, GallerySlug, GalleryText, HeldItem, Hold, Item, Language, Media
from webapp.domain.pictures import Picture
from webapp.domain.showing import Text
from webapp.infra.db import db

FEED: Final = 50
"""Galleries in the site's feed."""

CHUNK: Final = 20
"""Galleries on one page of the sitemap, and of the list for visitors."""

MOST_PICTURES: Final = 1000
"""Pictures that a sitemap names of one page, at most; what the format allows."""


@dataclass(frozen=True)
class Listed:
    """A gallery as it stands in lists, its texts in the language of `code`; it has pages of its own in `codes`."""

    id: UUID
    slug: str
    code: str
    source_code: str
    codes: tuple[str, ...]
    title: Text
    description: Text | None
    cover: Picture | None
    published_at: datetime | None
    touched_at: datetime


def following(gallery_id: UUID, *, code: str) -> Listed | None:
    """Return the gallery that comes next on the site, after the last the first; None for one without a place."""
    here = select(Gallery.sort_order).where(Gallery.id == gallery_id).scalar_subquery()
    others = _placed().where(Gallery.id != gallery_id, here.is_not(None))
    row = db.session.execute(others.order_by((Gallery.sort_order < here).desc(), Gallery.sort_order.desc()).limit(1))
    found = _listed(row.all(), code=code)
    return found[0] if found else None


def newest(*, code: str | None = None, limit: int = FEED) -> list[Listed]:
    """Return what was published last, newest first, in a language (default: each in its own)."""
    moment = Gallery.published_at
    rows = db.session.execute(_placed().order_by(moment.desc().nulls_last(), Gallery.sort_order.desc()).limit(limit))
    return _listed(rows.all(), code=code)


def chunks() -> list[tuple[UUID, datetime]]:
    """Return the first gallery of each page of the sitemap, and when one of its galleries was changed last."""
    rows = db.session.execute(
        _placed().with_only_columns(Gallery.id, Gallery.touched_at).order_by(Gallery.sort_order.desc())
    ).all()
    pages = [rows[at : at + CHUNK] for at in range(0, len(rows), CHUNK)]
    return [(page[0].id, max(row.touched_at for row in page)) for page in pages]


def chunk(first: UUID | None = None) -> list[Listed]:
    """Return one page of the sitemap, from a gallery on (default: the first). Raises NotFound."""
    return _listed(db.session.execute(_onwards(first).limit(CHUNK)).all())


def shelf(*, code: str, first: UUID | None = None) -> tuple[list[Listed], UUID | None]:
    """Return a page of the site's galleries in a language, from one on, and the next one's first. Raises NotFound."""
    rows = db.session.execute(_onwards(first).limit(CHUNK + 1)).all()
    return _listed(rows[:CHUNK], code=code), rows[CHUNK][0].id if len(rows) > CHUNK else None


def pictures_of(gallery_ids: Sequence[UUID]) -> dict[UUID, list[Picture]]:
    """Return the pictures of public galleries in their order, the frozen copy's where one is held; four queries."""
    held = set(db.session.scalars(select(Hold.gallery_id).where(Hold.gallery_id.in_(gallery_ids))))
    living = [gallery_id for gallery_id in gallery_ids if gallery_id not in held]
    rows = [
        *db.session.execute(_shown(Item, Item.id).where(Item.gallery_id.in_(living), Item.deleted_at.is_(None))),
        *db.session.execute(_shown(HeldItem, HeldItem.item_id).where(HeldItem.gallery_id.in_(held))),
    ]
    named: dict[UUID, list[UUID]] = {}
    for gallery_id, media_id in rows:
        files = named.setdefault(gallery_id, [])
        if len(files) < MOST_PICTURES:
            files.append(media_id)
    seen = pictures.of([media_id for files in named.values() for media_id in files])
    return {each: [seen[file] for file in dict.fromkeys(files) if file in seen] for each, files in named.items()}


def is_placed(gallery_id: UUID) -> bool:
    """Whether a gallery stands in feeds and sitemaps."""
    return db.session.execute(_placed().where(Gallery.id == gallery_id)).first() is not None


def _placed() -> Any:
    return (
        select(Gallery, GallerySlug.slug, Hold)
        .join(GallerySlug, and_(GallerySlug.gallery_id == Gallery.id, GallerySlug.current))
        .join(Hold, Hold.gallery_id == Gallery.id, isouter=True)
        .where(Gallery.sort_order.is_not(None), showing.is_public())
    )


def _onwards(first: UUID | None) -> Any:
    """Choose the galleries from one on, in their order on the site. Raises NotFound."""
    statement = _placed().order_by(Gallery.sort_order.desc())
    if first is None:
        return statement
    here = db.session.scalars(
        _placed().with_only_columns(Gallery.sort_order).where(Gallery.id == first)
    ).one_or_none()
    if here is None:
        raise NotFound("Gallery")
    return statement.where(Gallery.sort_order <= here)


def _shown(model: Any, key: Any) -> Any:
    statement = select(model.gallery_id, model.media_id).where(model.media_id.is_not(None), model.kind == "image")
    return statement.order_by(model.gallery_id, model.sort_order.desc(), key.desc())


def _listed(rows: Sequence[Any], *, code: str | None = None) -> list[Listed]:
    """Return galleries in one language, each with its texts as visitors see them."""
    if not rows:
        return []
    known = {language.id: language for language in languages.all_languages()}
    ids = [gallery.id for gallery, _, _ in rows]
    living = snapshots.texts_by_owner(GalleryText, GalleryText.gallery_id, ids)
    chosen = {gallery.id: showing.own(gallery, hold, "cover_media_id") for gallery, _, hold in rows}
    covers = _firsts(ids) | {gallery_id: cover for gallery_id, cover in chosen.items() if cover}
    seen = pictures.of(list(covers.values()))
    shown = {gallery_id: picture for gallery_id, cover in covers.items() if (picture := seen.get(cover))}
    return [
        _one(row, texts=row[2].texts if row[2] else living.get(row[0].id, {}), known=known, covers=shown, code=code)
        for row in rows
    ]


def _firsts(ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Return the first picture that visitors see of each gallery, for those without a cover; one statement."""
    columns: list[Any] = []
    for model, key in ((Item, Item.id), (HeldItem, HeldItem.item_id)):
        there = exists().where(Media.id == model.media_id, Media.blob_id.is_not(None))
        first = select(model.media_id).where(model.gallery_id == Gallery.id, model.kind == "image", there)
        living = first.where(Item.deleted_at.is_(None)) if model is Item else first
        columns.append(living.order_by(model.sort_order.desc(), key.desc()).limit(1).scalar_subquery())
    held = select(Hold.gallery_id).where(Hold.gallery_id == Gallery.id).exists()
    rows = db.session.execute(
        select(Gallery.id, case((held, columns[1]), else_=columns[0])).where(Gallery.id.in_(ids))
    )
    return {gallery_id: media_id for gallery_id, media_id in rows if media_id}


def _one(
    row: Any,
    *,
    texts: snapshots.Texts,
    known: Mapping[UUID, Language],
    covers: Mapping[UUID, Picture],
    code: str | None,
) -> Listed:
    gallery, slug, hold = row
    source = known[showing.own(gallery, hold, "source_language_id")]
    asked = next((each for each in known.values() if each.code == code and each.is_active), source)
    chain = languages.fallback_chain(asked, source=source, known=tuple(known.values()))
    return Listed(
        id=gallery.id,
        slug=slug,
        code=asked.code,
        source_code=source.code,
        codes=tuple(_whole(source, texts, known.values())),
        title=showing.resolve("title", chain, texts) or Text(slug, source.code, "ltr", False),
        description=showing.resolve("description", chain, texts),
        cover=covers.get(gallery.id),
        published_at=gallery.published_at or gallery.publish_at,
        touched_at=hold.held_at if hold else gallery.touched_at,
    )


def _whole(source: Language, texts: snapshots.Texts, known: Iterable[Language]) -> Iterable[str]:
    """Give the codes of the languages that a gallery has an address of its own in, its source's first."""
    yield source.code
    for language in known:
        if language is not source and language.is_active and texts.get(language.code, {}).get("title"):
            yield language.code
