"""What the worker has to do for the library: made, fetched or imported now, waited for, and given up.

The truth is in the rows of each kind of work (`renditions`, `fetching`, `imports`); here they are read together, each
list bounded, so that the page about them is a literal number of queries.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, literal, select, union, union_all

from webapp.domain import fetching, media, pictures, remaking, renditions
from webapp.domain.imports import reports
from webapp.domain.imports.reports import Report
from webapp.domain.models import Fetch, ImportEntry, Media, Rendition
from webapp.domain.paging import Order, Page
from webapp.domain.permissions import Actor, demand
from webapp.domain.pictures import Picture
from webapp.infra.clock import now
from webapp.infra.db import db

SIZE: Final = 24
SHOWN: Final = 8
"""Files that are named of what is at work, and of what waits for another try."""

FETCH: Final = "fetch"
IMPORT: Final = "import"


@dataclass(frozen=True)
class AtWork:
    """A file that a worker is at: which batch of it, and how many hundredths are done."""

    media_id: UUID
    name: str
    batch: str
    progress: int


@dataclass(frozen=True)
class PutOff:
    """A file that did not succeed and waits for another try."""

    media_id: UUID
    name: str
    batch: str
    reason: str
    attempts: int
    due_at: datetime


@dataclass(frozen=True)
class Failed:
    """A file that was given up: which batches of it, and why each was."""

    media_id: UUID
    name: str
    kind: str
    created_at: datetime
    picture: Picture | None
    reasons: Mapping[str, str]


@dataclass(frozen=True)
class Workload:
    """What is to be done: how many files of each kind of work, and those that are worth a line."""

    waiting: Mapping[str, int]
    """Files by the batch that is to be made of them, `fetch` or `import`."""
    failed: int
    remade: remaking.Progress
    """Originals that have the files today's settings ask for, of all."""
    at_work: Sequence[AtWork]
    put_off: Sequence[PutOff]
    imports: Sequence[Report]

    @property
    def busy(self) -> bool:
        """Say whether anything is left to do."""
        return any(self.waiting.values()) or self.remade.left > 0


def look() -> Workload:
    """Return what is to be done; seven statements."""
    return Workload(_waiting(), _failures(), remaking.progress(), _at_work(), _put_off(), reports.recent())


def failed(*, after: str | None = None, size: int = SIZE) -> Page[Failed]:
    """Return a page of the living files that were given up, the newest first; three statements. Raises Invalid."""
    order = Order("failed", (Media.created_at, Media.id), (datetime, UUID))
    columns = (Media.id, Media.original_filename, Media.kind, Media.created_at, Media.blob_id)
    statement = select(*columns).where(Media.deleted_at.is_(None), Media.id.in_(_given_up()), *order.beyond(after))
    rows = db.session.execute(statement.order_by(*order.by()).limit(size + 1)).all()
    found = order.page(rows, size, lambda row: (row.created_at, row.id))
    drawn, reasons = pictures.small([row.id for row in found.rows]), _reasons([row.id for row in found.rows])
    shown = (
        Failed(row.id, row.original_filename, row.kind, row.created_at, drawn.get(row.id), reasons.get(row.id, {}))
        for row in found.rows
    )
    return Page(tuple(shown), found.after)


def reasons_of(media_id: UUID) -> Mapping[str, str]:
    """Return why what was given up of a file was, by batch; one statement."""
    return _reasons([media_id]).get(media_id, {})


def retry(media_id: UUID, *, actor: Actor) -> str:
    """Let what failed of a file be tried again from the start; returns its name. Raises NotFound, Forbidden."""
    demand(actor, "media:update")
    found = media.get(media_id)
    fetching.again(found.id)
    if found.blob_id is not None:
        renditions.retry(found.blob_id)
    return found.original_filename


def retry_all(*, actor: Actor) -> int:
    """Let all that failed be tried again from the start, and return how many files that were."""
    demand(actor, "media:update")
    count = _failures()
    fetching.all_again()
    renditions.retry_all()
    return count


def _given_up() -> Any:
    made = select(Media.id).join(Rendition, Rendition.blob_id == Media.blob_id).where(Rendition.state == "failed")
    return union(made, select(Fetch.media_id).where(Fetch.state == "failed"))


def _failures() -> int:
    statement = select(func.count()).where(Media.deleted_at.is_(None), Media.id.in_(_given_up()))
    return db.session.scalars(statement).one()


def _waiting() -> dict[str, int]:
    made = select(Rendition.batch.label("batch"), func.count(Rendition.blob_id.distinct()))
    statement = union_all(
        made.where(Rendition.state == "pending").group_by(Rendition.batch),
        select(literal(FETCH), func.count()).where(Fetch.state == "pending"),
        select(literal(IMPORT), func.count()).where(ImportEntry.state == "waiting"),
    )
    return dict(iter(db.session.execute(statement)))


def _named() -> Select[*tuple[Any, ...]]:
    """Return the statement for the oldest living media of a rendition's blob."""
    oldest = select(Media.id).where(Media.blob_id == Rendition.blob_id, Media.deleted_at.is_(None))
    first = oldest.order_by(Media.created_at, Media.id).limit(1).correlate(Rendition).scalar_subquery()
    return select(Media.id, Media.original_filename, Rendition.batch).join(Media, Media.id == first)


def _at_work() -> list[AtWork]:
    statement = _named().add_columns(func.max(Rendition.progress))
    held = statement.where(Rendition.state == "pending", Rendition.lease_until > now())
    grouped = held.group_by(Media.id, Media.original_filename, Rendition.batch)
    return [AtWork(*row) for row in db.session.execute(grouped.order_by(Rendition.batch, Media.id).limit(SHOWN))]


def _put_off() -> list[PutOff]:
    made = (
        _named()
        .add_columns(func.max(Rendition.error), func.max(Rendition.attempts), func.max(Rendition.due_at))
        .where(Rendition.state == "pending", Rendition.error.is_not(None), Rendition.lease_until.is_(None))
        .group_by(Media.id, Media.original_filename, Rendition.batch)
        .order_by(func.max(Rendition.due_at))
        .limit(SHOWN)
    )
    fetched = (
        select(Media.id, Media.original_filename, literal(FETCH), Fetch.error, Fetch.attempts, Fetch.due_at)
        .join(Media, Media.id == Fetch.media_id)
        .where(Fetch.state == "pending", Fetch.error.is_not(None), Fetch.lease_until.is_(None))
        .order_by(Fetch.due_at)
        .limit(SHOWN)
    )
    found = [PutOff(*row) for statement in (made, fetched) for row in db.session.execute(statement)]
    return sorted(found, key=lambda each: each.due_at)[:SHOWN]


def _reasons(media_ids: Sequence[UUID]) -> dict[UUID, dict[str, str]]:
    made = (
        select(Media.id, Rendition.batch, func.max(Rendition.error))
        .join(Rendition, Rendition.blob_id == Media.blob_id)
        .where(Media.id.in_(media_ids), Rendition.state == "failed")
        .group_by(Media.id, Rendition.batch)
    )
    fetched = select(Fetch.media_id, literal(FETCH), Fetch.error).where(
        Fetch.media_id.in_(media_ids), Fetch.state == "failed"
    )
    found: dict[UUID, dict[str, str]] = {}
    for media_id, batch, reason in db.session.execute(union_all(made, fetched)):
        found.setdefault(media_id, {})[batch] = reason or ""
    return found
