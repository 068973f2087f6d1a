"""What the library can be filtered by.

Choices of different facets hold together; of one facet one is chosen. Nothing is an error: what is no choice is left
out.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select

from webapp.domain.models import Blob, Gallery, Item, Language, Media, MediaTag, MediaText, SearchEntry, Tag
from webapp.domain.models.language import CODE
from webapp.domain.models.tag import TAG
from webapp.domain.search import matching
from webapp.infra.clock import now

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

SMALL: Final = 1_000_000
LARGE: Final = 10_000_000
"""Bytes below which a file is small, and from which it is large."""

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
    """Return the beginning of this hour, which the age of files is reckoned from."""
    return now().replace(minute=0, second=0, microsecond=0)


def living(sieve: Sieve) -> ColumnElement[bool]:
    """Return the condition that files are not in the trash.

    Where words lead to a few files, it is written so that SQLite does not look through all that are not.
    """
    return case((Media.deleted_at.is_(None), 1), else_=0) == 1 if sieve.words else Media.deleted_at.is_(None)


def conditions(sieve: Sieve) -> list[ColumnElement[bool]]:
    """Return the conditions of a sieve, for a statement that has `Media` and, outer-joined, `Blob`."""
    return [*_named(sieve.words), *(condition(facet, value) for facet, value in sieve.choices)]


def _clean(facet: str, value: str) -> str:
    """Return what may be chosen of a facet, nothing for what cannot be."""
    if FACETS[facet]:
        return value if value in FACETS[facet] else ""
    if facet == "by":
        return value if UUID_FORM.fullmatch(value) else ""
    readable = value.isprintable() and len(value) <= (TAG[1] if facet == "tag" else CODE[1])
    return " ".join(value.split()).casefold() if readable else ""


def _named(words: str) -> list[ColumnElement[bool]]:
    """Return the conditions that files have these words or their beginnings, in names, texts or tags.

    What holds no letter, such as %, is looked for in the name as it stands.
    """
    said = {word: matching(word) is not None for word in words.split()}
    marks = [
        Media.original_filename.icontains(word, autoescape=True) for word, is_word in said.items() if not is_word
    ]
    found = matching(" ".join(word for word, is_word in said.items() if is_word))
    if found is None:
        return marks
    return [Media.id.in_(select(SearchEntry.media_id).where(found, SearchEntry.media_id.is_not(None))), *marks]


def condition(facet: str, value: str) -> ColumnElement[bool]:
    """Return the condition for one choice."""
    if facet in ("shape", "size"):
        return _of_bytes(value)
    if facet == "used":
        return _shown() if value == "yes" else ~_shown()
    if facet == "added":
        return Media.created_at >= moment() - timedelta(days=int(value.removesuffix("d")))
    return OTHERS[facet](value)


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


def _lacks(code: str) -> ColumnElement[bool]:
    """Return the condition that a file has no alt text in a language of the site."""
    language = select(Language.id).where(func.lower(Language.code) == code).scalar_subquery()
    said = exists().where(MediaText.media_id == Media.id, MediaText.language_id == language, MediaText.alt != "")
    return and_(language.is_not(None), ~said)


def _tagged(key: str) -> ColumnElement[bool]:
    tag = select(Tag.id).where(Tag.key == key).scalar_subquery()
    return Media.id.in_(select(MediaTag.media_id).where(MediaTag.tag_id == tag))


def _shown() -> ColumnElement[bool]:
    """Return the condition that a living gallery shows a file, as an item, as its poster or as the cover."""
    living = Gallery.deleted_at.is_(None)
    item = select(Item.id).join(Gallery, Gallery.id == Item.gallery_id).where(Item.deleted_at.is_(None), living)
    cover = select(Gallery.id).where(Gallery.cover_media_id == Media.id, living)
    places = (Item.media_id, Item.poster_id)
    return or_(*(item.where(place == Media.id).exists() for place in places), cover.exists())


OTHERS: Final[Mapping[str, Callable[[str], ColumnElement[bool]]]] = {
    "kind": lambda value: Media.kind == value,
    "file": lambda value: Media.state == value,
    "lacking": _lacks,
    "tag": _tagged,
    "by": lambda value: Media.uploaded_by_id == UUID(value),
}
