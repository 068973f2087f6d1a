"""What each file of the library is filtered by, and how many have each choice: kept when files are written.

The session keeps it by itself, so that no door and no verb can forget it. Whatever changes a file, its tags, its alt
texts or where it is shown, row by row or by one statement for many, is noted as it happens; before the transaction
ends, the choices of what was noted are looked up and written where they differ: those of the file (`Shelved`), its
place in the list of each (`Mark`), and the count (`Tally`).

Rows are locked here last of all in a transaction, files before tallies and each kind in the order of its ids, so that
two who change files at once wait for each other and never in a ring.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    union,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from webapp.domain.models import (
    Background,
    BackgroundPicture,
    Blob,
    Gallery,
    Item,
    Language,
    Mark,
    Media,
    MediaTag,
    MediaText,
    Shelved,
    Tally,
)
from webapp.infra.db import db, release, writing

SMALL: Final = 1_000_000
LARGE: Final = 10_000_000
"""Bytes below which a file is small, and from which it is large."""

ASPECTS: Final[Mapping[str, tuple[str, ...]]] = {
    "own": ("kind", "by", "file", "shape", "size", "day"),
    "used": ("used",),
    "lacking": ("lacking",),
    "tag": ("tag",),
}
"""Facets that change together."""

UNLISTED: Final = "day"
"""The facet that is only counted: files of some days stand together in the list of all."""

CHUNK: Final = 1000
IDS: Final[Any] = bindparam("ids", expanding=True)
HELD: Final = select(Shelved.media_id, Shelved.created_at, Shelved.tallies).where(Shelved.media_id.in_(IDS))
LOCKED: Final = HELD.order_by(Shelved.media_id).with_for_update()
COUNT: Final = update(Tally).where(Tally.id == bindparam("tally")).values(files=Tally.files + bindparam("more"))
UNMARK: Final = delete(Mark).where(
    Mark.tally_id == bindparam("tally"), Mark.created_at == bindparam("made"), Mark.media_id == bindparam("media")
)
RESHELVE: Final = (
    update(Shelved)
    .where(Shelved.media_id == bindparam("media"))
    .values(created_at=bindparam("made"), tallies=bindparam("ids"))
)

Choice = tuple[str, str]
"""A facet and a value, as they stand in a tally."""


def refresh(ids: Iterable[UUID], aspects: Collection[str] = tuple(ASPECTS)) -> None:
    """Write anew what these files are filtered by, so far as it belongs to these aspects."""
    for chunk in _chunks(sorted(ids)):
        _put_right(chunk, tuple(each for each in ASPECTS if each in aspects))


def refresh_all(aspects: Collection[str]) -> None:
    """Write anew what all files are filtered by, so far as it belongs to these aspects."""
    refresh(_all_files(), aspects)


def shown_in(galleries: Collection[UUID]) -> set[UUID]:
    """Return the files of these galleries: of their items, in the trash or not, and their covers."""
    parts = [select(place).where(Item.gallery_id.in_(galleries)) for place in (Item.media_id, Item.poster_id)]
    cover = select(Gallery.cover_media_id).where(Gallery.id.in_(galleries))
    return {each for each in db.session.scalars(union(*parts, cover)) if each}


def behind(backgrounds: Collection[UUID]) -> set[UUID]:
    """Return the files that are pictures of these backgrounds."""
    has = select(BackgroundPicture.media_id).where(BackgroundPicture.background_id.in_(backgrounds))
    return set(db.session.scalars(has))


def differing() -> Iterator[UUID]:
    """Return the files whose choices are not what they should be."""
    names = {row.id: (row.facet, row.value) for row in db.session.execute(select(Tally.id, Tally.facet, Tally.value))}
    for chunk in _chunks(_all_files()):
        wanted, made = _wanted(chunk, tuple(ASPECTS))
        held = {row.media_id: row for row in db.session.execute(HELD, {"ids": chunk})}
        for media_id in chunk:
            row = held.get(media_id)
            has = {names.get(each) for each in _numbers(row.tallies)} if row else set()
            if has != wanted[media_id] or (row and has and row.created_at != made[media_id]):
                yield media_id


def miscounted() -> set[int]:
    """Return the tallies whose count, or whose list, is not that of the files that have them."""
    counts = _counts()
    listed: dict[int, int] = dict(
        iter(db.session.execute(select(Mark.tally_id, func.count()).group_by(Mark.tally_id)))
    )
    rows = db.session.execute(select(Tally.id, Tally.facet, Tally.files)).all()
    return {
        row.id
        for row in rows
        if row.files != counts[row.id] or (row.facet != UNLISTED and listed.get(row.id, 0) != counts[row.id])
    }


def recount(tallies: Collection[int]) -> None:
    """Count the files that have these tallies, and list them anew; who writes files meanwhile adds to that."""
    db.session.scalars(select(Tally.id).where(Tally.id.in_(tallies)).order_by(Tally.id).with_for_update()).all()
    listed = db.session.scalars(select(Tally.id).where(Tally.id.in_(tallies), Tally.facet != UNLISTED)).all()
    counts = _counts()
    db.session.execute(delete(Mark).where(Mark.tally_id.in_(listed)))
    for tally in sorted(tallies):
        db.session.execute(update(Tally).where(Tally.id == tally).values(files=counts[tally]))
    for row in db.session.execute(select(Shelved.media_id, Shelved.created_at, Shelved.tallies)).all():
        if has := _numbers(row.tallies) & set(listed):
            db.session.execute(_where_missing(Mark), [_mark(each, row.created_at, row.media_id) for each in has])


def is_adrift() -> bool:
    """Whether anything is not as it should be."""
    return next(differing(), None) is not None or bool(miscounted())


def mend() -> bool:
    """Put right whatever is adrift, and say whether anything was; no transaction may be open."""
    wrong = list(differing())
    release()
    if wrong:
        with writing():
            refresh(wrong)
    return mend_counts() or bool(wrong)


def mend_counts() -> bool:
    """Put right counts and lists that are not those of the files, and say whether any was; as `mend`."""
    wrong = miscounted()
    release()
    if wrong:
        with writing():
            recount(wrong)
    return bool(wrong)


def _all_files() -> Sequence[UUID]:
    return db.session.scalars(select(Media.id).order_by(Media.id)).all()


def _chunks(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _counts() -> Counter[int]:
    found: Counter[int] = Counter()
    for tallies in db.session.scalars(select(Shelved.tallies)):
        found.update(_numbers(tallies))
    return found


def _put_right(ids: Sequence[UUID], aspects: tuple[str, ...]) -> None:
    """Look up what files are filtered by, and write what differs."""
    connection = db.session.connection()
    held = {row.media_id: row for row in connection.execute(LOCKED, {"ids": ids})}
    wanted, made = _wanted(ids, aspects)
    known, facets = _known(
        set().union(*wanted.values()), {each for row in held.values() for each in _numbers(row.tallies)}
    )
    theirs = {facet for aspect in aspects for facet in ASPECTS[aspect]}
    changes = _Changes({tally for tally, facet in facets.items() if facet == UNLISTED})
    for media_id in ids:
        row = held.get(media_id)
        before = _numbers(row.tallies) if row else set()
        after = {each for each in before if facets.get(each) not in theirs} | {
            known[each] for each in wanted[media_id]
        }
        if row or (after and len(aspects) == len(ASPECTS)):
            since = row.created_at if row else None
            changes.note(media_id, before, after, since, made.get(media_id, since))
    changes.write()


def _wanted(ids: Sequence[UUID], aspects: tuple[str, ...]) -> tuple[dict[UUID, set[Choice]], dict[UUID, Any]]:
    """Return the choices of files so far as they belong to these aspects, and when the files came in."""
    wanted: dict[UUID, set[Choice]] = defaultdict(set)
    made = {}
    for media_id, created_at, facet, value in db.session.connection().execute(choices(aspects), {"ids": ids}):
        wanted[media_id].add((facet, value))
        made[media_id] = created_at
    return wanted, made


def _known(wanted: Collection[Choice], held: Collection[int]) -> tuple[dict[Choice, int], dict[int, str]]:
    """Return the tallies of choices, made where there are none, and the facets of these and of those held."""
    rows = _tallies(wanted, held)
    missing = set(wanted) - {(row.facet, row.value) for row in rows}
    if missing:
        new = [{"facet": facet, "value": value, "files": 0} for facet, value in sorted(missing)]
        made = {"sqlite": sqlite, "postgresql": postgresql}[db.session.get_bind().dialect.name].insert(
            Tally.__table__
        )
        db.session.connection().execute(made.on_conflict_do_nothing(), new)
        rows = _tallies(wanted, held)
    return {(row.facet, row.value): row.id for row in rows}, {row.id: row.facet for row in rows}


def _tallies(wanted: Collection[Choice], held: Collection[int]) -> Sequence[Any]:
    these = or_(tuple_(Tally.facet, Tally.value).in_(wanted), Tally.id.in_(held))
    return db.session.connection().execute(select(Tally.id, Tally.facet, Tally.value).where(these)).all()


def _where_missing(model: Any) -> Any:
    """Return the statement that makes rows which are not there yet, perhaps by somebody else."""
    engine = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    return engine.insert(model.__table__).on_conflict_do_nothing()


def _numbers(tallies: str) -> set[int]:
    return set(map(int, tallies.split()))


def _mark(tally: int, made: Any, media_id: UUID) -> dict[str, Any]:
    return {"tally_id": tally, "created_at": made, "media_id": media_id}


class _Changes:
    """What is to be written of some files, all together."""

    def __init__(self, unlisted: Collection[int]) -> None:
        self.unlisted = unlisted
        self.counts: Counter[int] = Counter()
        self.unmarked: list[dict[str, Any]] = []
        self.marked: list[dict[str, Any]] = []
        self.new: list[dict[str, Any]] = []
        self.changed: list[dict[str, Any]] = []

    def note(self, media_id: UUID, before: set[int], after: set[int], since: Any, made: Any) -> None:
        """Note what a file had and has; `since` is when it came in as was noted before, None where nothing was."""
        if before == after and since == made:
            return
        moved = since != made
        self.counts.update(after)
        self.counts.subtract(before)
        for tally in (before if moved else before - after) - set(self.unlisted):
            self.unmarked.append({"tally": tally, "made": since, "media": media_id})
        self.marked += [
            _mark(each, made, media_id) for each in (after if moved else after - before) - set(self.unlisted)
        ]
        said = " ".join(map(str, sorted(after)))
        if since is None:
            self.new.append({"media_id": media_id, "created_at": made, "tallies": said})
        else:
            self.changed.append({"media": media_id, "made": made, "ids": said})

    def write(self) -> None:
        """Write it: few statements, whatever the number of files."""
        counts = [{"tally": tally, "more": more} for tally, more in sorted(self.counts.items()) if more]
        for statement, rows in (
            (insert(Shelved), self.new),
            (RESHELVE, self.changed),
            (UNMARK, self.unmarked),
            (_where_missing(Mark), self.marked),
            (COUNT, counts),
        ):
            if rows:
                db.session.connection().execute(statement, rows)


@cache
def choices(aspects: tuple[str, ...]) -> Any:
    """Return the statement for the choices of living files among `ids`: file, when it came in, facet, value."""
    facets = [facet for aspect in aspects for facet in ASPECTS[aspect]]
    return union_all(*(_FACETS[facet]().where(Media.deleted_at.is_(None), Media.id.in_(IDS)) for facet in facets))


def _of(facet: str, value: Any, *where: ColumnElement[bool]) -> Any:
    said = cast(literal(facet), String), cast(value, String)
    return select(Media.id, Media.created_at, said[0].label("facet"), said[1].label("value")).where(*where)


def digits(column: Any) -> ColumnElement[str]:
    """Return an id as it stands in a tally."""
    return func.replace(cast(column, String), "-", "", type_=String)


def _shape() -> Any:
    shape = case((Blob.width > Blob.height, "landscape"), (Blob.width < Blob.height, "portrait"), else_="square")
    return _of("shape", shape).join(Blob, Blob.id == Media.blob_id)


def _size() -> Any:
    size = case((Blob.size < SMALL, "small"), (Blob.size < LARGE, "medium"), else_="large")
    return _of("size", size).join(Blob, Blob.id == Media.blob_id)


def _used() -> Any:
    """Return whether a living gallery shows a file, as an item, as its poster or as the cover, or a background."""
    living = Gallery.deleted_at.is_(None)
    item = select(Item.id).join(Gallery, Gallery.id == Item.gallery_id).where(Item.deleted_at.is_(None), living)
    cover = select(Gallery.id).where(Gallery.cover_media_id == Media.id, living)
    shown = (*(item.where(place == Media.id).exists() for place in (Item.media_id, Item.poster_id)), cover.exists())
    behind = exists().where(
        BackgroundPicture.media_id == Media.id,
        Background.id == BackgroundPicture.background_id,
        Background.deleted_at.is_(None),
    )
    return _of("used", case((or_(*shown, behind), "yes"), else_="no"))


def _lacking() -> Any:
    said = exists().where(
        and_(MediaText.media_id == Media.id, MediaText.language_id == Language.id, MediaText.alt != "")
    )
    return _of("lacking", digits(Language.id), ~said).join(Language, literal(value=True))


_FACETS: Final[Mapping[str, Any]] = {
    "kind": lambda: _of("kind", Media.kind),
    "by": lambda: _of("by", digits(Media.uploaded_by_id), Media.uploaded_by_id.is_not(None)),
    "file": lambda: _of("file", Media.state, Media.state == "missing"),
    "shape": _shape,
    "size": _size,
    "day": lambda: _of("day", func.substr(cast(Media.created_at, String), 1, 10)),
    "used": _used,
    "lacking": _lacking,
    "tag": lambda: _of("tag", digits(MediaTag.tag_id)).join(MediaTag, MediaTag.media_id == Media.id),
}
