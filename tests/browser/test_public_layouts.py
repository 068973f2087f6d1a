"""A gallery as visitors see it in a browser: every layout, before its pictures have come and after."""

import json
from collections.abc import Callable, Iterator
from itertools import pairwise
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from bench.client import picture
from tests import factories
from tests.fixtures.house import House, open_house
from webapp.domain import galleries, item_kinds, items, slugs
from webapp.domain.models.gallery import LAYOUTS
from webapp.domain.transaction import transaction

pytestmark = pytest.mark.browser

SHAPES = ((480, 320), (320, 480), (400, 400), (640, 220), (300, 420), (500, 320))
PICTURES = 18
WIDTHS = (1440, 390, 320)
PLACES = """() => [...document.querySelectorAll("#items > li")].map((each) => {
  const [box, inner] = [each.getBoundingClientRect(), each.querySelector("figure").getBoundingClientRect()];
  return {id: each.id, left: box.left, right: box.right, top: box.top + scrollY, bottom: box.bottom + scrollY,
          beyond: inner.bottom - box.bottom};
})"""
CUT_AT_THE_BEGINNING = """() => [...document.querySelectorAll("#items figcaption [lang]")].filter((each) => {
  const [start, box] = [document.createRange(), each.closest("figcaption").getBoundingClientRect()];
  start.setStart(each.firstChild, 0);
  start.setEnd(each.firstChild, 1);
  const first = start.getBoundingClientRect();
  return first.left < box.left - 1 || first.right > box.right + 1;
}).map((each) => each.textContent)"""
COMPLETE = "() => [...document.images].every((each) => each.complete && each.naturalWidth)"
ALL_NOW = "() => document.querySelectorAll('img').forEach((each) => { each.loading = 'eager' })"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("public"), Ed="admin") as made:
        yield made


@pytest.fixture(scope="module")
def summer(house: House) -> UUID:
    """Eighteen pictures of six shapes, a long text and a video without a picture, in English and Arabic."""
    media = [UUID(house.client.upload(picture(*size), f"{size}.png")[1]["id"]) for size in SHAPES]
    house.finish()
    with house.app.app_context(), transaction():
        actor = house.actor("Ed")
        made = factories.gallery(actor, "Summer", status="published")
        factories.write(made, "ar", actor, title="صيف")
        chosen = [media[number % len(media)] for number in range(PICTURES)]
        for number, item in enumerate(items.add(made.id, chosen, actor=actor)):
            if number % 3:
                factories.write(item, "en", actor, caption=f"Caption {number} of a walk along the quay at night")
        text = item_kinds.add_text(
            made.id, html="<h2>One quay</h2><p>Bring a lantern. </p>" * 6, style=None, actor=actor
        )
        items.move(made.id, [text.id], before=items.ids_in_order(made.id)[4], actor=actor)
        item_kinds.add_video(made.id, "https://vimeo.com/76979871", title="The walk", actor=actor)
        return made.id


def lay_out(house: House, gallery_id: UUID, layout: str) -> None:
    with house.app.app_context(), transaction():
        galleries.update(galleries.get(gallery_id), {"layout": layout}, actor=house.actor("Ed"))


def places(page: Page) -> list[dict[str, float]]:
    found: list[dict[str, float]] = page.evaluate(PLACES)
    return found


def before_pictures(page: Page, url: str) -> list[dict[str, float]]:
    """Open a page none of whose pictures come, and say where its items are."""
    page.route("**/media/**", lambda route: route.abort())
    page.goto(url, wait_until="load")
    found = places(page)
    page.unroute("**/media/**")
    return found


def with_pictures(page: Page, url: str) -> list[dict[str, float]]:
    page.goto(url, wait_until="load")
    page.evaluate(ALL_NOW)
    page.wait_for_function(COMPLETE)
    return places(page)


def overlaps(found: list[dict[str, float]]) -> list[tuple[object, object]]:
    return [
        (one["id"], other["id"])
        for at, one in enumerate(found)
        for other in found[at + 1 :]
        if min(one["right"], other["right"]) - max(one["left"], other["left"]) > 1
        and min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > 1
    ]


def out_of_order(layout: str, found: list[dict[str, float]]) -> list[object]:
    """List the items that the eye meets before the one that they follow; columns are read one after the other."""
    if layout in ("slider", "slideshow"):
        return [each["id"] for last, each in pairwise(found) if each["left"] < last["right"] - 1]
    down = layout == "columns"
    return [
        each["id"]
        for last, each in pairwise(found)
        if each["top"] < last["top"] - 1 and not (down and each["left"] > last["left"] + 1)
    ]


@pytest.mark.parametrize(
    "layout", [pytest.param(each, marks=[] if each == "masonry" else [pytest.mark.full]) for each in LAYOUTS]
)
def test_layout_stands_in_order_before_any_picture_has_come(
    house: House, summer: UUID, new_page: Callable[..., Page], layout: str
) -> None:
    lay_out(house, summer, layout)
    with house.app.app_context():
        order = [f"i-{each}" for each in factories.order(summer)]
    page = new_page(color_scheme="dark")

    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        first = before_pictures(page, f"{house.url}/g/summer")
        found = with_pictures(page, f"{house.url}/g/summer")

        assert [each["id"] for each in found] == order[-len(found) :]
        assert first == found, "something moved when the pictures came"
        assert overlaps(found) == []
        assert out_of_order(layout, found) == []
        assert [each["id"] for each in found if each["beyond"] > 1] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if layout == "slideshow":
            assert len({round(each["bottom"] - each["top"]) for each in found}) == 1, "a slide is higher"


