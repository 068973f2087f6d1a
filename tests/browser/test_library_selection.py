"""Several files of the library chosen by hand, by pointer and by keyboard, and what is done to all of them."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.house import House, open_house

pytestmark = [pytest.mark.browser, pytest.mark.full]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("chosen"), Ed="admin") as made:
        assert len(made.media) == 4
        yield made


@pytest.fixture
def library(house: House, new_page: Callable[..., Page]) -> Page:
    """The library's page, with four files."""
    page = house.enter(new_page())
    page.goto(f"{house.url}/library/")
    return page


def test_a_range_is_chosen_by_shift_and_a_click_and_tagged_at_once(library: Page) -> None:
    boxes, bar = library.locator("#library-files-shown .cb"), library.locator("#library-bulk")
    expect(bar).to_be_hidden()
    boxes.nth(0).click()
    expect(bar.locator("b")).to_have_text("1 selected")
    boxes.nth(2).click(modifiers=["Shift"])
    expect(bar.locator("b")).to_have_text("3 selected")

    bar.locator("#bulk-tags").fill("Summer")
    bar.locator("#bulk-tag").click()
    expect(library.locator("#toasts")).to_contain_text("3")
    library.locator(".fac:visible a", has_text="Summer").click()
    expect(boxes).to_have_count(3)


def test_a_range_is_chosen_by_shift_and_the_space_bar_and_let_go(library: Page) -> None:
    boxes, bar = library.locator("#library-files-shown .cb"), library.locator("#library-bulk")
    boxes.nth(1).focus()
    library.keyboard.press("Space")
    boxes.nth(3).focus()
    library.keyboard.press("Shift+Space")
    expect(bar.locator("b")).to_have_text("3 selected")
    assert [boxes.nth(number).is_checked() for number in range(4)] == [False, True, True, True]

    bar.locator("#bulk-none").click()
    expect(bar).to_be_hidden()


@pytest.mark.parametrize("width", [320, 390, 1100, 1440])
def test_all_that_can_be_done_to_a_selection_is_within_the_window(library: Page, width: int) -> None:
    library.set_viewport_size({"width": width, "height": 844})
    library.locator("#library-files-shown .cb").first.check(force=True)

    for button in library.locator("#library-bulk button").all():
        box = button.bounding_box()
        assert box
        assert 0 <= box["x"] <= box["x"] + box["width"] <= width
        expect(button).to_be_in_viewport(ratio=1)
