"""Media as programs are shown them: plain values of rows, by statements that are built once.

Putting a statement together takes longer than running it. These name tables rather than models, and find the texts
themselves: the first that says something along a chain of languages, else what the chain's first language has.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, select

from webapp.domain import languages
from webapp.domain.models import Blob, HeldItem, Item, ItemText, Media, MediaText
from webapp.infra import kept
from webapp.infra.db import db

MEDIA: Final = Media.__table__
BLOBS: Final = Blob.__table__
ITEMS: Final = Item.__table__
HELD: Final = HeldItem.__table__
CAPTIONS: Final = (
    select(MediaText.media_id, MediaText.language_id, MediaText.caption)
    .join(HeldItem, HeldItem.media_id == MediaText.media_id)
    .where(HeldItem.gallery_id == bindparam("gallery"))
)
WORDS: Final = {"media": (MediaText.__table__, "media_id", MEDIA), "item": (ItemText.__table__, "item_id", ITEMS)}
"""Whose texts they are: the table, whose id it names, and where that stands."""

ORIGINALS: Final = "uploads/media"
"""Where the originals answer over HTTP, below the root (D23)."""

UNKNOWN_TYPE: Final = "application/octet-stream"
"""Of a media whose bytes have not come yet."""

SHOWN: Final[tuple[ColumnElement[Any], ...]] = (
    MEDIA.c.id,
    MEDIA.c.filename,
    MEDIA.c.original_filename,
    func.coalesce(BLOBS.c.mime_type, UNKNOWN_TYPE).label("mime_type"),
    func.coalesce(BLOBS.c.size, 0).label("size"),
)

Chain = Sequence[UUID]
"""The languages that a text is looked for in."""

Wanted = tuple[tuple[str, str, int], ...]
"""Where a text may stand, the first first: whose it is, the field, and the language's number in the statement."""


class Entry(NamedTuple):
    """A media of the library; `alt` is resolved from the site's default language, `size` counts bytes."""

    id: UUID
    filename: str
    original_filename: str
    mime_type: str
    size: int
    alt: str | None

    @property
    def path(self) -> str:
        """Return where the original answers, below the root."""
        return f"{ORIGINALS}/{self.filename}"


class Detail(NamedTuple):
    """A media with who brought it and when."""

    media: Entry
    uploaded_by: UUID | None
    created_at: datetime
    updated_at: datetime | None


class Place(NamedTuple):
    """A media's place in a gallery; its rank is its place in the row."""

    media: Entry
    caption: str | None
    created_at: datetime


def detail(media_id: UUID) -> Detail | None:
    """Return a living media with its details."""
    row = _row(media_id)
    return Detail._make((Entry._make(row[:6]), *row[6:9])) if row and row.deleted_at is None else None


def find(media_id: UUID) -> Entry | None:
    """Return a media, also one that is in the trash."""
    row = _row(media_id)
    return Entry._make(row[:6]) if row else None


def places(gallery_id: UUID, source_id: UUID) -> list[Place]:
    """Return the media of a gallery at the place of their first use, captions in its source language."""
    source, default = chain_of(source_id), chain_of(None)
    known = tuple(dict.fromkeys((*source, *default)))
    numbers = tuple(tuple(known.index(each) for each in chain) for chain in (source, default))
    found: dict[UUID, Place] = {}
    for row in rows(_places(*numbers), {"gallery": gallery_id} | spoken(known)).all():
        if row[0] not in found:
            found[row[0]] = Place(Entry._make(row[:6]), row[6], row[7])
    return list(found.values())


def frozen_places(gallery_id: UUID, moment: datetime) -> list[tuple[Entry, dict[str, Any], datetime]]:
    """Return the media of a held gallery likewise, with all texts of their places by code; `moment` is the hold's."""
    default = chain_of(None)
    found: dict[UUID, tuple[Entry, dict[str, Any], datetime]] = {}
    for row in rows(_frozen(len(default)), {"gallery": gallery_id} | spoken(default)):
        if row[0] not in found:
            found[row[0]] = (Entry._make(row[:6]), row[6], row[7] or moment)
    return list(found.values())


def captions(gallery_id: UUID) -> dict[UUID, dict[UUID, str | None]]:
    """Return what the library says under the media of a held gallery, by language."""
    found: dict[UUID, dict[UUID, str | None]] = {}
    for media_id, language_id, caption in rows(CAPTIONS, {"gallery": gallery_id}):
        found.setdefault(media_id, {})[language_id] = caption
    return found


