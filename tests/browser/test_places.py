"""The order of galleries on the site in a browser: by mouse, finger and keys, and where others were faster."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.fixtures.house import House, open_house

NAMES = ["Alder", "Birch", "Cedar", "Douglas fir", "Elm"]
AXE = (Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
FINGER_RESTS = 450  # milliseconds; a drag begins after 350

pytestmark = [pytest.mark.browser, pytest.mark.full]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running server with five galleries that have places."""
    with open_house(tmp_path_factory.mktemp("places"), Ada="admin") as made:
        for name in NAMES:
            body = {"slug": name.lower().replace(" ", "-"), "status": "published"}
            status, answer = made.client.send("POST", "/api/v1/galleries", body)
            assert status < 300, answer
        yield made


def opened(house: House, page: Page) -> Page:
    """Open the order, with all galleries in it by their names."""
    house.enter(page).goto(f"{house.url}/galleries/site-order")
    offered = page.locator("#site-places [name=ids]")
    for number in range(offered.count()):
        offered.nth(number).check()
    if offered.count():
        page.click("#site-places-add")
    expect(rows(page)).to_have_count(len(NAMES))
    for place, name in enumerate(["alder", "birch", "cedar", "douglas-fir", "elm"], 1):
        row(page, name).locator(".number").fill(str(place))
    page.click("#site-order-save")
    expect(page.locator(".toast")).to_contain_text("order is saved")
    is_ordered(page, "alder", "birch", "cedar", "douglas-fir", "elm")
    return page


def is_live(page: Page) -> Page:
    expect(page.locator("#site-order-rows")).to_have_attribute("data-live", "")
    return page


@pytest.fixture
def ada(house: House, new_page: Callable[..., Page]) -> Page:
    return is_live(opened(house, new_page()))


def rows(page: Page) -> Locator:
    return page.locator("#site-order-rows > [data-id]")


def row(page: Page, name: str) -> Locator:
    return page.locator(f"#site-order-rows > [data-name='{name}']")


def is_ordered(page: Page, *names: str) -> None:
    """Wait until the rows stand so, and their numbers with them."""
    expect(rows(page).locator("b")).to_have_text(list(names))
    for place, name in enumerate(names, 1):
        expect(row(page, name).locator(".number")).to_have_value(str(place))


def is_stored(page: Page, *names: str) -> None:
    page.reload()
    is_ordered(page, *names)


def settled(page: Page, action: Callable[[], object]) -> int:
    """Do something, wait for the answer to the move it makes, and return its status."""
    with page.expect_response(lambda answer: answer.url.endswith("/moves")) as answered:
        action()
    return answered.value.status


def is_reachable(page: Page, across: float, down: float) -> None:
    """Wait until a pointer there meets a row: while one page fades into the next, it meets nothing."""
    page.wait_for_function("([x, y]) => document.elementFromPoint(x, y)?.closest('[data-id]')", arg=[across, down])


def hold(page: Page, name: str, over: str, *, below: bool) -> None:
    """Drag a row over the upper or lower part of another, and do not let go."""
    start, goal = row(page, name).bounding_box(), row(page, over).bounding_box()
    assert start
    assert goal
    across, down = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    is_reachable(page, across, down)
    page.mouse.move(across, down)
    page.mouse.down()
    at = goal["y"] + (goal["height"] - 5 if below else 5)
    page.mouse.move(goal["x"] + goal["width"] / 2, at, steps=8)
    expect(page.locator(".drop-line")).to_have_count(1)
    expect(page.locator(".drop-line")).to_be_visible()


def test_d05_a_gallery_is_dragged_to_its_place(ada: Page) -> None:
    hold(ada, "alder", "cedar", below=True)
    expect(ada.locator(".drop-line")).to_have_text("to 3")
    expect(ada.locator("#live")).to_have_text("Dragging alder.")
    is_ordered(ada, "alder", "birch", "cedar", "douglas-fir", "elm")
    assert settled(ada, ada.mouse.up) == 204

    order = ("birch", "cedar", "alder", "douglas-fir", "elm")
    is_ordered(ada, *order)
    expect(ada.locator("#live")).to_have_text("alder moved to position 3 of 5.")
    expect(ada.locator(".drop-line, .drag-ghost")).to_have_count(0)
    expect(row(ada, "birch").locator("[name=up]")).to_be_disabled()
    expect(row(ada, "alder").locator("[name=up]")).to_be_enabled()
    is_stored(ada, *order)


