"""Feeds, sitemaps and robots.txt: what has a place on the site and is public, and nothing else (D12)."""

from uuid import UUID, uuid4
from xml.etree import ElementTree as Xml

import feedparser
import pytest
from flask import Flask

from tests import factories
from tests.fixtures.app import Cast, on_sqlite
from tests.fixtures.browser import Browser
from tests.statements import counted
from webapp.domain import galleries, holds, items, published, site_order
from webapp.domain.transaction import transaction

pytestmark = on_sqlite

ODD = "Ends & \x0b <odd> \U0001f3ee \ufffe"
SPACES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "x": "http://www.w3.org/1999/xhtml",
}


@pytest.fixture
def summer(app: Flask, cast: Cast) -> UUID:
    """A gallery of three pictures with a place on the site, in English and French."""
    with app.app_context(), transaction():
        made = factories.gallery(cast.ed, "Summer & lake", pictures=3, status="published", description="By the lake")
        factories.write(made, "fr", cast.ed, title="Été")
        first = items.get(made.id, factories.order(made.id)[0])
        factories.write(first, "en", cast.ed, caption="The quay", alt="A quay at dusk")
        site_order.add([made.id], actor=cast.ed)
        return made.id


FEEDS = ("/feed.xml", "/g/summer-lake/feed.xml", "/fr/g/summer-lake/feed.xml")
OTHERS = ("/feed.json", "/g/summer-lake/feed.json", "/sitemap.xml")


@pytest.mark.parametrize("path", FEEDS)
def test_feeds_are_read_without_complaint(client: Browser, summer: UUID, path: str) -> None:
    answer = client.get(path)

    feed = feedparser.parse(answer.data, response_headers={"content-type": answer.headers["Content-Type"]})
    assert (feed.bozo, feed.version) == (0, "rss20")
    assert feed.feed.language == ("fr" if path.startswith("/fr") else "en")
    assert len(feed.entries) == (1 if path == "/feed.xml" else 3)
    assert all(entry.link.startswith("http://localhost/") and entry.id == entry.link for entry in feed.entries)
    assert all(entry.published_parsed for entry in feed.entries)


