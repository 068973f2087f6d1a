"""Finding things in a browser: filters as they are typed, the palette, letters as shortcuts, and what others do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bench.client import Client
from tests.fixtures.house import House, open_house

AXE = (Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
AWAY = 15_000  # milliseconds; the list and the editor ask every ten seconds

pytestmark = pytest.mark.browser


@dataclass
class Site:
    """A house with a few galleries; `ids` are theirs by their slugs."""

    house: House
    ids: dict[str, str]

    @property
    def url(self) -> str:
        return self.house.url

    @property
    def client(self) -> Client:
        return self.house.client


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with open_house(tmp_path_factory.mktemp("finding"), Ada="admin", Ed="admin") as house:
        ids = {}
        for slug, status in (("lake-one", "draft"), ("lake-two", "published"), ("sea", "draft")):
            answer, made = house.client.send("POST", "/api/v1/galleries", {"slug": slug, "status": status})
            assert answer < 300, made
            ids[slug] = made["id"]
        yield Site(house, ids)


@pytest.fixture
def ada(site: Site, new_page: Callable[..., Page]) -> Page:
    return site.house.enter(new_page())


def titles(page: Page) -> list[str]:
    return page.locator("#gallery-cards h2").all_inner_texts()


def test_filters_work_as_they_are_typed_and_stay_in_the_address(site: Site, ada: Page) -> None:
    ada.press("body", "/")
    expect(ada.locator("#q")).to_be_focused()
    ada.keyboard.type("lake status:dra", delay=20)
    expect(ada.locator("#filter-fault-1")).to_contain_text("It can be: draft, published, archived, held")
    ada.keyboard.type("ft", delay=20)
    expect(ada.locator("#gallery-cards h2")).to_have_text(["lake-one"])
    expect(ada).to_have_url(f"{site.url}/galleries/?q=status%3Adraft+lake")
    expect(ada.locator("#q")).to_be_focused()

    ada.locator(".chip a").click()
    expect(ada.locator("#gallery-cards h2")).to_have_count(2)
    ada.go_back()
    expect(ada.locator("#q")).to_have_value("status:draft lake")


def test_the_palette_is_walked_by_keys(site: Site, ada: Page) -> None:
    ada.keyboard.press("Control+k")
    field = ada.get_by_role("combobox")
    expect(field).to_be_focused()
    expect(ada.locator("#palette").get_by_role("option").first).to_be_visible()
    ada.keyboard.type("lake", delay=20)
    expect(ada.locator("#palette").get_by_role("option")).to_have_count(2)
    expect(ada.locator("#palette").get_by_role("option").first).to_have_attribute("aria-selected", "true")
    ada.keyboard.press("ArrowDown")
    chosen = ada.locator("#palette [aria-selected='true']")
    expect(field).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    ada.evaluate(AXE)
    found = ada.evaluate("axe.run('#palette').then(({violations}) => violations.map(({id}) => id))")
    assert found == []

    wanted = chosen.get_attribute("href") or ""
    ada.keyboard.press("Enter")
    ada.wait_for_url(f"**{wanted}")


def test_the_palette_closes_and_gives_the_focus_back(ada: Page) -> None:
    ada.focus("#new-gallery")
    ada.keyboard.press("Control+k")
    expect(ada.get_by_role("combobox")).to_be_focused()
    ada.keyboard.press("Escape")

    expect(ada.locator("#palette")).not_to_be_visible()
    expect(ada.locator("#new-gallery")).to_be_focused()


def test_letters_go_through_the_list_and_select(ada: Page) -> None:
    ada.keyboard.press("j")
    expect(ada.locator("#gallery-cards h2 a").first).to_be_focused()
    ada.keyboard.press("x")
    expect(ada.locator("[data-picked]")).to_have_text("1 selected")
    ada.keyboard.press("j")
    ada.keyboard.press("j")
    ada.keyboard.press("Shift+X")
    expect(ada.locator("[data-picked]")).to_have_text("3 selected")
    ada.keyboard.press("?")
    expect(ada.locator("#shortcuts-dialog")).to_be_visible()
    ada.keyboard.press("Escape")
    ada.keyboard.press("n")
    expect(ada.locator("#dialog")).to_be_visible()


def test_letters_do_nothing_where_the_profile_has_them_off(site: Site, new_page: Callable[..., Page]) -> None:
    page = site.house.enter(new_page(), "Ed")
    page.goto(f"{site.url}/profile")
    page.locator("#shortcuts").uncheck()
    page.click("#you-save")
    page.wait_for_load_state()
    page.goto(f"{site.url}/galleries/")
    for key in ("/", "n", "j", "?"):
        page.keyboard.press(key)

    expect(page.locator("body")).to_be_focused()
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox")).to_be_focused()


def test_what_others_change_is_shown_and_what_is_selected_stays(site: Site, ada: Page) -> None:
    ada.locator(f"#pick-{site.ids['sea']}").press("Space")
    ada.focus("#q")
    card = ada.locator(f"#gallery-{site.ids['sea']}")
    site.client.send("PATCH", f"/api/v1/galleries/{site.ids['sea']}", {"status": "published"})

    expect(card.locator(".st")).to_have_text("Published", timeout=AWAY)
    expect(card.locator(".cb")).to_be_checked()
    expect(ada.locator("#q")).to_be_focused()
    expect(ada.locator("[data-picked]")).to_have_text("1 selected")


@pytest.mark.full
def test_two_who_edit_one_gallery_see_each_other(site: Site, ada: Page, new_page: Callable[..., Page]) -> None:
    url = f"{site.url}/galleries/{site.ids['lake-one']}/"
    ed = site.house.enter(new_page(), "Ed")
    ed.goto(url)
    ada.goto(url)
    expect(ada.locator("#gallery-presence")).to_contain_text("Ed is editing", timeout=AWAY)
    expect(ed.locator("#gallery-presence")).to_contain_text("Ada is editing", timeout=AWAY)

    ed.goto(f"{site.url}/galleries/")
    expect(ed.locator(f"#gallery-{site.ids['lake-one']}")).to_contain_text("Ada is editing")
    expect(ada.locator("#gallery-presence")).not_to_contain_text("Ed", timeout=AWAY)


def test_everything_is_found_without_scripts(site: Site, new_page: Callable[..., Page]) -> None:
    page = site.house.enter(new_page(java_script_enabled=False))
    page.click("#jump")
    page.fill("#q", "lake")
    page.click("#search")
    expect(page.locator("#searching-hits a")).to_have_count(2)
    page.goto(f"{site.url}/galleries/?q=lake")
    page.locator("#view-menu summary").click()
    page.fill("#view-name", "Lakes")
    page.click("#view-save")

    expect(page.locator(".views [aria-current]")).to_contain_text("Lakes")
