"""XML from outside: read piece by piece, without entities, without the network, within limits.

A document type is refused as such, so that there is nothing to expand and nothing to fetch; only the elements that
are asked for are built, one after another, so that a file's tree never stands in memory whole.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat
from xml.sax.saxutils import escape

from webapp.domain.exchange.units import MOST_UNITS, Damaged
from webapp.domain.sentences import Sentence

DEPTH: Final = 64
ELEMENTS: Final = 100 * MOST_UNITS
SPACE: Final = "http://www.w3.org/XML/1998/namespace"
UNCARRIED: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""

Attributes = dict[str, str]


@dataclass
class Node:
    """An element: names without their namespace, which `space` is, attributes of XML itself as `xml:lang`."""

    tag: str
    space: str
    attributes: Attributes
    children: "list[Node | str]" = field(default_factory=list)

    def all(self, tag: str) -> "Iterator[Node]":
        """Give the elements of a name that stand in this one."""
        return (each for each in self.children if isinstance(each, Node) and each.tag == tag)

    def first(self, tag: str) -> "Node | None":
        """Return the first of them."""
        return next(self.all(tag), None)

    @property
    def text(self) -> str:
        """All text within."""
        return "".join(each if isinstance(each, str) else each.text for each in self.children)


Found = tuple[list[tuple[str, Attributes]], Node]
"""An element that was asked for, and the names and attributes of those round it, the outermost first."""


def elements(content: bytes, wanted: Collection[str]) -> Iterator[Found]:
    """Give each element of these names, whole; the first is the root with nothing in it. Raises Damaged."""
    reader = _Reader(wanted)
    for start in range(0, len(content) or 1, 65_536):
        reader.feed(content[start : start + 65_536], last=start + 65_536 >= len(content))
        yield from reader.taken()


def quoted(text: str) -> str:
    """Write text for an element or an attribute; what XML cannot hold is left out."""
    return escape(UNCARRIED.sub("", text), {'"': "&quot;", "\r": "&#13;"})


class _Reader:
    def __init__(self, wanted: Collection[str]) -> None:
        self.wanted = wanted
        self.above: list[tuple[str, Attributes]] = []
        self.building: list[Node] = []
        self.found: list[Found] = []
        self.seen = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = _refuse_doctype
        self.parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def feed(self, content: bytes, *, last: bool) -> None:
        """Read on. Raises Damaged."""
        try:
            self.parser.Parse(content, last)
        except expat.ExpatError as error:
            reason = expat.ErrorString(error.code)
            said = Sentence("This is no whole XML: %(reason)s in line %(line)s.", reason=reason, line=error.lineno)
            raise Damaged(said) from None
        except (LookupError, ValueError):
            raise Damaged("This is no XML that can be read: its encoding is unknown.") from None

    def taken(self) -> list[Found]:
        """Return what has been found since it was last asked for."""
        found, self.found = self.found, []
        return found

    def _start(self, name: str, given: Attributes) -> None:
        self.seen += 1
        if self.seen > ELEMENTS:
            raise Damaged("This file holds more elements than any list of texts needs.")
        if len(self.above) + len(self.building) >= DEPTH:
            raise Damaged(Sentence("This file is nested more than %(most)s deep.", most=DEPTH))
        space, _, tag = name.rpartition(" ")
        node = Node(tag, space, {_plain(key): value for key, value in given.items()})
        if self.building:
            self.building[-1].children.append(node)
        if self.building or tag in self.wanted:
            self.building.append(node)
            return
        if not self.above:
            self.found.append(([], node))
        self.above.append((tag, node.attributes))

    def _end(self, _name: str) -> None:
        if not self.building:
            self.above.pop()
            return
        node = self.building.pop()
        if not self.building:
            self.found.append((list(self.above), node))

    def _text(self, text: str) -> None:
        if self.building:
            self.building[-1].children.append(text)


def _plain(name: str) -> str:
    space, _, local = name.rpartition(" ")
    return f"xml:{local}" if space == SPACE else local if not space else f"{space} {local}"


def _refuse_doctype(*_declared: object) -> None:
    raise Damaged("This file declares a document type, which no list of texts needs and which is not read.")
