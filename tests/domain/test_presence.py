"""Who is at work on a gallery, and for how long after they were last heard of."""

from uuid import uuid4

import pytest

from tests import factories
from webapp.domain import galleries, presence
from webapp.domain.errors import NotFound
from webapp.domain.models import Presence
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db


@pytest.fixture
def cast_of_two(domain):
    with transaction():
        ada, ed = factories.actor("Ada", "admin"), factories.actor("Ed", "editor")
        return ada, ed, factories.gallery(ed, "Lake").id


def note(gallery_id, actor):
    with transaction():
        presence.note(gallery_id, actor=actor)


def names(gallery_id, actor, **options):
    db.session.rollback()
    return [person.name for person in presence.others([gallery_id], actor=actor, **options)[gallery_id]]


def test_others_see_who_is_there_and_nobody_sees_themselves(cast_of_two):
    ada, ed, lake = cast_of_two
    note(lake, ed)
    note(lake, ed)
    note(lake, ada)

    assert (names(lake, ada), names(lake, ed)) == (["Ed"], ["Ada"])
    assert presence.others([uuid4()], actor=ada) == {}


def test_who_was_not_heard_of_for_half_a_minute_has_gone(cast_of_two):
    ada, ed, lake = cast_of_two
    note(lake, ed)

    assert names(lake, ada, at=now() + presence.LASTS) == []
    with transaction():
        db.session.query(Presence).update({"seen_at": now() - presence.LASTS})
    with transaction():
        assert (presence.forget(), presence.forget()) == (1, 0)


def test_who_leaves_has_gone_at_once(cast_of_two):
    ada, ed, lake = cast_of_two
    note(lake, ed)
    with transaction():
        presence.leave(lake, actor=ed)
        presence.leave(lake, actor=ada)

    assert names(lake, ada) == []


def test_nobody_is_at_work_on_what_is_not_there(cast_of_two):
    _, ed, lake = cast_of_two
    with transaction():
        galleries.trash(galleries.get(lake), actor=ed)

    with pytest.raises(NotFound):
        note(lake, ed)
    with pytest.raises(NotFound):
        note(uuid4(), ed)
