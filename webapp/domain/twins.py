"""Files with equal bytes: what is offered instead of a second one, in the library or back out of its trash (D22)."""

from uuid import UUID

from sqlalchemy import select

from webapp.domain import media
from webapp.domain.models import Blob, Media
from webapp.domain.permissions import Actor, demand
from webapp.infra.db import db


def find(sha256: str) -> Media | None:
    """Return what to offer instead of bytes that came in again: the oldest living media, else the last thrown away.

    Belongs into a transaction: that the bytes are here again heals what was missing.
    """
    blob = db.session.scalars(select(Blob).where(Blob.sha256 == sha256)).one_or_none()
    if blob is not None and blob.missing_since is not None:
        media.found_again(blob)
    return media.same_bytes(sha256) or _thrown_away(sha256)


def told(media_id: UUID) -> dict[str, object]:
    """Return what a script is told of a media that is offered, `trashed` where it would have to be taken back."""
    found = db.session.get_one(Media, media_id)
    about: dict[str, object] = {"id": str(found.id), "name": found.original_filename}
    return about | {"trashed": True} if found.deleted_at else about


def take_back(media_id: UUID, *, actor: Actor) -> Media:
    """Return a living media, taken out of the trash first where it is there. Raises NotFound, Forbidden."""
    found = db.session.get(Media, media_id)
    if found is None or found.deleted_at is None:
        return media.get(media_id)
    demand(actor, "media:delete")
    trashed = media.find_trashed(media_id)
    media.restore(trashed, actor=actor)
    return trashed


def _thrown_away(sha256: str) -> Media | None:
    statement = select(Media).join(Blob).where(Blob.sha256 == sha256, Media.deleted_at.is_not(None))
    return db.session.scalars(statement.order_by(Media.deleted_at.desc(), Media.id).limit(1)).first()
