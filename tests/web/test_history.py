"""The history of a gallery through its page, and one earlier text or order had back (D10)."""

from dataclasses import replace

import pytest

from tests import factories
from tests.fixtures.app import on_sqlite
from tests.statements import counted
from webapp.domain import galleries, items
from webapp.domain.transaction import transaction

pytestmark = on_sqlite


@pytest.fixture
def past(ground):
    """Ed's gallery, whose English title has changed."""
    ground.history = f"{ground.url}history"
    ground.write("en", title="Autumn")
    return ground


def newest(page):
    return page.all("article")[0]


def restore(browser, page, *, status, **values):
    """Send the first form that puts something back."""
    form = next(each for each in page.all("form") if "/history/" in each.get("action", ""))
    return browser.send(page, form["action"], status=status, **values)


def test_d10_the_history_says_who_changed_what_word_by_word(ed, past):
    entry = newest(ed.page(past.history))

    assert entry.all("bdi")[0].words == "Ed"
    assert "wrote" in entry.words
    assert "English" in entry.words
    assert (entry.one("del").words, entry.one("ins").words) == ("Summer", "Autumn")


def test_texts_stand_in_their_language(ed, past):
    past.write("ar", title="خريف")

    (text,) = (each for each in newest(ed.page(past.history)).all("p") if each.get("class") == "text")

    assert (text["lang"], text["dir"]) == ("ar", "rtl")


def test_entries_are_grouped_by_day(ed, past):
    page = ed.page(past.history)

    assert len([each for each in page.all("h2") if each.get("id", "").startswith("day-")]) == 1


def test_items_settings_and_orders_are_said_in_words(ed, past):
    past.change(0, link_url="https://example.org", decorative=True, labels=["Lake"])
    past.update(status="published", author_id=past.cast.ada.id)
    with past.app.app_context(), transaction():
        items.move(past.id, [past.items[2]], place="top", actor=past.cast.ed)
        items.trash(past.id, past.items[:2], actor=past.cast.ed)

    words = ed.page(past.history).words

    for said in (
        "removed 2 items",
        "moved 1 item",
        "changed the settings",
        "Ada",
        "Published",
        "changed an item",
        "https://example.org",
        "Yes",
        "added 3 items",
        "made the gallery",
    ):
        assert said in words


def test_a_sorting_says_by_what_and_is_had_back(ed, past):
    with past.app.app_context(), transaction():
        version = galleries.get(past.id).order_version
        items.reorder(past.id, past.items[::-1], actor=past.cast.ed, order_version=version, how="reverse")
    page = ed.page(f"{past.history}?field=order")
    assert "turned the order round" in newest(page).words
    assert "Order version" not in page.words

    restore(ed, page, status=303)

    assert past.order() == past.items


def test_the_door_is_said(ed, past):
    past.write("en", title="Winter", actor=replace(past.cast.ed, door="cms"))

    assert "through the API" in newest(ed.page(past.history)).words


def test_the_history_is_read_by_field_person_and_language(ed, past):
    past.write("fr", title="Automne", actor=past.cast.tessa)
    past.write("en", description="By the lake")

    assert len(ed.page(f"{past.history}?field=title").all("article")) == 3
    assert len(ed.page(f"{past.history}?language=fr").all("article")) == 1
    page = ed.page(f"{past.history}?who={past.cast.tessa.id}&language=fr&field=title")
    assert newest(page).all("bdi")[0].words == "Tessa"
    assert page.one("select", id="who").one("option", selected="").words == "Tessa"
    assert "Nothing was found" in ed.page(f"{past.history}?field=caption").words


@pytest.mark.parametrize("query", ["?field=nonsense", "?who=x", "?language=%00", "?field='%22$"])
def test_what_makes_no_sense_is_left_out_or_finds_nothing(ed, past, query):
    assert ed.page(past.history + query).heading.startswith("History")


def test_a_page_that_is_none_is_refused(ed, past):
    ed.page(f"{past.history}?after=nonsense", status=422)


