"""Each habit from one end to the other: keys alone, fingers, right to left, no scripts; and how it is read out."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.fixtures.house import House, Wall, open_house
from webapp.domain import galleries
from webapp.domain.transaction import transaction

RESTS = 700  # milliseconds; the panel follows a selection that has rested for 350

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("habits"), Ed="admin") as made:
        with made.app.app_context(), transaction():
            for code in ("fr", "ar"):
                factories.language(code)
        yield made


@pytest.fixture
def wall(house: House) -> Wall:
    """A gallery of four items, called Summer, and Été in French."""
    made = house.gallery(4)
    with house.app.app_context(), transaction():
        factories.write(galleries.get(made.id), "fr", house.actor("Ed"), title="Été")
    return made


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus, as somebody without a mouse does."""
    wanted = page.locator(selector)
    for _ in range(60):
        if wanted.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    expect(wanted).to_be_focused()


def answered(page: Page, part: str, action: Callable[[], object]) -> int:
    """Do something, wait for the answer to what it sends, and return its status."""
    sent = re.compile(rf"{part}(\?|$)")
    with page.expect_response(lambda each: each.request.method == "POST" and bool(sent.search(each.url))) as answer:
        action()
    return answer.value.status


# ---- keys alone ----


@pytest.mark.full
def test_keys_alone_lead_from_signing_in_to_a_published_gallery(house: House, new_page: Callable[..., Page]) -> None:
    wall, page = house.gallery(3), new_page()
    page.goto(f"{house.url}/login")
    tab_to(page, "input[type=email]")
    page.keyboard.type("ed@example.org")
    tab_to(page, "input[type=password]")
    page.keyboard.type("correct horse battery")
    page.keyboard.press("Enter")
    page.wait_for_url("**/galleries/")
    tab_to(page, f"#gallery-{wall.id} h2 a")
    page.keyboard.press("Enter")
    expect(page.locator("#items")).to_have_attribute("role", "listbox")

    tab_to(page, "#text-description")
    page.keyboard.type("By the lake")
    assert answered(page, "/texts/en", lambda: page.keyboard.press("Control+Enter")) < 400
    tab_to(page, f"#tile-{wall.ids[0]}")
    for key in ("m", "End"):
        page.keyboard.press(key)
    assert answered(page, "/moves", lambda: page.keyboard.press("Enter")) == 200
    assert wall.order() == [*wall.ids[1:], wall.ids[0]]

    page.keyboard.press("Enter")
    expect(page.locator("#item-caption")).to_be_focused()
    page.keyboard.type("The pier")
    assert answered(page, f"/items/{wall.ids[0]}", lambda: page.keyboard.press("Control+Enter")) < 400
    expect(page.locator(f"#tile-{wall.ids[0]}")).to_have_attribute("data-name", "The pier")
    tab_to(page, "#publish")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Published")
    expect(page.locator("#text-description")).to_have_value("By the lake")


def test_keys_alone_change_many_items_and_take_it_back(wall: Wall, open_wall: Callable[..., Page]) -> None:
    page = open_wall(wall)
    tab_to(page, f"#tile-{wall.ids[0]}")
    page.keyboard.press("Control+a")
    expect(page.locator("#inspector-title")).to_have_text("4 items")

    tab_to(page, "#selection-added")
    page.keyboard.type("lake")
    tab_to(page, "#selection-save")
    assert answered(page, "/selection/changes", lambda: page.keyboard.press("Enter")) < 400
    expect(page.locator("#toasts")).to_contain_text("4 items were changed.")
    tab_to(page, "#toasts form button")
    page.keyboard.press("Enter")

    expect(page.locator("#toasts")).to_contain_text("The items are as they were.")


@pytest.mark.full
def test_more_items_than_one_form_is_for_are_sorted_from_the_panel(
    house: House, open_wall: Callable[..., Page]
) -> None:
    wall = house.gallery(505)
    page = open_wall(wall)
    expect(page.locator("#items > .tile")).to_have_count(505)
    page.locator(f"#tile-{wall.ids[0]}").focus()
    page.keyboard.press("Control+a")
    expect(page.locator("#selection-all")).to_contain_text("These 505 can be moved, sorted and removed together.")

    page.click("#selection-by-reverse")
    expect(page.locator("#toasts")).to_contain_text("505 items were sorted.")
    assert wall.order() == wall.ids[::-1]
    page.locator("#toasts form button").click()

    expect(page.locator("#toasts")).to_contain_text("Undone: Order reversed.")
    assert wall.order() == wall.ids


