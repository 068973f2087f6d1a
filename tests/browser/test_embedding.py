"""A gallery on a bare page of another origin under a strict policy: shown, followed, overridden for one member."""

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from bench.client import picture
from tests import factories
from tests.fixtures.house import House, open_house
from webapp.domain import galleries, item_kinds, items
from webapp.domain.transaction import transaction

AXE = (Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
SHAPES = ((480, 320), (320, 480), (400, 400), (640, 220), (300, 420))
WIDTHS = (1440, 390)
POLICY = (
    "default-src 'none'; script-src 'self' {0}; img-src 'self' {0}; connect-src {0}; frame-src {0}; "
    "require-trusted-types-for 'script'"
)
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Another site</title>
<script type="module" src="{0}/element.js"></script><script src="/page.js" defer></script></head>
<body><main><h1>Another site</h1>{1}</main></body></html>"""
SCRIPT = """
const member = new URLSearchParams(location.search).get("member");
const element = document.querySelector("vitrine-gallery");
if (element) {
  element.addEventListener("itemclicked", (event) => { window.clicked = event.detail; });
  if (member) element.items = [
    { type: "image", slug: "hers", src: `${location.origin}/own.png`, title: `Only for ${member}` },
    { type: "IMAGE", src: `${location.origin}/own.png`, link: "javascript:alert(1)", title: "No way" },
    { itemId: "words", metaData: JSON.stringify({ type: "text", html: "<p>1 &lt; 2</p><b onclick=x()>Two</b>" }) },
  ];
}
"""
PLACES = """() => [...document.querySelector("vitrine-gallery").shadowRoot.querySelectorAll("li")].map((each) => {
  const { left, top, right, bottom } = each.getBoundingClientRect();
  return [each.dataset.id, ...[left, top, right, bottom].map(Math.round)];
})"""
COMPLETE = """() => {
  const images = [...(document.querySelector("vitrine-gallery").shadowRoot?.querySelectorAll("img") ?? [])];
  images.forEach((each) => { each.loading = "eager" });
  return images.length && images.every((each) => each.complete && each.naturalWidth);
}"""
VIOLATIONS = """axe.run(document, {resultTypes: ['violations']})
  .then((said) => said.violations.map((each) => each.id))"""
LOOKS_AGAIN = 10_000  # milliseconds

pytestmark = pytest.mark.browser


class Site:
    """Somebody else's server on an origin of its own: each page is what the query says stands in it."""

    def __init__(self, vitrine: str) -> None:
        self.vitrine, self.body = vitrine, ""
        site = self

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                content, kind = site.answer(self.path)
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("Content-Security-Policy", POLICY.format(site.vitrine))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/"

    def answer(self, path: str) -> tuple[bytes, str]:
        parts = urlsplit(path)
        if parts.path == "/page.js":
            return SCRIPT.encode(), "text/javascript"
        if parts.path in ("/own.png", "/favicon.ico"):
            return picture(30, 20), "image/png"
        lang = parse_qs(parts.query).get("lang", ["en"])[0]
        return PAGE.format(self.vitrine, self.body).replace('lang="en"', f'lang="{lang}"').encode(), "text/html"

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("embedding"), Ed="admin") as made:
        yield made


@pytest.fixture(scope="module")
def media(house: House) -> list[UUID]:
    found = [UUID(house.client.upload(picture(*size), f"{size}.png")[1]["id"]) for size in SHAPES]
    house.finish()
    return found


@pytest.fixture
def summer(house: House, media: list[UUID]) -> UUID:
    """Seven pictures, a text and a video, in English and Arabic."""
    with house.app.app_context(), transaction():
        ed = house.actor("Ed")
        made = factories.gallery(ed, "Summer", status="published")
        factories.write(made, "ar", ed, title="صيف")
        chosen = [media[number % len(media)] for number in range(7)]
        for number, item in enumerate(items.add(made.id, chosen, actor=ed)):
            factories.write(item, "en", ed, caption=f"Caption {number}", alt=f"Picture of {number}")
        item_kinds.add_text(
            made.id, html="<h2>Lanterns</h2><p style='color:#2f3fe0'>at ten</p>", style=None, actor=ed
        )
        item_kinds.add_video(made.id, "https://vimeo.com/76979871", title="The walk", actor=ed)
        return made.id


@pytest.fixture(scope="module")
def site(house: House) -> Iterator[Site]:
    made = Site(house.url)
    yield made
    made.close()


def visit(page: Page, site: Site, gallery_id: object, attributes: str = "", query: str = "") -> Page:
    site.body = f'<vitrine-gallery gallery="{gallery_id}" {attributes}></vitrine-gallery>'
    page.goto(site.url + query)
    return page


