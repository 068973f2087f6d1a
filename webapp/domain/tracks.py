"""Captions as players offer them: those of many videos at once, and which of them is shown unasked."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from webapp.domain.models import Caption, Language, Media
from webapp.infra.db import db


@dataclass(frozen=True)
class Track:
    """Captions that a player offers: `chosen` are those it shows unasked."""

    sha256: str
    kind: str
    language: Language
    chosen: bool = False


def of(media_ids: Collection[UUID], chain: Collection[UUID] = ()) -> dict[UUID, tuple[Track, ...]]:
    """Return the captions of videos in one query, none for no videos; the first of a chain is chosen."""
    if not media_ids:
        return {}
    statement = select(Caption, Language).join(Language, Language.id == Caption.language_id)
    statement = statement.where(Caption.media_id.in_(set(media_ids)), lives(), Language.is_active)
    found: dict[UUID, list[tuple[Caption, Language]]] = {}
    for row, language in db.session.execute(statement.order_by(Language.name)):
        found.setdefault(row.media_id, []).append((row, language))
    return {media_id: _tracks(each, chain) for media_id, each in found.items()}


def are_of(sha256: str, shown: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that captions are those of a media which is shown."""
    return exists().where(
        Caption.sha256 == sha256, lives(), Media.id == Caption.media_id, Media.deleted_at.is_(None), shown
    )


def known(sha256: str | None = None) -> set[str]:
    """Return the SHA-256 of all captions that rows know, or of one."""
    statement = select(Caption.sha256)
    return set(db.session.scalars(statement if sha256 is None else statement.where(Caption.sha256 == sha256)))


def _tracks(found: list[tuple[Caption, Language]], chain: Collection[UUID]) -> tuple[Track, ...]:
    there = {language.id for _, language in found}
    chosen = next((language_id for language_id in chain if language_id in there), None)
    return tuple(Track(row.sha256, row.kind, language, language.id == chosen) for row, language in found)


def lives() -> ColumnElement[bool]:
    """Return the condition for captions that are not removed."""
    return Caption.deleted_at.is_(None)
