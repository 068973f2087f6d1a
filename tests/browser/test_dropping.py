"""Files that are dropped or pasted on a page: loose ones, whole folders, and pictures that never were files."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.fixtures.house import House, open_house
from tests.pictures import encode, scene

pytestmark = [pytest.mark.browser, pytest.mark.full]

MIDDLE = {"x": 400, "y": 300}
PASTE = """([target, colour, words]) => new Promise((done) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [40, 30];
    const pen = canvas.getContext("2d");
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 40, 30);
    canvas.toBlob((blob) => {
        const held = new DataTransfer();
        held.items.add(new File([blob], "image.png", { type: "image/png" }));
        if (words) held.setData("text/plain", words);
        const news = { clipboardData: held, bubbles: true, cancelable: true };
        done(!document.querySelector(target).dispatchEvent(new ClipboardEvent("paste", news)));
    });
})"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("dropping"), Ed="admin") as made:
        yield made


@pytest.fixture
def editor(house: House, new_page: Callable[..., Page]) -> Page:
    """A new gallery in the editor."""
    return house.new_gallery(house.enter(new_page()))


def drop(page: Page, *paths: Path) -> None:
    """Drop files and folders of the disk on the page, as the system's file manager does."""
    session = page.context.new_cdp_session(page)
    told = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}

    def send(kind: str) -> None:
        session.send("Input.dispatchDragEvent", {"type": kind, **MIDDLE, "data": told})

    send("dragEnter")
    while not page.locator(".dropz.over").count():  # the part that takes them is on its way
        send("dragOver")
        page.wait_for_timeout(50)
    send("drop")


def queue(page: Page) -> list[str]:
    return page.locator("[data-uploads] .uq b").all_inner_texts()


def test_a_folder_gives_its_files_in_the_order_of_their_names(editor: Page, tmp_path: Path) -> None:
    trip = tmp_path / "trip"
    (trip / "more").mkdir(parents=True)
    for seed, name in enumerate(("10.png", "2.png", "more/1.png", ".hidden.png", "Thumbs.db")):
        (trip / name).write_bytes(encode(scene(60, 40, seed=seed), "png"))

    drop(editor, trip)

    expect(editor.locator("#items > .tile")).to_have_count(3, timeout=30_000)
    assert queue(editor) == ["2.png", "10.png", "1.png"]


def test_loose_files_and_a_folder_come_in_the_order_dropped(editor: Page, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for seed, name in enumerate(("b.png", "folder/c.png", "a.png")):
        (tmp_path / name).write_bytes(encode(scene(60, 40, seed=10 + seed), "png"))

    drop(editor, tmp_path / "b.png", tmp_path / "folder", tmp_path / "a.png")

    expect(editor.locator("#items > .tile")).to_have_count(3, timeout=30_000)
    assert queue(editor) == ["b.png", "c.png", "a.png"]


def test_a_picture_that_is_pasted_is_added_with_a_name_of_its_own(editor: Page) -> None:
    for number, colour in enumerate(("teal", "maroon"), start=1):
        assert editor.evaluate(PASTE, ["body", colour, ""]) is (number > 1), "the first one brings the part itself"
        expect(editor.locator("#items > .tile")).to_have_count(number, timeout=30_000)

    assert all(name.startswith("pasted-20") and name.endswith(".png") for name in queue(editor))


def test_what_is_pasted_into_a_text_stays_there(editor: Page) -> None:
    editor.locator("#upload-files").focus()
    for _ in range(2):
        assert editor.evaluate(PASTE, ["[name=title]", "navy", "A cell of a table"]) is False

    expect(editor.locator("[data-uploads] .uq")).to_have_count(0)
