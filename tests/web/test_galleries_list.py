"""The gallery list through the door: what is shown to whom, what every address means, and what is done from it."""

import gzip
import re
from urllib.parse import parse_qs, quote, urlsplit
from uuid import UUID, uuid4

import pytest

from tests import factories
from tests.fixtures.beginnings import beginning
from tests.fixtures.browser import HTMX, Page
from tests.statements import counted
from webapp.domain import bulk, galleries, holds, items, listing, slugs
from webapp.domain.listing import Wanted
from webapp.domain.transaction import transaction
from webapp.infra.db import db
from webapp.web.galleries.asked import COOKIE

LIST = "/galleries/"
PLAIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def make(inside, cast):
    """Makes galleries of Ed's and returns their ids."""

    def making(*titles, **fields):
        with transaction():
            return [factories.gallery(cast.ed, title, **fields).id for title in titles]

    return making


@beginning
def one_of_each(app, cast):
    """A draft, a published and an archived gallery."""
    with app.app_context():
        kinds = {"Draft": {"pictures": 2}, "Published": {"pictures": 1}, "Archived": {}}
        made = []
        for title, fields in kinds.items():
            with transaction():
                made.append(factories.gallery(cast.ed, title, status=title.lower(), **fields).id)
        return made


@pytest.fixture
def three(inside, one_of_each):
    """The same, in an open context."""
    return one_of_each


def titles(page: Page) -> list[str]:
    return [link.words for heading in page.all("h2") for link in heading.all("a")]


def rows(page: Page) -> list[str]:
    return [heading.one("a").words for heading in page.all("th", scope="row")]


def statuses():
    db.session.rollback()
    return {row.title: row.status for row in listing.page(Wanted(), size=100).rows}


def post(browser, url, **fields):
    """Send a form of the list, with its token."""
    page = browser.page(LIST)
    token = page.all("input", name="csrf_token")[0]["value"]
    return browser.post(url, data={"csrf_token": token, **fields}, headers=PLAIN)


# ---- who may look ----


@pytest.mark.parametrize(
    "path", [LIST, "/galleries/new", "/galleries/trash", "/galleries/00000000-0000-4000-8000-000000000000/removal"]
)
def test_a_stranger_is_led_to_the_sign_in_page_and_back(client, path):
    answer = client.get(f"{path}?q=x")

    assert answer.status_code == 303
    assert urlsplit(answer.headers["Location"]).path == "/login"
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"next": [f"{path}?q=x"]}


def test_the_list_shows_cards_with_all_that_a_card_says(ed, three, inside, cast):
    with transaction():
        factories.write(galleries.get(three[0]), "fr", cast.ed, title="Brouillon")
    page = ed.page(LIST)

    assert page.heading == "Galleries"
    assert titles(page) == ["Draft", "Archived", "Published"]
    card = page.one("li", id=f"gallery-{three[0]}")
    assert card.one("h2").one("a")["href"] == f"/galleries/{three[0]}/"
    assert card.one("span", class_="st draft").words == "Draft"
    assert "2 items" in card.words
    assert len(card.all("img")) == 2
    assert all(re.fullmatch(r"/media/[0-9a-f]{64}/w\d+\.jpg", image["src"]) for image in card.all("img"))
    assert all(image["width"] == "1600" and image["height"] == "1200" for image in card.all("img"))
    edited = listing.page(Wanted()).rows[0].touched_at
    assert [each["datetime"] for each in card.all("time")] == [edited.isoformat(timespec="milliseconds")]
    bars = {
        bar.one("span", aria_hidden="true").words: bar.one("span", class_="sr").words
        for bar in card.one("ul").all("li")
    }
    assert bars == {"en": "English: 33 per cent", "fr": "French: 33 per cent"}


def test_what_was_edited_in_this_minute_was_edited_just_now(ed, make):
    gallery_id = make("Fresh")[0]

    assert "Edited just now" in ed.page(LIST).one("li", id=f"gallery-{gallery_id}").words


def test_a_card_s_first_picture_is_loaded_at_once_and_the_others_when_they_are_seen(ed, make):
    make("One", "Two", pictures=3)
    images = ed.page(LIST).all("img")

    assert [image.get("fetchpriority") for image in images] == ["high", *[None] * 5]
    assert [image.get("loading") for image in images] == [None, *["lazy"] * 5]


def test_a_picture_that_is_still_being_made_has_a_placeholder(ed, inside, cast):
    with transaction():
        gallery = factories.gallery(cast.ed, "Fresh")
        items.add(gallery.id, [factories.picture(state="pending").id], actor=cast.ed)
        gallery_id = gallery.id
    card = ed.page(LIST).one("li", id=f"gallery-{gallery_id}")

    assert card.all("img") == []
    assert card.one("span", class_="shot c21").name == "span"


def test_a_gallery_without_pictures_says_so(ed, make):
    make("Empty")

    assert "No pictures yet" in ed.page(LIST).words


def test_a_title_has_its_language_and_direction(ed, make):
    gallery_id = make("مساء الواحة", source="ar")[0]
    link = ed.page(LIST).one("li", id=f"gallery-{gallery_id}").one("h2").one("a")

    assert (link["lang"], link["dir"], link.words) == ("ar", "rtl", "مساء الواحة")


def test_a_slug_stands_for_a_missing_title(ed, inside, cast):
    with transaction():
        galleries.create({"slug": "no-title"}, actor=cast.ed)

    assert titles(ed.page(LIST)) == ["no-title"]


def test_a_title_of_markup_is_shown_as_it_is(ed, make):
    make("<img src=x onerror=alert(1)> & “co”")

    assert titles(ed.page(LIST)) == ["<img src=x onerror=alert(1)> & “co”"]


def test_a_held_gallery_says_that_changes_are_held(ed, inside, cast, three):
    with transaction():
        holds.hold(three[1], actor=cast.ed)

    assert ed.page(LIST).one("li", id=f"gallery-{three[1]}").one("span", class_="st held").words == "Changes held"


