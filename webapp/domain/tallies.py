"""How many files of the library each choice of its filters would leave.

So that counting costs much the same in a library of any size, no more than `ENOUGH` files are looked at behind
words or choices, and no more than `MANY` of the whole library, whose counts are kept until something is written.
Where there are more files than that, what was counted among them is said to be so many at least.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, case, func, select

from webapp.domain import sieve
from webapp.domain.models import Blob, Language, Media, MediaTag, MediaText, Tag, User
from webapp.domain.sieve import EVERYTHING, FACETS, Choice, Sieve
from webapp.infra import kept
from webapp.infra.db import db

ENOUGH: Final = 1000
MANY: Final = 10_000
"""Files that are looked at behind a filter, and of the whole library."""

MOST_USED: Final = 12
"""Tags, and people, that are offered: those with the most files."""


@dataclass(frozen=True)
class Counts:
    """How many files there are behind a sieve, and behind it with each choice in place of its facet's.

    `words` are those of choices that depend on what is there: languages by their own names, tags, people. Of the
    facets in `more`, and of all files where "" is among them, there may be more than were counted.
    """

    all: int
    of: Mapping[Choice, int]
    words: Mapping[Choice, str]
    more: frozenset[str] = frozenset()


def counted(through: Sieve) -> Counts:
    """Count as `_counted` does, what is asked of the whole library once for as long as nothing is written."""
    return kept.until_written(("tallies", through, sieve.moment()), lambda: _counted(through))


def _counted(through: Sieve) -> Counts:
    """Count what goes through a sieve, and through it with each choice in place of its facet's.

    Four statements, and one or two more for each choice that was made.
    """
    words: dict[Choice, str] = {}
    found: dict[Choice, int] = {}
    asked = [facet for facet in FACETS if through.chosen(facet)]
    total, more = _tally(through, [facet for facet in FACETS if facet not in asked], found, words)
    for facet in asked:
        base = through.having(facet, "")
        if base == EVERYTHING:
            more |= _taken(counted(EVERYTHING), facet, found, words)
        else:
            more |= _tally(base, [facet], found, words)[1] - {""}
    for choice in through.choices:
        if choice not in found:
            words[choice], found[choice] = _called(*choice), total
    return Counts(total, found, words, frozenset(more))


def _taken(whole: Counts, facet: str, found: dict[Choice, int], words: dict[Choice, str]) -> set[str]:
    """Add a facet's counts as they are of the whole library; return it where there may be more."""
    found |= {choice: number for choice, number in whole.of.items() if choice[0] == facet}
    words |= {choice: said for choice, said in whole.words.items() if choice[0] == facet}
    return {facet} & whole.more


def _tally(
    through: Sieve, facets: Sequence[str], found: dict[Choice, int], words: dict[Choice, str]
) -> tuple[int, set[str]]:
    """Add the counts of facets behind a sieve; return how many files those are, and what there may be more of."""
    for facet in facets:
        for value, name, number in READ[facet](_files(through)) if facet in READ else ():
            words[facet, str(value)], found[facet, str(value)] = name, number
    number, counts = _plain(through, facets)
    found |= counts
    if number <= _most(through):
        return number, set()
    if through != EVERYTHING:
        return number - 1, {"", *facets}
    found["file", "missing"] = _all(Media.state == "missing")
    return _all(), set(facets) - {"file"}


def _all(*where: ColumnElement[bool]) -> int:
    """Count all files of the library that are like that."""
    return db.session.scalars(select(func.count()).select_from(Media).where(Media.deleted_at.is_(None), *where)).one()


def _most(through: Sieve) -> int:
    return MANY if through == EVERYTHING else ENOUGH


def _files(through: Sieve) -> Subquery:
    """Return the files behind a sieve, at most one more than are looked at."""
    return _behind(through, Media.id, Media.uploaded_by_id)


def _behind(through: Sieve, *columns: Any) -> Subquery:
    files = select(*columns).join(Blob, Blob.id == Media.blob_id, isouter=True)
    files = files.where(sieve.living(through), *sieve.conditions(through))
    return files.limit(_most(through) + 1).subquery()


def _plain(through: Sieve, facets: Sequence[str]) -> tuple[int, dict[Choice, int]]:
    """Count files behind a sieve, and with each choice of facets whose choices are always the same; one statement."""
    choices = [(facet, value) for facet in facets for value in FACETS[facet]]
    flags = [case((sieve.condition(*each), 1), else_=0).label(f"is_{place}") for place, each in enumerate(choices)]
    seen = _behind(through, Media.id, *flags)
    sums = [func.coalesce(func.sum(seen.c[f"is_{place}"]), 0) for place in range(len(choices))]
    total, *numbers = db.session.execute(select(func.count(), *sums).select_from(seen)).one()
    return total, dict(zip(choices, numbers, strict=True))


def _lacking(files: Subquery) -> Iterator[tuple[str, str, int]]:
    """Count files without an alt text in each language of the site, the default first."""
    code = func.lower(Language.code)
    said = (
        select(MediaText.language_id, func.count().label("files"))
        .join(files, files.c.id == MediaText.media_id)
        .where(MediaText.alt != "")
        .group_by(MediaText.language_id)
        .subquery()
    )
    all_files = select(func.count()).select_from(files).scalar_subquery()
    statement = (
        select(code, Language.native_name, all_files - func.coalesce(said.c.files, 0))
        .join(said, said.c.language_id == Language.id, isouter=True)
        .where(Language.is_active)
        .order_by(Language.is_default.desc(), code)
    )
    yield from db.session.execute(statement)


def _tags(files: Subquery) -> Iterator[tuple[str, str, int]]:
    """Count files with each of the tags that most of them have."""
    number = func.count().label("files")
    most = (
        select(MediaTag.tag_id, number)
        .join(files, files.c.id == MediaTag.media_id)
        .group_by(MediaTag.tag_id)
        .order_by(number.desc(), MediaTag.tag_id)
        .limit(MOST_USED)
        .subquery()
    )
    statement = select(Tag.key, Tag.name, most.c.files).join(most, most.c.tag_id == Tag.id)
    yield from db.session.execute(statement.order_by(most.c.files.desc(), Tag.key))


def _people(files: Subquery) -> Iterator[tuple[Any, str, int]]:
    """Count files of each of those who added most."""
    number = func.count().label("files")
    statement = select(User.id, User.name, number).join(files, files.c.uploaded_by_id == User.id)
    yield from db.session.execute(
        statement.group_by(User.id, User.name).order_by(number.desc(), User.id).limit(MOST_USED)
    )


def _called(facet: str, value: str) -> str:
    """Return what a tag or somebody is called that is none of the most, the value itself where that is not known."""
    names = {
        "tag": lambda: select(Tag.name).where(Tag.key == value),
        "by": lambda: select(User.name).where(User.id == UUID(value)),
    }
    return (db.session.scalars(names[facet]()).one_or_none() if facet in names else None) or value


READ: Final = {"lacking": _lacking, "tag": _tags, "by": _people}
"""What reads the choices of a facet that depend on what is there: each, its words, and how many files have it."""
