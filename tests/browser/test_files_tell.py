"""A file's page in a browser: what the file says is used with a click, and captions play, under the strict policy."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.clips import clip
from tests.fixtures.house import House, open_house
from tests.tellers import jpeg, packet
from webapp.domain import galleries, items, media, renditions
from webapp.domain.transaction import transaction

pytestmark = pytest.mark.browser
BOATS = packet(
    dc_title={"x-default": "Boats"},
    dc_description={"x-default": "Three boats at a pier, seen from the hill behind the old town"},
    iptc_AltTextAccessibility={"x-default": "Three boats at a pier"},
    keywords=("lake", "dawn"),
    given='photoshop:Credit="Lake Press"',
)
EVIL = "<script>window.__vitrine_xss=1</script><img src=x onerror=window.__vitrine_xss=1>Boats"
CAPTIONS = f"WEBVTT\n\n00:00.000 --> 00:00.900\n{EVIL}\n"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("tell"), Ed="admin") as made:
        yield made


def bring(house: House, content: bytes, name: str) -> UUID:
    """Bring a file into the library."""
    storage = house.app.extensions["vitrine-storage"]
    with house.app.app_context():
        intake = media.take_in(io.BytesIO(content), name, storage=storage)
        with transaction():
            found = media.add(intake, actor=house.actor("Ed")).id
        renditions.work_off(storage)
    return found


def test_what_a_file_says_is_used_with_a_click_and_not_by_enter(house: House, new_page: Callable[..., Page]) -> None:
    page = house.enter(new_page())
    page.goto(f"{house.url}/library/{bring(house, jpeg(xmp=BOATS), 'boats.jpg')}")
    expect(page.locator("#file-alt-offer q")).to_have_text("Three boats at a pier")
    expect(page.locator("#file-alt")).to_have_value("")

    page.fill("#file-title", "My own")
    page.press("#file-title", "Enter")
    expect(page.locator("#file-title-offer")).to_have_count(0)
    expect(page.locator("#file-alt")).to_have_value("")

    page.click("#file-alt-use")
    expect(page.locator("#file-alt")).to_have_value("Three boats at a pier")
    page.click("#file-texts-use")
    expect(page.locator("#file-credit")).to_have_value("Lake Press")
    expect(page.locator("#file-title")).to_have_value("My own")


def test_captions_are_shown_by_the_player_and_run_nothing(
    house: House, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    video = bring(house, clip(seconds=1.0), "clip.mp4")
    (tmp_path / "boats.vtt").write_text(CAPTIONS)
    page = house.enter(new_page())
    page.goto(f"{house.url}/library/{video}")
    page.set_input_files("#captions-file", tmp_path / "boats.vtt")
    page.click("#file-captions-save")
    expect(page.locator("#captions-en")).to_be_visible()
    with house.app.app_context(), transaction():
        made = factories.gallery(house.actor("Ed"), "Moving")
        item = items.add(made.id, [video], actor=house.actor("Ed"))[0].id
        galleries.set_status(made, "published", actor=house.actor("Ed"))

    page.goto(f"{house.url}/g/moving/{item}")
    page.wait_for_function("document.querySelector('video').textTracks[0]?.cues?.length === 1")

    tracks = page.evaluate("[...document.querySelector('video').textTracks].map((t) => [t.mode, t.kind, t.language])")
    assert tracks == [["showing", "captions", "en"]]
    assert page.evaluate("window.__vitrine_xss") is None
