"""What programs are shown of galleries and of a media: plain values, as many statements for one as for many.

A gallery shows the first use of each media, in rank (D7). Captions are the gallery's source language's, a media's
alt text the site's default's, each resolved the way visitors get it (D17, D19).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from sqlalchemy import Select, func, select

from webapp.domain import languages, listing
from webapp.domain.errors import NotFound
from webapp.domain.models import (
    Blob,
    Gallery,
    GallerySlug,
    GalleryText,
    HeldItem,
    Hold,
    Item,
    ItemText,
    Language,
    Media,
    MediaText,
)
from webapp.domain.permissions import Actor, allow
from webapp.infra.db import db

Chain = Sequence[UUID]
"""The languages that a text is looked for in."""

Words = Mapping[UUID, str | None]
"""One field by language."""

ORIGINALS: Final = "uploads/media"
"""Where the originals answer over HTTP, below the root (D23)."""

UNKNOWN_TYPE: Final = "application/octet-stream"
"""Of a media whose bytes have not come yet."""


@dataclass(frozen=True, kw_only=True)
class Summary:
    """A gallery in a list."""

    id: UUID
    slug: str
    status: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A media of the library; `alt` is resolved from the site's default language, `size` counts bytes."""

    id: UUID
    filename: str
    original_filename: str
    mime_type: str
    size: int
    alt: str | None
    uploaded_by: UUID | None
    created_at: datetime
    updated_at: datetime | None

    @property
    def path(self) -> str:
        """Return where the original answers, below the root."""
        return f"{ORIGINALS}/{self.filename}"


@dataclass(frozen=True, kw_only=True)
class Place:
    """A media's place in a gallery; its rank is its place in the row."""

    media: Entry
    caption: str | None
    created_at: datetime


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
    """What a gallery shows, as it is worked on or as it is frozen; `media` are the ids of those it uses."""

    source_id: UUID
    cover_id: UUID | None
    author_id: UUID | None
    texts: tuple[Wording, ...]
    uses: Sequence[_Use]
    media: Select[Any]
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
    row = db.session.execute(_row(gallery_id)).one_or_none()
    if row is None:
        raise NotFound("Gallery")
    known = languages.all_languages()
    held = row.held_at is not None
    state = _frozen(row, known) if held and not allow(actor, "galleries:update") else _living(row)
    chain = _chain(known, next(each for each in known if each.id == state.source_id))
    entries, captions = _library(state.media, state.cover_id, known=known)
    return Whole(
        id=row.id,
        slug=row.slug,
        status=row.status,
        cover_id=state.cover_id,
        cover=entries.get(state.cover_id) if state.cover_id else None,
        author_id=state.author_id,
        created_by=row.created_by_id,
        texts=state.texts,
        places=tuple(
            _place(use, entries[use.media_id], resolve(chain, use.captions, captions.get(use.media_id, {})))
            for use in _first_uses(state.uses)
        ),
        created_at=row.created_at,
        updated_at=state.updated_at,
        held=held,
    )


def _place(use: _Use, entry: Entry, caption: str | None) -> Place:
    return Place(media=entry, caption=caption, created_at=use.created_at)


def entry(media_id: UUID) -> Entry:
    """Return a media of the library. Raises NotFound."""
    living = select(Media.id).where(Media.id == media_id, Media.deleted_at.is_(None))
    entries, _ = _library(living, None, known=languages.all_languages())
    if media_id not in entries:
        raise NotFound("Media")
    return entries[media_id]


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


def _row(gallery_id: UUID) -> Select[Any]:
    """Return the statement for a gallery's own row, its slug and what is frozen of it."""
    own = (Gallery.id, Gallery.status, Gallery.source_language_id, Gallery.cover_media_id, Gallery.author_id)
    when = (Gallery.created_by_id, Gallery.created_at, Gallery.updated_at)
    held = (Hold.held_at, Hold.gallery.label("held_fields"), Hold.texts.label("held_texts"))
    return (
        select(*own, *when, GallerySlug.slug, *held)
        .join(GallerySlug, (GallerySlug.gallery_id == Gallery.id) & GallerySlug.current)
        .outerjoin(Hold, Hold.gallery_id == Gallery.id)
        .where(Gallery.id == gallery_id, Gallery.deleted_at.is_(None))
    )


