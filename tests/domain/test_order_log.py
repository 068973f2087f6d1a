"""Any earlier order can be had back from what the audit keeps of its changes (D10)."""

import json
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests import factories
from tests.statements import counted
from webapp.domain import items, order_log
from webapp.domain.models import AuditEntry
from webapp.domain.transaction import transaction
from webapp.infra.db import db

CHANGES = st.lists(
    st.tuples(st.sampled_from(["move", "block", "reorder", "add", "trash", "restore"]), st.integers(0, 99)),
    min_size=1,
    max_size=14,
)
MANY = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def make(ed, pictures):
    with transaction():
        return factories.gallery(ed, pictures=pictures).id


def change(gallery_id, ed, verb, number):
    """Do something to the order; what makes no sense by now is left out."""
    with transaction():
        living = items.ids_in_order(gallery_id)
        chosen = living[number % 3 :: 3] if verb in ("block", "trash") else living[number % max(len(living), 1) :][:1]
        others = [item_id for item_id in living if item_id not in chosen]
        if verb in ("move", "block") and chosen and others:
            items.move(gallery_id, chosen, before=others[number % len(others)], actor=ed)
        elif verb == "reorder" and living:
            items.reorder(gallery_id, sorted(living, key=lambda item_id: (item_id.int * (number + 1)) % 97), actor=ed)
        elif verb == "add":
            items.add(gallery_id, [factories.picture().id], actor=ed, place="top" if number % 2 else "end")
        elif verb == "trash" and chosen:
            items.trash(gallery_id, chosen, actor=ed)
        elif verb == "restore" and (trashed := items.trashed(gallery_id)):
            items.restore(gallery_id, [item.id for item in trashed[:2]], actor=ed)


def entries(gallery_id):
    db.session.rollback()
    found = select(AuditEntry).where(AuditEntry.gallery_id == gallery_id, AuditEntry.verb.startswith("item."))
    return list(db.session.scalars(found.order_by(AuditEntry.id)))


@MANY
@given(changes=CHANGES)
def test_d10_every_earlier_order_is_known(ed, changes):
    gallery_id = make(ed, 7)
    orders = {len(entries(gallery_id)): factories.order(gallery_id)}
    for verb, number in changes:
        change(gallery_id, ed, verb, number)
        orders[len(entries(gallery_id))] = factories.order(gallery_id)

    known, order = entries(gallery_id), factories.order(gallery_id)
    for count in range(len(known), min(orders), -1):
        order = order_log.undo(order, known[count - 1].verb, known[count - 1].changes)
        assert order == orders.get(count - 1, order)
    assert order == orders[min(orders)]


@pytest.mark.parametrize(
    ("verb", "changes"),
    [
        ("item.move", {"items": [None, [str(UUID(int=1))]]}),
        ("item.reorder", {"items": [None, 3]}),
        ("item.reorder", {"order": ["places:not packed at all", None]}),
        ("item.reorder", {"order": [order_log.dealt([UUID(int=1)], [UUID(int=1)]), None]}),
        ("item.add", {"items": [None, [str(UUID(int=99))]]}),
        ("item.trash", {"order": [[[str(UUID(int=99)), str(UUID(int=98))]], None]}),
    ],
)
def test_an_order_that_cannot_be_known_is_not_guessed(verb, changes):
    assert order_log.undo([UUID(int=1), UUID(int=2)], verb, changes) is None


def test_an_order_of_all_is_kept_whole():
    order = [uuid4() for _ in range(5)]

    assert order_log.undo([], "gallery.restore", {"order": [order_log.whole(order), None]}) == order


def test_what_is_kept_of_a_reversal_of_many_is_small():
    order = [uuid4() for _ in range(5000)]

    assert len(json.dumps(order_log.dealt(order, order[::-1]))) < 200


def test_items_that_an_order_does_not_name_stay_behind_whom_they_follow():
    a, b, c, new, first = (UUID(int=number) for number in range(1, 6))

    assert order_log.like([first, a, new, b, c], [c, UUID(int=9), a, b]) == [first, c, a, new, b]


def test_where_items_stand_is_one_statement_for_one_or_thirty(ed):
    counts = []
    for pictures in (2, 31):
        gallery_id = make(ed, pictures)
        order = factories.order(gallery_id)
        with counted() as sent:
            runs = order_log.places(gallery_id, order[1:])
        counts.append(len(sent))
        assert runs == [[str(order[0]), *map(str, order[1:])]]

    assert counts == [1, 1]


def test_d10_a_revision_is_kept_before_several_items_are_removed_and_none_before_one(ed):
    from webapp.domain import revisions, snapshots

    gallery_id = make(ed, 4)
    order = factories.order(gallery_id)
    with transaction():
        items.trash(gallery_id, order[:1], actor=ed)
    assert revisions.all_of(gallery_id) == []
    with transaction():
        items.trash(gallery_id, order[1:3], actor=ed)

    (kept,) = revisions.all_of(gallery_id)
    assert kept.reason == "before removal"
    assert [each["id"] for each in snapshots.unpack(kept.snapshot)["items"]] == [str(each) for each in order[1:]]
