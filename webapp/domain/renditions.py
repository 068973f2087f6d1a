"""Renditions: what is made of an original, by a job whose truth is these rows and never the queue (D24).

A worker holds the due rows of a blob's batch by a lease, which long work renews; if it dies, the lease ends and
another takes them up. Making them twice gives the same files. After five failures they stay failed, with the reason,
until somebody retries; a full or absent disk is not the picture's failure and is waited for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, or_, select, update

from webapp.domain import making, sentences
from webapp.domain.making import CROP, LATER, QUICK, SLOW, Order
from webapp.domain.models import Blob, Rendition
from webapp.domain.transaction import release, transaction
from webapp.infra import images
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.ffmpeg import Absent
from webapp.infra.storage import Storage, StorageError, StorageFailed, StorageFull
from webapp.infra.video import Stopped

MOST_ATTEMPTS: Final = 5
REASON: Final = 500
"""Letters that are kept of why a file could not be made."""
LEASE: Final = timedelta(seconds=50)
"""Longer than a picture process may take; whoever overruns it has lost the batch and writes nothing of it."""
BACK_OFF: Final = timedelta(seconds=10)
RENEWED: Final = timedelta(seconds=5)
"""How often long work says how far it is, and that somebody is at it."""
TROUBLE_ELSEWHERE: Final = (StorageFull, StorageFailed, images.Overloaded, Absent)
PATIENCE: Final = timedelta(minutes=1)


@dataclass
class Batch:
    """What a worker holds until `lease`."""

    blob_id: UUID
    sha256: str
    mime_type: str
    name: str
    lease: datetime


def plan(blob: Blob) -> list[Rendition]:
    """Return the rows of the files to make of an original."""
    files = making.plan(blob.mime_type, blob.width, blob.height, blob.frames)
    return [Rendition(id=uuid4(), blob_id=blob.id, **file._asdict()) for file in files]


def work_off(
    storage: Storage,
    *,
    batches: Sequence[str] = QUICK + SLOW,
    most: int = 1000,
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Make what is due, batch by batch, and return how many batches were taken up; no transaction may be open.

    All that is quick comes before anything that is slow, and what is made anew or cut comes last. `go_on` is asked
    before each batch, and during long ones.
    """
    done = 0
    while done < most and go_on() and (batch := _claim(batches)) is not None:
        _make(batch, storage=storage, go_on=go_on)
        done += 1
    return done


def is_due() -> bool:
    """Say whether there is something to make now."""
    return db.session.scalars(select(Rendition.id).where(_is_due(now())).limit(1)).first() is not None


def retry(blob_id: UUID) -> None:
    """Let failed renditions of a blob be tried again from the start; inside a transaction."""
    _retry(Rendition.blob_id == blob_id)


def retry_all() -> None:
    """Let all failed renditions be tried again from the start; inside a transaction."""
    _retry()


