"""The keys page in a browser: made, copied, revoked after a question."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.house import House, open_house

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("keys"), Lena="admin") as opened:
        yield opened


def test_a_key_is_made_copied_and_revoked(house: House, new_page: Callable[..., Page]) -> None:
    page = house.enter(new_page(permissions=["clipboard-read", "clipboard-write"]))
    page.goto(f"{house.url}/keys/new?preset=read")
    page.fill("#name", "Site")
    page.click("#key-make")
    expect(page.locator("h1")).to_have_text("Copy the key now")

    whole = page.input_value("#key-whole")
    page.click("#key-whole-copy")
    expect(page.locator("#toasts")).to_contain_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == whole
    expect(page.locator("#key-whole-copy")).to_be_focused()

    page.click("#back")
    page.locator("li", has_text="Site").get_by_role("button", name="Revoke Site").click()
    expect(page.locator("#confirm")).to_contain_text("Revoke Site? Programs that use it are shut out at once.")
    page.click("#confirm-yes")
    expect(page.locator("#keys-list")).to_contain_text("Revoked")
    expect(page.locator("#toasts")).to_contain_text("The key no longer works.")


def test_a_key_is_copied_where_the_clipboard_is_refused(house: House, new_page: Callable[..., Page]) -> None:
    page = house.enter(new_page())
    page.add_init_script("delete Navigator.prototype.clipboard")
    page.goto(f"{house.url}/keys/new")
    page.fill("#name", "Other site")
    page.click("#key-make")
    page.click("#key-secret-copy")

    expect(page.locator("#toasts")).to_contain_text("Copied.")
    assert page.evaluate("getSelection().toString()") == page.input_value("#key-secret")
