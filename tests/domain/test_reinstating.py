"""Restoring a revision: the gallery is what it was, and what cannot be had back is said (D10)."""

from uuid import UUID

import pytest
from sqlalchemy import select

from tests import factories
from tests.statements import counted
from webapp.domain import (
    comparing,
    galleries,
    items,
    media,
    order_log,
    reinstating,
    revisions,
    slugs,
    snapshots,
    tags,
    translations,
)
from webapp.domain.errors import NotFound, Stale
from webapp.domain.models import AuditEntry, Gallery, Item, ItemText, Media, OutboxEvent
from webapp.domain.transaction import transaction
from webapp.infra.db import db


class Ground:
    """A gallery of four pictures with texts in two languages and tags, and a revision of it: number 1."""

    def __init__(self):
        with transaction():
            self.ed = factories.actor("Ed", "editor")
            made = factories.gallery(self.ed, "Summer", pictures=4, description="By the lake")
            self.id = made.id
            self.order = factories.order(made.id)
            factories.write(made, "fr", self.ed, title="Été")
            factories.tag(made, "Lake")
            for place, item_id in enumerate(self.order):
                item = db.session.get(Item, item_id)
                factories.write(item, "en", self.ed, caption=f"Picture {place}", alt="A lake")
                factories.write(item, "fr", self.ed, caption=f"Image {place}")
                factories.tag(item, "Boat", f"Number {place}")
            revisions.keep(galleries.get(made.id), reason="published", actor=self.ed)
        self.kept = self.state()

    def state(self):
        """What a snapshot says of the gallery now, as plain values; keys of the order are none of it."""
        db.session.rollback()
        found = snapshots.unpack(snapshots.pack(snapshots.take(galleries.get(self.id))))
        for row in found["items"]:
            del row["sort_order"]
        return found

    def restore(self, number=1, **options):
        with transaction():
            return reinstating.restore(self.id, number, actor=self.ed, **options)

    def spoil(self):
        """Change everything there is."""
        with transaction():
            gallery, spare = galleries.get(self.id), factories.picture()
            items.add(self.id, [spare.id], actor=self.ed, place="top")
            items.trash(self.id, [self.order[0]], actor=self.ed)
            items.reorder(self.id, items.ids_in_order(self.id)[::-1], actor=self.ed)
            galleries.update(gallery, {"cover_media_id": spare.id, "category_uri": "x:y"}, actor=self.ed)
            factories.write(gallery, "en", self.ed, title="Autumn", description=None)
            translations.remove(gallery, factories.language("fr").id, actor=self.ed)
            factories.write(gallery, "ar", self.ed, title="خريف")
            factories.tag(gallery, "Sea")
            item = items.get(self.id, self.order[2])
            items.change(item, {"link_url": "https://example.org", "decorative": True}, labels=[], actor=self.ed)
            factories.write(item, "en", self.ed, caption=None, alt="A pond")


@pytest.fixture
def ground(domain):
    return Ground()


def told(gallery_id):
    db.session.rollback()
    return [event.kind for event in db.session.scalars(select(OutboxEvent).order_by(OutboxEvent.id))]


def test_d10_a_restored_gallery_is_what_it_was(ground):
    ground.spoil()
    assert ground.state() != ground.kept

    ground.restore()

    assert ground.state() == ground.kept


def test_d10_a_restored_revision_keeps_what_was_before(ground):
    ground.spoil()
    spoilt = ground.state()

    ground.restore()
    assert [(each.number, each.reason) for each in revisions.all_of(ground.id)] == [
        (2, "before restoring"),
        (1, "published"),
    ]
    ground.restore(2)

    assert ground.state() == spoilt


def test_d11_the_address_and_the_status_stay_as_they_are(ground):
    with transaction():
        galleries.update(galleries.get(ground.id), {"slug": "autumn", "status": "archived"}, actor=ground.ed)

    ground.restore()

    assert (slugs.of(ground.id), db.session.get(Gallery, ground.id).status) == ("autumn", "archived")


def test_items_added_since_go_to_the_trash_and_removed_ones_come_back(ground):
    ground.spoil()
    added = next(each for each in items.ids_in_order(ground.id) if each not in ground.order)

    done = ground.restore()

    assert [item.id for item in items.trashed(ground.id)] == [added] == list(done.trashed)
    assert done.returned == (ground.order[0],)
    assert done.changed == (ground.order[2],)
    assert done.lost == ()


