"""What changed between two texts, word by word: shown beside a translation whose source has changed (D18)."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final, Literal

Kind = Literal["same", "removed", "added"]

MOST: Final = 1500
"""Tokens a side that are compared one by one: the comparison grows with the square of them."""

UNSPACED: Final = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Hiragana, Katakana
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x323AF),
)
"""Scripts written without spaces between words: each letter counts as one."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that both have, or that only the earlier or the later has."""

    kind: Kind
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """Return the pieces of both texts in reading order.

    All but the added make up `before`, all but the removed make up `after`. What differs in more than `MOST`
    words is compared line by line, and what differs in more lines than that is replaced as a whole.
    """
    for split in (words, lines):
        old, new = list(split(before)), list(split(after))
        head = _shared(old, new)
        tail = _shared(old[head:][::-1], new[head:][::-1])
        middle = old[head : len(old) - tail], new[head : len(new) - tail]
        if max(map(len, middle)) <= MOST:
            same = "".join(old[:head]), "".join(old[len(old) - tail :])
            return _joined([("same", same[0]), *_match(*middle), ("same", same[1])])
    return _joined([("removed", before), ("added", after)])


def words(text: str) -> Iterator[str]:
    """Split a text into words, blanks and single marks, which together are the text."""
    word = ""
    for letter in text:
        mark = unicodedata.category(letter).startswith("M")
        if word and (mark or _goes_on(word, letter)):
            word += letter
            continue
        if word:
            yield word
        word = letter
    if word:
        yield word


def lines(text: str) -> Iterator[str]:
    """Split a text into lines, which together are the text."""
    yield from text.splitlines(keepends=True)


def _goes_on(word: str, letter: str) -> bool:
    if word.isspace():
        return letter.isspace()
    return _in_word(word[0]) and _in_word(letter)


def _in_word(letter: str) -> bool:
    if not letter.isalnum():
        return letter in "_’'"
    return not any(first <= ord(letter) <= last for first, last in UNSPACED)


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    """Count how many tokens are the same from the start on."""
    count = 0
    for left, right in zip(old, new, strict=False):
        if left != right:
            break
        count += 1
    return count


def _match(old: list[str], new: list[str]) -> Iterator[tuple[Kind, str]]:
    found = SequenceMatcher(str.isspace, old, new, autojunk=False)
    for tag, left, left_end, right, right_end in found.get_opcodes():
        if tag == "equal":
            yield "same", "".join(old[left:left_end])
        else:
            yield "removed", "".join(old[left:left_end])
            yield "added", "".join(new[right:right_end])


def _joined(parts: Sequence[tuple[Kind, str]]) -> list[Piece]:
    """Let blanks between two changes belong to both, and give each change as what went and what came."""
    filled = [(kind, text) for kind, text in parts if text]
    bridged: list[tuple[bool, list[tuple[Kind, str]]]] = []
    for place, (kind, text) in enumerate(filled):
        bridge = kind == "same" and text.isspace() and 0 < place < len(filled) - 1
        bridged.append((kind != "same" or bridge, [(kind, text)]))
    pieces: list[Piece] = []
    for changed, run in groupby(bridged, key=lambda part: part[0]):
        texts = [part for _, parts_of in run for part in parts_of]
        pieces += _changed(texts) if changed else [Piece("same", "".join(text for _, text in texts))]
    return pieces


def _changed(texts: Sequence[tuple[Kind, str]]) -> list[Piece]:
    removed = "".join(text for kind, text in texts if kind != "added")
    added = "".join(text for kind, text in texts if kind != "removed")
    kinds: tuple[tuple[Kind, str], ...] = (("removed", removed), ("added", added))
    return [Piece(kind, text) for kind, text in kinds if text]
