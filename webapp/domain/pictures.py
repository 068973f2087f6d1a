"""Pictures as a page needs them: dimensions, a colour to begin with, and the renditions that are ready.

Of a video they show what is seen of it after a second.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select

from webapp.domain.making import FORMATS
from webapp.domain.models import Blob, Media, Rendition
from webapp.infra.db import db

SMALL: Final = 640
"""Pixels of width beyond which no rendition is needed in a list."""


@dataclass(frozen=True)
class File:
    """A rendition that is ready; width and height in pixels."""

    name: str
    format: str
    width: int
    height: int


@dataclass(frozen=True)
class Picture:
    """A picture's bytes and what was made of them; width and height as shown, in pixels."""

    sha256: str
    width: int
    height: int
    colour: str | None
    files: tuple[File, ...]

    @property
    def ratio(self) -> float:
        """Width over height."""
        return self.width / self.height


def of(media_ids: Collection[UUID]) -> dict[UUID, Picture]:
    """Return the pictures of media with their ready renditions, smallest first, in one query."""
    return _of(media_ids, _statement())


def small(media_ids: Collection[UUID]) -> dict[UUID, Picture]:
    """Return the pictures of media with what a list needs of their ready renditions, in one query."""
    return _of(media_ids, _statement(small=True))


@cache
def _statement(*, small: bool = False) -> Select[Any]:
    """Build the statement once: putting it together takes longer than running it."""
    wanted = [Rendition.state == "ready", Rendition.batch.in_(tuple(FORMATS))]
    if small:
        wanted += [Rendition.batch == "web", Rendition.width <= SMALL]
    return (
        select(Media.id, Blob.sha256, Blob.width, Blob.height, Blob.colour)
        .add_columns(Rendition.name, Rendition.format, Rendition.width, Rendition.height)
        .join(Blob, Blob.id == Media.blob_id)
        .join(Rendition, and_(Rendition.blob_id == Blob.id, *wanted), isouter=True)
        .where(Media.id.in_(bindparam("ids", expanding=True)))
        .order_by(Rendition.width)
    )


def _of(media_ids: Collection[UUID], statement: Select[Any]) -> dict[UUID, Picture]:
    found: dict[UUID, Picture] = {}
    rows = db.session.execute(statement, {"ids": list(set(media_ids))})
    for media_id, sha256, width, height, colour, *file in rows:
        files = found[media_id].files if media_id in found else ()
        made = (File(*file),) if file[0] else ()
        found[media_id] = Picture(sha256, width, height, colour, (*files, *made))
    return found
