"""The order through the editor: by scripts, by plain forms, by two people at once."""

from uuid import UUID

import pytest

from tests import factories
from tests.fixtures.app import browser_of
from tests.fixtures.browser import HTMX, Page
from tests.races import race
from webapp.domain import items
from webapp.domain.models import Gallery
from webapp.domain.transaction import transaction
from webapp.infra.db import db

HERE = {"Sec-Fetch-Site": "same-origin"}
JSON = HERE | {"Accept": "application/json"}


def token(page):
    """The page's own token against forged requests."""
    return page.one("meta", name="csrf-token")["content"]


def move(browser, ground, verb="moves", *, page=None, **fields):
    """Ask for a move as the script does."""
    page = page or browser.page(ground.url)
    return browser.post(f"{ground.url}{verb}", data={"csrf_token": token(page)} | fields, headers=JSON)


def names(ground, order=None):
    """The items by the letters they began with, in their order by now."""
    return "".join("abcdefgh"[ground.items.index(item)] for item in order or ground.order())


@pytest.fixture
def ground(ground):
    """Six items."""
    ground.items = ground.fill(3)
    return ground


@pytest.mark.parametrize(
    ("moving", "where", "shown"),
    [
        ("e", {"before": "b"}, "aebcdf"),
        ("b", {"after": "e"}, "acdebf"),
        ("bd", {"after": "e"}, "acebdf"),
        ("db", {"after": "e"}, "acedbf"),
        ("f", {"place": "top"}, "fabcde"),
        ("a", {"place": "end"}, "bcdefa"),
        ("e", {"position": "2", "order_version": "now"}, "aebcdf"),
        ("a", {"position": "999", "order_version": "now"}, "bcdefa"),
        ("c", {"before": "d"}, "abcdef"),
    ],
)
def test_d26_items_are_moved_and_the_token_is_told(ed, ground, moving, where, shown):
    version = ground.gallery().order_version
    fields = {
        name: str(version)
        if value == "now"
        else str(ground.items["abcdef".index(value)])
        if value in "abcdef" and name in ("before", "after")
        else value
        for name, value in where.items()
    }

    answer = move(ed, ground, ids=[str(ground.items["abcdef".index(each)]) for each in moving], **fields)

    assert answer.status_code == 200
    assert names(ground) == shown
    now = ground.gallery().order_version
    assert now == version + (shown != "abcdef")
    assert answer.get_json()["follows"] == version
    assert (answer.get_json()["order_version"], answer.headers["X-Order-Version"]) == (now, str(now))
    assert answer.get_json()["said"] == ("1 item moved." if len(moving) == 1 else f"{len(moving)} items moved.")


@pytest.mark.both_engines
def test_d03_moves_beside_another_need_no_token_and_go_together(ed, ground):
    page = ed.page(ground.url)
    with ground.app.app_context(), transaction():
        items.move(ground.id, [ground.items[5]], place="top", actor=ground.cast.ada)

    answer = move(ed, ground, page=page, ids=str(ground.items[0]), after=str(ground.items[2]))

    assert answer.status_code == 200
    assert names(ground) == "fbcade"


def test_d03_a_position_on_an_old_page_is_refused_and_says_who_was_faster(ed, ground):
    version = ground.gallery().order_version
    with ground.app.app_context(), transaction():
        items.move(ground.id, [ground.items[4], ground.items[5]], place="top", actor=ground.cast.ada)

    answer = move(ed, ground, ids=str(ground.items[0]), position="3", order_version=str(version))

    assert answer.status_code == 409
    assert answer.get_json()["message"] == "Ada moved 2 items since you opened this."
    assert names(ground) == "efabcd"


