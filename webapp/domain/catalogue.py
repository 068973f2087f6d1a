"""What programs are shown of galleries and of a media: plain values, as many statements for one as for many.

A gallery shows the first use of each media, in rank (D7). Captions are the gallery's source language's, a media's
alt text the site's default's, each resolved the way visitors get it (D17, D19).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import Select, bindparam, func, select

from webapp.domain import entries, languages, listing
from webapp.domain.entries import ORIGINALS, Chain, Detail, Entry, Place
from webapp.domain.errors import NotFound
from webapp.domain.models import Gallery, GallerySlug, GalleryText, Hold
from webapp.domain.permissions import Actor, allow
from webapp.infra.db import db

__all__ = ["ORIGINALS", "Detail", "Entry", "Place", "Summary", "Whole", "Wording", "Words", "count_galleries"]
__all__ += ["entry", "galleries", "gallery", "resolve"]

Words = Mapping[UUID, str | None]
"""One field by language."""

ROW: Final[Select[Any]] = (
    select(Gallery.id, Gallery.status, Gallery.source_language_id, Gallery.cover_media_id, Gallery.author_id)
    .add_columns(Gallery.created_by_id, Gallery.created_at, Gallery.updated_at, GallerySlug.slug)
    .add_columns(Hold.held_at, Hold.gallery.label("held_fields"), Hold.texts.label("held_texts"))
    .join(GallerySlug, (GallerySlug.gallery_id == Gallery.id) & GallerySlug.current)
    .outerjoin(Hold, Hold.gallery_id == Gallery.id)
    .where(Gallery.id == bindparam("gallery"), Gallery.deleted_at.is_(None))
)
"""A gallery's own row, its slug and what is frozen of it."""

