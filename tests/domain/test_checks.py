"""What differs from the source is flagged, dismissed with a reason, and asked again when either text changes."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests import factories
from webapp.domain import checks, editing, galleries, translating
from webapp.domain.editing import Segment
from webapp.domain.errors import Forbidden, Invalid, NotFound
from webapp.domain.models import AuditEntry
from webapp.domain.transaction import transaction
from webapp.infra.db import db


@pytest.fixture
def ed(domain):
    with transaction():
        factories.language("fr")
        return factories.actor("Ed", "editor")


@pytest.fixture
def summer(ed):
    with transaction():
        made = factories.gallery(ed, "Open from 9 to 17", pictures=0)
        factories.write(made, "fr", ed, title="Ouvert de 9 à 18")
        return made.id


def segment(gallery_id, field="title"):
    db.session.rollback()
    gallery = galleries.get(gallery_id)
    return translating.own(gallery, editing.speak(gallery, "fr")).sheet.segments[field]


def dismiss(gallery_id, ed, reason="They close later there."):
    with transaction():
        french = factories.language("fr").id
        checks.dismiss(galleries.get(gallery_id), segment(gallery_id), french, reason=reason, actor=ed)


def said(gallery_id):
    return [(each.code, each.more) for each in checks.found(segment(gallery_id))]


def text(source, target, field="caption"):
    return Segment(field, target, "done", None, source, (), None)


@pytest.mark.parametrize(
    ("source", "target", "codes"),
    [
        ("Hello {name}", "Bonjour {name}", []),
        ("Hello {name}", "Bonjour", ["{name}"]),
        ("See https://a.org", "Voir https://b.org", ["https://a.org", "https://b.org"]),
        ("21 June", "21 juin", []),
        ("21 June", "22 juin", ["21", "22"]),
        ("21 June", "٢١ يونيو", []),
        ("21 June", "", []),
        ("", "22 juin", []),
    ],
)
def test_what_should_be_the_same_is_compared(source, target, codes):
    assert [each.code for each in checks.found(text(source, target))] == codes


def test_elements_are_compared_in_html_only():
    assert [each.code for each in checks.found(text("<p>A <b>lake</b></p>", "<p>Un lac</p>", "html"))] == ["<b>"]
    assert checks.found(text("A <b>lake</b>", "Un lac")) == []


@given(words=some.text(max_size=80))
def test_a_copy_of_the_source_never_differs(words):
    assert checks.found(text(words, words)) == []


def test_a_dismissal_holds_until_the_translation_changes(summer, ed):
    assert said(summer) == [("17", -1), ("18", 1)]
    dismiss(summer, ed)
    assert said(summer) == []

    with transaction():
        factories.write(galleries.get(summer), "fr", ed, title="Ouvert de 9 à 19")
    assert said(summer) == [("17", -1), ("19", 1)]


def test_a_dismissal_holds_until_the_source_changes(summer, ed):
    dismiss(summer, ed)
    with transaction():
        factories.write(galleries.get(summer), "en", ed, title="Open from 9 to 16")

    assert said(summer) == [("16", -1), ("18", 1)]


def test_a_draft_is_checked_before_it_is_saved(summer, ed):
    from webapp.domain import translations

    dismiss(summer, ed)
    with transaction():
        french = factories.language("fr").id
        translations.draft(galleries.get(summer), french, {"title": "Ouvert de 9 à 20"}, actor=ed)

    assert said(summer) == [("17", -1), ("20", 1)]


def test_the_reason_is_kept_and_recorded(summer, ed):
    dismiss(summer, ed, "  They close\nlater. ")

    assert segment(summer).dismissed["reason"] == "They close later."
    entry = db.session.query(AuditEntry).filter_by(verb="translation.dismiss").one()
    assert entry.changes == {"title": [None, "They close later."]}


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 201])
def test_a_dismissal_wants_a_reason(summer, ed, reason):
    with pytest.raises(Invalid):
        dismiss(summer, ed, reason)


def test_only_who_may_write_the_language_dismisses_and_only_what_is_there(summer, ed):
    with transaction():
        tessa = factories.actor("Tessa", "translator", speaks=("ar",))
    with pytest.raises(Forbidden):
        dismiss(summer, tessa)

    with transaction():
        factories.write(galleries.get(summer), "fr", ed, title=None)
    with pytest.raises(NotFound):
        dismiss(summer, ed)
