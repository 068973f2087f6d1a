"""Search, shortcuts, the site's order and presence through the door."""

from uuid import uuid4

import pytest

from tests import factories
from tests.fixtures.app import on_sqlite
from tests.fixtures.browser import HTMX
from tests.statements import counted
from webapp.domain import galleries, items, media, presence
from webapp.domain.transaction import transaction
from webapp.infra.db import db

PLAIN = {"Sec-Fetch-Site": "same-origin"}
LIST = "/galleries/"

pytestmark = on_sqlite


@pytest.fixture
def lake(inside, cast):
    """A gallery of an item with a caption, of a file with a name."""
    with transaction():
        gallery = factories.gallery(cast.ed, "Lake Geneva", pictures=1)
        item = items.get(gallery.id, items.ids_in_order(gallery.id)[0])
        factories.write(item, "en", cast.ed, caption="The pier at the lake")
        media.change(media.get(item.media_id), {"original_filename": "lake.jpg"}, actor=cast.ed)
        return gallery.id, item.id, item.media_id


def hits(page):
    return [(link["href"], link.one("b").words) for link in page.one("ul", id="searching-hits").all("a")]


def test_everything_is_found_and_leads_to_where_it_is(ed, lake):
    gallery_id, item_id, media_id = lake
    page = ed.page("/search?q=LAKE")

    assert page.heading == "Search"
    assert sorted(hits(page)) == sorted(
        [
            (f"/galleries/{gallery_id}/", "Lake Geneva"),
            (f"/galleries/{gallery_id}/?item={item_id}", "The pier at the lake"),
            (f"/library/{media_id}", "lake.jpg"),
        ]
    )
    assert "Item in \u2068Lake Geneva\u2069" in page.words


def test_the_fragment_is_what_stands_in_the_page(ed, lake):
    fragment, page = ed.page("/search?q=lake", headers=HTMX), ed.page("/search?q=lake")

    assert fragment.root.children[0]["id"] == "searching-results"
    assert fragment.html.strip() in page.html


def test_the_palette_has_galleries_first_and_what_can_be_done(ed, lake):
    fragment = ed.page("/search?palette&q=lake", headers=HTMX)

    assert [words for _, words in hits(fragment)] == ["Lake Geneva", "The pier at the lake", "lake.jpg"]
    actions = {link.words: link["href"] for link in ed.page("/search?palette", headers=HTMX).all("a")}
    assert actions["New gallery"] == "/galleries/new"
    assert actions["Library"] == "/library/"
    assert "Users" not in actions


def test_actions_are_found_by_their_words_and_offered_to_whom_they_are_open(ed, vi, inside):
    assert [link.words for link in ed.page("/search?q=site+ORD").one("ul", id="searching-actions").all("a")] == [
        "Site order"
    ]
    assert "New gallery" not in vi.page("/search").words


def test_nothing_found_says_what_was_looked_for(ed, lake):
    page = ed.page("/search?q=zz+%3Cb%3E")

    assert "Nothing has all of these words: zz <b>." in page.words


def test_pages_of_hits_lead_on_and_back(ed, inside, cast):
    with transaction():
        for number in range(35):
            factories.gallery(cast.ed, f"Lake {number:02}")
    first = ed.page("/search?q=lake")
    second = ed.page(first.one("a", id="load-more")["href"])

    assert (len(hits(first)), len(hits(second))) == (30, 5)
    assert second.one("a", id="back-to-first")["href"] == "/search?q=lake"


@pytest.mark.parametrize("query", ["%00", "%ff", '"' * 50, "a" * 9000, "NEAR(", "q=1&q=2", "%F0%9F%92%A9"])
def test_a_hostile_query_is_still_a_page(ed, lake, query):
    assert ed.page(f"/search?q={query}").heading == "Search"
    assert ed.page("/search?after=nonsense&q=lake", status=422)


def test_thirty_hits_take_the_statements_of_one(ed, inside, cast, lake):
    def statements():
        ed.get("/search?q=lake")
        db.session.remove()
        with counted() as sent:
            ed.get("/search?q=lake")
        return len(sent)

    one = statements()
    with transaction():
        for number in range(29):
            factories.gallery(cast.ed, f"Lake {number:02}")

    assert statements() == one <= 7


def test_a_stranger_finds_nothing(client):
    for path in ("/search?q=lake", "/shortcuts"):
        assert client.get(path).status_code == 303


# ---- shortcuts ----


def test_shortcuts_are_listed_and_can_be_switched_off(ed, inside):
    page = ed.page("/shortcuts")
    assert "Shortcuts of one letter are on." in page.words
    assert page.one("body")["data-shortcuts"] == "/shortcuts"
    assert page.one("a", id="jump")["href"] == "/search"

    profile = ed.page("/profile")
    assert "checked" in profile.one("input", id="shortcuts").attributes
    ed.send(profile, "/profile", status=303, name="Ed", theme="system", shortcuts=None)
    page = ed.page("/shortcuts")
    assert "Shortcuts of one letter are off." in page.words
    assert "data-keys" not in page.one("body").attributes


