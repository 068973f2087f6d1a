"""Arrange mode, sorting once, taking back, and what a page that stays open asks for."""

import gzip
from uuid import UUID

import pytest
from sqlalchemy import select

from tests import factories
from tests.fixtures.app import on_sqlite
from tests.fixtures.browser import HTMX
from webapp.domain import galleries, items
from webapp.domain.models import Item, Media, Rendition
from webapp.domain.tiles import CHUNK, REST
from webapp.domain.transaction import transaction
from webapp.infra.db import db

pytestmark = on_sqlite
HERE = {"Sec-Fetch-Site": "same-origin"}
JSON = HERE | {"Accept": "application/json"}


@pytest.fixture
def ground(ground):
    """Six items, whose files are called f to a."""
    ground.items = ground.fill(3)
    with ground.app.app_context(), transaction():
        for item_id, letter in zip(ground.items, "fedcba", strict=True):
            db.session.get(Media, db.session.get(Item, item_id).media_id).original_filename = f"{letter}.jpg"
    return ground


def names(ground):
    """The items by the letters they began with, in their order by now."""
    return "".join("abcdef"[ground.items.index(item)] for item in ground.order())


def version(ground):
    return str(ground.gallery().order_version)


def ask(browser, ground, verb, headers=JSON, **fields):
    page = browser.page(ground.url)
    sent = {"csrf_token": page.one("meta", name="csrf-token")["content"]} | fields
    return browser.post(f"{ground.url}{verb}", data=sent, headers=headers)


def move(ground, letter, *, actor=None, **where):
    with ground.app.app_context(), transaction():
        moved = ground.items["abcdef".index(letter)]
        items.move(ground.id, [moved], actor=actor or ground.cast.ed, **where)


# ---- sorts and undos ----


@pytest.mark.parametrize(
    ("by", "chosen", "done"),
    [
        ("name", "", ("fedcba", "Sorted by file name.")),
        ("-name", "", ("abcdef", "Sorted by file name.")),
        ("reverse", "bcd", ("adcbef", "Order reversed.")),
        ("added", "", ("abcdef", "Sorted by the date added.")),
        ("taken", "", ("abcdef", "Sorted by the date taken.")),
    ],
)
def test_a_script_has_items_sorted_and_is_told_what_was_done(ed, ground, by, chosen, done):
    before, (shown, said) = int(version(ground)), done
    ids = [str(ground.items["abcdef".index(each)]) for each in chosen]

    answer = ask(ed, ground, "sorts", by=by, ids=ids, order_version=str(before))

    assert (answer.status_code, names(ground)) == (200, shown)
    assert answer.get_json() == {"order_version": before + (shown != "abcdef"), "follows": None, "said": said}


def test_items_are_sorted_and_put_back_without_a_script(ed, ground):
    page = ed.page(f"{ground.url}?arrange=wide")
    form = f"{ground.url}sorts?arrange=wide"
    assert [each["value"] for each in page.form(form).all("button")][:3] == ["taken", "-taken", "name"]

    page = ed.follow(ed.send(page, form, status=303, by="name"))
    assert names(ground) == "fedcba"
    assert page.one("h1").words.startswith("Arrange")
    toast = page.one("div", id="toasts")
    assert "Sorted by file name." in toast.words
    undo = toast.one("form")["action"]
    assert undo == f"{ground.url}undos?order_version={version(ground)}&arrange=wide"

    page = ed.follow(ed.send(page, undo, status=303))
    assert names(ground) == "abcdef"
    assert "Undone: Sorted by file name." in page.one("div", id="toasts").words
    assert page.one("div", id="toasts").all("form") == []


def test_a_plain_move_offers_its_undo(ed, ground):
    item = ground.items[2]
    page = ed.follow(ed.send(ed.page(f"{ground.url}?item={item}"), f"{ground.url}moves?item={item}", position="5"))

    undo = page.one("div", id="toasts").one("form")["action"]
    page = ed.follow(ed.send(page, undo, status=303))

    assert names(ground) == "abcdef"
    assert "Undone: the move of 1 item." in page.words
    assert page.one("h2", id="inspector-title").words == "Item 3 of 6"


