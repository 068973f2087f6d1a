"""Order, edge by edge: keys at the ends and between others, rows put in their place, and what was decided."""

import math
import struct
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.memory import Gallery, adjacent, down, up
from webapp.domain.ordering import GAP, MAX_KEY, above, below, between, check_key, fresh, nudge, permute, place

SECONDS = 1644317968.985  # keys as clients of the Wix dialect send them
MILLISECONDS = 1642505672333.0
TINY = 5e-324  # the least float above zero

seeded = settings(derandomize=True, deadline=None, database=None)


# Given keys


@pytest.mark.parametrize(
    "key", [0.0, SECONDS, MILLISECONDS, 1563813116.8060222, MAX_KEY, -MAX_KEY, TINY, -TINY, 0.1 + 0.2]
)
def test_d01_given_key_is_kept_bit_for_bit(key: float) -> None:
    assert struct.pack("<d", check_key(key)) == struct.pack("<d", key)


@pytest.mark.parametrize("key", [math.nan, math.inf, -math.inf, up(MAX_KEY), down(-MAX_KEY), 1e308, 10**400])
def test_d01_key_that_is_no_place_is_refused(key: float) -> None:
    with pytest.raises(ValueError, match="from -1000000000000000 to 1000000000000000"):
        check_key(key)


def test_check_key_makes_minus_zero_zero() -> None:
    assert math.copysign(1, check_key(-0.0)) == 1


def test_check_key_makes_whole_numbers_floats() -> None:
    assert type(check_key(1642505672333)) is float


# Keys at the ends


@pytest.mark.parametrize(
    ("last", "count", "keys"),
    [
        (None, 3, [0.0, -1.0, -2.0]),
        (-2.0, 2, [-3.0, -4.0]),
        (SECONDS, 1, [SECONDS - 1]),
        (MILLISECONDS, 2, [MILLISECONDS - 1, MILLISECONDS - 2]),
        (TINY, 1, [-1.0]),
        (-0.0, 1, [-1.0]),
        (MAX_KEY, 1, [MAX_KEY - 1]),
        (1 - MAX_KEY, 1, [-MAX_KEY]),
        (1 - MAX_KEY, 2, None),
        (-MAX_KEY, 1, None),
        (-MAX_KEY, 0, []),
    ],
)
def test_below_goes_down_by_gaps(last: float | None, count: int, keys: list[float] | None) -> None:
    assert below(last, count) == keys


@pytest.mark.parametrize(
    ("first", "count", "epoch", "keys"),
    [
        (None, 1, SECONDS, [SECONDS]),
        (None, 3, 1000.5, [1000.5, 999.5, 998.5]),
        (-5.0, 2, SECONDS, [SECONDS, SECONDS - 1]),
        (998.0, 2, 1000.0, [1000.0, 999.0]),
        (999.5, 1, 1000.0, [1000.5]),
        (1000.0, 2, 1000.0, [1002.0, 1001.0]),
        (MILLISECONDS, 1, SECONDS, [MILLISECONDS + 1]),
        (None, 2, -MAX_KEY, [0.0, -1.0]),
        (MAX_KEY - 1, 1, SECONDS, [MAX_KEY]),
        (MAX_KEY - 1, 2, SECONDS, None),
        (MAX_KEY, 1, SECONDS, None),
        (MAX_KEY, 0, SECONDS, []),
    ],
)
def test_above_starts_at_the_epoch_or_above_the_first(
    first: float | None, count: int, epoch: float, keys: list[float] | None
) -> None:
    assert above(first, count, epoch=epoch) == keys


@pytest.mark.parametrize("epoch", [math.nan, math.inf, 2e15])
def test_above_refuses_an_epoch_that_is_no_key(epoch: float) -> None:
    with pytest.raises(ValueError, match="sort order"):
        above(None, 1, epoch=epoch)


@seeded
@given(st.floats(-MAX_KEY, MAX_KEY), st.integers(0, 50), st.floats(-MAX_KEY, MAX_KEY))
def test_keys_at_the_ends_are_distinct_and_outside(key: float, count: int, epoch: float) -> None:
    up_there = above(key, count, epoch=epoch) or []
    down_there = below(key, count) or []
    chain = [*up_there, key, *down_there]
    assert all(higher > lower for higher, lower in pairwise(chain))
    assert all(abs(each) <= MAX_KEY for each in chain)


