"""Held changes one by one: what differs, taking single ones back, and nothing ended that nobody has seen (D9)."""

import pytest

from tests import factories
from webapp.domain import comparing, galleries, holds, items, revisions, snapshots, tags, translations
from webapp.domain.errors import Conflict, Forbidden, Stale
from webapp.domain.models import Item
from webapp.domain.transaction import transaction
from webapp.infra.db import db


class Ground:
    """A published gallery of four pictures whose changes are held, and Ed who edits it."""

    def __init__(self):
        with transaction():
            self.ed = factories.actor("Ed", "editor")
            made = factories.gallery(self.ed, "Summer", pictures=4, status="published")
            self.id, self.order = made.id, factories.order(made.id)
            factories.tag(made, "Lake")
            item = db.session.get(Item, self.order[1])
            factories.write(item, "en", self.ed, caption="Evening walk")
            factories.tag(item, "Boat")
            holds.hold(made.id, actor=self.ed)

    @property
    def differing(self):
        """What differs by now."""
        db.session.rollback()
        frozen = snapshots.of_hold(holds.find(self.id))
        return comparing.compare(frozen, snapshots.take(galleries.get(self.id)))

    def item(self, place):
        return items.get(self.id, self.order[place])

    def undo(self, *changes, **tokens):
        with transaction():
            return holds.undo(self.id, {each.key: each.token for each in changes} | tokens, actor=self.ed)


@pytest.fixture
def ground(domain):
    return Ground()


def _title(ground):
    factories.write(galleries.get(ground.id), "en", ground.ed, title="Autumn")


def _french(ground):
    factories.write(galleries.get(ground.id), "fr", ground.ed, title="Automne")


def _caption(ground):
    factories.write(ground.item(1), "en", ground.ed, caption="Lantern walk")


def _link(ground):
    items.change(ground.item(2), {"link_url": "https://example.org"}, actor=ground.ed)


def _focal(ground):
    items.change(ground.item(2), {"focal_x": 0.2, "focal_y": 0.3}, actor=ground.ed)


def _labels(ground):
    items.change(ground.item(1), {}, labels=["Sea"], actor=ground.ed)


def _gallery_tags(ground):
    factories.tag(galleries.get(ground.id), "Sea", "Sand")


def _cover(ground):
    galleries.update(galleries.get(ground.id), {"cover_media_id": ground.item(0).media_id}, actor=ground.ed)


def _order(ground):
    items.move(ground.id, [ground.order[3]], place="top", actor=ground.ed)


def _added(ground):
    items.add(ground.id, [factories.picture().id], place="top", actor=ground.ed)


def _removed(ground):
    items.trash(ground.id, [ground.order[1]], actor=ground.ed)


DEEDS = [_title, _french, _caption, _link, _focal, _labels, _gallery_tags, _cover, _order, _added, _removed]


def test_d09_nothing_differs_when_a_hold_begins(ground):
    assert ground.differing.count == 0


@pytest.mark.parametrize("deed", DEEDS)
def test_d09_each_kind_of_change_is_one_and_can_be_taken_back_alone(ground, deed):
    with transaction():
        deed(ground)
    (change,) = ground.differing

    assert ground.undo(change) == 1

    assert ground.differing.count == 0
    assert holds.find(ground.id) is not None


def test_d09_one_change_is_taken_back_and_the_others_stay(ground):
    for deed in DEEDS:
        with transaction():
            deed(ground)
    found = ground.differing
    keys = {change.key for change in found}

    ground.undo(found.find("text:gallery:en:title"), found.find("order"))

    assert {change.key for change in ground.differing} == keys - {"text:gallery:en:title", "order"}


def test_taking_the_order_back_leaves_what_was_added_behind_whom_it_follows(ground):
    with transaction():
        _order(ground)
        new = items.add(ground.id, [factories.picture().id], after=ground.order[0], actor=ground.ed)[0].id
    ground.undo(ground.differing.order)

    assert factories.order(ground.id) == [ground.order[0], new, *ground.order[1:]]


def test_d25_a_change_that_was_changed_again_is_not_taken_back(ground):
    with transaction():
        _title(ground)
    (seen,) = ground.differing
    with transaction():
        factories.write(galleries.get(ground.id), "en", ground.ed, title="Winter")

    with pytest.raises(Stale):
        ground.undo(seen)

    assert [change.after for change in ground.differing] == ["Winter"]


def test_a_change_that_is_none_any_more_cannot_be_taken_back(ground):
    with pytest.raises(Conflict):
        ground.undo(order="")


def test_of_several_changes_all_or_none_are_taken_back(ground):
    with transaction():
        _title(ground)
        _link(ground)
    title, link = ground.differing

    with pytest.raises(Conflict):
        ground.undo(title, link, order="")

    assert ground.differing.count == 2


def test_only_who_may_write_a_language_takes_its_text_back(ground):
    with transaction():
        _title(ground)
        tessa = factories.actor("Tessa", "translator", speaks=("fr",))
    (change,) = ground.differing

    with transaction(), pytest.raises(Forbidden):
        holds.undo(ground.id, {change.key: change.token}, actor=tessa)


@pytest.mark.parametrize("end", [holds.publish, holds.discard])
def test_d09_a_hold_is_not_ended_over_changes_that_nobody_has_seen(ground, end):
    with transaction():
        _title(ground)
    seen = ground.differing.token
    with transaction():
        _link(ground)
    with pytest.raises(Stale), transaction():
        end(ground.id, actor=ground.ed, seen=seen)
    assert holds.find(ground.id) is not None

    with transaction():
        end(ground.id, actor=ground.ed, seen=ground.differing.token)

    assert holds.find(ground.id) is None


def test_d09_discarding_takes_tags_back_too(ground):
    with transaction():
        _labels(ground)
        _gallery_tags(ground)
        holds.discard(ground.id, actor=ground.ed)

    assert tags.of(galleries.get(ground.id)) == ["Lake"]
    assert tags.of(ground.item(1)) == ["Boat"]


def test_d09_a_purged_item_comes_back_when_changes_are_discarded(ground):
    with transaction():
        _removed(ground)
        items.purge(ground.id, [ground.order[1]], actor=ground.ed)
    with transaction():
        done = holds.discard(ground.id, actor=ground.ed)

    assert done.returned == (ground.order[1],)
    assert factories.order(ground.id) == ground.order
    row = translations.find(ground.item(1), factories.language("en").id)
    assert row.caption == "Evening walk"


def test_d10_what_was_discarded_can_be_had_back(ground):
    with transaction():
        _title(ground)
        holds.discard(ground.id, actor=ground.ed)

    row, snapshot = revisions.get(ground.id, 2)
    assert (row.reason, row.by, snapshot["texts"]["en"]["title"]) == ("before discard", "Ed", "Autumn")