@pytest.mark.parametrize("who", ["vi", "tessa"])
def test_who_may_only_look_is_offered_nothing_else(request, three, who):
    page = request.getfixturevalue(who).page(LIST)

    assert titles(page) == ["Archived", "Published", "Draft"]
    assert page.all("input", name="ids") == []
    assert page.all("button", name="deed") == []
    assert [button for button in page.all("button") if button.get("formaction")] == []
    assert "New gallery" not in page.words
    assert page.one("li", id=f"gallery-{three[0]}").one("a", href=f"/galleries/{three[0]}/preview")


def test_an_editor_is_offered_what_suits_each_status(ed, three):
    page = ed.page(LIST)

    def offered(gallery_id):
        card = page.one("li", id=f"gallery-{gallery_id}")
        return [button.words for button in card.all("button")]

    assert offered(three[0]) == ["Publish", "Archive", "Clone", "Move to trash"]
    assert offered(three[1]) == ["Unpublish", "Archive", "Clone", "Move to trash"]
    assert offered(three[2]) == ["Publish", "Clone", "Move to trash"]
    assert [link["href"] for link in page.all("a") if link.words == "View the public page"] == ["/g/published"]


def test_the_list_is_private(ed, three):
    answer = ed.get(LIST)

    assert answer.headers["Cache-Control"] == "no-store"
    assert {"HX-Request", "HX-Request-Type"} <= set(answer.vary)


# ---- what is asked for ----


def test_saved_views_are_links_with_counts(ed, three):
    page = ed.page(LIST)
    views = {link["href"]: link.words for link in page.one("nav", aria_label="Saved views").all("a")}

    assert views == {
        "/galleries/": "All 3",
        "/galleries/?q=status%3Apublished": "Published 1",
        "/galleries/?q=status%3Adraft": "Drafts 1",
        "/galleries/?q=missing%3Aany": "Needs translation 3",
        "/galleries/?q=author%3Ame": "Mine 3",
        "/galleries/?q=status%3Aarchived": "Archived 1",
    }


@pytest.mark.parametrize(
    ("query", "current", "shown"),
    [
        ("", "view-all", ["Archived", "Published", "Draft"]),
        ("?status=draft", "view-draft", ["Draft"]),
        ("?status=published", "view-published", ["Published"]),
        ("?q=status:archived+status:draft", None, ["Archived", "Draft"]),
        ("?status=nonsense", "view-all", ["Archived", "Published", "Draft"]),
        ("?q=publish", None, ["Published"]),
        ("?q=ARCH", None, ["Archived"]),
        ("?q=status:held", None, []),
        ("?q=author:me+draft", None, ["Draft"]),
        ("?q=Author:ed", None, ["Archived", "Published", "Draft"]),
        ("?q=author:nobody", None, []),
        ("?q=updated:1h", None, ["Archived", "Published", "Draft"]),
        ("?q=missing:en", None, ["Published", "Draft"]),
        ("?q=tag:lake", None, []),
        ("?sort=title", "view-all", ["Archived", "Draft", "Published"]),
        ("?sort=created", "view-all", ["Archived", "Published", "Draft"]),
        ("?sort=nonsense", "view-all", ["Archived", "Published", "Draft"]),
    ],
)
def test_an_address_says_what_is_shown(ed, three, query, current, shown):
    page = ed.page(LIST + query)

    assert titles(page) == shown
    views = page.one("nav", aria_label="Saved views").all("a", aria_current="page")
    assert [link["id"] for link in views] == ([current] if current else [])


def test_filters_are_chips_that_can_be_let_go(ed, three):
    page = ed.page(f"{LIST}?q=status:draft+status:archived+a")
    chips = page.all("span", class_="chip")

    assert [(chip.words, chip.one("a")["href"]) for chip in chips] == [
        ("Draft", "/galleries/?q=status%3Aarchived+a"),
        ("Archived", "/galleries/?q=status%3Adraft+a"),
    ]
    assert page.one("input", id="q")["value"] == "status:draft status:archived a"


def test_the_menu_offers_filters_and_takes_back_those_that_are_chosen(ed, three):
    page = ed.page(f"{LIST}?q=status:draft+lake")
    offered = {link.words: link for link in page.one("div", class_="choices").all("a")}

    assert offered["Draft"]["href"] == "/galleries/?q=lake"
    assert offered["Draft"]["aria-current"] == "true"
    assert offered["Published"]["href"] == "/galleries/?q=status%3Adraft+status%3Apublished+lake"
    assert offered["last 30 days"]["href"] == "/galleries/?q=status%3Adraft+updated%3A30d+lake"
    assert offered["me"]["href"] == "/galleries/?q=status%3Adraft+author%3Ame+lake"
    form = page.one("form", id="tag-filter")
    assert {field["name"]: field.get("value", "") for field in form.all("input")} == {
        "q": "status:draft lake",
        "tag": "",
    }


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour:red", "“\u2068colour:red\u2069” is no filter. There are: status, missing, tag, category, author, "),
        ("status:nonsense", "It can be: draft, published, archived, held."),
        ("missing:xx", "It can be: any, en, fr."),
        ("updated:soon", "It can be: 24h, 7d, 30d, 12w."),
        ("tag:", "It can be: lake"),
    ],
)
def test_a_filter_that_is_none_is_told_about_with_what_is_possible(ed, three, query, said):
    page = ed.page(f"{LIST}?q={query}")

    assert said in page.one("p", id="filter-fault-1").words
    assert titles(page) == ["Archived", "Published", "Draft"]
    assert page.one("input", id="q")["value"] == query


def test_filters_of_links_and_forms_stand_beside_the_line(ed, make):
    gallery_id = make("Lake")[0]
    with transaction():
        factories.tag(galleries.get(gallery_id), "two words")
    page = ed.page(f"{LIST}?q=lake&status=draft&tag=two+words")

    assert titles(page) == ["Lake"]
    assert page.one("input", id="q")["value"] == 'status:draft tag:"two words" lake'


