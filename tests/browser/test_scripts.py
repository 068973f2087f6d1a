"""What scripts add to pages: the grid by mouse, finger and keys, drafts, uploads, focal points, a guard of text."""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from bench import live
from bench.client import Client, picture
from tests.fixtures.house import PASSWORD, open_house

EMAIL = "ada@example.org"
ITEMS = 9
FINGER_RESTS = 450  # milliseconds; the grid lifts after 350
NAMES = itertools.count(1)

pytestmark = pytest.mark.browser


@dataclass
class Site:
    """A running server with one gallery of a few pictures in two languages."""

    url: str
    client: Client
    gallery: str

    def order(self) -> list[str]:
        """Ask the server for the order."""
        _, found = self.client.send("GET", f"/api/v1/galleries/{self.gallery}")
        return [placed["media_id"] for placed in found["gallery_media"]]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_house(tmp_path_factory.mktemp("scripts"), Ada="admin") as house:
        client = house.client
        asked(client, "POST", "/languages", {"code": "fr", "name": "Français"})
        gallery = asked(client, "POST", "/galleries", {"slug": "grid", "status": "published"})["id"]
        for _ in range(ITEMS):
            number = next(NAMES)
            status, media = client.upload(picture(60, 40), f"picture-{number}.png")
            assert status == 201
            body = {"media_id": media["id"], "caption": f"Picture {number}"}
            asked(client, "POST", f"/galleries/{gallery}/media", body)
        yield Site(house.url, client, gallery)


def asked(client: Client, method: str, path: str, body: object) -> dict[str, str]:
    status, answer = client.send(method, f"/api/v1{path}", body)
    assert status < 300, answer
    return answer


@pytest.fixture
def editor(site: Site, new_page: Callable[..., Page]) -> Page:
    return opened(site, new_page())


def opened(site: Site, page: Page, query: str = "") -> Page:
    page.goto(f"{site.url}/login")
    if page.locator("input[type=password]").count():
        page.fill("input[type=email]", EMAIL)
        page.fill("input[type=password]", PASSWORD)
        page.press("input[type=password]", "Enter")
        page.wait_for_url("**/galleries/")
    page.goto(f"{site.url}/galleries/{site.gallery}/{query}")
    expect(page.locator("#items")).to_have_attribute("role", "listbox")
    return page


def shown(page: Page) -> list[str]:
    return page.eval_on_selector_all("#items > .tile", "all => all.map(each => each.dataset.id)")


def stored(site: Site, page: Page) -> list[str]:
    answer = page.request.get(f"{site.url}/galleries/{site.gallery}/order.json")
    return list(json.loads(answer.text())["ids"])


def settled(page: Page, action: Callable[[], object], part: str = "/moves") -> int:
    """Do something, wait for the answer it asks for, and return its status."""
    with page.expect_response(lambda answer: part in answer.url) as answered:
        action()
    return answered.value.status


def tile(page: Page, place: int):
    return page.locator("#items > .tile").nth(place)


def hold(page: Page, start: int, target: int, *, before: bool) -> None:
    """Drag a tile in front of or behind another, and do not let go."""
    tile(page, start).scroll_into_view_if_needed()
    source, goal = tile(page, start).bounding_box(), tile(page, target).bounding_box()
    assert source
    assert goal
    page.mouse.move(source["x"] + source["width"] / 2, source["y"] + source["height"] / 2)
    page.mouse.down()
    edge = goal["x"] + 3 if before else goal["x"] + goal["width"] - 3
    page.mouse.move(edge, goal["y"] + goal["height"] / 2, steps=8)
    expect(page.locator(".drop-line")).to_be_visible()


def moved(order: list[str], block: list[str], place: int) -> list[str]:
    rest = [each for each in order if each not in block]
    return rest[:place] + block + rest[place:]


# ---- the grid: semantics ----


def test_grid_is_a_listbox_of_options_without_controls_inside(editor: Page) -> None:
    first = tile(editor, 0)

    expect(first).to_have_attribute("role", "option")
    expect(first).to_have_attribute("aria-posinset", "1")
    expect(first).to_have_attribute("aria-setsize", str(ITEMS))
    assert editor.locator("#items :is(a, input, button)").count() == 0
    assert editor.locator("#items [tabindex='0']").count() == 1


