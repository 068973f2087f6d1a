"""Every example of seed 001, request and answer, played over HTTP; `golden/` holds them as the seed has them.

What the contract overrules is named in OVERRULED; ids and dates are ours to give.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.api.wix.conftest import Wix, fields, text

GOLDEN = Path(__file__).parent / "golden"
OVERRULED = {
    "mediaUrl": "answers of an older generation: image.imageInfo.url (contract §1.3)",
    "fileName": "of an older generation: image.imageInfo.filename",
    "dataType": "of an older generation: type",
    "photoMetadata": "of an older generation: image.imageInfo.width and height",
    "tags": "an empty map is no tags, and `tags.tags` of an older generation is tags.values",
}
OURS = ("id", "createdDate", "updatedDate")


def golden(name: str) -> dict[str, Any]:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


def path_of(case: dict[str, Any], **ids: str) -> str:
    """Return the seed's path with our ids in the place of its."""
    path = case["path"].removeprefix("/progallery/v2")
    parts = path.split("/")
    for place, name in ((2, "gallery"), (4, "item")):
        if len(parts) > place and name in ids and parts[place].partition("?")[0] != "delete":
            _, mark, query = parts[place].partition("?")
            parts[place] = ids[name] + mark + query
    return "/".join(parts)


def like(seed: Any, answer: Any, where: str = "") -> None:
    """Compare an answer with the seed's: every value it has, those apart that are ours or overruled."""
    if isinstance(seed, dict):
        for name, value in seed.items():
            if (value is None and name not in answer) or (name in OVERRULED and value != answer.get(name)):
                continue
            assert name in answer, f"{where}.{name}"
            if name in OURS and "Info" not in where:
                ours(answer[name], name)
            else:
                like(value, answer[name], f"{where}.{name}")
    elif isinstance(seed, list):
        assert len(seed) == len(answer), where
        rows = by_title(seed), by_title(answer)
        for nth, (one, other) in enumerate(zip(*rows, strict=True)):
            like(one, other, f"{where}[{nth}]")
    else:
        assert seed == answer, where


def by_title(rows: list[Any]) -> list[Any]:
    """Order items as their titles are: the seed's stand in no order."""
    titled = all(isinstance(each, dict) and "title" in each for each in rows)
    return sorted(rows, key=lambda each: each["title"]) if titled else rows


def ours(value: str, name: str) -> None:
    if name == "id":
        assert str(UUID(value)) == value
    else:
        assert value.endswith("Z")
        assert datetime.fromisoformat(value).utcoffset().total_seconds() == 0


def test_golden_list_galleries(wix: Wix) -> None:
    case = golden("list_galleries")
    wix.gallery(*case["answer"]["gallery"][0]["items"])

    answer = wix.ask(case["method"], path_of(case)).json

    case["answer"]["gallery"][0]["totalItems"] = 3  # the seed counts two and shows three
    like(case["answer"], answer)
    assert answer["totalGalleries"] == answer["totalGalleriesCount"] == 1
    assert answer["galleries"] == answer["gallery"]


def test_golden_create_gallery(wix: Wix) -> None:
    case = golden("create_gallery")

    answer = wix.ask(case["method"], path_of(case), case["body"]).json["gallery"]

    assert answer["totalItems"] == case["answer"]["gallery"]["totalItems"]
    like({"name": "Simple Gallery", "items": [case["body"]["gallery"]["items"][0]]}, answer)
    assert answer["items"][0]["id"] != case["body"]["gallery"]["items"][0]["id"], "a new item gets an id of ours"


def test_golden_get_gallery(wix: Wix) -> None:
    case = golden("get_gallery")
    top = text(title="Above", sortOrder=1e13)
    made = wix.gallery(top, *case["answer"]["gallery"]["items"])

    answer = wix.ask(case["method"], path_of(case, gallery=made["id"])).json

    case["answer"]["gallery"]["totalItems"] = 4
    like(case["answer"], answer)
    assert [each["sortOrder"] for each in answer["gallery"]["items"]] == [
        1646212412985,
        1642505672333,
        1644317968.985,
    ]


