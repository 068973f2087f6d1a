"""The media library through the door: looked through, added to, described in each language, thrown away."""

import io
import re
from contextvars import Context
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update

from tests import factories, pictures
from tests.fixtures.app import on_sqlite
from tests.fixtures.browser import HTMX, Page
from tests.statements import counted
from webapp.domain import items, library, media, translations
from webapp.domain.models import Media, Rendition
from webapp.domain.transaction import transaction
from webapp.infra.db import db
from webapp.infra.most import Most

LIST = "/library/"
PLAIN = {"Sec-Fetch-Site": "same-origin"}
JSON = PLAIN | {"Accept": "application/json"}


@pytest.fixture
def make(inside, cast):
    """Makes files of these names and returns their ids."""

    def making(*names):
        with transaction():
            return [factories.picture(name).id for name in names]

    return making


@pytest.fixture
def lake(make, cast):
    """A file with an alt text in English."""
    file_id = make("lake.jpg")[0]
    with transaction():
        factories.write(db.session.get(Media, file_id), "en", cast.ed, alt="A lake")
    return file_id


@pytest.fixture
def used(make, cast):
    """A file that the gallery Summer shows."""
    file_id = make("used.jpg")[0]
    with transaction():
        items.add(factories.gallery(cast.ed, "Summer").id, [file_id], actor=cast.ed)
    return file_id


def files(page: Page) -> list[str]:
    return [name.words for name in page.all("span", class_="nm")]


def token(browser) -> str:
    return browser.page("/languages/").one("meta", name="csrf-token")["content"]


def post(browser, url, *, headers=PLAIN, **fields):
    return browser.post(url, data={"csrf_token": token(browser), **fields}, headers=headers)


def text_of(file_id, code):
    db.session.rollback()
    row = translations.find(db.session.get(Media, file_id), factories.language(code).id)
    return {name: getattr(row, name) for name in row.fields if getattr(row, name)} if row else {}


def photo(seed=1):
    return pictures.photo(160, 120, seed=seed)


def apart(ask, *args, **fields):
    """Ask in a context of its own: two people's tokens are not each other's."""
    return Context().run(ask, *args, **fields)


def token_free(html: str) -> str:
    return re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", html)


# ---- the list ----


@pytest.mark.parametrize("path", [LIST, "/library/trash", "/library/00000000-0000-4000-8000-000000000000"])
def test_a_stranger_is_led_to_the_sign_in_page_and_back(client, path):
    answer = client.get(path)

    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"next": [path]}


def test_the_library_lists_files_the_newest_first(ed, lake, make):
    make("two.jpg")
    page = ed.page(LIST)

    assert page.heading == "Library"
    assert files(page) == ["two.jpg", "lake.jpg"]
    card = page.one("li", id=f"library-file-{lake}")
    assert card.one("a")["href"] == f"/library/{lake}"
    assert "No alt text" not in card.words
    assert page.one("ul", id="library-files-shown").words.count("No alt text") == 1


@pytest.fixture
def unmade(inside):
    """A file whose small pictures are in a state."""

    def making(state):
        with transaction():
            return factories.picture("new.jpg", state=state).id

    return making


def tile(browser, file_id, looks=1):
    return browser.page(f"/library/{file_id}/tile?looks={looks}", headers=HTMX)


def test_a_tile_asks_for_itself_again_until_its_picture_is_made(ed, unmade):
    file_id = unmade("pending")
    shown = ed.page(LIST).one("li", id=f"library-file-{file_id}")
    assert (shown["hx-get"], shown["hx-trigger"]) == (f"/library/{file_id}/tile?looks=1", "load delay:1s")
    assert shown["hx-swap"] == "outerHTML"
    assert shown.all("img") == []

    [waiting] = tile(ed, file_id).root.children
    assert (waiting["id"], waiting["hx-get"]) == (shown["id"], f"/library/{file_id}/tile?looks=2")

    with transaction():
        db.session.execute(update(Rendition).values(state="ready"))
    [made] = tile(ed, file_id, 2).root.children
    assert (made["id"], made.get("hx-get")) == (shown["id"], None)
    assert made.one("img")["src"].endswith(".jpg")


