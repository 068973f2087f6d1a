"""The tiles of the editor's grid: one statement for a chunk of items, however many texts they have.

A tile says what is still to be done: no alt text in any language that a visitor of this one would be given, or a
text that the source language has and this one has not.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from webapp.domain import videos
from webapp.domain.errors import NotFound
from webapp.domain.models import Blob, Gallery, Item, ItemText, Language, Media, MediaText, Rendition
from webapp.infra.db import db
from webapp.infra.sanitising import sanitise

CHUNK: Final = 100
"""Tiles that a page carries."""

REST: Final = 300
"""Tiles of each part that a script fetches behind them."""

THUMBNAIL: Final = 320

BEGINNING: Final = 1000
"""Characters of a text item that are read for its tile."""

EXCERPT: Final = 120

Target = aliased(ItemText)
Source = aliased(ItemText)


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """The picture of a tile; `state` is ready, pending or failed, width and height are pixels of the original."""

    sha256: str
    name: str
    state: str
    width: int
    height: int
    colour: str | None
    focal: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Tile:
    """An item as the grid shows it; `number` is its place from 1, `excerpt` the beginning of a text item.

    `duration` is how long a video lasts, such as 3:05, empty where nobody has said so.
    """

    id: UUID
    number: int
    kind: str
    name: str
    is_cover: bool
    no_alt: bool
    untranslated: bool
    thumbnail: Thumbnail | None
    excerpt: str = ""
    duration: str = ""


@dataclass(frozen=True)
class Chunk:
    """Some tiles in their order, and the item after which the next chunk begins."""

    tiles: tuple[Tile, ...]
    after: UUID | None


def chunk(gallery: Gallery, chain: Sequence[Language], *, after: UUID | None = None, size: int = CHUNK) -> Chunk:
    """Return the first tiles of a gallery, or those behind an item; `chain` is the language and its fallbacks.

    Raises NotFound where that item has gone.
    """
    statement, number = _tiles(gallery, chain), 1
    if after is not None:
        key, number = _place(gallery.id, after)
        statement = statement.where(or_(Item.sort_order < key, and_(Item.sort_order == key, Item.id < after)))
    statement = statement.order_by(Item.sort_order.desc(), Item.id.desc()).limit(size + 1)
    rows = db.session.execute(statement).all()
    shown = tuple(_tile(row, number + step) for step, row in enumerate(rows[:size]))
    return Chunk(shown, shown[-1].id if len(rows) > size else None)


def one(gallery: Gallery, chain: Sequence[Language], item_id: UUID) -> Chunk:
    """Return the tile of one living item. Raises NotFound."""
    found = some(gallery, chain, [item_id])
    if not found.tiles:
        raise NotFound("Item")
    return found


def some(gallery: Gallery, chain: Sequence[Language], item_ids: Collection[UUID]) -> Chunk:
    """Return the tiles of items in their order; those that have gone are left out."""
    other = aliased(Item)
    ahead = or_(other.sort_order > Item.sort_order, and_(other.sort_order == Item.sort_order, other.id >= Item.id))
    number = select(func.count()).where(other.gallery_id == gallery.id, other.deleted_at.is_(None), ahead)
    statement = _tiles(gallery, chain).add_columns(number.correlate(Item).scalar_subquery().label("number"))
    statement = statement.where(Item.id.in_(item_ids)).order_by(Item.sort_order.desc(), Item.id.desc())
    return Chunk(tuple(_tile(row, row.number) for row in db.session.execute(statement)), None)


def trashed(gallery: Gallery, chain: Sequence[Language], *, size: int = CHUNK) -> list[Tile]:
    """Return the tiles of removed items, the last removed first."""
    statement = _tiles(gallery, chain, living=False).order_by(Item.deleted_at.desc(), Item.id).limit(size)
    return [_tile(row, number) for number, row in enumerate(db.session.execute(statement), 1)]


def _place(gallery_id: UUID, item_id: UUID) -> tuple[float, int]:
    """Return an item's key and the number of the one behind it. Raises NotFound."""
    other = aliased(Item)
    ahead = or_(other.sort_order > Item.sort_order, and_(other.sort_order == Item.sort_order, other.id >= Item.id))
    counted = select(func.count()).where(other.gallery_id == gallery_id, other.deleted_at.is_(None), ahead)
    row = db.session.execute(
        select(Item.sort_order, counted.scalar_subquery()).where(
            Item.id == item_id, Item.gallery_id == gallery_id, Item.deleted_at.is_(None)
        )
    ).one_or_none()
    if row is None:
        raise NotFound("Item")
    return row[0], row[1] + 1


