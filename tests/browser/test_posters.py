"""The picture for a video, chosen by looking: what is on the screen is what stands for it."""

import time
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from tests.clips import clip
from tests.fixtures.house import House, open_house
from tests.uploads import blob_of, rows_of, upload
from webapp.domain import remaking, renditions
from webapp.domain.transaction import release
from webapp.infra.storage import Storage

pytestmark = [pytest.mark.browser, pytest.mark.full]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("posters"), Ed="admin") as made:
        yield made


def settle(storage: Storage, film: UUID) -> None:
    """Wait until all is made, here or by the server's worker, and shown."""
    until = time.monotonic() + 60
    while blob_of(film).policy is None or any(row.state != "ready" for row in rows_of(film)):
        assert time.monotonic() < until
        renditions.work_off(storage)
        remaking.work_off(storage)
        release()


def test_the_picture_on_the_screen_stands_for_the_video(new_page: Callable[..., Page], house: House) -> None:
    storage = house.app.extensions["vitrine-storage"]
    with house.app.app_context():
        film = upload(storage, clip(640, 360, seconds=3, ending="webm"), "walk.webm")
        settle(storage, film)
    page = house.enter(new_page())
    page.goto(f"{house.url}/library/{film}")
    before = page.locator("video.player").get_attribute("poster")
    page.locator("#poster-at").fill("2")
    page.locator("#poster-at").press("Tab")
    page.wait_for_function("document.querySelector('video').currentTime === 2")

    page.locator("#poster-take").press("Enter")

    expect(page.get_by_text("The picture is being made.")).to_be_visible()
    expect(page.locator("#poster-clear")).to_be_visible()
    with house.app.app_context():
        assert blob_of(film).poster
        settle(storage, film)
    page.reload()
    expect(page.locator("video.player")).not_to_have_attribute("poster", before or "")
