"""What must come through a translation unharmed: placeholders, links, the elements of HTML, and numbers."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Final, Literal

Kind = Literal["placeholder", "link", "tag", "number"]

HARD: Final = ("placeholder", "link", "tag")
"""What a text from outside must have as its source has it; numbers are written differently in each language."""

MARK: Final = re.compile(
    r"""
      \{\{\s*[\w.:-]{1,80}\s*\}\}          # {{ name }}
    | \$\{[\w.:-]{1,80}\}                  # ${name}
    | \{[\w.:-]{0,80}\}                    # {name}, {0}, {}
    | %\([\w.-]{1,80}\)[a-z]               # %(name)s
    | %(?:\d{1,2}\$)?[sd](?![^\W_])        # %s, %1$d
    """,
    re.VERBOSE,
)
LINK: Final = re.compile(r"(?:https?://|mailto:|tel:)[^\s<>\"'“”«»()\[\]]+", re.IGNORECASE)
NUMBER: Final = re.compile(r"\d+")
ELEMENT: Final = re.compile(
    r"<!--[^<>]*-->|<(?P<closing>/?)(?P<name>[A-Za-z][\w:-]*)(?P<rest>(?:\"[^\"<>]*\"|'[^'<>]*'|[^\"'<>])*+)>"
)
ADDRESS: Final = re.compile(r"\s(?:href|src)\s*=\s*(?:\"([^\"]+)\"|'([^']+)')", re.IGNORECASE)
"""Each try ends at the next angle bracket, so that no text takes long (Python's own reader of HTML takes minutes)."""

VOID: Final = frozenset({"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})


@dataclass(frozen=True, slots=True)
class Difference:
    """A code that a text has more or less often than its source: `more` is negative where it is missing."""

    kind: Kind
    code: str
    more: int


def differences(source: str, target: str, *, html: bool = False) -> list[Difference]:
    """Return what the target has of the source's codes too much or too little, in the order of the texts."""
    found = []
    before, after = Counter(_codes(source, html)), Counter(_codes(target, html))
    for kind, code in dict.fromkeys([*before, *after]):
        if more := after[kind, code] - before[kind, code]:
            found.append(Difference(kind, code, more))
    if html and not found and _is_nested(source) and not _is_nested(target):
        found.append(Difference("tag", "</>", 1))
    return found


def _codes(text: str, html: bool) -> Iterator[tuple[Kind, str]]:
    if html:
        for element in ELEMENT.finditer(text):
            if not element["closing"] and element["name"]:
                yield "tag", f"<{element['name'].lower()}>"
                yield from (("link", unescape(found[1] or found[2])) for found in ADDRESS.finditer(element["rest"]))
        text = unescape(ELEMENT.sub(" ", text))
    for mark in MARK.finditer(text):
        yield "placeholder", "".join(mark[0].split())
    rest = MARK.sub(" ", text)
    for link in LINK.finditer(rest):
        yield "link", link[0].rstrip(".,;:!?…。、，")
    for number in NUMBER.finditer(LINK.sub(" ", rest)):
        yield "number", "".join(str(unicodedata.decimal(digit)) for digit in number[0])


def _is_nested(html: str) -> bool:
    """Whether every element is closed where it was opened."""
    opened: list[str] = []
    for element in ELEMENT.finditer(html):
        name = (element["name"] or "").lower()
        if not name or name in VOID or (element["rest"].endswith("/") and not element["closing"]):
            continue
        if not element["closing"]:
            opened.append(name)
        elif not opened or opened.pop() != name:
            return False
    return not opened