def test_a_tile_asks_less_and_less_often_and_then_no_more(ed, unmade):
    file_id = unmade("pending")
    pauses, looks = [], 0
    while found := tile(ed, file_id, looks).one("li").get("hx-get"):
        pauses.append(int(tile(ed, file_id, looks).one("li")["hx-trigger"].removeprefix("load delay:")[:-1]))
        assert found.endswith(f"?looks={looks + 1}")
        looks += 1

    assert pauses == [1, 2, 4, 8, 16, *[30] * 7]


@pytest.mark.parametrize(("state", "said"), [("failed", True), ("ready", False)])
def test_a_tile_with_nothing_to_wait_for_does_not_ask(ed, unmade, state, said):
    file_id = unmade(state)
    shown = ed.page(LIST).one("li", id=f"library-file-{file_id}")

    assert shown.get("hx-get") is None
    assert ("Damaged" in shown.words) == said


def test_the_tile_of_a_file_that_was_thrown_away_meanwhile_goes(ed, unmade, cast):
    file_id = unmade("pending")
    with transaction():
        media.trash(media.get(file_id), actor=cast.ed)

    assert tile(ed, file_id).html == ""
    assert ed.page("/library/trash").one("li", id=f"library-file-{file_id}").get("hx-get") is None


@on_sqlite
@pytest.mark.parametrize("looks", ["", "x", "-1", "99", "9" * 5000])
def test_a_tile_that_was_asked_for_by_hand_asks_no_more(ed, unmade, looks):
    assert tile(ed, unmade("pending"), looks).one("li").get("hx-get") is None


@on_sqlite
def test_a_tile_without_a_script_is_the_page_of_its_file(ed, lake):
    answer = ed.get(f"/library/{lake}/tile")

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/library/{lake}")


def test_everybody_may_look_and_editors_may_add(ed, vi, lake):
    assert ed.page(LIST).one("input", type="file")["name"] == "file"
    page = vi.page(LIST)

    assert files(page) == ["lake.jpg"]
    assert page.all("input", type="file") == []
    assert page.all("a", id="library-to-trash") == []


def test_an_empty_library_and_a_fruitless_search_say_so(ed, inside, make):
    assert "The library is empty" in ed.page(LIST).words

    make("lake.jpg")
    page = ed.page(f"{LIST}?q=zz")
    assert "No file has “zz” in its name, texts or tags." in page.words
    assert page.one("a", id="show-all")["href"] == LIST


@pytest.mark.parametrize("query", ["", "?q=lake", "?q=zz", "?q=lake&used=no", "?kind=video"])
def test_the_fragment_is_what_stands_in_the_page(ed, lake, query):
    page, fragment = ed.page(LIST + query), ed.page(LIST + query, headers=HTMX)

    assert [each["id"] for each in fragment.root.children] == ["library-list"]
    assert token_free(fragment.html).strip() in token_free(page.html)
    assert fragment.headers["HX-Replace-Url"] == LIST + query


@pytest.mark.parametrize(
    "query", ["q=%00", "q=%ff", "q=" + "x" * 9000, "q=%25%5f%5c%27", "q[]=1&q=a&q=b", "after=", "q=%E2%80%AE"]
)
def test_a_hostile_address_is_still_a_list(ed, lake, query):
    assert ed.page(f"{LIST}?{query}").heading == "Library"


@pytest.mark.parametrize("path", [LIST, "/library/trash"])
@pytest.mark.parametrize("cursor", ["abc", "%00", "W10", "x" * 3000])
def test_a_cursor_that_is_none_is_refused_in_words(ed, inside, path, cursor):
    assert "This page of the list is not known" in ed.page(f"{path}?after={cursor}", status=422).words


def test_pages_lead_on_until_every_file_was_shown_once(ed, make):
    make(*(f"file {number:03}.jpg" for number in range(110)))
    found, url = [], f"{LIST}?q=file"
    while url:
        page = ed.page(url)
        found += files(page)
        following = page.all("a", id="load-more")
        url = following[0]["href"] if following else ""

    assert sorted(found) == [f"file {number:03}.jpg" for number in range(110)]


def test_one_file_and_thirty_take_the_same_statements(ed, make):
    def statements():
        db.session.remove()
        with counted() as sent:
            ed.get(LIST)
        return len(sent)

    make("one.jpg")
    first = statements()
    make(*(f"{number}.jpg" for number in range(30)))

    assert (first, statements()) == (7, 7)


