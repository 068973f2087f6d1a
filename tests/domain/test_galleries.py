"""Galleries: made, changed, published, thrown away, taken back, each with its audit and its events."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.races import race
from webapp.domain import galleries, holds, items, languages, revisions, slugs, translations
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.models import AuditEntry, Gallery, GallerySlug, GalleryText, HeldItem, Hold, Item, OutboxEvent
from webapp.domain.transaction import transaction
from webapp.infra.db import db


@pytest.fixture
def summer(ed):
    with transaction():
        return factories.gallery(ed, "Summer", pictures=2).id


def read(gallery_id):
    db.session.rollback()
    return db.session.get(Gallery, gallery_id)


def events(gallery_id):
    statement = select(OutboxEvent.kind).where(OutboxEvent.gallery_id == gallery_id).order_by(OutboxEvent.id)
    return list(db.session.scalars(statement))


def verbs(gallery_id):
    statement = select(AuditEntry.verb).where(AuditEntry.gallery_id == gallery_id).order_by(AuditEntry.id)
    return list(db.session.scalars(statement))


def counted(model):
    return db.session.scalars(select(func.count()).select_from(model)).one()


def tell_nothing_yet():
    """Let all events so far be delivered, so that none stands for a later one."""
    with transaction():
        for event in db.session.scalars(select(OutboxEvent)):
            event.delivered_at = datetime.now(UTC)


# ---- making ----


def test_a_gallery_is_a_draft_of_its_maker_with_a_slug_of_its_title(ed):
    english = languages.default().id
    with transaction():
        made = galleries.create({}, texts={english: {"title": "Été à Évian"}}, actor=ed).id

    gallery = read(made)
    assert (gallery.status, gallery.author_id, gallery.created_by_id) == ("draft", ed.id, ed.id)
    assert (gallery.version, gallery.order_version, gallery.sort_order) == (1, 1, None)
    assert (gallery.updated_at, gallery.published_at, gallery.deleted_at) == (None, None, None)
    assert gallery.touched_at >= gallery.created_at
    assert slugs.of(made) == "ete-a-evian"
    assert galleries.title_of(gallery) == "Été à Évian"


def test_making_a_gallery_is_told_and_recorded_once(ed):
    texts = {languages.default().id: {"title": "Summer"}, languages_added("fr"): {"title": "Été"}}
    with transaction():
        made = galleries.create({"slug": "summer"}, texts=texts, actor=ed).id

    assert events(made) == ["gallery.created", "translation.updated"]
    assert verbs(made)[0] == "gallery.create"


def languages_added(code):
    with transaction():
        return factories.language(code).id


def test_a_gallery_made_twice_by_title_gets_a_number(ed):
    english = languages.default().id
    with transaction():
        made = [galleries.create({}, texts={english: {"title": "Summer"}}, actor=ed).id for _ in range(3)]

    assert [slugs.of(gallery_id) for gallery_id in made] == ["summer", "summer-2", "summer-3"]


def test_d17_a_gallery_s_source_language_is_the_site_s_unless_it_says_another(ed):
    french = languages_added("fr")
    with transaction():
        plain = galleries.create({"slug": "plain"}, actor=ed)
        spoken = galleries.create(
            {"slug": "spoken", "source_language_id": french}, texts={french: {"title": "Été"}}, actor=ed
        )
        plain_id, spoken_id = plain.id, spoken.id

    assert read(plain_id).source_language_id == languages.default().id
    assert read(spoken_id).source_language_id == french
    assert galleries.title_of(read(spoken_id)) == "Été"


def test_a_gallery_without_a_title_is_called_by_its_slug(ed):
    with transaction():
        made = galleries.create({"slug": "summer-2026"}, actor=ed).id

    assert galleries.title_of(read(made)) == "summer-2026"


def test_d12_a_gallery_may_be_made_published(ed):
    with transaction():
        made = galleries.create({"slug": "summer", "status": "published"}, actor=ed).id

    gallery = read(made)
    assert gallery.status == "published"
    assert gallery.published_at is not None
    assert gallery.updated_at is None
    assert [revision.reason for revision in revisions.all_of(made)] == ["published"]
    assert events(made) == ["gallery.created"]


@pytest.mark.parametrize(
    ("fields", "thing"),
    [
        ({"cover_media_id": uuid4()}, "Cover image not found"),
        ({"author_id": uuid4()}, "Author not found"),
        ({"source_language_id": uuid4()}, "Language not found"),
    ],
)
def test_a_gallery_with_what_is_not_there_is_not_made(ed, fields, thing):
    with pytest.raises(NotFound) as refused, transaction():
        galleries.create({"slug": "summer", **fields}, actor=ed)

    assert refused.value.message == thing
    assert (counted(Gallery), counted(GallerySlug), counted(OutboxEvent)) == (0, 0, 0)


def test_a_gallery_with_texts_in_a_language_that_is_not_there_is_not_made(ed):
    with pytest.raises(NotFound), transaction():
        galleries.create({"slug": "summer"}, texts={uuid4(): {"title": "Summer"}}, actor=ed)

    assert (counted(Gallery), counted(GalleryText), counted(AuditEntry)) == (0, 0, 0)


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"slug": "Not A Slug"}, "slug"), ({"slug": ""}, "slug"), ({"slug": "summer", "status": "secret"}, "status")],
)
def test_a_gallery_with_a_senseless_field_is_not_made(ed, fields, field):
    with pytest.raises(Invalid) as refused, transaction():
        galleries.create(fields, actor=ed)

    assert refused.value.field == field
    assert counted(Gallery) == 0


@pytest.mark.parametrize("title", ["x" * 256, "a\x00b", "\ud800"])
def test_a_gallery_with_a_title_that_cannot_be_kept_is_not_made(ed, title):
    with pytest.raises(Invalid) as refused, transaction():
        galleries.create({}, texts={languages.default().id: {"title": title}}, actor=ed)

    assert refused.value.field == "title"
    assert counted(Gallery) == 0


def test_a_taken_slug_makes_no_second_gallery(ed, summer):
    with pytest.raises(Conflict), transaction():
        galleries.create({"slug": "summer"}, actor=ed)

    assert counted(Gallery) == 1


# ---- finding ----


def test_a_gallery_in_the_trash_is_not_got(ed, summer):
    with transaction():
        galleries.trash(galleries.get(summer), actor=ed)

    for find in (galleries.get, galleries.locked):
        with pytest.raises(NotFound):
            find(summer)
    assert galleries.find_trashed(summer).id == summer
    assert galleries.find_by_slug("summer") is None


@pytest.mark.parametrize("find", [galleries.get, galleries.locked, galleries.find_trashed])
def test_an_unknown_gallery_is_not_got(domain, find):
    with pytest.raises(NotFound):
        find(uuid4())


def test_a_living_gallery_is_not_found_in_the_trash(summer):
    with pytest.raises(NotFound):
        galleries.find_trashed(summer)


def test_d11_a_gallery_is_found_by_its_slugs(ed, summer):
    with transaction():
        galleries.update(galleries.get(summer), {"slug": "summer-2026"}, actor=ed)

    found = [galleries.find_by_slug(slug) for slug in ("summer-2026", "summer", "winter")]
    assert [(each[0].id, each[1]) if each else None for each in found] == [(summer, True), (summer, False), None]


# ---- changing ----


def test_fields_change_and_the_others_stay(ed, summer):
    with transaction():
        cover = factories.picture().id
        galleries.update(galleries.get(summer), {"cover_media_id": cover}, actor=ed)
    with transaction():
        galleries.update(galleries.get(summer), {"category_uri": "https://example.org/c"}, actor=ed)

    gallery = read(summer)
    assert (gallery.cover_media_id, gallery.category_uri) == (cover, "https://example.org/c")
    assert (gallery.author_id, gallery.status, gallery.version) == (ed.id, "draft", 3)
    assert gallery.updated_at is not None


def test_a_change_is_recorded_with_what_was_and_is(ed, summer):
    tell_nothing_yet()
    with transaction():
        galleries.update(galleries.get(summer), {"slug": "summer-2026"}, actor=ed)

    entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1)).one()
    assert (entry.verb, entry.user_id) == ("gallery.update", ed.id)
    assert entry.changes == {"slug": ["summer", "summer-2026"]}
    assert events(summer)[-1] == "gallery.updated"


@pytest.mark.parametrize("fields", [{}, {"slug": "summer"}, {"status": "draft"}, {"cover_media_id": None}])
def test_d12_what_already_is_so_is_no_change(ed, summer, fields):
    before, told = read(summer).version, len(events(summer))
    with transaction():
        galleries.update(galleries.get(summer), fields, actor=ed)

    assert read(summer).version == before
    assert len(events(summer)) == told
    assert "gallery.update" not in verbs(summer)


def test_a_cover_from_the_trash_is_not_found(ed, summer):
    with transaction():
        cover = factories.picture()
        cover.deleted_at = datetime.now(UTC)
        cover_id = cover.id

    with pytest.raises(NotFound), transaction():
        galleries.update(galleries.get(summer), {"cover_media_id": cover_id}, actor=ed)
    assert read(summer).cover_media_id is None


def test_d25_an_old_token_changes_nothing(ed, summer):
    with transaction():
        galleries.update(galleries.get(summer), {"slug": "first"}, actor=ed, version=1)

    with pytest.raises(Stale), transaction():
        galleries.update(galleries.get(summer), {"slug": "second"}, actor=ed, version=1)
    assert slugs.of(summer) == "first"


def test_d11_a_conflict_over_the_slug_changes_nothing_else(ed, summer):
    with transaction():
        other = galleries.create({"slug": "other"}, actor=ed).id

    with pytest.raises(Conflict), transaction():
        galleries.update(galleries.get(other), {"category_uri": "x:y", "slug": "summer"}, actor=ed)
    assert (read(other).category_uri, slugs.of(other)) == (None, "other")


def test_d11_a_changed_slug_leads_on_from_the_old_one(ed, summer):
    with transaction():
        galleries.update(galleries.get(summer), {"slug": "summer-2026"}, actor=ed)

    assert {row.slug: row.current for row in db.session.scalars(select(GallerySlug))} == {
        "summer": False,
        "summer-2026": True,
    }


# ---- status ----


def test_d12_a_gallery_is_published_unpublished_and_archived(ed, summer):
    seen = []
    for status in ("published", "draft", "archived", "published"):
        with transaction():
            galleries.set_status(galleries.get(summer), status, actor=ed)
        seen.append((read(summer).status, read(summer).version))

    assert seen == [("published", 2), ("draft", 3), ("archived", 4), ("published", 5)]


def test_d10_each_publication_is_a_revision(ed, summer):
    for status in ("published", "draft", "published"):
        with transaction():
            galleries.set_status(galleries.get(summer), status, actor=ed)

    assert [(each.number, each.reason) for each in revisions.all_of(summer)] == [(2, "published"), (1, "published")]


def test_d12_publishing_again_does_nothing(ed, summer):
    with transaction():
        galleries.publish(galleries.get(summer), actor=ed)
    moment, told = read(summer).published_at, len(events(summer))
    with transaction():
        galleries.publish(galleries.get(summer), actor=ed)

    assert read(summer).published_at == moment
    assert len(events(summer)) == told
    assert len(revisions.all_of(summer)) == 1


def test_a_status_that_is_none_is_refused(ed, summer):
    with pytest.raises(Invalid) as refused, transaction():
        galleries.set_status(galleries.get(summer), "secret", actor=ed)

    assert refused.value.field == "status"


def test_d25_publishing_with_an_old_token_is_refused(ed, summer):
    with pytest.raises(Stale), transaction():
        galleries.publish(galleries.get(summer), actor=ed, version=7)

    assert read(summer).status == "draft"


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_d9_a_gallery_that_is_no_longer_published_is_no_longer_held(ed, summer, status):
    with transaction():
        galleries.publish(galleries.get(summer), actor=ed)
        holds.hold(summer, actor=ed)
    with transaction():
        galleries.set_status(galleries.get(summer), status, actor=ed)

    assert holds.find(summer) is None
    assert counted(HeldItem) == 0


def test_d9_a_gallery_published_again_shows_what_it_is_now(ed, summer):
    with transaction():
        galleries.publish(galleries.get(summer), actor=ed)
        holds.hold(summer, actor=ed)
    with transaction():
        galleries.set_status(galleries.get(summer), "draft", actor=ed)
    with transaction():
        galleries.publish(galleries.get(summer), actor=ed)

    assert (read(summer).status, holds.find(summer)) == ("published", None)


# ---- trash ----


def test_d11_a_gallery_goes_to_the_trash_with_all_it_holds_and_frees_its_slug(ed, summer):
    with transaction():
        galleries.trash(galleries.get(summer), actor=ed)

    gallery = read(summer)
    assert gallery.deleted_at is not None
    assert gallery.trashed_slug == "summer"
    assert (counted(GallerySlug), counted(Item), counted(GalleryText)) == (0, 2, 1)
    assert galleries.title_of(gallery) == "Summer"
    assert (events(summer)[-1], verbs(summer)[-1]) == ("gallery.deleted", "gallery.trash")


def test_d14_a_gallery_comes_back_as_a_draft_with_its_slug_and_items(ed, summer):
    with transaction():
        galleries.publish(galleries.get(summer), actor=ed)
    order = items.ids_in_order(summer)
    with transaction():
        galleries.trash(galleries.get(summer), actor=ed)
    with transaction():
        slug = galleries.restore(galleries.find_trashed(summer), actor=ed)

    gallery = read(summer)
    assert slug == slugs.of(summer) == "summer"
    assert (gallery.status, gallery.deleted_at, gallery.trashed_slug) == ("draft", None, None)
    assert items.ids_in_order(summer) == order


def test_d30_a_gallery_that_comes_back_is_told_as_made(ed, summer):
    tell_nothing_yet()
    with transaction():
        galleries.trash(galleries.get(summer), actor=ed)
    with transaction():
        galleries.restore(galleries.find_trashed(summer), actor=ed)

    assert events(summer)[-4:] == ["gallery.deleted", "gallery.created", "item.created", "item.created"]
    assert verbs(summer)[-2:] == ["gallery.trash", "gallery.restore"]


def test_d11_a_gallery_whose_slug_was_taken_comes_back_under_the_next(ed, summer):
    with transaction():
        galleries.trash(galleries.get(summer), actor=ed)
    with transaction():
        galleries.create({"slug": "summer"}, actor=ed)
    with transaction():
        assert galleries.restore(galleries.find_trashed(summer), actor=ed) == "summer-2"


def place(gallery_id, key):
    with transaction():
        db.session.get(Gallery, gallery_id).sort_order = key


def test_d5_a_gallery_comes_back_to_its_place_on_the_site(ed, summer):
    place(summer, 7.0)
    with transaction():
        galleries.trash(galleries.get(summer), actor=ed)
    with transaction():
        galleries.restore(galleries.find_trashed(summer), actor=ed)

    assert read(summer).sort_order == 7.0


def test_d5_a_gallery_whose_place_was_taken_comes_back_without_one(ed, summer):
    place(summer, 7.0)
    with transaction():
        galleries.trash(galleries.get(summer), actor=ed)
    with transaction():
        other = galleries.create({"slug": "other"}, actor=ed).id
    place(other, 7.0)
    with transaction():
        galleries.restore(galleries.find_trashed(summer), actor=ed)

    assert (read(summer).sort_order, read(other).sort_order) == (None, 7.0)


def test_d9_a_held_gallery_is_not_held_any_more_in_the_trash(ed, summer):
    with transaction():
        galleries.publish(galleries.get(summer), actor=ed)
        holds.hold(summer, actor=ed)
    with transaction():
        galleries.trash(galleries.get(summer), actor=ed)
    with transaction():
        galleries.restore(galleries.find_trashed(summer), actor=ed)

    assert (counted(Hold), counted(HeldItem)) == (0, 0)


def test_a_gallery_deleted_for_good_takes_its_items_and_texts_and_leaves_the_media(ed, summer):
    with transaction():
        item = db.session.scalars(select(Item)).first()
        factories.write(item, "en", ed, alt="A lake")
        galleries.publish(galleries.get(summer), actor=ed)
        media = {each.media_id for each in db.session.scalars(select(Item))}
        galleries.trash(galleries.get(summer), actor=ed)
    with transaction():
        galleries.purge(galleries.find_trashed(summer), actor=ed)

    assert (counted(Gallery), counted(Item), counted(GalleryText), len(media)) == (0, 0, 0, 2)
    assert verbs(summer)[-1] == "gallery.purge"
    assert revisions.all_of(summer) == []


def test_a_living_gallery_is_not_deleted_for_good(ed, summer):
    with pytest.raises(Invalid), transaction():
        galleries.purge(galleries.get(summer), actor=ed)

    assert counted(Gallery) == 1


def at_once(app, *deeds):
    """Do all of it at once and return the errors of those who came second."""

    def within(deed):
        def run():
            with transaction():
                deed()

        return run

    return [type(outcome) for outcome in race(app, *map(within, deeds)) if outcome is not None]


def test_one_of_two_who_throw_a_gallery_away_at_once_finds_it_gone(domain, ed, summer):
    def deed():
        galleries.trash(galleries.get(summer), actor=ed)

    assert at_once(domain, deed, deed) == [NotFound]
    assert read(summer).trashed_slug == "summer"
    assert events(summer).count("gallery.deleted") == 1


def test_one_of_two_who_take_a_gallery_back_at_once_finds_it_back(domain, ed, summer):
    with transaction():
        galleries.trash(galleries.get(summer), actor=ed)

    def deed():
        galleries.restore(galleries.find_trashed(summer), actor=ed)

    assert at_once(domain, deed, deed) == [NotFound]
    assert slugs.of(summer) == "summer"
    assert verbs(summer).count("gallery.restore") == 1


def test_a_gallery_taken_back_is_not_deleted_for_good_by_who_comes_second(domain, ed, summer):
    with transaction():
        galleries.trash(galleries.get(summer), actor=ed)

    def take_back():
        galleries.restore(galleries.find_trashed(summer), actor=ed)

    def delete():
        galleries.purge(galleries.find_trashed(summer), actor=ed)

    assert at_once(domain, take_back, delete) == [NotFound]
    assert (counted(Gallery), counted(Item), counted(GallerySlug)) in [(1, 2, 1), (0, 0, 0)]


def publish_and_fail(gallery_id, actor):
    with transaction():
        galleries.publish(galleries.get(gallery_id), actor=actor)
        raise RuntimeError("power cut")


def test_what_is_not_committed_leaves_no_event(ed, summer):
    told, recorded = len(events(summer)), len(verbs(summer))
    with pytest.raises(RuntimeError, match="power cut"):
        publish_and_fail(summer, ed)

    assert read(summer).status == "draft"
    assert (len(events(summer)), len(verbs(summer))) == (told, recorded)


def test_a_text_touches_its_gallery(ed, summer):
    before = read(summer).touched_at
    with transaction():
        translations.write(galleries.get(summer), languages.default().id, {"title": "High summer"}, actor=ed)

    assert read(summer).touched_at > before
    assert read(summer).updated_at == read(summer).touched_at
