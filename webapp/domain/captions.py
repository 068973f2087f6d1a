"""Captions of videos: a WebVTT file a language, shown by the browser's own player and by nothing else.

Bytes come first, then the row, as with every file: a kill in between leaves a file without a row.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import delete, select

from webapp.domain import audit, media, sentences, tracks
from webapp.domain.errors import Invalid, NotFound, Stale
from webapp.domain.models import Caption, Language
from webapp.domain.models.media import CAPTIONS
from webapp.domain.permissions import Actor, demand_language
from webapp.infra import images, webvtt
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.spool import Readable
from webapp.infra.storage import Storage, caption_key

KEPT: Final = timedelta(days=30)
"""How long captions that were removed can be taken back."""


@dataclass(frozen=True)
class Row:
    """Captions as the page of their video lists them; size in bytes."""

    language: Language
    kind: str
    sha256: str
    size: int
    version: int
    changed_at: datetime


def take_in(stream: Readable, *, storage: Storage) -> tuple[str, int]:
    """Judge and store captions, and return their SHA-256 and size; no transaction may be open.

    Raises Invalid, and what the storage raises.
    """
    content = stream.read(webvtt.MOST_BYTES + 1)
    try:
        kept = webvtt.judged(content)
    except images.Refused as refused:
        raise Invalid("file", sentences.of(refused), code=refused.code) from None
    sha256 = hashlib.sha256(kept).hexdigest()
    with storage.workspace() as folder:
        (folder / "captions.vtt").write_bytes(kept)
        storage.put_file(caption_key(sha256), folder / "captions.vtt")
    return sha256, len(kept)


def attach(
    media_id: UUID, language: Language, kept: tuple[str, int], *, kind: str, actor: Actor, version: int | None = None
) -> Caption:
    """Give a video captions in a language, in the place of those it has.

    `version` is the token of what is replaced, 0 for none. Raises NotFound, Forbidden, Invalid, Stale.
    """
    demand_language(actor, language.id, of="media")
    video = media.locked(media_id)
    if video.kind != "video":
        raise Invalid("file", "Only a video has captions.", code="no_video")
    if kind not in CAPTIONS:
        raise Invalid("kind", "Choose one of those that there are.", code="choice")
    row = _find(media_id, language.id)
    _check_version(row, version)
    before = row.sha256 if row and row.deleted_at is None else None
    if row is None:
        row = Caption(id=uuid4(), media_id=media_id, language_id=language.id, version=0)
        db.session.add(row)
    row.sha256, row.size = kept
    row.kind, row.deleted_at, row.updated_at, row.version = kind, None, now(), row.version + 1
    _record(actor, "attach", row, (before, row.sha256))
    return row


def remove(media_id: UUID, language: Language, *, actor: Actor, version: int | None = None) -> None:
    """Take captions from a video; they can be taken back for a while. Raises NotFound, Forbidden, Stale."""
    demand_language(actor, language.id, of="media")
    media.locked(media_id)
    row = _find(media_id, language.id)
    if row is None or row.deleted_at is not None:
        raise NotFound("Captions")
    _check_version(row, version)
    row.deleted_at, row.version = now(), row.version + 1
    _record(actor, "remove", row, (row.sha256, None))


def restore(media_id: UUID, language: Language, *, actor: Actor) -> None:
    """Take removed captions back. Raises NotFound, Forbidden."""
    demand_language(actor, language.id, of="media")
    media.locked(media_id)
    row = _find(media_id, language.id)
    if row is None or row.deleted_at is None:
        raise NotFound("Captions")
    row.deleted_at, row.version = None, row.version + 1
    _record(actor, "restore", row, (None, row.sha256))


def rows(media_id: UUID) -> list[Row]:
    """Return a video's captions by the names of their languages, in one query."""
    statement = select(Caption, Language).join(Language, Language.id == Caption.language_id)
    found = db.session.execute(statement.where(Caption.media_id == media_id, tracks.lives()).order_by(Language.name))
    return [
        Row(language, row.kind, row.sha256, row.size, row.version, row.updated_at or row.created_at)
        for row, language in found
    ]


def forget() -> int:
    """Delete what was removed long ago, and return how many that were."""
    statement = delete(Caption).where(Caption.deleted_at <= now() - KEPT).returning(Caption.id)
    return len(db.session.execute(statement).all())


def _find(media_id: UUID, language_id: UUID) -> Caption | None:
    statement = select(Caption).where(Caption.media_id == media_id, Caption.language_id == language_id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def _check_version(row: Caption | None, version: int | None) -> None:
    there = row.version if row and row.deleted_at is None else 0
    if version is not None and version != there:
        raise Stale("Somebody else changed these captions since you opened this page. Look at them first.")


def _record(actor: Actor, verb: str, row: Caption, change: tuple[str | None, str | None]) -> None:
    about = {"language_id": row.language_id}
    audit.record(actor, f"captions.{verb}", "media", row.media_id, changes={"captions": change}, **about)
    db.session.flush()
