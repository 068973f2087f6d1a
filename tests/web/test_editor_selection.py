"""Several items through the panel: with a script as a fragment, without one as a page, and what is said then."""

import pytest

from tests.fixtures.app import browser_of, on_sqlite
from tests.fixtures.browser import HTMX
from tests.statements import counted
from webapp.domain import items, selections
from webapp.domain.models import Item
from webapp.domain.transaction import transaction
from webapp.infra.db import db

HERE = {"Sec-Fetch-Site": "same-origin"}

pytestmark = on_sqlite


def address(ground, *places):
    ids = ",".join(str(ground.items[place]) for place in places)
    return f"{ground.url}items/selection?ids={ids}"


def changes(ground):
    return f"{ground.url}items/selection/changes"


def link_of(ground, place):
    with ground.app.app_context():
        return db.session.get(Item, ground.items[place]).link_url


def test_several_items_are_shown_as_one_form_with_their_count(ed, ground):
    ground.change(0, link_url="https://example.org/", labels=["lake"])

    page = ed.page(address(ground, 0, 1))

    assert page.one("h2", id="inspector-title").words == "2 items"
    assert page.one("button", id="selection-save").words == "Change 2 items"
    assert page.one("input", id="selection-link_url")["placeholder"] == "Mixed"
    assert page.one("input", id="selection-link_url").get("value", "") == ""
    assert "lake1 of 2" in page.one("div", id="editor-selection").words


def test_with_a_script_only_the_panel_is_shown(ed, ground):
    part = ed.seen(ed.get(address(ground, 0, 1), headers=HTMX), 200)

    assert part.html.lstrip().startswith('<aside class="insp" id="editor-inspector"')
    assert part.one("div", id="editor-selection")


def test_the_table_leads_there_without_a_script(ed, ground):
    table = ed.page(f"{ground.url}?arrange=table")
    action = f"{ground.url}order?arrange=table"
    boxes = table.form(action).all("input", name="chosen")
    assert [box["value"] for box in boxes] == [str(each) for each in ground.items]
    assert table.one("button", id="table-edit")["formaction"] == f"{ground.url}items/selection"

    sent = table.values(action) | {"chosen": [str(each) for each in ground.items[:2]]}
    page = ed.seen(ed.post(f"{ground.url}items/selection", data=sent, headers=HERE), 200)

    assert page.one("button", id="selection-save").words == "Change 2 items"


def test_what_is_filled_in_is_changed_and_undone(ed, ground):
    ground.change(2, link_url="/old")

    answer = ed.send(ed.page(address(ground, 0, 1)), changes(ground), link_url="/new", added="lake", status=303)

    page = ed.follow(answer)
    assert "2 items were changed." in page.words
    assert [link_of(ground, place) for place in range(3)] == ["/new", "/new", "/old"]
    (undo,) = [form for form in page.all("form") if "/selection/undo" in form.get("action", "")]
    back = ed.follow(ed.send(page, undo["action"], status=303))
    assert "The items are as they were." in back.words
    assert [link_of(ground, place) for place in range(3)] == [None, None, "/old"]


def test_an_undo_that_comes_too_late_is_refused(ed, ground):
    page = ed.follow(ed.send(ed.page(address(ground, 0, 1)), changes(ground), link_url="/new", status=303))
    (undo,) = [form for form in page.all("form") if "/selection/undo" in form.get("action", "")]
    ground.change(2, note="Later")

    ed.send(page, undo["action"], status=409)

    assert link_of(ground, 0) == "/new"


def test_nothing_filled_in_is_said_and_a_wrong_link_stands_in_the_form(ed, ground):
    page = ed.page(address(ground, 0, 1))

    nothing = ed.send(page, changes(ground), status=422)
    wrong = ed.send(page, changes(ground), link_url="gopher://x", status=422)

    assert "nothing was filled in" in nothing.words
    assert wrong.one("input", id="selection-link_url")["aria-invalid"] == "true"
    assert link_of(ground, 0) is None


def test_those_that_have_gone_meanwhile_are_said(ed, ground):
    page = ed.page(address(ground, 0, 1))
    with ground.app.app_context(), transaction():
        items.trash(ground.id, [ground.items[1]], actor=ground.cast.ed)

    again = ed.page(address(ground, 0, 1))
    done = ed.follow(ed.send(page, changes(ground), link_url="/new", status=303))

    assert "1 of them has gone meanwhile." in again.words
    assert "1 item was changed. 1 had gone meanwhile." in done.words


def test_items_are_moved_copied_and_removed_together(ed, ground):
    page = ed.page(address(ground, 0, 1))

    ed.send(page, f"{ground.url}items/selection/moves", position="2", status=303)
    assert ground.order() == [ground.items[2], ground.items[0], ground.items[1]]
    with_ids = page.values(f"{ground.url}items/selection/moves")
    stale = ed.post(f"{ground.url}items/selection/moves", data=with_ids | {"position": "1"}, headers=HERE)
    assert stale.status_code == 409
    panel = page.one("aside", id="editor-inspector").one("form", action=f"{ground.url}items/selection/trash")
    assert panel.one("input", name="ids")["value"] == ",".join(map(str, ground.items[:2]))
    answer = ed.post(f"{ground.url}items/selection/trash", data=with_ids)
    assert answer.status_code == 303
    done = ed.page(answer.location)
    assert "2 items are in the trash." in done.words
    assert ground.order() == [ground.items[2]]