def _living(row: Any) -> _State:
    """Read what is worked on, in three statements."""
    shown = (Item.gallery_id == row.id, Item.deleted_at.is_(None), Item.media_id.is_not(None))
    captions: dict[UUID, dict[UUID, str | None]] = {}
    for item_id, language_id, caption in db.session.execute(
        select(ItemText.item_id, ItemText.language_id, ItemText.caption)
        .join(Item, Item.id == ItemText.item_id)
        .where(*shown)
    ):
        captions.setdefault(item_id, {})[language_id] = caption
    items: Any = select(Item.id, Item.media_id, Item.created_at).where(*shown)
    order = (Item.sort_order.desc(), Item.id.desc())
    return _State(
        source_id=row.source_language_id,
        cover_id=row.cover_media_id,
        author_id=row.author_id,
        texts=tuple(wording for wording in _wordings(row.id).values() if _says_something(wording)),
        uses=[
            _Use(media_id, captions.get(item_id, {}), created_at)
            for item_id, media_id, created_at in db.session.execute(items.order_by(*order))
        ],
        media=select(Item.media_id).where(*shown),
        updated_at=row.updated_at,
    )


def _frozen(row: Any, known: Iterable[Language]) -> _State:
    """Read what visitors keep seeing, in two statements."""
    ids = {language.code: language.id for language in known}
    fields: Mapping[str, str | None] = row.held_fields
    shown = (HeldItem.gallery_id == row.id, HeldItem.media_id.is_not(None))
    items = select(HeldItem.media_id, HeldItem.texts, func.coalesce(Item.created_at, row.held_at)).outerjoin(
        Item, Item.id == HeldItem.item_id
    )
    order = (HeldItem.sort_order.desc(), HeldItem.item_id.desc())
    return _State(
        source_id=UUID(fields["source_language_id"]),
        cover_id=_id(fields["cover_media_id"]),
        author_id=_id(fields["author_id"]),
        texts=_frozen_wordings(row, ids),
        uses=[
            _Use(media_id, {ids[code]: words.get("caption") for code, words in texts.items()}, created_at)
            for media_id, texts, created_at in db.session.execute(items.where(*shown).order_by(*order))
        ],
        media=select(HeldItem.media_id).where(*shown),
        updated_at=min(row.updated_at, row.held_at) if row.updated_at else None,
    )


def _wordings(gallery_id: UUID) -> dict[UUID, Wording]:
    """Return a gallery's texts by language, in the order of their making."""
    names = ("id", "language_id", *GalleryText.fields, "created_at", "updated_at")
    statement = (
        select(*(getattr(GalleryText, name) for name in names))
        .where(GalleryText.gallery_id == gallery_id)
        .order_by(GalleryText.created_at, GalleryText.id)
    )
    return {row.language_id: Wording(**row._mapping) for row in db.session.execute(statement)}


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


def _first_uses(uses: Sequence[_Use]) -> list[_Use]:
    first: dict[UUID, _Use] = {}
    for use in uses:
        first.setdefault(use.media_id, use)
    return list(first.values())


def _library(
    media_ids: Any, cover_id: UUID | None, *, known: Sequence[Language]
) -> tuple[dict[UUID, Entry], dict[UUID, dict[UUID, str | None]]]:
    """Return media by id and their captions by id and language, in two statements."""
    wanted = Media.id.in_(media_ids) if cover_id is None else Media.id.in_(media_ids) | (Media.id == cover_id)
    alts: dict[UUID, dict[UUID, str | None]] = {}
    captions: dict[UUID, dict[UUID, str | None]] = {}
    texts = select(MediaText.media_id, MediaText.language_id, MediaText.alt, MediaText.caption)
    for media_id, language_id, alt, caption in db.session.execute(texts.join(Media).where(wanted)):
        alts.setdefault(media_id, {})[language_id] = alt
        captions.setdefault(media_id, {})[language_id] = caption
    chain = _chain(known, next(each for each in known if each.is_default))
    columns = (Media.id, Media.filename, Media.original_filename, Media.uploaded_by_id, Media.created_at)
    media = select(*columns, Media.updated_at, Blob.mime_type, Blob.size)
    rows = db.session.execute(media.outerjoin(Blob, Blob.id == Media.blob_id).where(wanted))
    return {row.id: _entry(row, resolve(chain, alts.get(row.id, {}))) for row in rows}, captions


def _entry(row: Any, alt: str | None) -> Entry:
    return Entry(
        id=row.id,
        filename=row.filename,
        original_filename=row.original_filename,
        mime_type=row.mime_type or UNKNOWN_TYPE,
        size=row.size or 0,
        alt=alt,
        uploaded_by=row.uploaded_by_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _chain(known: Sequence[Language], language: Language) -> Chain:
    return [each.id for each in languages.fallback_chain(language, known=known)]


def _id(text: str | None) -> UUID | None:
    return UUID(text) if text else None
