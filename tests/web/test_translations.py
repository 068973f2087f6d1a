"""The board of translations and the table of a gallery's texts: seen, saved, confirmed, refused, not overwritten."""

import re

import pytest

from tests import factories
from tests.fixtures.app import browser_of, on_sqlite
from tests.fixtures.browser import HTMX
from tests.statements import counted
from webapp.domain import galleries, items, translations
from webapp.domain.transaction import transaction

BOARD = "/translations/"


def table(ground, code="fr", query=""):
    return f"/galleries/{ground.id}/translations/{code}{query}"


def action(ground, place=None, code="fr", verb=""):
    """Where a row is sent to: an item's, or the gallery's own."""
    row = "texts" if place is None else f"items/{ground.items[place]}"
    return f"{table(ground, code)}/{row}{verb}"


def row_id(ground, place=None):
    return f"row-{'gallery' if place is None else ground.items[place]}"


def save(browser, ground, place=None, code="fr", *, status=None, htmx=False, page=None, **fields):
    page = page or browser.page(table(ground, code))
    return browser.send(page, action(ground, place, code), status=status, htmx=htmx, **fields)


def press(browser, ground, place, verb, code="fr", *, page=None, htmx=False, status=None, **fields):
    """Press a button of a row that goes elsewhere than its form."""
    page = page or browser.page(table(ground, code))
    sent = {name: value[0] for name, value in _filled(page, action(ground, place, code)).items()} | fields
    headers = HTMX if htmx else {"Sec-Fetch-Site": "same-origin"}
    answer = browser.post(action(ground, place, code, verb), data=sent, headers=headers)
    return browser.seen(answer, status or answer.status_code)


def _filled(page, where):
    values = page.values(where)
    return {name: value if isinstance(value, list) else [value] for name, value in values.items()}


def cell(page, ground, code):
    line = page.one("tr", id=f"line-{ground.id}")
    return next(each for each in line.all("a") if each["href"] == table(ground, code))


def said(page, ground, code):
    return cell(page, ground, code).one("span", class_="sr").words


# ---- the board ----


def test_the_board_says_how_each_gallery_stands_in_each_language(ed, ground):
    ground.write("fr", title="Été", description="Une promenade")
    ground.write("en", title="High summer")
    page = ed.page(BOARD)

    assert [said(page, ground, code) for code in ("en", "fr", "ar")] == [
        "English: source, 3 pictures without alt text",
        "French: 4 fields left, 1 stale first",
        "Arabic: 5 fields left, nothing started",
    ]
    assert [cell(page, ground, code)["class"].split()[-1] for code in ("en", "fr", "ar")] == [
        "source",
        "stale",
        "none",
    ]


def test_a_language_that_is_all_done_has_a_check(ed, ground):
    ground.write("fr", title="Été", description="Une promenade")
    for place in range(3):
        ground.write("fr", item=place, alt="Un lac")

    assert said(ed.page(BOARD), ground, "fr") == "French: all 5 done"


def test_the_heads_of_columns_and_the_rail_count_what_is_left(ed, ground):
    ground.write("fr", title="Été")
    page = ed.page(BOARD)

    assert page.one("a", id="queue-fr").one("span", class_="sr").words.startswith("French, 4 left")
    assert "14 to do" in page.one("header", class_="rail").words


def test_a_translator_sees_the_queues_of_the_languages_given_and_may_hide_the_others(tessa, ground):
    page = tessa.page(BOARD)
    assert "You translate into French." in page.words
    assert [each["id"] for each in page.root.walk() if each.get("id", "").startswith("start-")] == ["start-fr"]
    assert "5 to do" in page.one("header", class_="rail").words

    mine = tessa.page(f"{BOARD}?mine=1")
    assert [each["id"] for each in mine.root.walk() if each.get("id", "").startswith("queue-")] == ["queue-fr"]


def test_what_changed_this_week_is_named(ed, ground):
    ground.write("fr", title="Été")
    assert "Changed this week" not in ed.page(BOARD).words

    ground.write("en", title="High summer")
    assert "1 field, in 1 gallery" in ed.page(BOARD).words


