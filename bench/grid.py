"""The grid of an editor beside SortableJS: the same tiles on the same page, dragged and carried in Chromium.

Each latency runs from the event's own time stamp to after the next frame, so that a frame (16 ms at 60 Hz) is the
floor. SortableJS gets a copy of the list without our listeners, with its animation of 150 ms and without its plug-in
for many items. It drags by its fallback, so that both answer to the same pointer events; the browser's own dragging
sends others, none of which reached the page in headless Chromium. It has no keyboard.
"""

import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import UUID

import click
from playwright.sync_api import Browser, Page, sync_playwright

from bench.client import EMAIL, Client
from bench.filling import EDITOR, PASSWORD, PICTURES, command, make, repeated, upload
from bench.goals import Row, at_most, report
from bench.live import Server, serving
from bench.packages import installed
from bench.screenshots import ARGUMENTS
from webapp import create_app
from webapp.config import Settings
from webapp.domain import renditions
from webapp.infra.db import db

VERSION = "1.15.7"
WIDTH, HEIGHT = 1440, 1000
MOVES, AT_THE_EDGE = 60, 20
STEPS = 30
PATIENCE = 120_000
KEYBOARD_MS = 100
READY = """size => !document.querySelector("#items").dataset.next
    && document.querySelectorAll("#items > .tile").length === size"""
PROBE = """name => {
    window.latencies = [];
    addEventListener(name, ({ timeStamp }) => requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => latencies.push(performance.now() - timeStamp);
        port2.postMessage(0);
    }), { capture: true });
}"""
SETTLED = "count => latencies.length >= count"
ORDER = "() => [...document.querySelectorAll('#items > .tile')].map((tile) => tile.dataset.id)"
SORTABLE = """() => {
    const list = document.querySelector("#items");
    const copy = list.cloneNode(true);
    list.replaceWith(copy);
    Sortable.create(copy, {
        draggable: ".tile", animation: 150, forceFallback: true,
        scrollSensitivity: 72, bubbleScroll: true,
    });
}"""
OURS, PEER = "Vitrine", "SortableJS"


@dataclass
class Figures:
    """The latencies of each round, in ms, by deed and size."""

    rounds: dict[tuple[str, int], list[list[float]]] = field(default_factory=dict)

    def take(self, deed: str, size: int, latencies: list[float]) -> None:
        """Keep a round's."""
        self.rounds.setdefault((deed, size), []).append(latencies)

    def median_of(self, deed: str, size: int, percent: int) -> float:
        """Give the median over the rounds of a percentile."""
        return statistics.median(percentile(each, percent) for each in self.rounds[deed, size])


@dataclass
class Wall:
    """A signed-in browser at a server with a gallery of each size; `script` is SortableJS."""

    browser: Browser
    server: Server
    galleries: dict[int, str]
    script: Path

    def page(self, size: int) -> Page:
        """Open a gallery in Arrange mode and wait until every tile is there."""
        context = self.browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, bypass_csp=True)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{self.server.url}/login")
        page.fill("input[type=email]", EMAIL)
        page.fill("input[type=password]", PASSWORD)
        page.press("input[type=password]", "Enter")
        page.wait_for_url("**/galleries/")
        page.goto(f"{self.server.url}{EDITOR.format(self.galleries[size])}?arrange=wide&size=m")
        page.wait_for_function(READY, arg=size)
        page.wait_for_load_state("networkidle")
        return page


@click.command()
@click.option("--tiles", type=int, multiple=True, default=(1000, 5000), show_default=True, help="Sizes of galleries.")
@click.option("--rounds", default=3, show_default=True, help="Rounds in which all are measured in turn.")
@click.option("--peer", type=click.Path(path_type=Path), help="Where SortableJS is installed, kept for next time.")
def grid(tiles: tuple[int, ...], rounds: int, peer: Path | None) -> int:
    """Compare dragging among many tiles with SortableJS, which is fetched for it, and time the keyboard."""
    with tempfile.TemporaryDirectory(prefix="vitrine-grid-") as folder, serving(Path(folder, "home")) as server:
        script = installed((peer or Path(folder, "peer")).resolve(), "sortablejs", VERSION) / "Sortable.min.js"
        galleries = filled(server, tiles)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            figures = measure(Wall(browser, server, galleries, script), rounds)
            browser.close()
    return report(f"Grid beside SortableJS {VERSION}, {rounds} rounds", list(rows_of(figures, tiles)))


