"""Changes held, looked at and published, and a revision restored, in a browser with and without scripts."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.house import House, open_house

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("held"), Ed="admin") as made:
        yield made


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def page(request: pytest.FixtureRequest, house: House, new_page: Callable[..., Page]) -> Page:
    """A public gallery called Summer in the editor."""
    found = house.new_gallery(house.enter(new_page(java_script_enabled=request.param)))
    found.locator("#publish").click()
    expect(found.locator("h1")).to_contain_text("Published")
    return found


def choose(page: Page, control: str) -> None:
    """Choose something of the editor's menu."""
    page.locator("#editor-more > summary").click()
    page.locator(control).click()


def save(page: Page, field: str, words: str) -> None:
    """Write a text of the gallery and save it."""
    page.fill(f"[name={field}]", words)
    with page.expect_response(lambda answer: re.search(r"/texts/en(\?|$)", answer.url) is not None) as answered:
        page.locator("#gallery-texts-save").click()
    assert answered.value.status < 400
    expect(page.locator("#save-state .tx, #toasts p").filter(has_text="Saved").first).to_be_visible()


def seen_by_visitors(page: Page, house: House) -> str:
    """Read the title that visitors are given."""
    slug = page.input_value("[name=slug]")
    found = page.context.request.get(f"{house.url}/g/{slug}").text()
    return re.findall(r"<h1[^>]*>([^<]*)", found)[0].strip()


def test_d09_changes_are_held_looked_at_and_published(page: Page, house: House) -> None:
    editor = page.url
    choose(page, "#editor-hold")
    expect(page.locator("#held")).to_contain_text("visitors see the version of")
    save(page, "title", "Autumn")
    save(page, "description", "By the lake")
    assert seen_by_visitors(page, house) == "Summer"

    page.locator("#review").click()
    expect(page.locator("h1")).to_contain_text("2 held changes")
    expect(page.locator("#texts del")).to_have_text("Summer")
    page.locator("#undo-texts-1").click()
    expect(page.locator("h1")).to_contain_text("1 held change")
    page.locator("#publish").click()

    page.wait_for_url(editor.partition("?")[0])
    expect(page.locator("#held")).to_have_count(0)
    title = page.input_value("[name=title]")
    assert seen_by_visitors(page, house) == title
    assert (title, page.input_value("[name=description]")) in {("Autumn", ""), ("Summer", "By the lake")}


def test_d09_changes_are_discarded_after_a_question(page: Page, house: House) -> None:
    choose(page, "#editor-hold")
    save(page, "title", "Autumn")

    page.locator("#review").click()
    page.locator("#discard").click()
    expect(page.locator("main")).to_contain_text("1 text")
    page.locator("#discard").click()

    expect(page.locator("#toasts")).to_contain_text("A revision keeps what was discarded")
    assert page.input_value("[name=title]") == "Summer"
    assert seen_by_visitors(page, house) == "Summer"


def test_d10_a_revision_is_restored_and_an_earlier_text_had_back(page: Page) -> None:
    save(page, "title", "Autumn")

    choose(page, "#editor-revisions")
    page.locator("#compare-1").click()
    expect(page.locator("#texts ins")).to_have_text("Summer")
    page.locator("#restore").click()
    expect(page.locator("#toasts")).to_contain_text("Revision 1 is back.")
    assert page.input_value("[name=title]") == "Summer"

    choose(page, "#editor-history")
    expect(page.locator("article").first).to_contain_text("Autumn")
    page.locator("article button").first.click()
    expect(page.locator("#toasts")).to_contain_text("The earlier text is back.")
    expect(page.locator("article ins").first).to_have_text("Autumn")
