"""Backgrounds as people keep them in a browser: without a script, two at once, and in every state for everybody."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_every_page import layout_faults, violations
from tests.fixtures.house import House, open_house
from webapp.domain.backgrounds import comparing, keeping, listing
from webapp.domain.backgrounds.comparing import State
from webapp.domain.backgrounds.listing import Wanted
from webapp.domain.transaction import release, transaction

pytestmark = [pytest.mark.browser, pytest.mark.full]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("backgrounds"), Ed="editor", Ada="admin", Vi="viewer") as made:
        yield made


def make(house: House, who: str = "Ed", **fields: Any) -> UUID:
    given: Any = {"media_ids": house.media[:2], "zones": ("HOME_PAGE",), "name": "Dusk"} | fields
    with house.app.app_context(), transaction():
        return keeping.register(given, actor=house.actor(who)).id


def newest(house: House) -> State:
    """What the background that was made last says by now."""
    with house.app.app_context():
        found, _ = listing.page(Wanted(), first=0, size=1)
        said = comparing.of(comparing.current(found[0]))
        release()
        return said


def sound(page: Page) -> None:
    """Hold a page to what must hold of each, in the state that it is in."""
    width = page.evaluate("innerWidth")
    assert [*violations(page), *layout_faults(page, width)] == []


def test_a_background_is_made_without_any_script(new_page: Callable[..., Page], house: House) -> None:
    names = house.media and ("IMG_10.jpg", "Été.jpg")
    page = house.enter(new_page(java_script_enabled=False))
    page.get_by_role("link", name="Backgrounds").first.click()
    page.locator("#background-first, #background-new").click()
    for name in names:
        page.get_by_role("checkbox", name=name).check()
    page.locator("#library-pick").click()
    expect(page.locator(".bg-pictures li")).to_have_count(2)
    assert page.url.endswith("#pictures"), "the answer begins where the button stands"
    page.get_by_role("button", name="Earlier: IMG_10.jpg").click()
    page.get_by_label("Another one each hour").check()
    page.get_by_label("Launch screen").check()
    page.locator("#area-circle").click()
    expect(page.locator("#area-0-latitude")).to_be_focused()
    page.locator("#area-0-latitude").fill("48.8566, 2.3522")
    page.locator("#area-0-radius").fill("1,5")
    page.locator("#area-location").click()
    expect(page.locator("#area-0-longitude")).to_have_value("2.3522")
    page.locator("#area-1-locality").fill("Lyon")
    page.locator("#caption-en").fill("Lanterns")
    page.locator("#metadatas").fill('{"colour": blue}')
    page.locator("#background-save").click()
    expect(page.locator("#errors a")).to_have_text(["This is no JSON: look at line 1, character 12."])
    expect(page.locator("#caption-en")).to_have_value("Lanterns")
    page.locator("#metadatas").fill('{"colour": "blue"}')
    page.locator("#name").fill("Lanterns")
    page.locator("#name").press("Enter")
    expect(page.get_by_text("The background is made.")).to_be_visible()

    said = newest(house)
    assert (said["name"], said["zones"], said["turns"]) == ("Lanterns", ("LAUNCHSCREEN",), "hour")
    assert said["metadatas"] == {"colour": "blue"}
    assert [area.distance for area in said["areas"]] == ["1.5km", None]
    assert said["areas"][1].address == {"locality": "Lyon"}
    expect(page.locator(".bg-pictures .nm")).to_have_text(list(names))


def test_two_people_choose_between_their_changes(new_page: Callable[..., Page], house: House) -> None:
    one = make(house)
    page = house.enter(new_page())
    page.goto(f"{house.url}/backgrounds/{one}")
    with house.app.app_context(), transaction():
        keeping.change(one, {"name": "Morning", "media_ids": house.media[2:]}, actor=house.actor("Ada"))
    page.locator("#name").fill("Night")
    page.get_by_role("button", name="Take out").first.click()
    expect(page.locator("#name")).to_have_value("Night")
    page.locator("#background-save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose between two versions")
    sound(page)
    page.locator("#theirs-media_ids").check()
    page.locator("#save-choices").click()
    expect(page.get_by_text("Saved.")).to_be_visible()

    said = newest(house)
    assert (said["name"], list(said["media_ids"])) == ("Night", house.media[2:])


def test_an_earlier_version_comes_back_and_the_trash_gives_back(new_page: Callable[..., Page], house: House) -> None:
    one = make(house)
    with house.app.app_context(), transaction():
        keeping.change(one, {"name": "Night", "zones": ("MENU",)}, actor=house.actor("Ada"))
    page = house.enter(new_page())
    page.goto(f"{house.url}/backgrounds/{one}")
    page.locator("#to-versions").click()
    page.locator("#compare-1").click()
    expect(page.locator("#side-zones")).to_have_text("Zones")
    page.locator("#restore").click()
    expect(page.get_by_text("Version 1 is back")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dusk")
    page.locator("#background-trash").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The background is back.")).to_be_visible()
    assert newest(house)["zones"] == ("HOME_PAGE",)


def test_every_state_of_a_page_can_be_used_by_everybody(new_page: Callable[..., Page], house: House) -> None:
    width, theme = 320, "dark"
    one = make(house, name="A background with a very long name " * 5)
    page = house.enter(new_page(width=width, color_scheme=theme))
    page.goto(f"{house.url}/backgrounds/new")
    for deed in ("#area-circle", "#area-location", "#library-pick"):
        page.locator(deed).click()
        sound(page)
    page.locator("#area-0-latitude").fill("95")
    page.locator("#metadatas").fill("{")
    page.locator("#background-save").click()
    expect(page.locator("#errors")).to_be_focused()
    sound(page)
    page.locator("#library-q").fill("zzzz")
    page.locator("#library-find").click()
    expect(page.get_by_text("The library has no picture like that.")).to_be_visible()
    sound(page)
    page.goto(f"{house.url}/backgrounds/?zone=ACTIVITY_FORM")
    sound(page)
    page.locator("#filters").click()
    sound(page)
    reader = house.enter(new_page(width=width, color_scheme=theme), "Vi")
    for path, heading in ((str(one), "A background with"), (f"{one}/versions", "Versions"), ("new", "You may not")):
        reader.goto(f"{house.url}/backgrounds/{path}")
        expect(reader.get_by_role("heading", level=1)).to_contain_text(heading)
        sound(reader)
