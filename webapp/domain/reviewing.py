"""Differences with all that a page needs to show them: names, pictures, languages, who wrote what and when.

As many statements for one change as for thirty.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select

from webapp.domain import comparing, faces, headings, languages, revisions, snapshots
from webapp.domain.comparing import Comparison, FieldChange, OrderChange, Snapshot, TextChange
from webapp.domain.errors import Conflict
from webapp.domain.faces import Face
from webapp.domain.headings import Heading
from webapp.domain.models import GalleryText, Hold, ItemText, Language, Media, User
from webapp.infra.db import db

MOST: Final = 60
"""Changes of one kind on a page, unless all are asked for."""

ALL: Final = 2000

STRIP: Final = 16
"""Items of an order that are shown, from where it begins to differ."""


@dataclass(frozen=True)
class Written:
    """Who wrote a text last, and when; `aged` is how many translations it made stale."""

    by: str
    at: datetime | None
    aged: int


@dataclass(frozen=True)
class Differences:
    """What differs between two states: `numbers` are the places of items by now, `names` those of things by id."""

    comparison: Comparison
    most: int
    faces: Mapping[UUID, Face]
    numbers: Mapping[UUID, int]
    languages: Mapping[str, Language]
    names: Mapping[str, str]
    written: Mapping[str, Written]

    @property
    def texts(self) -> tuple[TextChange, ...]:
        """The texts that are shown."""
        return self.comparison.texts[: self.most]

    @property
    def details(self) -> tuple[FieldChange, ...]:
        """The fields of items that are shown."""
        return self.comparison.details[: self.most]

    @property
    def items(self) -> tuple[comparing.ItemChange, ...]:
        """The items that have come or gone and are shown."""
        return self.comparison.items[: self.most]


def held(gallery_id: UUID, *, everything: bool = False) -> tuple[Heading, Differences]:
    """Return what is held back of a gallery. Raises NotFound, Conflict where nothing is held."""
    heading = headings.of(gallery_id)
    hold = db.session.get(Hold, gallery_id)
    if hold is None:
        raise Conflict("The changes of this gallery are not held.", code="not_held")
    before, after = snapshots.of_hold(hold), snapshots.take(heading.gallery)
    return heading, _differences(heading, before, after, everything=everything, signed=True)


def revision(
    gallery_id: UUID, number: int, *, other: int | None = None, everything: bool = False
) -> tuple[Heading, revisions.Row, revisions.Row | None, Differences]:
    """Return what restoring a revision would change, or what became of it until another one. Raises NotFound."""
    heading = headings.of(gallery_id)
    row, snapshot = revisions.get(gallery_id, number)
    if other is None:
        now = snapshots.take(heading.gallery)
        return heading, row, None, _differences(heading, now, snapshot, everything=everything)
    second, later = revisions.get(gallery_id, other)
    return heading, row, second, _differences(heading, snapshot, later, everything=everything)


def window(change: OrderChange) -> tuple[tuple[UUID, ...], tuple[UUID, ...], int]:
    """Return the items to show of both orders, and how many stand before them."""
    pairs = zip(change.before, change.after, strict=False)
    first = next((place for place, (old, new) in enumerate(pairs) if old != new), 0)
    start = max(0, min(first - 1, max(len(change.before), len(change.after)) - STRIP))
    return change.before[start : start + STRIP], change.after[start : start + STRIP], start


def _differences(
    heading: Heading, before: Snapshot, after: Snapshot, *, everything: bool, signed: bool = False
) -> Differences:
    found, most = comparing.compare(before, after), ALL if everything else MOST
    rows = {UUID(str(row["id"])): row for row in (*before["items"], *after["items"])}
    shown = {item_id for item_id in _shown(found, most) if item_id in rows}
    return Differences(
        comparison=found,
        most=most,
        faces=faces.of_rows([rows[item_id] for item_id in shown], heading.source),
        numbers={UUID(str(row["id"])): number for number, row in enumerate(after["items"], 1)},
        languages={language.code: language for language in languages.all_languages()},
        names=_names(found, most),
        written=_written(heading, found.texts[:most]) if signed else {},
    )


def _shown(found: Comparison, most: int) -> Iterator[UUID]:
    """Give the items that a page of these changes names."""
    owners = [each.owner for each in found.texts[:most]] + [each.owner for each in found.details[:most]]
    yield from (owner for owner in owners if owner)
    yield from (change.item_id for change in found.items[:most])
    if found.order:
        yield from (move.item_id for move in found.order.moves[:most])
        old, new, _ = window(found.order)
        yield from (*old, *new)


def _names(found: Comparison, most: int) -> dict[str, str]:
    """Return what the things are called that fields lead to: people, files, languages."""
    people: set[UUID] = set()
    files: set[UUID] = set()
    for change in (*found.settings, *found.details[:most]):
        if change.field in ("author_id", "cover_media_id", "media_id", "poster_id"):
            named = people if change.field == "author_id" else files
            named |= {UUID(value) for value in (change.before, change.after) if value}
    rows = [
        *db.session.execute(select(Media.id, Media.original_filename).where(Media.id.in_(files))),
        *db.session.execute(select(User.id, User.name).where(User.id.in_(people))),
    ]
    spoken = {str(language.id): language.name for language in languages.all_languages()}
    return spoken | {str(thing_id): name for thing_id, name in rows}


def _written(heading: Heading, texts: tuple[TextChange, ...]) -> dict[str, Written]:
    """Return who wrote each of the changed texts, from what is kept beside them."""
    rows = _rows(heading, {change.owner for change in texts if change.owner})
    people = {
        UUID(entry["by"])
        for found in rows.values()
        for row in found.values()
        for entry in row.kept.values()
        if entry["by"]
    }
    names: dict[UUID, str] = dict(iter(db.session.execute(select(User.id, User.name).where(User.id.in_(people)))))
    made: dict[str, Written] = {}
    for change in texts:
        spoken = rows.get(change.owner, {})
        entry = spoken[change.code].kept.get(change.field) if change.code in spoken else None
        if entry:
            by = names.get(UUID(entry["by"]), "") if entry["by"] else ""
            aged = _aged(spoken, change) if change.code == heading.source.code else 0
            made[change.key] = Written(by, datetime.fromisoformat(entry["at"]), aged)
    return made


def _rows(heading: Heading, owners: set[UUID]) -> dict[UUID | None, dict[str, Any]]:
    """Return the texts of the gallery, under None, and of these items by language code; two statements."""
    found: dict[UUID | None, dict[str, Any]] = {None: {}}
    mine = select(GalleryText, Language.code).join(Language).where(GalleryText.gallery_id == heading.id)
    for row, code in db.session.execute(mine):
        found[None][code] = row
    theirs = select(ItemText, Language.code).join(Language).where(ItemText.item_id.in_(owners))
    for text, code in db.session.execute(theirs):
        found.setdefault(text.item_id, {})[code] = text
    return found


def _aged(spoken: Mapping[str, Any], change: TextChange) -> int:
    return sum(
        bool(getattr(row, change.field)) and row.kept.get(change.field, {}).get("state") == "stale"
        for code, row in spoken.items()
        if code != change.code
    )