def test_click_opens_the_item_in_the_panel(editor: Page) -> None:
    ids = shown(editor)

    tile(editor, 2).click()

    expect(editor.locator("#editor-inspector")).to_have_attribute("data-item", ids[2])
    assert editor.url.endswith(f"item={ids[2]}")
    expect(tile(editor, 2)).to_be_focused()


# ---- the grid: mouse ----


def test_drag_moves_one_tile_and_the_server_agrees(site: Site, editor: Page) -> None:
    before = shown(editor)

    hold(editor, 1, 4, before=True)
    assert settled(editor, editor.mouse.up) == 200

    assert shown(editor) == moved(before, [before[1]], 3)
    assert stored(site, editor) == shown(editor)
    expect(editor.locator("#live")).to_contain_text("moved to position 4")
    assert editor.locator(".drag-ghost").count() == 0


def test_drag_of_a_selection_keeps_its_own_order(site: Site, editor: Page) -> None:
    before = shown(editor)
    tile(editor, 0).click()
    tile(editor, 2).click(modifiers=["Control"])
    tile(editor, 3).click(modifiers=["Control"])

    hold(editor, 2, 7, before=False)
    expect(editor.locator(".drag-ghost b")).to_have_text("3")
    assert settled(editor, editor.mouse.up) == 200

    assert shown(editor) == moved(before, [before[0], before[2], before[3]], 5)
    assert stored(site, editor) == shown(editor)


def test_escape_ends_a_drag_and_nothing_is_sent(site: Site, editor: Page) -> None:
    before, sent = shown(editor), []
    editor.on("request", lambda request: sent.append(request.url) if "/moves" in request.url else None)

    hold(editor, 0, 5, before=True)
    editor.keyboard.press("Escape")
    editor.mouse.up()

    expect(editor.locator(".drop-line")).to_have_count(0)
    assert shown(editor) == before == stored(site, editor)
    assert sent == []


def test_shift_and_click_selects_what_lies_between(editor: Page) -> None:
    tile(editor, 5).click()
    tile(editor, 2).click(modifiers=["Shift"])

    expect(editor.locator("#items [aria-selected=true]")).to_have_count(4)
    expect(editor.locator("[data-grid-bar]")).to_be_visible()
    editor.locator("#bulk-clear").click()
    expect(editor.locator("#items [aria-selected=true]")).to_have_count(0)
    expect(editor.locator("[data-grid-bar]")).to_be_hidden()


# ---- the grid: finger ----


def test_long_press_drags_by_finger(site: Site, new_page: Callable[..., Page]) -> None:
    page = opened(site, new_page(width=390, height=844, has_touch=True, is_mobile=True))
    before = shown(page)
    tile(page, 3).evaluate("tile => tile.scrollIntoView({block: 'center'})")
    start, goal = tile(page, 0).bounding_box(), tile(page, 4).bounding_box()
    assert start
    assert goal
    session = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        where = [{"x": x, "y": y} for x, y in points]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": where})

    here = (start["x"] + 40, start["y"] + 40)
    there = (goal["x"] + goal["width"] - 4, goal["y"] + 40)
    touch("touchStart", here)
    page.wait_for_timeout(FINGER_RESTS)
    for step in range(1, 9):
        share = step / 8
        touch("touchMove", (here[0] + (there[0] - here[0]) * share, here[1] + (there[1] - here[1]) * share))
        page.wait_for_timeout(20)
    assert settled(page, lambda: touch("touchEnd")) == 200

    assert shown(page) == moved(before, [before[0]], 4)
    assert stored(site, page) == shown(page)


# ---- the grid: keys ----


def test_keys_pick_up_lead_and_drop(site: Site, editor: Page) -> None:
    before = shown(editor)
    tile(editor, 1).focus()

    editor.keyboard.press("m")
    expect(editor.locator("#live")).to_contain_text("position 2 of 9")
    for key in ("ArrowRight", "ArrowRight", "ArrowRight"):
        editor.keyboard.press(key)
    expect(editor.locator("#live")).to_contain_text("Position 5 of 9")
    assert shown(editor) == before, "only the line moves until the drop"
    assert settled(editor, lambda: editor.keyboard.press("Enter")) == 200

    assert shown(editor) == moved(before, [before[1]], 4)
    assert stored(site, editor) == shown(editor)
    expect(tile(editor, 4)).to_be_focused()