def test_escape_puts_a_dragged_gallery_back(ada: Page) -> None:
    asked: list[str] = []
    ada.on("request", lambda request: asked.append(request.url) if request.url.endswith("/moves") else None)
    hold(ada, "elm", "alder", below=False)
    expect(ada.locator(".drop-line")).to_have_text("to 1")
    ada.keyboard.press("Escape")

    expect(ada.locator(".drop-line")).to_have_count(0)
    expect(ada.locator("#live")).to_have_text("Put back. The order is as it was.")
    ada.mouse.up()
    is_stored(ada, "alder", "birch", "cedar", "douglas-fir", "elm")
    assert asked == []


def test_what_is_typed_into_a_number_is_not_dragged_away(ada: Page) -> None:
    field = row(ada, "cedar").locator(".number")
    field.fill("5")
    box, goal = field.bounding_box(), row(ada, "elm").bounding_box()
    assert box
    assert goal
    is_reachable(ada, box["x"] + 10, box["y"] + 10)
    ada.mouse.move(box["x"] + 10, box["y"] + 10)
    ada.mouse.down()
    ada.mouse.move(goal["x"] + 10, goal["y"] + 10, steps=4)
    ada.mouse.up()
    row(ada, "elm").locator(".grip").focus()
    assert settled(ada, lambda: ada.keyboard.press("Alt+ArrowUp")) == 204
    expect(field).to_have_value("5")
    ada.click("#site-order-save")

    is_ordered(ada, "alder", "birch", "elm", "douglas-fir", "cedar")


def test_a_long_press_drags_by_finger(house: House, new_page: Callable[..., Page]) -> None:
    page = is_live(opened(house, new_page(width=390, height=844, has_touch=True, is_mobile=True)))
    row(page, "birch").evaluate("row => row.scrollIntoView({block: 'start'})")
    start, goal = row(page, "birch").bounding_box(), row(page, "douglas-fir").bounding_box()
    assert start
    assert goal
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        where = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})

    across, here, there = 195, start["y"] + 20, goal["y"] + goal["height"] - 8
    is_reachable(page, across, here)
    touch("touchStart", (across, here))
    page.wait_for_timeout(FINGER_RESTS)
    for step in range(1, 9):
        touch("touchMove", (across, here + (there - here) * step / 8))
        page.wait_for_timeout(20)
    expect(page.locator(".drop-line")).to_have_text("to 4")
    assert settled(page, lambda: touch("touchEnd")) == 204

    is_stored(page, "alder", "cedar", "douglas-fir", "birch", "elm")


def test_keys_nudge_pick_up_lead_and_drop(ada: Page) -> None:
    grip = row(ada, "cedar").locator(".grip")
    grip.focus()
    assert settled(ada, lambda: ada.keyboard.press("Alt+ArrowUp")) == 204
    is_ordered(ada, "alder", "cedar", "birch", "douglas-fir", "elm")
    expect(grip).to_be_focused()
    ada.keyboard.press("m")
    expect(ada.locator("#live")).to_contain_text("Picked up cedar, position 2 of 5.")
    ada.keyboard.press("End")
    expect(ada.locator(".drop-line")).to_have_text("to 5")
    ada.keyboard.press("ArrowUp")
    expect(ada.locator("#live")).to_have_text("Position 4 of 5.")
    ada.evaluate(AXE)
    found = ada.evaluate("axe.run('main').then(({violations}) => violations.map(({id}) => id))")
    assert found == []
    assert settled(ada, lambda: ada.keyboard.press("Enter")) == 204

    is_ordered(ada, "alder", "birch", "douglas-fir", "cedar", "elm")
    expect(grip).to_be_focused()
    ada.keyboard.press("m")
    ada.keyboard.press("ArrowUp")
    ada.keyboard.press("Escape")
    expect(ada.locator("#live")).to_have_text("Put back. The order is as it was.")
    is_stored(ada, "alder", "birch", "douglas-fir", "cedar", "elm")


