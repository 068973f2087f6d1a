"""The whole walk of a share link in a browser: made, opened with its password, reviewed, answered, withdrawn."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from playwright.sync_api import Page, Route, expect

from tests.fixtures.house import House, open_house
from webapp.domain import galleries, shares, visiting
from webapp.domain.shares import ShareFields
from webapp.domain.transaction import transaction

pytestmark = [pytest.mark.browser, pytest.mark.full]

PASSWORD = "quiet evening"
LINK: ShareFields = {
    "label": "Ines Ferrand, who looks at it for the town",
    "code": None,
    "state": "working",
    "days": 30,
    "password": None,
    "max_uses": None,
    "downloads": False,
}
SIDE = "#shares-beside"


@dataclass
class Shared:
    """A gallery in the making, its editor, and the address of a link to it."""

    house: House
    editor: Page
    gallery: str
    link: str


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("shared"), Ed="editor") as made:
        yield made


def share(house: House, editor: Page) -> Shared:
    """Make a gallery of three pictures, and a link to it by its form."""
    gallery = f"{house.url}/galleries/{house.gallery(3).id}"
    house.enter(editor)
    editor.goto(f"{gallery}/shares")
    editor.fill("#label", "Ines")
    editor.fill("#password", PASSWORD)
    editor.click("#share-make")
    expect(editor.locator("h1")).to_contain_text("Hand over this link")
    return Shared(house, editor, gallery, editor.input_value("#link"))


def come_in(page: Page, link: str, *, scripts: bool = True) -> Page:
    """Open a link as somebody without an account."""
    page.goto(link)
    page.fill("#name", "Ines Ferrand")
    page.fill("#password", PASSWORD)
    page.click("#enter-button")
    expect(page.locator("#share-bar")).to_contain_text("Shared with you by Ed")
    if scripts:
        expect(page.locator("#ask-open")).to_have_role("button")  # its script has come
    return page


def point_at(page: Page, place: int, x: float, y: float) -> None:
    """Click on a picture of the gallery, at fractions of it."""
    picture = page.locator("main [id^='i-'] img").nth(place)
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * x, box["y"] + box["height"] * y)


def test_share_is_opened_reviewed_answered_and_withdrawn(house: House, new_page: Callable[..., Page]) -> None:
    shared = share(house, new_page())
    ines = come_in(new_page(), shared.link)

    ines.click("#ask-open")
    expect(ines.locator("body.asking")).to_have_count(1)
    point_at(ines, 1, 0.25, 0.75)
    expect(ines.locator("#note-words")).to_be_focused()
    assert abs(float(ines.input_value("#note-x")) - 25) < 2
    assert abs(float(ines.input_value("#note-y")) - 75) < 2
    ines.fill("#note-words", "Too dark")
    ines.click("#note-send")
    expect(ines.locator(f"{SIDE} .said")).to_contain_text("Item 2")
    expect(ines.locator(".pin")).to_have_text("1")
    ines.click("#approve")
    expect(ines.locator(f"{SIDE} [role=status]")).to_contain_text("Approved")

    editor = shared.editor
    editor.goto(f"{shared.gallery}/")
    expect(editor.locator("#asked")).to_have_text("1 change asked for")
    editor.click("#asked")
    editor.locator(".said a").first.click()
    expect(editor.locator("#item-notes")).to_contain_text("Too dark")
    editor.locator("#item-notes summary").click()
    editor.locator("#item-notes textarea").fill("Swapped, please look again")
    editor.locator("#item-notes").get_by_role("button", name="Send").click()
    expect(editor.locator("#item-notes .answered")).to_contain_text("Swapped")

    ines.goto(shared.link)
    expect(ines.locator(f"{SIDE} .said")).to_contain_text("Swapped, please look again")
    ines.locator(f"{SIDE} .said").get_by_role("button", name="Solved").click()
    expect(ines.locator(f"{SIDE} .said")).to_contain_text("Solved by Ines Ferrand")

    editor.goto(f"{shared.gallery}/shares")
    expect(editor.locator("#share-rows")).to_contain_text("Approved by Ines Ferrand")
    editor.get_by_role("button", name="Withdraw the link for Ines").click()
    expect(editor.locator("#share-rows")).to_contain_text("Withdrawn")
    ines.goto(shared.link)
    expect(ines.locator("h1")).to_have_text("This link no longer works")


def test_share_is_reviewed_by_the_keyboard_alone(house: House, new_page: Callable[..., Page]) -> None:
    ines = come_in(new_page(), share(house, new_page()).link)

    ines.locator("#ask-open").focus()
    ines.keyboard.press("Enter")
    expect(ines.locator("body.asking")).to_have_count(1)
    ines.locator("main a[id^='i-'], main [id^='i-'] a").nth(1).focus()
    ines.keyboard.press("Enter")
    expect(ines.locator(".pin.on")).to_be_focused()
    for key in ("ArrowRight", "Shift+ArrowDown", "Enter"):
        ines.keyboard.press(key)
    expect(ines.locator("#note-words")).to_be_focused()
    ines.keyboard.type("Too dark")
    ines.keyboard.press("Tab")
    ines.locator("#note-send").focus()
    ines.keyboard.press("Enter")

    expect(ines.locator(f"{SIDE} .said")).to_contain_text("51% from the left, 60% from the top")


def test_share_is_asked_about_before_its_script_has_come(house: House, new_page: Callable[..., Page]) -> None:
    waiting: list[Route] = []
    ines = new_page()
    ines.route(re.compile(r"/review\b.*\.js"), lambda route: waiting.append(route))  # noqa: PLW0108  takes no builtin
    come_in(ines, share(house, new_page()).link, scripts=False)
    ines.locator("#ask-open").focus()
    ines.keyboard.press("Enter")
    expect(ines).to_have_url(re.compile("#ask$"))
    for each in waiting:
        each.continue_()

    expect(ines.locator("#ask-open")).to_have_attribute("aria-pressed", "true")
    expect(ines.locator("body.asking")).to_have_count(1)


def test_share_is_reviewed_without_scripts(house: House, new_page: Callable[..., Page]) -> None:
    ines = come_in(new_page(java_script_enabled=False), share(house, new_page()).link, scripts=False)

    ines.select_option("#note-about", index=2)
    ines.select_option("#note-field", "caption")
    ines.locator("#note-point > summary").click()
    ines.fill("#note-x", "30")
    ines.fill("#note-y", "40")
    ines.fill("#note-words", "Too dark")
    ines.click("#note-send")
    expect(ines.locator(f"{SIDE} .said")).to_contain_text("30% from the left, 40% from the top")
    ines.click("#approve")

    expect(ines.locator(f"{SIDE} [role=status]")).to_contain_text("Approved")


def test_share_is_asked_about_on_a_phone_where_the_form_is_far_below(
    house: House, new_page: Callable[..., Page]
) -> None:
    ines = come_in(new_page(width=390), share(house, new_page()).link)
    expect(ines.locator("#ask-hint")).to_be_hidden()

    ines.click("#ask-open")
    expect(ines.locator("#ask-hint")).to_be_in_viewport()
    expect(ines.locator("#note-words")).not_to_be_in_viewport()
    point_at(ines, 1, 0.5, 0.5)

    expect(ines.locator("#note-words")).to_be_in_viewport()
    expect(ines.locator("#note-words")).to_be_focused()


def test_shared_masonry_is_measured_by_the_room_beside_the_panel(house: House, new_page: Callable[..., Page]) -> None:
    shared = share(house, new_page())
    with house.app.app_context(), transaction():
        found = galleries.get(UUID(shared.gallery.rpartition("/")[2]))
        galleries.update(found, {"layout": "masonry", "cover_media_id": None}, actor=house.actor("Ed"))
    ines = come_in(new_page(), shared.link)

    below = ines.locator("#items > li").evaluate_all(
        "all => all.map((each) => each.clientHeight - each.querySelector('.shot').clientHeight)"
    )

    assert below
    assert max(below) < 30


@pytest.mark.parametrize(("query", "frames"), [("as=phone", 1), ("as=tablet&state=drafts", 1), ("as=beside", 2)])
def test_previews_stand_in_frames_under_the_policy(
    house: House, new_page: Callable[..., Page], query: str, frames: int
) -> None:
    page = house.enter(new_page())

    page.goto(f"{house.url}/galleries/{house.gallery(1).id}/preview?{query}")

    expect(page.locator("iframe")).to_have_count(frames)
    for number in range(frames):
        expect(page.frame_locator("iframe").nth(number).locator("h1")).to_have_text("Summer")


def tops(page: Page, selector: str) -> list[float]:
    """Return where the middles of things that are seen stand, each line once."""
    middles = page.locator(selector).evaluate_all(
        "all => all.filter((each) => each.offsetHeight).map((each) => each.offsetTop + each.offsetHeight / 2)"
    )
    return sorted({round(middle / 4) for middle in middles})


@pytest.mark.parametrize(("locale", "query"), [("en", ""), ("de", "state=drafts"), ("ar", "")])
def test_bar_of_a_preview_takes_two_rows_of_a_phone(
    house: House, new_page: Callable[..., Page], locale: str, query: str
) -> None:
    page = house.enter(new_page(width=390, has_touch=True, locale=locale))

    page.goto(f"{house.url}/galleries/{house.gallery(1, status='published').id}/preview?{query}")

    expect(page.locator(".dr > *")).to_have_count(6)
    assert len(tops(page, ".dr > *")) == 2
    assert page.locator("html").evaluate("each => each.scrollWidth") == 390


def test_rows_of_links_stand_in_columns_and_below_each_other_on_a_phone(
    house: House, new_page: Callable[..., Page]
) -> None:
    made = house.gallery(1)
    with house.app.app_context():
        for most in (None, 1):
            with transaction():
                _row, link = shares.make(made.id, LINK | {"max_uses": most}, base_url="", actor=house.actor("Ed"))
            visiting.enter(link.removeprefix("/s/"), password="", name="", address=None)
    page = house.enter(new_page())

    page.goto(f"{house.url}/galleries/{made.id}/shares")

    rows = page.locator(".shr")
    expect(rows.locator(".st")).to_have_text([re.compile("Used up"), re.compile("Works until")])
    assert len(set(rows.locator(".fact:has(.st)").evaluate_all("all => all.map((each) => each.offsetLeft)"))) == 1
    page.set_viewport_size({"width": 390, "height": 800})
    for row in rows.all():
        starts = row.locator(".who, .fact:has(.st)").evaluate_all("all => all.map((each) => each.offsetTop)")
        assert starts == sorted(set(starts))