def test_the_search_keeps_the_order(ed, three):
    form = ed.page(f"{LIST}?q=a+status:archived&sort=title").one("form", role="search")

    sent = {field["name"]: field["value"] for field in form.all("input")}
    assert sent == {"q": "status:archived a", "sort": "title"}


def test_orders_and_views_keep_what_was_asked_for(ed, three):
    page = ed.page(f"{LIST}?q=a+status:archived&sort=title")
    hrefs = {link["href"] for link in page.one("div", id="gallery-list").all("a")}

    assert {
        "/galleries/?q=status%3Aarchived+a",
        "/galleries/?q=status%3Aarchived+a&sort=created",
        "/galleries/?q=status%3Aarchived+a&sort=title&view=table",
    } <= hrefs


def test_the_chosen_view_is_remembered(ed, three):
    assert rows(ed.page(LIST)) == []
    page = ed.page(f"{LIST}?view=table")
    assert rows(page) == ["Archived", "Published", "Draft"]
    cookie = page.headers["Set-Cookie"]
    assert cookie.startswith(f"{COOKIE}=table;")
    assert "HttpOnly" in cookie
    assert "Path=/galleries/" in cookie
    assert "SameSite=Lax" in cookie

    again = ed.page(LIST)
    assert rows(again) == ["Archived", "Published", "Draft"]
    assert "Set-Cookie" not in again.headers
    ed.page(f"{LIST}?view=cards")
    assert titles(ed.page(LIST)) == ["Archived", "Published", "Draft"]


@pytest.mark.parametrize("nonsense", ["nonsense", "", "table\x00", "<b>"])
def test_a_view_that_is_none_is_not_remembered(ed, three, nonsense):
    ed.set_cookie(COOKIE, "nonsense", path="/galleries/")
    page = ed.page(f"{LIST}?view={quote(nonsense)}")

    assert titles(page) == ["Archived", "Published", "Draft"]
    assert COOKIE not in page.headers.get("Set-Cookie", "")


def test_a_table_says_what_cards_say(ed, three):
    page = ed.page(f"{LIST}?view=table")
    row = page.one("tr", id=f"gallery-{three[0]}")

    assert [cell.words for cell in row.all("td", class_="num spare")] == ["2"]
    assert row.one("th").one("small").words == "draft"
    assert [button.words for button in row.all("button")] == ["Publish", "Archive", "Clone", "Move to trash"]


def test_no_galleries_yet_is_one_sentence_and_one_action(ed, ada, inside):
    page = ed.page(LIST)
    assert "No galleries yet" in page.words
    assert page.one("a", id="first-gallery")["href"] == "/galleries/new"
    assert "Load sample galleries" not in page.words

    assert ada.page(LIST).one("button", id="load-samples").words == "Load sample galleries"


def test_who_may_only_look_at_nothing_is_offered_nothing(vi, inside):
    page = vi.page(LIST)

    assert "No galleries yet" in page.words
    assert page.all("a", id="first-gallery") == []


def test_nothing_found_says_what_was_looked_for_and_leads_back(ed, three):
    page = ed.page(f"{LIST}?q=zz%20%3Cb%3E")

    assert "No gallery has “zz <b>” in its texts or tags." in page.words
    assert page.one("a", id="search-all")["href"] == "/search?q=zz+%3Cb%3E"
    assert page.one("a", id="show-all")["href"] == LIST
    assert page.one("input", id="q")["value"] == "zz <b>"


