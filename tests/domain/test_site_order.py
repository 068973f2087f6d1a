"""The order of galleries on the site (D5): set by hand, never two at one place, and never over somebody's head."""

import pytest

from tests import factories
from tests.races import race
from webapp.domain import cloning, galleries, listing, site_order
from webapp.domain.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.domain.transaction import transaction
from webapp.infra.db import db


@pytest.fixture
def four(ed):
    """Four galleries, the first three with places."""
    with transaction():
        made = [factories.gallery(ed, title).id for title in ("One", "Two", "Three", "Four")]
        site_order.add(made[:3], actor=ed)
    return made


def order():
    db.session.rollback()
    return [row.title for row in listing.placed()]


def move(numbers, known, ed):
    with transaction():
        site_order.move(numbers, known=known, actor=ed)


def test_d05_galleries_get_places_at_the_end_in_the_order_they_are_named(ed, four):
    with transaction():
        site_order.add([four[3], four[0]], actor=ed)

    assert order() == ["One", "Two", "Three", "Four"]


@pytest.mark.parametrize(
    ("numbers", "after"),
    [
        ({2: 1}, ["Three", "One", "Two"]),
        ({0: 99}, ["Two", "Three", "One"]),
        ({0: 2, 1: 2}, ["Two", "One", "Three"]),
        ({0: 1}, ["One", "Two", "Three"]),
        ({}, ["One", "Two", "Three"]),
    ],
)
def test_d05_galleries_are_put_at_numbers(ed, four, numbers, after):
    move({four[each]: number for each, number in numbers.items()}, four[:3], ed)

    assert order() == after


def test_d05_a_reorder_writes_fresh_keys_above_all_others(ed, four):
    before = [galleries.get(each).sort_order for each in four[:3]]
    move({four[2]: 1}, four[:3], ed)
    db.session.rollback()

    assert min(galleries.get(each).sort_order for each in four[:3]) > max(before)


def test_d05_an_order_that_somebody_changed_meanwhile_is_a_conflict(ed, four):
    move({four[2]: 1}, four[:3], ed)

    with pytest.raises(Conflict) as refused:
        move({four[0]: 3}, four[:3], ed)
    assert refused.value.code == "order_changed"
    assert order() == ["Three", "One", "Two"]


def test_d05_two_who_move_at_once_do_not_undo_each_other(domain, ed, four):
    def attempt(numbers):
        try:
            move(numbers, four[:3], ed)
        except Conflict:
            return "conflict"
        return "moved"

    outcomes = race(domain, lambda: attempt({four[2]: 1}), lambda: attempt({four[0]: 3}))

    assert sorted(outcomes) == ["conflict", "moved"]


def test_d05_a_gallery_is_taken_out_and_what_is_thrown_away_leaves_its_place(ed, four):
    with transaction():
        site_order.remove(four[0], actor=ed)
        galleries.trash(galleries.get(four[1]), actor=ed)

    assert order() == ["Three"]
    with transaction():
        site_order.remove(four[3], actor=ed)
    assert order() == ["Three"]


def test_d05_a_clone_of_a_placed_gallery_has_a_place_of_its_own(ed, four):
    with transaction():
        cloning.clone(galleries.get(four[1]), actor=ed)

    assert sorted(order()) == ["One", "Three", "Two", "Two"]


def test_the_site_s_order_is_the_editors(ed, four):
    with transaction():
        vi = factories.actor("Vi", "viewer")
    with pytest.raises(Forbidden):
        move({four[0]: 2}, four[:3], vi)
    with pytest.raises(NotFound), transaction():
        site_order.remove(ed.id, actor=ed)


def test_the_site_s_order_has_an_end(ed, four, monkeypatch):
    monkeypatch.setattr(site_order, "MOST", 3)
    with pytest.raises(Invalid), transaction():
        site_order.add([four[3]], actor=ed)


def test_d05_a_gallery_s_place_is_its_number_among_those_that_have_one(ed, four):
    move({four[2]: 1}, four[:3], ed)
    with transaction():
        galleries.trash(galleries.get(four[1]), actor=ed)

    assert [site_order.place(galleries.get(each)) for each in (four[2], four[0], four[3])] == [(1, 2), (2, 2), None]
