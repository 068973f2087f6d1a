"""The audit: who did what, in the transaction of the change, in words and as plain values."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests import factories
from webapp.domain import audit, items
from webapp.domain.models import AuditEntry
from webapp.domain.permissions import system
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db


def entries():
    db.session.rollback()
    return list(db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_an_entry_says_who_by_which_door_and_what_changed(ed):
    thing, other, moment = uuid4(), uuid4(), now()
    changes = {"cover_media_id": (None, other), "publish_at": (moment, None), "slug": ("a", "b")}
    with transaction():
        audit.record(replace(ed, door="cms"), "gallery.update", "gallery", thing, changes=changes, gallery_id=thing)

    (entry,) = entries()
    assert (entry.user_id, entry.key_id, entry.door) == (ed.id, None, "cms")
    assert (entry.verb, entry.thing, entry.thing_id, entry.gallery_id) == (
        "gallery.update",
        "gallery",
        str(thing),
        thing,
    )
    assert entry.changes == {
        "cover_media_id": [None, str(other)],
        "publish_at": [moment.isoformat(), None],
        "slug": ["a", "b"],
    }


def test_a_change_that_is_rolled_back_has_no_entry(ed):
    def fail():
        with transaction():
            audit.record(ed, "x", "gallery", uuid4())
            db.session.flush()
            raise KeyError("half-way")

    with pytest.raises(KeyError):
        fail()
    assert entries() == []


def test_who_changed_a_thing_last_is_known_by_name(ed):
    thing = uuid4()
    assert audit.latest("gallery", thing) is None
    with transaction():
        audit.record(ed, "gallery.update", "gallery", thing)
    assert audit.latest("gallery", thing)[0] == "Ed"
    with transaction():
        audit.record(system("cli"), "gallery.update", "gallery", thing)
    assert audit.latest("gallery", thing)[0] == ""


def test_who_changed_the_order_is_said_in_a_sentence(ed):
    with transaction():
        gallery = factories.gallery(ed)
    assert audit.who_changed_the_order(gallery.id) == "Somebody else changed the order since you opened it."
    with transaction():
        factories.fill(gallery, 3, by=ed)
    assert audit.who_changed_the_order(gallery.id) == "Ed added 3 items since you opened this."
    order = items.ids_in_order(gallery.id)
    with transaction():
        items.move(gallery.id, [order[2]], place="top", actor=system("cms"))
    assert audit.who_changed_the_order(gallery.id) == "A program moved an item since you opened this."