def test_copies_need_a_gallery(ed, ground):
    page = ed.page(address(ground, 0, 1))

    assert ed.send(page, f"{ground.url}items/selection/copies", into="").status == 422


@pytest.mark.parametrize("query", ["", "?ids=", "?ids=x"])
def test_an_address_without_items_is_refused(ed, ground, query):
    assert ed.get(f"{ground.url}items/selection{query}").status_code == 422


def test_only_editors_change_several_items(app, ground, tessa, vi):
    for browser in (tessa, vi):
        assert browser.get(address(ground, 0, 1)).status_code == 403
    assert browser_of(app, ground.cast.ada).get(address(ground, 0, 1)).status_code == 200


def test_showing_many_takes_as_many_statements_as_showing_two(app, ed, ground):
    every = ground.fill(20)

    def statements(ids):
        with app.app_context(), counted() as sent:
            where = f"{ground.url}items/selection?ids={','.join(map(str, ids))}"
            assert ed.get(where, headers=HTMX).status_code == 200
        return len(sent)

    assert statements(every[:2]) == statements(every) <= 15


# ---- more than one form is for ----


@pytest.fixture
def crowd(ground, monkeypatch):
    """The three items, where one form is for no more than two."""
    monkeypatch.setattr(selections, "MOST", 2)
    ground.every = address(ground, 0, 1, 2)
    return ground


def test_more_than_one_form_is_for_are_offered_what_works_on_any_number(ed, crowd):
    panel = ed.page(crowd.every).one("aside", id="editor-inspector")

    assert panel.one("h2").words == "3 items"
    assert "of up to 2 items at once. These 3 can be moved, sorted and removed together." in panel.words
    assert [form["id"] for form in panel.all("form")] == ["selection-all"]
    assert panel.one("a", id="selection-clear")["href"] == crowd.url
    part = ed.seen(ed.post(f"{crowd.url}items/selection", data=form_of(ed, crowd), headers=HTMX), 200)
    assert part.root.one("div", id="editor-selection").one("form", id="selection-all")


def form_of(browser, ground):
    page = browser.page(ground.every)
    return page.values(f"{ground.url}items/selection/moves")


def press(browser, ground, deed, **button):
    """Press a button of the form for any number."""
    page = browser.page(ground.every)
    pressed = [
        each
        for each in page.one("form", id="selection-all").all("button")
        if each.get("formaction", f"{ground.url}items/selection/moves").endswith(f"/{deed}")
        and button.get(each.get("name", "")) == each.get("value")
    ]
    assert len(pressed) == 1
    sent = page.values(f"{ground.url}items/selection/moves") | button
    return browser.seen(browser.post(f"{ground.url}items/selection/{deed}", data=sent, headers=HERE), 303)


def test_any_number_is_sorted_and_the_sort_taken_back(ed, crowd):
    page = ed.follow(press(ed, crowd, "sorts", by="reverse"))

    assert "3 items were sorted." in page.words
    assert crowd.order() == crowd.items[::-1]
    undo = page.one("div", id="toasts").one("form")
    ed.send(page, undo["action"], status=303)
    assert crowd.order() == crowd.items


def test_any_number_is_moved_and_removed_and_comes_back(ed, crowd):
    extra = crowd.fill(1)[-1]

    assert "3 items were moved." in ed.follow(press(ed, crowd, "moves", place="end")).words
    assert crowd.order() == [extra, *crowd.items]
    page = ed.follow(press(ed, crowd, "trash"))
    assert "3 items are in the trash." in page.words
    assert crowd.order() == [extra]
    undo = page.one("div", id="toasts").one("form")
    ed.send(page, undo["action"], status=303)
    assert crowd.order() == [extra, *crowd.items]


def test_what_is_refused_of_many_is_said_in_the_panel(ed, crowd):
    stale = form_of(ed, crowd)
    press(ed, crowd, "sorts", by="reverse")
    where = f"{crowd.url}items/selection/"

    late = ed.seen(ed.post(f"{where}sorts", data=stale | {"by": "name"}, headers=HERE), 409)
    odd = ed.seen(ed.post(f"{where}sorts", data=form_of(ed, crowd) | {"by": "x"}, headers=HERE), 422)
    much = ed.seen(ed.post(f"{where}changes", data=stale | {"link_url": "/x"}, headers=HERE), 422)

    for page in (late, odd, much):
        assert page.one("form", id="selection-all")
        assert page.one("aside", id="editor-inspector").one("div", id="problem").words
    assert "Choose 1 to 2 items." in much.words
    assert crowd.order() == crowd.items[::-1]
    assert link_of(crowd, 0) is None


@pytest.mark.parametrize("count", [2, 3])
def test_items_that_have_all_gone_lead_back_to_the_grid(ed, crowd, count):
    sent, where = form_of(ed, crowd), address(crowd, *range(count))
    with crowd.app.app_context(), transaction():
        items.trash(crowd.id, crowd.items, actor=crowd.cast.ed)

    for ask in (lambda: ed.get(where), lambda: ed.post(f"{crowd.url}items/selection/trash", data=sent, headers=HERE)):
        page = ed.follow(ed.seen(ask(), 303))
        assert "These items have all gone meanwhile." in page.one("div", id="toasts").words
