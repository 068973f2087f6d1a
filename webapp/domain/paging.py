"""Pages by key: each begins after the last row of the one before, however deep, and nothing is counted.

A cursor is opaque to whoever carries it: the order it belongs to and the last row's sort values. A row that stands
still while somebody pages is met exactly once; one whose own sort value changes moves in the list, and is met where
it stands when its page is read.
"""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, tuple_

from webapp.domain.errors import Invalid

LONGEST: Final = 2048
"""Characters of a cursor."""

Row = TypeVar("Row")


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of the page after them where there is one."""

    rows: tuple[Row, ...]
    after: str | None


@dataclass(frozen=True)
class Order:
    """An order without ties: the columns it sorts by, all one way, and the kinds of their values."""

    name: str
    columns: tuple[Any, ...]
    kinds: tuple[type, ...]
    descending: bool = True

    def by(self, *columns: Any) -> tuple[ColumnElement[Any], ...]:
        """Return what to order a statement by: its columns, or others that stand for them."""
        return tuple(column.desc() if self.descending else column.asc() for column in columns or self.columns)

    def beyond(self, cursor: str | None) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions for rows after a cursor: none before the first page. Raises Invalid."""
        if not cursor:
            return ()
        here, there = tuple_(*self.columns), read(self.name, cursor, self.kinds)
        return (here < there if self.descending else here > there,)

    def page(self, rows: Sequence[Row], size: int, key: Callable[[Row], Sequence[Any]]) -> Page[Row]:
        """Make a page of up to `size` of the rows read, of which there is one more where the list goes on."""
        shown = tuple(rows[:size])
        return Page(shown, write(self.name, key(shown[-1])) if len(rows) > size else None)


def write(order: str, values: Sequence[Any]) -> str:
    """Return the cursor that stands behind a row with these sort values."""
    packed = orjson.dumps([order, *(_plain(value) for value in values)])
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def read(order: str, cursor: str, kinds: Sequence[type]) -> tuple[Any, ...]:
    """Return the sort values in a cursor of this order. Raises Invalid for anything that `write` has not made."""
    try:
        if len(cursor) > LONGEST:
            raise ValueError("longer than any cursor")
        packed = base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), b"-_", validate=True)
        named, *values = orjson.loads(packed)
        if named != order:
            raise ValueError("of another order")
        return tuple(_value(kind, value) for kind, value in zip(kinds, values, strict=True))
    except (ValueError, TypeError, OverflowError, binascii.Error):
        raise Invalid("after", "This page of the list is not known; begin at the first.", code="cursor") from None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value) if isinstance(value, UUID) else value


def _value(kind: type, value: Any) -> Any:
    """Return a value of its kind. Raises ValueError, TypeError, OverflowError."""
    if kind in (datetime, UUID):
        return _parse(kind, value)
    if type(value) is not kind or "\x00" in str(value):
        raise ValueError("of another kind")
    return value


def _parse(kind: type, value: Any) -> datetime | UUID:
    if not isinstance(value, str):
        raise TypeError("not written as text")
    if kind is UUID:
        return UUID(value)
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(UTC)
