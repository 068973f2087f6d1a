"""What a video says of itself: its own texts, among what ffmpeg tells of a file."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from webapp.infra.image_process.said import judged

HEAD: Final = re.compile(r"^Input #0,.*?\n(.*?)^  Duration: ", re.M | re.S)
LINE: Final = re.compile(r"^    ([a-zA-Z][\w.-]*) *: (.*)$", re.M)
PLACE: Final = re.compile(r"([+-]\d{1,2}(?:\.\d{1,8})?)([+-]\d{1,3}(?:\.\d{1,8})?)(?:[+-][\d.]+)?/?", re.ASCII)
"""ISO 6709: degrees of latitude and longitude, and a height."""

NOWHEN: Final = 1970
"""The year that a clock which was never set tells."""
MOMENTS: Final = ("com.apple.quicktime.creationdate", "creation_time")
"""The clock where it was taken is believed before the moment in UTC."""
TITLES: Final = ("title", "com.apple.quicktime.title")
CAPTIONS: Final = ("description", "com.apple.quicktime.description")
CREATORS: Final = ("artist", "author", "com.apple.quicktime.author")
PLACES: Final = ("com.apple.quicktime.location.iso6709", "location")


def read(said: str) -> Mapping[str, str]:
    """Return the texts of the file as a whole by their names in lower case."""
    head = HEAD.search(said)
    return {name.lower(): value.strip() for name, value in LINE.findall(head[1])} if head else {}


def said(words: Mapping[str, str]) -> Mapping[str, Any]:
    """Return what they say, in the shape that pictures say it in (`image_process.said.judged`)."""
    creator, copyright_ = _one(words, *CREATORS), words.get("copyright", "")
    texts = {"title": _one(words, *TITLES), "caption": _one(words, *CAPTIONS), "credit": creator or copyright_}
    place = PLACE.fullmatch(_one(words, *PLACES))
    return judged(
        {
            **{name: {"": text} for name, text in texts.items()},
            "creator": creator,
            "copyright": copyright_,
            "place": {"latitude": float(place[1]), "longitude": float(place[2])} if place else {},
        }
    )


def moment(words: Mapping[str, str]) -> str | None:
    """Return when it was taken, as ISO 8601 to the millisecond without a zone."""
    try:
        at = datetime.fromisoformat(_one(words, *MOMENTS))
    except ValueError:
        return None
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}" if at.year > NOWHEN else None


def _one(words: Mapping[str, str], *names: str) -> str:
    return next((words[name] for name in names if words.get(name)), "")