def test_feed_of_a_gallery_begins_with_what_was_added_last(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    with app.app_context(), transaction():
        added = items.add(summer, [factories.picture().id], actor=cast.ed)[0].id
        items.move(summer, [added], place="top", actor=cast.ed)

    feed = feedparser.parse(client.get("/g/summer-lake/feed.xml").data)

    assert feed.entries[0].link == f"http://localhost/g/summer-lake/{added}"
    assert len(feed.entries) == 4


def test_feed_says_the_same_as_json(client: Browser, summer: UUID) -> None:
    answer = client.get("/fr/g/summer-lake/feed.json")
    feed = feedparser.parse(client.get("/fr/g/summer-lake/feed.xml").data)

    told = answer.json
    assert told is not None
    assert answer.mimetype == "application/feed+json"
    assert (told["version"], told["language"]) == ("https://jsonfeed.org/version/1.1", "fr")
    assert told["feed_url"] == "http://localhost/fr/g/summer-lake/feed.json"
    assert [entry["url"] for entry in told["items"]] == [entry.link for entry in feed.entries]
    assert all(entry["content_html"] and entry["date_published"] for entry in told["items"])


@pytest.mark.parametrize("path", [*FEEDS, *OTHERS])
def test_feeds_hold_what_xml_has_no_character_for(
    app: Flask, client: Browser, cast: Cast, summer: UUID, path: str
) -> None:
    with app.app_context(), transaction():
        factories.write(galleries.get(summer), "en", cast.ed, title=ODD, description=ODD)
        factories.write(items.get(summer, factories.order(summer)[0]), "en", cast.ed, caption=ODD)

    answer = client.get(path)

    assert answer.status_code == 200
    if path.endswith("xml"):
        assert Xml.fromstring(answer.data) is not None
        assert b"<odd>" not in answer.data


@pytest.mark.parametrize("path", [*FEEDS, *OTHERS])
def test_feeds_can_be_kept_and_are_asked_for_again(client: Browser, summer: UUID, path: str) -> None:
    answer = client.get(path)

    assert "Set-Cookie" not in answer.headers
    assert "no-cache" in answer.headers["Cache-Control"]
    assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_d12_feeds_know_nothing_of_what_has_no_place(app: Flask, client: Browser, cast: Cast, summer: UUID) -> None:
    with app.app_context(), transaction():
        factories.gallery(cast.ed, "Unplaced", pictures=2, status="published")

    assert client.get("/g/unplaced").status_code == 200
    assert client.get("/g/unplaced/feed.xml").status_code == 404
    assert client.get("/g/unplaced/feed.json").status_code == 404
    for path in ("/feed.xml", "/feed.json", "/sitemap.xml"):
        assert b"unplaced" not in client.get(path).data
        assert b"summer-lake" in client.get(path).data


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_feeds_forget_a_gallery_at_once(app: Flask, client: Browser, cast: Cast, summer: UUID, status: str) -> None:
    tags = {path: client.get(path).headers["ETag"] for path in ("/feed.xml", "/feed.json", "/sitemap.xml")}
    with app.app_context(), transaction():
        galleries.set_status(galleries.get(summer), status, actor=cast.ed)

    for path, tag in tags.items():
        answer = client.get(path, headers={"If-None-Match": tag})
        assert answer.status_code == 200
        assert b"summer" not in answer.data
    assert client.get("/g/summer-lake/feed.xml").status_code == 404


def test_d09_feeds_tell_of_the_frozen_copy_while_changes_are_held(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    paths = ("/feed.xml", "/g/summer-lake/feed.xml", "/sitemap.xml")
    with app.app_context(), transaction():
        holds.hold(summer, actor=cast.ed)
    before = [client.get(path).data for path in paths]
    with app.app_context(), transaction():
        factories.write(galleries.get(summer), "en", cast.ed, title="Autumn")
        items.add(summer, [factories.picture().id], actor=cast.ed)

    assert [client.get(path).data for path in paths] == before


def test_feed_leads_on_from_a_former_slug(app: Flask, client: Browser, cast: Cast, summer: UUID) -> None:
    with app.app_context(), transaction():
        galleries.update(galleries.get(summer), {"slug": "lake"}, actor=cast.ed)

    assert client.get("/fr/g/summer-lake/feed.xml").location == "/fr/g/lake/feed.xml"
    assert client.get("/g/summer-lake/feed.json").location == "/g/lake/feed.json"


def test_sitemap_names_each_page_its_twins_and_its_pictures(client: Browser, summer: UUID) -> None:
    root = Xml.fromstring(client.get("/sitemap.xml").data)

    pages = {page.findtext("s:loc", namespaces=SPACES): page for page in root.findall("s:url", SPACES)}
    assert set(pages) == {"http://localhost/g/summer-lake", "http://localhost/fr/g/summer-lake"}
    for page in pages.values():
        twins = {link.get("hreflang"): link.get("href") for link in page.findall("x:link", SPACES)}
        assert set(twins) == {"en", "fr", "x-default"}
        assert set(twins.values()) == set(pages)
    named = pages["http://localhost/g/summer-lake"].findall("image:image/image:loc", SPACES)
    assert len(named) == 3
    assert all((each.text or "").endswith("/w1280.jpg") for each in named)


def test_sitemap_of_many_galleries_is_a_list_of_pages(
    app: Flask, client: Browser, cast: Cast, summer: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "CHUNK", 2)
    with app.app_context(), transaction():
        made = [factories.gallery(cast.ed, f"Evening {number}", status="published").id for number in range(4)]
        site_order.add(made, actor=cast.ed)

    root = Xml.fromstring(client.get("/sitemap.xml").data)
    pages = [each.text or "" for each in root.findall("s:sitemap/s:loc", SPACES)]
    listed = [client.get(page.removeprefix("http://localhost")).text for page in pages]

    assert len(pages) == 3
    found = [loc.text for text in listed for loc in Xml.fromstring(text).findall("s:url/s:loc", SPACES)]
    assert sorted(each or "" for each in found) == sorted(
        f"http://localhost{path}"
        for path in ("/g/summer-lake", "/fr/g/summer-lake", *(f"/g/evening-{number}" for number in range(4)))
    )
    assert client.get(f"/sitemaps/{uuid4()}.xml").status_code == 404


@pytest.mark.parametrize("path", ["/feed.xml", "/sitemap.xml"])
@pytest.mark.parametrize("number", [1, 15])
def test_feeds_ask_the_database_equally_often(
    app: Flask, client: Browser, cast: Cast, path: str, number: int
) -> None:
    with app.app_context(), transaction():
        for each in range(number):
            made = factories.gallery(cast.ed, f"Evening {each}", pictures=2, status="published")
            site_order.add([made.id], actor=cast.ed)
    client.get(path)

    with app.app_context(), counted() as sent:
        assert client.get(path).status_code == 200

    assert len(sent) == {"/feed.xml": 7, "/sitemap.xml": 10}[path]


def test_robots_are_told_where_the_sitemap_is(client: Browser) -> None:
    answer = client.get("/robots.txt")

    assert answer.mimetype == "text/plain"
    assert "Sitemap: http://localhost/sitemap.xml" in answer.text.splitlines()
    assert "Disallow: /galleries/" in answer.text.splitlines()


def test_gallery_ends_with_the_one_that_comes_next_on_the_site(
    app: Flask, client: Browser, cast: Cast, summer: UUID
) -> None:
    with app.app_context(), transaction():
        other = factories.gallery(cast.ed, "Harbour", pictures=1, status="published")
        factories.write(other, "fr", cast.ed, title="Le port")
        hidden = factories.gallery(cast.ed, "Hidden", status="draft")
        site_order.add([hidden.id, other.id], actor=cast.ed)

    assert client.page("/g/summer-lake").one("a", id="following")["href"] == "/g/harbour"
    assert client.page("/fr/g/summer-lake").one("a", id="following")["href"] == "/fr/g/harbour"
    assert "Le port" in client.page("/fr/g/summer-lake").one("a", id="following").words
    assert client.page("/g/harbour").one("a", id="following")["href"] == "/g/summer-lake"
