"""The list of backgrounds: what stands in a row, every filter, pages, nothing there, who may, what it costs."""

from datetime import timedelta

import pytest

from tests import factories, places
from tests.fixtures.app import on_sqlite
from tests.statements import counted
from tests.web.backgrounding import LYON, PARIS, every, gone, make, rows
from webapp.domain.backgrounds import keeping
from webapp.domain.transaction import transaction
from webapp.infra.clock import now

NOBODY = "/backgrounds/00000000-0000-4000-8000-000000000000"


@pytest.fixture
def media_ids(app, cast):
    with app.app_context(), transaction():
        return places.pictures(4)


@pytest.fixture
def several(app, cast, media_ids):
    """Dusk round Paris, Quay in a street of Lyon, and Night everywhere; Night is for the menu."""
    make(app, cast.ed, media_ids, name="Dusk", areas=(PARIS,))
    make(app, cast.ed, media_ids[:1], name="Quay", areas=(LYON,), zones=("HOME_PAGE", "MENU"))
    make(app, cast.ed, media_ids[:1], name="Night", zones=("MENU",))


def test_a_row_says_what_a_background_is_and_where(ed, app, cast, media_ids):
    make(app, cast.ed, media_ids, name="Dusk", areas=(PARIS, LYON), zones=("HOME_PAGE", "MENU"))
    make(app, cast.ed, media_ids[:1])
    page = ed.page("/backgrounds/")

    assert rows(page) == ["Home page", "Dusk"]
    first = page.all("li", class_="bg-row")[1]
    assert [each.words for each in first.all("span", class_="tag")] == ["Home page", "Menu"]
    assert "1 km round 48.85, 2.35" in first.words.replace("\xa0", " ")
    assert "Quai Saint-Antoine, Lyon, FR" in first.words
    assert all(each in first.words for each in ("Shown", "4 pictures", "Version 1", "Ed"))
    assert "Everywhere" in page.all("li", class_="bg-row")[0].words
    assert "2 backgrounds" in page.words


def test_the_map_finds_every_circle_in_the_page(ed, app, cast, media_ids):
    areas = tuple(places.circle(places.random.Random(1)) for _ in range(6))
    make(app, cast.ed, media_ids, areas=(*areas, LYON))
    page = ed.page("/backgrounds/")

    drawn = [each for each in page.all("li") if "data-radius" in each.attributes]
    assert [float(each["data-radius"]) for each in drawn] == [each.circle.radius for each in areas]
    assert [float(each["data-latitude"]) for each in drawn] == [each.circle.centre.latitude for each in areas]
    assert "hidden" in drawn[-1].attributes, "only a few are read out, all are drawn"
    assert page.one("section", id="background-map").get("data-map") is not None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"is_active": False}, "Switched off"),
        ({"starts_at": now() + timedelta(days=2)}, "Scheduled"),
        ({"ends_at": now() - timedelta(days=2)}, "Over"),
        ({"ends_at": now() + timedelta(days=2)}, "Shown"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@on_sqlite
def test_a_row_says_whether_it_is_shown(ed, app, cast, *, media_ids, fields, words):
    make(app, cast.ed, media_ids, **fields)

    assert ed.page("/backgrounds/").one("span", class_=f"st {STATES[words]}").words == words


STATES = {"Switched off": "archived", "Over": "archived", "Scheduled": "held", "Shown": "published"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Night", "Quay", "Dusk"]),
        ("zone=MENU", ["Night", "Quay"]),
        ("country=fr", ["Quay"]),
        ("locality=LYON", ["Quay"]),
        ("streetAddress=quai+saint-antoine", ["Quay"]),
        ("region=Bretagne", []),
        ("department=Gard", []),
        ("postalCode=69002", []),
        ("complementaryStreetAddress=B", []),
        ("name=Quay", []),
        ("originId=1", []),
        ("near=48.85,+2.351", ["Dusk"]),
        ("near=48.85° N, 2.351° E", ["Dusk"]),
        ("near=0,+0", []),
        ("made=2001-01-01", []),
        (f"made={now():%Y-%m-%d}", ["Night", "Quay", "Dusk"]),
        ("country=FR&zone=HOME_PAGE&locality=lyon", ["Quay"]),
        ("deleted=yes", ["Gone", "Night", "Quay", "Dusk"]),
        ("zone=CELLAR", ["Night", "Quay", "Dusk"]),
    ],
)
@on_sqlite
def test_filters_leave_what_is_like_that(ed, app, cast, *, media_ids, several, query, found):
    gone = make(app, cast.ed, media_ids, name="Gone")
    with app.app_context(), transaction():
        keeping.trash(gone, actor=cast.ed)

    assert rows(ed.page(f"/backgrounds/?{query}")) == found


@on_sqlite
def test_a_filter_is_shown_and_can_be_taken_away(ed, several):
    page = ed.page("/backgrounds/?zone=HOME_PAGE&country=FR&locality=Lyon")

    assert [each.words for each in page.all("span", class_="chip")] == ["Country: FR", "Town: Lyon"]
    without = page.all("a", aria_label="Remove the filter: Country: FR")[0]["href"]
    assert without == "/backgrounds/?zone=HOME_PAGE&locality=Lyon"
    assert page.values("/backgrounds/")["locality"] == ["Lyon"]


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("near=Paris", "near", "Write latitude and longitude"),
        ("near=91,+0.5", "near", "A latitude is a number from -90 to 90."),
        ("made=tomorrow", "made", "Write a day"),
    ],
)
@on_sqlite
def test_a_filter_that_means_nothing_says_so_and_filters_nothing(ed, several, query, name, words):
    page = ed.page(f"/backgrounds/?{query}")

    assert words in page.one("p", id=f"filter-{name}-error").words
    assert page.one("input", id=f"filter-{name}")["aria-invalid"] == "true"
    assert len(rows(page)) == 3


