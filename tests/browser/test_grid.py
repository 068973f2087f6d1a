"""The grid of many items: tiles still to come, sorting, taking back, two people at once, Arrange mode, any hand."""

import random
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from bench import live
from tests.fixtures.house import House, Wall, open_house
from webapp.domain.tiles import CHUNK

PAGES_AGREE = 15  # seconds
FINGER_RESTS = 450  # milliseconds; the grid lifts after 350

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("grid"), Ed="admin", Theo="editor") as made:
        yield made


def shown(page: Page) -> list[str]:
    return page.eval_on_selector_all("#items > .tile", "all => all.map(each => each.dataset.id)")


def tile(page: Page, item_id: str) -> Locator:
    return page.locator(f"#tile-{item_id}")


def settled(page: Page, action: Callable[[], object], part: str = "/moves") -> int:
    """Do something, wait for the answer it asks for, and return its status."""
    with page.expect_response(lambda answer: part in answer.url and answer.request.method == "POST") as answered:
        action()
    return answered.value.status


def look(page: Page) -> int:
    """Have the page ask for news, as it does every ten seconds, and return the status of the answer."""
    with page.expect_response(lambda answer: "order.json" in answer.url) as answered:
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    return answered.value.status


def agree_in_time(wall: Wall, pages: list[Page]) -> None:
    """Have pages ask for news until each shows the stored order: a move may be under way when one asks."""
    end = time.monotonic() + PAGES_AGREE
    while time.monotonic() < end:
        for page in pages:
            page.wait_for_load_state("networkidle")
            look(page)
        if [shown(page) for page in pages] == [wall.order()] * len(pages):
            return


def hold(page: Page, start: str, goal: str, *, before: bool) -> None:
    """Drag a tile to an edge of another, and do not let go."""
    tile(page, start).evaluate("tile => tile.scrollIntoView({block: 'center'})")
    source, target = tile(page, start).bounding_box(), tile(page, goal).bounding_box()
    assert source
    assert target
    page.mouse.move(source["x"] + source["width"] / 2, source["y"] + source["height"] / 2)
    page.mouse.down()
    edge = target["x"] + 3 if before else target["x"] + target["width"] - 3
    page.mouse.move(edge, target["y"] + target["height"] / 2, steps=6)
    expect(page.locator(".drop-line")).to_be_visible()


def moved(order: list[str], block: list[str], place: int) -> list[str]:
    rest = [each for each in order if each not in block]
    return rest[:place] + block + rest[place:]


# ---- tiles that are still to come ----


class Gate:
    """Keeps the later tiles of a page back until it is opened."""

    def __init__(self) -> None:
        self.waiting: list[Route] = []
        self.is_open = False

    def __call__(self, page: Page) -> None:
        page.route(
            "**/tiles?*after=*", lambda route: route.continue_() if self.is_open else self.waiting.append(route)
        )

    def open(self) -> None:
        self.is_open = True
        for route in self.waiting:
            route.continue_()


def test_ranges_and_moves_reach_items_whose_tiles_are_not_there(house: House, open_wall: Callable[..., Page]) -> None:
    wall, gate = house.gallery(450), Gate()
    page = open_wall(wall, before=gate)
    expect(tile(page, wall.ids[0])).to_have_attribute("aria-setsize", "450")
    assert len(shown(page)) == CHUNK

    tile(page, wall.ids[2]).focus()
    page.keyboard.press("Shift+End")
    expect(page.locator("[data-grid-bar] b")).to_have_text("448 selected")
    assert settled(page, lambda: page.click("#bulk-top")) == 200
    order = wall.ids[2:] + wall.ids[:2]
    assert wall.order() == order
    expect(tile(page, wall.ids[0])).to_have_attribute("aria-posinset", "449")

    page.keyboard.press("Escape")
    tile(page, wall.ids[5]).focus()
    page.keyboard.press("Shift+M")
    page.fill("#move-to-position", "300")
    assert settled(page, lambda: page.click("#move-to-yes")) == 200
    order = moved(order, [wall.ids[5]], 299)
    assert wall.order() == order
    expect(tile(page, wall.ids[5])).to_have_attribute("aria-posinset", "300")

    page.keyboard.press("Control+a")
    expect(page.locator("[data-grid-bar] b")).to_have_text("450 selected")
    gate.open()
    expect(page.locator("#items > .tile")).to_have_count(450)
    expect(page.locator("#items > [aria-selected=true]")).to_have_count(450)
    assert shown(page) == order
    places = page.eval_on_selector_all("#items > .tile", "all => all.map(each => each.getAttribute('aria-posinset'))")
    assert places == [str(place) for place in range(1, 451)]


