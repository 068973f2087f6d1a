"""What somebody is offered whose file is in the trash already, or looks like another; and a file replaced by hand."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.house import House, open_house
from tests.pictures import encode, scene

pytestmark = [pytest.mark.browser, pytest.mark.full]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("kept"), Ed="admin") as made:
        yield made


@pytest.fixture
def library(house: House, new_page: Callable[..., Page]) -> Page:
    """The library's page."""
    page = house.enter(new_page())
    page.goto(f"{house.url}/library/")
    return page


def stored(folder: Path, name: str, *, seed: int, quality: int = 90, width: int = 240) -> Path:
    path = folder / name
    path.write_bytes(encode(scene(width, width * 3 // 4, seed=seed), "jpeg", quality=quality))
    return path


def send(page: Page, path: Path) -> None:
    page.set_input_files("#library-files", path)


def test_a_file_in_the_trash_is_taken_back_when_it_is_uploaded_again(library: Page, tmp_path: Path) -> None:
    path = stored(tmp_path, "thrown-away.jpg", seed=31)
    send(library, path)
    expect(library.locator(".uq.done")).to_have_count(1)
    library.locator(".lt a", has_text="thrown-away.jpg").first.click()
    library.locator("#file-trash").click()
    expect(library.locator("h1")).to_have_text("Library")

    send(library, path)
    expect(library.locator(".uq small")).to_have_text("This file is in the trash, as thrown-away.jpg.")
    library.get_by_role("button", name="Take it back").click()
    expect(library.locator(".uq.done")).to_have_count(1)
    expect(library.locator(".lt", has_text="thrown-away.jpg").first).to_be_visible()


def test_what_looks_like_another_is_added_and_says_so(library: Page, tmp_path: Path) -> None:
    send(library, stored(tmp_path, "first.jpg", seed=32, width=480))
    expect(library.locator(".uq.done")).to_have_count(1)
    send(library, stored(tmp_path, "smaller.jpg", seed=32, quality=60))

    expect(library.locator(".uq.done")).to_have_count(2)
    link = library.locator(".uq small a", has_text="first.jpg")
    link.click()
    expect(library.locator("#library-alike")).to_contain_text("smaller.jpg")


def test_a_file_is_replaced_and_put_back_by_hand(library: Page, tmp_path: Path) -> None:
    send(library, stored(tmp_path, "before.jpg", seed=33))
    expect(library.locator(".uq.done")).to_have_count(1)
    library.locator(".lt a", has_text="before.jpg").first.click()
    facts = library.locator("#file-facts ~ dl, [aria-labelledby=file-facts] dl")
    expect(facts).to_contain_text("240 × 180")

    library.set_input_files("#file", stored(tmp_path, "after.jpg", seed=34, width=320))
    library.locator("#file-replace-now").click()
    expect(facts).to_contain_text("320 × 240")
    expect(library.locator("h1")).to_have_text("before.jpg")
    library.locator("#file-put-back-now").click()
    expect(facts).to_contain_text("240 × 180")