def test_escape_puts_back_what_was_picked_up(site: Site, editor: Page) -> None:
    before = shown(editor)
    tile(editor, 1).focus()

    for key in ("m", "End", "Escape"):
        editor.keyboard.press(key)

    expect(editor.locator("#live")).to_contain_text("Put back")
    assert shown(editor) == before == stored(site, editor)
    assert editor.locator(".lifted").count() == 0


def test_alt_and_arrow_nudges_and_several_in_a_row_all_count(site: Site, editor: Page) -> None:
    before = shown(editor)
    tile(editor, 0).focus()

    for _ in range(3):
        editor.keyboard.press("Alt+ArrowRight")

    assert shown(editor) == moved(before, [before[0]], 3)
    editor.wait_for_load_state("networkidle")
    assert stored(site, editor) == shown(editor)


def test_arrow_keys_follow_the_writing_direction(site: Site, editor: Page) -> None:
    editor.evaluate("document.documentElement.dir = 'rtl'")
    before = shown(editor)
    tile(editor, 1).focus()

    editor.keyboard.press("ArrowLeft")
    expect(tile(editor, 2)).to_be_focused()
    assert settled(editor, lambda: editor.keyboard.press("Alt+ArrowRight")) == 200

    assert shown(editor) == moved(before, [before[2]], 1)
    assert stored(site, editor) == shown(editor)


def test_space_selects_and_says_so(editor: Page) -> None:
    tile(editor, 0).focus()

    editor.keyboard.press("Space")
    editor.keyboard.press("Shift+ArrowRight")

    expect(editor.locator("#items [aria-selected=true]")).to_have_count(2)
    expect(editor.locator("#live")).to_contain_text("Selected: 2")


def test_enter_goes_to_the_fields_of_the_item(editor: Page) -> None:
    tile(editor, 3).focus()

    editor.keyboard.press("Enter")

    expect(editor.locator("#item-caption")).to_be_focused()
    expect(editor.locator("#editor-inspector")).to_have_attribute("data-item", shown(editor)[3])


def test_position_is_asked_for_by_number(site: Site, editor: Page) -> None:
    before = shown(editor)
    tile(editor, 6).focus()

    editor.keyboard.press("Shift+M")
    editor.fill("#move-to-position", "2")
    assert settled(editor, lambda: editor.keyboard.press("Enter")) == 200

    assert shown(editor) == moved(before, [before[6]], 1)
    assert stored(site, editor) == shown(editor)


# ---- the grid: when others are faster ----


def test_position_in_an_order_that_has_changed_is_taken_back_and_the_new_order_shown(
    site: Site, editor: Page
) -> None:
    before = shown(editor)
    media = site.order()
    asked(site.client, "POST", f"/galleries/{site.gallery}/media/reorder", {"media_ids": media[::-1]})
    tile(editor, 0).focus()

    editor.keyboard.press("Shift+M")
    editor.fill("#move-to-position", "4")
    assert settled(editor, lambda: editor.keyboard.press("Enter")) == 409

    expect(editor.locator("#toasts .bad")).to_contain_text("The move was undone")
    expect(tile(editor, 0)).to_have_attribute("data-id", before[-1])
    assert shown(editor) == before[::-1] == stored(site, editor)


def test_moves_that_cannot_be_sent_are_taken_back(site: Site, editor: Page) -> None:
    before = shown(editor)
    editor.route("**/moves", lambda route: route.abort())
    tile(editor, 0).focus()

    editor.keyboard.press("Alt+ArrowRight")
    editor.keyboard.press("Alt+ArrowRight")

    expect(editor.locator("#toasts .bad").first).to_contain_text("could not be reached")
    expect(tile(editor, 0)).to_have_attribute("data-id", before[0])
    assert shown(editor) == before == stored(site, editor)


# ---- drafts ----


@pytest.mark.main_walk
def test_typing_becomes_a_draft_that_visitors_do_not_see(site: Site, editor: Page) -> None:
    text = f"Draft {next(NAMES)}"

    assert settled(editor, lambda: editor.fill("#gallery-texts [name=description]", text), "/draft") < 300

    expect(editor.locator("#save-state")).to_contain_text("Saved draft")
    assert text not in editor.request.get(f"{site.url}/g/grid").text()
    assert opened(site, editor).input_value("#gallery-texts [name=description]") == text