def test_a_selection_that_is_not_all_there_is_dropped_by_mouse_and_by_key(
    house: House, open_wall: Callable[..., Page]
) -> None:
    wall, gate = house.gallery(130), Gate()
    page = open_wall(wall, before=gate)
    expect(tile(page, wall.ids[0])).to_have_attribute("aria-setsize", "130")
    tile(page, wall.ids[90]).click()
    page.keyboard.press("Shift+End")
    expect(page.locator("[data-grid-bar] b")).to_have_text("40 selected")

    hold(page, wall.ids[90], wall.ids[85], before=True)
    expect(page.locator(".drag-ghost b")).to_have_text("40")
    expect(page.locator(".drop-line b")).to_have_text("to 86")
    assert settled(page, page.mouse.up) == 200
    order = moved(wall.ids, wall.ids[90:], 85)
    assert wall.order() == order

    tile(page, wall.ids[90]).focus()
    for key in ("m", "Home"):
        page.keyboard.press(key)
    expect(page.locator("#live")).to_contain_text("Position 1 of 130")
    assert settled(page, lambda: page.keyboard.press("Enter")) == 200
    order = wall.ids[90:] + wall.ids[:90]
    assert wall.order() == order

    gate.open()
    expect(page.locator("#items > .tile")).to_have_count(130)
    assert shown(page) == order


# ---- sorted once, and taken back ----


def test_a_selection_is_sorted_and_the_sort_taken_back_by_its_toast(
    house: House, open_wall: Callable[..., Page]
) -> None:
    wall = house.gallery(8)
    page = open_wall(wall)
    tile(page, wall.ids[0]).click()
    tile(page, wall.ids[3]).click(modifiers=["Shift"])

    page.click("#sort-menu summary")
    expect(page.locator("[data-grid-scope]")).to_have_text("Sorts the 4 selected among their places.")
    assert settled(page, lambda: page.click("#sort-name"), "/sorts") == 200

    expect(page.locator("#undo-toast")).to_contain_text("Sorted by file name.")
    assert shown(page) == wall.order() == [*(wall.ids[each] for each in (2, 3, 1, 0)), *wall.ids[4:]]
    assert settled(page, lambda: page.click("#toast-undo"), "/undos") == 200
    expect(page.locator("#toasts")).to_contain_text("Undone: Sorted by file name.")
    assert shown(page) == wall.order() == wall.ids


def test_control_and_z_take_back_one_move_after_the_other(house: House, open_wall: Callable[..., Page]) -> None:
    wall = house.gallery(6)
    page = open_wall(wall)
    tile(page, wall.ids[0]).focus()
    for _ in range(3):
        page.keyboard.press("Alt+ArrowRight")
    page.click("#sort-menu summary")
    assert settled(page, lambda: page.click("#sort-reverse"), "/sorts") == 200
    expect(page.locator("#undo-toast")).to_contain_text("Order reversed.")
    assert wall.order() == moved(wall.ids, [wall.ids[0]], 3)[::-1]

    tile(page, wall.ids[0]).focus()
    for steps in (3, 2, 1, 0):
        assert settled(page, lambda: page.keyboard.press("Control+z"), "/undos") == 200
        expect(page.locator("#items > .tile").nth(steps)).to_have_attribute("data-id", wall.ids[0])
        assert wall.order() == moved(wall.ids, [wall.ids[0]], steps)
    assert settled(page, lambda: page.keyboard.press("Control+z"), "/undos") == 409
    expect(page.locator(".toast.bad")).to_have_text(
        "Items came or went last. Only moves and sorts are undone here.Dismiss"
    )


# ---- two people at once ----