HOSTILE = [
    "q=%00",
    "q=%ff%fe",
    "q=" + "x" * 9000,
    "q=" + quote("\u202e" * 50),
    "q=%25%5f%5c%27%22%3b--",
    "q=" + quote("a " * 300),
    "status=%00&status=draft%00",
    "status=" + "x" * 5000,
    "&".join(["status=draft"] * 500),
    "sort=%00",
    "sort=__class__",
    "view=%ff",
    "q[]=a&q=b&q=c",
    "=&&&=&%",
    "q=%F0%9F%92%A9",
    "after=",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_a_hostile_address_is_still_a_list(ed, three, query):
    page = ed.page(f"{LIST}?{query}")

    assert page.heading == "Galleries"


CURSORS = ["abc", "%00", "%ff", "W10", "W3t9XQ", "x" * 3000, "bnVsbA", "-_-_", "%F0%9F%92%A9"]


@pytest.mark.parametrize("path", [LIST, "/galleries/trash"])
@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_that_is_none_is_refused_in_words(ed, three, path, cursor):
    page = ed.page(f"{path}?after={cursor}", status=422)

    assert "This page of the list is not known" in page.words


# ---- fragments and pages ----


@pytest.mark.parametrize("query", ["", "?q=a", "?view=table", "?status=archived&sort=title", "?q=nothing"])
def test_the_fragment_is_what_stands_in_the_page(ed, three, query):
    url = LIST + query
    page = ed.page(url)
    fragment = ed.page(url, headers=HTMX)

    assert [each.get("id") or each["hx-target"] for each in fragment.root.children] == [
        "gallery-list",
        "#gallery-views",
        "#gallery-total",
    ]
    for part in re.split(r"<hx-partial[^>]*>|</hx-partial>", token_free(fragment.html)):
        assert part.strip() in token_free(page.html)


def token_free(html: str) -> str:
    """Leave out the tokens, which are masked anew each time."""
    return re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", html)


def test_typing_writes_the_address_of_what_is_shown(ed, three):
    fragment = ed.page(f"{LIST}?q=%20a%20%20b&sort=&status=draft&status=", headers=HTMX)

    assert fragment.headers["HX-Replace-Url"] == "/galleries/?q=status%3Adraft+a+b"


@pytest.mark.parametrize(
    "headers",
    [
        {"HX-Request": "true", "HX-Request-Type": "full"},
        {"HX-Request": "true", "HX-Boosted": "true"},
        {"HX-Request": "true", "HX-History-Restore-Request": "true"},
    ],
)
def test_whoever_wants_a_page_gets_the_page(ed, three, headers):
    assert ed.page(LIST, headers=headers | PLAIN).heading == "Galleries"


def test_pages_lead_on_until_every_gallery_was_shown_once(ed, make):
    make(*(f"Gallery {number:02}" for number in range(60)))
    found, url = [], f"{LIST}?sort=title&status=draft"
    while url:
        page = ed.page(url)
        found += titles(page)
        following = page.all("a", id="load-more")
        url = following[0]["href"] if following else ""
        assert all(link["hx-get"] == link["href"] for link in following)

    assert found == [f"Gallery {number:02}" for number in range(60)]


def test_a_page_further_down_leads_back_to_the_first(ed, make):
    make(*(f"Gallery {number:02}" for number in range(30)))
    second = ed.page(ed.page(f"{LIST}?q=gallery").one("a", id="load-more")["href"])

    assert len(titles(second)) == 10
    assert second.one("a", id="back-to-first")["href"] == "/galleries/?q=gallery"


def test_one_gallery_and_fifty_take_the_same_statements(ed, inside, cast, make):
    def statements(url, **options):
        db.session.remove()
        with counted() as sent:
            ed.get(url, **options)
        return len(sent)

    make("Only one", pictures=2)
    first = [statements(LIST), statements(LIST, headers=HTMX), statements(f"{LIST}?q=a&view=table")]
    make(*(f"Another {number}" for number in range(50)), pictures=2)

    assert [statements(LIST), statements(LIST, headers=HTMX), statements(f"{LIST}?q=a&view=table")] == first
    assert first == [13, 3, 9], "the third found nothing written since the rail was counted"


def test_typing_moves_the_current_view_and_its_count(ed, three):
    ed.send(ed.page(f"{LIST}?q=tag:lake"), "/galleries/views", name="Lakes")
    typed = ed.page(f"{LIST}?q=status:published", headers=HTMX)
    views = typed.one("hx-partial", hx_target="#gallery-views").one("nav")
    assert [link.words for link in views.all("a", aria_current="page")] == ["Published 1"]
    assert typed.all("form", id="view-form") == []

    typed = ed.page(f"{LIST}?q=tag:lake", headers=HTMX)
    assert [link.words for link in typed.all("a", aria_current="page")] == ["Lakes 0"]
    assert typed.one("input", id="view-name")["value"] == "Lakes"
    unkept = ed.page(f"{LIST}?q=draft", headers=HTMX).form("/galleries/views")
    assert unkept.one("input", name="q")["value"] == "draft"


def test_a_page_that_shows_more_is_told_of_as_many(ed, make):
    make(*(f"Gallery {number:02}" for number in range(50)))

    assert [len(titles(ed.page(f"{LIST}?rows={rows}"))) for rows in (0, "x", -5, 31, 9999)] == [20, 20, 20, 31, 50]
    more = ed.page(f"{LIST}?rows=31").one("a", id="load-more")["href"]
    assert "rows" not in more
    assert len(titles(ed.page(more))) == 19


def test_what_is_made_meanwhile_changes_what_is_told(ed, make):
    make("Lake")
    tag = ed.page(LIST, headers=HTMX).one("div", id="gallery-list")["data-tag"]
    known = HTMX | {"If-None-Match": f'"{tag}"'}
    assert ed.get(f"{LIST}?q=sea", headers=known).status_code == 200
    assert ed.get(LIST, headers=known).status_code == 304

    make("Sea")
    fresh = ed.get(LIST, headers=known)
    assert fresh.status_code == 200
    assert Page(fresh).one("p", id="gallery-total").words == "2 galleries · 2 languages"


def test_the_list_fits_its_budget(ed, make):
    make(*(f"Gallery with a usual title {number}" for number in range(30)), pictures=4)

    assert len(gzip.compress(ed.get(LIST).data)) <= 10 * 1024


# ---- making ----


def test_a_gallery_is_made_and_its_maker_led_to_the_editor(ed, inside):
    page = ed.send(ed.page("/galleries/new"), LIST, status=303, title="  Été   à Évian ")
    gallery_id = UUID(urlsplit(page.headers["Location"]).path.split("/")[2])

    gallery = galleries.get(gallery_id)
    assert page.headers["Location"] == f"/galleries/{gallery_id}/"
    assert (galleries.title_of(gallery), slugs.of(gallery_id)) == ("Été à Évian", "ete-a-evian")
    assert gallery.status == "draft"


def test_a_gallery_is_made_with_an_address_and_in_a_language(ed, inside):
    with transaction():
        french = str(factories.language("fr").id)
    ed.send(ed.page("/galleries/new"), LIST, status=303, title="Été", slug="ete-2026", source_language=french)

    gallery, current = galleries.find_by_slug("ete-2026")
    assert current
    assert str(gallery.source_language_id) == french


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"title": ""}, "title", "Write a title."),
        ({"title": "   "}, "title", "Write a title."),
        ({"title": "x" * 256}, "title", "Shorten this to 255 characters."),
        ({"title": "a\x00b"}, "title", "Remove the control characters from this."),
        ({"title": "T", "slug": "Not a slug"}, "slug", "Use 2 to 255 small letters, digits and dashes"),
        ({"title": "T", "slug": "x"}, "slug", "Use 2 to 255 small letters, digits and dashes"),
        ({"title": "T", "slug": "x" * 256}, "slug", "Shorten this to 255 characters."),
        ({"title": "T", "slug": "published"}, "slug", "Another gallery has this address."),
        ({"title": "T", "source_language": "nonsense"}, "source_language", "Not a valid choice"),
        ({"title": "T", "source_language": str(uuid4())}, "source_language", "Not a valid choice"),
        ({"title": "T", "source_language": None}, "source_language", "Not a valid choice"),
    ],
)
def test_a_gallery_that_cannot_be_made_is_asked_for_again(ed, three, fields, field, message):
    before = len(statuses())
    page = ed.send(ed.page("/galleries/new"), LIST, status=422, **fields)

    assert message in page.one("div", id="errors").words
    assert page.one("div", id="errors").one("a")["href"] == f"#{field}"
    assert message in page.one("p", id=f"{field}-error").words
    assert page.root.one("title").words.startswith("Error: ")
    assert page.one("input", id="title").get("value", "") == fields["title"]
    assert page.one("input", id="slug").get("value", "") == fields.get("slug", "")
    assert len(statuses()) == before


