"""Order, any history of a gallery: after every step it shows what a plain list says."""

import math
import random
from collections.abc import Callable
from itertools import groupby

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.domain.memory import Gallery, adjacent, down, up
from webapp.domain.ordering import MAX_KEY, between, check_key, permute

SECONDS, MILLISECONDS = 1644317968.985, 1642505672333.0

places = st.integers(0, 10**6)  # taken modulo what there is
few = st.integers(1, 4)
picks = st.lists(places, min_size=1, max_size=4)
tops = st.sampled_from([0.0, SECONDS, MILLISECONDS, MAX_KEY, 5 - MAX_KEY])


class History(RuleBasedStateMachine):
    """`line` is the order that is due: every row, those in the trash too; the keys are never asked for it."""

    def __init__(self) -> None:
        super().__init__()
        self.gallery = Gallery()
        self.line: list[int] = []
        self.now = SECONDS

    # What a step needs

    def living(self) -> list[int]:
        return [row for row in self.line if row not in self.gallery.trash]

    def chosen(self, picked: list[int], rows: list[int]) -> list[int]:
        return list(dict.fromkeys(rows[pick % len(rows)] for pick in picked))

    def put(self, moving: list[int], slot: int, *, epoch: float = -MAX_KEY) -> None:
        """Moves or adds rows at a slot of the line, and looks at how many rows that writes."""
        head = [row for row in self.line[:slot] if row not in moving]
        tail = [row for row in self.line[slot:] if row not in moving]
        upper = self.gallery.keys[head[-1]] if head else None
        lower = self.gallery.keys[tail[0]] if tail else None
        room = between(upper, lower, len(moving), epoch=epoch) is not None
        self.gallery.put(moving, slot, epoch=epoch)
        self.line = [*head, *moving, *tail]
        if room:
            assert list(self.gallery.written) == moving
        else:
            assert set(moving) < set(self.gallery.written) <= set(self.line)
            event("rows spread beside those moved", len(self.gallery.written) - len(moving))

    def take_key(self, row: int, key: float) -> None:
        """Gives a row the key that a client chose; one that a living row has is refused (D6)."""
        key = check_key(key)
        if key in {self.gallery.keys[other] for other in self.living()}:
            return
        self.line = [other for other in self.line if other != row]
        self.line.insert(sum((self.gallery.keys[other], other) > (key, row) for other in self.line), row)
        self.gallery.write({row: key})

    # Steps

    @initialize(count=st.integers(0, 12), top=tops, dense=st.booleans())
    def begin(self, count: int, top: float, dense: bool) -> None:
        keys = adjacent(top, count + 1)[:count] if dense else [top - nth for nth in range(min(count, 5))]
        self.gallery = Gallery(keys)
        self.line = list(self.gallery.keys)

    @rule(count=few)
    def append(self, count: int) -> None:
        self.put(self.gallery.new(count), len(self.line))

    @rule(count=few)
    def insert_at_the_top(self, count: int) -> None:
        self.put(self.gallery.new(count), 0)

    @rule(count=few, later=st.sampled_from([0.0, 0.001, 1.0, 86400.0]))
    def create_without_a_key(self, count: int, later: float) -> None:
        self.now += later
        self.put(self.gallery.new(count), 0, epoch=self.now)

    @rule(count=few, place=places)
    def insert_at(self, count: int, place: int) -> None:
        self.put(self.gallery.new(count), place % (len(self.line) + 1))

    @rule(count=st.integers(1, 60), place=places)
    def crowd_one_slot(self, count: int, place: int) -> None:
        for row in self.gallery.new(count):
            self.put([row], place % (len(self.line) + 1))

    @rule(key=tops | st.floats(-MAX_KEY, MAX_KEY) | st.floats(1.6e9, 1.8e9) | st.integers(-3, 3))
    def create_with_a_key(self, key: float) -> None:
        self.take_key(*self.gallery.new(), key)

    @precondition(lambda self: self.line)
    @rule(place=places, step=st.sampled_from([up, down]))
    def create_with_a_key_next_to_another(self, place: int, step: Callable[[float], float]) -> None:
        key = step(self.gallery.keys[self.line[place % len(self.line)]])
        self.take_key(*self.gallery.new(), max(-MAX_KEY, min(MAX_KEY, key)))

    @precondition(lambda self: self.gallery.trash)
    @rule(picked=picks)
    def create_with_a_key_from_the_trash(self, picked: list[int]) -> None:
        for row in self.chosen(picked, sorted(self.gallery.trash)):
            self.take_key(*self.gallery.new(), self.gallery.keys[row])

    @precondition(living)
    @rule(picked=picks, key=tops | st.floats(-MAX_KEY, MAX_KEY))
    def change_a_key(self, picked: list[int], key: float) -> None:
        self.take_key(self.chosen(picked, self.living())[0], key)

    @precondition(living)
    @rule(picked=picks, anchor=places, after=st.booleans())
    def move_beside(self, picked: list[int], anchor: int, after: bool) -> None:
        moving = self.chosen(picked, self.living())
        (beside,) = self.chosen([anchor], self.living())
        self.put(moving, self.line.index(beside) + after)

    @precondition(living)
    @rule(picked=picks, top=st.booleans())
    def move_to_an_end(self, picked: list[int], top: bool) -> None:
        self.put(self.chosen(picked, self.living()), 0 if top else len(self.line))

    @precondition(living)
    @rule(picked=picks, place=places)
    def move_to_position(self, picked: list[int], place: int) -> None:
        moving = self.chosen(picked, self.living())
        others = [row for row in self.living() if row not in moving]
        position = place % (len(others) + 1)
        self.put(moving, self.line.index(others[position]) if others[position:] else len(self.line))
        assert self.gallery.shown()[position : position + len(moving)] == moving

    @precondition(living)
    @rule(picked=picks)
    def remove(self, picked: list[int]) -> None:
        self.gallery.trash.update(self.chosen(picked, self.living()))

    @precondition(lambda self: self.gallery.trash)
    @rule(picked=picks)
    def restore(self, picked: list[int]) -> None:
        (row, *_) = self.chosen(picked, sorted(self.gallery.trash))
        old = self.gallery.keys[row]
        taken = {key for other, key in self.gallery.keys.items() if other != row}
        self.gallery.restore(row)
        if old in taken:
            event("restored where the key was taken")
            self.stand_next_to(row, old, taken)

    def stand_next_to(self, row: int, old: float, taken: set[float]) -> None:
        """Looks whether a row came back as near to its old key as could be, below it if there is a below."""
        new = self.gallery.keys[row]
        while old != new:
            assert old in taken
            old = math.nextafter(old, new)
        self.line.remove(row)
        self.line.insert(sum(self.gallery.keys[other] > new for other in self.line), row)

    @precondition(lambda self: self.gallery.trash)
    @rule(picked=picks)
    def purge(self, picked: list[int]) -> None:
        for row in self.chosen(picked, sorted(self.gallery.trash)):
            self.gallery.trash.remove(row)
            self.line.remove(row)
            del self.gallery.keys[row]

    @rule(seed=places)
    def reorder(self, seed: int) -> None:
        living = self.living()
        wanted = random.Random(seed).sample(living, len(living))
        self.gallery.write(permute([(row, self.gallery.keys[row]) for row in wanted]))
        dealt = iter(wanted)
        line = [row if row in self.gallery.trash else next(dealt) for row in self.line]
        ties = groupby(line, key=self.gallery.keys.__getitem__)  # with rows of the trash whose key was taken
        self.line = [row for _, tied in ties for row in sorted(tied, reverse=True)]
        assert len(self.gallery.written) == sum(a != b for a, b in zip(living, wanted, strict=True))

    # What holds after each

    @invariant()
    def it_shows_what_the_list_says(self) -> None:
        assert self.gallery.shown() == self.living()
        assert self.gallery.order() == self.line

    @invariant()
    def keys_are_distinct_and_in_range(self) -> None:
        keys = [self.gallery.keys[row] for row in self.living()]
        assert len(set(keys)) == len(keys)
        assert all(-MAX_KEY <= key <= MAX_KEY for key in self.gallery.keys.values())


TestHistory = History.TestCase
TestHistory.settings = settings(
    derandomize=True, deadline=None, database=None, max_examples=250, stateful_step_count=40
)
