"""Renditions: what is made of a picture, by a job whose truth is these rows and never the queue (D24).

A worker holds the due rows of a blob's batch by a lease; if it dies, the lease ends and another takes them up. Making
them twice gives the same files. After five failures they stay failed, with the reason, until somebody retries; a
full or absent disk is not the picture's failure and is waited for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, or_, select, update

from webapp.domain.models import Blob, Rendition
from webapp.domain.transaction import release, transaction
from webapp.infra import images
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import Storage, StorageError, StorageFailed, StorageFull, blob_key, rendition_key

WIDTHS: Final = (320, 640, 1280, 1920)
BATCHES: Final = {"web": ("webp", "jpg"), "avif": ("avif",)}
MOST_ATTEMPTS: Final = 5
LEASE: Final = timedelta(seconds=60)
"""Longer than a picture process may take; whoever overruns it has lost the batch and writes nothing of it."""
BACK_OFF: Final = timedelta(seconds=10)
TROUBLE_ELSEWHERE: Final = (StorageFull, StorageFailed, images.Overloaded)
PATIENCE: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class Batch:
    """What a worker holds until `lease`."""

    blob_id: UUID
    sha256: str
    name: str
    lease: datetime


def plan(blob: Blob) -> list[Rendition]:
    """Return the rows of the files to make: no wider than the picture, but at least one width."""
    return [
        Rendition(
            id=uuid4(),
            blob_id=blob.id,
            batch=batch,
            name=f"w{width}.{ending}",
            format=ending,
            width=width,
            height=height,
        )
        for batch, endings in BATCHES.items()
        for width, height in images.plan(blob.width, blob.height, widths=WIDTHS)
        for ending in endings
    ]


def work_off(
    storage: Storage,
    *,
    batches: Sequence[str] = tuple(BATCHES),
    most: int = 1000,
    go_on: Callable[[], bool] = lambda: True,
) -> int:
    """Make what is due, batch by batch, and return how many batches were taken up; no transaction may be open.

    All that is due of `web` comes before anything of `avif`. `go_on` is asked before each batch.
    """
    done = 0
    while done < most and go_on() and (batch := _claim(batches)) is not None:
        _make(batch, storage=storage)
        done += 1
    return done


def retry(blob_id: UUID) -> None:
    """Let failed renditions of a blob be tried again from the start; inside a transaction."""
    db.session.execute(
        update(Rendition)
        .where(Rendition.blob_id == blob_id, Rendition.state == "failed")
        .values(state="pending", attempts=0, due_at=now(), error=None)
    )


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
        select(Rendition.blob_id, Blob.sha256, Rendition.batch)
        .join(Blob, Blob.id == Rendition.blob_id)
        .where(_is_due(moment), Rendition.batch.in_(batches))
        .order_by(Rendition.batch == "avif", Rendition.due_at, Rendition.blob_id)
        .limit(1)
    ).first()
    release()
    return Batch(row.blob_id, row.sha256, row.batch, moment + LEASE) if row else None


def _take(batch: Batch) -> bool:
    """Hold a batch, unless somebody else does by now, or it was cut off too often."""
    with transaction():
        db.session.execute(select(Blob.id).where(Blob.id == batch.blob_id).with_for_update(key_share=True))
        held = db.session.execute(
            update(Rendition)
            .where(Rendition.blob_id == batch.blob_id, Rendition.batch == batch.name, _is_due(now()))
            .values(lease_until=batch.lease, attempts=Rendition.attempts + 1)
            .returning(Rendition.attempts)
        )
        attempts = max(held.scalars(), default=0)
        if attempts > MOST_ATTEMPTS:
            reason = f"The work on this picture was cut off {MOST_ATTEMPTS} times."
            given_up = {"state": "failed", "attempts": MOST_ATTEMPTS, "lease_until": None, "error": reason}
            db.session.execute(update(Rendition).where(_is_held(batch)).values(given_up))
    return 0 < attempts <= MOST_ATTEMPTS


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


def _make(batch: Batch, *, storage: Storage) -> None:
    try:
        sizes = _made(batch, storage=storage)
    except TROUBLE_ELSEWHERE as error:
        _wait(batch, str(error))
    except (images.Refused, StorageError) as error:
        _fail(batch, str(error))
    else:
        _finish(batch, sizes)


def _made(batch: Batch, *, storage: Storage) -> dict[str, int]:
    """Make and store a batch's files and return the size of each by its name."""
    statement = select(Rendition.width).where(Rendition.blob_id == batch.blob_id, Rendition.batch == batch.name)
    widths = sorted(set(db.session.scalars(statement)))
    release()
    sizes: dict[str, int] = {}
    with storage.workspace() as folder, storage.fetched(blob_key(batch.sha256)) as source:
        for file in images.renditions(source, folder, widths=widths, formats=BATCHES[batch.name]):
            name = f"w{file.width}.{file.format}"
            storage.put_file(rendition_key(batch.sha256, name), file.path)
            sizes[name] = file.size
    return sizes


def _finish(batch: Batch, sizes: dict[str, int]) -> None:
    with transaction():
        for row in _held_rows(batch):
            row.state, row.size = "ready", sizes[row.name]
            row.lease_until = row.error = None


def _fail(batch: Batch, reason: str) -> None:
    with transaction():
        for row in _held_rows(batch):
            row.state = "failed" if row.attempts >= MOST_ATTEMPTS else "pending"
            row.due_at = now() + BACK_OFF * 2**row.attempts
            row.lease_until = None
            row.error = reason[:500]


def _wait(batch: Batch, reason: str) -> None:
    """Put a batch off without counting the attempt."""
    with transaction():
        for row in _held_rows(batch):
            row.attempts -= 1
            row.due_at = now() + PATIENCE
            row.lease_until = None
            row.error = reason[:500]


def _held_rows(batch: Batch) -> Sequence[Rendition]:
    return db.session.scalars(select(Rendition).where(_is_held(batch)).with_for_update()).all()
