"""Revisions: one compressed snapshot for each explicit publication, end of a hold and bulk act (D10)."""

from uuid import UUID

from sqlalchemy import func, select

from webapp.domain import snapshots
from webapp.domain.models import Gallery, Revision
from webapp.domain.permissions import Actor
from webapp.infra.db import db


def keep(gallery: Gallery, *, reason: str, actor: Actor) -> Revision:
    """Keep the gallery as it stands, numbered from 1; the caller holds its lock or has just made it."""
    newest = db.session.scalars(select(func.max(Revision.number)).where(Revision.gallery_id == gallery.id)).one()
    revision = Revision(
        gallery_id=gallery.id,
        number=(newest or 0) + 1,
        reason=reason,
        made_by_id=actor.id,
        snapshot=snapshots.pack(snapshots.take(gallery)),
    )
    db.session.add(revision)
    db.session.flush()
    return revision


def all_of(gallery_id: UUID) -> list[Revision]:
    """Return a gallery's revisions, newest first."""
    statement = select(Revision).where(Revision.gallery_id == gallery_id).order_by(Revision.number.desc())
    return list(db.session.scalars(statement))
