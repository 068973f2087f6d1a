"""A text written with the buttons, and a video that is asked for by a click, in a browser under the strict policy."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import pictures
from tests.fixtures.house import House, open_house

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("kinds"), Ed="admin") as made:
        yield made


@pytest.fixture
def editor(house: House, new_page: Callable[..., Page]) -> Page:
    """A new gallery in the editor."""
    return house.new_gallery(house.enter(new_page()))


def watched(page: Page) -> list[str]:
    """Note what the policy stops."""
    stopped: list[str] = []
    page.on("console", lambda message: stopped.append(message.text) if "Content Security" in message.text else None)
    return stopped


def public_page(page: Page) -> None:
    """Publish the gallery and go where visitors see it."""
    page.click("#publish")
    page.click("#view")
    expect(page.locator("main h1")).to_have_text("Summer")


def test_a_text_written_with_buttons_is_what_visitors_read(house: House, editor: Page) -> None:
    stopped = watched(editor)
    editor.click("#add-more summary")
    editor.click("#add-text")
    paper = editor.locator("#item-html-page")
    expect(paper).to_be_visible()
    expect(editor.locator("#item-html")).to_be_hidden()
    paper.click()
    editor.keyboard.type("Three evenings")
    editor.select_option("[data-pick=formatBlock]", "h2")
    editor.keyboard.press("End")
    editor.keyboard.press("Enter")
    editor.select_option("[data-pick=formatBlock]", "p")
    editor.click('[data-do="bold"]')
    editor.keyboard.type("One quay")
    editor.click('[data-do="bold"]')
    editor.keyboard.type(" and more")
    editor.click('[data-do="justifyCenter"]')
    editor.keyboard.press("Control+a")
    editor.select_option("[data-pick=foreColor]", "#2f3fe0")

    expect(editor.locator("#editor-preview h2")).to_have_text("Three evenings")
    expect(editor.locator("#save-state")).to_contain_text("Saved draft")
    editor.click("#item-save")
    expect(editor.locator("#items .tile")).to_contain_text("Three evenings")
    public_page(editor)

    box = editor.locator("#items .tx")
    expect(box.locator("h2")).to_have_text("Three evenings")
    assert box.locator("h2 span").evaluate("each => getComputedStyle(each).color") == "rgb(47, 63, 224)"
    paragraph = box.locator("p")
    expect(paragraph).to_have_text("One quay and more")
    assert paragraph.evaluate("each => getComputedStyle(each).textAlign") == "center"
    weights = "all => all.map(each => [each.textContent, getComputedStyle(each).fontWeight])"
    assert ["One quay", "700"] in paragraph.locator("*").evaluate_all(weights)
    assert editor.locator("[style]").count() == 0
    assert stopped == []


def test_blocks_that_become_one_keep_their_words_and_no_style_of_the_browsers(
    house: House, new_page: Callable[..., Page]
) -> None:
    editor = house.new_gallery(house.enter(new_page(bypass_csp=True)))  # the policy would stop what is looked for
    editor.click("#add-more summary")
    editor.click("#add-text")
    paper = editor.locator("#item-html-page")
    paper.click()
    editor.keyboard.type("Evenings")
    editor.select_option("[data-pick=formatBlock]", "h2")
    editor.click('[data-do="justifyCenter"]')
    editor.keyboard.press("End")
    editor.keyboard.press("Enter")
    editor.select_option("[data-pick=formatBlock]", "p")
    editor.click('[data-do="bold"]')
    editor.keyboard.type("by the quay")
    expect(paper.locator("p")).to_have_text("by the quay")

    editor.keyboard.press("Home")
    editor.keyboard.press("Backspace")

    expect(paper.locator("h2")).to_have_text("Eveningsby the quay")
    expect(paper.locator("p")).to_have_count(0)
    expect(paper.locator("h2 [style]").first).to_be_attached()
    field = editor.locator("#item-html")
    expect(field).to_have_value(re.compile(r'^<h2 style="text-align:center">Evenings(<b>)?by the quay(</b>)?</h2>$'))
    expect(editor.locator("#editor-preview h2")).to_have_text("Eveningsby the quay")


def test_the_buttons_of_a_text_are_one_stop_and_arrows_walk_among_them(editor: Page) -> None:
    editor.click("#add-more summary")
    editor.click("#add-text")
    first = editor.locator('[data-do="bold"]')
    first.focus()

    editor.keyboard.press("ArrowRight")
    editor.keyboard.press("ArrowRight")
    expect(editor.locator('[data-do="underline"]')).to_be_focused()
    editor.keyboard.press("End")
    editor.keyboard.press("ArrowRight")
    expect(first).to_be_focused()
    editor.keyboard.press("Tab")
    expect(editor.locator("[data-pick=formatBlock]")).to_be_focused()


def test_a_link_is_set_by_keyboard_and_a_script_in_one_is_dropped(editor: Page) -> None:
    editor.click("#add-more summary")
    editor.click("#add-text")
    paper = editor.locator("#item-html-page")
    paper.click()
    editor.keyboard.type("Programme")
    editor.keyboard.press("Control+a")
    editor.keyboard.press("Control+k")
    editor.keyboard.type("https://example.org/programme")
    editor.keyboard.press("Enter")

    preview = editor.locator("#editor-preview a")
    expect(preview).to_have_attribute("href", "https://example.org/programme")
    editor.click("#item-html-source-toggle")
    editor.fill("#item-html", '<a href="javascript:alert(1)">Programme</a>')
    expect(editor.locator("#editor-preview a:not([href])")).to_have_text("Programme")
    editor.click("#item-html-source-toggle")
    expect(paper.locator("a:not([href])")).to_have_text("Programme")


def test_a_video_asks_nobody_before_it_is_asked_for(house: House, editor: Page) -> None:
    asked: list[str] = []
    elsewhere = re.compile(rf"(?!{re.escape(house.url)}/|data:|blob:)")
    editor.context.on("request", lambda request: asked.append(request.url) if elsewhere.match(request.url) else None)
    stopped = watched(editor)
    editor.click("#add-more summary")
    editor.click("#add-video")
    editor.fill("#url", "https://www.youtube.com/watch?v=NCtzkaL2t_Y&t=65")
    editor.fill("#title", "Love me do")
    editor.click("#video-add")
    expect(editor.locator("#item-title")).to_have_value("Love me do")
    public_page(editor)
    editor.click("#items a.p-play")
    expect(editor.locator("#play")).to_be_visible()
    assert asked == []
    assert [cookie["domain"] for cookie in editor.context.cookies() if "127.0.0.1" not in cookie["domain"]] == []

    editor.click("#play")

    expect(editor.locator("iframe")).to_be_visible()
    expect(editor.locator("iframe")).to_have_attribute("sandbox", re.compile("allow-scripts"))
    assert asked[0] == "https://www.youtube-nocookie.com/embed/NCtzkaL2t_Y?autoplay=1&rel=0&start=65"
    assert stopped == []


def test_three_selected_pictures_are_changed_in_one_go_and_undone(house: House, editor: Page, tmp_path: Path) -> None:
    photos = []
    for seed in range(3):
        photos.append(tmp_path / f"bulk-{seed}.jpg")
        photos[-1].write_bytes(pictures.photo(160, 120, seed=900 + seed))
    editor.set_input_files("#upload-files", [str(photo) for photo in photos])
    expect(editor.locator("#items > .tile")).to_have_count(3)
    editor.reload()
    expect(editor.locator("#items[role=listbox]")).to_be_visible()
    editor.locator("#items > .tile").first.focus()

    editor.keyboard.press("Control+a")

    expect(editor.locator("#inspector-title")).to_have_text("3 items")
    expect(editor.locator("#selection-save")).to_have_text("Change 3 items")
    editor.fill("#selection-added", "lake")
    editor.fill("#selection-alt", "Lanterns on a quay")
    editor.click("#selection-save")
    expect(editor.locator("#toasts")).to_contain_text("3 items were changed.")
    editor.locator("#items > .tile").first.click()
    expect(editor.locator("#item-tags")).to_have_value("lake")
    expect(editor.locator("#item-alt")).to_have_value("Lanterns on a quay")
    editor.reload()
    assert editor.locator("#items > .tile .badge.warn").count() == 0


def test_an_item_that_was_asked_for_first_does_not_come_over_the_selection(house: House, editor: Page) -> None:
    for _ in range(2):
        editor.click("#add-more summary")
        editor.click("#add-text")
        expect(editor.locator("#item-html-page")).to_be_visible()
    editor.goto(editor.url.partition("?")[0])
    expect(editor.locator("#items")).to_have_attribute("role", "listbox")
    editor.route(re.compile(r"\?item="), lambda route: None)  # it is never answered

    with editor.expect_event("requestfailed", lambda asked: "?item=" in asked.url):
        with editor.expect_request(re.compile(r"\?item=")):
            editor.locator("#items > .tile").first.click()
        editor.locator("#items > .tile").nth(1).click(modifiers=["Shift"])
        expect(editor.locator("#inspector-title")).to_have_text("2 items")


def test_a_selection_that_is_cleared_gives_the_panel_back(editor: Page) -> None:
    for _ in range(2):
        editor.click("#add-more summary")
        editor.click("#add-text")
        expect(editor.locator("#item-html-page")).to_be_visible()
    editor.locator("#items > .tile").first.focus()
    editor.keyboard.press("Control+a")
    expect(editor.locator("#inspector-title")).to_have_text("2 items")
    bar, panel = editor.locator(".bulk").bounding_box(), editor.locator("#editor-inspector").bounding_box()
    assert bar is not None
    assert panel is not None
    assert bar["x"] + bar["width"] <= panel["x"]

    editor.locator("#items > .tile").first.focus()
    editor.keyboard.press("Escape")

    expect(editor.locator("#inspector-title")).to_have_text("Gallery settings")
