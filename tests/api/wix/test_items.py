"""Items over the Wix dialect: keys, kinds, what is kept, and what the SDK sends back when one thing changed."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from tests.api.wix.conftest import BASE, Wix, code, fields, text
from tests.fixtures.app import on_sqlite
from webapp.api.wix.routing import BASES

YOUTUBE = "https://www.youtube.com/watch?v=NCtzkaL2t_Y"
POSTERS = [{"id": f"poster{nth}.jpg", "width": 1280, "height": 720} for nth in range(3)]


def image(url: str = "https://example.org/a.jpg", **more: Any) -> dict[str, Any]:
    return {"image": {"imageInfo": {"url": url}}} | more


def of_wix(**more: Any) -> dict[str, Any]:
    info = {"id": "11062b_127~mv2.jpeg", "width": 6446, "height": 4298, "filename": "n.jpeg", "altText": "A lake"}
    return {"image": {"imageInfo": info}} | more


def film(**more: Any) -> dict[str, Any]:
    files = [
        {"url": f"https://video.wixstatic.com/{side}.mp4", "height": side, "width": 9, "format": "mp4"}
        for side in (480, 720)
    ]
    info = {"id": "11062b_201", "url": files[1]["url"], "resolutions": files, "posters": POSTERS, "filename": "f.mp4"}
    return {"video": {"type": "WIX_MEDIA", "videoInfo": info, "durationInMillis": 20000}} | more


def one(wix: Wix, item: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Make a gallery of one item; return its path and what is shown of it."""
    made = wix.gallery(item)
    return f"/galleries/{made['id']}/items/{made['items'][0]['id']}", made["items"][0]


@on_sqlite
@pytest.mark.parametrize("base", BASES.values())
def test_items_answer_below_every_base(wix: Wix, base: str) -> None:
    made = wix.gallery(text())

    other = Wix(wix.app, wix.token, base)

    assert other.items(made["id"]) == made["items"]
    assert other.base != BASE or other.base == wix.base


def test_d01_items_are_shown_by_their_keys_which_come_back_as_given(wix: Wix) -> None:
    given = [1644317968.985, 1642505672333, -2.5, 0.1 + 0.2, 1e15]
    made = wix.gallery(*(text(sortOrder=key) for key in given))

    assert [each["sortOrder"] for each in wix.items(made["id"])] == sorted(given, reverse=True)


@on_sqlite
@pytest.mark.parametrize("key", [1e15 + 1, -1e16, "NaN", "Infinity", "5", True, [1], {}])
def test_d01_keys_that_are_none_are_refused(wix: Wix, key: Any) -> None:
    answer = wix.ask("POST", "/galleries", {"gallery": {"items": [text(), text(sortOrder=key)]}}, status=400)

    assert list(fields(answer)) == ["gallery.items[1].sortOrder"]
    assert wix.get("/galleries")["totalGalleries"] == 0, "nothing half done"


def test_d02_items_without_a_key_go_to_the_top_the_first_highest(wix: Wix) -> None:
    made = wix.gallery(text(title="keyed", sortOrder=1e12), text(title="one"), text(title="two"))
    wix.post(f"/galleries/{made['id']}/items", {"item": text(title="three", sortOrder=None)})

    assert [each["title"] for each in wix.items(made["id"])] == ["three", "one", "two", "keyed"]


def test_d02_a_first_item_has_the_time_for_its_key(wix: Wix) -> None:
    made = wix.gallery(text())["items"][0]

    assert made["sortOrder"] > 1.7e9


@pytest.mark.both_engines
def test_d06_a_key_that_another_item_has_is_refused(wix: Wix) -> None:
    made = wix.gallery(text(sortOrder=5), text(sortOrder=4))
    path = f"/galleries/{made['id']}/items"

    assert code(wix.ask("POST", path, {"item": text(sortOrder=5)}, status=409)) == "ALREADY_EXISTS"
    moved = wix.ask("PATCH", f"{path}/{made['items'][1]['id']}", {"item": {"sortOrder": 5}}, status=409)
    assert code(moved) == "ALREADY_EXISTS"
    twice = {"gallery": {"items": [text(sortOrder=1), text(sortOrder=1)]}}
    assert code(wix.ask("POST", "/galleries", twice, status=409)) == "ALREADY_EXISTS"
    assert [each["sortOrder"] for each in wix.items(made["id"])] == [5, 4]


def test_d06_a_key_of_its_own_is_no_conflict(wix: Wix) -> None:
    path, shown = one(wix, text(sortOrder=7.25))

    assert wix.patch(path, {"item": {"sortOrder": 7.25, "title": "T"}})["item"]["sortOrder"] == 7.25
    assert wix.patch(path, {"item": {"sortOrder": None}})["item"]["sortOrder"] == shown["sortOrder"]


