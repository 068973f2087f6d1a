"""Words as they are searched and sorted: without case, accents and marks, so that Été is found by ete.

Scripts without blanks between words are searched by single letters and pairs of neighbours, so that 京都 finds what
has these two side by side, and 京 all that has it.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

LONGEST: Final = 255
"""Characters of a folded text; what is longer is cut."""

TERM: Final = 64
"""Characters of a term; what is longer is found by its beginning."""

ALIKE: Final = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ـ": None}
)
"""Letters that Unicode does not take apart but people type as others."""

UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai and Lao, Burmese, Khmer
    "\u3005\u3007\u3041-\u3096\u30a1-\u30fa\u30fc"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
)
RUN: Final = re.compile(f"[{UNSPACED}]+|[^{UNSPACED}]+")
IS_UNSPACED: Final = re.compile(f"[{UNSPACED}]")


def fold(text: str) -> str:
    """Return the text in small letters without accents, marks and control characters, blanks made single."""
    return _plain(text)[:LONGEST]


def terms(text: str) -> Iterator[str]:
    """Return what a text is found by: each word, and of scripts without blanks each letter and each pair."""
    for run, unspaced in _runs(text):
        yield from run if unspaced else (run[:TERM],)
        if unspaced:
            yield from _pairs(run)


def wanted(query: str) -> Iterator[tuple[str, bool]]:
    """Return the terms that all have to be there, each with whether it may be the beginning of a longer one."""
    for run, unspaced in _runs(query):
        if unspaced:
            yield from ((pair, False) for pair in _pairs(run) or [run])
        else:
            yield run[:TERM], True


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(letter for letter in apart if unicodedata.category(letter) not in ("Mn", "Me", "Cf", "Cs"))
    plain = "".join(" " if unicodedata.category(letter) == "Cc" else letter for letter in kept)
    return " ".join(unicodedata.normalize("NFC", plain).split())


def _runs(text: str) -> Iterator[tuple[str, bool]]:
    """Return the words of a text, those with and those without blanks between them apart."""
    plain = _plain(text).translate(ALIKE)
    words = "".join(letter if letter.isalnum() or unicodedata.category(letter)[0] == "M" else " " for letter in plain)
    for word in words.split():
        for run in RUN.findall(word):
            yield run, IS_UNSPACED.match(run) is not None


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(len(run) - 1)]
