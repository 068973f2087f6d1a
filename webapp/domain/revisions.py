"""Revisions: one compressed snapshot for each explicit publication, end of a hold and bulk act (D10).

They do not grow for ever: what is older than `KEPT_FOR` goes, but of each gallery the newest `KEPT` stay however old
they are, so that a gallery that is left alone for years keeps its past.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import aliased

from webapp.domain import snapshots
from webapp.domain.comparing import Snapshot
from webapp.domain.errors import NotFound
from webapp.domain.models import Gallery, Revision, User
from webapp.domain.paging import Order, Page
from webapp.domain.permissions import Actor
from webapp.infra.clock import now
from webapp.infra.db import db

SIZE: Final = 30
KEPT: Final = 100
KEPT_FOR: Final = timedelta(days=90)
"""How many of a gallery, and how long all of them, are kept."""


@dataclass(frozen=True)
class Row:
    """A revision in the list; `by` is empty where nobody is known to have made it."""

    number: int
    reason: str
    made_at: datetime
    by: str


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


def page(gallery_id: UUID, *, after: str | None = None, size: int = SIZE) -> Page[Row]:
    """Return a page of a gallery's revisions, newest first, without what they hold. Raises Invalid for a cursor."""
    order = Order("revisions", (Revision.number,), (int,))
    statement = (
        select(Revision.number, Revision.reason, Revision.made_at, User.name)
        .join(User, User.id == Revision.made_by_id, isouter=True)
        .where(Revision.gallery_id == gallery_id, *order.beyond(after))
    )
    rows = db.session.execute(statement.order_by(*order.by()).limit(size + 1)).all()
    made = [Row(number, reason, made_at, by or "") for number, reason, made_at, by in rows]
    return order.page(made, size, lambda row: (row.number,))


def get(gallery_id: UUID, number: int) -> tuple[Row, Snapshot]:
    """Return one revision and what it holds. Raises NotFound."""
    found = db.session.execute(
        select(Revision.number, Revision.reason, Revision.made_at, User.name, Revision.snapshot)
        .join(User, User.id == Revision.made_by_id, isouter=True)
        .where(Revision.gallery_id == gallery_id, Revision.number == number)
    ).one_or_none()
    if found is None:
        raise NotFound("Revision")
    return Row(found[0], found[1], found[2], found[3] or ""), snapshots.unpack(found[4])


def oldest(gallery_id: UUID) -> int | None:
    """Return the number of the oldest revision that is kept of a gallery, None where there is none."""
    return db.session.scalars(select(func.min(Revision.number)).where(Revision.gallery_id == gallery_id)).one()


def forget() -> int:
    """Throw away the revisions that are both old and not among the newest of their gallery; return how many."""
    other = aliased(Revision)
    newest = select(func.max(other.number)).where(other.gallery_id == Revision.gallery_id).scalar_subquery()
    gone = delete(Revision).where(Revision.made_at <= now() - KEPT_FOR, Revision.number <= newest - KEPT)
    unseen = {"synchronize_session": False}
    return len(db.session.execute(gone.returning(Revision.id), execution_options=unseen).all())