def test_the_form_is_the_same_in_a_dialog(ed, three):
    page, fragment = ed.page("/galleries/new"), ed.page("/galleries/new", headers=HTMX)

    assert fragment.root.children[0]["id"] == "gallery-new"
    assert token_free(fragment.html).strip() in token_free(page.html)
    refused = ed.send(page, LIST, status=422, htmx=True, title="")
    assert refused.root.children[0]["id"] == "gallery-new"
    made = ed.send(page, LIST, status=204, htmx=True, title="From a dialog")
    assert re.fullmatch(r"/galleries/[0-9a-f-]{36}/", made.headers["HX-Redirect"])


# ---- one gallery ----


def test_a_gallery_is_cloned_and_its_maker_led_to_the_copy(ed, three):
    answer = post(ed, f"/galleries/{three[1]}/copies")

    assert answer.status_code == 303
    copy = UUID(answer.headers["Location"].split("/")[2])
    assert (slugs.of(copy), galleries.get(copy).status) == ("published-copy", "draft")


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [(0, "published", "is published"), (1, "draft", "is a draft"), (1, "archived", "is archived")],
)
def test_a_gallery_s_status_is_set_from_the_list(ed, three, number, status, said):
    answer = post(ed, f"/galleries/{three[number]}/status", status=status, next="/galleries/?status=draft")

    assert answer.headers["Location"] == "/galleries/?status=draft"
    assert said in ed.page(LIST).one("div", id="toasts").words
    db.session.rollback()
    assert galleries.get(three[number]).status == status


@pytest.mark.parametrize("status", ["", "secret", "Published", "\x00"])
def test_a_status_that_is_none_changes_nothing(ed, three, status):
    answer = post(ed, f"/galleries/{three[0]}/status", status=status)

    assert answer.status_code == 422
    assert statuses() == {"Draft": "draft", "Published": "published", "Archived": "archived"}


def test_a_gallery_thrown_away_can_be_taken_back_by_the_message_that_says_so(ed, three):
    answer = post(ed, f"/galleries/{three[1]}/trash", next="/galleries/?q=p")
    page = ed.page(answer.headers["Location"])

    toast = page.one("div", id="toasts")
    assert "“\u2068Published\u2069” is in the trash." in toast.words
    undo = toast.one("form")["action"]
    assert ed.send(page, undo).headers["Location"] == "/galleries/?q=p"
    assert statuses() == {"Draft": "draft", "Published": "draft", "Archived": "archived"}


ELSEWHERE = ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]


@pytest.mark.parametrize("next_page", ELSEWHERE)
def test_no_deed_leads_elsewhere(ed, three, next_page):
    answer = post(ed, f"/galleries/{three[0]}/trash", next=next_page)

    assert answer.headers["Location"] == LIST


def test_a_long_title_is_cut_in_a_message(ed, make):
    gallery_id = make("long " * 50)[0]
    post(ed, f"/galleries/{gallery_id}/trash")

    assert len(ed.page(LIST).one("div", id="toasts").words) < 150


# ---- several ----


@pytest.mark.parametrize(
    ("deed", "after", "said"),
    [
        ("publish", {"Draft": "published", "Published": "published"}, "2 galleries are published"),
        ("archive", {"Draft": "archived", "Published": "archived"}, "2 galleries are archived"),
        ("trash", {}, "2 galleries are in the trash"),
    ],
)
def test_a_deed_is_done_to_all_that_are_chosen(ed, three, deed, after, said):
    ids = [str(each) for each in three[:2]]
    answer = post(ed, "/galleries/bulk", deed=deed, ids=ids, next="/galleries/?sort=title")

    assert answer.headers["Location"] == "/galleries/?sort=title"
    assert statuses() == after | {"Archived": "archived"}
    assert said in ed.page(LIST).one("div", id="toasts").words


def test_several_are_cloned(ed, three):
    post(ed, "/galleries/bulk", deed="clone", ids=[str(each) for each in three])

    assert sorted(row.slug for row in listing.page(Wanted()).rows) == [
        "archived",
        "archived-copy",
        "draft",
        "draft-copy",
        "published",
        "published-copy",
    ]


def test_several_thrown_away_are_taken_back_together(ed, three):
    post(ed, "/galleries/bulk", deed="trash", ids=[str(each) for each in three])
    page = ed.page(LIST)
    answer = ed.send(page, page.one("div", id="toasts").one("form")["action"])

    assert answer.headers["Location"] == LIST
    assert statuses() == {"Draft": "draft", "Published": "draft", "Archived": "draft"}
    assert "3 galleries are as they were." in ed.page(LIST).words


def test_choosing_none_says_so(ed, three):
    answer = post(ed, "/galleries/bulk", deed="trash")

    assert answer.status_code == 303
    assert "Choose galleries first." in ed.page(LIST).words
    assert len(statuses()) == 3


def test_galleries_that_have_gone_are_told_of(ed, three):
    post(ed, "/galleries/bulk", deed="trash", ids=[str(uuid4())])

    assert "Those galleries have gone meanwhile. Nothing was changed." in ed.page(LIST).words


