"""Held changes through the pages: begun, looked at, taken back one by one, published or discarded (D9)."""

import pytest

from tests import factories
from tests.fixtures.app import on_sqlite
from tests.statements import counted
from webapp.domain import galleries, holds, items, revisions, showing, slugs, tags, translations
from webapp.domain.models import Item
from webapp.domain.transaction import transaction
from webapp.infra.db import db

pytestmark = on_sqlite
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def held(ground):
    """Ed's gallery, published, with its changes held by Ada."""
    ground.update(status="published")
    with ground.app.app_context(), transaction():
        holds.hold(ground.id, actor=ground.cast.ada)
    ground.changes = f"{ground.url}changes"
    return ground


def change_all(ground):
    """Change something of every kind."""
    ground.write("en", title="Autumn", description="An evening walk with lanterns")
    ground.write("ar", title="خريف")
    ground.write("fr", item=1, caption="Promenade")
    ground.change(0, link_url="https://example.org", decorative=True)
    ground.update(cover_media_id=ground.item(0).media_id)
    with ground.app.app_context(), transaction():
        items.move(ground.id, [ground.items[2]], place="top", actor=ground.cast.ed)
        items.trash(ground.id, [ground.items[1]], actor=ground.cast.ed)
        factories.fill(galleries.get(ground.id), 2, by=ground.cast.ed)


def seen_by_visitors(ground):
    with ground.app.app_context():
        gallery = galleries.get(ground.id)
        return showing.show(gallery, slugs.of(gallery.id)).title.text


def is_held(ground):
    with ground.app.app_context():
        return holds.find(ground.id) is not None


def post(browser, page, path, **values):
    token = page.one("meta", name="csrf-token")["content"]
    return browser.post(path, data={"csrf_token": token, **values}, headers=HERE)


def button(page, name):
    return page.one("button", id=name)["value"]


def test_d09_changes_are_held_from_the_editors_menu(ed, ground):
    ground.update(status="published")
    page = ed.page(ground.url)
    assert page.one("button", id="editor-hold").words == "Hold changes"

    answer = ed.send(page, f"{ground.url}hold", status=303)

    assert answer.headers["Location"] == ground.url
    assert is_held(ground)
    page = ed.page(ground.url)
    assert "visitors see the version of" in page.one("p", id="held").words
    assert "by Ed" in page.one("p", id="held").words
    assert page.one("a", id="review")["href"] == f"{ground.url}changes"
    assert not page.all("button", id="editor-hold")


def test_a_draft_offers_nothing_to_hold_and_cannot_be(ed, ground):
    page = ed.page(ground.url)

    assert not page.all("button", id="editor-hold")
    assert post(ed, page, f"{ground.url}hold").status_code == 409