def test_control_and_enter_makes_the_draft_public(site: Site, editor: Page) -> None:
    title = f"Title {next(NAMES)}"
    editor.fill("#gallery-texts [name=title]", title)

    editor.keyboard.press("Control+Enter")

    expect(editor.locator("#toasts")).to_be_attached()
    expect(editor.locator("h1")).to_contain_text(title)
    assert title in editor.request.get(f"{site.url}/g/grid").text()


def test_what_is_typed_on_while_a_save_is_under_way_stays(site: Site, editor: Page) -> None:
    text = f"Begun {next(NAMES)}"
    held: list[Route] = []
    editor.fill("#gallery-texts [name=title]", "Grid")
    editor.route(re.compile(r"/texts/en(\?|$)"), lambda route: held.append(route))  # noqa: PLW0108  it wants a function
    editor.fill("#gallery-texts [name=description]", text)
    with editor.expect_request(re.compile(r"/texts/en(\?|$)")):
        editor.keyboard.press("Control+Enter")
    editor.keyboard.type(" and ended")
    before = editor.locator("#gallery-texts").element_handle()
    with editor.expect_response(re.compile(r"/texts/en/draft"), timeout=20_000):
        held[0].continue_()

    before.wait_for_element_state("hidden")
    field = editor.locator("#gallery-texts [name=description]")
    expect(field).to_have_value(f"{text} and ended")
    expect(field).to_be_focused()
    expect(editor.locator("#save-state")).to_contain_text("Saved draft")
    assert opened(site, editor).input_value("#gallery-texts [name=description]") == f"{text} and ended"


def test_what_is_typed_until_another_item_is_here_does_not_go_over_to_it(site: Site, editor: Page) -> None:
    first, second = shown(editor)[:2]
    opened(site, editor, f"?item={first}")
    held: list[Route] = []
    editor.route(re.compile(rf"item={second}"), lambda route: held.append(route))  # noqa: PLW0108  it wants a function
    with editor.expect_request(re.compile(rf"item={second}")):
        editor.locator(f"#tile-{second}").click()
    editor.fill("#item-caption", f"Of the first {next(NAMES)}")
    held[0].continue_()

    expect(editor.locator("#inspector-title")).to_contain_text("Item 2 of")
    expect(editor.locator("#item-caption")).not_to_have_value(re.compile("Of the first"))


def test_place_that_is_typed_while_a_save_is_under_way_stays(site: Site, editor: Page) -> None:
    first = shown(editor)[0]
    opened(site, editor, f"?item={first}")
    held: list[Route] = []
    editor.route(re.compile(rf"/items/{first}(\?|$)"), lambda route: held.append(route))  # noqa: PLW0108  it wants a function
    editor.fill("#item-caption", f"Placed {next(NAMES)}")
    before = editor.locator("#item-form").element_handle()
    with editor.expect_request(re.compile(rf"/items/{first}(\?|$)")):
        editor.click("#item-save")
    editor.fill("#item-position", "2")
    held[0].continue_()

    before.wait_for_element_state("hidden")
    expect(editor.locator("#item-position")).to_have_value("2")


def test_draft_that_is_not_saved_says_so_and_is_tried_again(editor: Page) -> None:
    answers = iter([503])

    def fail_once(route: Route) -> None:
        status = next(answers, 0)
        route.fulfill(status=status, body="") if status else route.continue_()

    editor.route("**/draft", fail_once)

    editor.fill("#gallery-texts [name=description]", f"Once more {next(NAMES)}")

    expect(editor.locator("#save-state")).to_contain_text("Not saved")
    expect(editor.locator("#save-state")).to_contain_text("Saved draft")


def test_words_sent_when_the_page_is_left_at_once_are_there_again(site: Site, editor: Page) -> None:
    text = f"Sent and left {next(NAMES)}"
    editor.route(re.compile(r"/texts/en(\?|$)"), lambda route: None)  # the answer never comes
    editor.fill("#gallery-texts [name=description]", text)
    with editor.expect_request(re.compile(r"/texts/en(\?|$)")):
        editor.keyboard.press("Control+Enter")

    def there() -> bool:
        return opened(site, editor).input_value("#gallery-texts [name=description]") == text

    live.until(there, 20, Path("no log"))