@pytest.mark.parametrize(
    "fields",
    [
        {"deed": "purge", "ids": "valid"},
        {"deed": "", "ids": "valid"},
        {"deed": "\x00", "ids": "valid"},
        {"deed": "trash", "ids": "nonsense"},
        {"deed": "trash", "ids": ["\x00", "é"]},
        {"deed": "trash", "ids": [str(uuid4()) for _ in range(bulk.MOST + 1)]},
    ],
)
def test_a_senseless_deed_changes_nothing(ed, three, fields):
    ids = [str(three[0])] if fields["ids"] == "valid" else fields["ids"]
    answer = post(ed, "/galleries/bulk", deed=fields["deed"], ids=ids)

    assert answer.status_code == 422
    assert statuses() == {"Draft": "draft", "Published": "published", "Archived": "archived"}


def test_many_thrown_away_are_taken_back_by_one_message(ed, make):
    ids = make(*(f"Gallery {number}" for number in range(30)))
    post(ed, "/galleries/bulk", deed="trash", ids=[str(each) for each in ids])
    page = ed.page(LIST)

    assert "30 galleries are in the trash." in page.words
    ed.send(page, page.one("div", id="toasts").one("form")["action"])
    assert len(statuses()) == 30


def test_a_status_is_taken_back_by_the_message_that_says_so(ed, three):
    post(ed, "/galleries/bulk", deed="archive", ids=[str(each) for each in three])
    page = ed.page(LIST)
    ed.send(page, page.one("div", id="toasts").one("form")["action"])

    assert statuses() == {"Draft": "draft", "Published": "published", "Archived": "archived"}
    assert "2 galleries are as they were." in ed.page(LIST).words


def test_tags_are_added_and_removed(ed, three):
    ids = [str(each) for each in three]
    post(ed, "/galleries/bulk", deed="tag", ids=ids, tags="Lake, two words")
    assert titles(ed.page(f"{LIST}?q=tag:lake")) == titles(ed.page(f'{LIST}?q=tag:"two words"')) != []
    post(ed, "/galleries/bulk", deed="untag", ids=ids[:2], tags="lake")

    assert titles(ed.page(f"{LIST}?q=tag:lake")) == ["Archived"]


def test_tags_without_a_tag_change_nothing(ed, three):
    assert post(ed, "/galleries/bulk", deed="tag", ids=[str(three[0])], tags=" , ").status_code == 422


# ---- answers to a page that is open ----


def fragment_of(browser, url, **fields):
    """Send a form of the list as a script does, and return what it is told."""
    token = browser.page(LIST).one("meta", name="csrf-token")["content"]
    answer = browser.post(url, data={"csrf_token": token, **fields}, headers=HTMX)
    return Page(answer)


def undo_of(page):
    toast = page.one("hx-partial", hx_target="#toasts")
    return toast.one("form")["action"]


@pytest.mark.parametrize(
    ("deed", "shown", "said"),
    [
        ("publish", ["Published", "Draft"], "1 gallery is published."),
        ("archive", ["Published"], "1 gallery is archived."),
        ("tag", ["Published", "Draft"], "1 gallery has the tags."),
        ("trash", ["Published"], "1 gallery is in the trash."),
        ("clone", ["Draft", "Published", "Draft"], "1 gallery was cloned."),
    ],
)
def test_a_deed_is_answered_with_the_list_as_it_is_now_and_a_way_back(ed, three, deed, shown, said):
    url = "/galleries/bulk?q=status:draft+status:published"
    page = fragment_of(ed, url, deed=deed, ids=[str(three[0])], tags="lake")

    assert page.status == 200
    assert sorted(titles(page)) == sorted(shown)
    assert said in page.one("hx-partial", hx_target="#toasts").words
    assert page.one("hx-partial", hx_target="#gallery-views").one("a", id="view-all")
    assert "toast" not in ed.page(LIST).one("div", id="toasts").words

    back = fragment_of(ed, f"{undo_of(page)}&q=status:draft+status:published")
    assert sorted(titles(back)) == ["Draft", "Published"]
    assert statuses() == {"Draft": "draft", "Published": "published", "Archived": "archived"}
    assert titles(ed.page(f"{LIST}?q=tag:lake")) == []


@pytest.mark.parametrize(("verb", "fields"), [("status", {"status": "archived"}), ("trash", {})])
def test_what_is_done_to_one_is_answered_in_the_same_way(ed, three, verb, fields):
    page = fragment_of(ed, f"/galleries/{three[1]}/{verb}?q=status:published", **fields)

    assert titles(page) == []
    assert "“\u2068Published\u2069” is" in page.one("hx-partial", hx_target="#toasts").words
    assert fragment_of(ed, undo_of(page)).status == 200


def test_a_script_that_chooses_none_is_told_so(ed, three):
    page = fragment_of(ed, "/galleries/bulk", deed="trash")

    assert page.one("hx-partial", hx_target="#toasts").one("div", role="alert").words == "Choose galleries first."
    assert len(statuses()) == 3


def test_a_script_that_is_refused_is_told_why(ed, three):
    refused = fragment_of(ed, "/galleries/bulk", deed="tag", ids=[str(three[0])], tags=" , ")

    assert refused.status == 422
    assert "Write at least one tag." in refused.words


def test_a_page_that_shows_more_is_answered_with_as_many(ed, make):
    ids = make(*(f"Gallery {number:02}" for number in range(50)))
    page = fragment_of(ed, "/galleries/bulk?sort=title&rows=45", deed="trash", ids=[str(each) for each in ids[:10]])

    assert titles(page) == [f"Gallery {number:02}" for number in range(10, 50)]


def test_as_many_statements_answer_a_deed_on_a_long_list_as_on_a_short_one(ed, make):
    def statements(gallery_id):
        token = ed.page(LIST).one("meta", name="csrf-token")["content"]
        db.session.remove()
        with counted() as sent:
            sent_fields = {"csrf_token": token, "deed": "publish", "ids": str(gallery_id)}
            ed.post("/galleries/bulk", data=sent_fields, headers=HTMX)
        return len(sent)

    first = statements(make("One", pictures=2)[0])
    ids = make(*(f"Another {number}" for number in range(30)), pictures=2)

    assert statements(ids[0]) == first


