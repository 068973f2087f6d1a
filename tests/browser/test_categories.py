"""Categories in a browser: made, moved by keyboard, chosen, filtered by and taken away; without scripts too."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.house import House, open_house

pytestmark = [pytest.mark.browser, pytest.mark.full]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running server with a gallery."""
    with open_house(tmp_path_factory.mktemp("categories"), Ada="admin") as made:
        status, answer = made.client.send("POST", "/api/v1/galleries", {"slug": "lake", "status": "draft"})
        assert status < 300, answer
        yield made


def add(page: Page, name: str, below: str = "") -> None:
    page.fill("#name", name)
    if below:
        chosen = page.locator("#parent option", has_text=re.compile(rf"^\s*{below}$")).get_attribute("value")
        page.select_option("#parent", chosen)
    page.click("#add")
    expect(page.locator(".toast", has_text=name)).to_be_visible()


def stands(page: Page, *lines: str) -> None:
    """Wait until the tree stands so: names, with a dash for each level."""
    names = page.locator(".cats li[id]")
    expect(names).to_have_count(len(lines))
    drawn = """all => all.map(each => {
        let deep = 0;
        for (let at = each.parentElement.closest("li"); at; at = at.parentElement.closest("li")) deep += 1;
        return "-".repeat(deep) + each.querySelector("bdi").textContent;
    })"""
    for _ in range(50):
        found = names.evaluate_all(drawn)
        if found == list(lines):
            return
        page.wait_for_timeout(100)
    assert found == list(lines)


def button(page: Page, way: str, name: str) -> str:
    row = page.locator(".cats li[id]").filter(has=page.locator(f":scope > .cat bdi:text-is('{name}')"))
    return f"[id='{row.locator(f':scope > .cat [value={way}]').get_attribute('id')}']"


def emptied(house: House, page: Page) -> Page:
    house.enter(page).goto(f"{house.url}/categories/")
    while page.locator(".cats a[id^=edit-]").count():
        page.locator(".cats a[id^=edit-]").first.click()
        page.click("#category-delete")
        page.click("#removal")
        expect(page.locator("h1")).to_have_text("Categories")
    return page


def test_a_tree_is_made_and_arranged_by_keyboard(house: House, new_page: Callable[..., Page]) -> None:
    page = emptied(house, new_page())
    expect(page.locator(".blank")).to_contain_text("No categories yet")
    add(page, "Seasons")
    add(page, "Winter", below="Seasons")
    add(page, "Summer", below="Seasons")
    add(page, "June")
    stands(page, "Seasons", "-Winter", "-Summer", "June")

    page.focus(button(page, "up", "Summer"))
    page.keyboard.press("Enter")
    stands(page, "Seasons", "-Summer", "-Winter", "June")
    expect(page.locator(button(page, "up", "Summer"))).to_be_focused()
    expect(page.locator(button(page, "up", "Summer"))).to_have_attribute("aria-disabled", "true")

    page.focus(button(page, "in", "June"))
    page.keyboard.press("Enter")
    stands(page, "Seasons", "-Summer", "-Winter", "-June")
    expect(page.locator(button(page, "in", "June"))).to_be_focused()
    page.keyboard.press("Enter")
    stands(page, "Seasons", "-Summer", "-Winter", "--June")
    page.reload()
    stands(page, "Seasons", "-Summer", "-Winter", "--June")


def test_a_gallery_is_put_into_one_found_by_it_and_told_of_when_it_goes(
    house: House, new_page: Callable[..., Page]
) -> None:
    page = emptied(house, new_page())
    add(page, "Seasons")
    add(page, "Summer", below="Seasons")
    page.goto(f"{house.url}/galleries/")
    page.locator("#gallery-cards h2 a").first.click()
    page.select_option("#gallery-category_uri", "summer")
    page.click("#gallery-settings-save")
    expect(page.locator("#gallery-category_uri")).to_have_value("summer")
    expect(page.locator("[name=base_category_uri]")).to_have_value("summer")

    page.goto(f"{house.url}/galleries/")
    page.click("#gallery-filter summary")
    page.select_option("#filter-category", "seasons")
    page.click("#filter-category-apply")
    expect(page.locator(".chip")).to_contain_text("Category: Seasons")
    expect(page.locator("#gallery-cards > li")).to_have_count(1)

    page.goto(f"{house.url}/categories/")
    page.locator(".cats a[id^=edit-]", has_text="Summer").click()
    page.click("#category-delete")
    expect(page.locator("#category-removal")).to_contain_text("1 gallery keeps naming “summer”")
    page.click("#removal")
    expect(page.locator("[aria-labelledby=loose-title]")).to_contain_text("summer")
    page.click("#take-1")
    stands(page, "Seasons", "summer")


def test_all_of_it_works_without_scripts(house: House, new_page: Callable[..., Page]) -> None:
    page = emptied(house, new_page(java_script_enabled=False))
    add(page, "Seasons")
    add(page, "Summer", below="Seasons")
    page.click(button(page, "out", "Summer"))
    expect(page.locator(".cats > li")).to_have_count(2)
    page.locator(".cats a[id^=edit-]", has_text="Summer").click()
    page.fill("#name", "Summertime")
    page.click("#category-save")
    expect(page.locator(".cats > li").nth(1)).to_contain_text("Summertime")

    page.goto(f"{house.url}/galleries/?view=cards")
    page.locator("#gallery-cards [name=ids]").first.check()
    page.select_option("#bulk-into", "summer")
    page.click("#bulk-category")
    expect(page.locator(".toast")).to_contain_text("1 gallery has the category.")
    page.goto(f"{house.url}/galleries/?category=summer")
    expect(page.locator("#gallery-cards > li")).to_have_count(1)