def test_fresh_starts_at_zero_or_above_all_others() -> None:
    assert fresh(3) == [0.0, -1.0, -2.0]
    assert fresh(3, above=SECONDS) == [SECONDS + 3, SECONDS + 2, SECONDS + 1]
    assert fresh(0, above=MAX_KEY) == []
    assert fresh(1, above=MAX_KEY) is None


# Keys between two others


@pytest.mark.parametrize(
    ("upper", "lower", "count", "keys"),
    [
        (3.0, 1.0, 1, [2.0]),
        (4.0, 0.0, 3, [3.0, 2.0, 1.0]),
        (None, None, 2, [0.0, -1.0]),
        (None, -7.0, 2, [-5.0, -6.0]),
        (-7.0, None, 2, [-8.0, -9.0]),
        (MAX_KEY, -MAX_KEY, 1, [0.0]),
        (MAX_KEY, MAX_KEY - 1, 7, [MAX_KEY - nth / 8 for nth in range(1, 8)]),
        (MAX_KEY, MAX_KEY - 1, 8, None),
        (-MAX_KEY, None, 1, None),
        (None, MAX_KEY, 1, None),
        (up(1.0), 1.0, 1, None),
        (up(1.0), down(1.0), 1, [1.0]),
        (TINY, 0.0, 1, None),
        (TINY, -TINY, 1, [0.0]),
        (2 * TINY, 0.0, 1, [TINY]),
        (0.0, -0.0, 1, None),
        (1.0, 1.0, 1, None),
        (2.0, 1.0, 0, []),
    ],
)
def test_between_spreads_evenly_while_floats_last(
    upper: float | None, lower: float | None, count: int, keys: list[float] | None
) -> None:
    assert between(upper, lower, count) == keys


@pytest.mark.parametrize(("lower", "halvings"), [(1.0, 52), (SECONDS, 22), (MILLISECONDS, 12)])
def test_between_halves_a_gap_as_often_as_floats_allow(lower: float, halvings: int) -> None:
    upper, done = lower + GAP, 0
    while keys := between(upper, lower, 1):
        upper, done = keys[0], done + 1
    assert done == halvings


@seeded
@given(st.floats(-MAX_KEY, MAX_KEY), st.floats(-MAX_KEY, MAX_KEY), st.integers(1, 200))
def test_between_fails_only_where_an_even_step_is_no_float(one: float, other: float, count: int) -> None:
    upper, lower = max(one, other), min(one, other)
    keys = between(upper, lower, count)
    if keys is None:
        assert (upper - lower) / (count + 1) <= math.ulp(max(upper, -lower))
    else:
        assert len(keys) == count
        assert all(higher > key for higher, key in pairwise([upper, *keys, lower]))


# Placing rows


@pytest.mark.parametrize("count", [1, 3, 200])
@pytest.mark.parametrize("slot", [1, 5000, 9999])
def test_place_in_a_gallery_of_10000_reads_two_rows_and_writes_what_moves(slot: int, count: int) -> None:
    gallery = Gallery(MILLISECONDS - nth for nth in range(10_000))
    moving = gallery.new(count)
    gallery.put(moving, slot)
    assert (gallery.read, list(gallery.written)) == (2, moving)
    assert gallery.order()[slot : slot + count] == moving


@pytest.mark.parametrize(("slot", "key"), [(0, 1.0), (3, -3.0)])
def test_place_at_an_end_reads_one_row(slot: int, key: float) -> None:
    gallery = Gallery([0.0, -1.0, -2.0])
    gallery.put([7], slot)
    assert (gallery.read, gallery.written) == (1, {7: key})


def test_place_in_an_empty_gallery_starts_at_zero() -> None:
    assert place("abc", above=(), below=()) == {"a": 0.0, "b": -1.0, "c": -2.0}


def test_place_of_nothing_writes_nothing() -> None:
    assert place([], above=[("a", 1.0)], below=[("b", 0.0)]) == {}


def test_place_gathers_scattered_rows_in_the_order_given() -> None:
    gallery = Gallery([0.0, -1.0, -2.0, -3.0, -4.0, -5.0])
    gallery.put([4, 0, 2], gallery.order().index(2))
    assert gallery.order() == [1, 4, 0, 2, 3, 5]
    assert set(gallery.written) == {4, 0, 2}


def test_place_spreads_the_nearest_rows_where_floats_have_run_out() -> None:
    gallery = Gallery([9.0, 8.0, *adjacent(7.0, 2), 6.0, 5.0])
    gallery.put([99], 3)
    assert gallery.written == {2: 7.5, 99: 7.0, 3: 6.5}
    assert gallery.order() == [0, 1, 2, 99, 3, 4, 5]