def test_d03_an_anchor_that_is_gone_is_a_conflict(ed, ground):
    with ground.app.app_context(), transaction():
        items.trash(ground.id, [ground.items[3]], actor=ground.cast.ada)

    answer = move(ed, ground, ids=str(ground.items[0]), after=str(ground.items[3]))

    assert (answer.status_code, answer.get_json()["code"]) == (409, "anchor_gone")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 422),
        ({"ids": "nonsense", "place": "top"}, 422),
        ({"ids": "{a}"}, 422),
        ({"ids": "{a}", "place": "middle"}, 422),
        ({"ids": "{a}", "position": "2"}, 422),
        ({"ids": "{a}", "position": "0", "order_version": "now"}, 422),
        ({"ids": "{a}", "position": "two", "order_version": "now"}, 422),
        ({"ids": "{a}", "position": "2", "order_version": "x"}, 422),
        ({"ids": "{a}", "before": "nonsense"}, 422),
        ({"ids": "{a}", "before": "{a}"}, 422),
        ({"ids": "{a}", "before": "{b}", "after": "{b}"}, 422),
        ({"ids": ["{a}", "{a}"], "place": "top"}, 422),
        ({"ids": str(UUID(int=1)), "place": "top"}, 404),
        ({"ids": "{a}", "before": str(UUID(int=1))}, 409),
    ],
)
def test_a_move_that_makes_no_sense_is_refused_in_a_sentence(ed, ground, fields, status):
    known = {"a": str(ground.items[0]), "b": str(ground.items[1])}
    version = str(ground.gallery().order_version)

    def filled(value):
        return version if value == "now" else value.format(**known)

    sent = {
        name: [filled(each) for each in value] if isinstance(value, list) else filled(value)
        for name, value in fields.items()
    }
    answer = move(ed, ground, **sent)

    assert answer.status_code == status
    assert answer.get_json()["message"]
    assert names(ground) == "abcdef"


def test_an_item_is_moved_without_a_script(ed, ground):
    url = f"{ground.url}?item={ground.items[2]}"
    action = f"{ground.url}moves?item={ground.items[2]}"

    page = ed.follow(ed.send(ed.page(url), action, status=303, position="5"))
    assert (names(ground), page.one("h2", id="inspector-title").words) == ("abdecf", "Item 5 of 6")

    earlier = page.one("button", id="item-earlier")
    page = ed.follow(ed.send(page, action, status=303, **{earlier["name"]: earlier["value"]}))
    assert names(ground) == "abdcef"

    later = page.one("button", id="item-later")
    ed.send(page, action, status=303, **{later["name"]: later["value"]})
    assert names(ground) == "abdecf"


def test_d03_an_old_position_without_a_script_is_refused_on_a_page(ed, ground):
    page = ed.page(f"{ground.url}?item={ground.items[2]}")
    with ground.app.app_context(), transaction():
        items.trash(ground.id, [ground.items[5]], actor=ground.cast.ada)

    answer = ed.send(page, f"{ground.url}moves?item={ground.items[2]}", status=409, position="1")

    assert "Ada removed an item since you opened this." in answer.words


def test_htmx_gets_the_panel_that_says_where_the_item_is_now(ed, ground):
    page = ed.page(f"{ground.url}?item={ground.items[2]}")

    answer = ed.send(page, f"{ground.url}moves?item={ground.items[2]}", status=200, htmx=True, position="1")

    assert answer.one("h2", id="inspector-title").words == "Item 1 of 6"
    panel = answer.one("aside", id="editor-inspector")
    assert panel["data-order-version"] == str(ground.gallery().order_version)


@pytest.mark.both_engines
def test_d26_all_items_are_put_in_an_order(ed, ground):
    wanted = [str(ground.items["abcdef".index(each)]) for each in "fdbeca"]

    answer = move(ed, ground, "order", ids=wanted, order_version=str(ground.gallery().order_version))

    assert answer.status_code == 200
    assert names(ground) == "fdbeca"


@pytest.mark.parametrize(
    ("ids", "version", "code"),
    [("abcde", "now", "incomplete_order"), ("abcdee", "now", "incomplete_order"), ("fedcba", "0", "stale")],
)
def test_d03_an_order_that_is_not_whole_or_old_is_refused(ed, ground, ids, version, code):
    wanted = [str(ground.items["abcdef".index(each)]) for each in ids]
    order_version = str(ground.gallery().order_version) if version == "now" else version

    answer = move(ed, ground, "order", ids=wanted, order_version=order_version)

    assert (answer.status_code, answer.get_json()["code"]) == (409, code)
    assert names(ground) == "abcdef"


def test_items_are_put_in_order_by_numbers_without_a_script(ed, ground):
    page = ed.page(f"{ground.url}?arrange=table")
    action = f"{ground.url}order?arrange=table"
    numbers = {f"position-{ground.items[5]}": "1", f"position-{ground.items[0]}": "4"}

    answer = ed.send(page, action, status=303, **numbers)

    assert answer.headers["Location"] == f"{ground.url}?arrange=table"
    assert names(ground) == "fbcade"
    page = ed.follow(answer)
    assert [each["value"] for each in page.all("input", type="number")] == ["1", "2", "3", "4", "5", "6"]