def test_the_editor_says_how_many_changes_are_held(ed, held):
    held.write("en", title="Autumn")
    held.write("fr", title="Automne")

    answer = ed.get(f"{held.changes}/count", headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "Review 2 changes" in answer.text
    assert ed.get(f"{held.changes}/count").headers["Location"] == held.changes


def test_texts_under_save_say_that_they_are_held(ed, held):
    assert "once the held changes are published" in ed.page(held.url).one("section", id="editor-texts").words


def test_the_list_says_that_changes_are_held(ed, held):
    assert "Changes held" in ed.page("/galleries/").one("li", id=f"gallery-{held.id}").words


def test_a_review_without_changes_says_so(ed, held):
    page = ed.page(held.changes)

    assert page.heading == "0 held changes Changes held"
    assert "Nothing differs" in page.words
    assert page.one("button", id="publish").words == "Hold no longer"
    assert not page.all("a", id="discard")


def test_a_review_of_what_is_not_held_offers_to_hold(ed, ground):
    assert "until it is published" in ed.page(f"{ground.url}changes").words
    ground.update(status="published")

    page = ed.page(f"{ground.url}changes")
    ed.send(page, f"{ground.url}hold", status=303)

    assert is_held(ground)


def test_d09_a_review_shows_each_kind_of_change_and_counts_moves_as_one(ed, held):
    change_all(held)

    page = ed.page(held.changes)

    assert page.one("button", id="publish").words == "Publish 10"
    assert page.heading.startswith("10 held changes")
    contents = page.one("nav", **{"class": "toc"})
    assert [link["href"] for link in contents.all("a")] == ["#order", "#texts", "#items", "#details", "#settings"]
    assert "1 item moved" in page.one("section", id="order").words
    assert "2 added, 1 removed" in page.one("section", id="items").words
    assert "https://example.org" in page.one("section", id="details").words
    assert "Cover" in page.one("section", id="settings").words


def test_texts_are_shown_word_by_word_in_their_language(ed, held):
    held.write("en", description="An evening walk with lanterns")
    held.write("ar", title="خريف")

    texts = ed.page(held.changes).one("section", id="texts")

    arabic, english = (each for each in texts.all("p") if "text" in each.get("class", ""))
    assert (arabic["lang"], arabic["dir"], arabic.one("ins").words) == ("ar", "rtl", "خريف")
    assert (english["lang"], english["dir"]) == ("en", "ltr")
    assert english.one("ins").words == "with lanterns"
    assert "Was empty." in texts.words


def test_a_source_text_says_which_translations_it_made_stale(ed, held):
    held.write("fr", title="Été")
    held.write("en", title="Autumn")

    assert "Makes 1 translation stale." in ed.page(held.changes).one("section", id="texts").words


@pytest.mark.parametrize(
    ("name", "left"),
    [("undo-order", 9), ("undo-texts-1", 9), ("undo-items-1", 9), ("undo-items", 8), ("undo-details-1", 9)],
)
def test_d09_single_changes_are_taken_back(ed, held, name, left):
    change_all(held)
    page = ed.page(held.changes)

    answer = ed.send(page, f"{held.url}hold/reversals", status=303, change=button(page, name))

    assert answer.headers["Location"] == held.changes
    assert ed.page(held.changes).one("button", id="publish").words == f"Publish {left}"


def test_d25_a_change_that_changed_again_is_shown_anew(ed, held):
    held.write("en", title="Autumn")
    page = ed.page(held.changes)
    held.write("en", title="Winter")

    answer = ed.send(page, f"{held.url}hold/reversals", status=409, change=button(page, "undo-texts-1"))

    assert "changed this again" in answer.one("div", id="problem").words
    assert "Winter" in answer.one("section", id="texts").words


@pytest.mark.parametrize("change", ["", "nonsense", "text:gallery:xx:title 0", "order"])
def test_a_change_that_is_none_is_refused(ed, held, change):
    page = ed.page(held.changes)

    assert post(ed, page, f"{held.url}hold/reversals", change=change).status_code in (409, 422)


def test_d09_publishing_ends_the_hold(ed, held):
    held.write("en", title="Autumn")
    assert seen_by_visitors(held) == "Summer"

    answer = ed.send(ed.page(held.changes), f"{held.url}hold/publication", status=303)

    assert answer.headers["Location"] == held.url
    assert seen_by_visitors(held) == "Autumn"
    assert not is_held(held)


def test_d09_what_nobody_has_looked_at_is_not_published(ed, held):
    held.write("en", title="Autumn")
    page = ed.page(held.changes)
    held.write("fr", title="Automne")

    answer = ed.send(page, f"{held.url}hold/publication", status=409)

    assert "more since you looked" in answer.one("div", id="problem").words
    assert answer.one("button", id="publish").words == "Publish 2"
    assert seen_by_visitors(held) == "Summer"


def test_d09_discarding_says_first_what_goes(ed, held):
    change_all(held)
    page = ed.page(ed.page(held.changes).one("a", id="discard")["href"])
    assert [each.words for each in page.one("form", id="discard-held").all("li")] == [
        "1 item moved",
        "3 texts",
        "2 items added",
        "1 item removed",
        "2 details of items",
        "1 setting",
    ]

    ed.send(page, f"{held.url}hold/discard", status=303)

    assert not is_held(held)
    assert held.order() == held.items
    with held.app.app_context():
        assert revisions.all_of(held.id)[0].reason == "before discard"


def test_d09_what_nobody_has_looked_at_is_not_discarded(ed, held):
    held.write("en", title="Autumn")
    page = ed.page(f"{held.url}hold/discard")
    held.write("en", title="Winter")

    answer = ed.send(page, f"{held.url}hold/discard", status=409)

    assert answer.all("div", id="problem")
    assert is_held(held)


@pytest.mark.parametrize("verb", ["publication", "discard", "reversals"])
def test_what_is_not_held_cannot_be_ended(ed, ground, verb):
    page = ed.page(ground.url)

    answer = ed.seen(post(ed, page, f"{ground.url}hold/{verb}", change="order"), 409)

    assert "No changes are held" in answer.words


@pytest.mark.parametrize("path", ["changes", "hold/discard", "changes/count"])
def test_d13_only_editors_look_at_held_changes(vi, tessa, held, path):
    assert vi.get(held.url + path).status_code == 403
    assert tessa.get(held.url + path).status_code == 403


@pytest.mark.parametrize("path", ["hold", "hold/publication", "hold/discard", "hold/reversals"])
def test_only_editors_hold_and_end(vi, tessa, held, path):
    for browser in (vi, tessa):
        page = browser.page(held.url)
        assert post(browser, page, held.url + path, change="order").status_code == 403
        assert not page.all("a", id="review")
    assert is_held(held)


@pytest.mark.parametrize("path", ["changes", "hold/discard"])
def test_changes_of_a_gallery_that_is_not_there_are_not_found(ed, path):
    ed.page(f"/galleries/00000000-0000-0000-0000-000000000000/{path}", status=404)


def test_what_is_shown_of_a_name_is_text(ed, held):
    held.write("en", item=0, caption="<script>alert(1)</script>")
    held.change(0, labels=["<b>"])

    page = ed.page(held.changes)

    assert "<script>alert(1)" not in page.html
    assert "<script>alert(1)</script>" in page.one("section", id="texts").words


def test_very_many_changes_are_shown_in_part_and_all_on_demand(ed, held):
    with held.app.app_context(), transaction():
        factories.fill(galleries.get(held.id), 65, by=held.cast.ed)

    page = ed.page(held.changes)

    assert len(page.one("section", id="items").all("li")) == 60
    assert page.one("a", id="show-all").words == "Show 5 more changes"
    assert len(ed.page(page.one("a", id="show-all")["href"]).one("section", id="items").all("li")) == 65


def test_a_review_takes_as_many_statements_for_thirty_changes_as_for_one(ed, held):
    held.fill(30)
    ed.page(held.changes)
    counts = []
    for number in (1, 30):
        with held.app.app_context(), transaction():
            for item_id in items.ids_in_order(held.id)[:number]:
                item = db.session.get(Item, item_id)
                translations.write(
                    item, factories.language("fr").id, {"caption": f"Lac {number}"}, actor=held.cast.ed
                )
                items.change(item, {"link_url": f"https://example.org/{number}"}, labels=["Lac"], actor=held.cast.ed)
        with held.app.app_context(), counted() as sent:
            ed.page(held.changes)
        counts.append(len(sent))

    assert counts[0] == counts[1]


def test_tags_taken_back_are_those_that_were(ed, held):
    held.change(0, labels=["Lake"])
    page = ed.page(held.changes)

    ed.send(page, f"{held.url}hold/reversals", status=303, change=button(page, "undo-details-1"))

    with held.app.app_context():
        assert tags.of(db.session.get(Item, held.items[0])) == []
