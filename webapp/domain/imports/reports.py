"""How far imports are, and what became of each of their files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, and_, func, select

from webapp.domain.errors import NotFound
from webapp.domain.models import (
    Gallery,
    GallerySlug,
    GalleryText,
    Import,
    ImportEntry,
    Language,
    Media,
    User,
)
from webapp.domain.paging import Order, Page
from webapp.infra.db import db

SIZE: Final = 50
RECENT: Final = 10
DONE: Final = ("taken", "known")
PROBLEMS: Final = ("refused", "failed")


@dataclass(frozen=True)
class Goal:
    """The gallery that files go into: its title, in a language of that code and direction."""

    id: UUID
    title: str
    code: str
    direction: str


@dataclass(frozen=True)
class Report:
    """An import, who asked for it, and how many of its files are in which state."""

    asked: Import
    by: str
    goal: Goal | None
    counts: Mapping[str, int]

    @property
    def id(self) -> UUID:
        """The import's id."""
        return self.asked.id

    @property
    def total(self) -> int:
        """Return how many files were asked for."""
        return sum(self.counts.values())

    @property
    def added(self) -> int:
        """Return how many files are in, whether they came or were there."""
        return sum(self.counts.get(state, 0) for state in DONE)

    @property
    def waiting(self) -> int:
        """Return how many files are still to come."""
        return self.counts.get("waiting", 0)

    @property
    def problems(self) -> int:
        """Return how many files were not taken."""
        return sum(self.counts.get(state, 0) for state in PROBLEMS)

    @property
    def running(self) -> bool:
        """Say whether something of it is still to be done."""
        return self.asked.finished_at is None


@dataclass(frozen=True)
class Line:
    """A file of an import: `media_id` is what it has become, where that is still there."""

    place: int
    name: str
    url: str
    state: str
    said: str
    attempts: int
    media_id: UUID | None


def find(import_id: UUID) -> Report:
    """Return how far an import is; two statements. Raises NotFound."""
    row = db.session.execute(_imports().where(Import.id == import_id)).one_or_none()
    if row is None:
        raise NotFound("Import")
    return _reports([row])[0]


def listed(*, after: str | None = None, size: int = SIZE) -> Page[Report]:
    """Return a page of the imports that are told of, the newest first; two statements. Raises Invalid."""
    order = Order("imports", (Import.created_at, Import.id), (datetime, UUID))
    statement = _imports().where(*order.beyond(after)).order_by(*order.by())
    page = order.page(
        db.session.execute(statement.limit(size + 1)).all(), size, lambda row: (row[0].created_at, row[0].id)
    )
    return Page(tuple(_reports(page.rows)), page.after)


def recent() -> list[Report]:
    """Return the imports that run, then those that are over, each the newest first; two statements."""
    order = (Import.finished_at.is_not(None), Import.created_at.desc(), Import.id)
    return _reports(db.session.execute(_imports().order_by(*order).limit(RECENT)).all())


def lines(import_id: UUID, *, problems: bool = False, after: str | None = None, size: int = SIZE) -> Page[Line]:
    """Return a page of the files of an import in their order, or of those that were not taken. Raises Invalid."""
    order = Order(f"import {'problems' if problems else 'all'}", (ImportEntry.place,), (int,), descending=False)
    there = and_(Media.id == ImportEntry.media_id, Media.deleted_at.is_(None))
    columns = (ImportEntry.place, ImportEntry.name, ImportEntry.url, ImportEntry.state, ImportEntry.said)
    statement = select(*columns, ImportEntry.attempts, Media.id).join(Media, there, isouter=True)
    wanted = [ImportEntry.import_id == import_id, *order.beyond(after)]
    if problems:
        wanted.append(ImportEntry.state.in_(PROBLEMS))
    rows = db.session.execute(statement.where(*wanted).order_by(*order.by()).limit(size + 1)).all()
    found = [
        Line(place, name, url or "", state, said or "", attempts, media_id)
        for place, name, url, state, said, attempts, media_id in rows
    ]
    return order.page(found, size, lambda line: (line.place,))


def _imports() -> Select[*tuple[Any, ...]]:
    in_source = and_(GalleryText.gallery_id == Gallery.id, GalleryText.language_id == Gallery.source_language_id)
    return (
        select(Import, User.name, Gallery.id, GalleryText.title, GallerySlug.slug, Language.code, Language.direction)
        .join(User, User.id == Import.asked_by_id, isouter=True)
        .join(Gallery, and_(Gallery.id == Import.gallery_id, Gallery.deleted_at.is_(None)), isouter=True)
        .join(GallerySlug, and_(GallerySlug.gallery_id == Gallery.id, GallerySlug.current), isouter=True)
        .join(GalleryText, in_source, isouter=True)
        .join(Language, Language.id == Gallery.source_language_id, isouter=True)
    )


def _reports(rows: Sequence[Any]) -> list[Report]:
    counts = _counts([row[0].id for row in rows])
    return [Report(row[0], row[1] or "", _goal(*row[2:]), counts.get(row[0].id, {})) for row in rows]


def _goal(gallery_id: UUID | None, title: str, slug: str, code: str, direction: str) -> Goal | None:
    return Goal(gallery_id, title or slug, code, direction) if gallery_id else None


def _counts(import_ids: Sequence[UUID]) -> dict[UUID, dict[str, int]]:
    statement = (
        select(ImportEntry.import_id, ImportEntry.state, func.count())
        .where(ImportEntry.import_id.in_(import_ids))
        .group_by(ImportEntry.import_id, ImportEntry.state)
    )
    found: dict[UUID, dict[str, int]] = {}
    for import_id, state, count in db.session.execute(statement):
        found.setdefault(import_id, {})[state] = count
    return found