def test_numbers_of_one_part_of_many_items_leave_the_others_where_they_are(ed, ground):
    order = ground.fill(120)
    page = ed.page(f"{ground.url}?arrange=table")
    assert len(page.all("input", type="number")) == 100

    ed.send(page, f"{ground.url}order?arrange=table", status=303, **{f"position-{order[0]}": "110"})

    assert ground.order() == [*order[1:110], order[0], *order[110:]]


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"position-{a}": "0"}, 422),
        ({"position-{a}": "x"}, 422),
        ({"position-{a}": ""}, 422),
        ({"position-nonsense": "1"}, 422),
        ({"position-{a}": "2", "order_version": ""}, 422),
        ({"position-{a}": "2", "order_version": "0"}, 409),
    ],
)
def test_numbers_that_make_no_sense_are_refused(ed, ground, fields, status):
    named = {name.format(a=ground.items[0]): value for name, value in fields.items()}

    answer = move(ed, ground, "order", **({"order_version": str(ground.gallery().order_version)} | named))

    assert answer.status_code == status
    assert names(ground) == "abcdef"


@pytest.mark.parametrize("verb", ["moves", "order"])
def test_translators_and_viewers_move_nothing(tessa, vi, ground, verb):
    for browser in (tessa, vi):
        page = browser.page(ground.url)
        sent = {"csrf_token": token(page), "ids": str(ground.items[0]), "place": "end"}
        assert browser.post(f"{ground.url}{verb}", data=sent, headers=HERE).status_code == 403
    assert names(ground) == "abcdef"


@pytest.mark.parametrize("verb", ["moves", "order"])
def test_nothing_is_moved_in_a_gallery_that_is_not_there(ed, ground, verb):
    page = ed.page(ground.url)
    sent = {"csrf_token": token(page), "ids": str(ground.items[0]), "place": "end"}

    for headers in (JSON, HERE, HTMX):
        answer = ed.post(f"/galleries/{UUID(int=1)}/{verb}", data=sent, headers=headers)
        assert answer.status_code == 404


@pytest.mark.both_engines
def test_d03_two_people_reordering_at_once_lose_no_item_and_never_wait_forever(ground, app):
    people = [browser_of(app, person) for person in (ground.cast.ed, ground.cast.ada)]
    pages = [browser.page(ground.url) for browser in people]
    before = ground.gallery().order_version

    def pull(place):
        def deed():
            answers = []
            for step in range(8):
                mine = ground.items[(step * 2 + place) % 6]
                where = {"place": "top"} if step % 2 else {"place": "end"}
                answers.append(move(people[place], ground, page=pages[place], ids=str(mine), **where))
            return answers

        return deed

    ended = race(app, pull(0), pull(1))

    statuses = [answer.status_code for answers in ended for answer in answers]
    assert statuses == [200] * 16
    assert sorted(ground.order()) == sorted(ground.items)
    told = {answer.get_json()["order_version"] for answers in ended for answer in answers}
    assert max(told) == ground.gallery().order_version <= before + 16


@pytest.mark.both_engines
def test_d03_of_two_whole_orders_at_once_one_is_refused(ground, app):
    people = [browser_of(app, person) for person in (ground.cast.ed, ground.cast.ada)]
    pages = [browser.page(ground.url) for browser in people]
    version = str(ground.gallery().order_version)
    wanted = [list(reversed(ground.items)), [*ground.items[1:], ground.items[0]]]

    def order(place):
        ids = [str(each) for each in wanted[place]]
        return lambda: move(people[place], ground, "order", page=pages[place], ids=ids, order_version=version)

    answers = race(app, order(0), order(1))

    assert sorted(answer.status_code for answer in answers) == [200, 409]
    won = next(place for place, answer in enumerate(answers) if answer.status_code == 200)
    assert ground.order() == wanted[won]


def test_the_order_that_the_page_shows_is_the_one_that_is_kept(ed, ground):
    with ground.app.app_context(), transaction():
        items.move(ground.id, [ground.items[4]], place="top", actor=ground.cast.ed)

    page = Page(ed.get(ground.url))

    shown = [UUID(tile["data-id"]) for tile in page.one("ol", id="items").all("li")]
    assert names(ground, shown) == "eabcdf"
    with ground.app.app_context():
        version = db.session.get(Gallery, ground.id).order_version
        assert factories.order(ground.id) == shown
    assert page.one("ol", id="items")["data-order-version"] == str(version)
