"""How far texts are: what is wanted, what counts, and one statement for all of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests import factories
from tests.statements import counted
from webapp.domain import completeness, galleries, items, translations
from webapp.domain.completeness import Progress
from webapp.domain.transaction import transaction


@pytest.fixture
def summer(ed):
    """An English gallery with a title and three pictures without words."""
    with transaction():
        return factories.gallery(ed, "Summer", pictures=3).id


def progress(gallery_id, code):
    found = completeness.of([gallery_id])[gallery_id].progress(factories.language(code).id)
    return (found.done, found.wanted)


def write_items(gallery_id, code, ed, count, **fields):
    with transaction():
        for item_id in items.ids_in_order(gallery_id)[:count]:
            factories.write(items.get(gallery_id, item_id), code, ed, **fields)


def write(gallery_id, code, ed, **fields):
    with transaction():
        factories.write(galleries.get(gallery_id), code, ed, **fields)


def test_a_title_and_an_alt_text_for_each_picture_are_wanted(summer):
    assert (progress(summer, "en"), progress(summer, "fr")) == ((1, 4), (0, 4))


def test_a_gallery_without_a_title_and_pictures_still_wants_a_title(ed):
    with transaction():
        empty = galleries.create({"slug": "empty"}, actor=ed).id

    assert progress(empty, "en") == (0, 1)


def test_what_the_source_language_says_is_wanted_in_the_others(summer, ed):
    write(summer, "en", ed, description="Long days")
    write_items(summer, "en", ed, 2, caption="By the lake", alt="A lake")

    assert (progress(summer, "en"), progress(summer, "fr")) == ((6, 7), (0, 7))


def test_texts_in_a_language_count_there_only(summer, ed):
    write(summer, "fr", ed, title="Été")
    write_items(summer, "fr", ed, 1, alt="Un lac")

    assert (progress(summer, "en"), progress(summer, "fr")) == ((1, 4), (2, 4))


def test_more_captions_than_the_source_has_do_not_make_up_for_a_missing_title(summer, ed):
    write_items(summer, "fr", ed, 3, caption="Au lac")

    assert progress(summer, "fr") == (0, 4)


@pytest.mark.parametrize("nothing", ["", None])
def test_an_empty_text_does_not_count(summer, ed, nothing):
    write(summer, "fr", ed, title=nothing)

    assert progress(summer, "fr") == (0, 4)


def test_a_decorative_picture_wants_no_alt_text(summer, ed):
    write_items(summer, "en", ed, 1, alt="A lake")
    with transaction():
        item = items.get(summer, items.ids_in_order(summer)[0])
        items.change(item, {"decorative": True}, actor=ed)

    assert progress(summer, "en") == (1, 3)


def test_items_in_the_trash_do_not_count(summer, ed):
    write_items(summer, "en", ed, 1, alt="A lake", caption="By the lake")
    with transaction():
        items.trash(summer, items.ids_in_order(summer)[:1], actor=ed)

    assert progress(summer, "en") == (1, 3)
    assert completeness.of([summer])[summer].items == 2


def test_an_alt_text_from_the_library_counts_once(summer, ed):
    with transaction():
        first, second, _ = (items.get(summer, item_id) for item_id in items.ids_in_order(summer))
        for item in (first, second):
            factories.write(factories.db.session.get(factories.Media, item.media_id), "en", ed, alt="A lake")
        factories.write(first, "en", ed, alt="Our lake")

    assert progress(summer, "en") == (3, 4)


def test_a_text_whose_source_has_changed_does_not_count_until_it_is_right_again(summer, ed):
    write(summer, "fr", ed, title="Été")
    write(summer, "en", ed, title="High summer")
    assert progress(summer, "fr") == (0, 4)

    with transaction():
        translations.still_right(galleries.get(summer), factories.language("fr").id, "title", actor=ed)
    assert progress(summer, "fr") == (1, 4)


def test_a_machine_s_text_counts_when_somebody_has_saved_it(summer, ed):
    with transaction():
        french = factories.language("fr").id
        translations.write(galleries.get(summer), french, {"title": "Été"}, actor=ed, origin="machine")
    assert progress(summer, "fr") == (0, 4)

    write(summer, "fr", ed, title="Été")
    assert progress(summer, "fr") == (1, 4)


def test_d8_a_draft_counts_no_more_than_the_value_below_it(summer, ed):
    with transaction():
        french = factories.language("fr").id
        translations.draft(galleries.get(summer), french, {"title": "Brouillon"}, actor=ed)
    assert progress(summer, "fr") == (0, 4)

    write(summer, "fr", ed, title="Été")
    with transaction():
        translations.draft(galleries.get(summer), french, {"title": "Brouillon"}, actor=ed)
    assert progress(summer, "fr") == (1, 4)


def test_many_galleries_take_one_statement(ed):
    with transaction():
        made = [factories.gallery(ed, f"Gallery {number}", pictures=number).id for number in range(6)]

    with counted() as sent:
        tallies = completeness.of(made)

    assert len(sent) == 1
    assert [tallies[gallery_id].items for gallery_id in made] == [0, 1, 2, 3, 4, 5]


def test_no_gallery_has_no_tally(domain):
    assert completeness.of([]) == {}


@given(some.integers(1, 10_000), some.data())
def test_only_the_whole_is_a_hundred_per_cent_and_only_nothing_is_none(wanted, data):
    done = data.draw(some.integers(0, wanted))
    percent = Progress(done, wanted).percent

    assert 0 <= percent <= 100
    assert (percent == 100) == (done == wanted)
    assert (percent == 0) == (done == 0)
