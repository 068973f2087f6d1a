"""The page that tells how a gallery comes onto another page."""

import json
from uuid import UUID

import pytest
from flask import Flask

from tests import factories
from tests.fixtures.app import Cast, on_sqlite
from tests.fixtures.browser import Browser
from tests.statements import counted
from webapp.domain import galleries, holds, item_kinds, items
from webapp.domain.transaction import transaction

pytestmark = on_sqlite


@pytest.fixture
def summer(app: Flask, cast: Cast) -> UUID:
    """Two pictures, of which one leads on by a link with a text, and a text."""
    with app.app_context(), transaction():
        made = factories.gallery(cast.ed, "Summer", pictures=2, status="published")
        first, second = (items.get(made.id, each) for each in factories.order(made.id))
        factories.write(first, "en", cast.ed, title="The <quay>", alt="A quay at dusk")
        items.change(second, {"link_url": "https://example.org/", "link_text": "More"}, actor=cast.ed)
        item_kinds.add_text(made.id, html="<p>woohoo</p>", style=None, actor=cast.ed)
        return made.id


def test_embedding_gives_what_to_copy(ed: Browser, summer: UUID) -> None:
    page = ed.page(f"/galleries/{summer}/embed")
    fields = [*page.all("input"), *page.all("textarea")]
    said = {each.get("id"): each.text or each.get("value") for each in fields}

    assert said["embed-id"] == str(summer)
    assert said["embed-element"] == (
        '<script type="module" src="http://localhost/element.js"></script>\n'
        f'<vitrine-gallery gallery="{summer}"></vitrine-gallery>'
    )
    assert f'src="http://localhost/embed/{summer}"' in said["embed-frame"]
    assert said["embed-page"] == "http://localhost/g/summer"
    assert said["embed-policy"] == (
        "script-src http://localhost; img-src http://localhost; connect-src http://localhost"
    )
    assert page.one("vitrine-gallery")["gallery"] == str(summer)
    assert page.all(id="not-shown") == []


def test_embedding_copies_the_gallery_for_velo_and_says_what_is_not_there(
    app: Flask, ed: Browser, summer: UUID
) -> None:
    with app.app_context():
        order = [str(each) for each in factories.order(summer)]

    page = ed.page(f"/galleries/{summer}/embed")
    copied = json.loads(page.one("textarea", id="embed-velo").text)

    assert [(each["type"], each["slug"], each["title"]) for each in copied] == [("image", order[0], "The <quay>")]
    assert [(row.one("a").words, row.one("span").words) for row in page.one("ul", id="left-out").all("li")] == [
        ("Item 2", "Its link has a text, for which links of $w.Gallery have no place."),
        ("Item 3", "There are no text items in $w.Gallery."),
    ]
    links = [link["href"] for link in page.one("ul", id="left-out").all("a")]
    assert links == [f"/galleries/{summer}/?item={order[1]}", f"/galleries/{summer}/?item={order[2]}"]
    assert page.one("ul", id="lost").words == "alt texts: 1 item"


@pytest.mark.parametrize("status", ["draft", "archived"])
def test_embedding_says_that_visitors_see_nothing(
    app: Flask, ed: Browser, cast: Cast, summer: UUID, status: str
) -> None:
    with app.app_context(), transaction():
        galleries.set_status(galleries.get(summer), status, actor=cast.ed)

    page = ed.page(f"/galleries/{summer}/embed")

    assert "Visitors do not see this gallery now" in page.one(id="not-shown").words


def test_d09_embedding_says_that_changes_are_held(app: Flask, ed: Browser, cast: Cast, summer: UUID) -> None:
    with app.app_context(), transaction():
        holds.hold(summer, actor=cast.ed)

    page = ed.page(f"/galleries/{summer}/embed")

    assert "Changes are held" in page.one(id="held").words
    assert page.all(id="not-shown") == []


def test_embedding_is_for_whoever_reads_galleries(client: Browser, vi: Browser, summer: UUID) -> None:
    assert vi.page(f"/galleries/{summer}/embed").one("input", id="embed-id")
    assert client.get(f"/galleries/{summer}/embed").status_code == 303
    assert vi.get("/galleries/00000000-0000-4000-8000-000000000000/embed").status_code == 404


def test_embedding_is_found_from_the_settings_which_show_the_id(ed: Browser, vi: Browser, summer: UUID) -> None:
    for browser in (ed, vi):
        page = browser.page(f"/galleries/{summer}/")
        assert page.one("input", id="gallery-id")["value"] == str(summer)
        assert page.one("a", id="to-embed")["href"] == f"/galleries/{summer}/embed"

    assert ed.page(f"/galleries/{summer}/").one("a", id="editor-embed")["href"] == f"/galleries/{summer}/embed"


def test_embedding_asks_as_much_for_one_item_as_for_thirty(app: Flask, ed: Browser, cast: Cast, summer: UUID) -> None:
    path = f"/galleries/{summer}/embed"
    ed.page(path)
    with app.app_context(), counted() as few:
        ed.page(path)
    with app.app_context(), transaction():
        factories.fill(galleries.get(summer), 30, by=cast.ed)
    ed.page(path)
    with app.app_context(), counted() as many:
        ed.page(path)

    assert len(few) == len(many) > 0
