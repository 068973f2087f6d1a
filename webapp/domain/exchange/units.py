"""What is exchanged: one text in two languages with what a translator needs to know, and what comes back of it."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from webapp.domain.errors import Invalid
from webapp.domain.models import GalleryText, ItemText, MediaText
from webapp.domain.sentences import Sentence

MOST_UNITS: Final = 20_000
MOST_BYTES: Final = 16 * 1024**2
"""How many texts one file holds, and how large it may be, in both directions."""

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "gallery": GalleryText.fields,
    "item": ItemText.fields,
    "media": MediaText.fields,
}
"""The texts of each kind of owner."""

UNIT: Final = re.compile(r"(gallery|item|media)\.([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.([a-z_]{1,32})")
STATES: Final = ("missing", "machine", "stale", "done")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A text as it leaves; `was` is the source that a stale translation was made from, `most` its longest length."""

    id: str
    field: str
    source: str
    target: str = ""
    state: str = "missing"
    place: str = ""
    note: str = ""
    was: str = ""
    most: int = 0

    @property
    def fingerprint(self) -> str:
        """Return what tells this source from an earlier or later one."""
        return fingerprint(self.source)

    @property
    def html(self) -> bool:
        """Whether the text is HTML."""
        return self.field == "html"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Texts of one source language in one other language, each by its BCP 47 code."""

    source: str
    target: str
    units: Sequence[Unit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """A text as it came back; `trouble` says why it cannot be read, `finished` is what its translator says.

    `fingerprint` is that of the source when it left, empty where the file has lost it.
    """

    id: str
    language: str
    source: str = ""
    target: str = ""
    fingerprint: str = ""
    finished: bool = True
    trouble: str = ""

    @property
    def left_with(self) -> str:
        """Return the fingerprint of the source that was translated."""
        return self.fingerprint or fingerprint(self.source)


class Damaged(Invalid):
    """A file that cannot be read; the message says where and why."""

    def __init__(self, message: str) -> None:
        super().__init__("file", message, code="damaged")


def unit_id(thing: str, thing_id: UUID, field: str) -> str:
    """Name a text the same for ever."""
    return f"{thing}.{thing_id}.{field}"


def split(unit: str) -> tuple[str, UUID, str] | None:
    """Return whose text a unit is and which, None where no text has such a name."""
    found = UNIT.fullmatch(unit)
    if found is None or found[3] not in FIELDS[found[1]]:
        return None
    return found[1], UUID(found[2]), found[3]


def fingerprint(source: str) -> str:
    """Return what tells a source text from another."""
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def check_room(count: int) -> None:
    """Refuse more texts than one file holds. Raises Damaged."""
    if count > MOST_UNITS:
        raise Damaged(Sentence("A file holds %(most)s texts at most: split it.", most=MOST_UNITS))
