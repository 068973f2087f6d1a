"""The gallery list: as many statements for one gallery as for fifty, and nothing counted but notes that wait.

Rows are read as columns, never as entities. A gallery without a title stands under its slug.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, collate, exists, func, or_, select
from sqlalchemy.orm import aliased

from webapp.domain import asking, completeness, pictures, site_order
from webapp.domain.asking import Line
from webapp.domain.completeness import Tally
from webapp.domain.errors import NotFound
from webapp.domain.folding import fold
from webapp.domain.models import Gallery, GallerySlug, GalleryText, Hold, Item, Language, ShareNote
from webapp.domain.paging import Order, Page
from webapp.domain.pictures import Picture
from webapp.infra.db import db

SIZE: Final = 20
ORDERS: Final = ("edited", "created", "title")
MOSAIC: Final = 3
"""Pictures on a card."""

QUERY: Final = 200
WORDS: Final = 8
"""Characters and words of a query that are looked at."""


ALL: Final = Line()


@dataclass(frozen=True)
class Wanted:
    """What is asked of the list, and in which order; `by` is who asks."""

    line: Line = ALL
    order: str = "edited"
    by: UUID | None = None


@dataclass(frozen=True)
class Thumb:
    """A picture of a card, and the point of it that must be seen, as fractions."""

    picture: Picture
    focal: tuple[float, float] | None


@dataclass(frozen=True)
class GalleryRow:
    """A gallery in the list; `code` and `direction` are the title's, empty where the slug stands for it.

    `asked` is how many changes visitors by a share link ask for that nobody has solved.
    """

    id: UUID
    slug: str
    title: str
    code: str
    direction: str
    status: str
    held: bool
    touched_at: datetime
    created_at: datetime
    deleted_at: datetime | None
    thumbs: tuple[Thumb, ...]
    tally: Tally
    asked: int


def page(wanted: Wanted, *, after: str | None = None, size: int = SIZE) -> Page[GalleryRow]:
    """Return a page of the living galleries. Raises Invalid for a cursor that is none of this order."""
    order = _order(wanted.order)
    where = [Gallery.deleted_at.is_(None), *asking.conditions(wanted.line, by=wanted.by), *order.beyond(after)]
    return _page(where, order, size)


def placed() -> list[GalleryRow]:
    """Return the galleries that have a place on the site, in its order (D5)."""
    order = Order("site", (Gallery.sort_order, Gallery.id), (float, UUID))
    return list(_page([Gallery.deleted_at.is_(None), Gallery.sort_order.is_not(None)], order, site_order.MOST).rows)


def trash(*, after: str | None = None, size: int = SIZE) -> Page[GalleryRow]:
    """Return a page of the galleries in the trash, the last thrown away first. Raises Invalid for a cursor."""
    order = Order("trashed", (Gallery.deleted_at, Gallery.id), (datetime, UUID))
    return _page([Gallery.deleted_at.is_not(None), *order.beyond(after)], order, size)


def trashed(gallery_id: UUID) -> GalleryRow:
    """Return the row of a gallery in the trash. Raises NotFound."""
    found = _page([Gallery.id == gallery_id, Gallery.deleted_at.is_not(None)], _order("edited"), 1)
    if not found.rows:
        raise NotFound("Gallery")
    return found.rows[0]


def _order(name: str) -> Order:
    if name == "created":
        return Order(name, (Gallery.created_at, Gallery.id), (datetime, UUID))
    if name == "title":
        return Order(name, (_title_key(), Gallery.id), (str, UUID), descending=False)
    return Order("edited", (Gallery.touched_at, Gallery.id), (datetime, UUID))


def _title_key() -> ColumnElement[str]:
    """Return what titles are sorted by, byte by byte, so that both engines sort alike."""
    plain = "C" if db.session.get_bind().dialect.name == "postgresql" else "BINARY"
    key = func.coalesce(func.nullif(GalleryText.title_key, ""), GallerySlug.slug, Gallery.trashed_slug, "")
    return collate(key, plain)


def _chosen(where: Sequence[ColumnElement[bool]], order: Order, number: int) -> Select[Any]:
    """Return the statement for ids in an order, the trash apart from the living as the indexes have it."""
    return (
        _named(select(Gallery.id, order.columns[0].label("sort_value")))
        .where(*where)
        .order_by(Gallery.deleted_at.desc(), *order.by())
        .limit(number)
    )


def _rows(where: Sequence[ColumnElement[bool]], order: Order, number: int) -> Select[Any]:
    """Return the statement for what is shown of galleries: read only when it is known of which."""
    chosen = _chosen(where, order, number).subquery()
    columns: Select[Any] = select(Gallery.id, Gallery.status, Gallery.cover_media_id, chosen.c.sort_value)
    return (
        _named(columns)
        .add_columns(Gallery.touched_at, Gallery.created_at, Gallery.deleted_at)
        .add_columns(func.coalesce(GallerySlug.slug, Gallery.trashed_slug, "").label("slug"))
        .add_columns(GalleryText.title, Language.code, Language.direction, Hold.gallery_id.label("held"))
        .add_columns(_asked().label("asked"))
        .add_columns(*(_item_at(place).label(f"item_{place}") for place in range(MOSAIC)))
        .join(chosen, chosen.c.id == Gallery.id)
        .join(Language, Language.id == Gallery.source_language_id)
        .join(Hold, Hold.gallery_id == Gallery.id, isouter=True)
        .order_by(*order.by(chosen.c.sort_value, chosen.c.id))
    )


def _named(statement: Select[Any]) -> Select[Any]:
    """Return the statement with each gallery's current slug and its texts in its source language."""
    return (
        statement.select_from(Gallery)
        .join(GallerySlug, and_(GallerySlug.gallery_id == Gallery.id, GallerySlug.current), isouter=True)
        .join(GalleryText, _in_source_language(), isouter=True)
    )