def test_golden_delete_gallery(wix: Wix) -> None:
    case, made = golden("delete_gallery"), wix.gallery()

    answer = wix.ask(case["method"], path_of(case, gallery=made["id"])).json

    assert answer == {"galleryId": made["id"]}
    wix.get(f"/galleries/{made['id']}", status=404)


def test_golden_list_items(wix: Wix) -> None:
    case = golden("list_items")
    made = wix.gallery(*case["answer"]["items"])

    answer = wix.ask(case["method"], path_of(case, gallery=made["id"])).json

    like(case["answer"], answer)
    keys = [each["sortOrder"] for each in answer["items"]]
    assert keys == sorted(keys, reverse=True)
    html = next(each["text"]["html"] for each in case["answer"]["items"] if "text" in each)
    assert html in [each["text"]["html"] for each in answer["items"] if "text" in each]


def test_golden_create_item(wix: Wix) -> None:
    case, made = golden("create_item"), wix.gallery()

    answer = wix.ask(case["method"], path_of(case, gallery=made["id"]), case["body"]).json["item"]

    like(case["body"]["item"], answer)
    assert answer["sortOrder"] == 1644317968.985
    assert wix.get(f"/galleries/{made['id']}/items/{answer['id']}")["item"] == answer


def test_golden_delete_items(wix: Wix) -> None:
    case = golden("delete_items")
    made = wix.gallery(text(), text(), text(title="stays"))
    gone = {"itemIds": [each["id"] for each in made["items"][:2]]}

    answer = wix.ask(case["method"], path_of(case, gallery=made["id"]), gone).json["gallery"]

    assert (answer["name"], answer["totalItems"]) == ("Simple Gallery", 1)
    assert [each["title"] for each in answer["items"]] == ["stays"]


def test_golden_get_item(wix: Wix) -> None:
    case = golden("get_item")
    made = wix.gallery(case["answer"]["item"])

    answer = wix.ask(case["method"], path_of(case, gallery=made["id"], item=made["items"][0]["id"])).json

    like(case["answer"], answer)


def test_golden_delete_item(wix: Wix) -> None:
    case, made = golden("delete_item"), wix.gallery(text())
    item_id = made["items"][0]["id"]

    answer = wix.ask(case["method"], path_of(case, gallery=made["id"], item=item_id)).json

    assert answer == {"itemId": item_id}
    assert wix.items(made["id"]) == []


def test_golden_update_gallery(wix: Wix) -> None:
    case = golden("update_gallery")
    made = wix.gallery(*case["answer"]["gallery"]["items"])

    answer = wix.ask(case["method"], path_of(case, gallery=made["id"]), case["body"]).json

    like(case["answer"], answer)
    assert answer["gallery"] == made | {"name": "Partially Updated Gallery123"}


def test_golden_bulk_delete(wix: Wix) -> None:
    case = golden("bulk_delete")
    made = wix.gallery(text(), text())
    ids = [each["id"] for each in made["items"]]

    answer = wix.ask(case["method"], path_of(case, gallery=made["id"]), {"itemIds": ids}).json

    assert answer == {"itemIds": ids}
    assert wix.items(made["id"]) == []


def test_golden_bulk_delete_as_drawn_is_no_json(wix: Wix) -> None:
    case, made = golden("bulk_delete"), wix.gallery(text())

    answer = wix.ask(
        case["method"],
        path_of(case, gallery=made["id"]),
        status=400,
        data=case["raw"],
        content_type="application/json",
    )

    assert fields(answer) == {"body": "INVALID_ARGUMENT"}, "a comma before the end"
    assert len(wix.items(made["id"])) == 1


def test_golden_update_item(wix: Wix) -> None:
    case = golden("update_item")
    seed = case["answer"]["item"]
    made = wix.gallery(seed | {"title": "Before", "description": "Before"})

    answer = wix.ask(
        case["method"], path_of(case, gallery=made["id"], item=made["items"][0]["id"]), case["body"]
    ).json["item"]

    like(seed | {"description": "Describe your image here1."}, answer)
    assert answer["description"] == case["body"]["item"]["description"], "the seed's answer has not what was sent"
