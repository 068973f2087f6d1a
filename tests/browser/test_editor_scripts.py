"""What scripts make of the editor's answers: a conflict in place of the page, a panel and a grid that stay one."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import pictures
from tests.fixtures.house import House, open_house

PATIENCE = 15_000  # milliseconds, on a machine that is busy with the other tests
SEEDS = itertools.count(1)

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("editor"), Ed="admin") as made:
        yield made


@pytest.fixture
def editor(house: House, new_page: Callable[..., Page]) -> Page:
    """A new gallery in the editor."""
    return house.new_gallery(house.enter(new_page()))


def uploaded(page: Page, folder: Path, count: int) -> list[str]:
    """Choose pictures, wait until they are in, and return the ids of all tiles in their order."""
    before = page.locator("#items > .tile").count()
    page.set_input_files("#upload-files", [str(photo(folder)) for _ in range(count)])
    expect(page.locator("#items > .tile")).to_have_count(before + count, timeout=PATIENCE)
    expect(page.locator("[data-grid-total]")).to_contain_text(str(before + count), timeout=PATIENCE)
    return shown(page)


def photo(folder: Path) -> Path:
    """Write a picture that the library has not."""
    seed = next(SEEDS)
    path = folder / f"{seed:04}.jpg"
    path.write_bytes(pictures.photo(160, 120, seed=seed))
    return path


def shown(page: Page) -> list[str]:
    return page.eval_on_selector_all("#items > .tile", "all => all.map(each => each.dataset.id)")


def asked_order(page: Page) -> list[str]:
    url = page.locator("#items").get_attribute("data-ids-url")
    return page.evaluate("url => fetch(url).then(each => each.json()).then(each => each.ids)", url)


def test_d25_two_versions_take_the_place_of_the_page_and_nothing_typed_is_lost(
    house: House, editor: Page, new_page: Callable[..., Page]
) -> None:
    other = house.enter(new_page())
    other.goto(editor.url)
    other.fill("#text-title", "Theirs")
    other.click("#gallery-texts-save")
    expect(other.locator("h1")).to_contain_text("Theirs")

    editor.fill("#text-title", "Mine")
    editor.fill("#text-description", "Mine alone")
    editor.click("#gallery-texts-save")

    expect(editor.locator("h1")).to_have_text("Choose between two versions")
    editor.fill("#together-title", "Ours")
    expect(editor.locator("#both-title")).to_be_checked()
    editor.click("#save-choices")
    expect(editor.locator("#text-title")).to_have_value("Ours")
    expect(editor.locator("#text-description")).to_have_value("Mine alone")


def test_a_save_shows_the_new_title_and_leaves_the_other_form_alone(editor: Page, tmp_path: Path) -> None:
    uploaded(editor, tmp_path, 1)
    editor.locator("#items > .tile").first.click()
    editor.fill("#item-caption", "Typed")

    editor.fill("#text-title", "Late summer")
    editor.press("#text-title", "Control+Enter")

    expect(editor.locator("h1")).to_contain_text("Late summer")
    expect(editor.locator("#save-state")).to_contain_text("Saved")
    expect(editor.locator("#item-caption")).to_have_value("Typed")


def test_a_saved_item_shows_in_its_tile(editor: Page, tmp_path: Path) -> None:
    uploaded(editor, tmp_path, 2)
    tile = editor.locator("#items > .tile").nth(1)
    tile.click()
    expect(editor.locator("#inspector-title")).to_have_text("Item 2 of 2")

    editor.fill("#item-alt", "A lake")
    editor.fill("#item-caption", "The lake at noon")
    editor.press("#item-caption", "Control+Enter")

    expect(tile).to_have_attribute("aria-label", "The lake at noon")
    expect(tile).to_have_attribute("role", "option")


def test_the_grid_follows_a_move_from_the_panel_and_the_panel_a_drag(editor: Page, tmp_path: Path) -> None:
    first, second, third = uploaded(editor, tmp_path, 3)
    editor.locator("#items > .tile").first.click()
    expect(editor.locator("#inspector-title")).to_have_text("Item 1 of 3")

    editor.click("#item-later")
    expect(editor.locator("#inspector-title")).to_have_text("Item 2 of 3")
    expect(editor.locator("#items > .tile").first).to_have_attribute("data-id", second)
    assert asked_order(editor) == shown(editor) == [second, first, third]

    editor.locator(f"#tile-{first}").press("Alt+ArrowRight")
    expect(editor.locator("#inspector-title")).to_have_text("Item 3 of 3")
    expect(editor.locator("#item-position")).to_have_value("3")
    assert asked_order(editor) == [second, third, first]


def test_previous_and_next_lead_along_the_grid(editor: Page, tmp_path: Path) -> None:
    ids = uploaded(editor, tmp_path, 3)
    editor.locator("#items > .tile").first.click()
    expect(editor.locator("#inspector-title")).to_have_text("Item 1 of 3")

    for place in (2, 3):
        editor.click("#item-next")
        expect(editor.locator("#inspector-title")).to_have_text(f"Item {place} of 3")
        expect(editor.locator("#items > .tile[aria-selected=true]")).to_have_attribute("data-id", ids[place - 1])
        assert editor.url.endswith(f"item={ids[place - 1]}")
    editor.click("#item-close")
    expect(editor.locator("#inspector-title")).to_have_text("Gallery settings")
    expect(editor.locator("#items > .tile[aria-selected=true]")).to_have_count(0)


def test_the_panel_counts_what_was_uploaded_meanwhile(editor: Page, tmp_path: Path) -> None:
    uploaded(editor, tmp_path, 1)
    editor.locator("#items > .tile").first.click()
    expect(editor.locator("#inspector-title")).to_have_text("Item 1 of 1")

    uploaded(editor, tmp_path, 2)

    expect(editor.locator("#inspector-title")).to_have_text("Item 1 of 3")
    expect(editor.locator("[data-grid-total]")).to_have_text("3 items")


def test_on_a_narrow_page_a_tile_leads_down_to_its_panel(
    house: House, editor: Page, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    uploaded(editor, tmp_path, 1)
    phone = house.enter(new_page(width=390, height=700))
    phone.goto(editor.url)

    phone.locator("#items > .tile").first.click()

    expect(phone.locator("#inspector-title")).to_have_text("Item 1 of 1")
    expect(phone.locator("#inspector-title")).to_be_in_viewport()
    assert phone.evaluate("document.documentElement.scrollWidth") == 390


def test_several_items_are_removed_and_brought_back(editor: Page, tmp_path: Path) -> None:
    ids = uploaded(editor, tmp_path, 3)
    editor.locator("#items > .tile").nth(0).click()
    editor.locator("#items > .tile").nth(1).click(modifiers=["Shift"])

    editor.click("#bulk-remove")
    expect(editor.locator("#items > .tile")).to_have_count(1)
    editor.locator("#toasts form button").first.click()
    expect(editor.locator("#items > .tile")).to_have_count(3)
    assert shown(editor) == ids
