"""Another file in the place of one: the entry, its texts, tags and uses stay, only the bytes are others (D15).

Visitors see the new file at once, wherever the entry is shown; held changes hold back which entries a gallery shows,
never what is in them. The bytes that were there before are kept for a while, so that they can be put back.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, select, update
from sqlalchemy.orm import aliased

from webapp.domain import media
from webapp.domain.errors import Conflict, Invalid, Stale
from webapp.domain.models import AuditEntry, Blob, Fetch, Media, User
from webapp.domain.permissions import Actor
from webapp.domain.sentences import Sentence
from webapp.infra.clock import now
from webapp.infra.db import db

KEPT: Final = timedelta(days=30)
"""How long bytes that nothing uses any more wait to be asked for again."""

VERB: Final = "media.replace"
OTHER_KIND: Final = {
    "image": Sentence("Only a picture can take the place of a picture."),
    "video": Sentence("Only a video can take the place of a video."),
}


@dataclass(frozen=True)
class Earlier:
    """What an entry held before its file was replaced, and who did that when; `by` is empty for a program."""

    sha256: str
    width: int
    height: int
    size: int
    replaced_at: datetime
    by: str


def replace(media_id: UUID, intake: media.Intake, *, actor: Actor, version: int | None = None) -> Media:
    """Put bytes that came in into the place of those of an entry; equal bytes only heal what was missing.

    Raises NotFound, Stale, Invalid for bytes of another kind.
    """
    entry = _locked(media_id, version)
    if intake.kind != entry.kind:
        raise Invalid("file", OTHER_KIND[entry.kind], code="other_kind")
    _put(entry, media.blob_of(intake), actor=actor)
    return entry


def kind_of(media_id: UUID, version: int | None) -> str:
    """Return what alone can take a file's place, before its bytes are taken in. Raises NotFound, Stale."""
    entry = media.get(media_id)
    _check(entry, version)
    return entry.kind


def put_back(media_id: UUID, *, actor: Actor, version: int | None = None) -> Media:
    """Put the bytes back that an entry held before its file was replaced last. Raises NotFound, Stale, Conflict."""
    entry = _locked(media_id, version)
    found = _before(entry)
    if found is None:
        raise Conflict("The earlier file is not kept any more.", code="not_kept")
    found[0].unused_since = None
    _put(entry, found[0], actor=actor)
    return entry


def earlier(entry: Media) -> Earlier | None:
    """Return what an entry held before, as long as that is kept."""
    found = _before(entry)
    if found is None:
        return None
    blob, at, by = found
    return Earlier(blob.sha256, blob.width, blob.height, blob.size, at, by)


def let_go(blob_id: UUID | None) -> None:
    """Note since when nothing uses some bytes, if nothing does; belongs after the change that let go of them."""
    db.session.flush()
    db.session.execute(select(Blob.id).where(Blob.id == blob_id).with_for_update())
    db.session.execute(update(Blob).where(Blob.id == blob_id, _is_unused()).values(unused_since=now()))


def forget() -> list[str]:
    """Delete the rows of bytes that nothing has used for a while; returns their SHA-256: the files are leftovers.

    Whoever finds the row of some bytes holds it, so none goes that somebody is about to use.
    """
    over = select(Blob.id).where(Blob.unused_since <= now() - KEPT).with_for_update()
    ids = list(db.session.scalars(over))
    gone = delete(Blob).where(Blob.id.in_(ids), _is_unused()).returning(Blob.sha256, Blob.poster)
    rows = db.session.execute(gone).all()
    posters = Blob.sha256.in_([row.poster for row in rows if row.poster])
    db.session.execute(update(Blob).where(posters, _is_unused()).values(unused_since=now()))
    return [row.sha256 for row in rows]


def _is_unused() -> ColumnElement[bool]:
    """Return the condition that no entry has these bytes, and that they stand for no video."""
    film = aliased(Blob)
    entry, poster = exists().where(Media.blob_id == Blob.id), exists().where(film.poster == Blob.sha256)
    return and_(~entry, ~poster)


def _locked(media_id: UUID, version: int | None) -> Media:
    entry = media.locked(media_id)
    _check(entry, version)
    return entry


def _check(entry: Media, version: int | None) -> None:
    if version is not None and version != entry.version:
        raise Stale("Somebody else changed this file since you opened it.", media=entry)


def _put(entry: Media, blob: Blob, *, actor: Actor) -> None:
    had = entry.blob_id
    if had == blob.id:
        return
    before = db.session.get(Blob, had) if had else None
    entry.blob, entry.state = blob, "ready" if blob.missing_since is None else "missing"
    db.session.execute(delete(Fetch).where(Fetch.media_id == entry.id))
    changes = {"bytes": (before.sha256 if before else None, blob.sha256)}
    media.changed(entry, changes, actor=actor, verb=VERB)
    let_go(had)


def _before(entry: Media) -> tuple[Blob, datetime, str] | None:
    """Return the bytes that the last replacement took away, with who did it when; None where they are not kept."""
    statement = (
        select(AuditEntry.changes, AuditEntry.at, User.name)
        .join(User, User.id == AuditEntry.user_id, isouter=True)
        .where(AuditEntry.thing == "media", AuditEntry.thing_id == str(entry.id), AuditEntry.verb == VERB)
    )
    replaced = db.session.execute(statement.order_by(AuditEntry.id.desc()).limit(1)).first()
    if replaced is None:
        return None
    sha256 = replaced.changes["bytes"][0] or ""
    kept = select(Blob).where(Blob.sha256 == sha256, Blob.id != entry.blob_id, Blob.missing_since.is_(None))
    blob = db.session.scalars(kept.with_for_update(read=True, key_share=True)).one_or_none()
    return (blob, replaced.at, replaced.name or "") if blob else None
