"""Clones: everything but ids, keys and dates, told one by one, in as many statements for few items as for many."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests import factories
from tests.statements import counted
from webapp.domain import cloning, galleries, holds, items, revisions, slugs, snapshots, tags, translations
from webapp.domain.errors import NotFound
from webapp.domain.models import AuditEntry, Gallery, GalleryText, Item, ItemText, OutboxEvent
from webapp.domain.transaction import transaction
from webapp.infra.db import db


@pytest.fixture
def ada(domain):
    with transaction():
        return factories.actor("Ada", "admin")


@pytest.fixture
def rich(ed):
    """A gallery with everything that a gallery can have."""
    with transaction():
        gallery = factories.gallery(ed, "Summer", pictures=4, description="Long days", meta_title="Summer, online")
        factories.write(gallery, "fr", ed, title="Été", description="Longs jours")
        factories.write(gallery, "ar", ed, title="صيف")
        factories.tag(gallery, "Lake", "Light")
        rows = [items.get(gallery.id, item_id) for item_id in items.ids_in_order(gallery.id)]
        galleries.update(gallery, {"cover_media_id": rows[1].media_id, "category_uri": "https://e.org/c"}, actor=ed)
        for number, item in enumerate(rows):
            factories.write(item, "en", ed, caption=f"Caption {number}", alt=f"Alt {number}", title=f"Title {number}")
            factories.write(item, "fr", ed, caption=f"Légende {number}")
        items.change(rows[0], {"link_url": "https://e.org/", "link_text": "More", "note": "Warmly"}, actor=ed)
        items.change(rows[1], {"focal_x": 0.25, "focal_y": 0.75}, actor=ed)
        items.change(rows[2], {"decorative": True}, actor=ed)
        factories.tag(rows[3], "Boat")
        items.move(gallery.id, [rows[3].id], before=rows[0].id, actor=ed)
        return gallery.id


def clone(gallery_id, actor):
    with transaction():
        return cloning.clone(galleries.get(gallery_id), actor=actor).id


def state(gallery_id):
    """What a gallery is but for ids, keys, dates and slug."""
    db.session.rollback()
    taken = snapshots.take(db.session.get(Gallery, gallery_id))
    taken.pop("slug")
    for item in taken["items"]:
        item.pop("id")
        item.pop("sort_order")
    return taken


def kept(model, owner, owners):
    """What is kept of texts besides their values, in the order of their owners and languages."""
    rows = db.session.scalars(select(model).where(owner.in_(owners)).order_by(model.language_id))
    return sorted(str((row.language_id, row.kept, [getattr(row, field) for field in model.fields])) for row in rows)


def test_a_clone_is_equal_but_for_ids_keys_and_dates(rich, ada):
    copy = clone(rich, ada)

    assert state(copy) == state(rich)
    assert set(items.ids_in_order(copy)).isdisjoint(items.ids_in_order(rich))


def test_a_clone_keeps_what_is_kept_of_texts(rich, ada):
    copy = clone(rich, ada)

    assert kept(GalleryText, GalleryText.gallery_id, [copy]) == kept(GalleryText, GalleryText.gallery_id, [rich])
    assert kept(ItemText, ItemText.item_id, items.ids_in_order(copy)) == kept(
        ItemText, ItemText.item_id, items.ids_in_order(rich)
    )


def test_a_clone_is_found_by_its_title(rich, ada):
    copy = clone(rich, ada)

    keys = select(GalleryText.title_key).where(GalleryText.gallery_id == copy)
    assert set(db.session.scalars(keys)) == {"summer", "ete", "صيف"}


def test_a_clone_goes_stale_as_its_original_would(rich, ed):
    copy = clone(rich, ed)
    with transaction():
        row = factories.write(galleries.get(copy), "en", ed, title="High summer")
        french = translations.find(galleries.get(copy), factories.language("fr").id)
        assert row.title == "High summer"
        assert translations.state(french, "title") == "stale"


def test_a_clone_is_its_maker_s_draft_under_a_slug_of_its_own(rich, ed, ada):
    with transaction():
        galleries.publish(galleries.get(rich), actor=ed)
    copy = clone(rich, ada)

    made = db.session.get(Gallery, copy)
    assert (made.status, made.published_at, made.updated_at) == ("draft", None, None)
    assert (made.created_by_id, made.author_id) == (ada.id, ed.id)
    assert (made.version, made.order_version) == (1, 1)
    assert slugs.of(copy) == "summer-copy"
    assert revisions.all_of(copy) == []


def test_a_clone_has_fresh_keys_and_versions(rich, ada):
    copy = clone(rich, ada)

    rows = [items.get(copy, item_id) for item_id in items.ids_in_order(copy)]
    assert [row.sort_order for row in rows] == [0.0, -1.0, -2.0, -3.0]
    assert {(row.version, row.added_by_id) for row in rows} == {(1, ada.id)}
    assert {(row.updated_at, row.deleted_at) for row in rows} == {(None, None)}


def test_the_slugs_of_clones_count_on(rich, ada):
    first = clone(rich, ada)
    second = clone(rich, ada)
    third = clone(first, ada)

    assert [slugs.of(each) for each in (first, second, third)] == ["summer-copy", "summer-copy-2", "summer-copy-3"]


def test_a_clone_of_a_gallery_with_the_longest_slug_has_one_that_fits(ed):
    with transaction():
        long = galleries.create({"slug": "x" * 255}, actor=ed).id

    copies = [clone(long, ed) for _ in range(3)]

    assert len({slugs.check(slugs.of(each)) for each in copies}) == 3


def test_d5_a_clone_gets_a_fresh_place_on_the_site(rich, ed):
    with transaction():
        other = galleries.create({"slug": "other"}, actor=ed).id
        db.session.get(Gallery, rich).sort_order = 5.0
        db.session.get(Gallery, other).sort_order = 9.0

    copies = [db.session.get(Gallery, clone(each, ed)).sort_order for each in (rich, rich)]

    assert 9.0 < copies[0] < copies[1]


def test_d5_a_clone_of_a_gallery_without_a_place_has_none(rich, ed):
    assert db.session.get(Gallery, clone(rich, ed)).sort_order is None


def test_drafts_are_not_cloned(rich, ed):
    with transaction():
        gallery = galleries.get(rich)
        translations.draft(gallery, factories.language("en").id, {"title": "Secret"}, actor=ed)
        translations.draft(gallery, factories.language("de").id, {"title": "Geheim"}, actor=ed)
    copy = clone(rich, ed)

    rows = db.session.scalars(select(GalleryText).where(GalleryText.gallery_id == copy)).all()
    assert [row.drafts for row in rows] == [{}, {}, {}]
    assert "Secret" not in {row.title for row in rows}


def test_the_trash_is_not_cloned(rich, ed):
    with transaction():
        items.trash(rich, items.ids_in_order(rich)[:1], actor=ed)
    copy = clone(rich, ed)

    assert len(db.session.scalars(select(Item).where(Item.gallery_id == copy)).all()) == 3
    assert state(copy) == state(rich)


def test_the_schedule_is_not_cloned(rich, ed):
    with transaction():
        galleries.update(galleries.get(rich), {"publish_at": datetime(2027, 1, 1, tzinfo=UTC)}, actor=ed)

    assert db.session.get(Gallery, clone(rich, ed)).publish_at is None


def test_d9_a_held_gallery_is_cloned_as_editors_see_it(rich, ed):
    with transaction():
        galleries.publish(galleries.get(rich), actor=ed)
        holds.hold(rich, actor=ed)
    with transaction():
        factories.write(galleries.get(rich), "en", ed, title="High summer")
    copy = clone(rich, ed)

    assert galleries.title_of(db.session.get(Gallery, copy)) == "High summer"
    assert holds.find(copy) is None


def test_changing_a_clone_leaves_the_original_as_it_was(rich, ed):
    before = state(rich)
    copy = clone(rich, ed)
    with transaction():
        item = items.get(copy, items.ids_in_order(copy)[0])
        factories.write(item, "en", ed, caption="Another")
        tags.put(item, ["Other"])
        items.trash(copy, items.ids_in_order(copy)[1:], actor=ed)

    assert state(rich) == before


def test_d30_a_clone_tells_of_the_gallery_and_then_of_each_item_in_order(rich, ed):
    copy = clone(rich, ed)

    rows = select(OutboxEvent.kind, OutboxEvent.entity_id, OutboxEvent.payload, OutboxEvent.identity)
    told = db.session.execute(rows.where(OutboxEvent.gallery_id == copy).order_by(OutboxEvent.id)).all()
    assert [(row.kind, row.entity_id) for row in told] == [
        ("gallery.created", str(copy)),
        *(("item.created", str(item_id)) for item_id in items.ids_in_order(copy)),
    ]
    assert all((row.payload, row.identity) == ({}, {"type": "USER", "user": str(ed.id)}) for row in told)


def test_a_clone_is_recorded_with_its_original(rich, ed):
    copy = clone(rich, ed)

    entries = db.session.scalars(select(AuditEntry).where(AuditEntry.gallery_id == copy)).all()
    assert [(entry.verb, entry.changes) for entry in entries] == [("gallery.clone", {"of": [None, str(rich)]})]


def test_an_empty_gallery_is_cloned(ed):
    with transaction():
        empty = galleries.create({"slug": "empty"}, actor=ed).id

    assert state(clone(empty, ed)) == state(empty)


def test_a_gallery_in_the_trash_is_not_cloned(rich, ed):
    with transaction():
        galleries.trash(galleries.get(rich), actor=ed)

    with pytest.raises(NotFound), transaction():
        cloning.clone(galleries.find_trashed(rich), actor=ed)
    assert len(db.session.scalars(select(Gallery)).all()) == 1


def fail_to_clone(gallery_id, actor):
    with transaction():
        cloning.clone(galleries.get(gallery_id), actor=actor)
        raise RuntimeError("power cut")


def test_half_a_clone_is_none(rich, ed):
    before = len(db.session.scalars(select(Item)).all())
    with pytest.raises(RuntimeError, match="power cut"):
        fail_to_clone(rich, ed)

    assert len(db.session.scalars(select(Item)).all()) == before
    assert len(db.session.scalars(select(Gallery)).all()) == 1


def statements_of_a_clone(ed, number):
    with transaction():
        gallery = factories.gallery(ed, f"With {number}")
        entry = factories.picture()
        placed = items.add(gallery.id, [entry.id] * number, actor=ed)
        english = factories.language("en").id
        rows = [{"item_id": item.id, "language_id": english, "alt": "x", "kept": {}, "drafts": {}} for item in placed]
        db.session.execute(ItemText.__table__.insert(), [row | {"version": 1} for row in rows])
        factories.tag(gallery, "one")
        for item in placed[:2]:
            factories.tag(item, "two")
        gallery_id = gallery.id
    with counted() as sent:
        copy = clone(gallery_id, ed)
    assert len(items.ids_in_order(copy)) == number
    return len(sent)


def test_a_clone_of_many_items_sends_as_many_statements_as_one_of_few(ed):
    assert statements_of_a_clone(ed, 5) == statements_of_a_clone(ed, 1500) <= 34
