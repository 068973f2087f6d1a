"""What is shown behind a zone, here and now: a picture with its words in a language, why that one, and until when."""

from bisect import bisect
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select, union

from webapp.domain import languages, pictures
from webapp.domain.backgrounds.resolving import Asked, Candidate, Chosen, resolve, stands
from webapp.domain.models import (
    Background,
    BackgroundPicture,
    BackgroundText,
    BackgroundZone,
    Language,
    Media,
    MediaText,
)
from webapp.domain.pictures import Picture
from webapp.domain.showing import Text
from webapp.infra import kept
from webapp.infra.clock import now
from webapp.infra.db import db

TURN: Final = timedelta(hours=1)
"""The shortest turn there is: every other begins with one of these."""


@dataclass(frozen=True)
class Seen:
    """A picture behind a zone, the `number`-th of `count` from 1; `until` is when it may be another by itself.

    Somebody may change it before. `candidates` say how well backgrounds fit, and how far away their middle is, the
    one that wins first.
    """

    candidates: Sequence[Candidate]
    media_id: UUID
    number: int
    count: int
    picture: Picture
    caption: Text | None
    alt: Text | None
    until: datetime | None

    @property
    def winner(self) -> Candidate:
        """The background that is shown."""
        return self.candidates[0]


def see(asked: Asked, code: str | None) -> Seen | None:
    """Return what is shown to whoever asks, its words in a language or what that falls back to; None for nothing.

    `code` is that of an active language, None for the site's default.
    """
    chosen = resolve(asked)
    return None if chosen is None else _seen(chosen, asked, _chain(code))


def window(zone: str, moment: datetime) -> Hashable:
    """Return what is equal for two moments at which the same is shown in a zone, as long as nothing is written."""
    return int(moment.timestamp() // TURN.total_seconds()), bisect(_changes(zone), moment)


def is_shown() -> ColumnElement[bool]:
    """Return the condition under which visitors see a media: it is a picture of a background that is shown now."""
    return exists().where(
        BackgroundPicture.media_id == Media.id,
        Background.id == BackgroundPicture.background_id,
        *stands(now()),
    )


def _seen(chosen: Chosen, asked: Asked, chain: Sequence[Language]) -> Seen:
    return Seen(
        candidates=chosen.candidates,
        media_id=chosen.media_id,
        number=chosen.number + 1,
        count=chosen.count,
        picture=pictures.of([chosen.media_id])[chosen.media_id],
        caption=_said(_captions(chosen.background_id), chain),
        alt=_said(_alts(chosen.media_id), chain),
        until=min(filter(None, (chosen.until, _next(asked.zone, asked.moment))), default=None),
    )


def _changes(zone: str) -> tuple[datetime, ...]:
    """Return when backgrounds of a zone begin and end to be shown, whatever the hour is."""
    return kept.until_written(("backgrounds begin and end", zone), lambda: _read_changes(zone))


def _read_changes(zone: str) -> tuple[datetime, ...]:
    def moments(column: Any) -> Any:
        here = BackgroundZone.background_id == Background.id, BackgroundZone.zone == zone
        shown = Background.deleted_at.is_(None), Background.is_active, column.is_not(None)
        return select(column).join(BackgroundZone, here[0]).where(here[1], *shown)

    return tuple(sorted(db.session.scalars(union(moments(Background.starts_at), moments(Background.ends_at)))))


def _next(zone: str, moment: datetime) -> datetime | None:
    changes = _changes(zone)
    at = bisect(changes, moment)
    return changes[at] if at < len(changes) else None


def _chain(code: str | None) -> Sequence[Language]:
    """Return the languages that a text is looked for in, the one asked for first."""
    known = languages.all_languages()
    asked = next(each for each in known if (each.is_default if code is None else each.code.lower() == code))
    return languages.fallback_chain(asked, known=known)


def _captions(background_id: UUID) -> Mapping[UUID, str | None]:
    said = select(BackgroundText.language_id, BackgroundText.caption)
    rows = db.session.execute(said.where(BackgroundText.background_id == background_id))
    return {each.language_id: each.caption for each in rows}


def _alts(media_id: UUID) -> Mapping[UUID, str | None]:
    statement = select(MediaText.language_id, MediaText.alt).where(MediaText.media_id == media_id)
    return {each.language_id: each.alt for each in db.session.execute(statement)}


def _said(words: Mapping[UUID, str | None], chain: Sequence[Language]) -> Text | None:
    """Return the first text there is along the chain."""
    for language in chain:
        if text := words.get(language.id):
            return Text(text, language.code, language.direction, fallback=language is not chain[0])
    return None
