"""Suggestions: translations of the same or nearly the same source elsewhere on the site."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.fixtures.app import on_sqlite
from tests.statements import counted
from webapp.domain import search, suggesting, translations
from webapp.domain.errors import Forbidden
from webapp.domain.models import Item, Media
from webapp.domain.permissions import stranger
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db


@pytest.fixture
def shore(inside, cast):
    """A gallery with a picture that has a caption in English and nothing in French."""
    with transaction():
        factories.language("fr")
        gallery = factories.gallery(cast.ed, "The shore", pictures=1)
        item = item_of(gallery)
        factories.write(item, "en", cast.ed, caption="The lake at noon, reflections")
    return item


def item_of(gallery):
    return db.session.query(Item).filter_by(gallery_id=gallery.id).order_by(Item.sort_order.desc()).first()


def elsewhere(cast, source, target, *, field="caption", title="Winter", to="fr", **options):
    """Write a text and its translation into another gallery."""
    with transaction():
        gallery = factories.gallery(cast.ed, title, pictures=1)
        item = item_of(gallery)
        factories.write(item, "en", cast.ed, **{field: source})
        translations.write(item, factories.language(to).id, {field: target}, actor=cast.ed, **options)
    return gallery, item


def found(item, cast, *, field="caption", who=None):
    return suggesting.find(item, field, factories.language("fr").id, actor=who or cast.tessa)


def pairs(item, cast, **options):
    return [(each.text, each.likeness) for each in found(item, cast, **options)]


def test_the_same_source_elsewhere_gives_its_translation_and_says_where(shore, cast):
    gallery, item = elsewhere(cast, "The lake at noon, reflections", "Le lac à midi, reflets")

    (only,) = found(shore, cast)

    assert (only.text, only.likeness, only.field) == ("Le lac à midi, reflets", 100, "caption")
    assert only.place.startswith("Winter › IMG_")
    assert (only.gallery_id, only.item_id, only.media_id) == (gallery.id, item.id, None)


def test_a_source_much_alike_comes_after_the_same(shore, cast):
    elsewhere(cast, "Lake at noon, few reflections", "Le lac à midi", field="alt")
    elsewhere(cast, "The lake at noon, reflections", "Le lac à midi, reflets", field="title")
    elsewhere(cast, "the lake at Noon, reflections", "Le Lac", field="alt")
    elsewhere(cast, "A wolf in the snow of last year", "Un loup")

    texts = pairs(shore, cast)

    assert [text for text, _ in texts] == ["Le lac à midi, reflets", "Le Lac", "Le lac à midi"]
    assert texts[0][1] == 100
    assert texts[1][1] == 99
    assert 60 <= texts[2][1] < 99


@pytest.mark.parametrize(
    ("source", "likes"),
    [
        ("京都の朝の光", "京都の朝の霧"),
        ("صورة البحيرة عند الظهر", "صورة البحيرة عند الفجر"),
        ("ทะเลสาบตอนเที่ยง", "ทะเลสาบตอนเช้า"),
    ],
)
def test_scripts_of_every_kind_are_compared(shore, cast, source, likes):
    with transaction():
        factories.write(shore, "en", cast.ed, caption=source)
    elsewhere(cast, likes, "Presque")

    ((text, score),) = pairs(shore, cast)

    assert (text, 60 <= score < 100) == ("Presque", True)


def test_galleries_and_the_library_suggest_too(shore, cast):
    said = "The lake at noon, reflections"
    with transaction():
        gallery = factories.gallery(cast.ed, "Another", description=said)
        factories.write(gallery, "fr", cast.ed, description="De la galerie")
        media = factories.picture("lake.jpg")
        factories.write(media, "en", cast.ed, alt=said)
        factories.write(media, "fr", cast.ed, alt="De la photothèque")

    suggestions = {each.text: each for each in found(shore, cast)}

    assert suggestions["De la galerie"].place == "Another"
    assert suggestions["De la photothèque"].place == "lake.jpg"
    assert suggestions["De la photothèque"].media_id == media.id


def test_only_what_is_done_and_shown_is_suggested(shore, cast):
    said = "The lake at noon, reflections"
    elsewhere(cast, said, "Par machine", origin="machine")
    _, item = elsewhere(cast, "Another source", "Périmé")
    thrown, _ = elsewhere(cast, said, "Jeté")
    _, gone = elsewhere(cast, said, "Parti")
    elsewhere(cast, said, "Auf Deutsch", to="de")
    with transaction():
        factories.write(item, "en", cast.ed, caption=said)
        thrown.deleted_at = now()
        gone.deleted_at = now()
        translations.draft(shore, factories.language("fr").id, {"alt": "Brouillon"}, actor=cast.ed)

    assert pairs(shore, cast) == []


def test_a_text_does_not_suggest_itself_but_another_field_of_its_item_may(shore, cast):
    with transaction():
        factories.write(shore, "fr", cast.ed, caption="Le lac à midi, reflets")
        factories.write(shore, "en", cast.ed, alt="The lake at noon, reflections")
    assert pairs(shore, cast) == []

    assert pairs(shore, cast, field="alt") == [("Le lac à midi, reflets", 100)]


def test_one_wording_is_suggested_once(shore, cast):
    for number in range(3):
        elsewhere(cast, "The lake at noon, reflections", "Le lac à midi, reflets", title=f"G{number}")

    assert len(found(shore, cast)) == 1


def test_what_would_not_fit_is_not_suggested(shore, cast):
    with transaction():
        factories.write(shore, "en", cast.ed, alt="The lake at noon, reflections")
    elsewhere(cast, "The lake at noon, reflections", "L" * 300)

    assert pairs(shore, cast, field="alt") == []
    assert len(pairs(shore, cast)) == 1


def test_html_is_compared_with_html_alone(shore, cast):
    with transaction():
        factories.write(shore, "en", cast.ed, html="<p>Hello</p>")
    elsewhere(cast, "<p>Hello</p>", "Pas du HTML")
    elsewhere(cast, "<p>Hello</p>", "<p>Bonjour</p>", field="html")

    assert pairs(shore, cast, field="html") == [("<p>Bonjour</p>", 100)]


@pytest.mark.parametrize("said", ["100% _sure_ \\ '", "a", "…", "{name}"])
def test_marks_that_mean_something_to_a_database_are_letters(shore, cast, said):
    with transaction():
        factories.write(shore, "en", cast.ed, caption=said)
    elsewhere(cast, said, "Oui")
    elsewhere(cast, "x" * len(said), "Non")

    assert pairs(shore, cast) == [("Oui", 100)]


def test_nothing_is_suggested_without_a_source_or_for_the_source_itself(shore, cast):
    elsewhere(cast, "The lake at noon, reflections", "Le lac à midi, reflets")

    assert pairs(shore, cast, field="title") == []
    assert suggesting.find(shore, "caption", factories.language("en").id, actor=cast.ed) == []


def test_who_may_not_see_galleries_or_files_is_shown_nothing_of_them(shore, cast):
    with transaction():
        media = factories.picture("lake.jpg")
        factories.write(media, "en", cast.ed, alt="The lake at noon, reflections")
        factories.write(media, "fr", cast.ed, alt="De la photothèque")
    import dataclasses

    blind = dataclasses.replace(cast.tessa, permissions=cast.tessa.permissions - {"media:read"})

    assert pairs(shore, cast) == [("De la photothèque", 100)]
    assert pairs(shore, cast, who=blind) == []
    with pytest.raises(Forbidden):
        found(shore, cast, who=stranger("public"))


def test_as_many_statements_for_one_text_as_for_thirty(shore, cast):
    def statements():
        db.session.expire_all()
        assert db.session.get(Item, shore.id)
        with counted() as sent:
            found(shore, cast)
        return len(sent)

    elsewhere(cast, "The lake at noon, reflections", "Le lac 0")
    before = statements()
    for number in range(1, 30):
        elsewhere(cast, "The lake at noon, reflections", f"Le lac {number}", title=f"G{number}")

    assert statements() == before <= 7
    assert len(found(shore, cast)) == suggesting.MOST


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(TEXT, TEXT)
def test_likeness_is_the_same_both_ways_and_whole_only_for_the_same(one, other):
    score = suggesting.likeness(one, other)

    assert score == suggesting.likeness(other, one)
    assert 0 <= score <= 100
    assert (score == 100) == (one == other)


def test_the_library_asks_for_suggestions_as_well(inside, cast):
    with transaction():
        factories.language("fr")
        media = factories.picture("lake.jpg")
        factories.write(media, "en", cast.ed, alt="A lake in the sun")
    elsewhere(cast, "A lake in the sun", "Un lac au soleil", field="alt")

    found_here = suggesting.find(db.session.get(Media, media.id), "alt", factories.language("fr").id, actor=cast.ed)

    assert [each.text for each in found_here] == ["Un lac au soleil"]


@on_sqlite
def test_of_very_many_that_share_a_word_those_with_all_of_them_are_looked_at(shore, cast, monkeypatch):
    monkeypatch.setattr(search, "ALIKE", 1)
    elsewhere(cast, "The lake at noon, reflections", "Le lac à midi, reflets")
    for number in range(3):
        elsewhere(cast, f"The reflections of a harbour {number}", f"Les reflets {number}")

    assert pairs(shore, cast) == [("Le lac à midi, reflets", 100)]
    with counted() as sent:
        known = search.alike("The lake at noon, reflections")
    assert len(sent) == 1
    assert max(map(len, known.values())) <= 3