def test_a_refused_move_is_rolled_back_and_says_who_did_what(house: House, open_wall: Callable[..., Page]) -> None:
    wall = house.gallery(6)
    page = open_wall(wall)
    wall.trash([wall.ids[4]])

    hold(page, wall.ids[0], wall.ids[5], before=True)
    assert settled(page, page.mouse.up) == 409
    expect(page.locator(".toast.bad")).to_have_text(
        "Theo removed “IMG_10.jpg” since you opened this. The move was undone.Dismiss"
    )
    order = moved(wall.ids, [wall.ids[4]], 5)[:5]
    expect(page.locator("#items > .tile")).to_have_count(5)
    assert shown(page) == wall.order() == order

    wall.move([order[4]], place="top")
    tile(page, order[0]).focus()
    page.keyboard.press("Shift+M")
    page.fill("#move-to-position", "3")
    assert settled(page, lambda: page.click("#move-to-yes")) == 409
    expect(page.locator(".toast.bad").last).to_contain_text("Theo moved an item since you opened this.")
    expect(page.locator("#items > .tile").first).to_have_attribute("data-id", order[4])
    assert shown(page) == wall.order() == [order[4], *order[:4]]


def test_d36_what_others_do_appears_and_disturbs_nothing(house: House, open_wall: Callable[..., Page]) -> None:
    wall = house.gallery(8)
    page = open_wall(wall)
    tile(page, wall.ids[2]).click()
    expect(page.locator("#inspector-title")).to_have_text("Item 3 of 8")
    tile(page, wall.ids[3]).click(modifiers=["Shift"])
    assert look(page) == 304

    wall.move([wall.ids[3]], place="top")
    assert look(page) == 200
    expect(page.locator("#toasts")).to_contain_text("Theo moved an item since you opened this.")
    assert shown(page) == wall.order() == moved(wall.ids, [wall.ids[3]], 0)
    expect(tile(page, wall.ids[3])).to_be_focused()
    expect(page.locator("#items > [aria-selected=true]")).to_have_count(2)

    added = wall.add(2)
    wall.trash([wall.ids[2], wall.ids[5]])
    assert look(page) == 200
    expect(tile(page, added[1])).to_have_attribute("aria-posinset", "2")
    assert shown(page) == wall.order()
    expect(page.locator("[data-grid-total]")).to_have_text("8 items")
    expect(page.locator("#items > [aria-selected=true]")).to_have_count(1)
    assert page.locator("#items [tabindex='0']").count() == 1
    assert look(page) == 304


def test_d36_a_drag_goes_on_while_others_move(house: House, open_wall: Callable[..., Page]) -> None:
    wall = house.gallery(6)
    page = open_wall(wall)
    asked: list[str] = []
    hold(page, wall.ids[0], wall.ids[3], before=False)
    page.on("request", lambda request: asked.append(request.url) if "order.json" in request.url else None)

    wall.move([wall.ids[5]], place="top")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert shown(page) == wall.ids
    assert asked == []
    assert settled(page, page.mouse.up) == 200

    expect(page.locator("#items > .tile").first).to_have_attribute("data-id", wall.ids[5])
    assert shown(page) == wall.order() == [wall.ids[each] for each in (5, 1, 2, 3, 0, 4)]


def test_d36_news_are_asked_for_every_ten_seconds_and_not_while_nobody_looks(
    house: House, open_wall: Callable[..., Page]
) -> None:
    wall = house.gallery(3)
    page = open_wall(wall, before=lambda page: page.clock.install())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "order.json" in request.url else None)

    with page.expect_response(lambda answer: "order.json" in answer.url) as answered:
        page.clock.run_for(10_500)
    assert answered.value.status == 304
    page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.clock.run_for(60_000)
    assert len(asked) == 1


def test_a_move_that_others_made_needless_shows_what_they_did(house: House, open_wall: Callable[..., Page]) -> None:
    wall = house.gallery(5)
    page = open_wall(wall)
    wall.move([wall.ids[1]], place="end")  # so that the third stands where it is about to be put
    tile(page, wall.ids[2]).focus()

    assert settled(page, lambda: page.keyboard.press("Alt+ArrowLeft")) == 200

    expect(page.locator("#items > .tile").last).to_have_attribute("data-id", wall.ids[1])
    assert shown(page) == wall.order()


def test_two_browsers_at_once_lose_nothing_and_see_each_other(house: House, open_wall: Callable[..., Page]) -> None:
    wall = house.gallery(12)
    pages = [open_wall(wall, who=who) for who in ("ed", "theo")]
    chance = random.Random(7)

    for _ in range(12):
        page = chance.choice(pages)
        tile(page, chance.choice(wall.ids)).focus()
        key = chance.choice(("Alt+ArrowRight", "Alt+ArrowLeft", "Alt+ArrowDown", "Alt+Home", "Alt+End"))
        page.keyboard.press(key)
    agree_in_time(wall, pages)

    order = wall.order()
    assert sorted(order) == sorted(wall.ids)
    assert order != wall.ids
    assert [shown(page) for page in pages] == [order, order]


