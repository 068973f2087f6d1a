"""Words to use: kept by language, and found in a source text."""

import pytest

from tests import factories
from tests.fixtures.app import on_sqlite
from webapp.domain import glossary
from webapp.domain.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.domain.models import Term
from webapp.domain.transaction import transaction


def french():
    return factories.language("fr").id


def used(source, *words):
    found = [Term(term=word, translation=None) for word in words]
    return [each.term for each in glossary.words_of(found, source)]


def test_words_are_kept_by_language_in_their_order(inside, cast):
    with transaction():
        german = factories.language("de").id
        glossary.add(french(), "quay", "quai", actor=cast.ed)
        glossary.add(french(), " Lantern   walk ", "promenade aux lanternes", actor=cast.ed)
        glossary.add(french(), "Vitrine", "", actor=cast.ed)
        glossary.add(german, "quay", "Kai", actor=cast.ed)

    assert [(each.term, each.translation) for each in glossary.terms(french())] == [
        ("Lantern walk", "promenade aux lanternes"),
        ("quay", "quai"),
        ("Vitrine", None),
    ]
    assert [each.translation for each in glossary.terms(german)] == ["Kai"]


def test_a_word_stands_there_once(inside, cast):
    with transaction():
        glossary.add(french(), "quay", "quai", actor=cast.ed)

    with pytest.raises(Conflict), transaction():
        glossary.add(french(), "quay", "appontement", actor=cast.ed)
    assert [each.translation for each in glossary.terms(french())] == ["quai"]


def test_a_word_is_taken_away(inside, cast):
    with transaction():
        word = glossary.add(french(), "quay", "quai", actor=cast.ed)
    with transaction():
        glossary.remove(word.id, actor=cast.ed)

    assert glossary.terms(french()) == []
    with pytest.raises(NotFound), transaction():
        glossary.remove(word.id, actor=cast.ed)


@on_sqlite
def test_editors_keep_the_words_and_translators_do_not(inside, cast):
    with pytest.raises(Forbidden), transaction():
        glossary.add(french(), "quay", "quai", actor=cast.tessa)


@on_sqlite
@pytest.mark.parametrize(
    ("term", "translation"), [("", "x"), (" ", "x"), ("a" * 101, "x"), ("x", "a" * 101), ("a\x01", "x")]
)
def test_what_is_no_word_is_refused(inside, cast, term, translation):
    with pytest.raises(Invalid), transaction():
        glossary.add(french(), term, translation, actor=cast.ed)


@on_sqlite
def test_a_language_has_so_many_words_and_no_more(inside, cast, monkeypatch):
    monkeypatch.setattr(glossary, "MOST", 2)
    with transaction():
        for word in ("one", "two"):
            glossary.add(french(), word, None, actor=cast.ed)

    with pytest.raises(Conflict), transaction():
        glossary.add(french(), "three", None, actor=cast.ed)


@pytest.mark.parametrize(
    ("source", "word", "is_used"),
    [
        ("The lantern walk begins", "Lantern walk", True),
        ("Lanterns", "lantern", False),
        ("a lantern.", "lantern", True),
        ("quay-side", "quay", True),
        ("éléphant", "phant", False),
        ("京都の朝", "京都", True),
        ("C++ and C", "C++", True),
        ("a.b", "a-b", False),
        ("", "quay", False),
    ],
)
def test_a_word_is_found_where_it_stands_by_itself(source, word, is_used):
    assert used(source, word) == ([word] if is_used else [])
