"""Every example of seed 002, request and answer, played over HTTP; `golden/` holds them as the seed has them."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.api.cms.conftest import Program, media
from tests.fixtures.app import Cast
from webapp.domain import inheriting
from webapp.domain.models import Media

GOLDEN = Path(__file__).parent / "golden"
LIKE = {"uuid", "created_at", "filename", "path", "size"}


def golden(name: str) -> dict[str, Any]:
    return json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def summer(ed: Program, cast: Cast, in_domain: Callable[..., Any]) -> dict[str, str]:
    """The seed's gallery, made with the seed's own requests; the ids of all it is made of."""
    ids = {"language_id": ed.language("en"), "author_id": str(cast.ed.id)}
    ids["cover_image_id"], ids["media_id"] = ed.pictures(2)
    in_domain(name, ids["cover_image_id"], "cover.jpg", "Gallery cover", cast)
    in_domain(name, ids["media_id"], "photo1.jpg", "Opening ceremony photo", cast)
    ids["id"] = ed.post("/galleries", filled(golden("create")["body"], ids)).json["id"]
    ed.post(f"/galleries/{ids['id']}/media", filled(golden("add_media")["body"], ids))
    return ids


def name(media_id: str, original: str, alt: str, cast: Cast) -> None:
    found: Media = media(media_id)
    found.original_filename = original
    inheriting.write_alt(found, alt, actor=cast.ed)


def filled(body: Any, ids: dict[str, str]) -> Any:
    """Put ids where the seed writes "uuid"."""
    if isinstance(body, dict):
        return {key: ids[key] if value == "uuid" else filled(value, ids) for key, value in body.items()}
    return [filled(each, ids) for each in body] if isinstance(body, list) else body


def like(seed: Any, answer: Any, key: str = "") -> None:
    """Compare an answer with the seed's: keys in their order, kinds, and every value that is no id, date or file."""
    if isinstance(seed, dict):
        assert list(seed) == list(answer), key
        for name in seed:
            like(seed[name], answer[name], name)
    elif isinstance(seed, list):
        assert len(seed) == len(answer), key
        for one, other in zip(seed, answer, strict=True):
            like(one, other, key)
    elif seed == "uuid":
        assert str(UUID(answer)) == answer
    elif key == "created_at":
        assert answer.endswith("Z")
        assert datetime.fromisoformat(answer).utcoffset().total_seconds() == 0
    elif key in ("filename", "path"):
        assert answer.startswith("uploads/media/") == (key == "path")
        assert answer.endswith(".jpg")
    elif key == "size":
        assert type(answer) is int
    else:
        assert seed == answer, key


def test_golden_list(ed: Program, summer: dict[str, str]) -> None:
    ed.patch(f"/galleries/{summer['id']}", {"status": "published"})

    like(golden("list")["answer"], ed.get("/galleries?skip=0&limit=100&status=published").json)
    assert ed.get("/galleries?status=draft").json == []


def test_golden_get(ed: Program, summer: dict[str, str]) -> None:
    ed.patch(f"/galleries/{summer['id']}", {"status": "published"})
    answer = ed.get(f"/galleries/{summer['id']}").json

    changed = answer.pop("updated_at")
    seed = golden("get")["answer"]
    assert seed.pop("updated_at") is None
    like(seed, answer)
    assert changed.endswith("Z"), "adding media is a change"
    assert answer["gallery_media"][0]["media_id"] == answer["gallery_media"][0]["media"]["id"] == summer["media_id"]
    assert answer["gallery_media"][0]["gallery_id"] == answer["translations"][0]["gallery_id"] == summer["id"]
    assert answer["cover_image_id"] == answer["cover_image"]["id"] == summer["cover_image_id"]
    assert answer["translations"][0]["language_id"] == summer["language_id"]
    assert answer["author_id"] == answer["created_by"] == summer["author_id"]


