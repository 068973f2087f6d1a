"""Sentences for people: in English, and with what they were made of, so that a door can say them in another language.

What is written in a refusal (`Conflict("…")`) is found there by the catalogues; a sentence with values in it, or one
that stands anywhere else, is made here.
"""

import json
from collections.abc import Mapping
from typing import Any, Protocol, Self


class Refusal(Protocol):
    """An error that knows the pattern of its sentence, and what fills it."""

    @property
    def pattern(self) -> str:
        """English, such as `This picture has more than %(most)s frames.`"""

    @property
    def facts(self) -> Mapping[str, Any]:
        """The values by the names that the pattern has."""


class Sentence(str):
    """English that remembers its pattern, such as `Use at most %(most)s tags.`, and the values that fill it.

    A value that is a sentence too is said in the other language as well, and a whole number is written as there.
    """

    __slots__ = ("number", "pattern", "plural", "values")

    pattern: str
    plural: str
    number: int
    values: Mapping[str, object]

    def __new__(cls, pattern: str, /, **values: object) -> Self:
        """Fill the pattern in English."""
        return cls._made(pattern, pattern, "", 1, values)

    @classmethod
    def _made(cls, chosen: str, pattern: str, plural: str, number: int, values: Mapping[str, object]) -> Self:
        written = {name: english(value) for name, value in values.items()}
        made = super().__new__(cls, chosen % written if written else chosen)
        made.pattern, made.plural, made.number, made.values = pattern, plural, number, values
        return made


def counted(one: str, many: str, num: int, /, **values: object) -> Sentence:
    """Make a sentence of a number of things, which `%(num)s` names."""
    return Sentence._made(one if num == 1 else many, one, many, num, {"num": num, **values})


def of(refused: Refusal) -> Sentence:
    """Return what an error of the machine says."""
    return Sentence(refused.pattern, **refused.facts)


def cut_off(times: int) -> Sentence:
    """Say of work that it was begun so many times and never came to an end."""
    return Sentence("The work on this file was cut off %(times)s times.", times=times)


def packed(said: str, most: int) -> str:
    """Return a sentence as a column of so many letters keeps it: with its values, where it has any and they fit."""
    if isinstance(said, Sentence) and said.values and not said.plural:
        values = {name: value if isinstance(value, int) else str(value) for name, value in said.values.items()}
        made = json.dumps([said.pattern, values], ensure_ascii=False)
        if len(made) <= most:
            return made
    return said[:most]


def unpacked(kept: str) -> Sentence:
    """Return the sentence that was kept; what is no packed one is its own pattern."""
    if kept.startswith('["'):
        pattern, values = json.loads(kept)
        return Sentence(pattern, **values)
    return Sentence(kept)


def english(value: object) -> str:
    """Write a value as English does: 1,000 for a thousand."""
    return f"{value:,}" if isinstance(value, int) else str(value)
