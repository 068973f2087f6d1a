"""Renditions: what is made of a picture, by a job whose truth is these rows and never the queue (D24).

A worker holds the due rows of a blob's batch by a lease; if it dies, the lease ends and another takes them up. Making
them twice gives the same files. After five failures they stay failed, with the reason, until somebody retries.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import or_, select, update

from webapp.domain.models import Blob, Rendition
from webapp.domain.transaction import release, transaction
from webapp.infra import images
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import Storage, StorageError, blob_key, rendition_key

WIDTHS: Final = (320, 640, 1280, 1920)
BATCHES: Final = {"web": ("webp", "jpg"), "avif": ("avif",)}
MOST_ATTEMPTS: Final = 5
LEASE: Final = timedelta(seconds=120)
BACK_OFF: Final = timedelta(seconds=10)


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


def work_off(storage: Storage, *, most: int = 1000) -> int:
    """Make what is due, batch by batch, and return how many batches were taken up; no transaction may be open."""
    done = 0
    while done < most and (claimed := _claim()) is not None:
        _make(*claimed, storage=storage)
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
    for blob_id, state in db.session.execute(statement.distinct()).tuples():
        found[blob_id] = max(found.get(blob_id, "ready"), state, key=rank.__getitem__)
    return found


def _claim() -> tuple[UUID, str, str] | None:
    """Take up the batch that is due longest, and return its blob's id and SHA-256 and its name."""
    with transaction():
        moment = now()
        due = (
            select(Rendition.blob_id, Rendition.batch, Blob.sha256)
            .join(Blob, Blob.id == Rendition.blob_id)
            .where(
                Rendition.state == "pending",
                Rendition.due_at <= moment,
                or_(Rendition.lease_until.is_(None), Rendition.lease_until < moment),
            )
            .order_by((Rendition.batch == "avif"), Rendition.due_at, Rendition.blob_id)
            .limit(1)
            .with_for_update(skip_locked=True, of=Rendition)
        )
        row = db.session.execute(due).first()
        if row is None:
            return None
        taken = update(Rendition).where(
            Rendition.blob_id == row.blob_id, Rendition.batch == row.batch, Rendition.state == "pending"
        )
        db.session.execute(taken.values(lease_until=moment + LEASE, attempts=Rendition.attempts + 1))
        return row.blob_id, row.sha256, row.batch


def _make(blob_id: UUID, sha256: str, batch: str, *, storage: Storage) -> None:
    statement = select(Rendition.width).where(Rendition.blob_id == blob_id, Rendition.batch == batch)
    widths = sorted(set(db.session.scalars(statement)))
    release()
    try:
        with storage.workspace() as folder, storage.fetched(blob_key(sha256)) as source:
            made = images.renditions(source, folder, widths=widths, formats=BATCHES[batch])
            for file in made:
                storage.put_file(rendition_key(sha256, f"w{file.width}.{file.format}"), file.path)
            sizes = {f"w{file.width}.{file.format}": file.size for file in made}
    except (images.Refused, images.Overloaded, StorageError) as error:
        _fail(blob_id, batch, str(error))
    else:
        _finish(blob_id, batch, sizes)


def _finish(blob_id: UUID, batch: str, sizes: dict[str, int]) -> None:
    with transaction():
        rows = db.session.scalars(select(Rendition).where(Rendition.blob_id == blob_id, Rendition.batch == batch))
        for row in rows:
            row.state = "ready" if row.name in sizes else "failed"
            row.size = sizes.get(row.name)
            row.lease_until = None
            row.error = None


def _fail(blob_id: UUID, batch: str, reason: str) -> None:
    with transaction():
        rows = db.session.scalars(
            select(Rendition).where(
                Rendition.blob_id == blob_id, Rendition.batch == batch, Rendition.state == "pending"
            )
        )
        for row in rows:
            row.state = "failed" if row.attempts >= MOST_ATTEMPTS else "pending"
            row.due_at = now() + BACK_OFF * 2**row.attempts
            row.lease_until = None
            row.error = reason[:500]
