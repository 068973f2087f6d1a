"""The list of the site's galleries: what has a place on the site and is public, in the site's order (D12)."""

from uuid import UUID

import pytest
from flask import Flask

from tests import factories
from tests.fixtures.app import Cast, on_sqlite
from tests.fixtures.browser import Browser
from tests.statements import counted
from webapp.domain import galleries, published, site_order
from webapp.domain.transaction import transaction

pytestmark = on_sqlite


def place(app: Flask, cast: Cast, *titles: str, status: str = "published") -> list[UUID]:
    """Make galleries and give them a place on the site, one after the other."""
    with app.app_context(), transaction():
        made = [factories.gallery(cast.ed, title, pictures=1, status=status).id for title in titles]
        site_order.add(made, actor=cast.ed)
        return made


def titles(page: object) -> list[str]:
    return [each.words for each in page.one("ul", id="galleries").all("b")]  # type: ignore[attr-defined]


def test_index_lists_galleries_in_the_order_of_the_site(app: Flask, client: Browser, cast: Cast) -> None:
    made = place(app, cast, "Summer", "Winter")
    with app.app_context():
        wanted = [galleries.title_of(galleries.get(each)) for each in site_order.ids()]

    page = client.page("/g/")

    assert sorted(wanted) == ["Summer", "Winter"]
    assert titles(page) == wanted
    assert [link["href"] for link in page.one("ul", id="galleries").all("a")] == [
        f"/g/{each.lower()}" for each in wanted
    ]
    assert len(made) == 2


def test_d12_index_lists_nothing_without_a_place_nor_what_is_not_public(
    app: Flask, client: Browser, cast: Cast
) -> None:
    place(app, cast, "Draft", status="draft")
    with app.app_context(), transaction():
        factories.gallery(cast.ed, "Made by an app", status="published")

    page = client.page("/g/")

    assert page.all("ul", id="galleries") == []
    assert "There are no galleries here yet." in page.words


def test_index_is_what_the_name_of_the_site_leads_to(app: Flask, client: Browser, cast: Cast) -> None:
    (summer,) = place(app, cast, "Summer")
    with app.app_context(), transaction():
        factories.write(galleries.get(summer), "fr", cast.ed, title="Été")

    own = client.page("/g/summer").one("a", id="home")["href"]
    french = client.page("/fr/g/summer").one("a", id="home")["href"]

    assert (own, french) == ("/g/", "/fr/g/")
    page = client.page(french)
    assert (page.one("html")["lang"], titles(page)) == ("fr", ["Été"])
    assert page.one("ul", id="galleries").one("a")["href"] == "/fr/g/summer"


def test_index_marks_a_title_that_falls_back(app: Flask, client: Browser, cast: Cast) -> None:
    (summer,) = place(app, cast, "Summer")
    with app.app_context(), transaction():
        factories.write(galleries.get(summer), "fr", cast.ed, description="Au bord du lac")

    title = client.page("/fr/g/").one("ul", id="galleries").one("b")

    assert (title.one("span")["lang"], title.one("abbr").words) == ("en", "en")


def test_index_names_its_twins_one_by_one(app: Flask, client: Browser, cast: Cast) -> None:
    (summer,) = place(app, cast, "Summer")
    with app.app_context(), transaction():
        factories.write(galleries.get(summer), "fr", cast.ed, title="Été")

    twins = [
        {
            link["hreflang"]: link["href"]
            for link in client.page(path).all("link", rel="alternate")
            if link.get("hreflang")
        }
        for path in ("/g/", "/fr/g/")
    ]

    assert twins[0] == twins[1]
    assert (twins[0]["en"], twins[0]["fr"]) == ("http://localhost/g/", "http://localhost/fr/g/")
    assert twins[0]["x-default"] == twins[0]["en"]


def test_index_has_one_address_in_the_language_of_the_site(app: Flask, client: Browser, cast: Cast) -> None:
    place(app, cast, "Summer")

    answer = client.get("/en/g/")

    assert (answer.status_code, answer.headers["Location"]) == (301, "/g/")


@pytest.mark.parametrize("path", ["/xx/g/", "/g/?first=7", f"/g/?first={UUID(int=7)}"])
def test_index_that_there_is_not_is_missing(app: Flask, client: Browser, cast: Cast, path: str) -> None:
    place(app, cast, "Summer")

    assert client.get(path).status_code == 404


def test_index_goes_on_where_there_are_many(
    app: Flask, client: Browser, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "CHUNK", 2)
    place(app, cast, "One", "Two", "Three")

    first = client.page("/g/")
    second = client.page(first.one("a", id="more-galleries")["href"])

    assert sorted(titles(first) + titles(second)) == ["One", "Three", "Two"]
    assert (len(titles(first)), second.all("a", id="more-galleries")) == (2, [])
    assert second.one("a", id="first")["href"] == "/g/"


def test_index_asks_as_often_for_one_gallery_as_for_many(app: Flask, client: Browser, cast: Cast) -> None:
    place(app, cast, "One")
    client.get("/g/")
    with app.app_context(), counted() as one:
        client.get("/g/")
    place(app, cast, *(f"More {number}" for number in range(9)))
    with app.app_context(), counted() as many:
        client.get("/g/")

    assert len(one) == len(many) > 0


def test_index_is_kept_until_it_changes(app: Flask, client: Browser, cast: Cast) -> None:
    place(app, cast, "Summer")
    tag = client.get("/g/").headers["ETag"]

    assert client.get("/g/", headers={"If-None-Match": tag}).status_code == 304
    place(app, cast, "Winter")
    assert client.get("/g/", headers={"If-None-Match": tag}).status_code == 200