def by_the_clock(page: Page) -> Page:
    """Have a page's time run as it does, and on at once when a test wants that."""
    page.clock.install()
    return page


def act(house: House, deed: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
    """Do something as the editor, in the domain behind the server."""
    with house.app.app_context(), transaction():
        return deed(*arguments, **named, actor=house.actor("Ed"))


def write(house: House, gallery_id: UUID, place: int, **texts: str) -> None:
    with house.app.app_context(), transaction():
        item = items.get(gallery_id, factories.order(gallery_id)[place])
        factories.write(item, "en", house.actor("Ed"), **texts)


def items_of(page: Page) -> list[dict[str, str]]:
    found: list[dict[str, str]] = page.evaluate("document.querySelector('vitrine-gallery').items")
    return found


def faults(page: Page) -> list[str]:
    page.evaluate(AXE)
    found: list[str] = page.evaluate(VIOLATIONS)
    return found


def test_element_shows_a_gallery_on_a_page_of_another_origin(
    house: House, site: Site, summer: UUID, new_page: Callable[..., Page]
) -> None:
    page = visit(new_page(), site, summer)

    expect(page.locator("vitrine-gallery li")).to_have_count(9)
    expect(page.get_by_role("link", name="Picture of 0")).to_be_visible()
    expect(page.locator("vitrine-gallery .text h2")).to_have_text("Lanterns")
    expect(page.locator("vitrine-gallery .text p")).to_have_css("color", "rgb(47, 63, 224)")
    expect(page.get_by_role("link", name="Video: The walk")).to_be_visible()
    page.wait_for_function(COMPLETE)
    assert page.context.cookies() == []
    assert [each["type"] for each in items_of(page)] == ["image"] * 7 + ["video"]
    assert items_of(page)[0]["src"].startswith(f"{house.url}/media/")


def test_element_follows_an_edit_by_itself(
    house: House, site: Site, summer: UUID, new_page: Callable[..., Page]
) -> None:
    page = visit(by_the_clock(new_page()), site, summer)
    expect(page.locator("vitrine-gallery figcaption").first).to_have_text("Caption 0")
    first = page.locator("vitrine-gallery li").nth(1).element_handle()

    write(house, summer, 0, caption="Later that night")
    with house.app.app_context():
        last = factories.order(summer)[-1]
    act(house, items.trash, summer, [last])
    page.clock.fast_forward(LOOKS_AGAIN)

    expect(page.locator("vitrine-gallery figcaption").first).to_have_text("Later that night")
    expect(page.locator("vitrine-gallery li")).to_have_count(8)
    assert first is not None
    assert first.evaluate("(each) => each.isConnected"), "what has not changed is not drawn anew"


def test_element_is_overridden_for_one_member_and_not_for_the_next(
    house: House, site: Site, summer: UUID, new_page: Callable[..., Page]
) -> None:
    before = house.client.read(f"/embed/{summer}.json")
    hers = visit(new_page(), site, summer, query="?member=Mina")
    expect(hers.locator("vitrine-gallery li")).to_have_count(3)
    theirs = visit(new_page(), site, summer)
    expect(theirs.locator("vitrine-gallery li")).to_have_count(9)

    assert [(each["type"], each["title"]) for each in items_of(hers)] == [
        ("image", "Only for Mina"),
        ("image", "No way"),
    ]
    assert "Only for" not in theirs.locator("vitrine-gallery").inner_text()
    expect(hers.locator("vitrine-gallery .plain")).to_have_text("1 < 2\nTwo")
    assert hers.locator("vitrine-gallery a").count() == 0, "a script is no address"
    assert house.client.read(f"/embed/{summer}.json") == before
    assert hers.evaluate("document.querySelector('vitrine-gallery').gallery") == str(summer)
    hers.evaluate("document.querySelector('vitrine-gallery').items = null")
    expect(hers.locator("vitrine-gallery li")).to_have_count(9)


def test_element_shows_what_another_gallery_was_converted_to(
    house: House, site: Site, summer: UUID, new_page: Callable[..., Page]
) -> None:
    other = act(house, lambda *, actor: factories.gallery(actor, "Winter", status="published").id)
    page = visit(new_page(), site, other)
    expect(page.locator("vitrine-gallery [role=status]")).to_be_visible()
    key = {"authorization": house.client.key}
    asked = page.context.request
    for kind, count in (("velo", 8), ("viewer", 9)):
        answer = asked.get(f"{house.url}/progallery/v2/galleries/{summer}/{kind}", headers=key).json()
        page.evaluate("(given) => { document.querySelector('vitrine-gallery').items = given }", answer["items"])
        expect(page.locator("vitrine-gallery li")).to_have_count(count)
        page.wait_for_function(COMPLETE)
        back = items_of(page)
        assert [each["slug"] for each in back] == [
            each.get("slug") or each["itemId"]
            for each in answer["items"]
            if each.get("metaData", {}).get("type") != "text"
        ]


def test_element_of_what_is_not_public_says_so_until_it_is(
    house: House, site: Site, summer: UUID, new_page: Callable[..., Page]
) -> None:
    def stand(status: str) -> None:
        act(house, lambda *, actor: galleries.set_status(galleries.get(summer), status, actor=actor))

    stand("draft")
    page = visit(by_the_clock(new_page()), site, summer)
    expect(page.locator("vitrine-gallery [role=status]")).to_have_text("Nothing is here.")
    stand("published")
    page.clock.fast_forward(LOOKS_AGAIN)
    expect(page.locator("vitrine-gallery li")).to_have_count(9)
    expect(page.locator("vitrine-gallery [role=status]")).to_be_hidden()
    stand("archived")
    page.clock.fast_forward(LOOKS_AGAIN)
    expect(page.locator("vitrine-gallery [role=status]")).to_be_visible()
    assert items_of(page) == []


@pytest.mark.parametrize("layout", ["justified", "grid", "masonry"])
def test_element_stands_before_any_picture_has_come(
    site: Site, summer: UUID, new_page: Callable[..., Page], layout: str
) -> None:
    page = new_page(color_scheme="dark")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.route("**/media/**", lambda route: route.abort())
        visit(page, site, summer, f'layout="{layout}"')
        expect(page.locator("vitrine-gallery li")).to_have_count(9)
        before = page.evaluate(PLACES)
        page.unroute("**/media/**")
        visit(page, site, summer, f'layout="{layout}"')
        page.wait_for_function(COMPLETE)

        assert page.evaluate(PLACES) == before, "something moved when the pictures came"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert faults(page) == []


def test_element_shows_one_item_large_by_keys(site: Site, summer: UUID, new_page: Callable[..., Page]) -> None:
    page = visit(new_page(), site, summer)
    opener = page.get_by_role("link", name="Picture of 1")
    opener.focus()
    page.keyboard.press("Enter")
    large = page.locator("vitrine-gallery dialog")

    expect(large).to_have_attribute("aria-label", "Picture of 1")
    expect(large.get_by_role("button", name="Close")).to_be_focused()
    assert page.evaluate("window.clicked.itemIndex") == 1
    assert page.evaluate("window.clicked.item.type") == "image"
    page.keyboard.press("ArrowRight")
    expect(large).to_have_attribute("aria-label", "Picture of 2")
    large.get_by_role("button", name="Previous picture").click()
    expect(large).to_have_attribute("aria-label", "Picture of 1")
    expect(large.get_by_role("button", name="Previous picture")).to_be_focused()
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(large).to_be_hidden()
    expect(opener).to_be_focused()


@pytest.mark.parametrize(("lang", "across"), [("en", -120), ("ar", 120)])
def test_element_goes_on_by_a_swipe(
    site: Site, summer: UUID, new_page: Callable[..., Page], lang: str, across: int
) -> None:
    page = visit(new_page(width=390, has_touch=True), site, summer, query=f"?lang={lang}")
    page.locator("vitrine-gallery .tile").first.click()
    large = page.locator("vitrine-gallery dialog")
    expect(large).to_have_attribute("aria-label", "Picture of 0")
    finger = page.context.new_cdp_session(page)

    def swipe(dx: int, dy: int) -> None:
        for kind, points in (("touchStart", [{"x": 195, "y": 400}]), ("touchMove", [{"x": 195 + dx, "y": 400 + dy}])):
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    swipe(across, 10)
    expect(large).to_have_attribute("aria-label", "Picture of 1")
    swipe(across // 2, 120)
    swipe(-across, 0)
    expect(large).to_have_attribute("aria-label", "Picture of 0")


def test_element_keeps_its_shapes_in_forced_colours(site: Site, summer: UUID, new_page: Callable[..., Page]) -> None:
    page = visit(new_page(forced_colors="active"), site, summer, 'layout="slideshow"')
    expect(page.locator("vitrine-gallery .bar bdi")).to_have_text("1 / 9")

    for part in (".bar .on", ".play", ".text"):
        expect(page.locator(f"vitrine-gallery {part}").first).to_have_css("border-top-style", "solid")
    assert faults(page) == []


def test_element_speaks_the_language_of_its_page(site: Site, summer: UUID, new_page: Callable[..., Page]) -> None:
    page = visit(new_page(width=390), site, summer, query="?lang=ar")
    box = page.locator("vitrine-gallery > div").first
    expect(page.locator("vitrine-gallery li")).to_have_count(9)

    expect(box).to_have_attribute("dir", "rtl")
    expect(page.locator("vitrine-gallery figcaption span").first).to_have_attribute("lang", "en")
    page.locator("vitrine-gallery .tile").first.click()
    large = page.locator("vitrine-gallery dialog")
    expect(large).to_have_attribute("aria-label", "Picture of 0")
    page.keyboard.press("ArrowLeft")
    expect(large).to_have_attribute("aria-label", "Picture of 1")
    page.keyboard.press("Escape")
    page.evaluate("document.querySelector('vitrine-gallery').lang = 'en'")
    expect(box).to_have_attribute("dir", "ltr")
    assert faults(page) == []


@pytest.mark.parametrize("way", [("en", "ArrowRight", "slideshow"), ("ar", "ArrowLeft", "slider")])
def test_element_slides_by_buttons_and_keys(
    site: Site, summer: UUID, new_page: Callable[..., Page], way: tuple[str, str, str]
) -> None:
    lang, forward, layout = way
    page = visit(new_page(width=390, height=500), site, summer, f'layout="{layout}" size="large"', f"?lang={lang}")
    buttons, place = page.locator("vitrine-gallery .bar button"), page.locator("vitrine-gallery .bar bdi")
    expect(place).to_have_text(re.compile(r"^1(–\d)? / 9$"))
    expect(buttons.first).to_have_attribute("aria-disabled", "true")

    buttons.last.click()
    expect(place).not_to_have_text(re.compile("^1"))
    buttons.first.click()
    expect(place).to_have_text(re.compile("^1"))
    page.keyboard.press(forward)
    expect(place).not_to_have_text(re.compile("^1"))
    page.keyboard.press("End")
    expect(place).to_have_text(re.compile("9 / 9$"))
    expect(buttons.last).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Home")
    expect(place).to_have_text(re.compile("^1"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert faults(page) == []


def test_element_slides_on_into_what_is_still_to_be_asked_for(
    house: House, site: Site, summer: UUID, media: list[UUID], new_page: Callable[..., Page]
) -> None:
    act(house, items.add, summer, media[:1] * 60)
    page = visit(new_page(), site, summer, 'layout="slideshow"')
    place = page.locator("vitrine-gallery .bar bdi")
    expect(place).to_have_text("1 / 69")

    page.locator("vitrine-gallery .tile").first.focus()
    page.keyboard.press("End")
    expect(place).to_have_text("60 / 69")
    page.get_by_role("button", name="Next picture").click()

    expect(place).to_have_text("61 / 69")
    expect(page.locator("vitrine-gallery li")).to_have_count(69)


def test_element_takes_other_attributes_at_any_time(
    house: House, site: Site, summer: UUID, media: list[UUID], new_page: Callable[..., Page]
) -> None:
    other = act(house, lambda *, actor: factories.gallery(actor, "Winter", status="published").id)
    act(house, items.add, other, media[:2])
    page = visit(new_page(), site, summer)
    expect(page.locator("vitrine-gallery li")).to_have_count(9)
    set_to = "([name, value]) => document.querySelector('vitrine-gallery').setAttribute(name, value)"

    page.evaluate(set_to, ["layout", "grid"])
    expect(page.locator("vitrine-gallery > div").first).to_have_class("grid")
    page.evaluate(set_to, ["gallery", str(other)])
    expect(page.locator("vitrine-gallery li")).to_have_count(2)
    page.evaluate(set_to, ["gallery", ""])
    expect(page.locator("vitrine-gallery [role=status]")).to_be_visible()


def test_element_shows_more_when_asked(
    house: House, site: Site, summer: UUID, media: list[UUID], new_page: Callable[..., Page]
) -> None:
    act(house, items.add, summer, media[:1] * 60)
    page = visit(new_page(), site, summer)
    expect(page.locator("vitrine-gallery li")).to_have_count(60)

    page.get_by_role("button", name="More pictures").click()

    expect(page.locator("vitrine-gallery li")).to_have_count(69)
    expect(page.get_by_role("button", name="More pictures")).to_be_hidden()
    expect(page.locator("vitrine-gallery li").nth(60).locator(".tile")).to_be_focused()


def test_frame_shows_a_gallery_and_no_other_page_of_ours(
    house: House, site: Site, summer: UUID, new_page: Callable[..., Page]
) -> None:
    page = new_page()
    site.body = f'<iframe src="{house.url}/embed/{summer}" title="Summer" width="900" height="600"></iframe>'
    page.goto(site.url)
    framed = page.frame_locator("iframe")

    expect(framed.locator("vitrine-gallery li")).to_have_count(9)
    framed.locator("vitrine-gallery .tile").first.click()
    expect(framed.locator("vitrine-gallery dialog")).to_be_visible()
    plain = new_page(java_script_enabled=False)
    plain.goto(f"{house.url}/embed/{summer}")
    expect(plain.locator("noscript img, vitrine-gallery img")).to_have_count(7)