def test_d28_unknown_and_read_only_keys_say_nothing(wix: Wix) -> None:
    theirs = {"id": "a045b201-ee7d-447c-b0c3-746cba83253c", "_id": "x", "type": "VIDEO", "createdDate": "never"}
    path, shown = one(wix, text(**theirs, bogus={"deep": [1]}))

    assert (shown["type"], "bogus" in shown) == ("TEXT", False)
    assert shown["id"] != theirs["id"]
    again = wix.patch(path, {"item": {"_id": "x", "type": "IMAGE", "updatedDate": "1970"}, "galleryId": "y"})["item"]
    assert again == shown


def test_texts_are_kept_as_given(wix: Wix) -> None:
    html = '<div class="te" onclick="x()" style="color:red">ä &amp; <b>b</b></div>\n<script>1</script>'
    css = {"backgroundColor": "rgba(1, 2, 3, 0.5)", "googleFonts": [], "ratio": -50, "id": "css"}
    path, shown = one(wix, {"text": {"html": html, "css": css, "editorHtml": "<p>e</p>"}})

    assert shown["text"] == {"html": html, "css": css, "editorHtml": "<p>e</p>"}
    assert wix.patch(path, {"item": {"text": {"html": "<p>n</p>"}}})["item"]["text"] == {
        "html": "<p>n</p>", "css": css, "editorHtml": "<p>e</p>"
    }  # fmt: skip


def test_image_details_are_kept_as_given(wix: Wix) -> None:
    extras = {
        "exif": {"id": "x", "Model": "Leica", "ISO": 200},
        "quality": 90,
        "unsharpMasking": {"amount": 1, "radius": 2, "threshold": 0.1},
        "focalPoint": {"x": 0.5, "y": 0.25},
        "type": "EXTERNAL",
    }
    given = of_wix(title="Lake", tags={"values": ["water", "north"]}, link={"text": "More", "url": "https://e.org/"})
    given["image"] |= extras
    given["secondaryMedia"] = {"text": {"html": "<p>Back</p>"}}
    path, shown = one(wix, given)

    assert {name: shown["image"][name] for name in extras} == extras
    assert (shown["link"], sorted(shown["tags"]["values"])) == (given["link"], ["north", "water"])
    assert shown["secondaryMedia"] == given["secondaryMedia"]
    assert shown["image"]["imageInfo"]["altText"] == "A lake"
    changed = wix.patch(path, {"item": {"image": {"imageInfo": {"id": "11062b_127~mv2.jpeg"}, "quality": 50}}})
    assert changed["item"]["image"] == shown["image"] | {"quality": 50}


def sent_back(shown: dict[str, Any]) -> dict[str, Any]:
    """Return an item as the SDK sends it back: of pictures and videos only ids, names and sizes are left."""
    item = {name: value for name, value in shown.items() if name not in ("id", "createdDate", "updatedDate")}
    item |= {"_id": shown["id"], "id": shown["id"]}
    if "image" in item:
        info = item["image"]["imageInfo"]
        name = info.get("filename") or info.get("altText") or "undefined"
        told = {"id": info["id"], "height": info["height"], "width": info["width"], "altText": name, "filename": name}
        item["image"] = item["image"] | {"imageInfo": told | {"url": f"wix:image://v1/{info['id']}/{name}"}}
    if "video" in item:
        info = item["video"]["videoInfo"]
        posters = info["posters"][1:2] or info["posters"][:1]
        told = {"id": info["id"], "posters": [{k: each[k] for k in ("id", "height", "width")} for each in posters]}
        item["video"] = item["video"] | {"videoInfo": told if info["id"] else {"url": info["url"]}}
    return item


@on_sqlite
@pytest.mark.parametrize("make", [image, of_wix, film, text], ids=["address", "wix-image", "wix-video", "text"])
def test_what_the_sdk_reads_and_sends_back_changes_only_what_was_changed(wix: Wix, make: Callable[..., Any]) -> None:
    path, shown = one(wix, make(title="Before", description="Stays", link={"url": "https://example.org/"}))

    after = wix.patch(path, {"item": sent_back(shown) | {"title": "After"}})["item"]

    assert after == shown | {"title": "After", "updatedDate": after["updatedDate"]}


@on_sqlite
def test_a_youtube_video_sent_back_keeps_its_poster(wix: Wix) -> None:
    info = {"id": "", "url": YOUTUBE, "posters": POSTERS[:1]}
    path, shown = one(wix, {"video": {"type": "YOUTUBE", "videoInfo": info}, "title": "Before"})

    after = wix.patch(path, {"item": sent_back(shown) | {"title": "After"}})["item"]

    assert after["video"] == shown["video"]
    assert shown["video"]["videoInfo"]["url"] == YOUTUBE
    here = {"url": "https://static.wixstatic.com/media/poster0.jpg"}
    assert shown["video"]["videoInfo"]["posters"] == [POSTERS[0] | here]