def test_golden_create(ed: Program, cast: Cast) -> None:
    case = golden("create")
    ids = {"language_id": ed.language("en"), "author_id": str(cast.ada.id), "cover_image_id": ed.pictures(1)[0]}

    made = ed.post("/galleries", filled(case["body"], ids), status=case["status"]).json

    assert made == ed.get(f"/galleries/{made['id']}").json
    assert list(made) == list(golden("get")["answer"])
    assert (made["slug"], made["status"], made["updated_at"]) == ("summer-2026", "draft", None)
    assert (made["author_id"], made["created_by"]) == (str(cast.ada.id), str(cast.ed.id))
    assert made["cover_image"]["id"] == made["cover_image_id"] == ids["cover_image_id"]
    given = case["body"]["translations"][0] | {"language_id": ids["language_id"]}
    assert {key: made["translations"][0][key] for key in given} == given
    assert made["gallery_media"] == []


def test_golden_update(ed: Program, cast: Cast, summer: dict[str, str]) -> None:
    case = golden("publish")
    ids = summer | {"author_id": str(cast.ada.id), "cover_image_id": summer["media_id"]}
    before = ed.get(f"/galleries/{summer['id']}").json

    after = ed.patch(f"/galleries/{summer['id']}", filled(case["body"], ids), status=case["status"]).json

    changed = {"slug": "summer-2026-updated", "status": "published", "author_id": str(cast.ada.id)}
    assert {key: after[key] for key in changed} == changed
    assert after["cover_image_id"] == after["cover_image"]["id"] == summer["media_id"]
    kept = ("id", "created_by", "translations", "gallery_media", "created_at")
    assert {key: after[key] for key in kept} == {key: before[key] for key in kept}
    assert after["updated_at"] > before["updated_at"]
    assert ed.get(f"/galleries/{summer['id']}").json == after


def test_golden_upsert_translation(ed: Program, summer: dict[str, str]) -> None:
    case = golden("upsert_translation")
    french = ed.language("fr")

    body = filled(case["body"], {"language_id": french})
    answer = ed.put(f"/galleries/{summer['id']}/translations", body, status=case["status"]).json

    assert [text["language_id"] for text in answer["translations"]] == [summer["language_id"], french]
    assert {key: answer["translations"][1][key] for key in body} == body
    assert answer["translations"][1]["updated_at"] is None
    again = ed.put(f"/galleries/{summer['id']}/translations", body | {"title": "Été 2026"}).json["translations"]
    assert [text["id"] for text in again] == [text["id"] for text in answer["translations"]]
    assert (again[1]["title"], again[0]) == ("Été 2026", answer["translations"][0])
    assert again[1]["updated_at"] is not None


def test_golden_delete_translation(ed: Program, summer: dict[str, str]) -> None:
    answer = ed.delete(f"/galleries/{summer['id']}/translations/{summer['language_id']}", status=200).json

    assert answer["translations"] == []
    assert answer == ed.get(f"/galleries/{summer['id']}").json


def test_golden_add_media(ed: Program, summer: dict[str, str]) -> None:
    case = golden("add_media")
    second = ed.pictures(1)[0]

    body = filled(case["body"], {"media_id": second})
    answer = ed.post(f"/galleries/{summer['id']}/media", body, status=case["status"]).json

    assert [place["media_id"] for place in answer["gallery_media"]] == [summer["media_id"], second]
    assert (answer["gallery_media"][1]["order"], answer["gallery_media"][1]["caption"]) == (1, "Opening ceremony")
    assert answer == ed.get(f"/galleries/{summer['id']}").json


def test_golden_update_media_item(ed: Program, summer: dict[str, str]) -> None:
    case = golden("update_media_item")
    others = ed.pictures(3)
    for media_id in others:
        ed.post(f"/galleries/{summer['id']}/media", {"media_id": media_id})

    path = f"/galleries/{summer['id']}/media/{summer['media_id']}"
    answer = ed.patch(path, case["body"], status=case["status"]).json

    order = [others[0], others[1], summer["media_id"], others[2]]
    assert [place["media_id"] for place in answer["gallery_media"]] == order
    assert (answer["gallery_media"][2]["order"], answer["gallery_media"][2]["caption"]) == (2, "Updated caption")
    assert answer == ed.get(f"/galleries/{summer['id']}").json


