"""Where places of a long list begin: what one deep page had to count is not counted again by the next.

An offset counts through all rows before it. The first row of each deep page that was read is noted as a landmark,
and a page begins its counting at the nearest one before it. All of them go when somebody writes, so the answer is
exactly the page that was asked for.
"""

from bisect import bisect_right
from collections.abc import Callable, Hashable
from typing import Any, Final, TypeVar

from webapp.infra import kept

STEP: Final = 500
"""Rows that are counted rather than noted."""

LISTS: Final = 64
"""Lists whose landmarks a process keeps; one of ten million rows has no more than 20,000."""

Row = TypeVar("Row")
Landmark = tuple[int, Any]
"""How many rows stand before a row, and that row's key; none before the first."""

SHELF: Final = kept.Shelf(LISTS)


class Landmarks:
    """The landmarks of one list as one connection sees it, which one request uses at a time."""

    def __init__(self) -> None:
        self.places: list[int] = [0]
        self.keys: list[Any] = [None]

    def before(self, place: int) -> Landmark:
        """Return the nearest one at a place or before it."""
        nearest = bisect_right(self.places, place) - 1
        return self.places[nearest], self.keys[nearest]

    def note(self, place: int, key: Any) -> None:
        """Note the row at a place, unless another is near."""
        if place - self.before(place)[0] > STEP:
            nth = bisect_right(self.places, place)
            self.places.insert(nth, place)
            self.keys.insert(nth, key)


def page(name: Hashable, skip: int, read: Callable[[Any, int], list[Row]], key: Callable[[Row], Any]) -> list[Row]:
    """Return the rows behind the first `skip` of a list.

    `read` gives the rows from a key on, None being the first's, behind so many more; `key` is a row's own.
    """
    if skip <= STEP:
        return read(None, skip)
    stood = kept.standing()
    known = kept.until_written(name, Landmarks, shelf=SHELF)
    place, begin = known.before(skip)
    rows = read(begin, skip - place)
    if kept.standing(anew=True) != stood:
        return read(None, skip)
    if rows:
        known.note(skip, key(rows[0]))
    return rows