def filled(server: Server, sizes: tuple[int, ...]) -> dict[int, str]:
    """Make an administrator, pictures, and a gallery of each size."""
    command(server, "user", "add", EMAIL, "--role", "admin", "--password-stdin", stdin=PASSWORD)
    client = Client(server.port, command(server, "key", "add", "--user", EMAIL, "--name", "bench"))
    media: list[UUID] = [upload(client, number) for number in range(PICTURES)]
    app = create_app(Settings.from_environ(server.environ()))
    with app.app_context():
        renditions.work_off(app.extensions["vitrine-storage"])
        galleries = {size: make(f"{size} evenings", repeated(media, size)) for size in sizes}
        db.session.remove()
        db.engine.dispose()
    return galleries


def measure(wall: Wall, rounds: int) -> Figures:
    """Measure everything in turn, round after round, each on a page of its own."""
    figures = Figures()
    deeds: dict[str, Callable[[Page], list[float]]] = {
        OURS: drag,
        "keyboard": carry,
        PEER: partial(peer_drag, script=wall.script),
    }
    for _ in range(rounds):
        for size in wall.galleries:
            for name, deed in deeds.items():
                page = wall.page(size)
                figures.take(name, size, deed(page))
                page.context.close()
    return figures


def peer_drag(page: Page, *, script: Path) -> list[float]:
    """Hand the tiles over to SortableJS and drag one."""
    page.add_script_tag(path=script)
    page.evaluate(SORTABLE)
    return drag(page)


def drag(page: Page) -> list[float]:
    """Drag the third tile to and fro and then down the scrolling page; give the latency of each move."""
    before = page.evaluate(ORDER)
    tile = page.locator("#items > .tile").nth(2).bounding_box()
    assert tile
    x, y = tile["x"] + tile["width"] / 2, tile["y"] + tile["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in (4, 8, 12):  # until it has begun: what begins a drag is not a move of it
        page.mouse.move(x + step, y + step)
        page.wait_for_timeout(100)
    page.evaluate(PROBE, "pointermove")
    for number in range(MOVES):
        page.mouse.move(*point(number, top=y))
        page.wait_for_function(SETTLED, arg=number + 1)
    found: list[float] = page.evaluate("() => latencies")
    scrolled = page.evaluate("scrollY")
    page.mouse.up()
    page.wait_for_timeout(300)
    if not scrolled or page.evaluate(ORDER) == before:
        raise RuntimeError(f"nothing was dragged: {scrolled} px scrolled")
    return found


def point(number: int, *, top: float) -> tuple[float, float]:
    """Say where the pointer is at a move: across in rows, then along the lower edge, where the page scrolls."""
    across = number % 10
    x = 200 + 110 * (across if number // 10 % 2 == 0 else 9 - across) + number % 3
    if number >= MOVES - AT_THE_EDGE:
        return x, HEIGHT - 24
    return x, top + (HEIGHT - 140 - top) * number / (MOVES - AT_THE_EDGE)


def carry(page: Page) -> list[float]:
    """Pick the third tile up, lead it on by arrow keys and drop it; give the latency of each step."""
    before = page.evaluate(ORDER)
    page.locator("#items > .tile").nth(2).focus()
    page.keyboard.press("m")
    page.wait_for_timeout(300)
    page.evaluate(PROBE, "keydown")
    for number in range(STEPS):
        page.keyboard.press("ArrowDown" if number % 2 else "ArrowRight")
        page.wait_for_function(SETTLED, arg=number + 1)
    found: list[float] = page.evaluate("() => latencies")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    if page.evaluate(ORDER) == before:
        raise RuntimeError("nothing was carried")
    return found


def percentile(values: list[float], percent: int) -> float:
    """Give the value that so many of a hundred do not pass."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def rows_of(figures: Figures, sizes: tuple[int, ...]) -> Iterator[Row]:
    """State every figure beside its goal."""
    for size in sizes:
        for name in (OURS, PEER):
            p50, p95 = (figures.median_of(name, size, percent) for percent in (50, 95))
            yield Row(f"{size:,} tiles, drag: {name}, p50 / p95", f"{p50:.1f} / {p95:.1f} ms")
        ours, theirs = (figures.median_of(name, size, 95) for name in (OURS, PEER))
        yield at_most(f"{size:,} tiles, drag: p95, share of SortableJS'", ours / theirs, 1)
        p95 = figures.median_of("keyboard", size, 95)
        yield at_most(f"{size:,} tiles, keyboard: a step, p95", p95, KEYBOARD_MS, form="{:.1f} ms")