# ---- filters ----


FILTERS = [
    f"facet-{facet}-{value}"
    for facet, values in (
        ("kind", ("image", "video")),
        ("used", ("yes", "no")),
        ("lacking", ("1", "2")),
        ("shape", ("landscape", "portrait", "square")),
        ("added", ("7d", "30d")),
        ("size", ("small", "medium", "large")),
    )
    for value in values
]


def test_filters_are_links_with_counts_and_hold_together(ed, lake, used):
    page = ed.page(LIST)
    links = page.all("nav", class_="fac")[0].all("a")
    assert [link["id"] for link in links] == FILTERS
    assert [page.one("a", id=f"facet-used-{each}").one("bdi").words for each in ("yes", "no")] == ["1", "1"]

    unused = ed.page(page.one("a", id="facet-used-no")["href"])
    assert files(unused) == ["lake.jpg"]
    both = ed.page(unused.one("a", id="facet-lacking-1")["href"])
    assert "No file is all of that." in both.words
    assert both.one("a", id="show-all")["href"] == LIST
    assert files(ed.page(both.one("a", id="chip-1")["href"])) == ["used.jpg"]
    assert both.one("a", id="facet-used-no")["href"] == f"{LIST}?lacking=en"


def test_what_is_chosen_stays_when_somebody_searches(ed, lake, used):
    page = ed.page(f"{LIST}?used=no&q=lake&after=")
    kept = page.one("input", name="used")

    assert (kept["value"], kept["form"]) == ("no", "library-search")
    assert page.one("a", id="no-filters")["href"] == f"{LIST}?q=lake"
    assert page.one("a", id="facet-kind-image")["href"] == f"{LIST}?q=lake&kind=image&used=no"
    assert page.one("div", id="library-list")["hx-get"] == f"{LIST}?q=lake&used=no"


def test_a_filtered_page_leads_on_within_its_filter(ed, used, make):
    make(*(f"{number:02}.jpg" for number in range(50)))
    page = ed.page(f"{LIST}?used=no")
    following = page.one("a", id="load-more")["href"]

    assert len(files(ed.page(following))) == 2
    ed.page(following.replace("used=no", "used=yes"), status=422)


@on_sqlite
@pytest.mark.parametrize(
    "query", ["kind=image&kind=video", "used=%00", "shape=" + "x" * 5000, "added=7d'", "size[]=1"]
)
def test_a_filter_that_is_none_filters_nothing(ed, lake, query):
    assert files(ed.page(f"{LIST}?{query}")) == ["lake.jpg"]


# ---- grid and table ----


@on_sqlite
def test_the_library_stays_a_table_for_who_has_chosen_that(ed, vi, lake, used):
    assert ed.page(LIST).one("a", id="view-as-grid")["aria-current"] == "true"
    ed.page(ed.page(LIST + "?used=yes").one("a", id="view-as-table")["href"])
    page = ed.page(LIST)
    row = page.one("tr", id=f"library-file-{used}")

    assert row.one("a")["href"] == f"/library/{used}"
    cells = [cell.words for cell in row.all("td")]
    assert cells[2:7] == ["Picture", "1600 × 1200", "", "2.1 MB", "1"]
    assert page.one("tr", id=f"library-file-{lake}").all("td")[6].words == "0"
    assert page.all("ul", id="library-files-shown") == []
    assert apart(vi.page, LIST).all("table") == []


@on_sqlite
def test_a_table_takes_a_statement_more_and_no_more(ed, make):
    def statements():
        db.session.remove()
        with counted() as sent:
            ed.get(f"{LIST}?view=table")
        return len(sent)

    make("one.jpg")
    first = statements()
    make(*(f"{number}.jpg" for number in range(30)))

    assert (first, statements()) == (8, 8)


@on_sqlite
@pytest.mark.parametrize("view", ["", "list", "%00", "x" * 5000])
def test_a_view_that_is_none_is_the_grid(ed, lake, view):
    answer = ed.get(f"{LIST}?view={view}")

    assert "library-view" not in answer.headers.get("Set-Cookie", "")
    assert files(ed.page(f"{LIST}?view={view}")) == ["lake.jpg"]


