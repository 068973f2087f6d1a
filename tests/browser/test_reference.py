"""The pages for programs in a browser: a request is tried with a key, and never as whoever looks."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.house import House, address, open_house
from webapp.domain import accounts, keys, permissions
from webapp.domain.transaction import transaction

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("reference"), Lena="admin") as opened:
        yield opened


@pytest.fixture
def page(house: House, new_page: Callable[..., Page]) -> Page:
    """The page of the CMS dialect, as somebody who has signed in sees it."""
    page = house.enter(new_page())
    page.goto(f"{house.url}/reference/cms")
    return page


def key_of(house: House) -> str:
    with house.app.app_context(), transaction():
        lena = accounts.find_by_email(address("Lena"))
        return keys.add(lena, name="trying", actor=permissions.system("tests"))[1]


def attempt(page: Page, operation: str) -> str:
    """Send what the form of an operation says, and return what is said of the answer."""
    page.evaluate("id => { document.getElementById(id).open = true }", operation)
    answer = page.locator(f"#{operation}-try [data-answer]")
    page.click(f"#{operation}-send")
    expect(answer).to_have_text(re.compile(r"Status \d+|could not be reached"))
    return answer.inner_text()


def test_trying_is_never_done_as_who_looks(page: Page) -> None:
    assert "Status 401" in attempt(page, "list_galleries")


def test_trying_shows_what_comes_back(house: House, page: Page) -> None:
    page.fill("#try-key", key_of(house))
    page.evaluate("document.getElementById('create_gallery').open = true")
    page.fill("#create_gallery-body", '{"slug": "tried-here"}')

    told = attempt(page, "create_gallery")
    assert "Status 201" in told
    assert '"slug": "tried-here"' in told
    made = re.search(r'"id": "([0-9a-f-]{36})"', told)
    page.evaluate("document.getElementById('get_gallery').open = true")
    page.fill("#get_gallery-path-id", made[1])
    assert "etag:" in attempt(page, "get_gallery").lower()


def test_trying_what_deletes_asks_first(house: House, page: Page) -> None:
    page.fill("#try-key", key_of(house))
    page.evaluate("document.getElementById('delete_media').open = true")
    page.fill("#delete_media-path-id", "00000000-0000-4000-8000-000000000000")
    page.click("#delete_media-send")
    expect(page.locator("#confirm")).to_contain_text("Really send this?")
    page.click("#confirm-yes")
    expect(page.locator("#delete_media-try [data-answer]")).to_contain_text("Status 404")


def test_pages_are_read_without_scripts(house: House, new_page: Callable[..., Page]) -> None:
    page = house.enter(new_page(java_script_enabled=False))
    page.goto(f"{house.url}/reference/cms")
    page.locator("#list_galleries > summary").click()
    expect(page.locator("#list_galleries-code-1")).to_be_visible()
    expect(page.locator("#list_galleries-try")).to_be_hidden()