def test_place_writes_no_row_whose_key_the_spreading_leaves() -> None:
    gallery = Gallery([8.0, 6.0, down(6.0), 2.0])
    gallery.put([99], 2)
    assert gallery.written == {1: 6.5, 99: 5.0, 2: 3.5}
    gallery = Gallery([8.0, 6.5, down(6.5), 2.0])
    gallery.put([99], 2)
    assert gallery.written == {99: 5.0, 2: 3.5}


@pytest.mark.parametrize("middle", [MILLISECONDS, -MILLISECONDS, 2.0**40, -(2.0**40)])
@pytest.mark.parametrize(("floats", "spread"), [(4 * 8, 2), (4 * 8 - 1, 4)])
def test_place_spreads_further_until_rows_stand_eight_floats_apart(middle: float, floats: int, spread: int) -> None:
    ulp = math.ulp(MILLISECONDS)  # on the far side of 2**40; on the near side floats stand twice as close
    top = middle + 8 * ulp
    bottom = top - floats * ulp
    gallery = Gallery([top + 9, top, *adjacent(top - 3 * ulp, 2), bottom, bottom - 9])
    gallery.put([99], 3)
    assert len(gallery.written) == 1 + spread
    assert gallery.order() == [0, 1, 2, 99, 3, 4, 5]


def test_place_doubles_its_reach() -> None:
    gallery = Gallery([*range(90, 70, -1), *adjacent(70.0, 6), *range(60, 40, -1)])
    gallery.put([99], 23)
    assert gallery.read == 2 * (4 + 1)
    assert set(gallery.written) == {*range(19, 27), 99}


def test_place_leaves_room_for_three_more_in_each_slot_it_spreads() -> None:
    gallery = Gallery([MILLISECONDS + 9, *adjacent(MILLISECONDS + 8, 8), MILLISECONDS, MILLISECONDS - 1])
    gallery.put(gallery.new(), 5)
    spread = set(gallery.written)
    assert len(spread) > 1
    for row in spread:
        for _ in range(3):
            gallery.put(gallery.new(), gallery.order().index(row))
            assert len(gallery.written) == 1


@pytest.mark.parametrize("keys", [adjacent(MAX_KEY, 40), adjacent(-MAX_KEY + 5, 41), [MAX_KEY, -MAX_KEY]])
@pytest.mark.parametrize("slot", [0, 1, -1, None])
def test_place_finds_room_at_both_ends_of_the_range(keys: list[float], slot: int | None) -> None:
    gallery = Gallery(keys)
    order = gallery.order()
    where = len(order) if slot is None else range(len(order))[slot]
    gallery.put([99], where)
    assert gallery.order() == [*order[:where], 99, *order[where:]]
    assert all(abs(key) <= MAX_KEY for key in gallery.keys.values())


def test_place_writes_a_whole_gallery_without_room_once() -> None:
    gallery = Gallery(adjacent(MILLISECONDS, 10_000))
    gallery.put(gallery.new(), 5000)
    assert len(gallery.written) == 10_001
    for _ in range(12):
        gallery.put(gallery.new(), 5000)
        assert len(gallery.written) == 1


def test_place_parts_rows_that_have_one_key() -> None:
    gallery = Gallery([5.0, 4.0, 4.0, 3.0])
    gallery.put([99], 2)
    assert gallery.order() == [0, 2, 99, 1, 3]
    assert len(set(gallery.keys.values())) == 5


def test_place_spreads_few_rows_however_often_one_slot_is_hit() -> None:
    gallery = Gallery(MILLISECONDS - nth for nth in range(1000))
    spread = []
    for _ in range(600):
        gallery.put(gallery.new(), 500)
        spread.append(len(gallery.written) - 1)
    assert gallery.order()[500:1100] == list(range(1599, 999, -1))
    assert sum(spread) / len(spread) < 4
    assert max(spread) <= 128
    assert sum(map(bool, spread)) < 600 / 5


@seeded
@given(
    st.lists(st.floats(-MAX_KEY, MAX_KEY) | st.integers(-40, 40).map(lambda n: n * TINY), unique=True),
    st.integers(0, 10**6),
    st.integers(0, 20),
    st.sampled_from([-MAX_KEY, SECONDS]),
)
def test_place_keeps_the_order_of_any_keys(keys: list[float], at: int, count: int, epoch: float) -> None:
    gallery = Gallery(keys)
    order, moving = gallery.order(), gallery.new(count)
    slot = at % (len(order) + 1)
    gallery.put(moving, slot, epoch=epoch)
    assert gallery.order() == [*order[:slot], *moving, *order[slot:]]
    assert len(set(gallery.keys.values())) == len(keys) + count