# ---- one file ----


def test_a_file_s_page_shows_picture_texts_and_uses(ed, used):
    page = ed.page(f"/library/{used}")

    assert page.heading == "used.jpg"
    links = page.one("section", aria_labelledby="used-in").all("a")
    assert [link.words for link in links] == ["Summer", "Item 1", "Replace everywhere with…"]
    assert "1600 × 1200" in page.words
    assert "2.1 MB" in page.words
    assert len(page.one("table").all("tr")) == 7
    assert page.form(f"/library/{used}/trash")


def test_a_file_that_is_not_used_may_be_thrown_away(ed, vi, lake):
    assert ed.page(f"/library/{lake}").form(f"/library/{lake}/trash")
    assert vi.page(f"/library/{lake}").all("form", action=f"/library/{lake}/trash") == []


def test_texts_are_written_in_a_language_beside_their_source(ed, lake):
    page = ed.page(f"/library/{lake}?lang=fr")
    assert page.one("p", id="file-alt-source").words == "A lake"
    answer = ed.send(page, f"/library/{lake}/texts/fr", status=303, alt="Un lac", credit="Édouard")

    assert answer.headers["Location"] == f"/library/{lake}?lang=fr"
    assert text_of(lake, "fr") == {"alt": "Un lac", "credit": "Édouard"}
    assert text_of(lake, "en") == {"alt": "A lake"}


def test_a_script_gets_the_texts_again_and_a_message(ed, lake):
    page = ed.page(f"/library/{lake}")
    answer = ed.send(page, f"/library/{lake}/texts/en", status=200, htmx=True, caption="By the lake")

    assert answer.root.children[0]["id"] == "library-texts"
    assert "Saved." in answer.words
    assert text_of(lake, "en") == {"alt": "A lake", "caption": "By the lake"}


def test_a_text_that_was_emptied_is_gone(ed, lake):
    ed.send(ed.page(f"/library/{lake}"), f"/library/{lake}/texts/en", status=303, alt="")

    assert text_of(lake, "en") == {}


TOO_MUCH = {
    "alt": ("x" * 251, "Shorten this to 250 characters."),
    "caption": ("x" * 501, "Shorten this to 500 characters."),
    "title": ("x" * 256, "Shorten this to 255 characters."),
    "credit": ("a\x00b", "Remove the control characters from this."),
}


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("field", TOO_MUCH)
def test_a_text_that_cannot_be_kept_is_asked_for_again(ed, lake, htmx, field):
    text, message = TOO_MUCH[field]
    page = ed.send(ed.page(f"/library/{lake}"), f"/library/{lake}/texts/en", status=422, htmx=htmx, **{field: text})

    assert message in page.one("p", id=f"file-{field}-error").words
    shown = page.one(id=f"file-{field}")
    assert (shown.text.strip("\r\n") if shown.name == "textarea" else shown["value"]) == text
    assert text_of(lake, "en") == {"alt": "A lake"}


def test_d25_two_people_at_one_text_choose_and_overwrite_nothing(ed, ada, lake):
    mine, theirs = ed.page(f"/library/{lake}"), apart(ada.page, f"/library/{lake}")
    apart(ada.send, theirs, f"/library/{lake}/texts/en", status=303, alt="A calm lake")
    conflict = ed.send(mine, f"/library/{lake}/texts/en", status=409, alt="A small lake", credit="Ed")

    assert conflict.heading == "Choose between two versions"
    assert "Ada saved while you were typing" in conflict.words
    assert text_of(lake, "en") == {"alt": "A calm lake"}
    chosen = conflict.values(f"/library/{lake}/texts/en") | {"choice_alt": "mine"}
    ed.post(f"/library/{lake}/texts/en", data=chosen, headers=PLAIN)
    assert text_of(lake, "en") == {"alt": "A small lake", "credit": "Ed"}


def test_d25_changes_of_different_texts_go_together(ed, ada, lake):
    mine, theirs = ed.page(f"/library/{lake}"), apart(ada.page, f"/library/{lake}")
    apart(ada.send, theirs, f"/library/{lake}/texts/en", status=303, credit="Ada")
    ed.send(mine, f"/library/{lake}/texts/en", status=303, alt="A small lake")

    assert text_of(lake, "en") == {"alt": "A small lake", "credit": "Ada"}


