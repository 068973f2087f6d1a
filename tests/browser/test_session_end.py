"""The end of a sign-in in a browser: told in time, put off by a button and by that alone, and no word is lost."""

import contextlib
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.house import House, open_house

STEP = 2000  # milliseconds between two looks at the clock
NOTICE = 10 * 60
DAY = 24 * 3600

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("ending"), Ed="admin") as made:
        yield made


@pytest.fixture
def page(house: House, new_page: Callable[..., Page]) -> Page:
    """Somebody who has just signed in, and whose browser's clock the test moves."""
    page = new_page()
    page.clock.install()
    return house.enter(page)


def ends_in(house: House, seconds: float) -> None:
    """Give all sign-ins another end."""
    at = (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f")
    with contextlib.closing(sqlite3.connect(house.server.home / "vitrine.db")) as connection, connection:
        connection.execute("UPDATE sessions SET expires_at = ?", (at,))


def ends(house: House) -> list[str]:
    with contextlib.closing(sqlite3.connect(house.server.home / "vitrine.db")) as connection:
        return [row[0] for row in connection.execute("SELECT expires_at FROM sessions ORDER BY id")]


def pass_time(page: Page, seconds: float) -> None:
    """Let the browser's clock jump, as after a sleep, and the page look at it."""
    expect(page.locator("#accounts-ending[data-mounted]")).to_have_count(1)
    page.clock.fast_forward(int(seconds * 1000))
    page.clock.run_for(2 * STEP)


def test_a_page_left_open_tells_in_time_and_its_button_gives_another_day(house: House, page: Page) -> None:
    ends_in(house, NOTICE / 2)
    before = ends(house)

    pass_time(page, DAY - NOTICE)

    warning = page.get_by_role("alert").filter(has_text="You will be signed out at")
    expect(warning).to_be_visible()
    assert ends(house) == before, "asking puts nothing off"
    page.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("You stay signed in.")
    expect(page.locator("#accounts-ending[hidden][data-mounted]")).to_have_count(1)
    assert ends(house) > before

    ends_in(house, NOTICE / 2)
    pass_time(page, DAY - NOTICE)
    expect(warning).to_be_visible()


def test_the_warning_stands_in_a_dialog_that_is_open_and_its_button_works_there(house: House, page: Page) -> None:
    page.keyboard.press("Control+k")
    dialog = page.locator("dialog:modal")
    expect(dialog).to_be_visible()
    ends_in(house, NOTICE / 2)
    before = ends(house)

    pass_time(page, DAY - NOTICE)

    expect(dialog.get_by_role("alert")).to_contain_text("You will be signed out at")
    dialog.get_by_role("button", name="Stay signed in").click()
    expect(page.locator("#accounts-ending[hidden]")).to_have_count(1)
    assert ends(house) > before
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.locator("#toasts #accounts-ending")).to_have_count(1)


def test_whoever_comes_back_too_late_signs_in_and_finds_what_was_typed(house: House, page: Page) -> None:
    page.goto(f"{house.url}/profile")
    page.fill("#name", "Edward, half typed")
    ends_in(house, -1)

    pass_time(page, DAY)

    expect(page.get_by_role("alert")).to_contain_text("You are signed out. What you typed is kept")
    page.click("#sign-in-again")
    page.wait_for_url(re.compile(r"/login\?next="))
    house.sign_in(page)
    page.wait_for_url("**/profile")
    expect(page.locator("#name")).to_have_value("Edward, half typed")


def test_the_warning_can_be_put_away_and_says_when_it_is_over(house: House, page: Page) -> None:
    ends_in(house, NOTICE / 2)
    page.reload()
    warning = page.get_by_role("alert")
    expect(warning).to_contain_text("You will be signed out at")
    page.get_by_role("button", name="Dismiss").click()
    expect(warning).to_have_count(0)

    ends_in(house, -1)
    pass_time(page, NOTICE / 2)

    expect(warning).to_contain_text("You are signed out.")


def test_without_a_script_the_button_is_a_form(house: House, new_page: Callable[..., Page]) -> None:
    page = house.enter(new_page(java_script_enabled=False))
    ends_in(house, NOTICE / 2)
    page.goto(f"{house.url}/profile")

    page.get_by_role("button", name="Stay signed in").click()

    page.wait_for_url("**/profile")
    expect(page.locator("#toasts")).to_contain_text("You stay signed in.")
    expect(page.get_by_role("button", name="Stay signed in")).to_have_count(0)