# ---- any hand ----


def test_keys_alone_select_move_and_take_back(house: House, open_wall: Callable[..., Page]) -> None:
    wall = house.gallery(6)
    page = open_wall(wall, "?arrange=wide")
    page.locator("#arrange-texts").focus()
    page.keyboard.press("Tab")
    expect(tile(page, wall.ids[0])).to_be_focused()

    for key in ("ArrowRight", "Space", "ArrowRight", "ArrowRight", "Space"):
        page.keyboard.press(key)
    expect(page.locator("[data-grid-bar] b")).to_have_text("2 selected")
    for key in ("m", "End"):
        page.keyboard.press(key)
    assert settled(page, lambda: page.keyboard.press("Enter")) == 200
    assert shown(page) == wall.order() == [wall.ids[each] for each in (0, 2, 4, 5, 1, 3)]
    expect(tile(page, wall.ids[3])).to_be_focused()
    assert settled(page, lambda: page.keyboard.press("Control+z"), "/undos") == 200
    expect(page.locator("#items > .tile").nth(1)).to_have_attribute("data-id", wall.ids[1])
    expect(tile(page, wall.ids[3])).to_be_focused()
    assert shown(page) == wall.order() == wall.ids


def test_right_to_left_a_drag_lands_where_the_line_is(house: House, open_wall: Callable[..., Page]) -> None:
    wall = house.gallery(6)
    page = open_wall(wall, "?arrange=wide")
    page.evaluate("document.documentElement.dir = 'rtl'")

    hold(page, wall.ids[0], wall.ids[3], before=True)  # the left edge, behind which the next one stands
    expect(page.locator(".drop-line b")).to_have_text("to 4")
    assert settled(page, page.mouse.up) == 200

    assert shown(page) == wall.order() == moved(wall.ids, [wall.ids[0]], 3)


def test_a_finger_selects_by_taps_and_drags_the_stack(house: House, open_wall: Callable[..., Page]) -> None:
    wall = house.gallery(8)
    page = open_wall(wall, "?arrange=wide", width=390, height=844, has_touch=True, is_mobile=True)
    for item_id in (wall.ids[0], wall.ids[2]):
        tile(page, item_id).tap()
    expect(page.locator("[data-grid-bar] b")).to_have_text("2 selected")
    start, goal = tile(page, wall.ids[0]).bounding_box(), tile(page, wall.ids[5]).bounding_box()
    assert start
    assert goal
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        where = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})

    here, there = (start["x"] + 30, start["y"] + 30), (goal["x"] + goal["width"] - 4, goal["y"] + 30)
    touch("touchStart", here)
    page.wait_for_timeout(FINGER_RESTS)
    for step in range(1, 7):
        share = step / 6
        touch("touchMove", (here[0] + (there[0] - here[0]) * share, here[1] + (there[1] - here[1]) * share))
        page.wait_for_timeout(20)
    assert settled(page, lambda: touch("touchEnd")) == 200

    assert shown(page) == wall.order() == moved(wall.ids, [wall.ids[0], wall.ids[2]], 4)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_damaged_file_is_tried_again_by_key_and_by_button(house: House, open_wall: Callable[..., Page]) -> None:
    wall = house.gallery(4)
    wall.break_picture(wall.ids[1])
    page = open_wall(wall, "?arrange=wide")
    broken = tile(page, wall.ids[1])
    expect(broken).to_have_attribute("aria-label", "IMG_9.jpg, No alt text, File is damaged")
    tile(page, wall.ids[0]).click()
    expect(page.locator("#bulk-retry")).to_be_hidden()

    broken.click()
    expect(page.locator("#bulk-retry")).to_be_visible()
    assert settled(page, lambda: page.keyboard.press("r"), "/renditions") in (200, 204, 303)

    expect(broken).not_to_have_attribute("aria-label", "IMG_9.jpg, No alt text, File is damaged")
    expect(page.locator("#toasts")).to_contain_text("The pictures are made once more.")
    expect(broken).to_have_attribute("aria-label", "IMG_9.jpg, No alt text")


