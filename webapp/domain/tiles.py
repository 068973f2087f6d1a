"""The tiles of the editor's grid: one statement for a chunk of items, however many texts they have.

A tile says what is still to be done: no alt text in any language that a visitor of this one would be given, or a
text that the source language has and this one has not.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    or_,
    select,
)
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
Poster = aliased(Media)
Film = aliased(Blob)


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

    `duration` is how long a video lasts, such as 3:05, empty where nobody has said so. `awaited` is pending or
    missing where the bytes of its file are not here.
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
    awaited: str = ""
    moves: bool = False


@dataclass(frozen=True)
class Chunk:
    """Some tiles in their order, and the item after which the next chunk begins."""

    tiles: tuple[Tile, ...]
    after: UUID | None


def chunk(gallery: Gallery, chain: Sequence[Language], *, after: UUID | None = None, size: int = CHUNK) -> Chunk:
    """Return the first tiles of a gallery, or those behind an item; `chain` is the language and its fallbacks.

    Raises NotFound where that item has gone.
    """
    asked, number = _asked(gallery, chain), 1
    if after is not None:
        key, number = _place(gallery.id, after)
        asked |= {"key": key, "after": after}
    statement = _in_order(_in_source(gallery, chain), behind=after is not None)
    rows = db.session.execute(statement, asked | {"most": size + 1}).all()
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
    asked = _asked(gallery, chain) | {"items": list(item_ids)}
    rows = db.session.execute(_numbered(_in_source(gallery, chain)), asked)
    return Chunk(tuple(_tile(row, row.number) for row in rows), None)


def trashed(gallery: Gallery, chain: Sequence[Language], *, size: int = CHUNK) -> list[Tile]:
    """Return the tiles of removed items, the last removed first."""
    statement = _tiles(_in_source(gallery, chain), living=False).order_by(Item.deleted_at.desc(), Item.id)
    rows = db.session.execute(statement.limit(size), _asked(gallery, chain))
    return [_tile(row, number) for number, row in enumerate(rows, 1)]


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


def _in_source(gallery: Gallery, chain: Sequence[Language]) -> bool:
    return chain[0].id == gallery.source_language_id


def _asked(gallery: Gallery, chain: Sequence[Language]) -> dict[str, Any]:
    """Return what every statement about tiles asks with."""
    ids = [language.id for language in chain]
    source = {"source": gallery.source_language_id, "cover": gallery.cover_media_id}
    return {"gallery": gallery.id, "language": ids[0], "chain": ids, **source}


@cache
def _in_order(in_source: bool, *, behind: bool) -> Select[Any]:
    """Build each form of the statement once: putting it together takes longer than running it."""
    found = _tiles(in_source).order_by(Item.sort_order.desc(), Item.id.desc()).limit(bindparam("most"))
    if not behind:
        return found
    key: BindParameter[float] = bindparam("key")
    return found.where(or_(Item.sort_order < key, and_(Item.sort_order == key, Item.id < bindparam("after"))))


@cache
def _numbered(in_source: bool) -> Select[Any]:
    other = aliased(Item)
    ahead = or_(other.sort_order > Item.sort_order, and_(other.sort_order == Item.sort_order, other.id >= Item.id))
    number = select(func.count()).where(other.gallery_id == bindparam("gallery"), other.deleted_at.is_(None), ahead)
    found = _tiles(in_source).add_columns(number.correlate(Item).scalar_subquery().label("number"))
    chosen = Item.id.in_(bindparam("items", expanding=True))
    return found.where(chosen).order_by(Item.sort_order.desc(), Item.id.desc())


def _tiles(in_source: bool, *, living: bool = True) -> Select[Any]:
    small = case((Blob.width >= THUMBNAIL, THUMBNAIL), else_=Blob.width)
    return (
        select(
            *(Item.id, Item.kind, Item.focal_x, Item.focal_y, Item.video, _name().label("name")),
            _beginning().label("beginning"),
            and_(Item.media_id.is_not(None), Item.media_id == bindparam("cover")).label("is_cover"),
            _no_alt().label("no_alt"),
            _untranslated(in_source).label("untranslated"),
            *(Blob.sha256, Blob.width, Blob.height, Blob.colour, Rendition.name.label("file"), Rendition.state),
            *(Film.duration, Blob.frames),
            Media.state.label("media_state"),
        )
        .join(Media, Media.id == func.coalesce(Item.media_id, Item.poster_id), isouter=True)
        .join(Poster, Poster.id == Item.poster_id, isouter=True)
        .join(Film, and_(Film.id == Media.blob_id, Item.kind == "video"), isouter=True)
        .join(Blob, Blob.id == func.coalesce(Poster.blob_id, Media.blob_id), isouter=True)
        .join(Rendition, and_(Rendition.blob_id == Blob.id, _is_small(small)), isouter=True)
        .join(Target, and_(Target.item_id == Item.id, Target.language_id == bindparam("language")), isouter=True)
        .join(Source, and_(Source.item_id == Item.id, Source.language_id == bindparam("source")), isouter=True)
        .where(Item.gallery_id == bindparam("gallery"))
        .where(Item.deleted_at.is_(None) if living else Item.deleted_at.is_not(None))
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


def _no_alt() -> ColumnElement[bool]:
    chain: BindParameter[UUID] = bindparam("chain", expanding=True)
    own = exists().where(ItemText.item_id == Item.id, ItemText.language_id.in_(chain), ItemText.alt != "")
    library = exists().where(
        MediaText.media_id == Item.media_id, MediaText.language_id.in_(chain), MediaText.alt != ""
    )
    return and_(Item.media_id.is_not(None), Item.decorative.is_(False), ~own, ~library)


def _untranslated(in_source: bool) -> ColumnElement[bool]:
    if in_source:
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
        duration=videos.clock(video.duration if video else round((row.duration or 0) / 1000)),
        awaited=(row.media_state or "") if row.sha256 is None else "",
        moves=(row.frames or 1) > 1,
    )


def _thumbnail(row: Row[Any]) -> Thumbnail | None:
    if row.sha256 is None:
        return None
    focal = None if row.focal_x is None or row.focal_y is None else (row.focal_x, row.focal_y)
    state = row.state or "failed"
    return Thumbnail(row.sha256, row.file or "", state, row.width, row.height, row.colour, focal)
