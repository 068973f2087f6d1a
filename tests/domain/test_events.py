"""Events in the outbox (D30, D31): one for each change that stays, in its transaction, with who made it."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from tests import factories
from webapp.domain import events, galleries, items
from webapp.domain.models import OutboxEvent
from webapp.domain.permissions import system
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db


def told(since=0):
    db.session.rollback()
    return list(db.session.scalars(select(OutboxEvent).where(OutboxEvent.id > since).order_by(OutboxEvent.id)))


def last():
    return told()[-1].id if told() else 0


def kinds(since=0):
    return [event.kind for event in told(since)]


def publish(actor, kind, entity_id, **payload):
    with transaction():
        events.publish(actor, kind, entity_id, **payload)


def test_d30_changes_that_nobody_was_told_of_are_one_event(ed):
    entity = uuid4()
    for _ in range(3):
        publish(ed, "gallery.updated", entity)

    assert kinds() == ["gallery.updated"]


def test_d30_a_change_after_a_creation_is_told_by_the_creation(ed):
    entity = uuid4()
    publish(ed, "gallery.created", entity)
    publish(ed, "gallery.updated", entity)

    assert kinds() == ["gallery.created"]


def test_d30_a_delivered_event_stands_for_nothing_more(ed):
    entity = uuid4()
    publish(ed, "gallery.updated", entity)
    with transaction():
        db.session.execute(update(OutboxEvent).values(delivered_at=now()))
    publish(ed, "gallery.updated", entity)

    assert kinds() == ["gallery.updated"] * 2


def test_d30_other_entities_and_deletions_do_not_coalesce(ed):
    entity = uuid4()
    for kind in ("gallery.updated", "gallery.deleted", "gallery.updated"):
        publish(ed, kind, entity)
    publish(ed, "gallery.updated", uuid4())

    assert kinds() == ["gallery.updated", "gallery.deleted", "gallery.updated", "gallery.updated"]


def test_d31_changes_of_two_people_are_two_events(ed):
    entity = uuid4()
    publish(ed, "gallery.updated", entity)
    publish(system("cli"), "gallery.updated", entity)

    assert [event.identity["type"] for event in told()] == ["USER", "SYSTEM"]


def test_d31_an_identity_names_the_key_the_person_or_vitrine(ed):
    key_id = uuid4()

    assert events.identify(replace(ed, key_id=key_id)) == {"type": "APP", "key": str(key_id)}
    assert events.identify(ed) == {"type": "USER", "user": str(ed.id)}
    assert events.identify(system("job")) == {"type": "SYSTEM"}


def test_d30_a_change_that_is_rolled_back_has_no_event(ed):
    def fail():
        with transaction():
            events.publish(ed, "gallery.updated", uuid4())
            db.session.flush()
            raise KeyError("half-way")

    with pytest.raises(KeyError):
        fail()
    assert told() == []


def test_d30_a_reorder_is_one_row(ed):
    with transaction():
        gallery = factories.gallery(ed, pictures=5)
    before, order = last(), items.ids_in_order(gallery.id)
    with transaction():
        items.reorder(gallery.id, order[::-1], actor=ed)

    (event,) = told(before)
    assert (event.kind, event.entity_id, event.gallery_id) == ("items.reordered", str(gallery.id), gallery.id)
    assert set(event.payload["ids"]) <= {str(item_id) for item_id in order}


def test_d30_a_deletion_of_several_is_one_row_and_of_one_its_own(ed):
    with transaction():
        gallery = factories.gallery(ed, pictures=4)
    before, order = last(), items.ids_in_order(gallery.id)
    with transaction():
        items.trash(gallery.id, order[:3], actor=ed)
    with transaction():
        items.trash(gallery.id, order[3:], actor=ed)

    several, one = told(before)
    assert (several.kind, several.payload["ids"]) == ("items.deleted", [str(item_id) for item_id in order[:3]])
    assert (one.kind, one.entity_id) == ("item.deleted", str(order[3]))


def test_d30_a_move_by_hand_is_one_item_updated_and_dropping_it_where_it_stands_is_none(ed):
    with transaction():
        gallery = factories.gallery(ed, pictures=3)
    with transaction():
        db.session.execute(update(OutboxEvent).values(delivered_at=now()))
    before, order = last(), items.ids_in_order(gallery.id)
    for _ in range(2):
        with transaction():
            items.move(gallery.id, [order[2]], place="top", actor=ed)

    assert [(event.kind, event.entity_id) for event in told(before)] == [("item.updated", str(order[2]))]


def test_d30_a_restored_gallery_is_created(ed):
    with transaction():
        gallery = factories.gallery(ed)
    with transaction():
        galleries.trash(galleries.get(gallery.id), actor=ed)
    before = last()
    with transaction():
        galleries.restore(galleries.find_trashed(gallery.id), actor=ed)

    assert kinds(before) == ["gallery.created"]


def test_every_kind_that_is_told_is_known(ed):
    with transaction():
        gallery = factories.gallery(ed, pictures=2)
        items.trash(gallery.id, items.ids_in_order(gallery.id), actor=ed)

    assert set(kinds()) <= set(events.KINDS)


def test_events_of_many_are_written_in_their_order_and_of_none_not_at_all(ed):
    ids = [uuid4() for _ in range(5)]
    with transaction():
        gallery = factories.gallery(ed)
    before = last()
    with transaction():
        events.publish_each(ed, "item.created", ids, gallery_id=gallery.id)
        events.publish_each(ed, "item.created", [], gallery_id=gallery.id)

    assert [event.entity_id for event in told(before)] == [str(each) for each in ids]
