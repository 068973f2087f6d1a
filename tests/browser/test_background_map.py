"""The map beside backgrounds, in a real browser: circles by mouse and by keys, over the date line; a place tried."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Locator, Page, expect

from bench.client import picture
from tests.browser.test_embedding import AXE, VIOLATIONS
from tests.fixtures.house import House, open_house
from webapp.domain import geo
from webapp.domain.backgrounds import contents, keeping
from webapp.domain.backgrounds.areas import Area
from webapp.domain.transaction import transaction
from webapp.infra.db import release

LYON = Area.round(45.7578, 4.832, "900m")
FIJI = Area.round(-17.7, 179.9, "500km")
POLE = Area.round(88, 20, "900km")

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("map"), Ed="admin") as made:
        yield made


@pytest.fixture(scope="module")
def shot(house: House) -> UUID:
    found = UUID(house.client.upload(picture(90, 60), "one.png")[1]["id"])
    house.finish()
    return found


@pytest.fixture
def keep(house: House, shot: UUID) -> Iterator[Callable[..., UUID]]:
    made: list[UUID] = []

    def kept(name: str, *areas: Area) -> UUID:
        with house.app.app_context(), transaction():
            given = {"media_ids": [shot], "zones": ("HOME_PAGE",), "areas": areas, "name": name}
            made.append(keeping.register(given, actor=house.actor("Ed")).id)
            return made[-1]

    yield kept
    with house.app.app_context(), transaction():
        for each in made:
            keeping.trash(each, actor=house.actor("Ed"))


def on_map(house: House, page: Page, path: str) -> Page:
    """Sign in, open a page, and wait until its map is drawn."""
    house.enter(page)
    page.goto(house.url + path)
    drawn(page)
    return page


def drawn(page: Page) -> None:
    page.locator("#background-map").scroll_into_view_if_needed()
    expect(page.locator("#background-map[data-drawn]")).to_be_visible()


def number(page: Page, name: str) -> float:
    return float(page.locator(f"[name={name}]").input_value())


def middle(page: Page, handle: Locator) -> tuple[float, float]:
    box = handle.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, handle: Locator, across: int, down: int) -> None:
    x, y = middle(page, handle)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + across / 2, y + down / 2, steps=3)
    page.mouse.move(x + across, y + down, steps=3)
    page.mouse.up()


def areas_of(house: House, background_id: UUID) -> list[Area]:
    with house.app.app_context():
        release()
        return list(contents.of([background_id])[background_id].areas)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_map_is_turned_to_what_is_listed_from_its_first_look_on(
    house: House, new_page: Callable[..., Page], keep: Callable[..., UUID], width: int
) -> None:
    keep("Fiji", FIJI)
    page = on_map(house, new_page(width=width), "/backgrounds/")
    page.wait_for_timeout(500)  # no animation ends after it
    shown = page.eval_on_selector_all("path.map-circle", "all => all.map(each => each.getBoundingClientRect().width)")
    assert max(shown) > width / 8


def test_circles_are_moved_and_resized_by_mouse_and_saved(
    house: House, new_page: Callable[..., Page], keep: Callable[..., UUID]
) -> None:
    made = keep("Vieux Lyon", LYON)
    page = on_map(house, new_page(), f"/backgrounds/{made}")
    drag(page, page.locator(".map-middle"), 80, 0)
    moved = number(page, "area-0-longitude")
    assert moved > 4.832
    assert number(page, "area-0-latitude") == pytest.approx(45.7578, abs=0.001)

    radius = number(page, "area-0-radius")
    drag(page, page.locator(".map-edge"), 60, 0)
    assert number(page, "area-0-radius") > radius * 1.1
    page.evaluate(AXE)
    assert page.evaluate(VIOLATIONS) == []
    page.locator("#background-save").click()
    expect(page.locator(".toast")).to_contain_text("Saved.")
    (found,) = areas_of(house, made)
    assert found.circle.centre.longitude == pytest.approx(moved, abs=1e-5)
    assert found.circle.radius > 990


def test_circles_are_moved_and_resized_by_keys_and_it_is_said(
    house: House, new_page: Callable[..., Page], keep: Callable[..., UUID]
) -> None:
    made = keep("Vieux Lyon", LYON)
    page = on_map(house, new_page(), f"/backgrounds/{made}")
    handle, edge = page.locator(".map-middle"), page.locator(".map-edge")
    expect(handle).to_have_attribute(
        "aria-label", "Circle 1: 45.7578, 4.832, radius 900 m. Arrow keys move it, plus and minus resize it."
    )
    handle.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowLeft")
    assert number(page, "area-0-latitude") > 45.7578
    assert number(page, "area-0-longitude") < 4.832
    page.keyboard.press("+")
    assert number(page, "area-0-radius") == 990
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("-")
    assert number(page, "area-0-radius") == pytest.approx(818, abs=2)
    expect(page.locator("#live")).to_contain_text("Circle 1: 45.7")
    expect(page.locator("#live")).to_contain_text("radius 818 m")
    edge.focus()
    page.keyboard.press("ArrowRight")
    assert number(page, "area-0-radius") == pytest.approx(900, abs=2)
    expect(edge).to_have_attribute("aria-valuetext", "900 m")


def test_fields_and_map_say_the_same(house: House, new_page: Callable[..., Page], keep: Callable[..., UUID]) -> None:
    page = on_map(house, new_page(), f"/backgrounds/{keep('Vieux Lyon', LYON)}")
    at = middle(page, page.locator(".map-middle"))

    page.fill("[name=area-0-longitude]", "4.84")
    page.wait_for_function("x => document.querySelector('.map-middle').getBoundingClientRect().x > x", arg=at[0])
    page.fill("[name=area-0-latitude]", "north")
    expect(page.locator(".map-middle")).to_have_count(0)
    page.locator("[name=area-0-latitude]").fill("")
    page.evaluate("""() => {
        const field = document.querySelector('[name=area-0-latitude]');
        const clipboardData = new DataTransfer();
        clipboardData.setData('text', '48.8566, 2.3522');
        field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    }""")
    assert (number(page, "area-0-latitude"), number(page, "area-0-longitude")) == (48.8566, 2.3522)


@pytest.mark.parametrize("by", ["mouse", "keys"])
def test_a_circle_is_drawn_where_the_form_has_no_row_for_it(
    house: House, new_page: Callable[..., Page], keep: Callable[..., UUID], by: str
) -> None:
    page = on_map(house, new_page(), f"/backgrounds/{keep('Everywhere')}")
    expect(page.locator(".map-handle")).to_have_count(0)
    if by == "mouse":
        page.locator("#map-canvas").click(position={"x": 200, "y": 150})
    else:
        page.locator("#map-canvas").focus()
        page.keyboard.press("Enter")
    expect(page.locator("[name=area-0-latitude]")).to_be_attached()
    drawn(page)

    expect(page.locator("[name=area-0-latitude]")).not_to_have_value("")
    expect(page.locator("[name=area-0-unit]")).to_have_value("km")
    assert number(page, "area-0-radius") > 10
    expect(page.locator(".map-middle")).to_be_focused()


def test_the_list_and_its_map_stand_for_each_other(
    house: House, new_page: Callable[..., Page], keep: Callable[..., UUID]
) -> None:
    keep("Everywhere")
    made = keep("Vieux Lyon", LYON)
    page = on_map(house, new_page(), "/backgrounds/")
    shapes = page.locator("path.map-circle")
    expect(shapes).to_have_count(3)  # the earth stands beside itself twice
    page.get_by_role("link", name="Vieux Lyon").hover()
    expect(page.locator("path.map-circle.on")).to_have_count(3)
    shapes.nth(1).click()
    page.wait_for_url(f"**/backgrounds/{made}")


def test_a_small_circle_is_seen_from_afar(
    house: House, new_page: Callable[..., Page], keep: Callable[..., UUID]
) -> None:
    keep("Vieux Lyon", LYON)
    keep("Fiji", FIJI)
    page = on_map(house, new_page(), "/backgrounds/")
    expect(page.locator("path.map-circle")).to_have_count(6)

    boxes = [shape.bounding_box() for shape in page.locator("path.map-circle:not([d='M0 0'])").all()]
    assert len(boxes) >= 2, "the others are on a copy of the earth that is out of sight"
    assert min(box["width"] for box in boxes if box) >= 11


def test_circles_go_on_over_the_date_line_and_the_pole(
    house: House, new_page: Callable[..., Page], keep: Callable[..., UUID]
) -> None:
    made = keep("Fiji", FIJI, POLE)
    page = on_map(house, new_page(), f"/backgrounds/{made}")
    assert page.locator(".map-handle").count() == 4
    handle = page.locator(".map-middle").first
    handle.focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    assert -180 <= number(page, "area-0-longitude") < -170, "it has gone on over the date line"
    expect(handle).to_be_focused()
    found = geo.circle(geo.point(number(page, "area-0-latitude"), number(page, "area-0-longitude")), 500_000)
    assert geo.distance(found.centre, geo.point(-17.7, 180)) < 1_500_000
    pole = page.locator(".map-middle").nth(1)
    pole.focus()
    page.keyboard.press("ArrowUp")
    assert 88 < number(page, "area-1-latitude") <= 90


def test_no_other_server_is_asked_and_no_script_loses_nothing(
    house: House, new_page: Callable[..., Page], keep: Callable[..., UUID]
) -> None:
    made = keep("Vieux Lyon", LYON)
    asked: list[str] = []
    page = new_page()
    page.on("request", lambda request: asked.append(request.url))
    on_map(house, page, f"/backgrounds/{made}")
    assert [each for each in asked if not each.startswith(house.url)] == []
    assert any("leaflet" in each for each in asked)
    asked.clear()
    page.goto(f"{house.url}/galleries/")
    assert not any("leaflet" in each or "/map" in each for each in asked)

    plain = house.enter(new_page(java_script_enabled=False))
    plain.goto(f"{house.url}/backgrounds/{made}")
    expect(plain.locator("#background-map")).to_be_hidden()
    expect(plain.locator("[name=area-0-latitude]")).to_have_value("45.7578")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_place_is_tried_on_the_map_and_by_typing(
    house: House, new_page: Callable[..., Page], keep: Callable[..., UUID], width: int
) -> None:
    keep("Vieux Lyon", LYON)
    keep("Everywhere")
    page = on_map(house, new_page(width=width), "/backgrounds/try?latitude=45.758&longitude=4.833")
    tried = page.locator("#backgrounds-tried")
    expect(tried.locator("li").first).to_contain_text("Vieux Lyon")
    handle = page.locator(".map-middle")
    handle.focus()
    for _ in range(60):
        page.keyboard.press("ArrowRight")
    expect(tried.locator("li")).to_have_count(1)
    expect(tried.locator("li")).to_contain_text("Everywhere")
    expect(handle).to_be_focused()
    assert page.evaluate("location.search").count("longitude=") == 1
    page.fill("#latitude", "91")
    page.keyboard.press("Tab")
    expect(tried).to_contain_text("A latitude is a number from -90 to 90.")
    expect(page.locator("#longitude")).to_be_focused()
    page.fill("#latitude", "45.758")
    page.fill("#longitude", "4.833")
    page.keyboard.press("Tab")
    expect(tried.locator("li")).to_have_count(2)
    page.evaluate(AXE)
    assert page.evaluate(VIOLATIONS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_place_that_is_taken_back_before_it_was_said_is_not_said(
    house: House, new_page: Callable[..., Page], keep: Callable[..., UUID]
) -> None:
    """The page's own errors fail a test (tests/fixtures/chromium.py)."""
    keep("Vieux Lyon", LYON)
    page = on_map(house, new_page(), "/backgrounds/try?latitude=45.758&longitude=4.833")
    page.locator(".map-middle").focus()
    page.evaluate("""() => {
        document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
        const field = document.querySelector("#latitude");
        field.value = "";
        field.dispatchEvent(new Event("input", { bubbles: true }));
    }""")
    page.wait_for_timeout(400)  # what is said of a circle waits for 250
    expect(page.locator("#latitude")).to_have_value("")


def test_a_place_is_tried_without_a_script(
    house: House, new_page: Callable[..., Page], keep: Callable[..., UUID]
) -> None:
    keep("Vieux Lyon", LYON)
    page = house.enter(new_page(java_script_enabled=False))
    page.goto(f"{house.url}/backgrounds/try")
    page.fill("#latitude", "45.758, 4.833")
    page.locator("#try").click()
    expect(page.locator("#backgrounds-tried li").first).to_contain_text("Vieux Lyon")
    expect(page.locator("#longitude")).to_have_value("4.833")
