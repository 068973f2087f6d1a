"""Revisions through the pages: listed, compared with now and with each other, restored (D10)."""

import pytest

from tests import factories
from tests.fixtures.app import on_sqlite
from tests.statements import counted
from webapp.domain import galleries, items, media, revisions, translations
from webapp.domain.models import Item, Media
from webapp.domain.transaction import transaction
from webapp.infra.db import db

pytestmark = on_sqlite


@pytest.fixture
def kept(ground):
    """Ed's gallery, published once, with a revision of that."""
    ground.update(status="published")
    ground.revisions = f"{ground.url}revisions"
    return ground


def keep(ground, number=1, *, reason="before removal"):
    with ground.app.app_context(), transaction():
        for _ in range(number):
            revisions.keep(galleries.get(ground.id), reason=reason, actor=ground.cast.ed)


def numbers(ground):
    with ground.app.app_context():
        return [(each.number, each.reason) for each in revisions.all_of(ground.id)]


def test_revisions_are_listed_newest_first_with_who_and_why(ed, kept):
    keep(kept)

    rows = ed.page(kept.revisions).one("ul", id="revision-rows").all("li")

    assert [row["id"] for row in rows] == ["revision-2", "revision-1"]
    assert "Before several items were removed" in rows[0].words
    assert "Published" in rows[1].words
    assert "Ed" in rows[1].words


def test_a_gallery_without_revisions_says_so(ed, ground):
    assert "No revisions yet" in ed.page(f"{ground.url}revisions").words


def test_the_oldest_revision_that_is_kept_has_none_before_it(ed, kept):
    keep(kept, 2)
    with kept.app.app_context(), transaction():
        db.session.delete(revisions.all_of(kept.id)[-1])

    page = ed.page(kept.revisions)

    assert page.one("a", id="before-3")["href"] == f"{kept.revisions}/2?with=3"
    assert page.all("a", id="before-2") == []


def test_the_list_of_revisions_has_pages(ed, kept):
    keep(kept, 35)

    first = ed.page(kept.revisions)
    second = ed.page(first.one("a", id="load-more")["href"])

    assert len(first.one("ul", id="revision-rows").all("li")) == 30
    assert len(second.one("ul", id="revision-rows").all("li")) == 6
    assert second.one("a", id="back-to-first")["href"] == kept.revisions
    assert not second.all("a", id="load-more")


def test_the_editor_leads_to_revisions_and_history(ed, kept):
    page = ed.page(kept.url)

    assert ed.page(page.one("a", id="editor-revisions")["href"]).heading.startswith("Revisions")
    assert ed.page(page.one("a", id="editor-history")["href"]).heading.startswith("History")


def test_d10_a_revision_is_compared_with_what_is_now(ed, kept):
    kept.write("en", title="Autumn")
    kept.write("ar", title="خريف")

    page = ed.page(f"{kept.revisions}/1")

    arabic, english = (each for each in page.one("section", id="texts").all("p") if "text" in each.get("class", ""))
    assert (english.one("del").words, english.one("ins").words) == ("Autumn", "Summer")
    assert (arabic["dir"], arabic.one("del").words, arabic.all("ins")) == ("rtl", "خريف", [])
    assert not page.all("button", id="undo-texts-1")


def test_d10_two_revisions_are_compared(ed, kept):
    kept.write("en", title="Autumn")
    keep(kept)
    kept.write("en", title="Winter")

    page = ed.page(f"{kept.revisions}/1?with=2")

    (text,) = (each for each in page.one("section", id="texts").all("p") if "text" in each.get("class", ""))
    assert (text.one("del").words, text.one("ins").words) == ("Summer", "Autumn")
    assert not page.all("button", id="restore")


def test_equal_states_say_that_nothing_differs(ed, kept):
    page = ed.page(f"{kept.revisions}/1")

    assert "Nothing differs" in page.words
    assert not page.all("button", id="restore")


def test_d10_a_revision_is_restored_and_that_is_undone(ed, kept):
    kept.write("en", title="Autumn")

    answer = ed.send(ed.page(f"{kept.revisions}/1"), f"{kept.revisions}/1/restoration", status=303)

    assert kept.texts("en")["title"] == "Summer"
    assert numbers(kept)[0] == (2, "before restoring")
    page = ed.page(answer.headers["Location"])
    assert "Revision 1 is back." in page.words
    ed.send(page, f"{kept.revisions}/2/restoration", status=303)
    assert kept.texts("en")["title"] == "Autumn"


def test_what_cannot_be_had_back_is_said(ed, kept):
    with kept.app.app_context(), transaction():
        gone = db.session.get(Media, items.get(kept.id, kept.items[0]).media_id)
        items.trash(kept.id, kept.items[:1], actor=kept.cast.ed)
        items.purge(kept.id, kept.items[:1], actor=kept.cast.ed)
        media.trash(gone, actor=kept.cast.ed)

    answer = ed.send(ed.page(f"{kept.revisions}/1"), f"{kept.revisions}/1/restoration", status=303)

    assert kept.order() == kept.items[1:]
    assert "1 item was left out: its file is no longer in the library." in ed.page(answer.headers["Location"]).words


def test_d25_what_changed_since_it_was_compared_is_not_overwritten(ed, kept):
    kept.write("en", title="Autumn")
    page = ed.page(f"{kept.revisions}/1")
    kept.write("en", title="Winter")

    answer = ed.send(page, f"{kept.revisions}/1/restoration", status=409)

    assert "since you compared it" in answer.one("div", id="problem").words
    assert kept.texts("en")["title"] == "Winter"


@pytest.mark.parametrize("path", ["/2", "/0", "/99999999999999999999", "/1?with=7", "/one"])
def test_a_revision_that_is_not_there_is_not_found(ed, kept, path):
    ed.page(kept.revisions + path, status=404)


@pytest.mark.parametrize("other", ["x", "-1", "1.5", "9" * 30])
def test_what_is_no_number_of_a_revision_is_refused(ed, kept, other):
    ed.page(f"{kept.revisions}/1?with={other}", status=422)


@pytest.mark.parametrize("path", ["", "/1"])
def test_only_editors_look_at_revisions(vi, tessa, kept, path):
    assert vi.get(kept.revisions + path).status_code == 403
    assert tessa.get(kept.revisions + path).status_code == 403


def test_only_editors_restore(tessa, kept):
    token = tessa.page(kept.url).one("meta", name="csrf-token")["content"]

    answer = tessa.post(
        f"{kept.revisions}/1/restoration", data={"csrf_token": token}, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert answer.status_code == 403


def test_a_comparison_takes_as_many_statements_for_thirty_items_as_for_one(ed, kept):
    order = kept.fill(30)
    ed.page(f"{kept.revisions}/1")
    counts = []
    for number in (1, 30):
        with kept.app.app_context(), transaction():
            french = factories.language("fr").id
            for item_id in order[:number]:
                item = db.session.get(Item, item_id)
                translations.write(item, french, {"caption": f"Lac {number}"}, actor=kept.cast.ed)
        with kept.app.app_context(), counted() as sent:
            ed.page(f"{kept.revisions}/1")
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_the_list_takes_as_many_statements_for_thirty_revisions_as_for_one(ed, kept):
    counts = []
    for number in (0, 29):
        keep(kept, number)
        ed.page(kept.revisions)
        with kept.app.app_context(), counted() as sent:
            ed.page(kept.revisions)
        counts.append(len(sent))

    assert counts[0] == counts[1]