def test_a_script_takes_back_one_move_after_the_other(ed, ground):
    move(ground, "a", place="end")
    move(ground, "b", place="end")

    for shown in ("bcdefa", "abcdef"):
        answer = ask(ed, ground, "undos", order_version=version(ground))
        assert (answer.status_code, names(ground)) == (200, shown)
        assert answer.get_json()["said"] == "Undone: the move of 1 item."
    answer = ask(ed, ground, "undos", order_version=version(ground))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "nothing_to_undo")


def test_d03_an_undo_under_which_somebody_moved_is_refused_by_name(ed, ground):
    move(ground, "a", place="end")
    old = version(ground)
    move(ground, "b", place="end", actor=ground.cast.ada)

    refused = [ask(ed, ground, "undos", order_version=each) for each in (old, version(ground))]

    assert [each.status_code for each in refused] == [409, 409]
    assert {each.get_json()["message"] for each in refused} == {"Ada moved an item since you opened this."}
    assert names(ground) == "cdefab"


def test_d03_a_sort_of_an_old_order_is_refused_by_name(ed, ground):
    page = ed.page(f"{ground.url}?arrange=wide")
    move(ground, "f", place="top", actor=ground.cast.ada)

    answer = ed.send(page, f"{ground.url}sorts?arrange=wide", status=409, by="name")

    assert "Ada moved an item since you opened this." in answer.words
    assert names(ground) == "fabcde"


