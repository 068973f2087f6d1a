"""What holds on every page: no axe violation, no sideways scroll, one heading, nothing refused by the policy."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from bench.screenshots import sign_in
from bench.tour import Tour, lived_in
from webapp import create_app
from webapp.config import Settings

AXE = (Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
LOOKS = [
    ("dark", 320, "en"),
    pytest.param("light", 1440, "ar", marks=pytest.mark.full),
    pytest.param("light", 320, "de", marks=pytest.mark.full),
    pytest.param("dark", 1440, "fr", marks=pytest.mark.full),
]
"""Theme, width, and the language that the browser asks for: one runs right to left, one has long words."""

NO_PAGES = (
    "/static/",
    "/styles/",
    "/api/",
    "/media/",
    "/uploads/",
    "/library/uploads/",
    "/healthz",
    "/readyz",
    "/progallery/",
    "/pro-gallery/",
    "/_api/",
    "/.well-known/",
)
ANSWERS_IN_PARTS = (
    "/tiles", "/tile", "/order.json", "/changes/count", "/login/ending", "/exchange/file", "/machine/orders",
    "/jobs/now",
)  # fmt: skip
UPON = """() => {
    const drawn = [...document.querySelectorAll("main :is(img, .words, .badge)")].map((each) => {
        const { left, right, top, bottom } = each.getBoundingClientRect();
        const name = each.getAttribute("src") ?? each.textContent;
        return { name, left, right, top, bottom, shown: each.checkVisibility(), badge: each.matches(".badge") };
    }).filter((each) => each.shown && each.right - each.left > 8);
    const meet = (one, other) => one.left + 4 < other.right && other.left + 4 < one.right
        && one.top + 4 < other.bottom && other.top + 4 < one.bottom;
    const found = [];
    drawn.forEach((one, index) => drawn.slice(index + 1).forEach((other) => {
        const labelled = one.badge !== other.badge && (one.name.startsWith("/") || other.name.startsWith("/"));
        if (!labelled && meet(one, other)) found.push(`${one.name} ${other.name}`);
    }));
    return found;
}"""
"""Pictures, words in their place and labels that cover one another; a label may lie upon its picture."""

NOT_HTML = (".xml", ".csv", "/feed.json", "/robots.txt", "/element.js", "/embed/<uuid:gallery_id>.json", "/oembed")
"""Fragments and figures that a page asks for, not pages."""

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tour]:
    with lived_in(tmp_path_factory.mktemp("tour") / "home") as found:
        yield found


@pytest.mark.parametrize(("theme", "width", "language"), LOOKS)
def test_every_page_can_be_used_by_everybody(
    tour: Tour, new_page: Callable[..., Page], theme: str, width: int, language: str
) -> None:
    faults: dict[str, object] = {}
    for signed_in, pages in ((False, tour.public_pages), (True, tour.pages)):
        page = new_page(width=width, color_scheme=theme, locale=language, bypass_csp=False)
        page.context.add_cookies(tour.cookies)
        if signed_in:
            sign_in(page, tour)
        for name, path in pages.items():
            page.goto(tour.server.url + path, wait_until="load")
            found = [*violations(page), *layout_faults(page, width)]
            if found:
                faults[name] = found

    assert not faults, "\n".join(f"{name}: {found}" for name, found in faults.items())


def test_every_page_is_on_the_tour(tour: Tour, tmp_path: Path) -> None:
    app = create_app(Settings.from_environ({"VITRINE_HOME": str(tmp_path)}))
    adapter = app.url_map.bind("localhost")
    visited = {
        adapter.match(path.partition("?")[0], method="GET")[0]
        for path in [*tour.pages.values(), *tour.public_pages.values()]
    }
    pages = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.rule.startswith(NO_PAGES)
        and not rule.rule.endswith(ANSWERS_IN_PARTS + NOT_HTML)
    }

    led_on = {"accounts.start", "translations.following"}
    assert pages - visited - led_on - {"shared.picture", "shared.original", "shared.captions"} == set()


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(answer => answer.violations)")
    return [f"{each['id']}: {node['target']} {node['failureSummary']}" for each in found for node in each["nodes"]]


def layout_faults(page: Page, width: int) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth")
    headings = page.locator("h1").count()
    faults = [f"scrolls sideways: {wide} of {width}"] if wide > width else []
    faults += [f"lie upon each other: {pair}" for pair in page.evaluate(UPON)]
    return [*faults, f"{headings} first headings"] if headings != 1 else faults