def test_a_purged_item_is_made_anew_with_its_texts_at_its_place(ground):
    with transaction():
        items.trash(ground.id, ground.order[1:3], actor=ground.ed)
        items.purge(ground.id, ground.order[1:3], actor=ground.ed)

    done = ground.restore()

    assert ground.state() == ground.kept
    assert done.returned == tuple(ground.order[1:3])
    assert len({item.sort_order for item in db.session.query(Item).filter_by(gallery_id=ground.id)}) == 4


@pytest.mark.parametrize("purged", [True, False])
def test_a_picture_that_has_left_the_library_is_said_and_skipped(ground, purged):
    with transaction():
        lost = items.get(ground.id, ground.order[1])
        entry = db.session.get(Media, lost.media_id)
        items.trash(ground.id, [lost.id], actor=ground.ed)
        if purged:
            items.purge(ground.id, [lost.id], actor=ground.ed)
        media.trash(entry, actor=ground.ed)

    done = ground.restore()

    assert [row["texts"]["en"]["caption"] for row in done.lost] == ["Picture 1"]
    assert items.ids_in_order(ground.id) == [ground.order[0], *ground.order[2:]]


def test_a_cover_that_is_gone_stays_as_it_is(ground):
    with transaction():
        cover = factories.picture()
        galleries.update(galleries.get(ground.id), {"cover_media_id": cover.id}, actor=ground.ed)
        revisions.keep(galleries.get(ground.id), reason="published", actor=ground.ed)
        galleries.update(galleries.get(ground.id), {"cover_media_id": None}, actor=ground.ed)
        media.trash(db.session.get(Media, cover.id), actor=ground.ed)

    ground.restore(2)

    assert db.session.get(Gallery, ground.id).cover_media_id is None


def test_an_item_that_has_moved_to_another_gallery_stays_there(ground):
    with transaction():
        other = factories.gallery(ground.ed, "Other")
        db.session.get(Item, ground.order[3]).gallery_id = other.id

    ground.restore()

    assert items.ids_in_order(other.id) == [ground.order[3]]
    order = items.ids_in_order(ground.id)
    assert order[:3] == ground.order[:3]
    assert len(order) == 4
    assert translations.find(db.session.get(Item, order[3]), factories.language("en").id).caption == "Picture 3"


def test_d18_a_translation_put_back_is_done_and_one_of_the_text_before_is_done_again(ground):
    with transaction():
        gallery = galleries.get(ground.id)
        factories.write(gallery, "en", ground.ed, title="Autumn")
    french = factories.language("fr").id
    assert translations.state(translations.find(gallery, french), "title") == "stale"

    ground.restore()

    assert translations.state(translations.find(galleries.get(ground.id), french), "title") == "done"


def test_d18_a_translation_put_back_is_made_from_the_source_put_back(ground):
    ground.spoil()

    ground.restore()
    with transaction():
        factories.write(galleries.get(ground.id), "en", ground.ed, title="Winter")

    row = translations.find(galleries.get(ground.id), factories.language("fr").id)
    assert (row.title, row.kept["title"]["source"], row.kept["title"]["state"]) == ("Été", "Summer", "stale")


def test_d08_drafts_stay_beside_what_is_put_back(ground):
    with transaction():
        gallery = galleries.get(ground.id)
        translations.draft(gallery, factories.language("en").id, {"title": "Typed"}, actor=ground.ed)

    ground.restore()

    assert translations.find(galleries.get(ground.id), factories.language("en").id).drafts["title"]["text"] == "Typed"


def test_d30_a_restoring_tells_of_the_gallery_once_and_of_its_items(ground):
    ground.spoil()
    with transaction():
        db.session.query(OutboxEvent).delete()

    ground.restore()

    assert told(ground.id) == ["gallery.updated", "item.created", "item.updated", "items.deleted", "items.reordered"]


