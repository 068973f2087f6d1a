"""The picture behind a zone on a bare page of another origin under a strict policy: by place, in turn, in words."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from bench.client import picture
from tests import factories
from tests.browser.test_embedding import AXE, VIOLATIONS, Site
from tests.fixtures.house import House, open_house
from webapp.domain import languages, media
from webapp.domain.backgrounds import keeping
from webapp.domain.backgrounds.areas import Area
from webapp.domain.transaction import transaction
from webapp.infra.clock import now

SHOT = "vitrine-background img"
DRAWN = """() => {
  const image = document.querySelector("vitrine-background").shadowRoot.querySelector("img");
  return image?.complete && image.naturalWidth > 0;
}"""
BOXES = """() => {
  const element = document.querySelector("vitrine-background");
  const image = element.shadowRoot.querySelector("img");
  const inner = ({ width, height }) => [width, height].map(Math.round);
  return [inner(element.getBoundingClientRect()), inner(image.getBoundingClientRect())];
}"""
LYON = 'lat="45.758" lon="4.833"'
SIZED = (
    "const sheet = new CSSStyleSheet(); sheet.replaceSync('vitrine-background { block-size: 300px }');"
    "document.adoptedStyleSheets = [sheet]"
)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("background"), Ed="admin") as made:
        with made.app.app_context(), transaction():
            factories.language("ar")
        yield made


@pytest.fixture(scope="module")
def shots(house: House) -> list[UUID]:
    found = [UUID(house.client.upload(picture(*size), f"{size}.png")[1]["id"]) for size in ((900, 600), (600, 900))]
    house.finish()
    with house.app.app_context(), transaction():
        for number, each in enumerate(found):
            factories.write(media.get(each), "en", house.actor("Ed"), alt=f"Picture {number + 1}")
    return found


@pytest.fixture(scope="module")
def site(house: House) -> Iterator[Site]:
    made = Site(house.url)
    yield made
    made.close()


@pytest.fixture
def keep(house: House, shots: list[UUID]) -> Iterator[Callable[..., UUID]]:
    """Makes a background of the home page, until the test ends."""
    made: list[UUID] = []

    def kept(**fields: Any) -> UUID:
        with house.app.app_context(), transaction():
            given = {"media_ids": shots[:1], "zones": ("HOME_PAGE",)} | fields
            made.append(keeping.register(given, actor=house.actor("Ed")).id)
            return made[-1]

    yield kept
    with house.app.app_context(), transaction():
        for each in made:
            keeping.trash(each, actor=house.actor("Ed"))


def visit(page: Page, site: Site, attributes: str = "", *, inside: str = "", query: str = "") -> Page:
    site.body = f'<vitrine-background zone="HOME_PAGE" {attributes}>{inside}</vitrine-background>'
    page.goto(site.url + query)
    return page


def words(house: House, english: str, arabic: str) -> dict[UUID, str]:
    with house.app.app_context():
        known = {each.code: each.id for each in languages.all_languages()}
    return {known["en"]: english, known["ar"]: arabic}


def test_element_shows_the_picture_of_its_zone_and_place_on_another_origin(
    house: House, site: Site, shots: list[UUID], new_page: Callable[..., Page], keep: Callable[..., UUID]
) -> None:
    keep()
    keep(media_ids=shots[1:], areas=[Area.round(45.7578, 4.832, "900m")], captions=words(house, "At dusk", "الغسق"))

    page = visit(new_page(), site, LYON)
    expect(page.locator(SHOT)).to_have_attribute("alt", "Picture 2")
    expect(page.locator("vitrine-background figcaption")).to_have_text("At dusk")
    page.wait_for_function(DRAWN)
    page.evaluate(AXE)
    assert page.evaluate(VIOLATIONS) == []
    assert page.context.cookies() == []
    page.evaluate("document.querySelector('vitrine-background').setAttribute('lat', '48.85')")
    expect(page.locator(SHOT)).to_have_attribute("alt", "Picture 1")
    expect(page.locator("vitrine-background figcaption")).to_have_count(0)


def test_element_covers_its_box_with_a_file_that_is_large_enough(
    site: Site, new_page: Callable[..., Page], keep: Callable[..., UUID]
) -> None:
    keep()
    for width in (1440, 390):
        page = visit(new_page(width=width), site)
        page.wait_for_function(DRAWN)
        page.evaluate(SIZED)
        page.wait_for_function(f"() => ({BOXES})()[0][1] === 300")
        box, image = page.evaluate(BOXES)
        assert image == box
        expect(page.locator(SHOT)).to_have_css("object-fit", "cover")
        expect(page.locator(SHOT)).to_have_attribute("sizes", f"{max(box[0], 450)}px")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_stands_in_the_element_stands_upon_its_picture(
    site: Site, new_page: Callable[..., Page], keep: Callable[..., UUID]
) -> None:
    keep()
    page = visit(new_page(), site, inside="<h2>Come and see</h2><p>All summer</p>")
    page.wait_for_function(DRAWN)
    box, image = page.evaluate(BOXES)

    assert image == box
    assert box[1] < 300, "the picture fills what the words need"
    expect(page.get_by_role("heading", name="Come and see")).to_be_visible()


def test_element_speaks_the_language_of_its_page(
    house: House, site: Site, new_page: Callable[..., Page], keep: Callable[..., UUID]
) -> None:
    keep(captions=words(house, "At dusk", "الغسق"))
    page = visit(new_page(), site, query="?lang=ar")

    expect(page.locator("vitrine-background figcaption")).to_have_text("الغسق")
    expect(page.locator("vitrine-background figcaption")).to_have_attribute("dir", "rtl")
    page.evaluate("document.querySelector('vitrine-background').lang = 'en'")
    expect(page.locator("vitrine-background figcaption")).to_have_text("At dusk")


def test_element_goes_on_when_its_picture_has_had_its_turn(
    house: House, site: Site, shots: list[UUID], new_page: Callable[..., Page], keep: Callable[..., UUID]
) -> None:
    keep()
    fair = keep(media_ids=shots[1:], ends_at=now() + timedelta(minutes=5))
    page = new_page()
    page.clock.install()
    visit(page, site)
    expect(page.locator(SHOT)).to_have_attribute("alt", "Picture 2")
    with house.app.app_context(), transaction():
        keeping.change(fair, {"is_active": False}, actor=house.actor("Ed"))

    page.clock.fast_forward(4 * 60_000)
    expect(page.locator(SHOT)).to_have_attribute("alt", "Picture 2")
    page.clock.fast_forward(61_000)
    expect(page.locator(SHOT)).to_have_attribute("alt", "Picture 1")


def test_element_shows_nothing_where_there_is_nothing_and_says_what_it_shows(
    site: Site, new_page: Callable[..., Page], keep: Callable[..., UUID]
) -> None:
    made = keep(areas=[Area.round(45.7578, 4.832, "900m")])
    page = visit(new_page(), site, 'lat="0" lon="0"')
    page.evaluate(
        "document.querySelector('vitrine-background').addEventListener('backgroundchanged',"
        " (event) => { window.shown = event.detail })"
    )
    expect(page.locator("vitrine-background figure > *")).to_have_count(0)
    page.evaluate(
        "for (const [n, v] of [['lat', 45.758], ['lon', 4.833]])"
        " document.querySelector('vitrine-background').setAttribute(n, v)"
    )
    expect(page.locator(SHOT)).to_be_visible()
    assert page.evaluate("window.shown.id") == str(made)
    page.evaluate("document.querySelector('vitrine-background').setAttribute('lat', 0)")
    expect(page.locator(SHOT)).to_have_count(0)
    assert page.evaluate("window.shown") is None