@pytest.mark.parametrize(
    ("verb", "fields", "status"),
    [
        ("sorts", {"by": "size", "order_version": "now"}, 422),
        ("sorts", {"order_version": "now"}, 422),
        ("sorts", {"by": "name"}, 422),
        ("sorts", {"by": "name", "order_version": "x"}, 422),
        ("sorts", {"by": "name", "order_version": "now", "ids": "nonsense"}, 422),
        ("sorts", {"by": "name", "order_version": "now", "ids": str(UUID(int=1))}, 404),
        ("undos", {}, 422),
        ("undos", {"order_version": "x"}, 422),
        ("undos", {"order_version": "0"}, 409),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(ed, ground, verb, fields, status):
    sent = {name: version(ground) if value == "now" else value for name, value in fields.items()}

    answer = ask(ed, ground, verb, **sent)

    assert (answer.status_code, names(ground)) == (status, "abcdef")
    assert answer.get_json()["message"]


@pytest.mark.parametrize("verb", ["sorts", "undos"])
def test_translators_and_viewers_sort_nothing(tessa, vi, ground, verb):
    for browser in (tessa, vi):
        assert ask(browser, ground, verb, HERE, by="name", order_version=version(ground)).status_code == 403
        page = browser.page(f"{ground.url}?arrange=wide")
        assert page.all("form", id="sort-menu") == []
        assert page.one("ol", id="items").get("data-module") is None


@pytest.mark.parametrize("verb", ["sorts", "undos"])
def test_nothing_is_sorted_in_a_gallery_that_is_not_there(ed, ground, verb):
    token = ed.page(ground.url).one("meta", name="csrf-token")["content"]
    for headers in (JSON, HERE, HTMX):
        answer = ed.post(
            f"/galleries/{UUID(int=1)}/{verb}",
            data={"csrf_token": token, "by": "name", "order_version": "1"},
            headers=headers,
        )
        assert answer.status_code == 404


def test_d03_who_removed_the_anchor_is_said(ed, ground):
    with ground.app.app_context(), transaction():
        items.trash(ground.id, [ground.items[3]], actor=ground.cast.ada)

    beside = ask(ed, ground, "moves", ids=str(ground.items[0]), after=str(ground.items[3]))
    itself = ask(ed, ground, "moves", ids=str(ground.items[3]), place="top")

    said = "Ada removed “c.jpg” since you opened this."
    assert (beside.status_code, beside.get_json()["code"], beside.get_json()["message"]) == (409, "anchor_gone", said)
    assert (itself.status_code, itself.get_json()["message"]) == (404, said)


def test_all_items_of_a_large_gallery_are_moved_at_once(ed, ground):
    order = ground.fill(1200)

    answer = ask(ed, ground, "moves", ids=[str(each) for each in order[1:]], place="top")

    assert answer.status_code == 200
    assert ground.order() == [*order[1:], order[0]]


# ---- Arrange mode ----


def test_arrange_mode_shows_the_items_alone(ed, ground):
    page = ed.page(f"{ground.url}?arrange=wide")

    assert page.heading == "Arrange 6 items"
    assert page.one("nav", aria_label="Tile size").one("a", aria_current="true").words == "M"
    assert page.one("ol", id="items")["class"] == "grid wide m"
    assert page.one("ol", id="items").get("data-inspector") is None
    for gone in ("editor-inspector", "editor-texts", "upload"):
        assert page.all(id=gone) == []
    fold = page.one("div", class_="fold")
    assert "Summer" in fold.words
    assert "An evening walk" in fold.words
    assert page.one("a", id="arrange-texts")["href"] == f"{ground.url}#editor-texts"
    assert page.one("a", id="arrange-done")["href"] == ground.url
    assert ed.page(ground.url).one("a", id="as-wide")["href"] == f"{ground.url}?arrange=wide"


def test_arrange_mode_speaks_the_language_that_is_edited(ed, ground):
    ground.write("fr", title="Été")
    page = ed.page(f"{ground.url}?lang=fr&arrange=wide")

    fold = page.one("div", class_="fold")
    assert fold.one("b", lang="fr").words == "Été"
    assert "1 to translate" in fold.words
    assert page.one("a", id="arrange-done")["href"] == f"{ground.url}?lang=fr"
    assert page.one("a", id="size-l")["href"] == f"{ground.url}?lang=fr&arrange=wide&size=l"
    assert ground.tile(page, 0).one("a")["href"].startswith(f"{ground.url}?lang=fr&item=")


def test_the_size_of_tiles_is_remembered(ed, ground):
    assert ed.page(f"{ground.url}?arrange=wide&size=l").one("ol", id="items")["class"] == "grid wide l"
    assert ed.page(f"{ground.url}?arrange=wide").one("ol", id="items")["class"] == "grid wide l"
    assert ed.head(f"{ground.url}?arrange=wide&size=s").status_code == 200
    assert ed.page(f"{ground.url}?arrange=wide&size=huge").one("ol", id="items")["class"] == "grid wide s"
    assert ed.page(ground.url).one("ol", id="items")["class"] == "grid"


def test_an_item_that_is_asked_for_opens_in_the_editor(ed, ground):
    page = ed.page(f"{ground.url}?arrange=wide&item={ground.items[1]}")

    assert page.one("h2", id="inspector-title").words == "Item 2 of 6"


def test_arrange_mode_without_a_script_leads_on_to_the_rest(ed, ground):
    order = ground.fill(CHUNK)
    page = ed.page(f"{ground.url}?arrange=wide&size=s")

    page = ed.page(page.one("a", id="more-items")["href"])

    shown = page.one("ol", id="items").all("li")
    assert [tile["data-id"] for tile in shown] == [str(each) for each in order[CHUNK:]]
    assert (shown[0]["aria-posinset"], page.one("ol", id="items")["class"]) == (str(CHUNK + 1), "grid wide s")


def test_an_empty_gallery_can_be_arranged_too(ed, ground):
    with ground.app.app_context(), transaction():
        items.trash(ground.id, ground.items, actor=ground.cast.ed)

    page = ed.page(f"{ground.url}?arrange=wide")

    assert page.heading == "Arrange 0 items"
    assert "No pictures yet" in page.words


# ---- what tiles say ----


@pytest.mark.parametrize(
    ("state", "words", "attribute"),
    [("pending", "Being made ready", "data-waiting"), ("failed", "File is damaged", "data-retry"), ("ready", "", "")],
)
def test_a_tile_says_how_its_picture_is_and_where_it_is_tried_again(ed, ground, state, words, attribute):
    with ground.app.app_context(), transaction():
        blob = db.session.get(Media, db.session.get(Item, ground.items[0]).media_id).blob_id
        for made in db.session.scalars(select(Rendition).where(Rendition.blob_id == blob)):
            made.state = state

    tile = ground.tile(ed.page(f"{ground.url}?arrange=wide"), 0)

    assert tile.one("a")["aria-label"] == ", ".join(filter(None, ["f.jpg", "No alt text", words]))
    assert {"data-waiting", "data-retry"} & set(tile.attributes) == ({attribute} if attribute else set())
    if state == "failed":
        token = ed.page(ground.url).one("meta", name="csrf-token")["content"]
        assert ed.post(tile["data-retry"], data={"csrf_token": token}, headers=HERE).status_code == 303
        again = ed.page(f"{ground.url}tiles?lang=en&only={ground.items[0]}", headers=HTMX)
        assert "Being made ready" in ground.tile(again, 0).one("a")["aria-label"]


# ---- what an open page asks for ----


def test_d36_the_order_is_told_only_to_whoever_has_it_not(ed, ground):
    first = ed.get(f"{ground.url}order.json")
    assert first.headers["ETag"] == f'"{version(ground)}"'
    assert "changed" not in first.get_json()

    for tag in (first.headers["ETag"], f"W/{first.headers['ETag']}"):
        again = ed.get(f"{ground.url}order.json", headers={"If-None-Match": tag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])

    move(ground, "a", place="end", actor=ground.cast.ada)
    news = ed.get(f"{ground.url}order.json", headers={"If-None-Match": first.headers["ETag"]})
    assert news.status_code == 200
    assert news.get_json()["changed"] == "Ada moved an item since you opened this."
    assert news.get_json()["ids"] == [str(each) for each in ground.order()]


def test_tiles_are_asked_for_by_name_in_their_order(ed, ground):
    asked = "&only=".join(str(ground.items[each]) for each in (4, 1))

    page = ed.page(f"{ground.url}tiles?lang=en&only={asked}&only={UUID(int=9)}", headers=HTMX)

    assert [tile["data-id"] for tile in page.all("li")] == [str(ground.items[1]), str(ground.items[4])]
    assert [tile["aria-posinset"] for tile in page.all("li")] == ["2", "5"]
    many = "&only=".join(str(UUID(int=each)) for each in range(101))
    for wrong in ("nonsense", many):
        assert ed.get(f"{ground.url}tiles?lang=en&only={wrong}", headers=HTMX).status_code == 404


def test_a_script_fetches_the_rest_in_larger_parts(ed, ground):
    order = [str(each) for each in ground.fill(CHUNK + REST)]

    page = ed.page(f"{ground.url}tiles?lang=en&after={order[CHUNK - 1]}", headers=HTMX)

    assert [tile["data-id"] for tile in page.all("li")] == order[CHUNK : CHUNK + REST]
    assert page.one("ol", id="editor-tiles")["data-next"].endswith(f"after={order[CHUNK + REST - 1]}")


def test_the_editor_of_five_hundred_items_is_no_heavier_than_25_kb(ed, ground):
    with ground.app.app_context(), transaction():
        factories.fill(galleries.get(ground.id), 494, by=ground.cast.ed)

    for address in (ground.url, f"{ground.url}?arrange=wide"):
        assert len(gzip.compress(ed.get(address).data)) <= 25_000