# ---- the site's order ----


def order(page):
    return [row.one("b").words for row in page.one("form", id="site-order").all("li")]


def test_d05_galleries_are_put_into_the_site_s_order_moved_and_taken_out(ed, inside, cast):
    with transaction():
        ids = [str(factories.gallery(cast.ed, title).id) for title in ("One", "Two", "Three")]
    page = ed.page("/galleries/site-order")
    assert "No gallery has a place yet" in page.words
    ed.send(page, "/galleries/site-order/places", ids=ids)
    page = ed.page("/galleries/site-order")
    assert order(page) == ["One", "Two", "Three"]

    ed.send(page, "/galleries/site-order/moves", **{f"number-{ids[2]}": "1"})
    page = ed.page("/galleries/site-order")
    assert order(page) == ["Three", "One", "Two"]
    ed.send(page, "/galleries/site-order/moves", down=ids[2])
    page = ed.page("/galleries/site-order")
    assert order(page) == ["One", "Three", "Two"]
    token = {"csrf_token": page.one("meta", name="csrf-token")["content"]}
    assert ed.post(f"/galleries/{ids[0]}/site-order/removal", data=token, headers=PLAIN).status_code == 303
    assert order(ed.page("/galleries/site-order")) == ["Three", "Two"]


def test_d05_an_order_that_changed_meanwhile_is_said_and_nothing_moved(ed, inside, cast):
    with transaction():
        ids = [str(factories.gallery(cast.ed, title).id) for title in ("One", "Two")]
    ed.send(ed.page("/galleries/site-order"), "/galleries/site-order/places", ids=ids)
    old = ed.page("/galleries/site-order")
    ed.send(old, "/galleries/site-order/moves", up=ids[1])
    refused = ed.send(old, "/galleries/site-order/moves", status=409, up=ids[1])

    assert "Somebody changed the order since you opened it. Nothing was moved." in refused.words
    assert order(refused) == ["Two", "One"]


def test_d05_a_script_that_moves_one_is_told_in_a_status_and_a_sentence(ed, inside, cast):
    with transaction():
        ids = [str(factories.gallery(cast.ed, title).id) for title in ("One", "Two", "Three")]
    ed.send(ed.page("/galleries/site-order"), "/galleries/site-order/places", ids=ids)
    token = ed.page("/galleries/site-order").one("meta", name="csrf-token")["content"]
    sent = {"csrf_token": token, "known": ids, f"number-{ids[2]}": "1"}
    moved = ed.post("/galleries/site-order/moves", data=sent, headers=HTMX)
    assert (moved.status_code, moved.data) == (204, b"")
    page = ed.page("/galleries/site-order")
    assert order(page) == ["Three", "One", "Two"]
    assert "saved" not in page.one("div", id="toasts").words

    refused = ed.post("/galleries/site-order/moves", data=sent, headers=HTMX)
    assert refused.status_code == 409
    assert refused.get_json()["message"].startswith("Somebody changed the order since you opened it.")
    assert order(ed.page("/galleries/site-order")) == ["Three", "One", "Two"]


# ---- who is there, and what has changed ----


def test_who_has_a_gallery_open_is_shown_to_others_in_editor_and_list(ed, ada, lake, cast):
    gallery_id = lake[0]
    page = ed.page(f"/galleries/{gallery_id}/")
    assert page.one("div", id="gallery-presence")["data-url"] == f"/galleries/{gallery_id}/presence"
    with transaction():
        presence.note(gallery_id, actor=cast.ada)
    token = page.one("meta", name="csrf-token")["content"]
    answer = ed.post(f"/galleries/{gallery_id}/presence", headers=PLAIN | {"X-CSRFToken": token})

    assert "Ada is editing" in answer.text
    assert "Ada is editing" in ed.page(LIST).one("li", id=f"gallery-{gallery_id}").words
    assert ed.post(f"/galleries/{uuid4()}/presence", headers=PLAIN | {"X-CSRFToken": token}).status_code == 404


def test_d36_a_list_in_which_nothing_has_changed_is_not_sent_again(ed, lake, cast):
    tag = ed.page(LIST, headers=HTMX).one("div", id="gallery-list")["data-tag"]
    known = HTMX | {"If-None-Match": f'"{tag}"'}
    again = ed.get(LIST, headers=known)
    assert (again.status_code, again.data) == (304, b"")

    with transaction():
        galleries.set_status(galleries.get(lake[0]), "published", actor=cast.ed)
    fresh = ed.get(LIST, headers=known)
    assert fresh.status_code == 200
    assert f'data-tag="{tag}"' not in fresh.text