def test_d18_a_text_whose_source_has_changed_is_confirmed(ed, lake, inside, cast):
    with transaction():
        factories.write(db.session.get(Media, lake), "fr", cast.ed, alt="Un lac")
    with transaction():
        factories.write(db.session.get(Media, lake), "en", cast.ed, alt="The lake")
    page = ed.page(f"/library/{lake}?lang=fr")
    assert "Still right" in page.words
    sent = page.values(f"/library/{lake}/texts/fr") | {"field": "alt"}
    ed.post(f"/library/{lake}/texts/fr/confirmation", data=sent, headers=PLAIN)

    assert "Still right" not in ed.page(f"/library/{lake}?lang=fr").words


def test_a_file_is_given_another_name(ed, lake):
    ed.send(ed.page(f"/library/{lake}"), f"/library/{lake}/name", status=303, name="../Morning lake.jpg")

    assert ed.page(f"/library/{lake}").heading == "Morning lake.jpg"


@pytest.mark.parametrize(("name", "message"), [("", "Write a name."), ("x" * 201, "Shorten this to 200 characters.")])
def test_a_name_that_is_none_is_asked_for_again(ed, lake, name, message):
    page = ed.send(ed.page(f"/library/{lake}"), f"/library/{lake}/name", status=422, name=name)

    assert message in page.one("p", id="name-error").words
    assert library.entry(lake).name == "lake.jpg"


def test_d25_a_name_that_somebody_changed_meanwhile_is_not_overwritten(ed, ada, lake):
    mine = ed.page(f"/library/{lake}")
    apart(ada.send, apart(ada.page, f"/library/{lake}"), f"/library/{lake}/name", status=303, name="ada.jpg")
    page = ed.send(mine, f"/library/{lake}/name", status=409, name="ed.jpg")

    assert "Somebody else changed this file" in page.words
    assert page.one("input", id="name")["value"] == "ed.jpg"
    assert library.entry(lake).name == "ada.jpg"