def test_text_typed_into_an_ended_session_is_there_after_signing_in(site: Site, editor: Page) -> None:
    opened(site, editor, "?lang=fr")
    editor.context.clear_cookies()

    editor.fill("#gallery-texts [name=description]", "Ce qui reste")

    editor.wait_for_url("**/login?**")
    editor.fill("input[type=email]", EMAIL)
    editor.fill("input[type=password]", PASSWORD)
    editor.press("input[type=password]", "Enter")
    editor.wait_for_url("**/?lang=fr")
    expect(editor.locator("#gallery-texts [name=description]")).to_have_value("Ce qui reste")
    expect(editor.locator("#toasts")).to_contain_text("What you had typed")
    assert "correct horse" not in json.dumps(editor.evaluate("({...sessionStorage})"))


# ---- what is not saved ----


def test_panel_with_unsaved_fields_asks_before_it_goes(site: Site, editor: Page) -> None:
    ids = shown(editor)
    tile(editor, 0).click()
    expect(editor.locator("#editor-inspector")).to_have_attribute("data-item", ids[0])
    editor.fill("#item-link_url", "https://example.org/unsaved")

    tile(editor, 1).click()
    editor.locator("#confirm-no").click()
    expect(editor.locator("#item-link_url")).to_have_value("https://example.org/unsaved")

    tile(editor, 2).click()
    editor.locator("#confirm-yes").click()
    expect(editor.locator("#editor-inspector")).to_have_attribute("data-item", ids[2])


def test_page_with_unsaved_fields_asks_before_it_goes_and_others_do_not(site: Site, editor: Page) -> None:
    asked_by: list[str] = []
    editor.on("dialog", lambda dialog: (asked_by.append(dialog.type), dialog.accept()))

    editor.goto(f"{site.url}/galleries/")
    assert asked_by == []
    opened(site, editor)
    tile(editor, 0).click()
    editor.locator("#item-link_text").press_sequentially("Unsaved")
    editor.goto(f"{site.url}/galleries/")

    assert asked_by == ["beforeunload"]


# ---- uploads ----


def files(folder: Path, *names: str) -> list[Path]:
    made = [folder / name for name in names]
    for path in made:
        path.write_bytes(picture(40, 30))
    return made


@pytest.fixture
def own_gallery(site: Site) -> Site:
    made = asked(site.client, "POST", "/galleries", {"slug": f"own-{next(NAMES)}"})
    status, media = site.client.upload(picture(50, 40), f"first-{next(NAMES)}.png")
    assert status == 201
    asked(site.client, "POST", f"/galleries/{made['id']}/media", {"media_id": media["id"]})
    return Site(site.url, site.client, made["id"])


