"""An animation in a browser: it moves for those who want that, and stops and starts at a press of a key."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests import factories, pictures
from tests.fixtures.house import House, open_house
from tests.uploads import upload
from webapp.domain import items
from webapp.domain.transaction import transaction

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("moving"), Ed="admin") as made:
        yield made


@pytest.fixture(scope="module")
def address(house: House) -> str:
    """Where an animation of a public gallery is shown by itself."""
    scenes = [pictures.scene(700, 460, seed=seed) for seed in range(4)]
    content = pictures.encode(scenes[0], "gif", save_all=True, append_images=scenes[1:], duration=200, loop=0)
    with house.app.app_context():
        media_id = upload(house.app.extensions["vitrine-storage"], content, "walk.gif")
        house.finish()
        with transaction():
            made = factories.gallery(house.actor("Ed"), "Walks", status="published")
            items.add(made.id, [media_id], actor=house.actor("Ed"))
            place = made.id
        (item_id,) = factories.order(place)
    return f"{house.url}/g/walks/{item_id}"


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_an_animation_stops_and_starts_by_keyboard(new_page: Callable[..., Page], address: str, motion: str) -> None:
    page = new_page(width=390, height=800, reduced_motion=motion)
    page.goto(address)
    moves, stands = page.locator("picture.mv-run img"), page.locator(".mv > .mv-still img")
    if motion == "reduce":
        moves, stands = stands, moves

    expect(moves).to_be_visible()
    expect(stands).to_be_hidden()
    box = moves.bounding_box()
    assert box
    assert box["width"] > 250
    assert box["height"] > 100
    page.locator("#mv-stop").focus()
    page.keyboard.press("Space")

    expect(stands).to_be_visible()
    expect(moves).to_be_hidden()
    page.keyboard.press("Space")
    expect(moves).to_be_visible()


def test_what_stands_still_asks_for_no_frame(new_page: Callable[..., Page], address: str) -> None:
    asked: list[str] = []
    page = new_page(reduced_motion="reduce")
    page.on("request", lambda request: asked.append(request.url))

    page.goto(address)
    page.wait_for_load_state("networkidle")

    assert any("/media/" in url for url in asked)
    assert not [url for url in asked if "moving-" in url]
