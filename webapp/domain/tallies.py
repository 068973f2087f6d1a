"""How many files of the library each choice of its filters would leave.

Those of the whole library are kept when files are written (`shelving`). Behind words or choices no more than `ENOUGH`
files are looked at, so that counting costs much the same in a library of any size; where there are more, what was
counted among them is said to be so many at least.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import Select, func, select, union_all

from webapp.domain import sieve
from webapp.domain.models import Language, Shelved, Tag, Tally, User
from webapp.domain.sieve import EVERYTHING, FACETS, Choice, Sieve
from webapp.infra import kept
from webapp.infra.db import db

ENOUGH: Final = 1000
"""Files that are looked at behind a filter."""

MOST_USED: Final = 12
"""Tags, and people, that are offered: those with the most files."""

OPEN: Final = ("tag", "by")
"""Facets of which there may be any number of choices."""


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


@dataclass
class _Found:
    """What was counted so far, by choices as they are kept."""

    of: dict[Choice, int] = field(default_factory=dict)
    words: dict[Choice, str] = field(default_factory=dict)
    more: set[str] = field(default_factory=set)

    def count(self, facets: Iterable[str], numbers: Mapping[Choice, int]) -> None:
        """Add the counts of facets whose choices are always the same."""
        for facet in facets:
            for value in FACETS[facet]:
                self.of[facet, value] = _since(value, numbers) if facet == "added" else numbers.get((facet, value), 0)


def counted(through: Sieve) -> Counts:
    """Count as `_counted` does, once for as long as nothing is written."""
    return kept.until_written(("tallies", through, sieve.moment()), lambda: _counted(through))


def _counted(through: Sieve) -> Counts:
    """Count what goes through a sieve, and through it with each choice in place of its facet's.

    Five statements at most, and three more for each choice that was made.
    """
    found = _Found()
    asked = [facet for facet in FACETS if through.chosen(facet)]
    total, more = _tally(through, [facet for facet in FACETS if facet not in asked], found)
    for facet in asked:
        _tally(through.having(facet, ""), [facet], found)
    for choice in through.choices:
        if choice not in found.of:
            found.words[choice], found.of[choice] = _called(*choice), total
    return Counts(total, found.of, found.words, frozenset(found.more | ({""} if more else set())))


def _tally(through: Sieve, facets: Sequence[str], found: _Found) -> tuple[int, bool]:
    """Add the counts of facets behind a sieve; return how many files those are, and whether there may be more."""
    total, numbers = _kept() if through == EVERYTHING else _looked_at(through)
    more = through != EVERYTHING and total > ENOUGH
    found.count(facets, numbers)
    for facet in facets:
        if facet in READ:
            READ[facet](numbers, found)
    if more:
        found.more.update(facets)
    return total - more, more


def _kept() -> tuple[int, dict[Choice, int]]:
    """Return how many files there are, and the tallies of all choices that may be offered; one statement."""
    fixed = select(Tally.facet, Tally.value, Tally.files).where(Tally.facet.not_in(("day", *OPEN)))
    oldest = max(FACETS["added"], key=lambda age: int(age.removesuffix("d")))
    days = select(Tally.facet, Tally.value, Tally.files).where(Tally.facet == "day", Tally.value >= _day(oldest))
    rows = db.session.execute(union_all(fixed, days, *(select(_most(facet).subquery()) for facet in OPEN)))
    numbers: dict[Choice, int] = {(facet, value): files for facet, value, files in rows}
    return sum(files for (facet, _), files in numbers.items() if facet == "kind"), numbers


def _most(facet: str) -> Select[str, str, int]:
    most = select(Tally.facet, Tally.value, Tally.files).where(Tally.facet == facet, Tally.files > 0)
    return most.order_by(Tally.files.desc(), Tally.value).limit(MOST_USED)


def _looked_at(through: Sieve) -> tuple[int, dict[Choice, int]]:
    """Return how many files are behind a sieve, at most one more than are looked at, and what those are."""
    ids = sieve.found(through).first(ENOUGH + 1)
    read = select(func.count(), func.aggregate_strings(Shelved.tallies, " "))
    total, tallies = db.session.execute(read.join(ids, ids.c.media_id == Shelved.media_id)).one()
    numbers = Counter((tallies or "").split())
    known = select(Tally.id, Tally.facet, Tally.value).where(Tally.id.in_(map(int, numbers)))
    rows = db.session.execute(known) if numbers else ()
    return total, {(facet, value): numbers[str(tally)] for tally, facet, value in rows}


def _day(age: str) -> str:
    return sieve.beginning(age).date().isoformat()


def _since(age: str, numbers: Mapping[Choice, int]) -> int:
    """Count the files of the days since then."""
    first = _day(age)
    return sum(files for (facet, day), files in numbers.items() if facet == "day" and day >= first)


def _lacking(numbers: Mapping[Choice, int], found: _Found) -> None:
    """Add how many files have no alt text in each language of the site, the default first."""
    code = func.lower(Language.code)
    statement = select(Language.id, code, Language.native_name).where(Language.is_active)
    for language_id, value, name in db.session.execute(statement.order_by(Language.is_default.desc(), code)):
        found.words["lacking", value] = name
        found.of["lacking", value] = numbers.get(("lacking", language_id.hex), 0)


def _tags(numbers: Mapping[Choice, int], found: _Found) -> None:
    """Add how many files have each of the tags that most of them have."""
    most = _first("tag", numbers)
    rows = db.session.execute(select(Tag.id, Tag.key, Tag.name).where(Tag.id.in_(most))) if most else ()
    for tag_id, key, name in sorted(rows, key=lambda row: (-most[row.id], row.key)):
        found.words["tag", key], found.of["tag", key] = name, most[tag_id]


def _people(numbers: Mapping[Choice, int], found: _Found) -> None:
    """Add how many files each of those added who added most."""
    most = _first("by", numbers)
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_(most))) if most else ()
    for user_id, name in sorted(rows, key=lambda row: (-most[row.id], row.id)):
        found.words["by", str(user_id)], found.of["by", str(user_id)] = name, most[user_id]


def _first(facet: str, numbers: Mapping[Choice, int]) -> dict[UUID, int]:
    """Return the choices of a facet with the most files."""
    here = [(-files, value) for (each, value), files in numbers.items() if each == facet]
    return {UUID(value): -files for files, value in sorted(here)[:MOST_USED]}


def _called(facet: str, value: str) -> str:
    """Return what a tag or somebody is called that is none of the most, the value itself where that is not known."""
    names = {
        "tag": lambda: select(Tag.name).where(Tag.key == value),
        "by": lambda: select(User.name).where(User.id == UUID(value)),
    }
    return (db.session.scalars(names[facet]()).one_or_none() if facet in names else None) or value


READ: Final = {"lacking": _lacking, "tag": _tags, "by": _people}
"""What adds the choices of a facet that depend on what is there: each, its words, and how many files have it."""
