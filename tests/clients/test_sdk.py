"""The SDK of Wix Pro Gallery and an app made with it, unmodified, at a real server."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from bench import live
from bench.client import picture
from tests.fixtures.house import House
from tests.fixtures.node import Program, Refused

BASE = "/progallery/v2/galleries"
INSTANCE = "22222222-2222-4222-8222-222222222222"
WIX_IMAGE = "wix:image://v1/11062b_127~mv2.jpeg/Some%20Alt.jpeg#originWidth=6446&originHeight=4298"
WIX_VIDEO = "wix:video://v1/11062b_201/file.mp4#posterUri=p000.jpg&posterWidth=960&posterHeight=540"
YOUTUBE = "https://www.youtube.com/watch?v=NCtzkaL2t_Y"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("sdk")
    with live.serving(folder / "home", WORKERS="1", OUTBOUND_ALLOW="127.0.0.0/8") as server:
        made = House(server, {"Ed": "admin"})
        yield made
        made.close()


@pytest.fixture(scope="module")
def sdk(house: House, start_program: Callable[..., Program]) -> Program:
    """The SDK with the key of a program that may manage galleries."""
    return start_program("sdk", VITRINE_URL=house.url, API_KEY=house.client.key)


@pytest.fixture(scope="module")
def app(house: House, start_program: Callable[..., Program]) -> Program:
    """An app that has an id and a secret, which are the halves of a key."""
    app_id, _, secret = house.client.key.partition(".")
    return start_program("app", VITRINE_URL=house.url, APP_ID=app_id, APP_SECRET=secret, INSTANCE_ID=INSTANCE)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The address of a picture on somebody else's server."""
    content = picture(48, 32)

    class Shelf(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/harbour.png"
    server.shutdown()
    thread.join()
    server.server_close()


def text(title: str, **more: Any) -> dict[str, Any]:
    return {"title": title, "text": {"html": f"<p>{title}</p>"}} | more


def gallery(sdk: Program, *items: dict[str, Any], name: str = "Simple Gallery") -> SimpleNamespace:
    """Make a gallery, and give its id and those of its items as they stand."""
    made = sdk("createGallery", {"gallery": {"name": name, "items": items}})
    return SimpleNamespace(id=made["_id"], items=[each["_id"] for each in made["items"]], made=made)


def titles(items: list[dict[str, Any]]) -> list[str]:
    return [each["title"] for each in items]


def refused(sdk: Program, function: str, *arguments: object) -> dict[str, Any]:
    with pytest.raises(Refused) as found:
        sdk(function, *arguments)
    return found.value.told


class TestMethods:
    def test_create_gallery_returns_all_kinds_as_the_sdk_writes_them(self, sdk: Program) -> None:
        focal, sharp = {"x": 0.5, "y": 0.25}, {"amount": 1, "radius": 2, "threshold": 0.1}
        exif, css = {"id": "exif-id", "Model": "X"}, {"backgroundColor": "red", "id": "css-id"}
        image = {"imageInfo": WIX_IMAGE, "focalPoint": focal, "quality": 90, "unsharpMasking": sharp, "exif": exif}
        link = {"text": "more", "url": "https://example.org"}
        made = gallery(
            sdk,
            {"title": "A picture", "description": "D", "sortOrder": 1644317968.985, "link": link, "image": image}
            | {"tags": {"values": ["sea"]}},
            {"title": "A video", "sortOrder": 2, "video": {"type": "WIX_MEDIA", "videoInfo": WIX_VIDEO}},
            {"title": "Elsewhere", "sortOrder": 4, "video": {"type": "YOUTUBE", "videoInfo": YOUTUBE}},
            {"title": "A text", "sortOrder": 3, "text": {"html": "<p>hi</p>", "css": css}},
        ).made

        assert UUID(made["_id"])
        assert (made["name"], made["totalItems"]) == ("Simple Gallery", 4)
        assert set(made["_createdDate"]) == {"$date"}
        first, *others = made["items"]
        assert titles(others) == ["Elsewhere", "A text", "A video"], "by sortOrder, the highest first"
        assert [each["type"] for each in made["items"]] == ["IMAGE", "VIDEO", "TEXT", "VIDEO"]
        assert all(set(each["_createdDate"]) == set(each["_updatedDate"]) == {"$date"} for each in made["items"])
        assert (first["sortOrder"], first["link"], first["tags"]) == (1644317968.985, link, {"values": ["sea"]})
        assert first["image"]["imageInfo"] == WIX_IMAGE
        assert (first["image"]["focalPoint"], first["image"]["quality"]) == (focal, 90)
        assert first["image"]["unsharpMasking"] == sharp
        assert first["image"]["exif"] == {"_id": "exif-id", "Model": "X"}, "the SDK's own way with what is called id"
        assert others[0]["video"]["videoInfo"] == YOUTUBE
        assert others[1]["text"] == {"html": "<p>hi</p>", "css": {"backgroundColor": "red", "_id": "css-id"}}
        assert others[2]["video"]["videoInfo"] == WIX_VIDEO

    def test_create_gallery_clones(self, sdk: Program) -> None:
        original = gallery(sdk, text("One", sortOrder=2), text("Two", sortOrder=1))

        made = sdk("createGallery", {"cloneFromGalleryId": original.id, "gallery": {"name": "Copy"}})

        assert (made["name"], titles(made["items"])) == ("Copy", ["One", "Two"])
        assert made["_id"] != original.id
        assert not {each["_id"] for each in made["items"]} & set(original.items)

    def test_list_galleries_returns_a_window_and_the_number_of_all(self, sdk: Program) -> None:
        made = [gallery(sdk, text("One"), text("Two"), name=name).id for name in ("First", "Second")]
        total = sdk("listGalleries")["totalGalleries"]

        found = sdk("listGalleries", {"offset": total - 2, "limit": 10, "itemLimit": 1})

        assert found["totalGalleries"] == total
        assert [each["_id"] for each in found["galleries"]] == made, "by the date they were made"
        assert [len(each["items"]) for each in found["galleries"]] == [1, 1]
        assert [each["totalItems"] for each in found["galleries"]] == [2, 2]

    def test_get_gallery_and_its_items_return_windows(self, sdk: Program) -> None:
        made = gallery(sdk, *(text(f"Item {number}", sortOrder=-number) for number in range(5)))

        found = sdk("getGallery", made.id, {"itemOffset": 1, "itemLimit": 2})
        listed = sdk("listGalleryItems", made.id, {"itemOffset": 3, "itemLimit": 100})

        assert (found["totalItems"], titles(found["items"])) == (5, ["Item 1", "Item 2"])
        assert titles(listed["items"]) == ["Item 3", "Item 4"]
        assert set(listed["items"][0]["_createdDate"]) == {"$date"}

    def test_update_gallery_changes_what_is_given(self, sdk: Program) -> None:
        made, order = gallery(sdk, text("One")), 1.5e12 + uuid4().int % 10**9

        renamed = sdk("updateGallery", made.id, {"name": "Renamed"})
        moved = sdk("updateGallery", made.id, {"sortOrder": order})

        assert (renamed["name"], titles(renamed["items"])) == ("Renamed", ["One"])
        assert (moved["name"], moved["sortOrder"]) == ("Renamed", order)

    def test_items_are_made_read_changed_and_deleted(self, sdk: Program) -> None:
        where = gallery(sdk, text("Below", sortOrder=1))

        made = sdk("createGalleryItem", where.id, text("New"))
        ids = {"galleryId": where.id, "itemId": made["_id"]}
        assert titles(sdk("listGalleryItems", where.id)["items"]) == ["New", "Below"], "a new one is first (D2)"
        assert sdk("getGalleryItem", ids) == made

        changed = sdk("updateGalleryItem", ids, {"title": "Changed", "sortOrder": 0.5})
        assert (changed["title"], changed["sortOrder"]) == ("Changed", 0.5)
        assert changed["text"] == made["text"]
        assert titles(sdk("listGalleryItems", where.id)["items"]) == ["Below", "Changed"]

        assert sdk("deleteGalleryItem", ids) == {"itemId": made["_id"]}
        assert refused(sdk, "getGalleryItem", ids)["status"] == 404

    def test_items_are_deleted_together_in_both_ways(self, sdk: Program) -> None:
        made = gallery(sdk, *(text(f"Item {number}", sortOrder=-number) for number in range(5)))

        left = sdk("deleteGalleryItems", made.id, {"itemsIds": made.items[:2]})
        assert titles(left["gallery"]["items"]) == ["Item 2", "Item 3", "Item 4"]
        assert sdk("bulkDeleteGalleryItems", made.id, made.items[2:4]) == {"itemIds": made.items[2:4]}

        assert titles(sdk("listGalleryItems", made.id)["items"]) == ["Item 4"]

    def test_a_deleted_gallery_is_gone(self, sdk: Program) -> None:
        made = gallery(sdk, text("One"))

        assert sdk("deleteGallery", made.id) == {"galleryId": made.id}

        told = refused(sdk, "getGallery", made.id)
        assert (told["status"], told["details"]["applicationError"]["code"]) == (404, "NOT_FOUND")
        assert told["requestId"]


class TestRefusals:
    def test_what_is_wrong_is_named_by_the_arguments_of_the_method(self, sdk: Program) -> None:
        made = gallery(sdk, text("One"))

        told = refused(sdk, "createGalleryItem", made.id, text("Two", image={"imageInfo": WIX_IMAGE}))
        assert (told["status"], fields(told)) == (400, ["item"])
        told = refused(sdk, "createGallery", {"gallery": {"items": [text("One"), {"title": "Nothing"}]}})
        assert (told["status"], fields(told)) == (400, ["options.gallery.items[1]"])
        told = refused(sdk, "getGallery", made.id, {"itemLimit": 201})
        assert (told["status"], fields(told)) == (400, ["options.itemLimit"])
        assert told["requestId"]

    def test_an_order_that_is_taken_is_a_conflict(self, sdk: Program) -> None:
        made = gallery(sdk, text("One", sortOrder=1))

        told = refused(sdk, "createGalleryItem", made.id, text("Two", sortOrder=1))

        assert (told["status"], told["details"]["applicationError"]["code"]) == (409, "ALREADY_EXISTS")

    def test_a_wrong_key_is_not_let_in(self, house: House, start_program: Callable[..., Program]) -> None:
        stranger = start_program("sdk", VITRINE_URL=house.url, API_KEY="IST.somebody-else")

        told = refused(stranger, "createGallery", {"gallery": {"name": "Mine"}})

        assert (told["status"], told["details"]["applicationError"]["code"]) == (401, "UNAUTHENTICATED")


def fields(told: dict[str, Any]) -> list[str]:
    return [each["field"] for each in told["details"]["validationError"]["fieldViolations"]]


class TestAnApp:
    def test_an_app_gets_its_token_and_makes_a_gallery(self, app: Program, sdk: Program) -> None:
        made = app("make", "Of an app")

        assert sdk("getGallery", made["_id"])["name"] == "Of an app"

    def test_an_app_that_was_installed_renews_its_token(self, app: Program) -> None:
        assert app("installed", "a-code")["totalGalleries"] >= 0

    def test_an_app_learns_whose_its_token_is(self, app: Program, house: House) -> None:
        told = app("tokenInfo")

        assert (told["active"], told["subjectType"]) == (True, "APP")
        assert told["clientId"] == house.client.key.partition(".")[0]
        assert told["exp"] > told["iat"]
        assert UUID(told["instanceId"])

    def test_an_app_is_elevated_by_the_token_of_a_visit(self, app: Program, sdk: Program) -> None:
        made = app("elevated", "Elevated")

        assert sdk("getGallery", made["_id"])["name"] == "Elevated"

    def test_d13_a_visitor_sees_what_is_published_and_changes_nothing(
        self, app: Program, sdk: Program, house: House
    ) -> None:
        house.gallery(1)  # a draft
        gallery(sdk, text("One"))

        seen, all_of_them = app("visit")["totalGalleries"], sdk("listGalleries")["totalGalleries"]

        assert 0 < seen < all_of_them
        assert refused(app, "visitorMakes", "Mine")["status"] == 403

    def test_a_visitor_renews_a_token(self, app: Program) -> None:
        tokens = app("visitorRenews")

        assert tokens["before"] != tokens["after"]


KINDS = {
    "picture of the library": lambda house, _: {"image": {"imageInfo": of_the_library(house)}},
    "picture by its address": lambda _, address: {"image": {"imageInfo": address}},
    "picture of Wix": lambda *_: {"image": {"imageInfo": WIX_IMAGE, "quality": 90, "exif": {"Model": "X"}}},
    "text": lambda *_: {"text": {"html": "<p>hi</p>", "css": {"backgroundColor": "red", "ratio": -50}}},
}
CHANGES = (
    ({"title": "Otherwise"}, {"title"}),
    ({"sortOrder": 0.25}, {"sortOrder"}),
    ({"link": {"url": "https://example.org/b"}}, {"link"}),
)


class TestReadModifyWrite:
    """What the SDK loses of an item between reading and sending it, Vitrine keeps (contract, finding 9)."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_only_what_was_changed_is_changed(self, sdk: Program, house: House, elsewhere: str, kind: str) -> None:
        item = KINDS[kind](house, elsewhere) | {"title": "One", "description": "D", "tags": {"values": ["sea"]}}
        made = gallery(sdk, item | {"sortOrder": 7.5, "link": {"url": "https://example.org/a"}})
        wait_for_picture(house, made, elsewhere)

        look_at_changes(sdk, house, made)

    def test_a_video_of_wix_keeps_its_files_and_posters(self, sdk: Program, house: House) -> None:
        files = [
            {"url": f"https://video.wixstatic.com/{width}.mp4", "height": width // 2, "width": width, "format": "mp4"}
            for width in (640, 1280)
        ]
        posters = [
            {
                "id": f"p{number}.jpg",
                "url": f"https://static.wixstatic.com/p{number}.jpg",
                "width": 960,
                "height": 540,
            }
            for number in range(3)
        ]
        info = {"id": "11062b_201", "url": "", "filename": "file.mp4", "resolutions": files, "posters": posters}
        video = {"type": "WIX_MEDIA", "videoInfo": info, "durationInMillis": 20000}
        made = made_by_rest(house, {"title": "One", "video": video})
        assert len(read(house, made)["video"]["videoInfo"]["posters"]) == 3

        look_at_changes(sdk, house, made)

    def test_a_video_of_youtube_keeps_its_address(self, sdk: Program, house: House) -> None:
        video = {"type": "YOUTUBE", "videoInfo": {"id": "", "url": YOUTUBE}, "durationInMillis": 1000}
        made = made_by_rest(house, {"title": "One", "video": video})
        assert read(house, made)["video"]["videoInfo"]["url"] == YOUTUBE

        look_at_changes(sdk, house, made)

    def test_a_picture_without_a_name_is_not_called_undefined(self, sdk: Program, house: House) -> None:
        info = {"id": "11062b_9~mv2.jpg", "width": 30, "height": 20}
        made = made_by_rest(house, {"title": "One", "image": {"imageInfo": info}})

        look_at_changes(sdk, house, made)

        assert "undefined" not in str(read(house, made))

    def test_another_picture_takes_the_place_of_the_one_before(self, sdk: Program, house: House) -> None:
        made = gallery(sdk, {"image": {"imageInfo": WIX_IMAGE}, "title": "One"})
        other = of_the_library(house)

        changed = sdk("amend", made.id, made.items[0], {"image": {"imageInfo": other}})

        assert changed["image"]["imageInfo"] == other


def of_the_library(house: House) -> str:
    """Upload a picture and name it as the SDK does."""
    status, media = house.client.upload(picture(40, 30), "quay.png")
    assert status == 201
    return f"wix:image://v1/{media['path'].rpartition('/')[2]}/quay.png#originWidth=40&originHeight=30"


def made_by_rest(house: House, item: dict[str, Any]) -> SimpleNamespace:
    """Make a gallery of an item that says more than the SDK can."""
    status, answer = house.client.send("POST", BASE, {"gallery": {"name": "By hand", "items": [item]}})
    assert status == 200, answer
    return SimpleNamespace(id=answer["gallery"]["id"], items=[answer["gallery"]["items"][0]["id"]])


def wait_for_picture(house: House, made: SimpleNamespace, address: str) -> None:
    """Wait until the worker has fetched the picture, where it is somewhere else."""
    live.until(lambda: address not in str(read(house, made)), 60, house.server.log)


def look_at_changes(sdk: Program, house: House, made: SimpleNamespace) -> None:
    """Change one thing after the other, each time sending the whole item back, and look at what is different."""
    for change, names in CHANGES:
        before = read(house, made)
        sdk("amend", made.id, made.items[0], change)
        after = read(house, made)
        assert differing(before, after) - {"updatedDate"} == names
        assert {name: after[name] for name in names} == change


def read(house: House, made: SimpleNamespace) -> dict[str, Any]:
    """Read an item as REST shows it."""
    found: dict[str, Any] = house.client.read(f"{BASE}/{made.id}/items/{made.items[0]}")
    return found["item"]


def differing(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before | after if before.get(name) != after.get(name)}
