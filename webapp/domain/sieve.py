"""What the library can be filtered by.

Choices of different facets hold together; of one facet one is chosen. Nothing is an error: what is no choice is left
out.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, or_, select
from sqlalchemy.orm import aliased

from webapp.domain.models import Language, Mark, Media, SearchEntry, Shelved, Tag, Tally
from webapp.domain.models.language import CODE
from webapp.domain.models.tag import TAG
from webapp.domain.paging import Order
from webapp.domain.search import Matches, matches, matching
from webapp.domain.shelving import digits
from webapp.infra.clock import now
from webapp.infra.db import db

FACETS: Final[dict[str, tuple[str, ...]]] = {
    "kind": ("image", "video"),
    "used": ("yes", "no"),
    "lacking": (),
    "tag": (),
    "by": (),
    "shape": ("landscape", "portrait", "square"),
    "added": ("7d", "30d"),
    "size": ("small", "medium", "large"),
    "file": ("missing",),
}
"""What may be chosen of each facet; nothing stands where that depends on what is there.

`lacking` is the code of a language that a file has no alt text in, `tag` a tag, `by` the id of who added it.
"""

NEWEST: Final = "newest"
QUERY: Final = 100
"""Characters of a query that are looked at."""

UUID_FORM: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Choice = tuple[str, str]


@dataclass(frozen=True)
class Sieve:
    """Words that a file's name must have, and the choices that were made, in the order of the facets."""

    words: str = ""
    choices: tuple[Choice, ...] = ()

    def chosen(self, facet: str) -> str:
        """Return what is chosen of a facet, nothing where all of it is let through."""
        return dict(self.choices).get(facet, "")

    def having(self, facet: str, value: str) -> "Sieve":
        """Return the sieve with another choice of a facet, or with none where the value is empty."""
        return sifting(self.words, {**dict(self.choices), facet: value})

    @property
    def mark(self) -> str:
        """Return what tells a list's cursors from those of another sieve; empty where everything goes through."""
        said = repr((self.words.split(), self.choices))
        return sha256(said.encode(errors="replace")).hexdigest()[:12] if self != EVERYTHING else ""


EVERYTHING: Final = Sieve()


def sifting(words: str, given: Mapping[str, str]) -> Sieve:
    """Return the sieve of some words and choices; what is no choice is left out."""
    readable = "".join(letter if letter.isprintable() else " " for letter in words[:QUERY])
    made = ((facet, _clean(facet, given.get(facet, ""))) for facet in FACETS)
    return Sieve(" ".join(readable.split()), tuple((facet, value) for facet, value in made if value))


def moment() -> datetime:
    """Return the beginning of this day (UTC), which the age of files is reckoned from."""
    return now().replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Found:
    """The files behind a sieve: a statement for their ids as `media_id`, and the order it is read in quickest."""

    statement: Select[Any]
    order: Order

    def named(self, through: Sieve) -> "Found":
        """Return it with an order whose cursors belong to a sieve alone."""
        return replace(self, order=replace(self.order, name=self.order.name + through.mark))

    def first(self, most: int, after: str | None = None) -> Subquery:
        """Return the first of them, the newest first, with what they are ordered by. Raises Invalid (the cursor)."""
        places = (column.label(f"place_{number}") for number, column in enumerate(self.order.columns))
        newest = self.statement.add_columns(*places).where(*self.order.beyond(after))
        return newest.order_by(*self.order.by()).limit(most).subquery()


def found(through: Sieve) -> Found:
    """Return how to find the files behind a sieve; one statement where choices were made.

    They are read from where fewest have to be passed over: the list of the rarest choice, or the entries that have
    the words, the last made first.
    """
    marks, (words, others) = _marks(through), _said(through.words)
    age = through.chosen("added")
    if words is not None:
        return _worded(words, marks, others, age).named(through)
    if marks:
        return _listed(marks, others, age).named(through)
    since = [Media.created_at >= beginning(age)] if age else []
    statement = select(Media.id.label("media_id")).where(Media.deleted_at.is_(None), *others, *since)
    statement = statement.order_by(Media.deleted_at.desc())
    return Found(statement, Order(NEWEST, (Media.created_at, Media.id), (datetime, UUID))).named(through)


