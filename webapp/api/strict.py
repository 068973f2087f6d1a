"""The strict JSON reader of every dialect: what it lets through can be stored and sent again as it came.

Python's own parser lets NaN, infinities, duplicate keys and half surrogate pairs through, dies of depth and makes
numbers that no database holds. Its words for malformed JSON are kept: clients of FastAPI parse them.
"""

import json
import math
import re
from collections import Counter
from itertools import islice
from typing import Any, Final

DEPTH: Final = 64
LARGEST: Final = 2**63 - 1
DIGITS: Final = 19
_STRING: Final = r'"(?:[^"\\]++|\\.)*+"?'
_TOKENS: Final = re.compile(_STRING + r"|[][{}]", re.DOTALL)
_NO_BRACKETS: Final = re.compile(_STRING + r'|[^][{}"]++', re.DOTALL)
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")


class Malformed(Exception):
    """This is no JSON that is taken; `offset` counts characters from the start of the body."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(reason)
        self.offset = offset
        self.reason = reason


class _Refused(Exception):
    """A token that the parser took and we do not."""

    def __init__(self, token: str, reason: str) -> None:
        super().__init__(reason)
        self.token = token
        self.reason = reason


def parse(raw: bytes) -> Any:
    """Return what a JSON text says. Raises Malformed."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(len(raw[: error.start].decode("utf-8")), "Invalid UTF-8") from None
    _check_depth(text)
    try:
        found = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Malformed(error.pos, error.msg) from None
    except _Refused as refused:
        raise Malformed(_find(text, refused.token), refused.reason) from None
    _check_surrogates(text, found)
    return found


def _check_depth(text: str) -> None:
    """Refuse what is nested too deep, before a parser that recurses sees it."""
    if text.count("[") + text.count("{") <= DEPTH:
        return
    depth = 0
    for nth, bracket in enumerate(_NO_BRACKETS.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > DEPTH:
            brackets = (found for found in _TOKENS.finditer(text) if not found[0].startswith('"'))
            raise Malformed(next(islice(brackets, nth, None)).start(), f"Nested deeper than {DEPTH}")


def _check_surrogates(text: str, found: Any) -> None:
    """Refuse half a surrogate pair, which no UTF-8 can hold."""
    half = _HALF.search(text)
    if half is None:
        return
    try:
        json.dumps(found, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise Malformed(half.start(), "Lone surrogate") from None


def _find(text: str, token: str) -> int:
    """Return where a token stands first outside of strings; a key is a string itself."""
    if token.startswith('"'):
        return max(0, text.find(token, text.find(token) + 1))
    tokens = re.finditer(_STRING + "|" + re.escape(token), text, re.DOTALL)
    return next((found.start() for found in tokens if not found[0].startswith('"')), 0)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise _Refused(json.dumps(twice, ensure_ascii=False), "Duplicate key")
    return found


def _constant(token: str) -> Any:
    raise _Refused(token, "Expecting value")


def _whole(token: str) -> int:
    if len(token.lstrip("-")) > DIGITS or abs(int(token)) > LARGEST:
        raise _Refused(token, "Number out of range")
    return int(token)


def _fraction(token: str) -> float:
    number = float(token)
    if not math.isfinite(number):
        raise _Refused(token, "Number out of range")
    return number


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_constant, parse_int=_whole, parse_float=_fraction
)
