"""What differs between two states of a gallery, change by change: of held changes, and of two revisions (D9, D10).

States are snapshots (webapp/domain/snapshots.py). Moves count as one change. Each change has a key, by which it is
named when it alone is taken back, and a token of what it led to, so that a later change is not taken for it.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson

from webapp.domain import wording

Snapshot = Mapping[str, Any]


@dataclass(frozen=True)
class TextChange:
    """A text in one language, of the gallery where there is no `owner`, else of that item."""

    owner: UUID | None
    code: str
    field: str
    before: str
    after: str

    @property
    def key(self) -> str:
        """Name the change."""
        return f"text:{self.owner or 'gallery'}:{self.code}:{self.field}"

    @property
    def token(self) -> str:
        """Stand for what the change led to."""
        return _digest(self.after)

    @property
    def pieces(self) -> list[wording.Piece]:
        """What changed, word by word."""
        return wording.compare(self.before, self.after)


@dataclass(frozen=True)
class FieldChange:
    """A field of the gallery where there is no `owner`, else of that item; a focal point is one field."""

    owner: UUID | None
    field: str
    before: Any
    after: Any

    @property
    def key(self) -> str:
        """Name the change."""
        return f"field:{self.owner or 'gallery'}:{self.field}"

    @property
    def token(self) -> str:
        """Stand for what the change led to."""
        return _digest(self.after)


@dataclass(frozen=True)
class ItemChange:
    """An item that has come or gone; `number` is its place from 1 where it is."""

    item_id: UUID
    added: bool
    number: int

    @property
    def key(self) -> str:
        """Name the change."""
        return f"{'added' if self.added else 'removed'}:{self.item_id}"

    @property
    def token(self) -> str:
        """Stand for what the change led to."""
        return ""


@dataclass(frozen=True)
class Move:
    """An item that stands elsewhere; numbers are places from 1."""

    item_id: UUID
    before: int
    after: int


@dataclass(frozen=True)
class OrderChange:
    """Another order: all items before and after, and the fewest that have to move to get from one to the other."""

    before: tuple[UUID, ...]
    after: tuple[UUID, ...]
    moves: tuple[Move, ...]
    key = "order"

    @property
    def token(self) -> str:
        """Stand for what the change led to."""
        return _digest([str(item_id) for item_id in self.after])


Change = TextChange | FieldChange | ItemChange | OrderChange


@dataclass(frozen=True)
class Comparison:
    """All that differs; `details` are fields of items that are in both states."""

    order: OrderChange | None
    texts: tuple[TextChange, ...]
    items: tuple[ItemChange, ...]
    details: tuple[FieldChange, ...]
    settings: tuple[FieldChange, ...]

    def __iter__(self) -> Iterator[Change]:
        if self.order:
            yield self.order
        yield from self.texts
        yield from self.items
        yield from self.details
        yield from self.settings

    @property
    def count(self) -> int:
        """How many changes there are, all moves being one."""
        return len(self.texts) + len(self.items) + len(self.details) + len(self.settings) + bool(self.order)

    @cached_property
    def token(self) -> str:
        """Stand for all of it: what it was and what it led to."""
        return _digest([repr(change) for change in self])

    def find(self, key: str) -> Change | None:
        """Return the change with a key."""
        return next((change for change in self if change.key == key), None)


def compare(before: Snapshot, after: Snapshot) -> Comparison:
    """Return what differs; what only one of the snapshots knows at all (an older one without tags) does not."""
    old, new = _rows(before), _rows(after)
    both = [item_id for item_id in new if item_id in old]
    return Comparison(
        order=_order(list(old), list(new)),
        texts=(
            *_texts(None, before["texts"], after["texts"]),
            *(change for each in both for change in _texts(each, old[each]["texts"], new[each]["texts"])),
        ),
        items=(
            *(ItemChange(each, True, place) for place, each in enumerate(new, 1) if each not in old),
            *(ItemChange(each, False, place) for place, each in enumerate(old, 1) if each not in new),
        ),
        details=tuple(change for each in both for change in _fields(each, _own(old[each]), _own(new[each]))),
        settings=tuple(_fields(None, _settings(before), _settings(after))),
    )


def _rows(snapshot: Snapshot) -> dict[UUID, Snapshot]:
    """Return the items by id, in their order."""
    return {UUID(str(row["id"])): row for row in snapshot["items"]}


def _texts(owner: UUID | None, old: Snapshot, new: Snapshot) -> Iterator[TextChange]:
    for code in sorted(old.keys() | new.keys()):
        was, became = old.get(code, {}), new.get(code, {})
        for field in dict.fromkeys((*became, *was)):
            before, after = was.get(field) or "", became.get(field) or ""
            if before != after:
                yield TextChange(owner, code, field, before, after)


def _own(row: Snapshot) -> dict[str, Any]:
    """Return an item's own fields, its focal point as one."""
    fields = dict(row["item"])
    x, y = fields.pop("focal_x", None), fields.pop("focal_y", None)
    fields["focal"] = None if x is None or y is None else [x, y]
    fields["media_id"] = str(row["media_id"]) if row["media_id"] else None
    return fields | ({"tags": list(row["tags"])} if "tags" in row else {})


def _settings(snapshot: Snapshot) -> dict[str, Any]:
    return dict(snapshot["gallery"]) | ({"tags": list(snapshot["tags"])} if "tags" in snapshot else {})


def _fields(owner: UUID | None, old: Snapshot, new: Snapshot) -> Iterator[FieldChange]:
    for field in (each for each in new if each in old):
        if old[field] != new[field]:
            yield FieldChange(owner, field, old[field], new[field])


def _order(old: Sequence[UUID], new: Sequence[UUID]) -> OrderChange | None:
    stood = {item_id: place for place, item_id in enumerate(old, 1)}
    stands = {item_id: place for place, item_id in enumerate(new, 1)}
    shared = [item_id for item_id in new if item_id in stood]
    staying = _longest_rise([stood[item_id] for item_id in shared])
    moves = tuple(
        Move(item_id, stood[item_id], stands[item_id]) for item_id in shared if stood[item_id] not in staying
    )
    return OrderChange(tuple(old), tuple(new), moves) if moves else None


def _longest_rise(places: Sequence[int]) -> set[int]:
    """Return the most of these distinct numbers that rise from one to the next."""
    ends: list[int] = []
    before: dict[int, int | None] = {}
    for place in places:
        length = bisect_left(ends, place)
        before[place] = ends[length - 1] if length else None
        ends[length : length + 1] = [place]
    rise: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        rise.add(last)
        last = before[last]
    return rise


def _digest(value: Any) -> str:
    return hashlib.sha256(orjson.dumps(value)).hexdigest()[:16]