@pytest.fixture
def film(inside):
    """A video of 83 seconds: one step can be played, one is being made."""
    with transaction():
        made = factories.picture("walk.mp4", width=1280, height=720)
        made.kind, made.blob.duration, made.blob.mime_type = "video", 83_400, "video/mp4"
        for step, width, state in (("480p", 854, "ready"), ("720p", 1280, "pending")):
            row = {"batch": step, "name": f"{step}.mp4", "format": "mp4", "width": width, "height": width * 9 // 16}
            rendition = Rendition(blob_id=made.blob_id, state=state, size=9000, progress=42, **row)
            db.session.add(rendition)
        return made.id


@on_sqlite
def test_the_tile_of_a_video_says_how_long_it_lasts(ed, film, lake):
    page = ed.page(LIST)

    assert "1:23" in page.one("li", id=f"library-file-{film}").all("span", class_="badge")[0].words
    assert "Video" not in page.one("li", id=f"library-file-{lake}").words


@on_sqlite
def test_a_video_s_page_plays_it_and_says_what_is_made_of_it(ed, film, lake):
    page = ed.page(f"/library/{film}")
    sources = [source["src"] for source in page.one("video").all("source")]
    rows = [[cell.words for cell in row.all("td")] for row in page.one("table").all("tr")]

    assert [source.rsplit("/", 1)[1] for source in sources] == ["480p.mp4"]
    assert ["480p", "MP4", "9 kB"] in rows
    assert ["720p", "MP4", "being made 42 %"] in rows
    assert "1:23" in page.one("section", aria_labelledby="file-facts").words
    assert ed.page(f"/library/{lake}").all("video") == []


# ---- trash ----


def test_a_file_thrown_away_is_taken_back_by_the_message_that_says_so(ed, lake):
    answer = ed.send(ed.page(f"/library/{lake}"), f"/library/{lake}/trash", status=303)
    page = ed.page(answer.headers["Location"])
    assert files(page) == []

    undo = page.one("div", id="toasts").one("form")["action"]
    assert ed.send(page, undo, status=303).headers["Location"] == f"/library/{lake}"
    assert files(ed.page(LIST)) == ["lake.jpg"]


def test_a_file_is_restored_from_the_trash(ed, lake):
    ed.send(ed.page(f"/library/{lake}"), f"/library/{lake}/trash", status=303)
    ed.page(LIST)
    page = ed.page("/library/trash")
    assert "lake.jpg" in page.one("li", id=f"library-file-{lake}").words
    assert token_free(ed.page("/library/trash", headers=HTMX).html).strip() in token_free(page.html)
    ed.send(page, f"/library/{lake}/restoration", status=303)

    assert files(ed.page(LIST)) == ["lake.jpg"]
    assert "The trash is empty" in ed.page("/library/trash").words


def test_a_used_file_is_not_thrown_away_and_its_page_says_where_it_is_used(ed, used):
    answer = post(ed, f"/library/{used}/trash")
    page = ed.seen(answer, 409)

    assert "This file is still used" in page.one("div", role="alert").words
    links = page.one("div", role="alert").all("a")
    assert [link.words for link in links] == ["Summer", "Item 1", "Replace everywhere with…"]
    assert re.fullmatch(r"/galleries/[0-9a-f-]{36}/\?item=[0-9a-f-]{36}", links[1]["href"])
    assert links[2]["href"] == f"/library/{used}/replacement"
    assert library.entry(used).name == "used.jpg"


# ---- upload ----


def send(browser, *contents, headers=PLAIN, **fields):
    data = {"csrf_token": token(browser), "file": [(io.BytesIO(each), name) for name, each in contents], **fields}
    return browser.post(LIST, data=data, headers=headers)


def test_several_pictures_are_added_by_a_plain_form(ed, inside, app):
    answer = send(ed, ("one.jpg", photo(1)), ("two.jpg", photo(2)))

    assert (answer.status_code, answer.headers["Location"]) == (303, LIST)
    page = ed.page(LIST)
    assert "2 files were added." in page.words
    assert sorted(files(page)) == ["one.jpg", "two.jpg"]
    assert len(app.extensions["vitrine-jobs"].queue) >= 1


def test_what_is_no_picture_is_named_and_the_others_are_kept(ed, inside):
    answer = send(ed, ("good.jpg", photo()), ("bad.jpg", b"no picture"), ("cut.jpg", photo(3)[:400]))
    page = ed.seen(answer, 422)

    assert page.heading == "1 file was added."
    shown = [row.one("b").words for row in page.one("ol", class_="rows").all("li")]
    assert shown == ["good.jpg", "bad.jpg", "cut.jpg"]
    assert len(page.all("p", class_="err")) == 2
    assert files(ed.page(LIST)) == ["good.jpg"]


def test_d22_the_same_bytes_may_be_two_files_and_it_is_said(ed, inside):
    send(ed, ("first.jpg", photo()))
    page = ed.seen(send(ed, ("second.jpg", photo())), 200)

    assert "The library already had the same picture, as first.jpg." in page.words
    assert sorted(files(ed.page(LIST))) == ["first.jpg", "second.jpg"]


def test_a_form_without_files_says_so(ed, inside):
    answer = ed.post(LIST, data={"csrf_token": token(ed)}, headers=PLAIN)

    assert answer.status_code == 303
    assert "Choose at least one picture or video." in ed.page(LIST).words


def test_a_script_sends_one_file_and_gets_its_tile(ed, inside):
    answer = send(ed, ("lake.jpg", photo()), headers=JSON, batch=str(uuid4()), index="0")

    assert answer.status_code == 201
    file_id = UUID(re.search(r'href="/library/([0-9a-f-]{36})"', answer.get_json()["tile"])[1])
    assert library.entry(file_id).name == "lake.jpg"


def test_d22_a_script_is_offered_what_is_there_already(ed, inside):
    send(ed, ("first.jpg", photo()), headers=JSON)
    known = send(ed, ("second.jpg", photo()), headers=JSON).get_json()["known"]
    assert known["name"] == "first.jpg"
    assert files(ed.page(LIST)) == ["first.jpg"]

    taken = ed.post(LIST, data={"csrf_token": token(ed), "use": known["id"]}, headers=JSON)
    assert (taken.status_code, files(ed.page(LIST))) == (201, ["first.jpg"])
    assert send(ed, ("second.jpg", photo()), headers=JSON, again="1").status_code == 201
    assert sorted(files(ed.page(LIST))) == ["first.jpg", "second.jpg"]


@pytest.mark.parametrize(
    ("content", "fields", "status"),
    [
        (b"no picture", {}, 422),
        (b"", {}, 422),
        (None, {}, 422),
        (None, {"use": "nonsense"}, 422),
        (None, {"use": str(uuid4())}, 404),
    ],
)
def test_a_script_is_told_what_is_wrong(ed, inside, content, fields, status):
    data = {"csrf_token": token(ed), **fields}
    if content is not None:
        data["file"] = (io.BytesIO(content), "x.jpg")
    answer = ed.post(LIST, data=data, headers=JSON)

    assert answer.status_code == status
    assert answer.get_json()["message"]
    assert files(ed.page(LIST)) == []


def test_a_script_is_told_that_a_file_is_too_large(ed, inside):
    inside.extensions["vitrine-storage"].most = Most(image_bytes=100_000, video_bytes=100_000)
    answer = send(ed, ("large.jpg", b"x" * 300_000), headers=JSON)

    assert answer.status_code == 413
    assert "larger than" in answer.get_json()["message"]


STRANGE = ["../../etc/passwd.jpg", "a\x00b.jpg", "\u202egpj.exe", "x" * 5000 + ".jpg", "京都.jpg"]


@pytest.mark.parametrize("name", STRANGE)
def test_a_strange_name_is_mended_and_never_a_reason_to_refuse(ed, inside, name):
    assert send(ed, (name, photo()), headers=JSON).status_code == 201
    shown = files(ed.page(LIST))[0]

    assert "/" not in shown
    assert "\u202e" not in shown
    assert len(shown) <= 200


# ---- the ladder: forbidden and missing ----

WAYS = [
    ("POST", LIST),
    ("GET", "/library/trash"),
    ("POST", "/library/{id}/name"),
    ("POST", "/library/{id}/trash"),
    ("POST", "/library/{id}/restoration"),
]


@pytest.mark.parametrize(("method", "path"), WAYS)
@pytest.mark.parametrize("who", ["vi", "tessa"])
def test_who_may_only_look_is_refused(request, lake, who, method, path):
    browser = request.getfixturevalue(who)
    answer = browser.open(
        path.format(id=lake), method=method, data={"csrf_token": token(browser), "name": "x"}, headers=PLAIN
    )

    assert answer.status_code == 403
    assert library.entry(lake).name == "lake.jpg"


def test_a_viewer_writes_no_texts_and_is_shown_them(vi, lake):
    page = vi.page(f"/library/{lake}")
    assert page.all("form", action=f"/library/{lake}/texts/en") == []
    assert "A lake" in page.words

    assert post(vi, f"/library/{lake}/texts/en", alt="Mine").status_code == 403
    assert text_of(lake, "en") == {"alt": "A lake"}


@pytest.mark.parametrize("verb", ["name", "trash", "restoration", "texts/en", "texts/en/confirmation", "nonsense"])
def test_what_is_not_there_is_not_found(ed, inside, verb):
    for file_id in (uuid4(), "nonsense"):
        assert post(ed, f"/library/{file_id}/{verb}", name="x").status_code == 404


def test_a_file_in_the_trash_has_no_page(ed, lake, cast):
    with transaction():
        media.trash(media.locked(lake), actor=cast.ed)

    assert ed.get(f"/library/{lake}").status_code == 404
    assert post(ed, f"/library/{lake}/name", name="x").status_code == 404


@pytest.mark.parametrize("code", ["xx", "%00", "FR-fr-fr", "e" * 300])
def test_a_language_that_the_site_has_not_is_not_found(ed, lake, code):
    assert ed.get(f"/library/{lake}?lang={code}").status_code == 404
    assert post(ed, f"/library/{lake}/texts/{code}", alt="x").status_code == 404


def test_nothing_is_done_without_a_token_or_from_another_site(ed, lake):
    for headers in (PLAIN, {"Sec-Fetch-Site": "cross-site"}):
        assert ed.post(f"/library/{lake}/trash", headers=headers).status_code in (400, 403)
    assert library.entry(lake).name == "lake.jpg"
