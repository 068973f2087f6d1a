"""What is there for everybody's sake: density, shapes of what is awaited, times of one's own zone, forced colours."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from bench.client import Client, picture
from tests.fixtures.house import House, open_house

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A running server with Ada and two galleries, one with three pictures."""
    with open_house(tmp_path_factory.mktemp("everyone"), Ada="admin") as made:
        furnish(made.client)
        yield made


def furnish(client: Client) -> None:
    """Make an empty gallery, and one with three pictures, without alt texts."""
    made = {}
    for slug in ("meadows", "lanterns"):
        status, made[slug] = client.send("POST", "/api/v1/galleries", {"slug": slug, "status": "published"})
        assert status == 201
    for number in range(3):
        _, media = client.upload(picture(60, 40), f"picture-{number}.png")
        body = {"media_id": media["id"], "caption": f"Picture {number}"}
        status, _ = client.send("POST", f"/api/v1/galleries/{made['lanterns']['id']}/media", body)
        assert status == 201


@pytest.fixture
def open_list(house: House, new_page: Callable[..., Page]) -> Callable[..., Page]:
    """Sign Ada in, in a browser of one's own choice; she comes to the list."""

    def open_page(**options: object) -> Page:
        return with_its_type(house.enter(new_page(**options)))

    return open_page


def in_the_editor(page: Page) -> Page:
    """Open the gallery with pictures, and wait until its grid is there."""
    page.get_by_role("link", name="lanterns").first.click()
    expect(page.locator("#items")).to_have_attribute("role", "listbox")
    return with_its_type(page)


def with_its_type(page: Page) -> Page:
    """Wait for the typeface, after which nothing moves by itself."""
    page.evaluate("document.fonts.ready.then(() => null)")
    return page


