"""The tags of files: written on a file's page, told of like any change, and what files are found by."""

from contextvars import Context

import pytest
from sqlalchemy import select

from tests import factories
from tests.statements import counted
from webapp.domain import search, tags
from webapp.domain.models import AuditEntry, Media, OutboxEvent
from webapp.domain.transaction import transaction
from webapp.infra.db import db

PLAIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def lake(inside, cast):
    """A file with the tags Lake and summer."""
    with transaction():
        made = factories.picture("lake.jpg")
        factories.tag(made, "Lake", "summer")
        return made.id


def tags_of(file_id):
    db.session.rollback()
    return tags.of(db.session.get(Media, file_id))


def give(browser, file_id, line, status=303):
    return browser.send(browser.page(f"/library/{file_id}"), f"/library/{file_id}/tags", status=status, tags=line)


def apart(ask, *args, **fields):
    """Ask in a context of its own: two people's tokens are not each other's."""
    return Context().run(ask, *args, **fields)


def test_tags_are_shown_as_ways_to_their_files_and_changed_at_once(ed, lake):
    page = ed.page(f"/library/{lake}")
    shown = page.one("section", id="library-tags")
    assert [tag.words for tag in shown.all("a", class_="tag")] == ["Lake", "summer"]
    assert page.one("input", id="tags")["value"] == "Lake, summer"

    give(ed, lake, " lake ,Évening\t light,,")
    assert tags_of(lake) == ["Lake", "Évening light"]
    assert "Saved." in ed.page(f"/library/{lake}").words


def test_a_change_of_tags_is_told_and_stands_in_the_audit_once(ed, lake, cast):
    with transaction():
        db.session.execute(OutboxEvent.__table__.delete())
    give(ed, lake, "Lake")
    give(ed, lake, "LAKE")

    told = db.session.scalars(select(OutboxEvent).where(OutboxEvent.entity_id == str(lake))).all()
    noted = db.session.scalars(select(AuditEntry).where(AuditEntry.thing_id == str(lake))).all()
    assert [each.kind for each in told] == ["media.updated"]
    assert [(each.verb, each.changes) for each in noted] == [
        ("media.update", {"tags": [["Lake", "summer"], ["Lake"]]})
    ]


def test_a_file_is_found_by_its_tags_and_no_more_once_they_are_gone(ed, lake):
    give(ed, lake, "Twilight")
    assert [hit.id for hit in search.page("twil").rows] == [lake]

    give(ed, lake, "")
    assert search.page("twil").rows == ()
    assert tags_of(lake) == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x" * 65, "Shorten this to 64 characters"),
        (",".join(map(str, range(51))), "Use at most 50 tags."),
        ("a\x07b", "Remove the control characters from this."),
    ],
)
def test_tags_that_cannot_be_kept_are_asked_for_again(ed, lake, line, said):
    page = give(ed, lake, line, status=422)

    assert said in page.one("p", id="tags-error").words
    assert page.one("input", id="tags")["value"] == line
    assert tags_of(lake) == ["Lake", "summer"]


def test_d25_tags_that_somebody_changed_meanwhile_are_not_overwritten(ed, ada, lake):
    mine = ed.page(f"/library/{lake}")
    apart(give, ada, lake, "dusk")
    page = ed.send(mine, f"/library/{lake}/tags", status=409, tags="dawn")

    assert "Somebody else changed this file" in page.words
    assert page.one("input", id="tags")["value"] == "dawn"
    assert tags_of(lake) == ["dusk"]


@pytest.mark.parametrize("who", ["vi", "tessa"])
def test_who_may_only_look_sees_tags_and_changes_none(request, lake, who):
    browser = request.getfixturevalue(who)
    page = browser.page(f"/library/{lake}")
    sent = {"csrf_token": page.one("meta", name="csrf-token")["content"], "tags": "x"}

    assert page.all("form", id="file-tags") == []
    assert "summer" in page.one("section", id="library-tags").words
    assert browser.post(f"/library/{lake}/tags", data=sent, headers=PLAIN).status_code == 403
    assert tags_of(lake) == ["Lake", "summer"]


def test_a_file_with_tags_takes_the_statements_of_one_without(ed, lake):
    def statements():
        db.session.remove()
        with counted() as sent:
            ed.get(f"/library/{lake}")
        return len(sent)

    many = statements()
    give(ed, lake, "")

    assert statements() == many
