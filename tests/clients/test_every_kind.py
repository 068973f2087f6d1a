"""Every kind of item by the unmodified SDK of Wix Pro Gallery: made, changed, ordered, previewed, published."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench import live
from bench.visitor import Visitor, fields_of
from tests import pictures
from tests.clips import clip, facts_of, picture_of
from tests.fixtures.house import PASSWORD, House, address, open_house
from tests.fixtures.node import Program

BASE = "/progallery/v2/galleries"
YOUTUBE = "https://www.youtube.com/watch?v=NCtzkaL2t_Y"
VIMEO = "https://vimeo.com/76979871"
ORDER = ("text", "film", "vimeo", "picture", "youtube")
"""How the kinds stand in the end, first to last."""

pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(tmp_path_factory.mktemp("every-kind"), Ed="admin") as made:
        yield made


@pytest.fixture(scope="module")
def sdk(house: House, start_program: Callable[..., Program]) -> Program:
    """The SDK with the key of a program that may manage galleries."""
    return start_program("sdk", VITRINE_URL=house.url, API_KEY=house.client.key)


def shows(house: House) -> dict[str, dict[str, Any]]:
    """What an item of each kind shows: files of the library, of which the film lies on its side, links, a text."""
    picture = uploaded(house, pictures.photo(900, 600, seed=42), "lake.jpg")
    film = uploaded(house, clip(640, 480, seconds=2.0, turned=90), "quay.mp4")
    image = f"wix:image://v1/{picture}/lake.jpg#originWidth=900&originHeight=600"
    return {
        "picture": {"image": {"imageInfo": image}},
        "film": {"video": {"type": "WIX_MEDIA", "videoInfo": f"wix:video://v1/{film}/quay.mp4"}},
        "youtube": {"video": {"type": "YOUTUBE", "videoInfo": YOUTUBE}},
        "vimeo": {"video": {"type": "VIMEO", "videoInfo": VIMEO}},
        "text": {"text": {"html": "<p>Three evenings</p>"}},
    }


def uploaded(house: House, content: bytes, name: str) -> str:
    """Bring a file into the library and return the name that programs call it by."""
    status, media = house.client.upload(content, name)
    assert status == 201, media
    return str(media["path"]).rpartition("/")[2]


def test_every_kind_of_item_from_its_making_to_what_visitors_see(house: House, sdk: Program, tmp_path: Path) -> None:
    gallery_id = sdk("createGallery", {"gallery": {"name": "Every kind"}})["_id"]
    items = {}
    for kind, shown in shows(house).items():
        made = sdk("createGalleryItem", gallery_id, {"title": "Unnamed"} | shown)
        assert made["type"] == {"picture": "IMAGE", "text": "TEXT"}.get(kind, "VIDEO")
        items[kind] = made["_id"]
    for kind, item_id in items.items():
        link = {"text": f"On the {kind}", "url": f"https://example.org/{kind}"}
        said = {"title": f"A {kind}", "description": f"About the {kind}", "tags": {"values": [kind]}, "link": link}
        changed = sdk("amend", gallery_id, item_id, said | {"sortOrder": -ORDER.index(kind)})
        assert {name: changed[name] for name in said} == said

    assert [each["_id"] for each in sdk("listGalleryItems", gallery_id)["items"]] == [items[kind] for kind in ORDER]
    look_at_film(house, f"{BASE}/{gallery_id}/items/{items['film']}", tmp_path)
    editor, stranger = Visitor(house.server.port), Visitor(house.server.port)
    editor.post("/login", fields_of(editor.get("/login"), "<form") | {"email": address("Ed"), "password": PASSWORD})
    for page in (editor.get(f"/galleries/{gallery_id}/preview"), stranger.get("/g/every-kind")):
        look_at(page, [items[kind] for kind in ORDER])


def look_at_film(house: House, path: str, folder: Path) -> None:
    """Wait until the film can be played, and find it upright."""

    def info() -> dict[str, Any]:
        found: dict[str, Any] = house.client.read(path)["item"]["video"]["videoInfo"]
        return found

    live.until(lambda: info()["resolutions"], 60, house.server.log)
    (step,) = info()["resolutions"]
    assert (step["width"], step["height"], step["quality"]) == (480, 640, "480p")
    made = folder / "made.mp4"
    made.write_bytes(house.client.fetch(step["url"].removeprefix(house.url)))
    stream = picture_of(facts_of(made))
    assert (stream["width"], stream["height"], stream.get("side_data_list", [])) == (480, 640, [])


def look_at(page: str, order: list[str]) -> None:
    """Find all items in their order on a page of the gallery, each with its words and its link."""
    assert re.findall(r'<li [^>]*id="i-([0-9a-f-]{36})"', page) == order
    places = re.split(r'<li [^>]*id="i-', page)[1:]
    for kind, place in zip(ORDER, places, strict=True):
        assert f'href="https://example.org/{kind}"' in place
        assert f"On the {kind}" in place
    assert "Three evenings" in places[0]
    assert all(f"A {kind}" in place for kind, place in zip(ORDER, places, strict=True) if kind in ("film", "vimeo"))
