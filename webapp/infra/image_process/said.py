"""What a file says of itself, as words that can be kept: of one form, without what no text holds, not too long."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final

LONGEST: Final = 2_000
"""Characters of a text; what goes on is cut."""
SHORT: Final = 255
"""Characters of a name, a keyword or a place."""
MOST_LANGUAGES: Final = 32
MOST_KEYWORDS: Final = 64
MOST_BYTES: Final = 256 * 1024
"""Of all texts in all languages, as JSON: what goes on is left out."""
TEXTS: Final = ("title", "caption", "alt", "credit")
"""What may be said in several languages: by the lower-case code of each, "" where none is named."""
NAMES: Final = ("creator", "copyright")
PLACES: Final = ("city", "region", "country")
CODE: Final = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8}){0,3}")


def tidy(text: object, most: int = LONGEST) -> str:
    """Return a text in its composed form without control characters, broken ones and space about it."""
    if not isinstance(text, str):
        return ""
    text = text[: 4 * most].replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    kept = (letter for letter in text if letter == "\n" or unicodedata.category(letter) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", "".join(kept)).strip()[:most].rstrip()


def judged(said: object) -> dict[str, Any]:
    """Keep what has the shape that is asked for, and leave out all else, and what says nothing.

    `title`, `caption`, `alt` and `credit` map languages to texts, `creator` and `copyright` are names, `keywords` a
    list of words, `place` has `latitude` and `longitude` in degrees, `city`, `region` and `country`.
    """
    if not isinstance(said, Mapping):
        return {}
    kept: dict[str, Any] = _fitting({name: _languages(said.get(name)) for name in TEXTS})
    kept |= {name: tidy(said.get(name), SHORT) for name in NAMES}
    kept |= {"keywords": _keywords(said.get("keywords")), "place": _place(said.get("place"))}
    return {name: value for name, value in kept.items() if value}


def _languages(texts: object) -> dict[str, str]:
    if not isinstance(texts, Mapping):
        return {}
    known = {code: tidy(text) for code, text in texts.items() if code == "" or CODE.fullmatch(str(code))}
    return dict([(code, text) for code, text in known.items() if text][:MOST_LANGUAGES])


def _fitting(texts: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    room = MOST_BYTES
    fitting: dict[str, dict[str, str]] = {name: {} for name in texts}
    for name, said in texts.items():
        for code, text in said.items():
            room -= len(json.dumps({code: text}))
            if room >= 0:
                fitting[name][code] = text
    return fitting


def _keywords(words: object) -> list[str]:
    if not isinstance(words, Sequence) or isinstance(words, str):
        return []
    tidied = (" ".join(tidy(word, SHORT).split()) for word in words)
    return list(dict.fromkeys(word for word in tidied if word))[:MOST_KEYWORDS]


def _place(place: object) -> dict[str, Any]:
    if not isinstance(place, Mapping):
        return {}
    kept: dict[str, Any] = {name: tidy(place.get(name), SHORT) for name in PLACES}
    at = [place.get(name) for name in ("latitude", "longitude")]
    if all(isinstance(degrees, float) and abs(degrees) <= most for degrees, most in zip(at, (90, 180), strict=True)):
        kept |= {"latitude": at[0], "longitude": at[1]}
    return {name: value for name, value in kept.items() if value != ""}
