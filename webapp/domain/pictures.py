"""Pictures as a page needs them: dimensions, a colour to begin with, and the renditions that are ready.

Of a video they show what is seen of it after a second.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select

from webapp.domain.making import CARD, CROP, FORMATS, MOVING, crop_batch, is_card
from webapp.domain.models import Blob, Media, Rendition
from webapp.infra.db import db

Bare = tuple[str, int, int, str | None]
"""SHA-256, width, height and colour."""

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
    """A picture's bytes and what was made of them; width and height as shown, in pixels.

    `moving` are the files in which an animation moves, the smallest first; `cuts` are those of its cuts, by batch.
    """

    sha256: str
    width: int
    height: int
    colour: str | None
    files: tuple[File, ...]
    moving: tuple[File, ...] = ()
    cuts: Mapping[str, tuple[File, ...]] = field(default_factory=dict, hash=False)

    @property
    def ratio(self) -> float:
        """Width over height."""
        return self.width / self.height

    def cut(self, ratio: str, focal: tuple[float, float] | None) -> tuple[File, ...]:
        """Return the files of a cut round a focal point, such as of 1:1; none where there is none, or not yet."""
        return self.cuts.get(crop_batch(ratio, focal), ())

    def card(self, focal: tuple[float, float] | None) -> File | None:
        """Return what is shown beside a link: the cut made for that, round this focal point or another, else the
        largest JPEG there is.
        """
        others = [file for batch, files in self.cuts.items() if is_card(batch) for file in files]
        whole = [file for file in reversed(self.files) if file.format == "jpg"]
        return next(iter((*self.cut(CARD, focal), *others, *whole)), None)


def of(media_ids: Collection[UUID]) -> dict[UUID, Picture]:
    """Return the pictures of media with their ready renditions, smallest first, in one query."""
    return _of(media_ids, _statement())


def small(media_ids: Collection[UUID]) -> dict[UUID, Picture]:
    """Return the pictures of media with what a list needs of their ready renditions, in one query."""
    return _of(media_ids, _statement(small=True))


@cache
def _statement(*, small: bool = False) -> Select[Any]:
    """Build the statement once: putting it together takes longer than running it."""
    whole = Rendition.batch.in_((*FORMATS, MOVING)) | Rendition.batch.like(f"{CROP}:%")
    listed = and_(Rendition.batch == "web", Rendition.width <= SMALL)
    wanted = (Rendition.state == "ready", listed if small else whole)
    return (
        select(Media.id, Blob.sha256, Blob.width, Blob.height, Blob.colour)
        .add_columns(Rendition.batch, Rendition.name, Rendition.format, Rendition.width, Rendition.height)
        .join(Blob, Blob.id == Media.blob_id)
        .join(Rendition, and_(Rendition.blob_id == Blob.id, *wanted), isouter=True)
        .where(Media.id.in_(bindparam("ids", expanding=True)))
        .order_by(Rendition.width)
    )


def _of(media_ids: Collection[UUID], statement: Select[Any]) -> dict[UUID, Picture]:
    bare: dict[UUID, Bare] = {}
    files: dict[UUID, dict[str, list[File]]] = defaultdict(lambda: defaultdict(list))
    for media_id, sha256, width, height, colour, batch, *file in db.session.execute(
        statement, {"ids": list(set(media_ids))}
    ):
        bare[media_id] = (sha256, width, height, colour)
        if batch:
            files[media_id]["whole" if batch in FORMATS else batch].append(File(*file))
    return {media_id: _picture(about, files[media_id]) for media_id, about in bare.items()}


def _picture(about: Bare, files: Mapping[str, list[File]]) -> Picture:
    cuts = {batch: tuple(each) for batch, each in files.items() if batch.startswith(CROP)}
    return Picture(*about, tuple(files.get("whole", ())), tuple(files.get(MOVING, ())), cuts)
