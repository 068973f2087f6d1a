"""A text as a tree that a page of any policy can build: `["p", {"class": "…"}, "words", ["b", {}, "more"]]`."""

from html.parser import HTMLParser
from typing import Any, Final

VOID: Final = frozenset({"br", "hr"})

Tree = list[Any]


def grow(markup: str) -> Tree:
    """Return the nodes of a text that has been sanitised (webapp/infra/sanitising.py), so that it is well formed."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.root


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: Tree = []
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element."""
        made: Tree = [tag, {name: value or "" for name, value in attrs if name != "rel"}]
        self.open[-1].append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_endtag(self, _tag: str) -> None:
        """End the element that is open."""
        self.open.pop()

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.open[-1].append(data)
