"""Texts in XML: HTML's elements, and characters that XML cannot carry, stand as codes between the words.

A translator's tool shows a code as one mark that can be moved but not mistyped. All pieces joined are the text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from webapp.domain.exchange.xml import UNCARRIED, Node
from webapp.domain.sentences import Sentence

CONTROL: Final = re.compile(r"cp([0-9a-f]{4,6})-\d+")
TAG: Final = re.compile(
    rf"(?P<control>{UNCARRIED.pattern})"
    r"|<(?:!--[^<>]*--|/?[A-Za-z](?:\"[^\"<>]*\"|'[^'<>]*'|[^\"'<>])*+)>"
)
"""Each try ends at the next angle bracket, so that no text takes long."""


@dataclass(frozen=True, slots=True)
class Code:
    """Something between the words: `id` is the same in both languages."""

    id: str
    text: str

    @property
    def control(self) -> bool:
        """Whether it is a character that XML cannot carry."""
        return self.id.startswith("cp")


Pieces = Sequence[str | Code]


class Unknown(ValueError):
    """An element of a returned text that was not in it when it left."""


def pieces(text: str, *, html: bool, known: Pieces = ()) -> list[str | Code]:
    """Split a text into words and codes; codes that `known` has too have the same id."""
    free = [piece for piece in known if isinstance(piece, Code)]
    taken = {code.id for code in free}
    made: list[str | Code] = []
    end = 0
    for found in TAG.finditer(text):
        if not (html or found["control"]) or UNCARRIED.search(found[0], 1):
            continue
        made += [text[end : found.start()]] if found.start() > end else []
        same = next((code for code in free if code.text == found[0]), None)
        made.append(same or Code(_fresh(found[0], bool(found["control"]), taken), found[0]))
        if same:
            free.remove(same)
        end = found.end()
    return _apart([*made, text[end:]] if end < len(text) else made, taken)


def codes(source: Pieces) -> dict[str, str]:
    """Return a text's codes by their ids."""
    return {piece.id: piece.text for piece in source if isinstance(piece, Code)}


def joined(node: Node | None, known: Mapping[str, str], *, within: Mapping[str, str] | None = None) -> str:
    """Return the text of a returned element, its codes written out. Raises Unknown.

    `known` are the codes of the source by id, `within` what an element's reference leads to (XLIFF 2.0).
    """
    return "".join(_read(node, known, within or {})) if node else ""


def foreign(unknown: Unknown) -> Sentence:
    """Say that a text holds an element that is not ours."""
    return Sentence("It holds %(element)s, which was not in it when it left.", element=str(unknown))


def _apart(made: list[str | Code], taken: set[str]) -> list[str | Code]:
    """Take characters that XML cannot carry out of what is left of the words: they stood in a broken element."""
    apart: list[str | Code] = []
    for piece in made:
        if isinstance(piece, Code) or not UNCARRIED.search(piece):
            apart.append(piece)
            continue
        for part in re.split(f"({UNCARRIED.pattern})", piece):
            if UNCARRIED.fullmatch(part):
                apart.append(Code(_fresh(part, True, taken), part))
            elif part:
                apart.append(part)
    return apart


def _fresh(text: str, control: bool, taken: set[str]) -> str:
    stem = f"cp{ord(text):04x}-" if control else "c"
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    taken.add(f"{stem}{number}")
    return f"{stem}{number}"


def _read(node: Node, known: Mapping[str, str], within: Mapping[str, str]) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, str):
            yield child
        elif child.tag in ("mrk", "sm", "em"):
            yield from _read(child, known, within)
        elif child.tag == "cp":
            yield _character(child.attributes.get("hex", ""))
        elif child.tag in ("ph", "x"):
            yield _written_out(child, known, within)
        else:
            raise Unknown(f"<{child.tag}>")


def _written_out(code: Node, known: Mapping[str, str], within: Mapping[str, str]) -> str:
    name = code.attributes.get("id", "")
    if control := CONTROL.fullmatch(name):
        return _character(control[1])
    reference = code.attributes.get("dataRef", "")
    found = within.get(reference) or known.get(name) or code.text
    if not found:
        raise Unknown(f"<{code.tag} id={name!r}>")
    return found


def _character(digits: str) -> str:
    try:
        return chr(int(digits, 16))
    except (ValueError, OverflowError):
        raise Unknown(f"<cp {digits!r}>") from None