# ---- Arrange mode ----


def test_arrange_mode_changes_size_without_a_new_page_and_remembers_it(
    house: House, open_wall: Callable[..., Page]
) -> None:
    wall = house.gallery(5)
    page = open_wall(wall)
    page.click("#as-wide")
    expect(page.locator("h1")).to_have_text("Arrange 5 items")
    tile(page, wall.ids[1]).click()
    small = tile(page, wall.ids[0]).bounding_box()

    with page.expect_response(lambda answer: "size=l" in answer.url) as answered:
        page.click("#size-l")
    assert answered.value.request.method == "HEAD"
    large = tile(page, wall.ids[0]).bounding_box()
    assert small
    assert large
    assert large["width"] > small["width"] * 1.4
    expect(page.locator("[data-grid-bar] b")).to_have_text("1 selected")
    expect(page.locator("[data-grid-here]")).to_have_text("Item 2 of 5")
    page.goto(wall.url("?arrange=wide"))
    expect(page.locator("#size-l")).to_have_attribute("aria-current", "true")

    tile(page, wall.ids[3]).dblclick()
    expect(page.locator("#inspector-title")).to_have_text("Item 4 of 5")


# ---- what it costs, as counts ----

COUNT = """() => {
  window.counted = { boxes: 0, moved: 0 };
  const measure = Element.prototype.getBoundingClientRect;
  Element.prototype.getBoundingClientRect = function () { window.counted.boxes += 1; return measure.call(this); };
  new MutationObserver((changes) => {
    const added = changes.flatMap((change) => [...change.addedNodes]);
    window.counted.moved += added.filter((node) => node.matches?.(".tile")).length;
  }).observe(document.getElementById("items"), { childList: true });
}"""


def test_a_drag_measures_once_and_the_page_changes_at_the_drop(house: House, open_wall: Callable[..., Page]) -> None:
    wall = house.gallery(40)
    page = open_wall(wall, "?arrange=wide")
    page.evaluate(COUNT)

    hold(page, wall.ids[0], wall.ids[30], before=True)
    start = tile(page, wall.ids[5]).bounding_box()
    assert start
    page.mouse.move(start["x"], start["y"], steps=40)
    during = page.evaluate("window.counted")
    assert settled(page, page.mouse.up) == 200

    assert during == {"boxes": 2, "moved": 0}
    assert page.evaluate("window.counted.moved") == 1, "one tile moved, and no other was touched"


def test_a_lifted_block_moves_the_line_and_no_tile(house: House, open_wall: Callable[..., Page]) -> None:
    wall = house.gallery(40)
    page = open_wall(wall, "?arrange=wide")
    tile(page, wall.ids[0]).focus()
    page.evaluate(COUNT)

    for key in ("m", *["ArrowRight"] * 10, "ArrowDown"):
        page.keyboard.press(key)
    assert page.evaluate("window.counted") == {"boxes": 2, "moved": 0}
    assert settled(page, lambda: page.keyboard.press("Enter")) == 200

    assert page.evaluate("window.counted.moved") == 1


# ---- as it is read out ----


def test_the_grid_as_assistive_technology_meets_it(house: House, open_wall: Callable[..., Page]) -> None:
    wall = house.gallery(4)
    page = open_wall(wall, "?arrange=wide")
    tile(page, wall.ids[1]).click()

    assert page.locator("#items").aria_snapshot() == "\n".join(
        (
            '- listbox "Items of the gallery":',
            '  - option "IMG_10.jpg, No alt text"',
            '  - option "IMG_9.jpg, No alt text" [selected]',
            '  - option "Été.jpg, No alt text"',
            '  - option "img_2.jpg, No alt text"',
        )
    )
    places = "all => all.map(each => [each.ariaPosInSet, each.ariaSetSize])"
    told = page.eval_on_selector_all("#items > .tile", places)
    assert told == [[str(place), "4"] for place in (1, 2, 3, 4)]
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#live")).to_have_text("Position 3 of 4.")


# ---- for long ----