def test_one_item_after_many_is_written_without_a_question(wall: Wall, open_wall: Callable[..., Page]) -> None:
    page = open_wall(wall)
    page.locator(f"#tile-{wall.ids[0]}").click()
    page.locator(f"#tile-{wall.ids[1]}").click(modifiers=["Shift"])
    expect(page.locator("#inspector-title")).to_have_text("2 items")

    page.locator(f"#tile-{wall.ids[2]}").click()
    page.fill("#item-link_url", "https://example.org/typed")
    page.wait_for_timeout(RESTS)

    expect(page.locator("#confirm")).to_be_hidden()
    expect(page.locator("#item-link_url")).to_have_value("https://example.org/typed")


# ---- fingers alone ----


def test_fingers_alone_write_arrange_and_publish(house: House, open_wall: Callable[..., Page]) -> None:
    wall = house.gallery(3)
    page = open_wall(wall, width=390, height=844, has_touch=True, is_mobile=True)

    page.locator(f"#tile-{wall.ids[2]}").tap()
    expect(page.locator("#inspector-title")).to_have_text("Item 3 of 3")
    page.fill("#item-caption", "The pier")
    assert answered(page, f"/items/{wall.ids[2]}", page.locator("#item-save").tap) < 400
    page.fill("#item-position", "1")
    assert answered(page, "/moves", page.locator("#item-move").tap) < 400
    expect(page.locator("#items > .tile").first).to_have_attribute("data-name", "The pier")
    page.locator("#publish").tap()

    expect(page.locator("h1")).to_contain_text("Published")
    assert wall.order() == [wall.ids[2], *wall.ids[:2]]


# ---- right to left ----