def test_uploads_keep_the_order_chosen_and_refuse_what_is_no_picture(
    own_gallery: Site, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = opened(own_gallery, new_page())
    chosen = files(tmp_path, "b.png", "a.png", "d.png", "c.png")
    chosen[2].write_bytes(b"no picture at all")

    page.set_input_files("#upload-files", chosen)

    expect(page.locator(".upq [role=status]")).to_have_text("3 of 4 done, 1 with a problem")
    expect(page.locator(".uq.failed")).to_contain_text("d.png")
    expect(page.locator("#items > .tile")).to_have_count(4)
    expect(page.locator("#items > .tile:nth-of-type(2)")).to_have_attribute("data-name", "b.png")
    names = page.eval_on_selector_all("#items > .tile", "all => all.map(each => each.dataset.name)")
    assert names[1:] == ["b.png", "a.png", "c.png"]
    assert shown(page) == stored(own_gallery, page)


def test_library_tile_gets_its_picture_without_loading_the_page_again(
    own_gallery: Site, new_page: Callable[..., Page]
) -> None:
    """The page is sent with a tile whose picture is still being made, whatever has been made meanwhile."""
    page = opened(own_gallery, new_page())
    page.goto(f"{own_gallery.url}/library/")
    expect(page.locator(".lt img").first).to_be_visible()
    name = page.locator(".lt").first.get_attribute("id")
    address = f"/library/{(name or '').removeprefix('library-file-')}/tile?looks=1"
    asks = f'hx-get="{address}" hx-trigger="load delay:1s" hx-target="this" hx-swap="outerHTML" data-waits=""'

    def unmade(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(f'id="{name}"', f'id="{name}" {asks}'))

    page.route("**/library/", unmade)
    with page.expect_response(f"**{address}") as answered:
        page.goto(f"{own_gallery.url}/library/")

    assert answered.value.status == 200
    expect(page.locator("[data-waits]")).to_have_count(0)
    expect(page.locator(f"#{name} img")).to_be_visible()


def test_equal_bytes_are_offered_and_not_forced_together(
    own_gallery: Site, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = opened(own_gallery, new_page())
    chosen = files(tmp_path, "one.png", "twin.png")
    chosen[1].write_bytes(chosen[0].read_bytes())
    page.set_input_files("#upload-files", chosen[0])
    expect(page.locator(".uq.done")).to_have_count(1)

    page.set_input_files("#upload-files", chosen[1])
    expect(page.locator(".uq.known")).to_contain_text("one.png")
    assert len(shown(page)) == 2
    page.get_by_role("button", name="Use that one").click()

    expect(page.locator(".uq.done")).to_have_count(2)
    expect(page.locator("#items > .tile")).to_have_count(3)
    assert len(set(own_gallery.order())) == 2


# ---- focal point, lightbox ----


def test_focal_point_follows_pointer_and_arrow_keys_and_crops_follow_it(site: Site, editor: Page) -> None:
    tile(editor, 0).click()
    focal = editor.locator(".focal")
    expect(focal.locator("button")).to_be_visible()
    box = focal.bounding_box()
    assert box

    focal.click(position={"x": box["width"] / 4, "y": box["height"] * 3 / 4})
    assert editor.input_value("#item-focal_x") == "0.25"
    assert editor.input_value("#item-focal_y") == "0.75"
    editor.keyboard.press("ArrowRight")
    editor.keyboard.press("Shift+ArrowUp")

    assert editor.input_value("#item-focal_x") == "0.26"
    assert editor.input_value("#item-focal_y") == "0.65"
    assert editor.eval_on_selector("[data-crop]", "crop => crop.style.objectPosition") == "26% 65%"
    assert settled(editor, lambda: editor.locator("#item-save").click(), "/items/") < 300
    expect(tile(editor, 0).locator(".fx05.fy13")).to_be_attached()


def test_lightbox_goes_on_by_keys_without_leaving_and_back_works(site: Site, new_page: Callable[..., Page]) -> None:
    page = new_page()
    page.goto(f"{site.url}/g/grid")
    page.locator("main a[href*='/g/grid/']").first.click()
    expect(page.locator("header bdi")).to_have_text(f"1 / {ITEMS}")
    page.wait_for_load_state("load")
    page.evaluate("window.stayed = true")

    page.keyboard.press("ArrowRight")
    expect(page.locator("header bdi")).to_have_text(f"2 / {ITEMS}")
    assert page.evaluate("window.stayed") is True
    page.go_back()
    expect(page.locator("header bdi")).to_have_text(f"1 / {ITEMS}")
    page.keyboard.press("Escape")

    page.wait_for_url("**/g/grid#**")


# ---- looks and small things ----


def test_theme_changes_at_once(site: Site, editor: Page) -> None:
    editor.goto(f"{site.url}/profile")

    editor.locator("[data-look] input[value=dark]").check(force=True)

    expect(editor.locator("html")).to_have_attribute("data-theme", "dark")


def test_menu_closes_by_escape_and_gives_the_focus_back(site: Site, editor: Page) -> None:
    menu = editor.locator("#me-menu")
    menu.locator("summary").click()
    menu.locator("a").first.focus()

    editor.keyboard.press("Escape")

    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


SHIFTS = """window.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, sources } of list.getEntries()) {
      const told = ({ node, previousRect: was, currentRect: is }) => [node?.outerHTML?.slice(0, 90), was, is];
      shifts.push([value, ...sources.map(told)]);
    }
  }).observe({ type: "layout-shift", buffered: true });"""


@pytest.mark.parametrize("where", ["list", "editor", "item"])
def test_a_page_needs_few_requests_and_stands_still(site: Site, new_page: Callable[..., Page], where: str) -> None:
    page = opened(site, new_page())
    hrefs = {"list": "/galleries/", "editor": f"/galleries/{site.gallery}/"}
    item = page.locator("#items > .tile").first.get_attribute("data-href")
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.url))
    page.add_init_script(SHIFTS)

    page.goto(f"{site.url}{hrefs[where]}" if where in hrefs else str(item), wait_until="networkidle")

    parts = [url for url in asked_for if "/media/" not in url and "/static/icon." not in url]  # the tab's icon waits
    before = [url for url in parts if not url.endswith("/presence")]  # which asks when all is there
    assert len(before) <= 8, before
    assert page.evaluate("window.shifts") == []
