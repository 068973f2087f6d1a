"""What the real SDK sent, line by line: `transcript.jsonl` was recorded off Sherl's JavaScript SDK 5.1.0.

It was recorded against a stub, so its media is used before it is sent: here the line that sends it is played first.
Only what was made up is put in our own words: the key's halves, who signs in, the token, the ids of what is made.
"""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.api.sherl.conftest import Sherl, look_at
from tests.fixtures.app import PASSWORD, on_sqlite
from tests.pictures import photo
from webapp.api.sherl import shapes

pytestmark = on_sqlite

SPOKEN = (Path(__file__).parent / "transcript.jsonl").read_text().splitlines()
LINES = {line["call"]: line for line in map(json.loads, SPOKEN)}
BEHIND = "/api/galleries/dynamic-background"


class Played:
    """The SDK as it was recorded; `ours` are the words that stand for the stub's."""

    def __init__(self, sherl: Sherl):
        self.client = sherl.client
        self.ours = {"jwt-1": "", "a@b.c": "ed@example.org", '"pw"': f'"{PASSWORD}"'}
        self.ours["<key>"], _, self.ours["<secret>"] = str(sherl.key).partition(".")
        self.ours["<if configured>"] = "https://shop.example.org/"
        self.played: set[str] = set()

    def play(self, call: str, status: int = 200) -> Any:
        """Send a line as it was recorded, all its headers with it, and return what the answer says."""
        line = LINES[call]
        self.played.add(call)
        headers = {name: self.said(value) for name, value in line["always_sent"].items()}
        headers |= {"Authorization": self.said(line["authorization"])} if line["authorization"] else {}
        options: dict[str, Any] = {"content_type": line["content_type"]}
        if "json" in line:
            options["data"] = self.said(json.dumps(line["json"]))
        if line["content_type"] == "multipart/form-data":
            options = {"data": {"upload": (io.BytesIO(photo(40, 30)), "a.jpg")}}
        answer = self.client.open(self.said(line["url"]), method=line["method"], headers=headers, **options)
        look_at(answer)
        assert answer.status_code == status, f"{call}: {answer.status_code} {answer.text[:500]}"
        return answer.json if answer.is_json else answer.text

    def said(self, text: str) -> str:
        for theirs, ours in self.ours.items():
            text = text.replace(theirs, ours)
        return text


@pytest.fixture
def played(sherl: Sherl) -> Played:
    """The SDK, signed in, its media sent."""
    sdk = Played(sherl)
    sdk.play("getGalleries() via (b)")
    sdk.ours["jwt-1"] = sdk.play("auth.signInWithEmailAndPassword", 201)["access_token"]
    sdk.play("media.uploadFile", 201)
    return sdk


def test_transcript_of_galleries(played: Played, sherl: Sherl) -> None:
    made = played.play("createGallery", 201)
    second = played.play("getGalleries({page,itemsPerPage,id,uri})")
    refused = played.play('deleteGallery("g1")', 400)
    empty = played.play("createGallery on 204", 400)

    shapes.IGallery.model_validate(made)
    assert (made["categoryUri"], made["media"]["id"]) == ("/api/categories/c1", "m1")
    assert second["view"] == {"total": 0, "page": 2, "itemsPerPage": 5}
    assert sherl.ids() == [made["id"]], "nothing was deleted"
    assert refused["message"].startswith("id:")
    assert empty["message"] == ["categoryUri: Field required", "media: Field required"]


def test_transcript_of_medias(played: Played, sherl: Sherl) -> None:
    shown = played.play("media.getFile", 201)

    shapes.IImageObject.model_validate(shown)
    assert (shown["id"], shown["domain"]) == ("m1", "gallery & co"), "which the SDK does not encode"
    assert played.play("media.deleteFile", 201) == "Media successfully deleted : m1"
    sherl.get("/medias/m1", status=404)


def test_transcript_line_by_line(played: Played, sherl: Sherl, app: Flask) -> None:
    played.play("getGalleries({page,itemsPerPage,id,uri})")
    gallery = played.play("createGallery", 201)
    played.play('deleteGallery("g1")', 400)
    behind = played.play("registerDynamicBackground", 201)
    played.ours["background/b1"] = f"background/{behind['id']}"
    changed = played.play("updateDynamicBackground")
    found = played.play("getDynamicBackgrounds(filters)")
    gone = played.play("deleteDynamicBackground")
    played.play("media.getFile", 201)
    sherl.delete(f"/galleries/{gallery['id']}")
    played.play("media.deleteFile", 201)
    played.play("createGallery on 204", 400)

    assert played.played == LINES.keys(), "each line of the recording is played"
    assert len(SPOKEN) == len(LINES) == 13
    assert (behind["version"], behind["displayZones"]) == (1, ["HOME_PAGE", "MENU"])
    assert (changed["version"], changed["displayZones"], changed["deleted"]) == (2, ["LAUNCHSCREEN"], False)
    assert found["view"] == {"total": 0, "page": 1, "itemsPerPage": 20}, "made on another day, for other zones"
    assert (gone["id"], gone["deleted"]) == (behind["id"], True)
