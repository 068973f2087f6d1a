"""What is left to translate: the numbers of the board against a recount row by row, and which gallery comes next."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import select

from tests import factories
from tests.statements import counted
from webapp.domain import completeness, editing, galleries, items, lacking, queues, translating, translations
from webapp.domain.models import Gallery, GalleryText, Item, ItemText, Media, MediaText
from webapp.domain.transaction import transaction
from webapp.domain.translating import Wanted
from webapp.infra.clock import now
from webapp.infra.db import db

CODES = ("en", "fr", "ar")
OF_GALLERY = ("title", "description", "meta_title", "meta_description")
OF_ITEM = ("caption", "alt", "title", "description", "html")


@pytest.fixture
def ed(domain):
    with transaction():
        for code in CODES:
            factories.language(code)
        return factories.actor("Ed", "editor")


@pytest.fixture
def summer(ed):
    with transaction():
        return factories.gallery(ed, "Summer", pictures=3).id


def recount(gallery_id, code):
    """Count the wanted texts of a gallery and how they stand, text by text, as a person would."""
    language_id = factories.language(code).id
    gallery = db.session.get(Gallery, gallery_id)
    source_id = gallery.source_language_id
    stands = [_stands(_text(GalleryText, "gallery_id", gallery_id, language_id), name) for name in ("title",)]
    source = _text(GalleryText, "gallery_id", gallery_id, source_id)
    here = _text(GalleryText, "gallery_id", gallery_id, language_id)
    stands += [_stands(here, name) for name in OF_GALLERY[1:] if source is not None and getattr(source, name)]
    for item in db.session.scalars(select(Item).where(Item.gallery_id == gallery_id, Item.deleted_at.is_(None))):
        stands += _of_item(item, source_id, language_id)
    return {name: stands.count(name) for name in ("done", "stale", "machine", "missing")}


def _of_item(item, source_id, language_id):
    here = _text(ItemText, "item_id", item.id, language_id)
    source = _text(ItemText, "item_id", item.id, source_id)
    if item.media_id and not item.decorative:
        library = _text(MediaText, "media_id", item.media_id, language_id)
        lent = _stands(here, "alt") == "missing" and _stands(library, "alt") == "done"
        yield "done" if lent else _stands(here, "alt")
    for name in OF_ITEM:
        if name != "alt" and source is not None and getattr(source, name):
            yield _stands(here, name)


def _text(model, key, owner_id, language_id):
    rows = db.session.scalars(select(model).where(getattr(model, key) == owner_id, model.language_id == language_id))
    return rows.one_or_none()


def _stands(row, name):
    if row is None or not getattr(row, name):
        return "missing"
    return row.kept.get(name, {}).get("state", "done")


def seen(gallery_id, code):
    """Count the same as the board does."""
    progress = completeness.of([gallery_id])[gallery_id].progress(factories.language(code).id)
    missing = progress.wanted - progress.filled
    return {"done": progress.done, "stale": progress.stale, "machine": progress.unread, "missing": missing}


SOME_WORDS = some.sampled_from(["", "Lake", "See", "Quay"])
DEEDS = some.lists(
    some.one_of(
        some.tuples(some.just("gallery"), some.sampled_from(CODES), some.sampled_from(OF_GALLERY), SOME_WORDS),
        some.tuples(some.just("machine"), some.sampled_from(CODES), some.sampled_from(OF_ITEM), SOME_WORDS),
        some.tuples(some.just("item"), some.sampled_from(CODES), some.sampled_from(OF_ITEM), SOME_WORDS),
        some.tuples(some.just("draft"), some.sampled_from(CODES), some.sampled_from(OF_ITEM), SOME_WORDS),
        some.tuples(some.just("right"), some.sampled_from(CODES), some.sampled_from(OF_ITEM), some.just("")),
        some.tuples(some.just("library"), some.sampled_from(CODES), some.just("alt"), SOME_WORDS),
        some.tuples(some.sampled_from(("decorative", "trash", "restore")), *[some.just("")] * 3),
    ),
    max_size=12,
)


def carry_out(gallery_id, deed, place, actor):
    verb, code, field, words = deed
    living = items.ids_in_order(gallery_id)
    if verb == "gallery":
        factories.write(galleries.get(gallery_id), code, actor, **{field: words})
    elif verb == "restore":
        items.restore(gallery_id, [each.id for each in items.trashed(gallery_id)], actor=actor)
    elif living:
        _to_item(items.get(gallery_id, living[place % len(living)]), deed, actor)


def _to_item(item, deed, actor):
    verb, code, field, words = deed
    language_id = factories.language(code).id if code else None
    if verb == "item":
        factories.write(item, code, actor, **{field: words})
    elif verb == "machine":
        translations.write(item, language_id, {field: words}, actor=actor, origin="machine")
    elif verb == "draft":
        translations.draft(item, language_id, {field: words}, actor=actor)
    elif verb == "right" and getattr(translations.find(item, language_id), field, None):
        translations.still_right(item, language_id, field, actor=actor)
    elif verb == "library":
        factories.write(db.session.get(Media, item.media_id), code, actor, alt=words)
    elif verb == "decorative":
        items.change(item, {"decorative": not item.decorative}, actor=actor)
    elif verb == "trash":
        items.trash(item.gallery_id, [item.id], actor=actor)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=some.lists(some.tuples(DEEDS, some.integers(0, 2)), max_size=3))
def test_the_board_says_what_a_recount_says_after_any_deeds(ed, deeds):
    with transaction():
        gallery_id = factories.gallery(ed, "Lake", pictures=2).id
    queues.standings()
    for some_deeds, place in deeds:
        for deed in some_deeds:
            with transaction():
                carry_out(gallery_id, deed, place, ed)
        kept = next(each.tally for each in queues.standings() if each.id == gallery_id)
        assert kept == completeness.of([gallery_id])[gallery_id]
    for code in CODES:
        assert seen(gallery_id, code) == recount(gallery_id, code)
        assert is_lacking(gallery_id, code) == (seen(gallery_id, code)["done"] < sum(seen(gallery_id, code).values()))
        assert open_items(gallery_id, code) == {each.item.id for each in table(gallery_id, code) if each.is_open}


def is_lacking(gallery_id, code):
    asked = select(Gallery.id).where(Gallery.id == gallery_id, lacking.in_language(code))
    return db.session.scalar(asked) is not None


def table(gallery_id, code, **wanted):
    gallery = galleries.get(gallery_id)
    return translating.page(gallery, editing.speak(gallery, code), Wanted(**wanted)).rows


def open_items(gallery_id, code):
    return {each.item.id for each in table(gallery_id, code, only="open")}


def test_all_galleries_are_counted_in_two_statements_and_one_that_changed_in_as_many(ed, summer):
    with transaction():
        for number in range(5):
            factories.gallery(ed, f"Gallery {number}", pictures=number)
    with counted() as first:
        before = queues.standings()
    with transaction():
        factories.write(galleries.get(summer), "fr", ed, title="Été")
    with counted() as second:
        after = queues.standings()

    assert (len(first), len(second)) == (2, 2)
    assert [each.id for each in before] == [each.id for each in after]


def test_what_is_left_is_the_sum_over_galleries_that_are_not_written_in_the_language(ed, summer):
    french = factories.language("fr")
    with transaction():
        factories.gallery(ed, "Été", pictures=2, source="fr")
        factories.write(galleries.get(summer), "fr", ed, title="Été")

    assert queues.totals([french])[french.id].left == 3


def test_a_translator_has_as_much_to_do_as_is_left_in_the_languages_given(ed, summer):
    with transaction():
        tessa = factories.actor("Tessa", "translator", speaks=("fr",))
        vi = factories.actor("Vi", "viewer")

    assert (queues.to_do(tessa), queues.to_do(vi)) == (4, 0)
    assert [each.code for each in queues.spoken(tessa)] == ["fr"]


def test_stale_texts_come_first_then_the_next_gallery_and_round_again(ed):
    french = factories.language("fr").id
    with transaction():
        first, second, third = (factories.gallery(ed, name, pictures=1).id for name in ("One", "Two", "Three"))
    assert queues.following(french).id == third
    assert queues.following(french, after=third).id == second
    assert queues.following(french, after=first).id == third

    with transaction():
        factories.write(galleries.get(first), "fr", ed, title="Un")
        factories.write(galleries.get(first), "en", ed, title="Number one")
    assert queues.following(french, after=third).id == first
    assert queues.following(french, after=first).id == third


def test_nothing_comes_next_where_all_is_done(ed):
    french = factories.language("fr").id
    with transaction():
        only = factories.gallery(ed, "One").id
    assert queues.following(french, after=only) is None

    with transaction():
        factories.write(galleries.get(only), "fr", ed, title="Un")
    assert queues.following(french) is None


def test_what_changed_this_week_is_stale_now(ed, summer):
    french = factories.language("fr")
    with transaction():
        factories.write(galleries.get(summer), "fr", ed, title="Été")
    assert queues.changed([french]).fields == 0

    with transaction():
        factories.write(galleries.get(summer), "en", ed, title="High summer")
    found = queues.changed([french])

    assert (found.fields, found.galleries) == (1, (summer,))
    assert queues.changed([french], since=now() + timedelta(days=1)).fields == 0


def test_a_gallery_in_the_trash_is_not_counted(ed, summer):
    with transaction():
        galleries.trash(galleries.get(summer), actor=ed)

    assert queues.standings() == ()


def test_pictures_without_alt_text_are_counted_in_the_source_language(ed, summer):
    with transaction():
        item = items.get(summer, items.ids_in_order(summer)[0])
        factories.write(item, "en", ed, alt="A lake")
        factories.write(item, "fr", ed, alt="Un lac")

    assert completeness.of([summer])[summer].without_alt == 2
