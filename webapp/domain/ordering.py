"""The order of what is in a gallery: sparse float keys, the highest shown first (D1).

A row stands where its key says, so a move writes the moved rows and no others: `place` gives them keys
between those of their new neighbours, and spreads a few neighbours too where floats have run out.

Callers hold the lock of the gallery's row from reading keys until writing them. Rows in the trash keep their
keys and are neighbours like all others (D4). A function that answers None says that there is no room, for
want of floats or of range; `place` always finds some.
"""

import math
from collections.abc import Container, Hashable, Iterable, Iterator, Sequence
from itertools import filterfalse, islice, pairwise
from typing import Final, TypeAlias, TypeVar

MAX_KEY: Final = 1e15  # out there a gap still holds seven more keys
GAP: Final = 1.0  # one second, where keys are times of creation
ELBOW_ROOM: Final = 8  # floats between rows that were spread, good for three halvings

Id = TypeVar("Id", bound=Hashable)
Row: TypeAlias = tuple[Id, float]


def check_key(key: float) -> float:
    """Return a given key bit for bit, but minus zero (SQLite drops the sign) as zero. Raises ValueError."""
    if not -MAX_KEY <= key <= MAX_KEY:
        raise ValueError(f"A sort order is a number from -{MAX_KEY:.0f} to {MAX_KEY:.0f}.")
    return float(key) + 0.0


def place(
    moving: Sequence[Id], *, above: Iterable[Row[Id]], below: Iterable[Row[Id]], epoch: float = -MAX_KEY
) -> dict[Id, float]:
    """Return the keys to write so that `moving` stands, in its order, between the rows above and below.

    Both sides come nearest first and are read no further than needed; where one ends, the gallery ends. Rows
    that move are passed over in them. With room, one row a side is read and only `moving` is written;
    without, the nearest rows are spread as well, twice as many each time, until all have elbow room.
    `epoch` is what `above` makes of it, and counts only at the top of the gallery.
    """
    moved = set(moving)
    rows_up, rows_down = (filterfalse(lambda row: row[0] in moved, side) for side in (above, below))
    read_up: list[Row[Id]] = []
    read_down: list[Row[Id]] = []
    reach = 0
    while True:
        near_up, upper = _within(reach, rows_up, read_up)
        near_down, lower = _within(reach, rows_down, read_down)
        window = [*reversed(near_up), *((row, None) for row in moving), *near_down]
        keys = between(upper, lower, len(window), epoch=epoch)
        if keys is not None and (reach == 0 or _is_roomy(upper, lower, len(window))):
            return {row: key for (row, old), key in zip(window, keys, strict=True) if key != old}
        reach = 2 * reach or 1


def permute(rows: Sequence[Row[Id]]) -> dict[Id, float]:
    """Return the keys to write so that rows, given with their keys in the order wanted, are shown so.

    Their own keys are dealt anew: a row that stays keeps its key, and so do rows not given (the trash).
    """
    keys = sorted((key for _, key in rows), reverse=True)
    return {row: key for (row, old), key in zip(rows, keys, strict=True) if key != old}


def nudge(key: float, taken: Container[float]) -> float:
    """Return `key`, or where it is taken the next free one below; above it only if none is below."""
    while key in taken and key > -MAX_KEY:
        key = math.nextafter(key, -math.inf)
    while key in taken:
        key = math.nextafter(key, math.inf)
    return key


def fresh(count: int, *, above: float | None = None) -> list[float] | None:
    """Return keys for an order written anew, highest first, all above a key that is in use (D5)."""
    return between(None, above, count)


def between(upper: float | None, lower: float | None, count: int, *, epoch: float = -MAX_KEY) -> list[float] | None:
    """Return keys spread evenly between two others, highest first; a None is an open end."""
    if upper is None:
        return above(lower, count, epoch=epoch)
    if lower is None:
        return below(upper, count)
    step = (upper - lower) / (count + 1)
    keys = [upper - step * nth for nth in range(1, count + 1)]
    return keys if all(higher > key for higher, key in pairwise([upper, *keys, lower])) else None


def above(first: float | None, count: int, *, epoch: float) -> list[float] | None:
    """Return keys above the first one, highest first: down from `epoch` (seconds) if that is high enough."""
    return _ladder(max(check_key(epoch), 0.0 if first is None else first + count * GAP), count)


def below(last: float | None, count: int) -> list[float] | None:
    """Return keys below the last one, highest first; an empty gallery starts at zero."""
    return _ladder(0.0 if last is None else last - GAP, count)


def _ladder(top: float, count: int) -> list[float] | None:
    """Return keys a gap apart, from `top` downwards."""
    if top > MAX_KEY or top - (count - 1) * GAP < -MAX_KEY:
        return None
    return [top - nth * GAP for nth in range(count)]


def _within(reach: int, rows: Iterator[Row[Id]], read: list[Row[Id]]) -> tuple[list[Row[Id]], float | None]:
    """Read on as far as needed; return the rows within reach and the key that bounds them, if one does."""
    read += islice(rows, reach + 1 - len(read))
    return read[:reach], read[reach][1] if len(read) > reach else None


def _is_roomy(upper: float | None, lower: float | None, count: int) -> bool:
    """Tell whether so many keys between the two have elbow room; at an open end they always have."""
    if upper is None or lower is None:
        return True
    return (upper - lower) / (count + 1) >= ELBOW_ROOM * math.ulp(max(upper, -lower))
