"""Files made anew where the policy has changed: widths, formats or how they are saved.

A blob keeps by which policy its files were made. Where that is not today's, what is missing is planned beside what
is there, in batches that come after all other work; what there was is shown until all of a blob's are ready. Then, in
one transaction, the new ones take its place. Rows are all there is to it: the next sweep follows who was killed.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from webapp.domain import making
from webapp.domain.models import Blob, Rendition
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db
from webapp.infra.storage import Storage, rendition_key

SHARE: Final = 200
"""Blobs that one sweep looks at."""


@dataclass(frozen=True)
class Progress:
    """How many of all originals have the files that today's policy asks for."""

    done: int
    total: int

    @property
    def left(self) -> int:
        """Return how many are still to be made anew."""
        return self.total - self.done


def progress() -> Progress:
    """Count, in one query."""
    behind = func.count(case((_is_behind(), 1)))
    left, total = db.session.execute(select(behind, func.count()).select_from(Blob)).one()
    return Progress(total - left, total)


def work_off(storage: Storage, *, most: int = SHARE) -> int:
    """Plan what is missing and let what is ready take its place; return how many blobs were looked at.

    No transaction may be open. Those whose files are being made, or could not be, are left alone meanwhile.
    """
    unfinished = exists().where(Rendition.blob_id == Blob.id, _is_later(), Rendition.state != "ready")
    statement = select(Blob.id).where(_is_behind(), ~unfinished).order_by(Blob.id).limit(most)
    found = list(db.session.scalars(statement))
    release()
    for blob_id in found:
        for key in _bring_forward(blob_id):
            storage.delete(key)
    return len(found)


def begin(blob: Blob) -> None:
    """Have a blob's files made anew, planned at once; inside a transaction, under the blob's lock."""
    blob.policy = None
    known = set(db.session.scalars(select(Rendition.name).where(Rendition.blob_id == blob.id)))
    planned = making.plan(blob.mime_type, blob.width, blob.height, blob.frames, poster=blob.poster)
    db.session.add_all(_later(blob.id, file) for file in planned if file.name not in known)
    db.session.flush()


def _bring_forward(blob_id: UUID) -> list[str]:
    """Take a blob one step on, and return the keys of files that nothing leads to any more."""
    with transaction():
        blob = db.session.scalars(select(Blob).where(Blob.id == blob_id).with_for_update()).one()
        rows = db.session.scalars(select(Rendition).where(Rendition.blob_id == blob_id).with_for_update()).all()
        planned = making.plan(blob.mime_type, blob.width, blob.height, blob.frames, poster=blob.poster)
        known = {row.name for row in rows}
        missing = [file for file in planned if file.name not in known]
        if missing:
            db.session.add_all(_later(blob_id, file) for file in missing)
            return []
        if any(row.state == "pending" and _is_new(row) for row in rows):
            return []
        blob.policy = making.policy()
        gone = _replaced(rows, {file.name for file in planned}) + _cut_otherwise(blob, rows)
    return [rendition_key(blob.sha256, name) for name in gone]


def _later(blob_id: UUID, file: making.File) -> Rendition:
    about = file._asdict() | {"batch": f"{file.batch}{making.LATER}"}
    return Rendition(id=uuid4(), blob_id=blob_id, **about)


def _replaced(rows: Sequence[Rendition], planned: set[str]) -> list[str]:
    """Let the new rows take their place, and return the names of those that had it."""
    gone = []
    for row in rows:
        if row.name not in planned and not row.batch.startswith(making.CROP):
            gone.append(row.name)
            db.session.delete(row)
        elif _is_new(row):
            row.batch = row.batch.removesuffix(making.LATER)
    return gone


def _cut_otherwise(blob: Blob, rows: Sequence[Rendition]) -> list[str]:
    """Take away the cuts that today's policy makes otherwise, for `crops` to plan anew; return the names that go."""
    cuts: dict[str, list[Rendition]] = defaultdict(list)
    for row in rows:
        if row.batch.startswith(f"{making.CROP}:"):
            cuts[row.batch].append(row)
    gone = []
    for batch, there in cuts.items():
        planned = {file.name for file in making.plan_crop(batch, blob.width, blob.height, poster=blob.poster)}
        if planned != {row.name for row in there}:
            gone += [row.name for row in there if row.name not in planned]
            for row in there:
                db.session.delete(row)
    return gone


def _is_new(row: Rendition) -> bool:
    return row.batch.endswith(making.LATER)


def _is_behind() -> ColumnElement[bool]:
    other = or_(Blob.policy.is_(None), Blob.policy != making.policy())
    return and_(other, Blob.missing_since.is_(None))


def _is_later() -> ColumnElement[bool]:
    return Rendition.batch.like(f"%{making.LATER}")