@on_sqlite
def test_what_is_not_there_is_said_each_in_its_way(ed, vi, app, cast, media_ids):
    assert "No backgrounds yet" in ed.page("/backgrounds/").words
    assert ed.page("/backgrounds/").one("a", id="background-first")["href"] == "/backgrounds/new"
    assert not vi.page("/backgrounds/").all("a", id="background-first")

    make(app, cast.ed, media_ids)
    assert "Nothing stands here yet" in ed.page("/backgrounds/?zone=MENU").words
    lost = ed.page("/backgrounds/?country=BE")
    assert "Nothing is like that" in lost.words
    assert lost.one("a", id="without-1")["href"] == "/backgrounds/"


@on_sqlite
def test_pages_follow_each_other(ed, app, cast, media_ids):
    for number in range(26):
        make(app, cast.ed, media_ids[:1], name=f"B{number}")
    first = ed.page("/backgrounds/?zone=HOME_PAGE")
    second = ed.page(first.one("a", id="load-more")["href"])

    assert (len(rows(first)), len(rows(second))) == (24, 2)
    assert {*rows(first), *rows(second)} == {f"B{number}" for number in range(26)}
    assert second.one("a", id="back-to-first")["href"] == "/backgrounds/?zone=HOME_PAGE"
    assert rows(ed.page("/backgrounds/?page=99")) == []
    assert len(rows(ed.page("/backgrounds/?page=x"))) == 24


def test_the_list_costs_the_same_for_one_and_for_thirty(ed, app, cast, media_ids):
    def cost():
        ed.page("/backgrounds/")
        with counted() as sent:
            ed.page("/backgrounds/")
        return len(sent)

    with app.app_context():
        make(app, cast.ed, media_ids, areas=(PARIS, LYON))
        one = cost()
        for number in range(23):
            make(app, cast.ed, media_ids[number % 4 :], areas=(PARIS, LYON), zones=("MENU", "HOME_PAGE"))
        assert (one, cost()) == (11, 11)


@on_sqlite
def test_a_background_without_its_picture_still_stands_there(ed, app, cast, media_ids):
    one = make(app, cast.ed, media_ids[:1], name="Dusk")
    gone(app, media_ids[0])

    assert rows(ed.page("/backgrounds/")) == ["Dusk"]
    assert "No longer in the library" in ed.page(f"/backgrounds/{one}").words


# ---- who may ----

READS = ("/backgrounds/", "{one}", "{one}/versions", "{one}/versions/1")
WRITES = ("/backgrounds/new", "/backgrounds/trash")
DEEDS = (
    "/backgrounds/",
    "{one}",
    "{one}/trash",
    "{one}/restoration",
    "{one}/removal",
    "{one}/versions/1/restoration",
)


@on_sqlite
def test_who_may_do_what(app, cast, media_ids, *, client, ada, ed, tessa, vi):
    one = f"/backgrounds/{make(app, cast.ed, media_ids)}"
    token = {"csrf_token": ada.page("/backgrounds/new").all("input", name="csrf_token")[0]["value"]}
    for browser, read, written in ((ada, 200, 200), (ed, 200, 200), (vi, 200, 403), (tessa, 403, 403)):
        found = [browser.get(path.format(one=one)).status_code for path in READS]
        assert found == [read] * len(READS)
        assert [browser.get(path).status_code for path in WRITES] == [written] * len(WRITES)
    for browser in (vi, tessa):
        own = browser.page("/profile").all("input", name="csrf_token")[0]["value"]
        for path in DEEDS:
            answer = browser.post(path.format(one=one), data=token | {"csrf_token": own})
            assert answer.status_code == 403, path
    for path in (*READS, *WRITES):
        assert client.get(path.format(one=one)).status_code == 303
    assert len(every(app)) == 1


@on_sqlite
def test_it_is_reached_from_the_navigation_by_those_who_may(ed, vi, tessa):
    for browser, there in ((ed, True), (vi, True), (tessa, False)):
        page = browser.page("/galleries/" if browser is not tessa else "/library/")
        assert bool(page.all("a", href="/backgrounds/")) is there


@on_sqlite
def test_a_viewer_reads_without_a_form(vi, app, cast, media_ids):
    with app.app_context(), transaction():
        english = factories.language("en").id
    fields = {"name": "Dusk", "areas": (PARIS,), "metadatas": {"a": 1}, "captions": {english: "Lanterns"}}
    page = vi.page(f"/backgrounds/{make(app, cast.ed, media_ids, **fields)}")

    assert (page.heading, len(page.all("form", id="background-form"))) == ("Dusk", 0)
    assert all(each in page.words for each in ("Home page", "Lanterns", '"a": 1', "Version 1"))
    assert len(page.one("ol", class_="bg-pictures").all("li")) == 4


@pytest.mark.parametrize("path", ["", "/versions", "/versions/1", "/removal"])
@on_sqlite
def test_what_is_not_there_is_missing(ada, path):
    ada.page(NOBODY + path, status=404)
