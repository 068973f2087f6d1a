"""What the real SDK sent, line by line: `transcript.jsonl` was recorded off `@wix/pro-gallery` 1.0.117."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.api.wix.conftest import Wix, code
from tests.fixtures.app import on_sqlite

pytestmark = on_sqlite

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LINES = [json.loads(line) for line in (Path(__file__).parent / "transcript.jsonl").read_text().splitlines()]


class Played:
    """The ids of the recording and those that stand for them here."""

    def __init__(self, wix: Wix):
        self.wix = wix
        self.ids: dict[str, str] = {}
        self.made: list[str] = []

    def play(self, line: dict[str, Any], status: int = 200) -> Any:
        """Send a line as it was recorded, our ids in the place of the stub's, its headers with it."""
        url, body = line["url"], json.dumps(line["json"]) if line["json"] is not None else None
        for theirs, ours in self.ids.items():
            url = url.replace(theirs, ours)
            body = body and body.replace(theirs, ours)
        headers = {name: value for name, value in line["headers"].items() if name != "authorization"}
        return self.wix.ask(
            line["method"], url.removeprefix("/progallery/v2"), status=status, data=body, headers=headers
        ).json

    def learn(self, line: dict[str, Any], *ours: str) -> None:
        """Note what ids of the path, the query or the body, which are new, stand for."""
        said = f"{urlsplit(line['url']).path} {line['url']} {json.dumps(line['json'])}"
        known = dict.fromkeys(GUID.findall(said))
        for each, mine in zip([word for word in known if word not in self.ids], ours, strict=False):
            self.ids[each] = mine


def test_transcript_line_by_line(wix: Wix) -> None:
    played = Played(wix)
    first = played.play(LINES[0])["gallery"]
    played.learn(LINES[1], first["id"])
    shown = [first, *(played.play(line) for line in LINES[1:6])]
    second = played.play(LINES[6])["item"]
    played.learn(LINES[7], second["id"])
    shown += [second, *(played.play(line) for line in LINES[7:12])]
    left = [each["id"] for each in shown[-1]["items"]]
    played.learn(LINES[12], *left[:2])
    shown.append(played.play(LINES[12]))
    played.learn(LINES[13], *left[2:])
    shown += [played.play(line) for line in LINES[13:15]]

    assert len(LINES) == 16, "each line of the recording is played"
    assert [item["type"] for item in first["items"]] == ["IMAGE", "TEXT", "VIDEO", "VIDEO"]
    assert shown[1]["gallery"]["name"] == "Copy"
    assert (shown[2]["totalGalleries"], len(shown[2]["galleries"][0]["items"])) == (2, 2)
    assert [item["type"] for item in shown[3]["gallery"]["items"]] == ["TEXT", "VIDEO"], "one skipped, two shown"
    assert len(shown[4]["items"]) == 4
    assert shown[5]["item"]["image"]["imageInfo"]["url"] == "https://example.org/a.jpg"
    assert shown[7]["item"] == second
    assert (shown[8]["item"]["title"], shown[8]["item"]["sortOrder"]) == ("Renamed", 7.5)
    assert (shown[9]["gallery"]["name"], shown[9]["gallery"]["sortOrder"]) == ("Renamed gallery", 12)
    assert shown[10] == {"itemId": second["id"]}
    assert shown[12]["gallery"]["totalItems"] == len(left) - 2
    assert shown[13] == {"itemIds": left[2:]}
    assert shown[14] == {"galleryId": first["id"]}


def test_transcript_ends_with_what_is_gone(wix: Wix) -> None:
    played = Played(wix)
    made = wix.gallery()
    wix.delete(f"/galleries/{made['id']}")
    played.learn(LINES[15], made["id"])

    url = LINES[15]["url"]
    for theirs, ours in played.ids.items():
        url = url.replace(theirs, ours)
    answer = wix.ask("GET", url.removeprefix("/progallery/v2"), status=404)

    assert code(answer) == "NOT_FOUND"
