"""What visitors and reviewers get is HTML that no browser needs to mend: read by the standard, without an error."""

from uuid import UUID

import html5lib
import pytest
from flask import Flask

from tests import factories
from tests.fixtures.app import Cast, on_sqlite
from tests.fixtures.browser import Browser
from tests.web.test_shares import enter, link
from webapp.domain import galleries, item_kinds, items, site_order
from webapp.domain.models.gallery import LAYOUTS
from webapp.domain.transaction import transaction

pytestmark = on_sqlite

RICH = "<h2>One quay</h2><p>Bring a <a href='https://example.org/'>lantern</a></p><ul><li>at ten</li></ul>"


@pytest.fixture
def summer(app: Flask, cast: Cast) -> UUID:
    """Pictures with and without words, a text and a video, in English and Arabic, with a place on the site."""
    with app.app_context(), transaction():
        made = factories.gallery(cast.ed, "Summer & lake", pictures=3, status="published", description="By the lake")
        factories.write(made, "ar", cast.ed, title="صيف")
        second = items.get(made.id, factories.order(made.id)[1])
        factories.write(second, "en", cast.ed, title="A quay", caption='"The quay" <at night>', alt="A quay")
        item_kinds.add_text(made.id, html=RICH, style=None, actor=cast.ed)
        item_kinds.add_video(made.id, "https://vimeo.com/76979871", title="The walk", actor=cast.ed)
        site_order.add([made.id], actor=cast.ed)
        return made.id


def faults_of(text: str) -> list[str]:
    """List what a parser finds wrong, and the line where it does."""
    parser = html5lib.HTMLParser()
    parser.parse(text)
    lines = text.splitlines()
    return [f"{error} {about}: {lines[place[0] - 1][:160]}" for place, error, about in parser.errors]


def faults(browser: Browser, path: str) -> list[str]:
    """List what is wrong with a page, whose ids and references the browser has looked at."""
    return [f"{path}: {fault}" for fault in faults_of(browser.page(path).html)]


def all_faults(browser: Browser, paths: list[str]) -> list[str]:
    return [fault for path in paths for fault in faults(browser, path)]


def test_fault_of_a_page_is_found(client: Browser) -> None:
    whole = client.page("/g/").html
    parts = ("<p><ul></ul></p>", "<b><i>x</b></i>", "<table><b>x</b></table>", '<a href="x" href="y">x</a>')

    assert faults_of(whole) == []
    assert all(faults_of(whole.replace("</main>", f"{part}</main>")) for part in parts)


def test_public_pages_are_sound_html(app: Flask, client: Browser, cast: Cast, summer: UUID) -> None:
    with app.app_context():
        order = factories.order(summer)
    each_item = [f"/ar/g/summer-lake/{item}" for item in order[1:]]

    assert all_faults(client, ["/g/", "/ar/g/", "/g/summer-lake", "/ar/g/summer-lake", *each_item]) == []


def test_public_page_is_sound_html_in_each_layout(app: Flask, client: Browser, cast: Cast, summer: UUID) -> None:
    found = []
    for layout in LAYOUTS:
        with app.app_context(), transaction():
            galleries.update(galleries.get(summer), {"layout": layout}, actor=cast.ed)
        found += faults(client, "/g/summer-lake")

    assert found == []


def test_preview_pages_are_sound_html(app: Flask, ed: Browser, summer: UUID) -> None:
    with app.app_context():
        item = factories.order(summer)[0]
    base = f"/galleries/{summer}/preview"

    assert all_faults(ed, [base, f"{base}?as=beside", f"{base}?bare=1&lang=ar", f"{base}/{item}"]) == []


def test_shared_pages_are_sound_html(app: Flask, ed: Browser, client: Browser, summer: UUID) -> None:
    path = link(ed, summer, password="quiet evening")
    with app.app_context():
        item = factories.order(summer)[1]
    ines = enter(app, path, name="Ines", password="quiet evening")
    page = ines.page(path)
    ines.send(page, f"{path}/notes", about=str(item), words="Too dark", x="50", y="50", status=303)

    assert faults(client, path) == []
    assert all_faults(ines, [path, f"{path}?lang=ar", f"{path}/{item}"]) == []