# Decisions


def test_d01_highest_key_is_shown_first_and_keys_stay_distinct() -> None:
    gallery = Gallery()
    for slot in (0, 0, 2, 1, 1):
        gallery.put(gallery.new(), slot)
    keys = [key for _, key in gallery.rows()]
    assert gallery.shown() == [1, 4, 3, 0, 2]
    assert all(higher > key for higher, key in pairwise(keys))


def test_d01_full_reorder_deals_the_same_keys_and_writes_only_what_changes() -> None:
    gallery = Gallery([SECONDS, MILLISECONDS, 5.0, 0.0, -1.0])
    before = sorted(gallery.keys.values())
    gallery.write(permute([(row, gallery.keys[row]) for row in (1, 2, 0, 3, 4)]))
    assert gallery.shown() == [1, 2, 0, 3, 4]
    assert sorted(gallery.keys.values()) == before
    assert set(gallery.written) == {0, 2}


def test_d01_reorder_to_the_same_order_writes_nothing() -> None:
    assert permute([("a", 3.0), ("b", 2.0), ("c", -1.0)]) == {}


@pytest.mark.parametrize("keys", [[], [0.0, -1.0], [SECONDS], [MILLISECONDS, SECONDS], [1 - MAX_KEY]])
def test_d02_appended_rows_stand_at_the_bottom_in_the_order_given(keys: list[float]) -> None:
    gallery = Gallery(keys)
    order, appended = gallery.order(), gallery.new(3)
    gallery.put(appended, len(order))
    assert gallery.order() == order + appended


@pytest.mark.parametrize("keys", [[], [0.0, -1.0], [SECONDS - 60], [SECONDS], [MILLISECONDS], [MAX_KEY]])
def test_d02_rows_without_a_key_of_their_own_come_to_the_top_first_item_highest(keys: list[float]) -> None:
    gallery = Gallery(keys)
    order, created = gallery.order(), gallery.new(3)
    gallery.put(created, 0, epoch=SECONDS)
    assert gallery.order() == created + order


@pytest.mark.parametrize("keys", [[], [0.0, -1.0], [SECONDS - 1]])
def test_d02_row_that_comes_to_the_top_has_its_time_as_key(keys: list[float]) -> None:
    gallery = Gallery(keys)
    gallery.put([9], 0, epoch=SECONDS)
    assert gallery.written == {9: SECONDS}


def test_d04_row_in_the_trash_comes_back_to_its_place() -> None:
    gallery = Gallery([2.0, 1.0, 0.0])
    gallery.trash.add(1)
    gallery.put([0], 3)
    gallery.restore(1)
    assert gallery.shown() == [1, 2, 0]
    assert gallery.keys[1] == 1.0


def test_d04_row_in_the_trash_counts_when_rows_are_spread() -> None:
    gallery = Gallery(adjacent(MILLISECONDS, 5))
    gallery.trash |= {1, 3}
    gallery.put([9], 2)
    assert gallery.shown() == [0, 9, 2, 4]
    gallery.restore(3)
    gallery.restore(1)
    assert gallery.shown() == [0, 1, 9, 2, 3, 4]


def test_d04_row_whose_key_has_been_taken_comes_back_just_below() -> None:
    gallery = Gallery([3.0, 2.0, 1.0])
    gallery.trash.add(1)
    gallery.keys[9] = 2.0
    gallery.restore(1)
    assert gallery.shown() == [0, 9, 1, 2]
    assert gallery.written == {1: down(2.0)}


@pytest.mark.parametrize(
    ("key", "taken", "free"),
    [
        (SECONDS, [], SECONDS),
        (SECONDS, [up(SECONDS), down(SECONDS)], SECONDS),
        (SECONDS, adjacent(SECONDS, 3), adjacent(SECONDS, 4)[-1]),
        (0.0, [-0.0], -TINY),
        (-0.0, [0.0], -TINY),
        (MAX_KEY, [MAX_KEY], down(MAX_KEY)),
        (-MAX_KEY, [-MAX_KEY], up(-MAX_KEY)),
        (up(-MAX_KEY), adjacent(up(-MAX_KEY), 2), up(up(-MAX_KEY))),
    ],
)
def test_d04_nudge_finds_the_nearest_free_key(key: float, taken: list[float], free: float) -> None:
    assert nudge(key, set(taken)) == free