class Walker:
    """Moves by whatever hand, in a browser and in a list of Python's."""

    def __init__(self, page: Page, wall: Wall, seed: int) -> None:
        self.page, self.wall, self.chance, self.order = page, wall, random.Random(seed), list(wall.ids)

    def step(self) -> None:
        block = self._select()
        self.chance.choice((self.nudge, self.lift, self.button, self.number, self.drag))(block)

    def nudge(self, block: list[str]) -> None:
        step = self.chance.choice((-1, 1))
        place = max(0, self.order.index(block[0]) + step)
        tile(self.page, block[0]).focus()
        self._settle(
            block, place, lambda: self.page.keyboard.press("Alt+ArrowRight" if step > 0 else "Alt+ArrowLeft")
        )

    def lift(self, block: list[str]) -> None:
        tile(self.page, block[0]).focus()
        self.page.keyboard.press("m")
        place, steps = self.order.index(block[0]), self.chance.randint(-4, 4)
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")
            place = max(0, min(place + (1 if steps > 0 else -1), len(self.order) - len(block)))
        self._settle(block, place, lambda: self.page.keyboard.press("Enter"))

    def button(self, block: list[str]) -> None:
        end = self.chance.random() < 0.5
        if len(block) > 1:
            self._settle(
                block, len(self.order) if end else 0, lambda: self.page.click("#bulk-end" if end else "#bulk-top")
            )

    def number(self, block: list[str]) -> None:
        place = self.chance.randint(1, len(self.order))
        tile(self.page, block[0]).focus()
        self.page.keyboard.press("Shift+M")
        self.page.fill("#move-to-position", str(place))
        self._settle(block, place - 1, lambda: self.page.click("#move-to-yes"))

    def drag(self, block: list[str]) -> None:
        goal = self.chance.choice(self.order)
        if goal in block:
            return
        place = sum(each not in block for each in self.order[: self.order.index(goal)])
        hold(self.page, block[0], goal, before=True)
        self._settle(block, place, self.page.mouse.up)

    def _select(self) -> list[str]:
        count = self.chance.choice((1, 1, 1, 2, 3))
        chosen = set(self.chance.sample(self.order, count))
        block = [each for each in self.order if each in chosen]
        self.page.keyboard.press("Escape")
        for place, item_id in enumerate(block):
            tile(self.page, item_id).click(modifiers=["Control"] if place else [])
        return block

    def _settle(self, block: list[str], place: int, deed: Callable[[], object]) -> None:
        wanted = moved(self.order, block, min(place, len(self.order) - len(block)))
        if wanted == self.order:
            deed()
        else:
            assert settled(self.page, deed) == 200
        self.order = wanted
        assert shown(self.page) == wanted


@pytest.mark.parametrize("steps", [12, pytest.param(200, marks=pytest.mark.full)])
def test_the_order_after_many_moves_is_that_of_a_list(
    house: House, open_wall: Callable[..., Page], steps: int
) -> None:
    wall = house.gallery(14)
    walker = Walker(open_wall(wall, "?arrange=wide"), wall, seed=steps)

    for _ in range(steps):
        walker.step()

    assert walker.order != wall.ids
    assert wall.order() == walker.order == shown(walker.page)


@pytest.mark.full
def test_five_thousand_items_are_moved_like_five(house: House, open_wall: Callable[..., Page]) -> None:
    wall = house.gallery(5000)
    page = open_wall(wall, "?arrange=wide")
    expect(tile(page, wall.ids[0])).to_have_attribute("aria-setsize", "5000")
    expect(page.locator("#items > .tile")).to_have_count(5000, timeout=120_000)
    assert shown(page) == wall.ids
    page.evaluate(COUNT)

    tile(page, wall.ids[0]).focus()
    for key in ("m", "PageDown", "ArrowRight", "End"):
        page.keyboard.press(key)
    expect(page.locator("#live")).to_contain_text("Position 5000 of 5000")
    assert settled(page, lambda: page.keyboard.press("Enter")) == 200
    assert page.evaluate("window.counted") == {"boxes": 2, "moved": 1}

    order = [*wall.ids[1:], wall.ids[0]]
    assert wall.order() == order
    page.keyboard.press("Control+a")
    page.locator("[data-grid-bar] b").click()
    expect(page.locator("[data-grid-bar] b")).to_have_text("5000 selected")

    page.click("#sort-menu summary")
    assert settled(page, lambda: page.click("#sort-reverse"), "/sorts") == 200
    live.until(lambda: shown(page) == order[::-1], 60, house.server.log)  # a locator reads all the page at each look
    assert wall.order() == order[::-1]