def test_a_restoring_is_recorded_with_the_order_that_was_and_each_text(ground):
    ground.spoil()
    before, newest = factories.order(ground.id), db.session.scalars(select(AuditEntry.id)).all()[-1]

    ground.restore()

    entries = list(db.session.scalars(select(AuditEntry).where(AuditEntry.id > newest).order_by(AuditEntry.id)))
    first, *rest = entries
    assert (first.verb, first.changes["revision"], first.changes["category_uri"]) == (
        "gallery.revision.restore",
        [None, 1],
        ["x:y", None],
    )
    assert order_log.undo(factories.order(ground.id), first.verb, first.changes) == before
    titles = {each.language_id: each.changes["title"] for each in rest if "title" in each.changes}
    assert titles[factories.language("en").id] == ["Autumn", "Summer"]
    assert titles[factories.language("ar").id] == ["خريف", None]


def test_d25_what_changed_since_it_was_compared_is_not_overwritten(ground):
    ground.spoil()
    gallery = galleries.get(ground.id)
    seen = comparing.compare(snapshots.take(gallery), revisions.get(ground.id, 1)[1]).token
    with transaction():
        factories.write(galleries.get(ground.id), "en", ground.ed, title="Winter")

    with pytest.raises(Stale):
        ground.restore(seen=seen)

    assert len(revisions.all_of(ground.id)) == 1


def test_d25_restoring_makes_old_tokens_stale(ground):
    ground.spoil()
    gallery = db.session.get(Gallery, ground.id)
    before = gallery.version, gallery.order_version, db.session.get(Item, ground.order[2]).version

    ground.restore()

    gallery = db.session.get(Gallery, ground.id)
    after = gallery.version, gallery.order_version, db.session.get(Item, ground.order[2]).version
    assert all(now > then for then, now in zip(before, after, strict=True))


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_revision_that_is_not_there_cannot_be_restored(ground, number):
    with pytest.raises(NotFound):
        ground.restore(number)


def test_a_revision_of_another_gallery_is_not_there(ground):
    with transaction():
        other = factories.gallery(ground.ed, "Other").id
    with transaction(), pytest.raises(NotFound):
        reinstating.restore(other, 1, actor=ground.ed)


def test_restoring_takes_as_many_statements_for_thirty_items_as_for_three(ground):
    counts = []
    for pictures in (3, 30):
        with transaction():
            ground.id = factories.gallery(ground.ed, "Size", pictures=pictures).id
            order = factories.order(ground.id)
            for item_id in order:
                factories.write(db.session.get(Item, item_id), "en", ground.ed, caption="Lake")
                factories.tag(db.session.get(Item, item_id), "Boat")
            revisions.keep(galleries.get(ground.id), reason="published", actor=ground.ed)
        with transaction():
            for item_id in order:
                item = items.get(ground.id, item_id)
                factories.write(item, "en", ground.ed, caption="Pond")
                items.change(item, {"decorative": True}, labels=["Sea"], actor=ground.ed)
            items.reorder(ground.id, order[::-1], actor=ground.ed)
            items.trash(ground.id, order[:2], actor=ground.ed)
            factories.fill(galleries.get(ground.id), 2, by=ground.ed)
        with counted() as sent:
            ground.restore()
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_a_page_of_revisions_begins_after_the_one_before(ground):
    with transaction():
        for _ in range(4):
            revisions.keep(galleries.get(ground.id), reason="before removal", actor=ground.ed)

    first = revisions.page(ground.id, size=3)
    second = revisions.page(ground.id, size=3, after=first.after)

    assert [row.number for row in first.rows] == [5, 4, 3]
    assert [(row.number, row.reason, row.by) for row in second.rows] == [
        (2, "before removal", "Ed"),
        (1, "published", "Ed"),
    ]
    assert second.after is None


def test_tags_of_many_things_are_put_back_together(ground):
    ids = ground.order
    with transaction():
        changed = tags.put_back(Item, {ids[0]: ["boat", "Number 0"], ids[1]: ["New", "BOAT"], ids[2]: []})

    assert changed == set(ids[1:3])
    assert [tags.of(db.session.get(Item, item_id)) for item_id in ids] == [
        ["Boat", "Number 0"],
        ["Boat", "New"],
        [],
        ["Boat", "Number 3"],
    ]


def test_texts_of_other_owners_are_left_alone(ground):
    rows = db.session.query(ItemText).count()
    ground.restore()

    assert db.session.query(ItemText).count() == rows
    assert UUID(ground.kept["items"][0]["id"]) == ground.order[0]
