"""Changes held, looked at and published, and a revision restored, in a browser with and without scripts."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from bench import live

EMAIL, PASSWORD = "ed@example.org", "correct horse battery"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[live.Server]:
    """A running server with Ed in it."""
    with live.serving(tmp_path_factory.mktemp("held") / "home", WORKERS="1") as running:
        running.command("user", "add", EMAIL, "--role", "admin", "--name", "Ed", "--password-stdin", stdin=PASSWORD)
        yield running


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def page(request: pytest.FixtureRequest, server: live.Server, new_page: Callable[..., Page]) -> Page:
    """A public gallery called Summer in the editor."""
    found = new_page(java_script_enabled=request.param)
    found.goto(f"{server.url}/login")
    found.fill("input[type=email]", EMAIL)
    found.fill("input[type=password]", PASSWORD)
    found.press("input[type=password]", "Enter")
    found.wait_for_url("**/galleries/")
    found.goto(f"{server.url}/galleries/new")
    found.fill("main input[name=title]", "Summer")
    found.press("main input[name=title]", "Enter")
    found.wait_for_url(re.compile("/galleries/[0-9a-f-]{36}/"))
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
    with page.expect_response(lambda answer: re.search(r"/texts/en(\?|$)", answer.url) is not None):
        page.locator("#gallery-texts-save").click()
    saved = page.locator("#save-state .tx, #toasts p").filter(has_text=re.compile(r"^\s*Saved\.?\s*$"))
    expect(saved.first).to_be_visible()


def seen_by_visitors(page: Page, server: live.Server) -> str:
    """Read the title that visitors are given."""
    slug = page.input_value("[name=slug]")
    found = page.context.request.get(f"{server.url}/g/{slug}").text()
    return re.findall(r"<h1[^>]*>([^<]*)", found)[0].strip()


def test_d09_changes_are_held_looked_at_and_published(page: Page, server: live.Server) -> None:
    editor = page.url
    choose(page, "#editor-hold")
    expect(page.locator("#held")).to_contain_text("visitors see the version of")
    save(page, "title", "Autumn")
    save(page, "description", "By the lake")
    assert seen_by_visitors(page, server) == "Summer"

    page.locator("#review").click()
    expect(page.locator("h1")).to_contain_text("2 held changes")
    expect(page.locator("#texts del")).to_have_text("Summer")
    page.locator("#undo-texts-1").click()
    expect(page.locator("h1")).to_contain_text("1 held change")
    page.locator("#publish").click()

    page.wait_for_url(editor.partition("?")[0])
    expect(page.locator("#held")).to_have_count(0)
    title = page.input_value("[name=title]")
    assert seen_by_visitors(page, server) == title
    assert (title, page.input_value("[name=description]")) in {("Autumn", ""), ("Summer", "By the lake")}


def test_d09_changes_are_discarded_after_a_question(page: Page, server: live.Server) -> None:
    choose(page, "#editor-hold")
    save(page, "title", "Autumn")

    page.locator("#review").click()
    page.locator("#discard").click()
    expect(page.locator("main")).to_contain_text("1 text")
    page.locator("#discard").click()

    expect(page.locator("#toasts")).to_contain_text("A revision keeps what was discarded")
    assert page.input_value("[name=title]") == "Summer"
    assert seen_by_visitors(page, server) == "Summer"


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