def test_golden_reorder_media(ed: Program) -> None:
    case = golden("reorder_media")
    made = ed.gallery(media=3)
    first, second, third = ed.order(made)
    named = {"uuid-1": first, "uuid-2": second, "uuid-3": third}

    body = {"media_ids": [named[each] for each in case["body"]["media_ids"]]}
    answer = ed.post(f"/galleries/{made}/media/reorder", body, status=case["status"]).json

    assert [place["media_id"] for place in answer["gallery_media"]] == [third, first, second]
    assert [place["order"] for place in answer["gallery_media"]] == [0, 1, 2]
    assert answer == ed.get(f"/galleries/{made}").json


def test_golden_remove_media(ed: Program, summer: dict[str, str]) -> None:
    answer = ed.delete(f"/galleries/{summer['id']}/media/{summer['media_id']}", status=200).json

    assert answer["gallery_media"] == []
    assert ed.get(f"/media/{summer['media_id']}").json["original_filename"] == "photo1.jpg"


def test_golden_delete(ed: Program, summer: dict[str, str]) -> None:
    answer = ed.delete(f"/galleries/{summer['id']}", status=204)

    assert answer.data == b""
    assert ed.get(f"/galleries/{summer['id']}", status=404).json == {"detail": "Gallery not found"}
    assert ed.get("/galleries").json == []
    assert len(ed.get("/media").json) == 2, "the library keeps the pictures"


REFUSALS = [
    (name, status, detail)
    for name in sorted(path.stem for path in GOLDEN.glob("*.json") if path.stem != "fastapi")
    for status, detail in golden(name)["errors"]
]


@pytest.mark.parametrize(("name", "status", "detail"), REFUSALS)
def test_golden_refusal(ed: Program, summer: dict[str, str], name: str, status: int, detail: str) -> None:
    case, ids = golden(name), summer | {"uuid-1": summer["media_id"]}
    provoke(ed, ids, name, detail)
    before = ed.get(f"/galleries/{summer['id']}").data
    body = filled(case["body"], ids)
    if name == "reorder_media":
        body = {"media_ids": [ids["media_id"]] if "One or more" in detail else []}

    answer = ed.ask(case["method"], case["path"].format(**ids), body)

    assert (answer.status_code, answer.json) == (status, {"detail": detail})
    assert ed.get(f"/galleries/{summer['id']}").data == before, "a refusal changes nothing"


def provoke(ed: Program, ids: dict[str, str], name: str, detail: str) -> None:
    """Make one thing of the request wrong, so that it is answered with this."""
    missing = {
        "Gallery not found": "id",
        "Cover image not found": "cover_image_id",
        "Language not found": "language_id",
        "Translation not found": "language_id",
        "Media not found": "media_id",
        "Media not found in this gallery": "media_id",
        "One or more media IDs not found in gallery": "media_id",
    }
    if detail in missing:
        ids[missing[detail]] = str(uuid4())
    if detail == "Gallery slug already exists":
        ed.gallery("summer-2026-updated")


@pytest.mark.parametrize("name", sorted({name for name, *_ in REFUSALS}))
def test_golden_permission(programs: Any, make_program: Any, cast: Cast, summer: dict[str, str], name: str) -> None:
    case = golden(name)
    others = [each for each in ("read", "create", "update", "delete") if case["permission"] != f"galleries:{each}"]
    lacking = make_program(cast.ada, *(f"galleries:{each}" for each in others), "media:read", "translations:update")
    path = case["path"].format(**summer)

    answer = lacking.ask(case["method"], path, case["body"])

    assert (answer.status_code, answer.json) == (403, {"detail": f"Permission denied: {case['permission']}"})
    refused = programs.stranger.ask(case["method"], path, case["body"])
    assert (refused.status_code, refused.json) == (401, {"detail": "Not authenticated"})
    assert refused.headers["WWW-Authenticate"] == "Bearer"