def states(blob_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return for each blob whether its web renditions are ready, pending or failed; one query."""
    statement = select(Rendition.blob_id, Rendition.state).where(
        Rendition.blob_id.in_(blob_ids), Rendition.batch == "web"
    )
    rank = {"ready": 0, "pending": 1, "failed": 2}
    found: dict[UUID, str] = {}
    for blob_id, state in db.session.execute(statement.distinct()):
        found[blob_id] = max(found.get(blob_id, "ready"), state, key=rank.__getitem__)
    return found


def _retry(*which: ColumnElement[bool]) -> None:
    again = update(Rendition).where(Rendition.state == "failed", *which)
    db.session.execute(again.values(state="pending", attempts=0, due_at=now(), error=None))


def _claim(batches: Sequence[str]) -> Batch | None:
    """Take up the batch that is due longest, None where nothing is.

    Looking is free of locks, so an idle worker keeps nobody waiting; taking is conditional, so of two workers that
    looked at the same moment one goes on to the next batch.
    """
    while (batch := _longest_due(batches)) is not None:
        if _take(batch):
            return batch
    return None


def _longest_due(batches: Sequence[str]) -> Batch | None:
    moment = now()
    row = db.session.execute(
        select(Rendition.blob_id, Blob.sha256, Blob.mime_type, Rendition.batch)
        .join(Blob, Blob.id == Rendition.blob_id)
        .where(_is_due(moment), _is_among(batches))
        .order_by(_is_later(), Rendition.batch.in_(SLOW), Rendition.due_at, Rendition.blob_id)
        .limit(1)
    ).first()
    release()
    return Batch(*row, moment + LEASE) if row else None


def _take(batch: Batch) -> bool:
    """Hold a batch, unless somebody else does by now, or it was cut off too often."""
    with transaction():
        db.session.execute(select(Blob.id).where(Blob.id == batch.blob_id).with_for_update(key_share=True))
        held = db.session.execute(
            update(Rendition)
            .where(Rendition.blob_id == batch.blob_id, Rendition.batch == batch.name, _is_due(now()))
            .values(lease_until=batch.lease, attempts=Rendition.attempts + 1, progress=0)
            .returning(Rendition.attempts)
        )
        attempts = max(held.scalars(), default=0)
        if attempts > MOST_ATTEMPTS:
            reason = sentences.packed(sentences.cut_off(MOST_ATTEMPTS), REASON)
            given_up = {"state": "failed", "attempts": MOST_ATTEMPTS, "lease_until": None, "error": reason}
            db.session.execute(update(Rendition).where(_is_held(batch)).values(given_up))
    return 0 < attempts <= MOST_ATTEMPTS


def _is_among(batches: Sequence[str]) -> ColumnElement[bool]:
    """Whether a row belongs to one of these batches; what is made anew, and cuts, are slow work like any other."""
    named = Rendition.batch.in_(batches)
    return or_(named, _is_later()) if CROP in batches else named


def _is_later() -> ColumnElement[bool]:
    return or_(Rendition.batch.like(f"{CROP}:%"), Rendition.batch.like(f"%{LATER}"))


def _is_due(moment: datetime) -> ColumnElement[bool]:
    return and_(
        Rendition.state == "pending",
        Rendition.due_at <= moment,
        or_(Rendition.lease_until.is_(None), Rendition.lease_until < moment),
    )


def _is_held(batch: Batch) -> ColumnElement[bool]:
    """Whether a row still is this worker's: nobody has taken it over, and nobody has asked for it anew."""
    return and_(
        Rendition.blob_id == batch.blob_id, Rendition.batch == batch.name, Rendition.lease_until == batch.lease
    )


def _make(batch: Batch, *, storage: Storage, go_on: Callable[[], bool] = lambda: True) -> None:
    order = _order(batch)
    if not order.widths:
        return
    try:
        sizes = making.make(order, storage=storage, report=_report(batch, go_on))
    except Stopped:
        _give_back(batch)
    except TROUBLE_ELSEWHERE as error:
        _wait(batch, sentences.of(error))
    except (images.Refused, StorageError) as error:
        _fail(batch, sentences.of(error))
    else:
        _finish(batch, sizes)


def _order(batch: Batch) -> Order:
    """Return what is to be made: of the poster only where files are named for it."""
    statement = select(Rendition.width, Rendition.name, Blob.width, Blob.height, Blob.poster).join(Blob)
    rows = db.session.execute(statement.where(_is_of(batch))).all()
    release()
    size, poster = ((rows[0][2], rows[0][3]), rows[0].poster) if rows else ((1, 1), None)
    named = poster if poster and any(making.poster_mark(poster) in row.name for row in rows) else None
    return Order(batch.sha256, batch.mime_type, batch.name, sorted({row[0] for row in rows}), size, named)


def _is_of(batch: Batch) -> ColumnElement[bool]:
    return and_(Rendition.blob_id == batch.blob_id, Rendition.batch == batch.name)


def _report(batch: Batch, go_on: Callable[[], bool]) -> Callable[[float], bool]:
    """Return what long work tells its share to: it renews the lease, and says when somebody else has the batch."""
    told = now()

    def report(share: float) -> bool:
        nonlocal told
        moment = now()
        if not go_on():
            return False
        if moment - told < RENEWED:
            return True
        told = moment
        return _renew(batch, moment + LEASE, share)

    return report


def _renew(batch: Batch, lease: datetime, share: float) -> bool:
    with transaction():
        values = {"lease_until": lease, "progress": int(100 * share)}
        held = db.session.execute(update(Rendition).where(_is_held(batch)).values(values).returning(Rendition.id))
        still = held.first() is not None
    batch.lease = lease if still else batch.lease
    return still


def _finish(batch: Batch, sizes: dict[str, int]) -> None:
    """Note what was made; what an earlier policy planned under another name goes, and the sweep plans it anew."""
    with transaction():
        for row in _held_rows(batch):
            if row.name not in sizes:
                db.session.delete(row)
                continue
            row.state, row.size, row.progress = "ready", sizes[row.name], 100
            row.lease_until = row.error = None


def _fail(batch: Batch, reason: str) -> None:
    with transaction():
        for row in _held_rows(batch):
            row.state = "failed" if row.attempts >= MOST_ATTEMPTS else "pending"
            row.due_at = now() + BACK_OFF * 2**row.attempts
            row.lease_until = None
            row.error = sentences.packed(reason, REASON)


def _give_back(batch: Batch) -> None:
    """Let somebody else begin anew what was stopped from outside; that was no attempt."""
    with transaction():
        for row in _held_rows(batch):
            row.attempts -= 1
            row.lease_until = None


def _wait(batch: Batch, reason: str) -> None:
    """Put a batch off without counting the attempt."""
    with transaction():
        for row in _held_rows(batch):
            row.attempts -= 1
            row.due_at = now() + PATIENCE
            row.lease_until = None
            row.error = sentences.packed(reason, REASON)


def _held_rows(batch: Batch) -> Sequence[Rendition]:
    return db.session.scalars(select(Rendition).where(_is_held(batch)).with_for_update()).all()