@on_sqlite
def test_the_name_undefined_is_no_name(wix: Wix) -> None:
    info = {"id": "abc~mv2.jpg", "altText": "undefined", "filename": "undefined", "url": "wix:image://v1/abc~mv2.jpg"}
    _, shown = one(wix, {"image": {"imageInfo": info}})

    told = shown["image"]["imageInfo"]
    assert told["filename"] == "abc~mv2.jpg"
    assert "altText" not in told
    assert told["url"] == "https://static.wixstatic.com/media/abc~mv2.jpg", "never a wix: address"


def test_d19_an_alt_text_that_is_read_and_written_back_stays_inherited(wix: Wix) -> None:
    first = of_wix()
    made = wix.gallery(first, {"image": {"imageInfo": {"id": "11062b_127~mv2.jpeg"}}})
    path = f"/galleries/{made['id']}/items"

    assert ["altText" in each["image"]["imageInfo"] for each in wix.items(made["id"])] == [True, False]
    own = {"image": {"imageInfo": {"id": "11062b_127~mv2.jpeg", "altText": "Own"}}}
    changed = wix.patch(f"{path}/{made['items'][1]['id']}", {"item": own})["item"]
    assert changed["image"]["imageInfo"]["altText"] == "Own"


def test_a_picture_of_the_library_is_used_and_not_copied(wix: Wix) -> None:
    picture = wix.picture()
    made = wix.gallery({"image": picture}, {"image": picture})

    ids = {each["image"]["imageInfo"]["id"] for each in made["items"]}
    assert ids == {picture["imageInfo"]["id"]}
    assert "/" not in ids.pop()


@on_sqlite
def test_durations_are_read_as_number_and_as_text(wix: Wix) -> None:
    as_text = {"video": {"videoInfo": {"url": YOUTUBE}, "duration": "20000"}}
    _, shown = one(wix, as_text)

    assert (shown["video"]["durationInMillis"], shown["video"]["duration"]) == (20000, "20000")
    assert shown["video"]["type"] == "YOUTUBE"


@on_sqlite
@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({}, "item"),
        (text() | image(), "item"),
        ({"image": {}}, "item.image.imageInfo"),
        ({"image": {"imageInfo": {}}}, "item.image.imageInfo"),
        ({"video": {"videoInfo": {"posters": []}}}, "item.video.videoInfo"),
        ({"text": {}}, "item.text.html"),
        ({"text": {"html": 5}}, "item.text.html"),
        (text(title="x" * 256), "item.title"),
        (text(title="a\x00b"), "item.title"),
        (text(link={"url": "javascript:alert(1)"}), "item.link.url"),
        (text(tags={"values": ["a,b"]}), "item.tags.values"),
        (text(tags={"values": [""]}), "item.tags.values"),
        ({"image": {"imageInfo": {"id": "a/b"}}}, "item.image.imageInfo.id"),
        ({"image": {"imageInfo": {"id": "a", "width": -1}}}, "item.image.imageInfo.width"),
        ({"image": {"imageInfo": {"id": "a"}, "focalPoint": {"x": 2, "y": 0}}}, "item.image.focalPoint.x"),
        ({"image": {"imageInfo": {"id": "a"}, "quality": 20}}, "item.image.quality"),
        ({"image": {"imageInfo": {"id": "a"}, "unsharpMasking": {"amount": 9}}}, "item.image.unsharpMasking.amount"),
        ({"video": {"videoInfo": {"id": "a", "resolutions": [{}] * 101}}}, "item.video.videoInfo.resolutions"),
    ],
)
def test_bad_items_are_refused_at_the_field(wix: Wix, item: dict[str, Any], field: str) -> None:
    made = wix.gallery()

    answer = wix.ask("POST", f"/galleries/{made['id']}/items", {"item": item}, status=400)

    assert list(fields(answer)) == [field]
    assert wix.items(made["id"]) == []


@on_sqlite
def test_all_that_is_wrong_is_said_at_once(wix: Wix) -> None:
    items = [text(title="x" * 256), {"image": {"imageInfo": {"id": "a"}, "quality": 1}}, {}]

    answer = wix.ask("POST", "/galleries", {"gallery": {"name": 5, "items": items}}, status=400)

    assert fields(answer) == {
        "gallery.name": "INVALID_ARGUMENT",
        "gallery.items[0].title": "OUT_OF_RANGE",
        "gallery.items[1].image.quality": "OUT_OF_RANGE",
        "gallery.items[2]": "REQUIRED_FIELD",
    }


def test_what_only_the_domain_sees_is_said_at_the_item(wix: Wix) -> None:
    items = [text(), text(link={"url": "data:text/html,x"})]

    answer = wix.ask("POST", "/galleries", {"gallery": {"items": items}}, status=400)

    assert list(fields(answer)) == ["gallery.items[1].link.url"]
    assert wix.get("/galleries")["totalGalleries"] == 0


