"""How a page's items are laid out: all of it is in their classes, for the policy knows no style of an element.

Rows, tiles and sliders are the stylesheet's work, for a picture's ratio is one of its classes. A masonry needs the
column of each item as well: the shortest there is, for each number of columns that a screen may have.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from webapp.domain.crops import SHAPES
from webapp.domain.showing import Look, Showing, Shown

UNITS: Final = 40
"""Heights in a masonry are counted in fortieths of a column's width, as static/css/layouts.css does."""


@dataclass(frozen=True)
class Step:
    """A masonry from some width on: its letter, its columns, the units below an item with a caption and without."""

    letter: str
    columns: int
    caption: int
    gap: int


STEPS: Final[Mapping[str, tuple[Step, ...]]] = {
    "small": (
        Step("a", 2, 12, 5),
        Step("b", 3, 12, 5),
        Step("c", 4, 12, 5),
        Step("d", 5, 11, 4),
        Step("e", 7, 11, 4),
    ),
    "medium": (Step("a", 2, 12, 5), Step("b", 2, 8, 4), Step("c", 3, 8, 4), Step("d", 4, 8, 4), Step("e", 5, 8, 4)),
    "large": (Step("b", 2, 8, 4), Step("d", 3, 7, 3), Step("e", 4, 7, 3)),
}
LEADING: Final = ("justified", "masonry", "grid", "columns")
"""Layouts that the first picture stands above, large."""

BESIDE: Final = {"small": 16, "medium": 25, "large": 44}
"""What part of a wide screen an item takes up, in hundredths of its width."""

LETTERS_A_LINE: Final = 22
LINE: Final = 0.11
PADDING: Final = 0.25
"""A text in the narrowest column: the letters in a line, and heights as shares of the column's width."""

BREAKS: Final = ("</p>", "</li>", "</h", "<br", "</div>")
HEADING: Final = re.compile(r"<h\d[^>]*>(.*?)</h\d>", re.DOTALL)

RATIOS: Final = (0.5, 3.0)
LEAST: Final = 0.2


@dataclass(frozen=True)
class Hanging:
    """A page's items as they are laid out: the one that leads, the others, and the classes of list and items.

    `shape` is the ratio that all pictures of a grid are shown in, such as 1:1; none elsewhere.
    """

    lead: Shown | None
    items: tuple[Shown, ...]
    classes: str
    sizes: str
    lanes: Mapping[UUID, str]
    shape: str = ""


def hang(shown: Showing) -> Hanging:
    """Lay a page out."""
    lead = _lead(shown)
    rest = shown.items[1:] if lead else shown.items
    shape = SHAPES[shown.look.shape] if shown.look.layout == "grid" else ""
    return Hanging(lead, rest, _classes(shown.look), _sizes(shown.look), _lanes(shown.look, rest), shape)


def ratio(item: Shown) -> float:
    """Return width over height of what is shown of an item, as the classes round it."""
    least, most = RATIOS
    if item.written:
        return _rounded(item.written.box.ratio, least, most)
    return _rounded(item.picture.ratio if item.picture else 16 / 9, least, most)


def masonry_ratio(item: Shown) -> float:
    """Return the ratio of an item in a masonry, where a long text has to be high enough before it is drawn.

    A heading's letters count twice: they are larger, and wrap sooner.
    """
    if item.written is None:
        return ratio(item)
    words = item.written.text
    breaks = sum(words.markup.count(each) for each in BREAKS)
    letters = len(words.text) + sum(len(each) for each in HEADING.findall(words.markup))
    lines = math.ceil(letters / LETTERS_A_LINE) + breaks
    return min(ratio(item), _rounded(1 / (PADDING + LINE * lines), LEAST, RATIOS[1]))


def ratio_class(number: float) -> str:
    """Return the class that says so."""
    return f"{'r' if number >= RATIOS[0] else 't'}{round(number * 100):03d}"


def fill(heights: Sequence[int], columns: int) -> list[int]:
    """Return for each height the column it comes to stand in, from 0: the shortest so far, of equals the first."""
    filled = [0] * columns
    chosen = []
    for height in heights:
        column = filled.index(min(filled))
        filled[column] += height
        chosen.append(column)
    return chosen


def _lead(shown: Showing) -> Shown | None:
    first = shown.items[0] if shown.items and shown.items[0].number == 1 else None
    if first is None or first.kind != "image" or first.picture is None or shown.look.layout not in LEADING:
        return None
    return first if shown.cover is None or shown.cover.sha256 == first.picture.sha256 else None


def _classes(look: Look) -> str:
    named = [f"p-{look.layout}" if look.layout != "justified" else "p-flow"]
    if look.size != "medium":
        named.append(f"p-{look.size}")
    if look.layout == "grid" and look.shape != "square":
        named.append(f"p-{look.shape}")
    return " ".join(named)


def _sizes(look: Look) -> str:
    if look.layout == "slideshow":
        return "96vw"
    return f"(max-width: 820px) 92vw, {BESIDE[look.size]}vw"


def _lanes(look: Look, items: Iterable[Shown]) -> dict[UUID, str]:
    """Return the classes that say which column each item is in, and its ratio."""
    if look.layout != "masonry":
        return {}
    hung = [(item, masonry_ratio(item)) for item in items]
    named = {item.id: [ratio_class(number)] for item, number in hung}
    for step in STEPS[look.size]:
        below = {True: step.caption, False: step.gap}
        heights = [math.floor(UNITS / number + 0.5) + below[captioned(item)] for item, number in hung]
        for (item, _), column in zip(hung, fill(heights, step.columns), strict=True):
            named[item.id].append(f"k{step.letter}{column}")
    return {item_id: " ".join(classes) for item_id, classes in named.items()}


def captioned(item: Shown) -> bool:
    """Whether a line of words stands below an item."""
    if item.written:
        return True
    return bool(item.caption or item.link_url or (item.video and item.title))


def _rounded(number: float, least: float, most: float) -> float:
    return min(max(round(number * 20) / 20, least), most)