def test_a_copy_is_taken_back_by_the_message_that_says_so(ed, three):
    answer = post(ed, f"/galleries/{three[0]}/copies")
    page = ed.page(answer.headers["Location"])
    assert "This is the copy of “\u2068Draft\u2069”." in page.one("div", id="toasts").words
    undone = ed.send(page, page.one("div", id="toasts").one("form")["action"])

    assert undone.headers["Location"] == LIST
    assert "1 copy is in the trash." in ed.page(LIST).words
    assert sorted(row.slug for row in listing.page(Wanted()).rows) == ["archived", "draft", "published"]


def test_copies_are_taken_back_together(ed, three):
    post(ed, "/galleries/bulk", deed="clone", ids=[str(each) for each in three])
    page = ed.page(LIST)
    ed.send(page, page.one("div", id="toasts").one("form")["action"])

    assert "3 copies are in the trash." in ed.page(LIST).words
    assert sorted(row.slug for row in listing.page(Wanted()).rows) == ["archived", "draft", "published"]
    assert len(listing.trash().rows) == 3


# ---- all that match ----


def test_all_that_match_are_acted_on_after_a_question(ed, make):
    make(*(f"Lake {number:02}" for number in range(40)))
    make("Sea")
    page = ed.page(f"{LIST}?q=lake")
    asked = ed.page(page.one("a", id="bulk-all")["href"])

    assert asked.heading == "40 galleries"
    done = ed.send(asked, "/galleries/matching", deed="publish")
    assert done.headers["Location"] == "/galleries/?q=lake"
    assert sorted(statuses().values()) == ["draft", *["published"] * 40]
    assert "40 galleries are published." in ed.page(LIST).words


def test_nothing_is_done_where_other_galleries_match_by_then(ed, make):
    make("Lake one", "Lake two")
    asked = ed.page("/galleries/matching?q=lake")
    make("Lake three")
    refused = ed.send(asked, "/galleries/matching", status=409, deed="trash")

    assert "Now 3 galleries match, not 2. Nothing was changed." in refused.words
    assert refused.heading == "3 galleries"
    assert len(statuses()) == 3


def test_none_that_match_are_nothing_to_act_on(ed, three):
    assert ed.page("/galleries/matching?q=zzz").all("button", name="deed") == []


def test_too_many_are_not_acted_on(ed, three, monkeypatch):
    monkeypatch.setattr(bulk, "MOST", 2)
    page = ed.page("/galleries/matching")

    assert "That is too many at once" in page.words
    assert page.all("button", name="deed") == []


def test_who_only_looks_acts_on_none_that_match(vi, three):
    page = vi.page("/galleries/matching")

    assert page.heading == "3 galleries"
    assert page.all("button", name="deed") == []


# ---- views of one's own ----


def test_a_view_is_kept_renamed_and_removed(ed, three):
    page = ed.page(f"{LIST}?q=status:draft+draft")
    ed.send(page, "/galleries/views", name=" My  drafts ")
    page = ed.page(f"{LIST}?q=status:draft+draft")
    tab = page.one("nav", aria_label="Saved views").all("a", aria_current="page")

    assert [link.words for link in tab] == ["My drafts 1"]
    view_id = tab[0]["id"].removeprefix("view-own-")
    ed.send(page, f"/galleries/views/{view_id}", name="Todo")
    page = ed.page(f"{LIST}?q=status:draft+draft")
    assert "Todo 1" in page.one("nav", aria_label="Saved views").words
    ed.send(page, f"/galleries/views/{view_id}", deed="remove", name="Todo")
    assert "Todo" not in ed.page(LIST).one("nav", aria_label="Saved views").words


def test_a_view_of_somebody_else_is_not_shown_and_one_that_is_not_there_not_found(ed, ada, three):
    ed.send(ed.page(f"{LIST}?q=tag:lake"), "/galleries/views", name="Lakes")

    assert "Lakes" in ed.page(LIST).one("nav", aria_label="Saved views").words
    assert post(ed, f"/galleries/views/{uuid4()}", deed="remove").status_code == 404
    assert "Lakes" not in ada.page(LIST).words


@pytest.mark.parametrize("name", ["", " ", "x" * 41, "\u200d"])
def test_a_view_without_a_name_is_not_kept(ed, three, name):
    post(ed, "/galleries/views", name=name, q="tag:lake")

    assert "Give the view a name of 1 to 40 characters." in ed.page(LIST).words


# ---- trash ----


@pytest.fixture
def gone(inside, cast, make):
    """A gallery of two pictures in the trash."""
    gallery_id = make("Gone", pictures=2)[0]
    with transaction():
        galleries.trash(galleries.get(gallery_id), actor=cast.ed)
    return gallery_id


def test_the_trash_lists_what_was_thrown_away(ed, gone, three):
    page = ed.page("/galleries/trash")

    row = page.one("li", id=f"gallery-{gone}")
    assert "Gone" in row.words
    assert "2 items" in row.words
    assert len(page.all("li", id=f"gallery-{three[0]}")) == 0
    fragment = ed.page("/galleries/trash", headers=HTMX)
    assert token_free(fragment.html).strip() in token_free(page.html)


def test_an_empty_trash_says_so(ed, three):
    assert "The trash is empty" in ed.page("/galleries/trash").words


def test_the_trash_is_paged(ed, inside, cast, make):
    ids = make(*(f"Gallery {number}" for number in range(30)))
    with transaction():
        bulk.carry_out("trash", ids, actor=cast.ed)
    first = ed.page("/galleries/trash")
    second = ed.page(first.one("a", id="load-more")["href"])

    found = [each.get("id", "") for page in (first, second) for each in page.all("li")]
    shown = [each for each in found if each.startswith("gallery-")]
    assert sorted(shown) == sorted(f"gallery-{each}" for each in ids)


