"""What a webhook missed while it was disabled: sent when it is enabled again, once, in order, before what follows."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, update

from tests import factories
from tests.fixtures.app import on_sqlite
from tests.races import race
from webapp.domain import events, webhooks
from webapp.domain.delivering import fanning, log, missed
from webapp.domain.errors import Forbidden, NotFound
from webapp.domain.models import AuditEntry, Delivery, OutboxEvent, Webhook
from webapp.domain.permissions import system
from webapp.domain.transaction import transaction
from webapp.domain.webhooks import KINDS, Address, Outfit
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.outbound import Way

OUTFIT = Outfit("a key of the tests", Way())


@pytest.fixture
def ada(domain):
    with transaction():
        return factories.actor("Ada", "admin")


@pytest.fixture
def hook(ada):
    said = {"name": "One", "address": Address("https://hooks.example/in"), "own_key_id": None}
    with transaction():
        return webhooks.add({**said, "kinds": KINDS["plain"]}, dialect="plain", outfit=OUTFIT, actor=ada)[0].id


def do(verb, *given, **named):
    with transaction():
        return verb(*given, **named)


def tell(actor, *names, kind="gallery.created", **payload):
    for name in names:
        do(events.publish, actor, kind, name, **payload)
    while fanning.fan_out(moment=now()):
        pass


def end(hook, why):
    with transaction():
        webhooks.end(db.session.get_one(Webhook, hook), why)


def told(hook):
    db.session.rollback()
    rows = db.session.scalars(select(Delivery).where(Delivery.webhook_id == hook).order_by(Delivery.id))
    return [(row.entity_id, row.state) for row in rows]


def test_what_happened_meanwhile_is_told_in_order_before_what_follows(ada, hook):
    tell(ada, "before")
    do(webhooks.pause, hook, actor=ada)
    tell(ada, "a", "b", kind="media.deleted")
    do(events.publish, ada, "gallery.created", "waiting")

    assert do(missed.resume, hook, actor=ada) == 2
    tell(ada, "after")

    assert [name for name, _ in told(hook)] == ["before", "a", "b", "waiting", "after"]
    assert db.session.scalars(select(AuditEntry.changes).where(AuditEntry.verb == "webhook.replay")).one() == {
        "messages": [None, 2]
    }


@on_sqlite
def test_each_thing_is_told_once_however_often_it_is_asked_for(ada, hook):
    do(webhooks.pause, hook, actor=ada)
    tell(ada, "a")

    assert [do(missed.resume, hook, actor=ada) for _ in range(2)] == [1, 0]
    do(webhooks.pause, hook, actor=ada)
    assert do(missed.resume, hook, actor=ada) == 0
    assert told(hook) == [("a", "new")]


@on_sqlite
def test_an_event_of_many_things_is_told_of_each_that_is_wanted(ada, hook):
    with transaction():
        db.session.get_one(Webhook, hook).kinds = ["item.deleted"]
    do(webhooks.pause, hook, actor=ada)
    tell(ada, "gallery", kind="gallery.deleted", ids=["x", "y"])
    tell(ada, "other")

    assert do(missed.resume, hook, actor=ada) == 2
    assert [name for name, _ in told(hook)] == ["x", "y"]


@on_sqlite
def test_what_was_given_up_at_the_end_is_sent_again_and_what_failed_before_is_not(ada, hook):
    tell(ada, "old", "given up")
    with transaction():
        wanted = update(Delivery).where(Delivery.entity_id == "old")
        db.session.execute(wanted.values(state="failed", ended_at=now() - timedelta(hours=1)))
    end(hook, "failing")
    with transaction():
        wanted = update(Delivery).where(Delivery.entity_id == "given up")
        db.session.execute(wanted.values(state="failed", ended_at=db.session.get_one(Webhook, hook).ended_at))
    tell(ada, "missed")

    assert do(missed.resume, hook, actor=ada) == 2
    assert told(hook) == [("old", "failed"), ("given up", "new"), ("missed", "new")]


@on_sqlite
def test_of_what_was_missed_the_newest_is_told_where_it_is_much(ada, hook, monkeypatch):
    monkeypatch.setattr(missed, "MOST", 2)
    do(webhooks.pause, hook, actor=ada)
    tell(ada, "a", "b", "c")

    assert do(missed.resume, hook, actor=ada) == 2
    assert [name for name, _ in told(hook)] == ["b", "c"]


@on_sqlite
def test_nothing_is_told_of_what_is_forgotten(ada, hook):
    do(webhooks.pause, hook, actor=ada)
    tell(ada, "a")
    with transaction():
        db.session.execute(update(OutboxEvent).values(delivered_at=now() - log.KEPT))
        db.session.execute(update(Webhook).values(ended_at=now() - log.KEPT - timedelta(days=1)))
        log.forget()

    assert do(missed.resume, hook, actor=ada) == 0


@on_sqlite
def test_only_who_may_change_webhooks_recovers_one_that_is_there(ada, hook):
    do(webhooks.pause, hook, actor=ada)
    with transaction():
        ed = factories.actor("Ed", "editor")

    with pytest.raises(Forbidden):
        do(missed.resume, hook, actor=ed)
    with pytest.raises(NotFound):
        do(missed.resume, uuid4(), actor=system("job"))
    db.session.rollback()
    assert not db.session.get_one(Webhook, hook).enabled


def test_nothing_falls_between_telling_others_and_enabling(ada, hook, app):
    for _ in range(10):
        do(webhooks.pause, hook, actor=ada)
        do(events.publish, ada, "gallery.created", name := str(uuid4()))
        db.session.rollback()

        race(app, lambda: fanning.fan_out(moment=now()), lambda: do(missed.resume, hook, actor=ada))
        tell(ada)

        assert [each for each, _ in told(hook)].count(name) == 1