def test_the_board_is_filtered_by_status_and_words(ed, ground):
    with ground.app.app_context(), transaction():
        factories.gallery(ground.cast.ed, "Winter", status="published")

    assert titles(ed.page(BOARD)) == ["Winter", "Summer"]
    assert titles(ed.page(f"{BOARD}?q=status:published")) == ["Winter"]
    assert titles(ed.page(f"{BOARD}?q=summ")) == ["Summer"]
    assert "No gallery is like that" in ed.page(f"{BOARD}?q=zzz").words
    assert "filters nothing" in ed.page(f"{BOARD}?q=status:lost").words


def titles(page):
    return [each.all("span", dir="ltr")[0].words for each in page.one("tbody").all("tr")]


def test_htmx_gets_the_board_alone_and_the_address_of_what_is_asked(ed, ground):
    answer = ed.page(f"{BOARD}?q=summ", headers=HTMX)

    assert answer.root.children[0]["id"] == "translations-board"
    assert answer.headers["HX-Replace-Url"] == f"{BOARD}?q=summ"


def test_the_board_pages_on_by_key(ed, ground):
    with ground.app.app_context(), transaction():
        for number in range(25):
            factories.gallery(ground.cast.ed, f"Gallery {number:02}")
    first = ed.page(BOARD)
    second = ed.page(first.one("a", id="load-more")["href"])

    assert len(titles(first) + titles(second)) == len({*titles(first), *titles(second)}) == 26
    assert ed.page(f"{BOARD}?after=nonsense", status=422)


@pytest.mark.parametrize("number", [1, 15])
def test_the_board_asks_as_much_for_one_gallery_as_for_many(ed, ground, number):
    with ground.app.app_context(), transaction():
        for each in range(number - 1):
            factories.gallery(ground.cast.ed, f"Gallery {each}", pictures=2)
    with ground.app.app_context(), counted() as sent:
        ed.get(BOARD)

    assert len(sent) <= 21, "\n".join(sent)


@on_sqlite
def test_a_site_without_galleries_says_so(ed, app):
    assert "No galleries yet" in ed.page(BOARD).words


@on_sqlite
def test_the_next_gallery_of_a_language_is_led_to_and_the_board_where_nothing_is_left(ed, ground):
    answer = ed.page(f"{BOARD}fr/next", status=303)
    assert answer.headers["Location"] == table(ground, "fr", "?only=open")

    answer = ed.page(f"{BOARD}fr/next?after={ground.id}", status=303)
    assert answer.headers["Location"] == BOARD
    assert "Nothing is left to translate into French." in ed.follow(answer).words
    assert ed.page(f"{BOARD}xx/next", status=404)


# ---- the table ----


def test_the_table_shows_the_gallery_first_then_its_items_beside_their_source(ed, ground):
    ground.write("en", item=0, caption="By the lake", alt="A lake")
    page = ed.page(table(ground))

    rows = [each["id"] for each in page.all("li") if "ti" in each.get("class", "").split()]
    assert rows == [row_id(ground), *(row_id(ground, place) for place in range(3))]
    first = page.one("li", id=row_id(ground, 0))
    assert [each["data-cell"] for each in first.walk() if "data-cell" in each.attributes] == ["caption", "alt"]
    assert first.one("p", id=f"caption-{ground.items[0]}-source").words == "By the lake"
    assert "0 of 6 fields done" in page.words


def test_a_row_is_saved_and_leads_back_to_itself(ed, ground):
    answer = save(ed, ground, 1, alt="Un lac", status=303)

    assert answer.headers["Location"] == f"{table(ground)}#{row_id(ground, 1)}"
    assert ground.texts("fr", item=1)["alt"] == "Un lac"
    assert "1 of 5 fields done" in ed.page(table(ground)).words


def test_a_script_gets_the_row_and_the_numbers_and_nothing_else(ed, ground):
    answer = save(ed, ground, 1, alt="Un lac", htmx=True, status=200)

    partials = answer.all("hx-partial")
    assert [each["hx-target"] for each in partials] == [f"#{row_id(ground, 1)}", "#translations-counts"]
    assert "Done" in partials[0].words
    assert "1 of 5 fields done" in partials[1].words
    assert len(answer.html) < 8_000


def test_the_gallery_s_own_texts_are_saved_too(ed, ground):
    save(ed, ground, title="Été", status=303)

    assert ground.texts("fr")["title"] == "Été"