def _in_source_language() -> ColumnElement[bool]:
    return and_(GalleryText.gallery_id == Gallery.id, GalleryText.language_id == Gallery.source_language_id)


def _item_at(place: int) -> Any:
    """Return the id of the gallery's n-th picture, from 0; read off the index of the order."""
    return (
        select(Item.id)
        .where(Item.gallery_id == Gallery.id, Item.deleted_at.is_(None), Item.media_id.is_not(None))
        .order_by(Item.deleted_at.desc(), Item.sort_order.desc(), Item.id.desc())
        .offset(place)
        .limit(1)
        .scalar_subquery()
    )


def _asked() -> Any:
    """Return how many notes of the gallery wait; read off their index."""
    waiting = (ShareNote.gallery_id == Gallery.id, ShareNote.solved_at.is_(None))
    return select(func.count(ShareNote.gallery_id)).where(*waiting).scalar_subquery()


def matches(query: str) -> list[ColumnElement[bool]]:
    """Return a condition for each word: it stands in the title in some language, or in the slug."""
    text = aliased(GalleryText)
    return [
        or_(
            exists().where(text.gallery_id == Gallery.id, text.title_key.contains(word, autoescape=True)),
            GallerySlug.slug.contains(word, autoescape=True),
        )
        for word in fold(query[:QUERY]).split()[:WORDS]
    ]


def _page(where: Sequence[ColumnElement[bool]], order: Order, size: int) -> Page[GalleryRow]:
    rows = db.session.execute(_rows(where, order, size + 1)).all()
    found = order.page(rows, size, lambda row: (row.sort_value, row.id))
    thumbs = _thumbs(found.rows)
    tallies = completeness.of([row.id for row in found.rows])
    return Page(tuple(_row(row, thumbs[row.id], tallies[row.id]) for row in found.rows), found.after)


def _thumbs(rows: Sequence[Any]) -> dict[UUID, tuple[Thumb, ...]]:
    """Return the pictures of each gallery's card, the cover before the first items, none twice; two statements."""
    firsts = [item_id for row in rows for item_id in (row.item_0, row.item_1, row.item_2) if item_id]
    statement = select(Item.id, Item.media_id, Item.focal_x, Item.focal_y).where(Item.id.in_(firsts))
    items: dict[UUID, Any] = {item_id: place for item_id, *place in db.session.execute(statement)}
    covers = [row.cover_media_id for row in rows if row.cover_media_id]
    known = pictures.small({*covers, *(media_id for media_id, _, _ in items.values())})
    return {row.id: _mosaic(row, items, known) for row in rows}


def _mosaic(row: Any, items: Mapping[UUID, Any], known: Mapping[UUID, Picture]) -> tuple[Thumb, ...]:
    shown = [items[item_id] for item_id in (row.item_0, row.item_1, row.item_2) if item_id in items]
    chosen: dict[UUID, tuple[float, float] | None] = {}
    if row.cover_media_id:
        chosen[row.cover_media_id] = None
    for media_id, x, y in shown:
        if chosen.get(media_id) is None:
            chosen[media_id] = None if x is None or y is None else (x, y)
    return tuple(Thumb(known[media_id], focal) for media_id, focal in chosen.items() if media_id in known)[:MOSAIC]


def _row(row: Any, thumbs: tuple[Thumb, ...], tally: Tally) -> GalleryRow:
    return GalleryRow(
        id=row.id,
        slug=row.slug,
        title=row.title or row.slug,
        code=row.code if row.title else "",
        direction=row.direction if row.title else "ltr",
        status=row.status,
        held=row.held is not None,
        touched_at=row.touched_at,
        created_at=row.created_at,
        deleted_at=row.deleted_at,
        thumbs=thumbs,
        tally=tally,
        asked=row.asked,
    )
