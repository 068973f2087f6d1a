"""Where a file is used: as an item, as what stands for a video, as a cover, in copies that visitors keep seeing, and
behind zones of programs.

Every way in is an index: `items.media_id` and `poster_id`, `galleries.cover_media_id`, the same of held items, and
`background_pictures.media_id`.
Covers of held copies stand in JSON; there are as many as there are held galleries.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, case, cast, func, or_, select

from webapp.domain.models import (
    Background,
    BackgroundPicture,
    BackgroundZone,
    Gallery,
    GallerySlug,
    GalleryText,
    HeldItem,
    Hold,
    Item,
    Language,
)
from webapp.infra.db import db

NAMED: Final = 12
"""Items of a gallery that are named; the others are counted."""


@dataclass(frozen=True)
class Spot:
    """An item that shows a file; `poster` where the file stands for its video."""

    item_id: UUID
    poster: bool


@dataclass(frozen=True)
class Place:
    """A living gallery that shows a file: so many times, and maybe as its cover; `code` is the title's language.

    `held` says that visitors see it in the copy that was frozen when the gallery's changes were held.
    """

    gallery_id: UUID
    title: str
    code: str
    direction: str
    times: int
    cover: bool
    held: bool = False
    spots: tuple[Spot, ...] = ()


def places(media_id: UUID) -> list[Place]:
    """Return the living galleries that show a file, in the order of their titles, with their first items; two
    statements.
    """
    items = _items_with(media_id).subquery()
    title = and_(GalleryText.gallery_id == Gallery.id, GalleryText.language_id == Gallery.source_language_id)
    is_cover = Gallery.cover_media_id == media_id
    in_copy = Gallery.id.in_(_held_with(media_id))
    statement = (
        select(Gallery.id, GalleryText.title, GallerySlug.slug, Language.code, Language.direction)
        .add_columns(func.coalesce(items.c.times, 0).label("times"), func.coalesce(is_cover, False).label("cover"))
        .add_columns(in_copy.label("held"))
        .join(Language, Language.id == Gallery.source_language_id)
        .join(GallerySlug, and_(GallerySlug.gallery_id == Gallery.id, GallerySlug.current))
        .join(GalleryText, title, isouter=True)
        .join(items, items.c.gallery_id == Gallery.id, isouter=True)
        .where(Gallery.deleted_at.is_(None), is_used_by(media_id))
        .order_by(GalleryText.title_key, Gallery.id)
    )
    spots = _spots(media_id)
    return [_place(row, spots) for row in db.session.execute(statement)]


@dataclass(frozen=True)
class Backdrop:
    """A background that a file is a picture of; without a name it is called by its zones."""

    background_id: UUID
    name: str
    zones: tuple[str, ...]

    @property
    def title(self) -> str:
        """Say which it is."""
        return self.name or ", ".join(self.zones)


def backdrops(media_id: UUID, *, trashed: bool = False) -> list[Backdrop]:
    """Return the living backgrounds that have a file, or those of the trash, in the order of their names; one
    statement.
    """
    has = select(BackgroundPicture.background_id).where(BackgroundPicture.media_id == media_id)
    gone = Background.deleted_at.is_not(None)
    rows = db.session.execute(
        select(Background.id, Background.name, BackgroundZone.zone)
        .join(BackgroundZone, BackgroundZone.background_id == Background.id)
        .where(Background.id.in_(has), gone if trashed else ~gone)
        .order_by(Background.name, Background.id, BackgroundZone.zone)
    )
    zones: dict[tuple[UUID, str], list[str]] = defaultdict(list)
    for background_id, name, zone in rows:
        zones[background_id, name].append(zone)
    return [Backdrop(background_id, name, tuple(of)) for (background_id, name), of in zones.items()]


def is_used_by(media_id: UUID) -> ColumnElement[bool]:
    """Return the condition that a gallery shows a file, now or in the copy that visitors keep seeing."""
    in_items = select(Item.gallery_id).where(_shows(Item, media_id), _living())
    return or_(Gallery.id.in_(in_items), Gallery.cover_media_id == media_id, Gallery.id.in_(_held_with(media_id)))


def is_held_cover(media_id: Any, hold: type[Hold]) -> ColumnElement[bool]:
    """Compare an id with the frozen cover's, which JSON has with dashes and SQLite's column without."""
    cover = hold.gallery["cover_media_id"].as_string()
    return and_(cover.is_not(None), func.replace(cover, "-", "") == func.replace(cast(media_id, String), "-", ""))


def _shows(model: Any, media_id: UUID) -> ColumnElement[bool]:
    return or_(model.media_id == media_id, model.poster_id == media_id)


def _living() -> ColumnElement[bool]:
    """Return the condition that an item is not in the trash, written so that SQLite does not look through all."""
    return case((Item.deleted_at.is_(None), 1), else_=0) == 1


def _held_with(media_id: UUID) -> Any:
    """Return the statement for the galleries whose held copy shows a file."""
    items = select(HeldItem.gallery_id).where(_shows(HeldItem, media_id))
    covers = select(Hold.gallery_id).where(Hold.gallery["cover_media_id"].as_string() == str(media_id))
    return items.union(covers)


def _items_with(media_id: UUID) -> Select[UUID, int]:
    """Return the statement for how many living items of each gallery show a file."""
    return (
        select(Item.gallery_id, func.count().label("times"))
        .where(_shows(Item, media_id), _living())
        .group_by(Item.gallery_id)
    )


def _spots(media_id: UUID) -> Mapping[UUID, list[Spot]]:
    """Return the first items of each gallery that show a file, in their order."""
    rank = func.row_number().over(partition_by=Item.gallery_id, order_by=(Item.sort_order.desc(), Item.id.desc()))
    poster = Item.media_id.is_distinct_from(media_id)
    ranked = (
        select(Item.id, Item.gallery_id, poster.label("poster"), rank.label("rank"))
        .where(_shows(Item, media_id), _living())
        .subquery()
    )
    statement = select(ranked).where(ranked.c.rank <= NAMED).order_by(ranked.c.gallery_id, ranked.c.rank)
    found: dict[UUID, list[Spot]] = defaultdict(list)
    for row in db.session.execute(statement):
        found[row.gallery_id].append(Spot(row.id, bool(row.poster)))
    return found


def _place(row: Any, spots: Mapping[UUID, list[Spot]]) -> Place:
    return Place(
        gallery_id=row.id,
        title=row.title or row.slug,
        code=row.code if row.title else "",
        direction=row.direction if row.title else "ltr",
        times=row.times,
        cover=bool(row.cover),
        held=bool(row.held),
        spots=tuple(spots.get(row.id, ())),
    )