def test_right_to_left_texts_stand_as_they_are_read_and_are_kept(wall: Wall, open_wall: Callable[..., Page]) -> None:
    page = open_wall(wall, f"?lang=ar&item={wall.ids[0]}")
    page.evaluate("document.documentElement.dir = 'rtl'")
    title = page.locator("#text-title")

    assert (title.get_attribute("lang"), title.get_attribute("dir")) == ("ar", "rtl")
    assert page.locator("#item-caption").get_attribute("dir") == "rtl"
    title.fill("صيف")
    assert answered(page, "/texts/ar", lambda: page.keyboard.press("Control+Enter")) < 400
    expect(page.locator("#toasts")).to_be_attached()
    expect(page.locator("#tab-ar")).to_contain_text(re.compile("[1-9]"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    place = "selector => document.querySelector(selector).getBoundingClientRect().x"
    assert page.evaluate(place, "#editor-inspector") < page.evaluate(place, "#text-title"), "on the other side"


def test_right_to_left_a_block_is_lifted_and_led_by_keys(wall: Wall, open_wall: Callable[..., Page]) -> None:
    page = open_wall(wall)
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.locator(f"#tile-{wall.ids[1]}").focus()

    for key in ("m", "ArrowLeft"):
        page.keyboard.press(key)
    expect(page.locator("#live")).to_have_text("Position 3 of 4.")
    assert answered(page, "/moves", lambda: page.keyboard.press("Enter")) == 200

    assert wall.order() == [wall.ids[each] for each in (0, 2, 1, 3)]


# ---- without scripts ----


def test_without_scripts_items_are_chosen_changed_ordered_removed_and_brought_back(
    wall: Wall, open_wall: Callable[..., Page]
) -> None:
    page = open_wall(wall, "?arrange=table", java_script_enabled=False)
    for item_id in wall.ids[:2]:
        page.check(f"#choose-{item_id}")
    page.click("#table-edit")
    expect(page.locator("#inspector-title")).to_have_text("2 items")
    page.fill("#selection-added", "lake")
    page.click("#selection-save")
    expect(page.locator("#toasts")).to_contain_text("2 items were changed.")

    page.goto(wall.url("?arrange=table"))
    page.fill(f"#position-{wall.ids[3]}", "1")
    page.click("#table-save")
    expect(page.locator("tbody tr").first.locator("th a")).to_have_id(f"open-{wall.ids[3]}")
    assert wall.order() == [wall.ids[3], *wall.ids[:3]]

    page.check(f"#choose-{wall.ids[0]}")
    page.check(f"#choose-{wall.ids[1]}")
    page.click("#table-edit")
    page.click("#selection-remove")
    expect(page.locator("#toasts")).to_contain_text("2 items are in the trash.")
    page.locator("#toasts form button").click()
    expect(page.locator("#toasts")).to_contain_text("2 items are back.")
    assert wall.order() == [wall.ids[3], *wall.ids[:3]]


# ---- as it is read out ----


def reads(page: Page, selector: str, *lines: str) -> None:
    """Wait until something is read out so."""
    expect(page.locator(selector)).to_match_aria_snapshot("\n".join(lines))


def test_grid_and_the_bar_of_a_selection_as_they_are_read_out(wall: Wall, open_wall: Callable[..., Page]) -> None:
    page = open_wall(wall)
    page.locator(f"#tile-{wall.ids[1]}").click()
    page.locator(f"#tile-{wall.ids[2]}").click(modifiers=["Shift"])

    reads(
        page,
        "#items",
        '- listbox "Items of the gallery":',
        '  - option "IMG_10.jpg, No alt text"',
        '  - option "IMG_9.jpg, No alt text" [selected]',
        '  - option "Été.jpg, No alt text" [selected]',
        '  - option "img_2.jpg, No alt text"',
    )
    buttons = ("Edit", "Select all", "To the top", "To the end", "Move to…", "Remove", "Clear the selection")
    named = [f'  - button "{words}"' for words in buttons]
    reads(page, "[data-grid-bar]", '- region "Selection":', "  - text: 2 selected", *named)
    expect(page.locator("#live")).to_contain_text("2")
    reads(page, "#editor-inspector > header", '- heading "2 items" [level=2]', '- link "Close the selection"')


def test_language_tabs_as_they_are_read_out(wall: Wall, open_wall: Callable[..., Page]) -> None:
    page = open_wall(wall, "?lang=fr")

    reads(
        page,
        "#editor-texts .tabs",
        '- navigation "Language":',
        "  - link /English Source.*\\d+ per cent/",
        "  - link /Arabic.*0 per cent/",
        "  - link /French.*\\d+ per cent/",
    )
    expect(page.locator("#editor-texts .tabs [aria-current=page]")).to_have_id("tab-fr")


def test_dialogs_as_they_are_read_out(wall: Wall, open_wall: Callable[..., Page]) -> None:
    page = open_wall(wall)
    page.locator(f"#tile-{wall.ids[1]}").focus()
    page.keyboard.press("Shift+M")
    reads(
        page,
        "#move-to",
        '- dialog "Move IMG_9.jpg to position":',
        '  - heading "Move IMG_9.jpg to position" [level=2]',
        "  - text: Position",
        '  - spinbutton "Position": "2"',
        '  - button "Move"',
        '  - button "Cancel"',
    )
    page.keyboard.press("Escape")
    expect(page.locator("#move-to")).to_be_hidden()
    expect(page.locator(f"#tile-{wall.ids[1]}")).to_be_focused()

    page.keyboard.press("Enter")
    expect(page.locator("#item-caption")).to_be_focused()
    page.fill("#item-link_url", "https://example.org/unsaved")
    page.locator(f"#tile-{wall.ids[3]}").click()
    expect(page.locator("#confirm-no")).to_be_focused()
    question = page.locator("#confirm-words").inner_text()
    reads(
        page,
        "#confirm",
        f'- dialog "{question}":',
        f'  - heading "{question}" [level=2]',
        '  - button "Cancel"',
        f'  - button "{page.locator("#confirm-yes").inner_text()}"',
    )


def test_palette_as_it_is_read_out(wall: Wall, open_wall: Callable[..., Page]) -> None:
    page = open_wall(wall)
    page.keyboard.press("Control+k")
    expect(page.locator("#palette input")).to_be_focused()
    page.keyboard.type("users")

    reads(
        page,
        "#palette",
        '- dialog "Jump to…":',
        '  - combobox "Jump to…" [expanded]: users',
        '  - listbox "Jump to…":',
        '    - group "Go to":',
        '      - option "Users" [selected]',
    )
