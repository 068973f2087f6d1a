"""The SDK's own addresses of media, `wix:image://v1/<id>/<name>#originWidth=W&originHeight=H` (contract §1.2).

The SDK takes them apart before it sends anything; a program without it may send them whole.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote

SPELT: Final = re.compile(r"(?:wix:)?(image|video)://v1/([^/#?]+)(?:/([^#?]*))?(?:#(.*))?")


@dataclass(frozen=True)
class Media:
    """What an address of the SDK's says; sides in pixels, 0 where it does not."""

    id: str
    filename: str
    width: int
    height: int
    poster: str


def read(url: str) -> Media | None:
    """Return what an address says, None for one of the web."""
    found = SPELT.fullmatch(url)
    if found is None:
        return None
    said = parse_qs(found[4] or "")
    kind = "origin" if found[1] == "image" else "poster"
    sides = [said.get(f"{kind}{side}", ["0"])[0] for side in ("Width", "Height")]
    width, height = (int(side) if side.isascii() and side.isdecimal() and len(side) < 7 else 0 for side in sides)
    poster = said.get("posterUri", [""])[0]
    return Media(unquote(found[2]), unquote(found[3] or "").rstrip("/"), width, height, poster)
