"""What may be asked of the gallery list in one line: words, and filters such as `status:draft missing:fr`.

A filter that is none is left out and told about. Several statuses, authors or categories widen, all
else narrows.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select

from webapp.domain import category_trees, lacking, languages, search
from webapp.domain.models import Gallery, GalleryTag, Hold, Tag, User
from webapp.domain.models.gallery import STATUSES
from webapp.infra.clock import now

QUERY: Final = 200
MOST: Final = 12
"""Characters and filters of a line that are looked at."""

FILTERS: Final = ("status", "missing", "tag", "category", "author", "updated", "site")
HELD: Final = "held"
PLACED: Final = ("placed", "unplaced")
NO_CATEGORY: Final = "none"
WIDENING: Final = ("status", "author", "category")
PIECE: Final = re.compile(r'(?:(?P<name>[A-Za-z]+):(?P<value>"[^"]*"?|\S*))|(?P<word>\S+)')
SPAN: Final = re.compile(r"(?P<number>[1-9]\d{0,3})(?P<unit>[hdw])")
UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@dataclass(frozen=True)
class Filter:
    """One filter of a line; `value` is without quotation marks."""

    name: str
    value: str

    def __str__(self) -> str:
        return f'{self.name}:"{self.value}"' if " " in self.value else f"{self.name}:{self.value}"


@dataclass(frozen=True)
class Fault:
    """A filter that is none; `possible` are the values or filters there are."""

    filter: Filter
    unknown_name: bool
    possible: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """What is asked, taken apart; `str()` writes it as it is typed, filters first."""

    words: str = ""
    filters: tuple[Filter, ...] = ()
    faults: tuple[Fault, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return " ".join([*map(str, self.filters), *([self.words] if self.words else [])])

    def values(self, name: str) -> list[str]:
        """Return the values of a filter, in the order they were given."""
        return [each.value for each in self.filters if each.name == name]

    def with_filter(self, name: str, value: str, *, only: bool = False) -> "Line":
        """Return the line with a filter more, instead of all others of its name where it is to be the `only` one."""
        kept = tuple(each for each in self.filters if not (only and each.name == name))
        return Line(self.words, (*kept, Filter(name, value)))

    def without(self, *gone: Filter) -> "Line":
        """Return the line without some of its filters."""
        return Line(self.words, tuple(each for each in self.filters if each not in gone))


def read(typed: str) -> Line:
    """Take apart what was typed; nothing that is typed is an error."""
    clean = "".join(letter if letter.isprintable() else " " for letter in typed[:QUERY])
    words: list[str] = []
    filters: list[Filter] = []
    faults: list[Fault] = []
    codes = _codes(clean)
    for piece in PIECE.finditer(clean):
        if piece["name"] is None:
            words.append(piece["word"])
            continue
        found = Filter(piece["name"].lower(), " ".join(piece["value"].strip('"').split()))
        fault = _fault(found, codes)
        if fault is not None:
            faults.append(fault)
        elif found not in filters and len(filters) < MOST:
            filters.append(found)
    return Line(" ".join(words), tuple(filters), tuple(faults[:3]))


def conditions(line: Line, *, by: UUID | None) -> list[ColumnElement[bool]]:
    """Return what a gallery has to be; `by` is who asks, for `author:me`."""
    found = [_any(made) for name in WIDENING if (made := [_one(each, by) for each in _of(line, name)])]
    found += [_one(each, by) for name in ("missing", "tag", "updated", "site") for each in _of(line, name)]
    if line.words.strip():
        has_words = search.galleries_with(line.words)
        found.append(false() if has_words is None else has_words)
    return found


def _codes(typed: str) -> list[str]:
    """Return the codes of the languages, where one may be meant: everybody's views are read without asking."""
    asked = re.findall(r"missing:(\S*)", typed.lower())
    is_plain = all(value == lacking.ANY for value in asked)
    return [] if is_plain else [each.code for each in languages.all_languages(active_only=True)]


def _fault(found: Filter, codes: Sequence[str]) -> Fault | None:
    if found.name not in FILTERS:
        return Fault(found, True, FILTERS)
    value, possible = found.value.lower(), _possible(found.name, codes)
    if found.name == "updated":
        is_right = SPAN.fullmatch(value) is not None
    elif found.name in ("tag", "author", "category"):
        is_right = bool(value)
    else:
        is_right = value in (each.lower() for each in possible)
    return None if is_right else Fault(found, False, possible)


def _possible(name: str, codes: Sequence[str]) -> tuple[str, ...]:
    return {
        "status": (*STATUSES, HELD),
        "missing": (lacking.ANY, *codes),
        "site": PLACED,
        "updated": ("24h", "7d", "30d", "12w"),
        "author": ("me", "ada@example.org", '"Ada Lovelace"'),
        "tag": ("lake", '"two words"'),
        "category": (NO_CATEGORY, "summer", '"two words"'),
    }[name]


def _of(line: Line, name: str) -> list[Filter]:
    return [each for each in line.filters if each.name == name]


def _any(found: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    return or_(false(), *found)


def _one(asked: Filter, by: UUID | None) -> ColumnElement[bool]:
    value = asked.value.lower()
    if asked.name == "status":
        return exists().where(Hold.gallery_id == Gallery.id) if value == HELD else Gallery.status == value
    if asked.name == "missing":
        return lacking.in_language(value)
    if asked.name == "tag":
        of_gallery = and_(GalleryTag.gallery_id == Gallery.id, GalleryTag.tag_id == Tag.id)
        return exists().where(of_gallery, Tag.key == asked.value.casefold())
    if asked.name == "category":
        return category_trees.nowhere() if value == NO_CATEGORY else category_trees.within(asked.value)
    if asked.name == "site":
        return Gallery.sort_order.is_not(None) if value == "placed" else Gallery.sort_order.is_(None)
    return _since(value) if asked.name == "updated" else _author(value, by)


def _since(span: str) -> ColumnElement[bool]:
    found = SPAN.fullmatch(span)
    return Gallery.touched_at >= now() - int(found["number"]) * UNITS[found["unit"]] if found else false()


def _author(value: str, by: UUID | None) -> ColumnElement[bool]:
    if value == "me":
        return Gallery.author_id == by
    named = func.lower(User.name).contains(value, autoescape=True)
    return Gallery.author_id.in_(select(User.id).where(or_(named, User.email == value)))
