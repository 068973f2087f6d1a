"""Moments of publication: right for visitors without any worker, and made so by the worker."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from tests import factories
from webapp.domain import galleries, revisions, schedules, showing
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.models import AuditEntry, Gallery, OutboxEvent
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db

HOUR = timedelta(hours=1)


@pytest.fixture
def ground(inside):
    """A draft."""
    with transaction():
        ed = factories.actor("Ed", "editor")
        made = factories.gallery(ed, "Summer", pictures=1)
    return SimpleNamespace(ed=ed, id=made.id)


def change(ground, **fields):
    with transaction():
        galleries.update(galleries.get(ground.id), fields, actor=ground.ed)


def is_seen():
    db.session.expire_all()
    try:
        showing.find("summer")
    except NotFound:
        return False
    return True


def kept(ground):
    db.session.expire_all()
    found = db.session.get(Gallery, ground.id)
    return found.status, found.publish_at, found.unpublish_at


def test_d12_a_draft_is_seen_from_its_moment_on_without_a_worker(ground):
    change(ground, publish_at=now() + HOUR)
    assert not is_seen()

    change(ground, publish_at=now() - HOUR)

    assert is_seen()
    assert kept(ground)[0] == "draft"


def test_d12_a_gallery_is_not_seen_beyond_its_moment_without_a_worker(ground):
    change(ground, status="published", unpublish_at=now() + HOUR)
    assert is_seen()

    with transaction():
        db.session.get(Gallery, ground.id).unpublish_at = now() - HOUR

    assert not is_seen()


def test_the_worker_publishes_what_is_due_once_and_tells_it(ground):
    change(ground, publish_at=now() - HOUR)

    assert (schedules.work_off(), schedules.work_off()) == (1, 0)

    assert kept(ground) == ("published", None, None)
    assert is_seen()
    assert revisions.all_of(ground.id)[0].reason == "published"
    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.door, entry.user_id, entry.changes["status"]) == ("job", None, ["draft", "published"])
    identities = select(OutboxEvent.identity).where(OutboxEvent.kind == "gallery.updated")
    assert {"type": "SYSTEM"} in list(db.session.scalars(identities))


def test_the_worker_takes_back_what_is_over(ground):
    change(ground, status="published")
    with transaction():
        db.session.get(Gallery, ground.id).unpublish_at = now() - HOUR

    assert schedules.work_off() == 1

    assert kept(ground) == ("draft", None, None)
    assert not is_seen()


def test_a_draft_whose_whole_time_is_over_stays_a_draft(ground):
    change(ground, publish_at=now() - 2 * HOUR, unpublish_at=now() - HOUR)

    assert schedules.work_off() == 0
    assert not is_seen()


@pytest.mark.parametrize("status", ["archived", "trashed"])
def test_what_is_put_away_is_not_published_by_its_moment(ground, status):
    change(ground, publish_at=now() - HOUR)
    if status == "archived":
        change(ground, status="archived")
    else:
        with transaction():
            galleries.trash(galleries.get(ground.id), actor=ground.ed)

    assert schedules.work_off() == 0
    assert not is_seen()


def test_d14_a_gallery_from_the_trash_is_a_draft_that_nobody_sees(ground):
    change(ground, publish_at=now() - HOUR)
    with transaction():
        galleries.trash(galleries.get(ground.id), actor=ground.ed)
    with transaction():
        galleries.restore(galleries.find_trashed(ground.id), actor=ground.ed)

    assert schedules.work_off() == 0
    assert not is_seen()


def test_unpublishing_by_hand_holds_whatever_the_moment_was(ground):
    change(ground, status="published", publish_at=now() - HOUR)
    assert is_seen()

    change(ground, status="draft")

    assert not is_seen()
    assert schedules.work_off() == 0


def test_publishing_by_hand_does_not_wait_for_the_moment(ground):
    change(ground, publish_at=now() + HOUR)

    with transaction():
        galleries.publish(galleries.get(ground.id), actor=ground.ed)

    assert is_seen()
    assert kept(ground)[1] is None


def test_a_gallery_is_not_taken_back_before_it_is_public(ground):
    moment = now()
    with pytest.raises(Invalid) as refused:
        change(ground, publish_at=moment + HOUR, unpublish_at=moment + HOUR)
    assert refused.value.field == "unpublish_at"

    change(ground, publish_at=moment + HOUR)
    with pytest.raises(Invalid):
        change(ground, unpublish_at=moment)