TEXTS: Final[Select[Any]] = (
    select(GalleryText.id, GalleryText.language_id, *(getattr(GalleryText, name) for name in GalleryText.fields))
    .add_columns(GalleryText.created_at, GalleryText.updated_at)
    .where(GalleryText.gallery_id == bindparam("gallery"))
    .order_by(GalleryText.created_at, GalleryText.id)
)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A gallery in a list."""

    id: UUID
    slug: str
    status: str


@dataclass(frozen=True, kw_only=True)
class Wording:
    """A gallery's texts in one language."""

    id: UUID
    language_id: UUID
    title: str | None
    description: str | None
    meta_title: str | None
    meta_description: str | None
    created_at: datetime
    updated_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A gallery with all it shows; `held` while visitors see a frozen copy."""

    id: UUID
    slug: str
    status: str
    cover_id: UUID | None
    cover: Entry | None
    author_id: UUID | None
    created_by: UUID | None
    texts: tuple[Wording, ...]
    places: tuple[Place, ...]
    created_at: datetime
    updated_at: datetime | None
    held: bool


@dataclass(frozen=True)
class _Use:
    """An item that has a media, with its own captions."""

    media_id: UUID
    captions: Words
    created_at: datetime


@dataclass(frozen=True)
class _State:
    """What a gallery shows, as it is worked on or as it is frozen."""

    cover_id: UUID | None
    author_id: UUID | None
    texts: tuple[Wording, ...]
    places: Sequence[Place]
    updated_at: datetime | None


def galleries(*, skip: int, limit: int, status: str | None = None, search: str | None = None) -> list[Summary]:
    """List living galleries in the order of their making, of one status, with words in a title or the slug."""
    columns: Any = select(Gallery.id, GallerySlug.slug, Gallery.status)
    statement = _wanted(columns, status, search)
    rows = db.session.execute(statement.order_by(Gallery.created_at, Gallery.id).offset(skip).limit(limit))
    return [Summary(id=row.id, slug=row.slug, status=row.status) for row in rows]


def count_galleries(*, status: str | None = None, search: str | None = None) -> int:
    """Return how many galleries the whole list has."""
    count: int = db.session.scalars(_wanted(select(func.count()), status, search)).one()
    return count


def gallery(gallery_id: UUID, *, actor: Actor) -> Whole:
    """Return a living gallery with all it shows; raises NotFound.

    While changes are held, who may not update galleries is shown what visitors see (D13).
    """
    row = entries.rows(ROW, {"gallery": gallery_id}).one_or_none()
    if row is None:
        raise NotFound("Gallery")
    held = row.held_at is not None
    state = _frozen(row) if held and not allow(actor, "galleries:update") else _living(row)
    return Whole(
        id=row.id,
        slug=row.slug,
        status=row.status,
        cover_id=state.cover_id,
        cover=entries.find(state.cover_id) if state.cover_id else None,
        author_id=state.author_id,
        created_by=row.created_by_id,
        texts=state.texts,
        places=tuple(state.places),
        created_at=row.created_at,
        updated_at=state.updated_at,
        held=held,
    )


def entry(media_id: UUID) -> Detail:
    """Return a media of the library. Raises NotFound."""
    found = entries.detail(media_id)
    if found is None:
        raise NotFound("Media")
    return found


def resolve(chain: Chain, *sources: Words) -> str | None:
    """Return the first text there is: of the first source along the chain, then of the next.

    Where there is none, what the first source says in the first language stands: nothing, or an empty text.
    """
    for words in sources:
        for language_id in chain:
            text = words.get(language_id)
            if text:
                return text
    return sources[0].get(chain[0])


def _wanted(statement: Select[Any], status: str | None, search: str | None) -> Select[Any]:
    statement = (
        statement.select_from(Gallery)
        .join(GallerySlug, (GallerySlug.gallery_id == Gallery.id) & GallerySlug.current)
        .where(Gallery.deleted_at.is_(None), *listing.matches(search or ""))
    )
    return statement if status is None else statement.where(Gallery.status == status)


def _living(row: Any) -> _State:
    """Read what is worked on, in two statements."""
    return _State(
        cover_id=row.cover_media_id,
        author_id=row.author_id,
        texts=tuple(wording for wording in _wordings(row.id).values() if _says_something(wording)),
        places=entries.places(row.id, row.source_language_id),
        updated_at=row.updated_at,
    )


def _frozen(row: Any) -> _State:
    """Read what visitors keep seeing, in two statements; a caption of the place wins over one of the media."""
    ids = {language.code: language.id for language in languages.all_languages()}
    fields: Mapping[str, str | None] = row.held_fields
    chain = entries.chain_of(_id(fields["source_language_id"]))
    found = entries.frozen_places(row.id, row.held_at)
    captions = entries.captions(row.id)
    own = [{ids[code]: words.get("caption") for code, words in texts.items()} for _, texts, _ in found]
    return _State(
        cover_id=_id(fields["cover_media_id"]),
        author_id=_id(fields["author_id"]),
        texts=_frozen_wordings(row, ids),
        places=[
            Place(media, resolve(chain, words, captions.get(media.id, {})), created_at)
            for (media, _, created_at), words in zip(found, own, strict=True)
        ],
        updated_at=min(row.updated_at, row.held_at) if row.updated_at else None,
    )


def _wordings(gallery_id: UUID) -> dict[UUID, Wording]:
    """Return a gallery's texts by language, in the order of their making."""
    found = entries.rows(TEXTS, {"gallery": gallery_id})
    return {row.language_id: Wording(**row._mapping) for row in found}


def _frozen_wordings(row: Any, ids: Mapping[str, UUID]) -> tuple[Wording, ...]:
    """Put the frozen values into the texts' rows; one that has been deleted since keeps an id of its own."""
    living = _wordings(row.id)
    frozen = {}
    for code, words in row.held_texts.items():
        now = living.get(ids[code])
        frozen[ids[code]] = Wording(
            id=now.id if now else uuid5(row.id, code),
            language_id=ids[code],
            **{field: words.get(field) for field in GalleryText.fields},
            created_at=now.created_at if now else row.held_at,
            updated_at=None,
        )
    order = {language_id: nth for nth, language_id in enumerate(living)}
    return tuple(sorted(frozen.values(), key=lambda wording: order.get(wording.language_id, len(order))))


def _says_something(wording: Wording) -> bool:
    """Whether there is a value: a row that holds only drafts is not there for programs."""
    return any(getattr(wording, field) is not None for field in GalleryText.fields)


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None