def test_d14_a_gallery_is_restored_from_the_trash(ed, gone):
    answer = ed.send(ed.page("/galleries/trash"), f"/galleries/{gone}/restoration", status=303)

    assert answer.headers["Location"] == "/galleries/trash"
    assert "is back, as a draft" in ed.page(LIST).words
    assert statuses() == {"Gone": "draft"}


def test_d11_a_gallery_restored_under_another_address_says_which(ed, inside, cast, gone):
    with transaction():
        galleries.create({"slug": "gone"}, actor=cast.ed)
    ed.send(ed.page("/galleries/trash"), f"/galleries/{gone}/restoration", status=303)

    assert "at the address gone-2" in ed.page(LIST).words


def test_a_gallery_is_deleted_for_good_after_a_question(ed, gone):
    asked = ed.page(f"/galleries/{gone}/removal")
    assert "Its 2 items go with their order" in asked.words
    answer = ed.send(asked, f"/galleries/{gone}/removal", status=303)

    assert answer.headers["Location"] == "/galleries/trash"
    assert "is deleted for good" in ed.page(LIST).words
    assert listing.trash().rows == ()


# ---- the ladder: forbidden and missing ----

WAYS = [
    ("GET", "/galleries/new"),
    ("POST", "/galleries/"),
    ("GET", "/galleries/trash"),
    ("POST", "/galleries/{id}/copies"),
    ("POST", "/galleries/{id}/status"),
    ("POST", "/galleries/{id}/trash"),
    ("POST", "/galleries/{id}/restoration"),
    ("GET", "/galleries/{id}/removal"),
    ("POST", "/galleries/{id}/removal"),
    ("POST", "/galleries/undo"),
    ("GET", "/galleries/site-order"),
    ("POST", "/galleries/site-order/moves"),
    ("POST", "/galleries/site-order/places"),
    ("POST", "/galleries/{id}/site-order/removal"),
    ("POST", "/galleries/samples"),
]


@pytest.mark.parametrize("who", ["vi", "tessa"])
@pytest.mark.parametrize(("method", "path"), WAYS)
def test_who_may_only_look_is_refused(request, three, who, method, path):
    browser = request.getfixturevalue(who)
    token = browser.page("/languages/").one("meta", name="csrf-token")["content"]
    answer = browser.open(
        path.format(id=three[0]), method=method, data={"csrf_token": token, "status": "published"}, headers=PLAIN
    )

    assert answer.status_code == 403
    assert "You may not do this" in answer.text
    assert statuses() == {"Draft": "draft", "Published": "published", "Archived": "archived"}


@pytest.mark.parametrize("deed", sorted(bulk.DEEDS))
def test_who_may_only_look_does_nothing_in_bulk(vi, three, deed):
    token = vi.page("/languages/").one("meta", name="csrf-token")["content"]
    sent = {"csrf_token": token, "deed": deed, "tags": "lake", "ids": [str(each) for each in three]}

    assert vi.post("/galleries/bulk", data=sent, headers=PLAIN).status_code == 403
    assert statuses() == {"Draft": "draft", "Published": "published", "Archived": "archived"}


def test_an_editor_does_not_load_samples(ed, three):
    assert post(ed, "/galleries/samples").status_code == 403


def test_samples_are_loaded_by_a_job(ada, app, inside):
    token = ada.page(LIST).form("/galleries/samples").one("input", name="csrf_token")["value"]
    answer = ada.post("/galleries/samples", data={"csrf_token": token}, headers=PLAIN)

    assert answer.headers["Location"] == LIST
    assert len(app.extensions["vitrine-jobs"].queue) == 1


@pytest.mark.parametrize(
    ("method", "path"), [way for way in WAYS if "{id}" in way[1]] + [("POST", "/galleries/{id}/nonsense")]
)
def test_what_is_not_there_is_not_found(ed, three, method, path):
    token = ed.page(LIST).one("meta", name="csrf-token")["content"]
    for gallery_id in (uuid4(), "nonsense", "..%2f"):
        answer = ed.open(
            path.format(id=gallery_id), method=method, data={"csrf_token": token, "status": "draft"}, headers=PLAIN
        )
        assert answer.status_code == 404


def test_a_living_gallery_is_not_restored_or_deleted_for_good(ed, three):
    for verb in ("restoration", "removal"):
        assert post(ed, f"/galleries/{three[0]}/{verb}").status_code == 404
    assert len(statuses()) == 3


def test_a_gallery_in_the_trash_is_not_worked_on(ed, gone):
    for verb in ("copies", "status", "trash"):
        assert post_to_trash(ed, f"/galleries/{gone}/{verb}").status_code == 404


def post_to_trash(browser, url):
    token = browser.page("/galleries/trash").one("meta", name="csrf-token")["content"]
    return browser.post(url, data={"csrf_token": token, "status": "draft"}, headers=PLAIN)


def test_nothing_is_done_without_a_token_or_from_another_site(ed, three):
    for headers, data in ((PLAIN, {}), ({"Sec-Fetch-Site": "cross-site"}, {})):
        assert ed.post(f"/galleries/{three[0]}/trash", data=data, headers=headers).status_code in (400, 403)
    assert len(statuses()) == 3


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (LIST, "Galleries"),
        ("/galleries/new", "Galleries"),
        ("/galleries/{three}/", "Galleries"),
        ("/galleries/trash", "Trash"),
        ("/galleries/{gone}/removal", "Trash"),
        ("/library/", "Library"),
        ("/library/trash", "Library"),
    ],
)
def test_the_rail_shows_where_one_is(ed, three, gone, path, place):
    page = ed.page(path.format(three=three[0], gone=gone))
    rail = page.one("nav", aria_label="Main")

    assert [link.words for link in rail.all("a", aria_current="page")] == [place]
