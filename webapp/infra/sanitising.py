"""The one place where somebody else's HTML becomes ours: what is not known to be harmless is left out.

nh3 parses it as browsers do and drops what runs, loads or escapes; what is left is built anew from a short list of
elements, whose styles become classes (webapp/infra/styles.py), because the policy of our pages allows no style
attribute. Nothing of what came is ever copied into a page as it was.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlsplit

import nh3

from webapp.infra import styles

BLOCKS: Final = frozenset({"p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "div", "hr"})
INLINE: Final = frozenset(
    {"a", "strong", "b", "em", "i", "u", "s", "sub", "sup", "small", "mark", "code", "span", "br"}
)
ALIKE: Final = {"h1": "h2", "strike": "s", "del": "s", "ins": "u"}
"""Elements that are shown as another: the page's own title is its only h1."""

VOID: Final = frozenset({"br", "hr"})
DROPPED: Final = frozenset(
    {"script", "style", "template", "iframe", "object", "embed", "svg", "math", "noscript", "title", "textarea",
     "select", "option", "button", "xmp", "noembed", "noframes", "plaintext", "audio", "video", "canvas"}
)  # fmt: skip
"""Elements that go with all that stands in them."""

SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
DEPTH: Final = 24
"""Elements inside one another; what is nested deeper is kept without its element."""

LENGTH: Final = 100_000
"""Characters that are looked at."""

ON_BLOCKS: Final = frozenset({"background-color", "padding"})
"""Properties that a block leaves to the box of its text, which has them once."""

LANGUAGE: Final = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True)
class Sanitised:
    """HTML that may stand in a page: `markup` with classes for `declarations`, `editable` with data-style instead.

    `text` is what is read, without elements.
    """

    markup: str
    editable: str
    text: str
    declarations: tuple[str, ...]


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str]
    style: tuple[str, ...]
    children: "list[_Element | str]" = field(default_factory=list)


@lru_cache(maxsize=512)
def sanitise(html: str) -> Sanitised:
    """Return what may be shown of somebody's HTML; never raises."""
    reader = _Reader()
    reader.feed(_known(html[:LENGTH]))
    reader.close()
    nodes = reader.root.children
    found = dict.fromkeys(each for element in _elements(nodes) for each in element.style)
    return Sanitised(
        markup="".join(_shown(node, editable=False) for node in nodes),
        editable="".join(_shown(node, editable=True) for node in nodes),
        text=_read(nodes),
        declarations=tuple(found),
    )


def paragraphs(text: str) -> str:
    """Return plain text as HTML: a blank line begins a paragraph, a line end is kept."""
    parts = [part.strip("\n") for part in re.split(r"\n[ \t]*\n", text) if part.strip()]
    return "".join(f"<p>{escape(part, quote=False).replace(chr(10), '<br>')}</p>" for part in parts)


def is_plain(text: str) -> bool:
    """Whether a text holds no element at all."""
    return not re.search(r"<[a-zA-Z!/]", text)


def _known(html: str) -> str:
    """Parse as browsers do, and keep the elements and attributes that are known."""
    return nh3.clean(
        html.replace("\x00", ""),
        tags=set(BLOCKS | INLINE | set(ALIKE)),
        clean_content_tags=set(DROPPED),
        attributes={"a": {"href"}, "*": {"style", "dir", "lang", "align"}},
        url_schemes=set(SCHEMES),
        link_rel=None,
        strip_comments=True,
    )


class _Reader(HTMLParser):
    """Builds the tree of what nh3 has left, which is well formed."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = _Element("", {}, ())
        self.open = [self.root]
        self.skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin an element, unless it is one too many."""
        tag = ALIKE.get(tag, tag)
        if tag not in BLOCKS | INLINE:
            return
        made = _made(tag, {name: value or "" for name, value in attrs})
        if len(self.open) > DEPTH:
            if tag not in VOID:
                self.skipped.append(tag)
            return
        self.open[-1].children.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_endtag(self, tag: str) -> None:
        """End the element that is open."""
        tag = ALIKE.get(tag, tag)
        if self.skipped and self.skipped[-1] == tag:
            self.skipped.pop()
        elif len(self.open) > 1 and self.open[-1].tag == tag:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.open[-1].children.append(data)


def _made(tag: str, given: dict[str, str]) -> _Element:
    attributes: dict[str, str] = {}
    if tag == "a" and _is_address(given.get("href", "")):
        attributes |= {"href": given["href"], "rel": "noopener noreferrer nofollow"}
    if given.get("dir") in ("ltr", "rtl", "auto"):
        attributes["dir"] = given["dir"]
    if LANGUAGE.fullmatch(given.get("lang", "")):
        attributes["lang"] = given["lang"]
    align = f"text-align:{given['align']};" if "align" in given else ""
    kept = styles.declarations(align + given.get("style", ""))
    names = ON_BLOCKS if tag in BLOCKS else {"padding", "text-align"}
    return _Element(tag, attributes, tuple(each for each in kept if each.partition(":")[0] not in names))


def _is_address(url: str) -> bool:
    """Whether a link leads to the web, to a mail or phone, or to a page of this site; nothing else is followed."""
    if not url or len(url) > 2048 or any(letter.isspace() or ord(letter) < 33 or letter == "\\" for letter in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme:
        return parts.scheme in SCHEMES and bool(parts.netloc or parts.scheme in ("mailto", "tel"))
    return (url.startswith("/") and not url.startswith("//")) or url.startswith("#")


def _elements(nodes: "list[_Element | str]") -> Iterator[_Element]:
    for node in nodes:
        if isinstance(node, _Element):
            yield node
            yield from _elements(node.children)


def _shown(node: "_Element | str", *, editable: bool) -> str:
    if isinstance(node, str):
        return escape(node, quote=False)
    said = dict(node.attributes)
    if node.style:
        classes = " ".join(styles.class_of(each) for each in node.style)
        said |= {"data-style": ";".join(node.style)} if editable else {"class": classes}
    spelt = "".join(f' {name}="{escape(value)}"' for name, value in said.items())
    if node.tag in VOID:
        return f"<{node.tag}{spelt}>"
    inside = "".join(_shown(child, editable=editable) for child in node.children)
    return f"<{node.tag}{spelt}>{inside}</{node.tag}>"


def _read(nodes: "list[_Element | str]") -> str:
    return " ".join("".join(_words(nodes)).split())


def _words(nodes: "list[_Element | str]") -> Iterator[str]:
    for node in nodes:
        if isinstance(node, str):
            yield node
        else:
            apart = " " if node.tag in BLOCKS or node.tag == "br" else ""
            yield apart
            yield from _words(node.children)
            yield apart