def test_an_item_stays_what_it_is(wix: Wix) -> None:
    path, shown = one(wix, text())

    answer = wix.ask("PATCH", path, {"item": image()}, status=400)

    assert list(fields(answer)) == ["item.type"]
    assert wix.get(path)["item"] == shown


@on_sqlite
@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/a.jpg",
        "http://167772161/a.jpg",
        "http://0xa.1/a.jpg",
        "http://[::ffff:10.0.0.1]/a.jpg",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ftp://example.org/a.jpg",
        "https://a:b@example.org/a.jpg",
        "https:///a.jpg",
        "not an address",
    ],
)
def test_addresses_that_lead_inside_are_refused_at_once(wix: Wix, url: str) -> None:
    made = wix.gallery()

    answer = wix.ask("POST", f"/galleries/{made['id']}/items", {"item": image(url)}, status=400)

    assert list(fields(answer)) == ["item.image.imageInfo.url"]
    assert wix.items(made["id"]) == []


def test_bulk_delete_is_all_or_nothing(wix: Wix) -> None:
    made, other = wix.gallery(text(), text()), wix.gallery(text())
    ids = [each["id"] for each in made["items"]]
    path = f"/galleries/{made['id']}/items/delete"

    for bad in (other["items"][0]["id"], "00000000-0000-4000-8000-000000000000"):
        assert code(wix.ask("POST", path, {"itemIds": [ids[0], bad]}, status=404)) == "NOT_FOUND"
    for wrong in ([], ["x"], [*ids, 5], "x", None):
        wix.ask("POST", path, {"itemIds": wrong}, status=400)
    many = [f"00000000-0000-4000-8000-{nth:012}" for nth in range(1001)]
    assert fields(wix.ask("POST", path, {"itemIds": many}, status=400)) == {"itemIds": "OUT_OF_RANGE"}
    assert len(wix.items(made["id"])) == 2
    assert wix.post(path, {"itemIds": [*ids, ids[0]]})["itemIds"] == [*ids, ids[0]], "twice is once"
    assert wix.items(made["id"]) == []


@on_sqlite
@pytest.mark.parametrize("name", ["itemsIds", "itemIds"])
def test_the_deprecated_delete_takes_ids_from_the_query_and_from_the_body(wix: Wix, name: str) -> None:
    made = wix.gallery(text(), text(), text())
    first, second, _ = (each["id"] for each in made["items"])
    path = f"/galleries/{made['id']}/items"

    assert wix.delete(path, query_string={name: [first]})["gallery"]["totalItems"] == 2
    assert wix.delete(path, {name: [second]})["gallery"]["totalItems"] == 1
    assert wix.ask("DELETE", path, status=400).json["details"]["validationError"]
    assert len(wix.items(made["id"])) == 1


@on_sqlite
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("itemLimit=0", "itemLimit"),
        ("itemLimit=201", "itemLimit"),
        ("itemOffset=-1", "itemOffset"),
        ("limit=99999999999999999999", "limit"),
        ("offset=1.5", "offset"),
        ("itemLimit=", "itemLimit"),
        ("itemLimit=5&itemLimit=6", "itemLimit"),
    ],
)
def test_windows_beyond_their_range_are_refused(wix: Wix, query: str, field: str) -> None:
    made = wix.gallery(text())

    for path in ("", "/items"):
        assert list(fields(wix.ask("GET", f"/galleries/{made['id']}{path}?{query}", status=400))) == [field]


def test_windows_by_either_name(wix: Wix) -> None:
    made = wix.gallery(*(text(title=str(nth), sortOrder=nth) for nth in range(6)))

    for names in (("itemOffset", "itemLimit"), ("offset", "limit")):
        shown = wix.items(made["id"], **dict(zip(names, (1, 2), strict=True)))
        assert [each["title"] for each in shown] == ["4", "3"]
    assert wix.items(made["id"], itemOffset=99) == []
    assert len(wix.items(made["id"], itemLimit=200)) == 6


@on_sqlite
def test_numbers_stay_numbers(wix: Wix) -> None:
    given = of_wix(sortOrder=3)
    given["image"] |= {"quality": 90, "unsharpMasking": {"amount": 0.5, "radius": 2}}
    path, shown = one(wix, given)
    seen = (shown["sortOrder"], shown["image"]["imageInfo"]["width"], *shown["image"]["unsharpMasking"].values())

    assert [type(each) for each in (*seen, shown["image"]["quality"])] == [int, int, float, int, int]
    assert math.isclose(wix.patch(path, {"item": {"sortOrder": 0.1}})["item"]["sortOrder"], 0.1, rel_tol=0)