def test_keys_follow_the_writing_direction(ada: Page) -> None:
    ada.evaluate("document.documentElement.dir = 'rtl'")
    row(ada, "birch").locator(".grip").focus()
    assert settled(ada, lambda: ada.keyboard.press("Alt+ArrowLeft")) == 204
    is_ordered(ada, "alder", "cedar", "birch", "douglas-fir", "elm")
    assert settled(ada, lambda: ada.keyboard.press("Alt+ArrowRight")) == 204
    is_ordered(ada, "alder", "birch", "cedar", "douglas-fir", "elm")
    hold(ada, "elm", "birch", below=False)
    assert settled(ada, ada.mouse.up) == 204

    is_stored(ada, "alder", "elm", "birch", "cedar", "douglas-fir")


def test_the_last_move_is_taken_back_by_its_toast_and_by_a_key(ada: Page) -> None:
    row(ada, "cedar").locator(".grip").focus()
    assert settled(ada, lambda: ada.keyboard.press("Alt+Home")) == 204
    toast = ada.locator("#undo-toast")
    expect(toast).to_contain_text("cedar moved to position 1 of 5.")
    assert settled(ada, toast.locator("form button").click) == 204
    is_ordered(ada, "alder", "birch", "cedar", "douglas-fir", "elm")
    expect(toast).to_contain_text("cedar moved to position 3 of 5.")
    assert settled(ada, lambda: ada.keyboard.press("Control+z")) == 204

    is_ordered(ada, "cedar", "alder", "birch", "douglas-fir", "elm")
    expect(row(ada, "cedar").locator(".grip")).to_be_focused()
    is_stored(ada, "cedar", "alder", "birch", "douglas-fir", "elm")


def test_buttons_move_without_a_new_page(ada: Page) -> None:
    ada.evaluate("document.documentElement.dataset.same = 'yes'")
    down = row(ada, "alder").locator("[name=down]")
    assert settled(ada, down.click) == 204
    is_ordered(ada, "birch", "alder", "cedar", "douglas-fir", "elm")
    expect(down).to_be_focused()
    assert settled(ada, row(ada, "alder").locator("[name=up]").click) == 204
    is_ordered(ada, "alder", "birch", "cedar", "douglas-fir", "elm")
    expect(row(ada, "alder").locator(".grip")).to_be_focused()
    expect(ada.locator("html")).to_have_attribute("data-same", "yes")


def test_d05_a_move_upon_an_order_that_others_changed_is_taken_back(
    house: House, ada: Page, new_page: Callable[..., Page]
) -> None:
    other = house.enter(new_page())
    other.goto(f"{house.url}/galleries/site-order")
    is_live(other)
    row(other, "elm").locator(".grip").focus()
    assert settled(other, lambda: other.keyboard.press("Alt+Home")) == 204
    row(ada, "birch").locator(".grip").focus()
    assert settled(ada, lambda: ada.keyboard.press("Alt+ArrowUp")) == 409

    expect(ada.locator(".toast.bad")).to_contain_text("Somebody changed the order since you opened it.")
    is_ordered(ada, "elm", "alder", "birch", "cedar", "douglas-fir")
    expect(row(ada, "birch").locator(".grip")).to_be_focused()
    assert settled(ada, lambda: ada.keyboard.press("Alt+ArrowUp")) == 204
    is_stored(ada, "elm", "birch", "alder", "cedar", "douglas-fir")


def test_without_scripts_buttons_and_numbers_order(house: House, new_page: Callable[..., Page]) -> None:
    page = opened(house, new_page(java_script_enabled=False))
    expect(page.locator(".grip").first).to_be_hidden()
    row(page, "cedar").locator("[name=up]").click()

    is_ordered(page, "alder", "cedar", "birch", "douglas-fir", "elm")
