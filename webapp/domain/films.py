"""Videos of the library as pages need them: the steps that can be played, and how far the others are.

A *film* is a video whose file is here; a *video by link* (`videos`) is somewhere else.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, select

from webapp.domain import tracks
from webapp.domain.models import Blob, Language, Media, Rendition
from webapp.domain.tracks import Track
from webapp.infra.db import db
from webapp.infra.video import LADDER


@dataclass(frozen=True)
class Step:
    """An MP4 that can be played; width and height in pixels, size in bytes."""

    name: str
    width: int
    height: int
    size: int


@dataclass(frozen=True)
class Film:
    """A video's bytes and what was made of them; width and height as shown, `duration` in milliseconds.

    `state` is ready as soon as one step is, else pending or failed; `progress` is the hundredths of the step in hand.
    """

    sha256: str
    width: int
    height: int
    duration: int
    steps: tuple[Step, ...]
    state: str
    progress: int
    tracks: tuple[Track, ...] = ()

    @property
    def seconds(self) -> int:
        """How long it lasts, in whole seconds, one at least."""
        return seconds(self.duration)


def of(media_ids: Collection[UUID]) -> dict[UUID, Film]:
    """Return the films among media with their steps, smallest first, in one query; none for no media."""
    rows: dict[UUID, list[Any]] = {}
    if media_ids:
        for row in db.session.execute(_statement(), {"ids": list(set(media_ids))}):
            rows.setdefault(row.media_id, []).append(row)
    return {media_id: _film(found) for media_id, found in rows.items()}


def captioned(media_ids: Collection[UUID], chain: Collection[Language]) -> dict[UUID, Film]:
    """Return the films among media with their captions, the first of a chain of languages chosen; two queries."""
    found = of(media_ids)
    known = tracks.of(found, [language.id for language in chain])
    return {media_id: replace(film, tracks=known.get(media_id, ())) for media_id, film in found.items()}


def seconds(duration: int | None) -> int:
    """Return milliseconds in whole seconds, one at least; 0 where nothing is known or nothing lasts."""
    return max(1, round(duration / 1000)) if duration else 0


@cache
def _statement() -> Select[Any]:
    """Build the statement once: putting it together takes longer than running it."""
    steps = and_(Rendition.blob_id == Blob.id, Rendition.batch.in_(tuple(LADDER)))
    return (
        select(Media.id.label("media_id"), Blob.sha256, Blob.width, Blob.height, Blob.duration)
        .add_columns(Rendition.name, Rendition.state, Rendition.progress, Rendition.size)
        .add_columns(Rendition.width.label("wide"), Rendition.height.label("high"))
        .join(Blob, Blob.id == Media.blob_id)
        .join(Rendition, steps)
        .where(Media.id.in_(bindparam("ids", expanding=True)))
        .order_by(Rendition.width)
    )


def _film(rows: list[Any]) -> Film:
    first = rows[0]
    steps = tuple(Step(row.name, row.wide, row.high, row.size or 0) for row in rows if row.state == "ready")
    pending = any(row.state == "pending" for row in rows)
    return Film(
        sha256=first.sha256,
        width=first.width,
        height=first.height,
        duration=first.duration or 0,
        steps=steps,
        state="ready" if steps else "pending" if pending else "failed",
        progress=max((row.progress for row in rows if row.state == "pending"), default=100),
    )