def test_a_text_too_long_is_shown_again_with_what_is_wrong(ed, ground):
    long = "é" * 251
    answer = save(ed, ground, 1, alt=long, status=422)
    assert "Shorten this to 250 characters." in answer.one("li", id=row_id(ground, 1)).words
    assert long in answer.html

    answer = save(ed, ground, 1, alt=long, status=422, htmx=True)
    assert answer.one("textarea", id=f"alt-{ground.items[1]}")["aria-invalid"] == "true"
    assert ground.texts("fr", item=1) == {}


def test_d25_two_versions_are_shown_and_nothing_is_overwritten(ed, ground):
    page = ed.page(table(ground))
    ground.write("fr", item=1, alt="Leur lac")
    answer = save(ed, ground, 1, alt="Mon lac", page=page, status=409)

    assert "Choose between two versions" in answer.words
    assert "Mon lac" in answer.html
    assert ground.texts("fr", item=1)["alt"] == "Leur lac"
    chosen = ed.send(answer, action(ground, 1), choice_alt="mine", status=303)
    assert chosen.headers["Location"].startswith(table(ground))
    assert ground.texts("fr", item=1)["alt"] == "Mon lac"


def test_what_nobody_else_changed_is_saved_although_somebody_saved(ed, ground):
    ground.write("en", item=1, caption="By the lake")
    page = ed.page(table(ground))
    ground.write("fr", item=1, caption="Au lac")

    save(ed, ground, 1, alt="Un lac", page=page, status=303)
    assert (ground.texts("fr", item=1)["alt"], ground.texts("fr", item=1)["caption"]) == ("Un lac", "Au lac")


def test_d18_a_stale_text_shows_what_changed_and_is_still_right(ed, ground):
    ground.write("en", item=1, caption="Evening walk")
    ground.write("fr", item=1, caption="Promenade")
    ground.write("en", item=1, caption="Evening swim")
    page = ed.page(table(ground, query="?only=stale"))
    row = page.one("li", id=row_id(ground, 1))
    assert (row.one("del").words, row.one("ins").words) == ("walk", "swim")
    assert [each["id"] for each in page.all("li") if "ti" in each.get("class", "").split()] == [row["id"]]

    answer = press(ed, ground, 1, "/confirmation", field="caption", alt="Un lac", htmx=True)
    assert "Stale" not in answer.all("hx-partial")[0].words
    assert ground.texts("fr", item=1)["kept"]["caption"]["state"] == "done"
    assert ground.texts("fr", item=1)["drafts"]["alt"]["text"] == "Un lac"


def test_a_draft_is_shown_in_its_field_and_discarded(ed, ground):
    ground.draft("fr", item=1, alt="Un la")
    page = ed.page(table(ground))
    assert page.one("textarea", id=f"alt-{ground.items[1]}").text.strip() == "Un la"
    assert "Draft1" in page.one("section", id="translations-counts").words

    press(ed, ground, 1, "/discard", page=page, field="alt", status=303)
    assert ground.texts("fr", item=1)["drafts"] == {}


def test_a_machine_s_text_that_is_saved_as_it_stands_has_been_read(ed, ground):
    with ground.app.app_context(), transaction():
        item = items.get(ground.id, ground.items[1])
        french = factories.language("fr").id
        translations.write(item, french, {"alt": "Un lac"}, actor=ground.cast.ed, origin="machine")
    assert "By machine" in ed.page(table(ground)).one("li", id=row_id(ground, 1)).words

    save(ed, ground, 1, status=303)
    assert ground.texts("fr", item=1)["kept"]["alt"]["state"] == "done"


def test_a_picture_is_marked_decorative_and_wants_no_alt_text(ed, ground):
    answer = press(ed, ground, 1, "/decorative", decorative="yes", htmx=True)

    assert "needs no alt text" in answer.all("hx-partial")[0].words
    assert "of 4 fields done" in answer.all("hx-partial")[1].words
    assert ground.item(1).decorative


def test_only_unfinished_leaves_out_what_is_done_and_unfinished_first_puts_it_behind(ed, ground):
    ground.write("fr", title="Été", description="Une promenade")
    ground.write("fr", item=0, alt="Un lac")

    assert shown(ed.page(table(ground, query="?only=open"))) == [row_id(ground, place) for place in (1, 2)]
    assert shown(ed.page(table(ground, query="?first=missing")))[1:] == [row_id(ground, each) for each in (1, 2, 0)]