def test_the_history_has_pages_that_keep_what_is_asked(ed, past):
    for number in range(32):
        past.write("en", title=f"Title {number}")

    first = ed.page(f"{past.history}?field=title")
    second = ed.page(first.one("a", id="older")["href"])

    assert len(first.all("article")) == 30
    assert len(second.all("article")) == 4
    assert second.one("a", id="newest")["href"] == f"{past.history}?field=title"


def test_d10_one_earlier_text_is_had_back(ed, past):
    page = ed.page(f"{past.history}?field=title")

    answer = restore(ed, page, status=303)

    assert answer.headers["Location"] == f"{past.history}?field=title"
    assert past.texts("en")["title"] == "Summer"


def test_d25_a_text_written_since_is_shown_beside_the_earlier_one_and_chosen(ed, past):
    page = ed.page(past.history)
    past.write("en", title="Winter", actor=past.cast.ada)

    answer = restore(ed, page, status=409)

    assert past.texts("en")["title"] == "Winter"
    assert "Ada saved" in answer.words
    action = answer.one("form", id="editor-conflict")["action"]
    ed.send(answer, action, status=303)
    assert past.texts("en")["title"] == "Summer"


def test_an_earlier_text_of_an_item_is_chosen_over_one_written_since(ed, past):
    past.write("en", item=1, caption="One")
    past.write("en", item=1, caption="Two")
    page = ed.page(past.history)
    past.write("en", item=1, caption="Three", actor=past.cast.ada)

    answer = restore(ed, page, status=409)
    ed.send(answer, answer.one("form", id="editor-conflict")["action"], status=303)

    assert past.texts("en", item=1)["caption"] == "One"


def test_a_text_of_an_item_in_the_trash_is_refused(ed, past):
    past.write("en", item=1, caption="One")
    past.write("en", item=1, caption="Two")
    page = ed.page(past.history)
    with past.app.app_context(), transaction():
        items.trash(past.id, [past.items[1]], actor=past.cast.ed)

    assert "from the trash first" in restore(ed, page, status=409).one("div", id="problem").words


def test_d10_one_earlier_order_is_had_back(ed, past):
    with past.app.app_context(), transaction():
        items.move(past.id, [past.items[2]], place="top", actor=past.cast.ed)
    page = ed.page(f"{past.history}?field=order")

    restore(ed, page, status=303)

    assert past.order() == past.items


def test_d25_an_order_changed_since_is_not_overwritten(ed, past):
    for place in (2, 1):
        page = ed.page(f"{past.history}?field=order")
        with past.app.app_context(), transaction():
            items.move(past.id, [past.items[place]], place="top", actor=past.cast.ed)

    answer = restore(ed, page, status=409)

    assert "since you opened this" in answer.one("div", id="problem").words
    assert past.order()[0] == past.items[1]


@pytest.mark.parametrize("path", ["/0/order", "/99999999999999999999/order", "/0/texts/title", "/1/texts/nothing"])
def test_what_is_no_entry_is_not_found(ed, past, path):
    token = ed.page(past.history).one("meta", name="csrf-token")["content"]

    answer = ed.post(past.history + path, data={"csrf_token": token}, headers={"Sec-Fetch-Site": "same-origin"})

    assert answer.status_code == 404


def test_only_who_may_read_the_audit_reads_the_history(vi, tessa, ada, past):
    assert vi.get(past.history).status_code == 403
    assert tessa.get(past.history).status_code == 403
    assert newest(ada.page(past.history)).all("bdi")[0].words == "Ed"


def test_the_history_of_a_gallery_that_is_not_there_is_not_found(ed):
    ed.page("/galleries/00000000-0000-0000-0000-000000000000/history", status=404)


def test_the_history_takes_as_many_statements_for_thirty_entries_as_for_one(ed, past):
    order, counts = past.fill(30), []
    with past.app.app_context():
        french = factories.language("fr").id
    for number in (1, 29):
        with past.app.app_context(), transaction():
            for item_id in order[:number]:
                factories.write(items.get(past.id, item_id), "fr", past.cast.ed, caption=f"Lac {number}")
        with past.app.app_context(), counted() as sent:
            ed.page(f"{past.history}?field=caption")
        counts.append(len(sent))

    assert counts[0] == counts[1]
    with past.app.app_context():
        assert galleries.get(past.id).source_language_id != french