@pytest.mark.full
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout_runs_from_the_right_in_arabic(
    house: House, summer: UUID, new_page: Callable[..., Page], layout: str
) -> None:
    lay_out(house, summer, layout)
    page = new_page()
    left = with_pictures(page, f"{house.url}/g/summer")
    right = with_pictures(page, f"{house.url}/ar/g/summer")

    assert page.locator("html").get_attribute("dir") == "rtl"
    assert page.locator("#items figcaption [lang=en]").count() > 9
    assert page.evaluate(CUT_AT_THE_BEGINNING) == []
    assert overlaps(right) == []
    assert all(abs(one["left"] + other["right"] - 1440) < 2 for one, other in zip(left, right, strict=True))


def test_layout_of_a_slideshow_works_without_scripts(
    house: House, summer: UUID, new_page: Callable[..., Page]
) -> None:
    lay_out(house, summer, "slideshow")
    page = new_page(java_script_enabled=False)
    page.goto(f"{house.url}/g/summer")
    second = page.locator("#items > li").nth(1)
    expect(second).not_to_be_in_viewport()

    page.locator("#items > li").nth(0).get_by_role("link", name="Next picture").click()

    expect(second).to_be_in_viewport()


@pytest.mark.full
@pytest.mark.parametrize("code", ["en", "ar"])
def test_slideshow_goes_on_when_asked_and_waits_for_whoever_looks_closer(
    house: House, summer: UUID, new_page: Callable[..., Page], code: str
) -> None:
    lay_out(house, summer, "slideshow")
    page = new_page(reduced_motion="no-preference")
    page.clock.install()
    page.goto(f"{house.url}{'' if code == 'en' else '/ar'}/g/summer")
    slides, run = page.locator("#items > li"), page.locator("#run")
    expect(run).to_be_visible()

    run.click()
    for place in (1, 2):
        page.clock.run_for(5000)
        expect(slides.nth(place)).to_be_in_viewport(ratio=0.9)
    page.locator("#items").hover()
    page.clock.run_for(60_000)
    expect(slides.nth(2)).to_be_in_viewport(ratio=0.9)
    run.click()
    page.clock.run_for(60_000)

    expect(slides.nth(2)).to_be_in_viewport(ratio=0.9)
    assert run.text_content() == run.get_attribute("data-start")


def test_slideshow_is_not_played_to_whoever_wants_things_to_stand_still(
    house: House, summer: UUID, new_page: Callable[..., Page]
) -> None:
    lay_out(house, summer, "slideshow")
    page = new_page(reduced_motion="no-preference")
    page.goto(f"{house.url}/g/summer")
    expect(page.locator("#run")).to_be_visible()

    page.emulate_media(reduced_motion="reduce")

    expect(page.locator("#run")).to_be_hidden()


def test_page_data_is_read_by_a_browser_and_stopped_by_no_policy(
    house: House, summer: UUID, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    answer = page.goto(f"{house.url}/g/summer")

    assert answer is not None
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    told = json.loads(page.locator('script[type="application/ld+json"]').text_content() or "")
    assert (told["@type"], len(told["hasPart"])) == ("ImageGallery", PICTURES + 2)


def test_lightbox_gives_the_focus_back_to_the_picture(
    house: House, summer: UUID, new_page: Callable[..., Page]
) -> None:
    lay_out(house, summer, "masonry")
    page = new_page()
    page.goto(f"{house.url}/g/summer")
    page.locator("#items li:nth-child(2) a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("body.lb main")).to_be_visible()
    page.wait_for_load_state()  # its script is there
    page.keyboard.press("ArrowRight")
    expect(page.locator("body.lb header bdi")).to_have_text("4 / 20")

    page.keyboard.press("ArrowRight")
    expect(page.locator("body.lb .tx")).to_have_css("display", "grid")  # its styles came with it
    page.keyboard.press("ArrowLeft")
    expect(page.locator("body.lb header bdi")).to_have_text("4 / 20")

    page.keyboard.press("Escape")

    expect(page.locator("#items li:nth-child(3) a").first).to_be_focused()


def test_more_pictures_come_below_those_that_are_there(house: House, new_page: Callable[..., Page]) -> None:
    wall = house.gallery(130, status="published")
    with house.app.app_context():
        slug = slugs.of(wall.id)
    page = new_page()
    page.goto(f"{house.url}/g/{slug}")
    expect(page.locator("li.p-it")).to_have_count(59)

    page.click("#more")
    expect(page.locator("li.p-it")).to_have_count(119)
    expect(page.locator(f'[id="i-{wall.ids[60]}"] a')).to_be_focused()
    page.click("#more")

    expect(page.locator("li.p-it")).to_have_count(129)
    expect(page.locator("#more")).to_have_count(0)
    assert page.locator("li.p-it").evaluate_all("all => all.map(each => each.id.slice(2))") == wall.ids[1:]
