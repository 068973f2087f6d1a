"""Tags: words on galleries, items and media; Lake and lake are one."""

from uuid import UUID

import pytest

from tests import factories
from tests.races import race
from webapp.domain import galleries, items, metadata, tags
from webapp.domain.errors import Invalid
from webapp.domain.models import AuditEntry, Item, Media, OutboxEvent, Tag
from webapp.domain.transaction import transaction
from webapp.infra.db import db


class Ground:
    """A gallery with a picture, and Ed."""

    def __init__(self, app):
        self.app = app
        with transaction():
            self.ed = factories.actor("Ed", "editor")
            self.gallery_id: UUID = factories.gallery(self.ed, pictures=2).id
            self.item_ids = factories.order(self.gallery_id)

    @property
    def gallery(self):
        return galleries.get(self.gallery_id)

    def put(self, *names):
        with transaction():
            return tags.put(self.gallery, names)

    def tags(self):
        db.session.rollback()
        return tags.of(self.gallery)


@pytest.fixture
def ground(domain):
    return Ground(domain)


def test_tags_are_split_at_commas_and_lines():
    assert tags.parse(" lake,  old   town\n,, festival ,") == ["lake", "old town", "festival"]


def test_tags_are_put_and_shown_by_name(ground):
    assert ground.put("quay", "Lake") == ([], ["Lake", "quay"])
    assert ground.tags() == ["Lake", "quay"]


def test_tags_are_put_in_place_of_those_before(ground):
    ground.put("lake", "quay")

    assert ground.put("quay", "night") == (["lake", "quay"], ["night", "quay"])
    assert ground.put() == (["night", "quay"], [])


def test_tags_that_differ_in_case_are_one(ground):
    ground.put("Lake")

    assert ground.put("lake", "LAKE") == (["Lake"], ["Lake"])
    assert db.session.query(Tag).count() == 1


def test_tags_of_other_scripts_are_folded_too(ground):
    ground.put("STRASSE", "Straße", "湖", "بحيرة")

    assert db.session.query(Tag).count() == 3


def test_one_tag_is_shared_by_a_gallery_an_item_and_a_media(ground):
    with transaction():
        item = db.session.get(Item, ground.item_ids[0])
        for thing in (ground.gallery, item, db.session.get(Media, item.media_id)):
            tags.put(thing, ["lake"])

    assert db.session.query(Tag).count() == 1
    assert tags.of(db.session.get(Item, ground.item_ids[0])) == ["lake"]
    assert tags.of(db.session.get(Item, ground.item_ids[1])) == []


@pytest.mark.parametrize("name", ["", "  ", "a,b", "x" * 65, "a\x00b", "a\ud800"])
def test_what_is_no_tag_is_refused_and_changes_nothing(ground, name):
    ground.put("lake")

    with pytest.raises(Invalid) as refused:
        ground.put("quay", name)

    assert refused.value.field == "tags"
    assert ground.tags() == ["lake"]


def test_more_tags_than_anybody_reads_are_refused(ground):
    with pytest.raises(Invalid):
        ground.put(*(f"tag {number}" for number in range(tags.MOST + 1)))

    assert ground.tags() == []


def test_a_tag_that_two_people_make_at_once_is_one(ground):
    with transaction():
        other = factories.gallery(ground.ed, "Other").id

    def put(gallery_id):
        def deed():
            with transaction():
                tags.put(galleries.get(gallery_id), ["festival", "lake", f"own {gallery_id}"[:40]])

        return deed

    assert race(ground.app, put(ground.gallery_id), put(other)) == [None, None]
    assert db.session.query(Tag).filter_by(key="festival").count() == 1


def test_tags_of_an_item_are_a_change_of_the_item(ground):
    with transaction():
        db.session.query(OutboxEvent).delete()
        item = items.get(ground.gallery_id, ground.item_ids[0])
        items.change(item, {}, actor=ground.ed, labels=["lake"])
        items.change(item, {}, actor=ground.ed, labels=["Lake"])

    assert db.session.get(Item, ground.item_ids[0]).version == 2
    assert [event.kind for event in db.session.query(OutboxEvent)] == ["item.updated"]
    entry = db.session.query(AuditEntry).order_by(AuditEntry.id.desc()).first()
    assert entry.changes == {"tags": [[], ["lake"]]}


def test_a_tag_that_grows_too_long_in_small_letters_is_refused(ground):
    """One letter of these becomes three when it is case-folded."""
    assert ground.put("\u0390" * 42)[1] == ["\u0390" * 42]

    with pytest.raises(Invalid) as refused:
        ground.put("\u0390" * 43)

    assert refused.value.code == "too_long"
    assert metadata.labels({"keywords": ["\u0390" * 43, "lake"]}) == ["lake"]