def shown(page):
    return [each["id"] for each in page.all("li") if "ti" in each.get("class", "").split()]


def test_a_gallery_that_is_done_says_so_and_leads_on(ed, ground):
    ground.write("fr", title="Été", description="Une promenade")
    for place in range(3):
        ground.write("fr", item=place, alt="Un lac")
    with ground.app.app_context(), transaction():
        factories.gallery(ground.cast.ed, "Winter")
    page = ed.page(table(ground, query="?only=open"))

    assert "Nothing is left here" in page.words
    assert page.one("a", id="next-gallery").words == "Next: Winter"


def test_rows_come_in_pages_in_the_order_of_the_gallery(ed, ground):
    order = ground.fill(60)
    first = ed.page(table(ground))
    second = ed.page(first.one("a", id="load-more")["href"])

    assert shown(first)[1:] + shown(second) == [f"row-{each}" for each in order]
    assert second.one("li", id=f"row-{order[-1]}").one("b").words == "63"
    assert ed.page(table(ground, query="?after=nonsense"), status=422)


@pytest.mark.parametrize("number", [0, 30])
def test_the_table_asks_as_much_for_few_items_as_for_many(ed, ground, number):
    ground.fill(number) if number else None
    with ground.app.app_context(), counted() as sent:
        ed.get(table(ground))

    assert len(sent) <= 23, "\n".join(sent)


def test_the_source_language_s_own_table_is_where_alt_texts_are_written_first(ed, ground):
    page = ed.page(table(ground, "en"))
    assert "2 of 5 fields done" in page.words

    save(ed, ground, 0, "en", alt="A lake", page=page, status=303)
    assert ground.texts("en", item=0)["alt"] == "A lake"


def test_the_note_for_translators_stands_in_the_row(tessa, ground):
    ground.change(1, note="Keep the name of the band.")

    assert "Keep the name of the band." in tessa.page(table(ground)).one("li", id=row_id(ground, 1)).words


def test_arabic_is_written_from_the_right(ed, ground):
    field = ed.page(table(ground, "ar")).one("textarea", id=f"alt-{ground.items[0]}")

    assert (field["lang"], field["dir"]) == ("ar", "rtl")


