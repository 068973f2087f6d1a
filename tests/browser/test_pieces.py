"""Large files from the browser: in pieces, through what interrupts them, and cancelled or let rest by hand."""

import itertools
import random
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, Route, expect

from tests.fixtures.house import House, open_house

PATIENCE = 60_000  # milliseconds, on a machine that is busy with the other tests
SEEDS = itertools.count(1)
PIECES = re.compile(r"/library/uploads/tus/[0-9a-f-]{36}$")

pytestmark = [pytest.mark.browser, pytest.mark.full]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("pieces"), Ed="admin") as made:
        yield made


@pytest.fixture
def editor(house: House, new_page: Callable[..., Page]) -> Page:
    """A new gallery in the editor."""
    return house.new_gallery(house.enter(new_page()))


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A picture of nine megabytes that the library has not."""
    size = (2000, 1600)
    noise = random.Random(next(SEEDS)).randbytes(3 * size[0] * size[1])
    path = tmp_path / "large.png"
    Image.frombytes("RGB", size, noise).save(path, compress_level=0)
    assert path.stat().st_size > 8 * 1024**2
    return path


def row(page: Page, text: str) -> None:
    expect(page.locator("[data-uploads] .uq small")).to_have_text(text, timeout=PATIENCE)


def begin(page: Page, path: Path) -> None:
    """Choose a file, and wait until its first piece is on its way."""
    with page.expect_request(lambda request: request.method == "PATCH", timeout=PATIENCE):
        page.set_input_files("#upload-files", str(path))


def cut(route: Route) -> None:
    """Lose the network for what changes something."""
    if route.request.method == "PATCH":
        route.abort("connectionreset")
    else:
        route.continue_()


def test_a_large_file_comes_in_pieces_and_takes_its_place(editor: Page, large: Path) -> None:
    asked: list[str] = []
    editor.on("request", lambda request: asked.append(request.method) if "/uploads/tus" in request.url else None)

    editor.set_input_files("#upload-files", str(large))

    expect(editor.locator("#items > .tile")).to_have_count(1, timeout=PATIENCE)
    row(editor, "Added")
    assert asked[:2] == ["POST", "PATCH"]


def test_a_large_file_goes_on_after_a_lost_network(editor: Page, large: Path) -> None:
    lost: list[Route] = []

    def lose_once(route: Route) -> None:
        if route.request.method == "PATCH" and not lost:
            lost.append(route)
            route.abort("connectionreset")
        else:
            route.continue_()

    editor.route(PIECES, lose_once)
    editor.set_input_files("#upload-files", str(large))

    expect(editor.locator("#items > .tile")).to_have_count(1, timeout=PATIENCE)
    assert len(lost) == 1


def test_a_large_file_rests_and_goes_on_by_hand(editor: Page, large: Path) -> None:
    editor.route(PIECES, cut)
    begin(editor, large)
    queue = editor.locator("[data-uploads]")
    queue.get_by_role("button", name="Pause").click(timeout=PATIENCE)
    row(editor, "Paused")

    editor.unroute(PIECES)
    queue.get_by_role("button", name="Resume").click()

    expect(editor.locator("#items > .tile")).to_have_count(1, timeout=PATIENCE)


def test_a_large_file_goes_on_after_the_page_was_loaded_again(editor: Page, large: Path) -> None:
    editor.route(PIECES, cut)
    begin(editor, large)
    editor.locator("[data-uploads]").get_by_role("button", name="Pause").click(timeout=PATIENCE)
    row(editor, "Paused")
    editor.unroute(PIECES)
    editor.goto(editor.url)
    begun: list[str] = []
    editor.on("request", lambda request: begun.append(request.method) if "/uploads/tus" in request.url else None)

    editor.set_input_files("#upload-files", str(large))

    expect(editor.locator("#items > .tile")).to_have_count(1, timeout=PATIENCE)
    assert begun[0] == "HEAD", "what this browser had begun is asked after, not begun again"


def test_a_large_file_that_is_cancelled_leaves_nothing_and_holds_up_nobody(
    editor: Page, large: Path, tmp_path: Path
) -> None:
    editor.route(PIECES, cut)
    begin(editor, large)
    queue = editor.locator("[data-uploads]")
    with editor.expect_response(lambda answer: answer.request.method == "DELETE", timeout=PATIENCE) as gone:
        queue.get_by_role("button", name="Cancel large.png").click()
    assert gone.value.status == 204
    expect(queue.locator(".uq")).to_have_count(0)

    small = tmp_path / "small.png"
    Image.new("RGB", (40, 30), (next(SEEDS), 90, 120)).save(small)
    editor.set_input_files("#upload-files", str(small))

    expect(editor.locator("#items > .tile")).to_have_count(1, timeout=PATIENCE)


def test_an_archive_whose_script_could_not_be_had_is_sent_at_the_next_try(
    house: House, new_page: Callable[..., Page], large: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "many.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.write(large, large.name)
    page = house.enter(new_page())
    page.goto(f"{house.url}/imports/new")
    form = page.locator("form[data-pieces]")
    client = str(form.get_attribute("data-client"))
    page.route(f"**{client}", lambda route: route.abort("connectionreset"))
    form.locator("[type=file]").set_input_files(str(archive))
    send = form.locator("[type=submit]")
    send.click()
    expect(form.locator("[data-sending] .err")).to_be_visible(timeout=PATIENCE)
    expect(send).to_be_enabled()

    page.unroute(f"**{client}")
    send.click()

    page.wait_for_url(re.compile(r"/imports/[0-9a-f-]{36}$"), timeout=PATIENCE)
