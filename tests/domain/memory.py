"""A gallery in memory that reads and writes keys as the domain does with its rows."""

import math
from collections.abc import Iterable, Iterator

from webapp.domain.ordering import MAX_KEY, nudge, place


def up(key: float) -> float:
    """The next float above."""
    return math.nextafter(key, math.inf)


def down(key: float) -> float:
    """The next float below."""
    return math.nextafter(key, -math.inf)


def adjacent(top: float, count: int) -> list[float]:
    """Keys with no float between them."""
    keys = [top]
    while len(keys) < count:
        keys.append(down(keys[-1]))
    return keys


class Gallery:
    """Rows with keys, some of them in the trash; it counts what is read and keeps what was written last."""

    def __init__(self, keys: Iterable[float] = ()) -> None:
        self.keys = dict(enumerate(keys))
        self.trash: set[int] = set()
        self.read = 0
        self.written: dict[int, float] = {}
        self._ever = len(self.keys)

    def rows(self) -> list[tuple[int, float]]:
        return sorted(self.keys.items(), key=lambda row: (row[1], row[0]), reverse=True)

    def order(self) -> list[int]:
        return [row for row, _ in self.rows()]

    def shown(self) -> list[int]:
        return [row for row in self.order() if row not in self.trash]

    def new(self, count: int = 1) -> list[int]:
        self._ever += count
        return list(range(self._ever - count, self._ever))

    def put(self, moving: list[int], slot: int, *, epoch: float = -MAX_KEY) -> None:
        """Places rows between those above and those below a slot, 0 being the top."""
        rows = self.rows()
        self.read = 0
        above, below = self._reading(reversed(rows[:slot])), self._reading(rows[slot:])
        self.write(place(moving, above=above, below=below, epoch=epoch))

    def write(self, keys: dict[int, float]) -> None:
        self.written = keys
        self.keys |= keys

    def restore(self, row: int) -> None:
        taken = {key for other, key in self.keys.items() if other != row}
        self.write({row: nudge(self.keys[row], taken)})
        self.trash.discard(row)

    def _reading(self, rows: Iterable[tuple[int, float]]) -> Iterator[tuple[int, float]]:
        for row in rows:
            self.read += 1
            yield row