def held_back(page: Page, part: str) -> list[Route]:
    """Keep requests whose address holds a part from being answered."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(lambda url: part in url, hold)
    return held


def let_go(page: Page, held: list[Route]) -> None:
    for route in held:
        route.continue_()
    page.unroute_all()


def is_bare(part: Locator) -> None:
    """Wait until a part shows as its shape alone."""
    expect(part).to_have_css("color", "rgba(0, 0, 0, 0)")
    expect(part.locator("> *").first).to_have_css("opacity", "0")


WATCH_SHIFTS = """() => {
  window.shifted = 0;
  const count = (list) => list.getEntries().forEach((each) => (window.shifted += each.value));
  new PerformanceObserver(count).observe({ type: "layout-shift" });
}"""


# ---- what is awaited ----


def test_the_panel_that_is_awaited_keeps_its_place_as_a_bare_shape(open_list: Callable[..., Page]) -> None:
    page = in_the_editor(open_list())
    page.evaluate(WATCH_SHIFTS)
    panel, field = page.locator("#editor-inspector"), page.locator("#editor-inspector .field").first
    before = panel.bounding_box()
    held = held_back(page, "item=")

    page.locator("#items > .tile").first.click()

    is_bare(field)
    expect(panel).to_have_attribute("aria-busy", "true")
    assert field.evaluate("each => getComputedStyle(each).animationDelay") == "0.3s"
    assert panel.bounding_box() == before
    assert page.evaluate("window.shifted") == 0
    let_go(page, held)
    expect(page.locator("#inspector-title")).to_contain_text("Item 1 of")
    expect(page.locator("#editor-inspector .field").first).to_have_css("opacity", "1")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def test_the_list_that_is_searched_keeps_its_place_as_bare_shapes(open_list: Callable[..., Page]) -> None:
    page = open_list()
    card = page.locator("#gallery-cards > .card").first
    before = card.bounding_box()
    held = held_back(page, "q=")

    page.locator("[type=search]").fill("lantern")

    is_bare(card)
    assert card.bounding_box() == before
    let_go(page, held)
    expect(page.locator("#gallery-cards > .card")).to_have_count(1)
    expect(page.locator("#gallery-cards > .card > *").first).to_have_css("opacity", "1")


def test_the_palette_that_is_awaited_is_a_bare_shape(open_list: Callable[..., Page]) -> None:
    page = open_list()
    held = held_back(page, "palette=")

    page.keyboard.press("Control+k")

    expect(page.locator("#palette-list")).to_have_attribute("aria-busy", "true")
    expect(page.locator("#palette-list")).to_have_css("color", "rgba(0, 0, 0, 0)")
    assert page.locator("#palette-list").bounding_box()["height"] > 100
    assert page.locator("#palette-q").bounding_box()["height"] < 60
    let_go(page, held)
    expect(page.locator("#palette").get_by_role("option").first).to_be_visible()
    expect(page.locator("#palette-list")).to_have_attribute("aria-busy", "false")


def test_a_refused_answer_brings_back_what_was_there(open_list: Callable[..., Page]) -> None:
    page = in_the_editor(open_list())
    field = page.locator("#editor-inspector .field").first
    held = held_back(page, "item=")
    page.locator("#items > .tile").first.click()
    is_bare(field)

    held[0].fulfill(status=503, body="")

    expect(page.locator("#editor-inspector")).to_have_attribute("aria-busy", "false")
    expect(field.locator("> *").first).to_have_css("opacity", "1")
    expect(page.locator("#toasts")).to_contain_text("That did not work")


# ---- density ----


def test_density_is_seen_before_it_is_saved_and_kept_after(house: House, open_list: Callable[..., Page]) -> None:
    page = open_list()
    page.goto(f"{house.url}/galleries/?view=table")
    roomy = page.locator("#gallery-cards > tr").first.bounding_box()["height"]
    page.goto(f"{house.url}/profile")
    page.get_by_label("Compact").check()
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    page.click("#you-save")
    expect(page.locator("#toasts")).to_contain_text("Saved.")

    page.goto(f"{house.url}/galleries/?view=table")
    assert page.locator("#gallery-cards > tr").first.bounding_box()["height"] < roomy
    page.goto(f"{house.url}/profile")
    page.get_by_label("Comfortable").check()
    page.click("#you-save")
    expect(page.locator("html[data-density=compact]")).to_have_count(0)


# ---- times ----


def test_times_are_the_readers_and_the_servers_stands_beside(house: House, open_list: Callable[..., Page]) -> None:
    page = open_list(timezone_id="Asia/Kathmandu")
    page.goto(f"{house.url}/profile")
    since = page.locator("#accounts-sessions time").nth(1)

    expect(since).not_to_contain_text("UTC")
    moment = datetime.fromisoformat(since.get_attribute("datetime") or "")
    here = moment.astimezone(timezone(timedelta(hours=5, minutes=45)))
    assert re.fullmatch(rf"{here.day} \w+ {here:%Y, %H:%M}", since.inner_text())
    assert since.get_attribute("title") == f"{moment:%Y-%m-%d %H:%M} UTC"


def test_without_a_script_times_say_that_they_are_utc(house: House, open_list: Callable[..., Page]) -> None:
    page = open_list(timezone_id="Asia/Kathmandu", java_script_enabled=False)
    page.goto(f"{house.url}/profile")
    since = page.locator("#accounts-sessions time").nth(1)

    moment = datetime.fromisoformat(since.get_attribute("datetime") or "")
    assert re.fullmatch(rf"{moment.day} \w+ {moment:%Y, %H:%M} UTC", since.inner_text())


def test_a_time_of_day_says_its_day_where_that_is_another_than_the_servers(open_list: Callable[..., Page]) -> None:
    page = in_the_editor(open_list(timezone_id="Pacific/Kiritimati"))
    page.goto(page.url.partition("?")[0] + "history")
    early, late = ("2026-02-03T23:05:00+00:00", "2026-02-03T05:05:00+00:00")
    page.evaluate(
        """async (moments) => {
          const times = document.querySelectorAll("time");
          moments.forEach((at, n) => Object.assign(times[n], { dateTime: at }).dataset.form = "clock");
          (await import(document.body.dataset.times)).default();
        }""",
        [early, late],
    )

    expect(page.locator("time").nth(0)).to_have_text("4 Feb, 13:05")
    expect(page.locator("time").nth(1)).to_have_text("19:05")


# ---- forced colours, where shadows, tints and backgrounds are gone ----


def system_colour(page: Page, name: str) -> str:
    """Say what a colour of the system is here."""
    return str(
        page.evaluate(
            """name => {
              const probe = document.body.appendChild(document.createElement("i"));
              probe.style.color = name;
              const found = getComputedStyle(probe).color;
              probe.remove();
              return found;
            }""",
            name,
        )
    )


def is_outlined(part: Locator, style: str, width: str, colour: str) -> None:
    expect(part).to_have_css("outline-style", style)
    expect(part).to_have_css("outline-width", width)
    expect(part).to_have_css("outline-color", colour)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forced_colours_leave_the_list_its_states(open_list: Callable[..., Page], scheme: str) -> None:
    page = open_list(forced_colors="active", color_scheme=scheme)
    highlight = system_colour(page, "Highlight")
    card = page.locator("#gallery-cards > .card").first
    expect(card.locator(".st")).to_have_css("border-top-style", "solid")

    card.locator(".cb").press("Space")

    is_outlined(card.locator(".cov"), "solid", "3px", highlight)
    expect(card.locator(".cb")).to_have_css("background-color", highlight)
    expect(page.locator(".bulk")).to_have_css("border-top-style", "solid")
    expect(page.locator(".views [aria-current]")).to_have_css("border-bottom-color", highlight)
    others = page.locator(".views a:not([aria-current])")
    expect(others.first).to_have_css("border-bottom-color", system_colour(page, "Canvas"))
    is_outlined(page.locator(".rail nav a[aria-current]").last, "solid", "2px", highlight)
    is_outlined(page.locator(".seg [aria-current]"), "solid", "2px", highlight)

    page.keyboard.press("Control+k")
    is_outlined(page.locator("#palette [aria-selected=true]"), "solid", "2px", highlight)
    expect(page.locator("#palette")).to_have_css("border-top-style", "solid")


@pytest.mark.parametrize("query", ["", "?arrange=wide"])
def test_forced_colours_tell_focus_selection_and_lifting_of_tiles_apart(
    open_list: Callable[..., Page], query: str
) -> None:
    page = in_the_editor(open_list(forced_colors="active"))
    page.goto(page.url.partition("?")[0] + query)
    expect(page.locator("#items")).to_have_attribute("role", "listbox")
    highlight, ink = system_colour(page, "Highlight"), system_colour(page, "CanvasText")
    first, second, third = (page.locator("#items > .tile").nth(at) for at in range(3))

    first.click()
    page.keyboard.press("Shift+ArrowRight")

    is_outlined(first, "solid", "3px", highlight)
    expect(second).to_have_attribute("aria-selected", "true")
    is_outlined(second, "double", "6px", ink)
    is_outlined(third, "solid", "1px", ink)
    page.keyboard.press("m")
    expect(first).to_have_css("outline-style", "dotted")
    expect(page.locator(".drop-line")).to_have_css("background-color", highlight)


def test_forced_colours_leave_controls_their_states(house: House, open_list: Callable[..., Page]) -> None:
    page = in_the_editor(open_list(forced_colors="active"))
    highlight, ink = system_colour(page, "Highlight"), system_colour(page, "CanvasText")
    page.locator("#items > .tile").first.click()
    switch = page.locator("#editor-inspector .sw input").first
    expect(switch).to_have_css("border-top-color", ink)

    switch.press("Space")

    expect(switch).to_have_css("background-color", highlight)
    expect(page.locator("#items .badge").first).to_have_css("border-top-style", "solid")
    page.evaluate("document.getElementById('main').append(document.createElement('progress'))")
    expect(page.locator("progress")).to_have_css("border-top-color", ink)
    uncheck_and_leave(page, switch)
    page.goto(f"{house.url}/profile")
    is_outlined(page.locator(".seg label:has(:checked)").first, "solid", "2px", highlight)
    expect(page.locator("#shortcuts")).to_have_css("background-color", highlight)


def uncheck_and_leave(page: Page, switch: Locator) -> None:
    """Take back what is not to be saved, so that nothing asks before leaving."""
    switch.press("Space")
    page.on("dialog", lambda dialog: dialog.accept())
