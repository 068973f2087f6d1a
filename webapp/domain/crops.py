"""Cuts of pictures round their focal points: for which places they are made, and when they are thrown away.

Only a grid shows all its pictures in one shape. Those of a public gallery are cut by the worker, so that visitors
load no pixels that are never seen; until a cut is ready, the whole picture is sent and the browser hides its edges.
What stands for a public gallery beside its link is cut as well; until then the whole picture does.
A cut is keyed by picture, ratio and focal point (D24): another focal point is another batch, and one that nobody
wants any more is forgotten.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased

from webapp.domain import making, showing
from webapp.domain.models import Blob, Gallery, Item, Media, Rendition
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db
from webapp.infra.storage import Storage, rendition_key

SHAPES: Final = {"square": "1:1", "landscape": "3:2", "portrait": "3:4"}
"""The ratio of each shape of a grid's tiles."""

SHARE: Final = 200


def plan(*, most: int = SHARE) -> int:
    """Plan cuts that are wanted and not there, and return how many; no transaction may be open."""
    found = [row for kind in (_tiles, _cards) for row in _missing(*kind(), most)]
    release()
    for blob_id, batch in found:
        with transaction():
            blob = db.session.scalars(select(Blob).where(Blob.id == blob_id).with_for_update()).one()
            known = select(Rendition.id).where(Rendition.blob_id == blob_id, Rendition.batch == batch).limit(1)
            if db.session.scalar(known) is None:
                files = making.plan_crop(batch, blob.width, blob.height, poster=blob.poster)
                db.session.add_all(Rendition(blob_id=blob_id, **file._asdict()) for file in files)
    return len(found)


def _missing(wanted: Select[Any], batch: ColumnElement[str], most: int) -> Sequence[Any]:
    """Return blobs and batches of cuts that are wanted and have no row."""
    there = exists().where(Rendition.blob_id == Blob.id, Rendition.batch == batch)
    columns = wanted.with_only_columns(Blob.id, batch.label("batch"))
    return db.session.execute(columns.where(~there).distinct().limit(most)).all()


def forget(storage: Storage) -> int:
    """Throw away the cuts that nobody wants any more, and return how many files that were."""
    gone = 0
    while share := _unwanted():
        for blob_id, name, key in share:
            if not _is_there(blob_id, name):
                storage.delete(key)
        gone += len(share)
    return gone


def _unwanted() -> list[tuple[UUID, str, str]]:
    """Delete the rows of some cuts that nobody wants, and return the blobs, names and keys of their files."""
    other = aliased(Blob)
    wanted = [
        statement.where(other.id == Rendition.blob_id, batch == Rendition.batch).correlate(Rendition).exists()
        for statement, batch in (_tiles(other), _cards(other))
    ]
    unwanted = (
        select(Rendition.blob_id, Rendition.batch, Blob.sha256)
        .join(Blob, Blob.id == Rendition.blob_id)
        .where(Rendition.batch.like(f"{making.CROP}:%"), ~or_(*wanted))
        .distinct()
        .limit(SHARE)
    )
    with transaction():
        found = {(row.blob_id, row.batch): row.sha256 for row in db.session.execute(unwanted)}
        these = tuple_(Rendition.blob_id, Rendition.batch).in_(list(found))
        gone = delete(Rendition).where(these).returning(Rendition.blob_id, Rendition.batch, Rendition.name)
        rows = db.session.execute(gone).all()
    return [(row.blob_id, row.name, rendition_key(found[row.blob_id, row.batch], row.name)) for row in rows]


def _is_there(blob_id: UUID, name: str) -> bool:
    """Say whether a cut is wanted again: its file is whoever's who makes it now."""
    found = db.session.scalar(select(Rendition.id).where(Rendition.blob_id == blob_id, Rendition.name == name))
    release()
    return found is not None


def _tiles(other: Any = Blob) -> tuple[Select[Any], ColumnElement[str]]:
    """Return a row for each picture in a grid that visitors see, and the batch of its cut."""
    codes = {shape: making.crop_batch(ratio, None).rsplit(":", 2)[0] for shape, ratio in SHAPES.items()}
    wanted = (
        select(literal(1))
        .select_from(Gallery)
        .join(Item, Item.gallery_id == Gallery.id)
        .join(Media, Media.id == func.coalesce(Item.poster_id, Item.media_id))
        .join(other, other.id == Media.blob_id)
        .where(Gallery.layout == "grid", showing.is_public(), Item.deleted_at.is_(None))
        .where(other.missing_since.is_(None))
    )
    return wanted, _batch(case(codes, value=Gallery.tile_shape))


def _cards(other: Any = Blob) -> tuple[Select[Any], ColumnElement[str]]:
    """Return a row for the cover, or else the first picture, of each gallery that visitors see, and the batch."""
    wanted = (
        select(literal(1))
        .select_from(Gallery)
        .join(Item, Item.id == _face(), isouter=True)
        .join(Media, Media.id == func.coalesce(Gallery.cover_media_id, Item.poster_id, Item.media_id))
        .join(other, other.id == Media.blob_id)
        .where(showing.is_public(), other.missing_since.is_(None))
    )
    return wanted, _batch(literal(f"{making.CROP}:{making.CARD}"))


def _face() -> Any:
    """Return the first item that shows a gallery's cover, or any picture where it has none."""
    item, media = aliased(Item), aliased(Media)
    seen = func.coalesce(item.poster_id, item.media_id)
    return (
        select(item.id)
        .join(media, media.id == seen)
        .where(item.gallery_id == Gallery.id, item.deleted_at.is_(None), media.blob_id.is_not(None))
        .where(or_(Gallery.cover_media_id.is_(None), seen == Gallery.cover_media_id))
        .order_by(item.sort_order.desc(), item.id.desc())
        .limit(1)
        .correlate(Gallery)
        .scalar_subquery()
    )


def _batch(code: ColumnElement[str]) -> ColumnElement[str]:
    """Name the batch of an item's cut, as `making.crop_batch` does."""
    colon = literal(":")
    return code + colon + _steps(Item.focal_x) + colon + _steps(Item.focal_y)


def _steps(share: Any) -> ColumnElement[str]:
    """Write a share in twentieths; what lies between two of them is rounded up on both engines."""
    rounded = func.round(func.coalesce(share, 0.5) * making.FOCAL_STEPS + 1e-9)
    return cast(cast(rounded, Integer), String)