def _tiles(gallery: Gallery, chain: Sequence[Language], *, living: bool = True) -> Select[Any]:
    small = case((Blob.width >= THUMBNAIL, THUMBNAIL), else_=Blob.width)
    return (
        select(
            *(Item.id, Item.kind, Item.focal_x, Item.focal_y, Item.video, _name().label("name")),
            _beginning().label("beginning"),
            and_(Item.media_id.is_not(None), Item.media_id == gallery.cover_media_id).label("is_cover"),
            _no_alt([language.id for language in chain]).label("no_alt"),
            _untranslated(gallery, chain[0]).label("untranslated"),
            *(Blob.sha256, Blob.width, Blob.height, Blob.colour, Rendition.name.label("file"), Rendition.state),
        )
        .join(Media, Media.id == func.coalesce(Item.media_id, Item.poster_id), isouter=True)
        .join(Blob, Blob.id == Media.blob_id, isouter=True)
        .join(Rendition, and_(Rendition.blob_id == Blob.id, _is_small(small)), isouter=True)
        .join(Target, and_(Target.item_id == Item.id, Target.language_id == chain[0].id), isouter=True)
        .join(Source, and_(Source.item_id == Item.id, Source.language_id == gallery.source_language_id), isouter=True)
        .where(Item.gallery_id == gallery.id, Item.deleted_at.is_(None) if living else Item.deleted_at.is_not(None))
    )


def _is_small(width: ColumnElement[int]) -> ColumnElement[bool]:
    return and_(Rendition.batch == "web", Rendition.format == "webp", Rendition.width == width)


def _name() -> ColumnElement[Any]:
    """What a tile is called: its title or caption here, else in the source language, else its file."""
    texts = [getattr(model, field) for model in (Target, Source) for field in ("title", "caption")]
    filled = [func.nullif(text, "") for text in texts]
    return func.coalesce(*filled, case((Item.media_id.is_not(None), Media.original_filename)), "")


def _beginning() -> ColumnElement[Any]:
    """How a text item begins, in this language, else in the source language."""
    written = func.coalesce(func.nullif(Target.html, ""), Source.html, "")
    return case((Item.kind == "text", func.substr(written, 1, BEGINNING)), else_="")


def _no_alt(language_ids: Sequence[UUID]) -> ColumnElement[bool]:
    own = exists().where(ItemText.item_id == Item.id, ItemText.language_id.in_(language_ids), ItemText.alt != "")
    library = exists().where(
        MediaText.media_id == Item.media_id, MediaText.language_id.in_(language_ids), MediaText.alt != ""
    )
    return and_(Item.media_id.is_not(None), Item.decorative.is_(False), ~own, ~library)


def _untranslated(gallery: Gallery, language: Language) -> ColumnElement[bool]:
    if language.id == gallery.source_language_id:
        return false()

    def lacks(field: str) -> ColumnElement[bool]:
        return and_(getattr(Source, field) != "", func.coalesce(getattr(Target, field), "") == "")

    return or_(lacks("title"), lacks("caption"), lacks("html"), and_(lacks("alt"), Item.decorative.is_(False)))


def _tile(row: Row[Any], number: int) -> Tile:
    excerpt = sanitise(row.beginning).text[:EXCERPT] if row.beginning else ""
    video = videos.of(row.video)
    return Tile(
        id=row.id,
        number=number,
        kind=row.kind,
        name=row.name or excerpt or (f"{video.provider_name} {video.id}" if video else ""),
        is_cover=bool(row.is_cover),
        no_alt=bool(row.no_alt),
        untranslated=bool(row.untranslated),
        thumbnail=_thumbnail(row),
        excerpt=excerpt,
        duration=videos.clock(video.duration) if video else "",
    )


def _thumbnail(row: Row[Any]) -> Thumbnail | None:
    if row.sha256 is None:
        return None
    focal = None if row.focal_x is None or row.focal_y is None else (row.focal_x, row.focal_y)
    state = row.state or "failed"
    return Thumbnail(row.sha256, row.file or "", state, row.width, row.height, row.colour, focal)