@on_sqlite
def test_what_is_not_there_is_not_found(ed, ground):
    page = ed.page(table(ground))
    assert ed.page(table(ground, "xx"), status=404)
    assert ed.page("/galleries/00000000-0000-0000-0000-000000000000/translations/fr", status=404)
    gone = action(ground, 0).replace(str(ground.items[0]), "00000000-0000-0000-0000-000000000000")
    sent = page.values(action(ground, 0))
    assert ed.post(gone, data=sent, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 404


# ---- who may ----

POSTS = [
    (None, ""), (None, "/confirmation"), (None, "/discard"), (1, ""), (1, "/confirmation"), (1, "/discard"),
    (1, "/decorative"),
]  # fmt: skip


@on_sqlite
@pytest.mark.parametrize(("place", "verb"), POSTS)
def test_a_translator_changes_texts_of_the_languages_given_and_nothing_else(tessa, vi, ground, place, verb):
    ground.write("fr", title="Été")
    ground.write("fr", item=1, alt="Un lac", caption="Au lac")
    fields = {"field": "title" if place is None else "alt", "title" if place is None else "alt": "Hacked"}
    token = re.search(r'name="csrf-token" content="([^"]+)"', tessa.get(table(ground)).get_data(as_text=True))[1]

    def send(browser, code, token=token):
        headers = {"Sec-Fetch-Site": "same-origin", "X-CSRFToken": token}
        return browser.post(action(ground, place, code, verb), data=fields, headers=headers).status_code

    assert send(tessa, "fr") == (403 if verb == "/decorative" else 303)
    before = [ground.texts(code, item=place) for code in ("en", "ar")]
    assert [send(tessa, code) for code in ("en", "ar")] == [403, 403]
    other = re.search(r'name="csrf-token" content="([^"]+)"', vi.get(table(ground)).get_data(as_text=True))[1]
    assert send(vi, "fr", other) == 403
    assert [ground.texts(code, item=place) for code in ("en", "ar")] == before


@on_sqlite
def test_a_viewer_reads_the_table_and_writes_nothing(vi, ground):
    ground.write("fr", item=0, alt="Un lac")
    page = vi.page(table(ground))

    assert "Un lac" in page.words
    assert page.all("textarea") == []
    assert "to do" not in page.one("header", class_="rail").words


@on_sqlite
@pytest.mark.parametrize("path", [BOARD, f"{BOARD}fr/next"])
def test_a_stranger_is_asked_to_sign_in(client, path):
    assert client.get(path).headers["Location"].startswith("/login")


@on_sqlite
def test_another_editor_s_draft_is_named_and_not_lost(ed, ground):
    ada = browser_of(ground.app, ground.cast.ada)
    ground.draft("fr", item=1, alt="Un la")

    assert "Draft by Ed" in ada.page(table(ground)).words
    kept = ground.texts("fr", item=1)["drafts"]["alt"]["text"]
    assert kept == "Un la"


# ---- checks ----


def test_what_differs_from_the_source_is_flagged_and_dismissed_with_a_reason(ed, ground):
    ground.write("en", item=1, caption="Open until 17")
    ground.write("fr", item=1, caption="Ouvert jusqu’à 18")
    row = ed.page(table(ground)).one("li", id=row_id(ground, 1))
    assert "17 is missing, 18 is too much" in row.words

    reason = {"field": "caption", "reason_caption": "They close later."}
    answer = press(ed, ground, 1, "/dismissal", htmx=True, status=200, alt="Un lac", **reason)
    assert "on purpose: They close later." in answer.all("hx-partial")[0].words
    assert ground.texts("fr", item=1)["drafts"]["alt"]["text"] == "Un lac"


@on_sqlite
def test_a_dismissal_without_a_reason_or_a_text_is_refused(ed, ground):
    ground.write("en", item=1, caption="Open until 17")
    ground.write("fr", item=1, caption="Ouvert jusqu’à 18")

    assert press(ed, ground, 1, "/dismissal", htmx=True, status=422, field="caption")
    assert press(ed, ground, 1, "/dismissal", htmx=True, status=404, field="lost")


# ---- review ----


@pytest.fixture
def reviewing(ada):
    ada.send(ada.page("/site/"), "/site/", reviews="y", status=303)


@on_sqlite
def test_what_a_translator_saves_stands_in_the_queue_until_an_editor_has_looked(ed, tessa, ground, reviewing):
    save(tessa, ground, 1, alt="Un lac", status=303)
    assert "Ready for review" in tessa.page(table(ground)).one("li", id=row_id(ground, 1)).words
    card = ed.page(BOARD).one("a", id="start-reviews")
    page = ed.page(card["href"])
    assert shown(page) == [row_id(ground, 1)]

    answer = press(ed, ground, 1, "/approval", field="alt", htmx=True, status=200)
    assert "Ready for review" not in answer.all("hx-partial")[0].words
    assert ed.page(BOARD).all("a", id="start-reviews") == []
    assert ground.texts("fr", item=1)["alt"] == "Un lac"


@on_sqlite
def test_a_translator_approves_nothing(tessa, ground, reviewing):
    save(tessa, ground, 1, alt="Un lac", status=303)

    assert tessa.page(table(ground)).all("button", id=f"alt-{ground.items[1]}-approve") == []
    assert press(tessa, ground, 1, "/approval", field="alt", status=403)


@on_sqlite
def test_an_editor_s_text_needs_no_review_nor_any_where_the_site_wants_none(ed, tessa, ground):
    save(tessa, ground, 1, alt="Un lac", status=303)
    save(ed, ground, 0, alt="Un quai", status=303)

    assert "Ready for review" not in ed.page(table(ground)).words
    assert shown(ed.page(table(ground, query="?only=review"))) == []


# ---- the gate ----


def strict(ada, gate):
    ada.send(ada.page("/site/"), "/site/", gate=gate, status=303)


def status_of(ground):
    with ground.app.app_context():
        return galleries.get(ground.id).status


def ask_to_publish(browser, ground, where, **fields):
    page = browser.page(ground.url)
    token = page.one("meta", name="csrf-token")["content"]
    sent = {"status": "published", "csrf_token": token} | fields
    return browser.seen(browser.post(where, data=sent, headers={"Sec-Fetch-Site": "same-origin"}), 409)


@on_sqlite
@pytest.mark.parametrize("door", ["publication", "status"])
def test_a_site_that_warns_lists_what_is_left_and_publishes_all_the_same(ada, ed, ground, door):
    strict(ada, "warn")
    asked = ask_to_publish(ed, ground, f"{ground.url}{door}")
    assert "French5 fields left" in asked.words
    assert "English3 fields left, 3 pictures without alt text" in asked.words
    assert asked.one("a", href=table(ground, "fr", "?only=open")).words == "French"
    assert status_of(ground) == "draft"

    ed.send(asked, f"{ground.url}{door}", status=303)
    assert status_of(ground) == "published"


@on_sqlite
@pytest.mark.parametrize("door", ["publication", "status"])
def test_a_site_that_refuses_offers_no_way_round(ada, ed, ground, door):
    strict(ada, "refuse")
    asked = ask_to_publish(ed, ground, f"{ground.url}{door}")
    assert asked.all("button", id="publish-anyway") == []

    ask_to_publish(ed, ground, f"{ground.url}{door}", anyway="1")
    assert status_of(ground) == "draft"


def ask_for_all(browser, where="/galleries/bulk", **fields):
    token = browser.page("/galleries/").one("meta", name="csrf-token")["content"]
    sent = {"deed": "publish", "csrf_token": token} | fields
    return browser.post(where, data=sent, headers={"Sec-Fetch-Site": "same-origin"})


def sent_by(page, form):
    """Return what a form of hidden fields sends."""
    sent = {}
    for field in page.one("form", id=form).all("input"):
        sent.setdefault(field["name"], []).append(field["value"])
    return sent


@pytest.fixture
def others(ground):
    """A gallery that is complete, and one that is public."""
    with ground.app.app_context(), transaction():
        whole = factories.gallery(ground.cast.ed, "Whole").id
        for code in ("fr", "ar", "ja"):
            factories.write(galleries.get(whole), code, ground.cast.ed, title="Whole")
        return whole, factories.gallery(ground.cast.ed, "Public", status="published").id


def statuses(ground, ids):
    with ground.app.app_context():
        return [galleries.get(each).status for each in ids]


@on_sqlite
@pytest.mark.parametrize("everywhere", [False, True], ids=["chosen", "matching"])
def test_many_are_asked_about_before_they_are_public(ada, ed, ground, others, everywhere):
    strict(ada, "warn")
    ids, where = [ground.id, *others], "/galleries/matching" if everywhere else "/galleries/bulk"
    told = {"count": "3", "q": ""} if everywhere else {"ids": ids}
    asked = ed.seen(ask_for_all(ed, where, **told), 409)
    assert "Summer18 fields left: English, Arabic, French and Japanese3 pictures without alt text" in asked.words
    assert "Whole" not in asked.one("main").words
    assert statuses(ground, ids) == ["draft", "draft", "published"]

    assert ask_for_all(ed, where, **sent_by(asked, "gate")).status_code == 303
    assert statuses(ground, ids) == ["published"] * 3


@on_sqlite
def test_those_that_are_complete_are_published_without_the_others(ada, ed, ground, others):
    strict(ada, "refuse")
    ids = [ground.id, *others]
    asked = ed.seen(ask_for_all(ed, ids=ids), 409)
    assert asked.all("button", id="publish-anyway") == []
    assert asked.one("button", id="publish-others").words == "Publish the other one"

    ed.seen(ask_for_all(ed, ids=ids, anyway="1"), 409)
    assert statuses(ground, ids) == ["draft", "draft", "published"]
    assert ask_for_all(ed, **sent_by(asked, "gate-others")).status_code == 303
    assert statuses(ground, ids) == ["draft", "published", "published"]


@on_sqlite
def test_other_deeds_on_many_are_not_asked_about(ada, ed, ground):
    strict(ada, "warn")
    assert ask_for_all(ed, ids=[ground.id], deed="archive").status_code == 303
    assert statuses(ground, [ground.id]) == ["archived"]
