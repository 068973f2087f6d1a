"""What the library can be filtered by, and how many files each choice would leave.

Choices of different facets hold together; of one facet one is chosen. Nothing is an error: what is no choice is left
out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import CTE, ColumnElement, Select, and_, exists, func, literal, or_, select, union_all

from webapp.domain.models import Blob, Gallery, Item, Language, Media, MediaText
from webapp.infra.clock import now
from webapp.infra.db import db

FACETS: Final[dict[str, tuple[str, ...]]] = {
    "kind": ("image", "video"),
    "lacking": ("alt",),
    "used": ("yes", "no"),
    "shape": ("landscape", "portrait", "square"),
    "added": ("7d", "30d"),
    "size": ("small", "medium", "large"),
    "file": ("missing",),
}
SMALL: Final = 1_000_000
LARGE: Final = 10_000_000
"""Bytes below which a file is small, and from which it is large."""

ENOUGH: Final = 1000
"""Files that are counted: more than these are not told apart."""

QUERY: Final = 100
"""Characters of a query that are looked at."""

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


@dataclass(frozen=True)
class Counts:
    """How many files there are up to one more than `ENOUGH`: behind the sieve, and behind it with each choice."""

    all: int
    of: Mapping[Choice, int]


def sifting(words: str, given: Mapping[str, str]) -> Sieve:
    """Return the sieve of some words and choices; what is no choice is left out."""
    readable = "".join(letter if letter.isprintable() else " " for letter in words[:QUERY])
    made = ((facet, given.get(facet, "")) for facet in FACETS)
    return Sieve(" ".join(readable.split()), tuple((each, value) for each, value in made if value in FACETS[each]))


def conditions(sieve: Sieve) -> list[ColumnElement[bool]]:
    """Return the conditions of a sieve, for a statement that has `Media` and, outer-joined, `Blob`."""
    return [*_named(sieve.words), *(_condition(facet, value) for facet, value in sieve.choices)]


def counted(sieve: Sieve) -> Counts:
    """Count what goes through a sieve, and through it with each choice in place of its facet's; one statement."""
    named = select(Media.id).where(Media.deleted_at.is_(None), *_named(sieve.words)).cte("named")
    parts = [_count("", "", sieve, named)]
    parts += [_count(facet, value, sieve.having(facet, value), named) for facet, value in _all_choices()]
    rows = db.session.execute(union_all(*parts))
    found: dict[Choice, int] = {(facet, value): number for facet, value, number in rows}
    return Counts(found.pop(("", "")), found)


def _all_choices() -> Iterator[Choice]:
    return ((facet, value) for facet, values in FACETS.items() for value in values)


def _count(facet: str, value: str, sieve: Sieve, named: CTE) -> Select[str, str, int]:
    """Return the statement for how many files go through; names are looked through once for all of them."""
    words = [Media.id.in_(select(named.c.id))] if sieve.words else []
    some = (
        select(Media.id)
        .join(Blob, Blob.id == Media.blob_id, isouter=True)
        .where(Media.deleted_at.is_(None), *words, *(_condition(*choice) for choice in sieve.choices))
        .limit(ENOUGH + 1)
        .subquery()
    )
    return select(literal(facet), literal(value), func.count()).select_from(some)


def _named(words: str) -> list[ColumnElement[bool]]:
    return [Media.original_filename.icontains(word, autoescape=True) for word in words.split()]


def _condition(facet: str, value: str) -> ColumnElement[bool]:
    if facet == "kind":
        return Media.kind == value
    if facet == "file":
        return Media.state == value
    if facet == "lacking":
        return ~_described()
    if facet == "used":
        return _shown() if value == "yes" else ~_shown()
    if facet == "added":
        return Media.created_at >= now() - timedelta(days=int(value.removesuffix("d")))
    return _of_bytes(value)


def _of_bytes(value: str) -> ColumnElement[bool]:
    """Return the condition for a shape or a size."""
    return {
        "landscape": Blob.width > Blob.height,
        "portrait": Blob.width < Blob.height,
        "square": Blob.width == Blob.height,
        "small": Blob.size < SMALL,
        "medium": and_(Blob.size >= SMALL, Blob.size < LARGE),
        "large": Blob.size >= LARGE,
    }[value]


def _described() -> ColumnElement[bool]:
    """Return the condition that a file has an alt text in the site's default language."""
    default = select(Language.id).where(Language.is_default).scalar_subquery()
    return exists().where(MediaText.media_id == Media.id, MediaText.language_id == default, MediaText.alt != "")


def _shown() -> ColumnElement[bool]:
    """Return the condition that a living gallery shows a file, as an item, as its poster or as the cover."""
    living = Gallery.deleted_at.is_(None)
    item = select(Item.id).join(Gallery, Gallery.id == Item.gallery_id).where(Item.deleted_at.is_(None), living)
    cover = select(Gallery.id).where(Gallery.cover_media_id == Media.id, living)
    places = (Item.media_id, Item.poster_id)
    return or_(*(item.where(place == Media.id).exists() for place in places), cover.exists())