def chain_of(language_id: UUID | None) -> tuple[UUID, ...]:
    """Return what a language falls back to, the site's default where none is given."""
    return kept.while_same("chains", languages.ALL, {}, _chains)[language_id]


def spoken(chain: Iterable[UUID]) -> dict[str, UUID]:
    """Return the languages that a statement asks for."""
    return {f"language_{nth}": each for nth, each in enumerate(chain)}


def rows(statement: Select[Any] | Select[*tuple[Any, ...]], asked: dict[str, Any]) -> Any:
    """Run a statement about tables, what the session has still to write first."""
    session = db.session()
    session.flush()
    return session.connection().execute(statement, asked)


def worded(statement: Select[Any], **wanted: Wanted) -> Select[Any]:
    """Add texts to a statement that names their owners, by the name that each shall have."""
    joined: dict[tuple[str, int], Any] = {}
    for owner, _, nth in (each for fields in wanted.values() for each in fields):
        if (owner, nth) not in joined:
            table, column, owners = WORDS[owner]
            joined[owner, nth] = text = table.alias(f"{owner}_{nth}")
            language = bindparam(f"language_{nth}", type_=text.c.language_id.type)
            said = and_(text.c[column] == owners.c.id, text.c.language_id == language)
            statement = statement.outerjoin(text, said)
    for name, fields in wanted.items():
        texts = [joined[owner, nth].c[field] for owner, field, nth in fields]
        statement = statement.add_columns(
            func.coalesce(*(func.nullif(each, "") for each in texts), texts[0]).label(name)
        )
    return statement


def alts(numbers: Iterable[int]) -> Wanted:
    """Say where alt texts may stand."""
    return tuple(("media", "alt", nth) for nth in numbers)


def _chains() -> dict[UUID | None, tuple[UUID, ...]]:
    """Return all languages' chains, by one statement; kept until somebody writes."""
    known = languages.all_languages()
    found: dict[UUID | None, tuple[UUID, ...]] = {}
    for language in known:
        found[language.id] = tuple(each.id for each in languages.fallback_chain(language, known=known))
        if language.is_default:
            found[None] = found[language.id]
    return found


@cache
def _one(languages: int) -> Select[Any]:
    statement = worded(select(*SHOWN).select_from(_with_blobs()), alt=alts(range(languages)))
    when = (MEDIA.c.uploaded_by_id, MEDIA.c.created_at, MEDIA.c.updated_at, MEDIA.c.deleted_at)
    return statement.add_columns(*when).where(MEDIA.c.id == bindparam("media", type_=MEDIA.c.id.type))


@cache
def _places(source: tuple[int, ...], default: tuple[int, ...]) -> Select[Any]:
    """Return the statement for a gallery's media; a caption of the place wins over one of the media."""
    captions = tuple((owner, "caption", nth) for owner in ("item", "media") for nth in source)
    found = _with_blobs().join(ITEMS, ITEMS.c.media_id == MEDIA.c.id)
    statement = worded(select(*SHOWN).select_from(found), alt=alts(default), caption=captions)
    gallery = bindparam("gallery", type_=ITEMS.c.gallery_id.type)
    return (
        statement.add_columns(ITEMS.c.created_at)
        .where(ITEMS.c.gallery_id == gallery, ITEMS.c.deleted_at.is_(None))
        .order_by(ITEMS.c.sort_order.desc(), ITEMS.c.id.desc())
    )


@cache
def _frozen(languages: int) -> Select[Any]:
    found = _with_blobs().join(HELD, HELD.c.media_id == MEDIA.c.id).outerjoin(ITEMS, ITEMS.c.id == HELD.c.item_id)
    return (
        worded(select(*SHOWN).select_from(found), alt=alts(range(languages)))
        .add_columns(HELD.c.texts, ITEMS.c.created_at)
        .where(HELD.c.gallery_id == bindparam("gallery", type_=HELD.c.gallery_id.type))
        .order_by(HELD.c.sort_order.desc(), HELD.c.item_id.desc())
    )


def _row(media_id: UUID) -> Row[Any] | None:
    chain = chain_of(None)
    found: Row[Any] | None = rows(_one(len(chain)), {"media": media_id} | spoken(chain)).one_or_none()
    return found


def _with_blobs() -> Any:
    return MEDIA.outerjoin(BLOBS, BLOBS.c.id == MEDIA.c.blob_id)