def _worded(words: Matches, marks: Sequence[int], others: Sequence[ColumnElement[bool]], age: str) -> Found:
    """Return how to find files by words, and maybe by choices."""
    source = words.source.join(Shelved, Shelved.media_id == SearchEntry.media_id)
    statement = select(Shelved.media_id).select_from(source).where(words.condition, Shelved.tallies != "")
    if others:
        statement = statement.join(Media, Media.id == Shelved.media_id).where(*others)
    if age:
        statement = statement.where(Shelved.created_at >= beginning(age))
    statement = statement.where(*(_has(each, Shelved) for each in marks))
    return Found(statement, Order("found", (words.place,), (int,)))


def _listed(marks: Sequence[int], others: Sequence[ColumnElement[bool]], age: str) -> Found:
    """Return how to find files by choices, the first of which is the rarest."""
    first, *rest = marks
    statement = select(Mark.media_id).where(Mark.tally_id == first, *(_has(each, Mark) for each in rest))
    if others:
        statement = statement.join(Media, Media.id == Mark.media_id).where(*others)
    if age:
        statement = statement.where(Mark.created_at >= beginning(age))
    return Found(statement, Order(NEWEST, (Mark.created_at, Mark.media_id), (datetime, UUID)))


def beginning(age: str) -> datetime:
    """Return the moment from which files are of an age such as `7d`."""
    return moment() - timedelta(days=int(age.removesuffix("d")))


def _marks(through: Sieve) -> list[int]:
    """Return the tallies of what was chosen, the rarest first; one that no file has is -1."""
    asked = [(facet, value) for facet, value in through.choices if facet != "added"]
    if not asked:
        return []
    wanted = [and_(Tally.facet == facet, Tally.value == _value(facet, value)) for facet, value in asked]
    rows = db.session.execute(select(Tally.id, Tally.files).where(or_(*wanted))).all()
    return [row.id for row in sorted(rows, key=lambda row: (row.files, row.id))] if len(rows) == len(asked) else [-1]


def _value(facet: str, value: str) -> Any:
    """Return a choice as it stands in its tally."""
    if facet == "tag":
        return select(digits(Tag.id)).where(Tag.key == value).scalar_subquery()
    if facet == "lacking":
        return select(digits(Language.id)).where(func.lower(Language.code) == value).scalar_subquery()
    return UUID(value).hex if facet == "by" else value


def _has(tally: int, of: Any) -> ColumnElement[bool]:
    """Return the condition that the file of a `Mark` or a `Shelved` is in a tally."""
    other = aliased(Mark)
    there = and_(other.tally_id == tally, other.created_at == of.created_at, other.media_id == of.media_id)
    return select(other.tally_id).where(there).exists()


def _clean(facet: str, value: str) -> str:
    """Return what may be chosen of a facet, nothing for what cannot be."""
    if FACETS[facet]:
        return value if value in FACETS[facet] else ""
    if facet == "by":
        return value if UUID_FORM.fullmatch(value) else ""
    readable = value.isprintable() and len(value) <= (TAG[1] if facet == "tag" else CODE[1])
    return " ".join(value.split()).casefold() if readable else ""


def _said(words: str) -> tuple[Matches | None, list[ColumnElement[bool]]]:
    """Return where entries with these words or their beginnings stand, and the conditions for what is no word.

    What holds no letter, such as %, is looked for in the name as it stands.
    """
    said = {word: matching(word) is not None for word in words.split()}
    marks = [
        Media.original_filename.icontains(word, autoescape=True) for word, is_word in said.items() if not is_word
    ]
    return matches(" ".join(word for word, is_word in said.items() if is_word)), marks
