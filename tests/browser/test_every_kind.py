"""Every kind of item in one gallery, made, described, ordered, previewed and published by a person in a browser."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bench import live
from tests import pictures
from tests.browser.walk import Walk, drag_first_behind_fourth, fetch, save
from tests.clips import clip, facts_of, picture_of
from tests.fixtures.house import House, open_house

PATIENCE = 60_000  # milliseconds, on a machine that is busy with the other tests
YOUTUBE = "https://www.youtube.com/watch?v=NCtzkaL2t_Y"
VIMEO = "https://vimeo.com/76979871"
MADE = ("picture", "film", "youtube", "vimeo", "text")
"""The kinds in the order they are made in."""
VIDEO = ("title", "caption", "description")
TEXTS = {"picture": ("caption", "alt", "title"), "film": VIDEO, "youtube": VIDEO, "vimeo": VIDEO}
TEXTS |= {"text": ("title", "caption")}
"""What is asked for in words, beside the text of a text."""

pytestmark = [pytest.mark.browser, pytest.mark.full]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("every-kind"), Ed="admin") as made:
        yield made


def test_every_kind_of_item_from_its_making_to_what_visitors_see(
    house: House, new_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = house.new_gallery(house.enter(new_page()))
    asked = asked_of_others(page, house)
    found = re.search(r"/galleries/([0-9a-f-]{36})/", page.url)
    assert found
    walk = Walk(page, house.url, gallery=found[1])
    make(walk, tmp_path)
    kinds = dict(zip(walk.shown(), MADE, strict=True))
    for item, kind in kinds.items():
        describe(walk, item, kind)
    arrange(walk)
    order = walk.shown()
    assert [kinds[each] for each in order] == ["picture", "film", "youtube", "text", "vimeo"]

    walk.to(f"/galleries/{walk.gallery}/preview")
    look_at(page, order, kinds)
    walk.to(f"/galleries/{walk.gallery}/")
    page.click("#publish")
    expect(page.locator("h1")).to_contain_text("Published")
    visitor = new_page()
    visitor.goto(f"{house.url}/g/summer")
    look_at(visitor, order, kinds)
    look_at_each(visitor, house, {kind: item for item, kind in kinds.items()}, tmp_path)
    assert asked == []


def asked_of_others(page: Page, house: House) -> list[str]:
    """Note what anybody else is asked for."""
    asked: list[str] = []
    ours = re.compile(rf"{re.escape(house.url)}/|data:|blob:")
    page.context.on("request", lambda request: None if ours.match(request.url) else asked.append(request.url))
    return asked


def make(walk: Walk, folder: Path) -> None:
    """Add an item of each kind, one behind the other; the video lies on its side."""
    page, tiles = walk.page, walk.page.locator("#items > li")
    photo, film = folder / "lake.jpg", folder / "quay.mp4"
    photo.write_bytes(pictures.photo(900, 600, seed=41))
    film.write_bytes(clip(640, 480, seconds=2.0, turned=90))
    page.set_input_files("#upload-files", [str(photo), str(film)])
    expect(tiles).to_have_count(2, timeout=PATIENCE)
    expect(tiles.locator("img")).to_have_count(2, timeout=PATIENCE)
    for address, title in ((YOUTUBE, "Love me do"), (VIMEO, "The mountain")):
        walk.to(f"/galleries/{walk.gallery}/")
        page.click("#add-more summary")
        page.click("#add-video")
        page.fill("#url", address)
        page.fill("#title", title)
        page.click("#video-add")
        expect(page.locator("#item-title")).to_have_value(title)
    page.click("#add-more summary")
    page.click("#add-text")
    page.locator("#item-html-page").click()
    page.keyboard.type("Three evenings")
    save(walk, "#item-save")
    walk.to(f"/galleries/{walk.gallery}/")
    expect(tiles).to_have_count(len(MADE))


def described(kind: str) -> dict[str, str]:
    """What is written of an item, by its fields in the panel."""
    said = {name: f"{name} of the {kind}" for name in TEXTS[kind]}
    said |= {"link_url": f"https://example.org/{kind}", "link_text": f"On the {kind}"}
    return said | {"tags": ", ".join(sorted((kind, "quay")))}


def describe(walk: Walk, item: str, kind: str) -> None:
    """Write all there is to be written of an item, and find it again."""
    walk.to(f"/galleries/{walk.gallery}/?item={item}")
    for name, value in described(kind).items():
        walk.page.fill(f"#item-{name}", value)
    save(walk, "#item-save")
    walk.to(f"/galleries/{walk.gallery}/?item={item}")
    for name, value in described(kind).items():
        expect(walk.page.locator(f"#item-{name}")).to_have_value(value)


def arrange(walk: Walk) -> None:
    """Carry the text, which is last, to the top by keyboard, and drag it from there behind the fourth."""
    walk.page.locator("#items > li").last.focus()
    walk.page.keyboard.press("m")
    for _ in MADE[1:]:
        walk.page.keyboard.press("ArrowLeft")
    with walk.page.expect_response(lambda answer: answer.url.endswith("/moves")) as answer:
        walk.page.keyboard.press("Enter")
    assert answer.value.ok
    drag_first_behind_fourth(walk)


def look_at(page: Page, order: list[str], kinds: dict[str, str]) -> None:
    """Find all items in their order on the page of the gallery, the first large above the others."""
    expect(page.locator("h1")).to_have_text("Summer")
    shown = page.eval_on_selector_all("[id^=i-]", "all => all.map(each => each.id.slice(2))")
    assert shown == order
    for item, kind in kinds.items():
        place = page.locator(f"#i-{item}")
        words = page.locator(".p-cap" if kind == "picture" else f"#i-{item} figcaption")
        expect(words.locator("a.p-link")).to_have_attribute("href", f"https://example.org/{kind}")
        expect(words).to_contain_text(f"caption of the {kind}")
        if kind == "picture":
            expect(place.locator("img")).to_have_attribute("alt", "alt of the picture")
        elif kind == "text":
            expect(place.locator(".tx")).to_have_text("Three evenings")
        else:
            expect(place.locator("a.p-play")).to_be_visible()


def look_at_each(page: Page, house: House, items: dict[str, str], folder: Path) -> None:
    """Open the page of each item: the film plays upright, a video by link asks nobody yet."""
    for kind, provider in (("youtube", "YouTube"), ("vimeo", "Vimeo")):
        page.goto(f"{house.url}/g/summer/{items[kind]}")
        expect(page.locator("#play")).to_be_visible()
        expect(page.locator(".p-ask")).to_contain_text(provider)
        expect(page.locator("iframe")).to_have_count(0)
    page.goto(f"{house.url}/g/summer/{items['picture']}")
    expect(page.locator("figure img")).to_have_attribute("alt", "alt of the picture")
    page.goto(f"{house.url}/g/summer/{items['text']}")
    expect(page.locator("figure .tx")).to_have_text("Three evenings")
    film = f"{house.url}/g/summer/{items['film']}"
    live.until(lambda: b"<video" in fetch(film), PATIENCE / 1000, house.server.log)
    page.goto(film)
    player = page.locator("video.player")
    expect(player).to_have_attribute("width", "480")
    expect(player).to_have_attribute("height", "640")
    page.wait_for_function("document.querySelector('video').videoWidth > 0")
    assert player.evaluate("each => [each.videoWidth, each.videoHeight]") == [480, 640]
    made = folder / "made.mp4"
    made.write_bytes(fetch(player.evaluate("each => each.currentSrc")))
    stream = picture_of(facts_of(made))
    assert (stream["width"], stream["height"], stream.get("side_data_list", [])) == (480, 640, [])
