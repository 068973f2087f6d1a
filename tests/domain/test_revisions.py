"""Revisions and the snapshots in them (D10): the whole gallery, in its order, in a fixed number of queries."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import update

from tests import factories
from tests.statements import counted
from webapp.domain import galleries, holds, items, revisions, slugs, snapshots
from webapp.domain.models import Revision
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db


def taken(gallery_id):
    return snapshots.take(galleries.get(gallery_id))


def test_a_snapshot_holds_fields_texts_tags_and_items_in_their_order(ed):
    with transaction():
        gallery = factories.gallery(ed, "Summer", pictures=3, description="By the lake")
        factories.write(gallery, "fr", ed, title="Été")
        factories.tag(gallery, "Lake", "Alps")
        order = items.ids_in_order(gallery.id)
        items.move(gallery.id, [order[2]], place="top", actor=ed)
        item = items.get(gallery.id, order[2])
        factories.write(item, "en", ed, caption="Morning", alt="A lake")
        factories.tag(item, "Boat")
        items.trash(gallery.id, [order[0]], actor=ed)

    found = taken(gallery.id)

    assert found["texts"] == {"en": {"title": "Summer", "description": "By the lake"}, "fr": {"title": "Été"}}
    assert found["tags"] == ["Alps", "Lake"]
    assert (found["slug"], found["status"]) == (slugs.of(gallery.id), "draft")
    assert [each["id"] for each in found["items"]] == [order[2], order[1]]
    assert found["items"][0]["texts"] == {"en": {"caption": "Morning", "alt": "A lake"}}
    assert found["items"][0]["tags"] == ["Boat"]


def test_a_snapshot_comes_back_as_it_was_packed(ed):
    with transaction():
        gallery = factories.gallery(ed, "京都 🌊", pictures=2)
    found = taken(gallery.id)

    back = snapshots.unpack(snapshots.pack(found))

    assert back["texts"] == found["texts"]
    assert [UUID(each["id"]) for each in back["items"]] == [each["id"] for each in found["items"]]
    assert [each["sort_order"] for each in back["items"]] == [each["sort_order"] for each in found["items"]]


def test_a_snapshot_takes_as_many_queries_for_one_item_as_for_thirty(ed):
    counts = []
    for pictures in (1, 30):
        with transaction():
            gallery_id = factories.gallery(ed, pictures=pictures).id
        gallery = galleries.get(gallery_id)
        with counted() as sent:
            snapshots.take(gallery)
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_d10_each_publication_keeps_one_numbered_revision(ed):
    with transaction():
        gallery = factories.gallery(ed, "First", pictures=1)
    for title, status in (("First", "published"), ("Second", "draft"), ("Second", "published")):
        with transaction():
            found = galleries.get(gallery.id)
            factories.write(found, "en", ed, title=title)
            galleries.set_status(found, status, actor=ed)
    db.session.rollback()

    kept = revisions.all_of(gallery.id)

    assert [(each.number, each.reason, each.made_by_id) for each in kept] == [
        (2, "published", ed.id),
        (1, "published", ed.id),
    ]
    assert [snapshots.unpack(each.snapshot)["texts"]["en"]["title"] for each in kept] == ["Second", "First"]


def test_d10_publishing_what_is_published_keeps_nothing(ed):
    with transaction():
        gallery = factories.gallery(ed, status="published")
    with transaction():
        galleries.publish(galleries.get(gallery.id), actor=ed)

    assert [each.number for each in revisions.all_of(gallery.id)] == [1]


def test_d10_the_end_of_a_hold_keeps_a_revision(ed):
    with transaction():
        gallery = factories.gallery(ed, status="published", pictures=1)
    for end in (holds.publish, holds.discard):
        with transaction():
            holds.hold(gallery.id, actor=ed)
        with transaction():
            end(gallery.id, actor=ed)

    assert [each.reason for each in revisions.all_of(gallery.id)] == [
        "before discard",
        "hold published",
        "published",
    ]


# ---- how many are kept ----


def keep(gallery_id, count, ed):
    with transaction():
        for _ in range(count):
            revisions.keep(galleries.get(gallery_id), reason="published", actor=ed)


def age(gallery_id, *, days, numbers=None):
    aged = update(Revision).where(Revision.gallery_id == gallery_id).values(made_at=now() - timedelta(days=days))
    with transaction():
        db.session.execute(aged if numbers is None else aged.where(Revision.number.in_(numbers)))


def forget():
    with transaction():
        return revisions.forget()


def numbers(gallery_id):
    db.session.rollback()
    return sorted(each.number for each in revisions.all_of(gallery_id))


def test_d10_of_old_revisions_the_newest_hundred_of_each_gallery_stay(ed):
    with transaction():
        busy, quiet = factories.gallery(ed, "Busy").id, factories.gallery(ed, "Quiet").id
    keep(busy, revisions.KEPT + 3, ed)
    keep(quiet, 2, ed)
    age(busy, days=91)
    age(quiet, days=4000)

    assert (forget(), forget()) == (3, 0)

    assert numbers(busy) == list(range(4, revisions.KEPT + 4))
    assert numbers(quiet) == [1, 2]
    assert (revisions.oldest(busy), revisions.oldest(quiet)) == (4, 1)
    keep(busy, 1, ed)
    assert numbers(busy)[-1] == revisions.KEPT + 4
    assert forget() == 1


def test_d10_young_revisions_stay_however_many_they_are(ed):
    with transaction():
        gallery_id = factories.gallery(ed).id
    keep(gallery_id, revisions.KEPT + 4, ed)
    age(gallery_id, days=89)
    age(gallery_id, days=91, numbers=[2])

    assert forget() == 1

    assert numbers(gallery_id) == [1, *range(3, revisions.KEPT + 5)]
    assert revisions.oldest(gallery_id) == 1


def test_a_gallery_without_revisions_has_no_oldest(ed):
    with transaction():
        gallery_id = factories.gallery(ed).id

    assert (revisions.oldest(gallery_id), forget()) == (None, 0)
