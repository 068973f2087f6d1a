"""The box of a text item: its size, padding, colour and alignment, of the style that dialects send and keep (D21).

The style is a map that stays exactly as it was given; what is not understood in it is kept and not shown.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from webapp.domain.errors import Invalid
from webapp.domain.sentences import Sentence
from webapp.infra import styles
from webapp.infra.sanitising import Sanitised, sanitise

STYLE_BYTES: Final = 4_000
PADDING: Final = (0, 120)
SIDE: Final = (40, 4000)
"""Pixels of a side of the box."""

SHAPES: Final = {"square": (420, 420), "landscape": (600, 400), "portrait": (400, 600), "wide": (840, 420)}
"""The shapes that the editor offers, as width and height in pixels."""

ALIGNMENTS: Final = ("top", "middle", "bottom")


@dataclass(frozen=True)
class Box:
    """How a text stands in its box; `ratio` is width over height, `declarations` are its colours and padding."""

    shape: str
    ratio: float
    padding: int
    background: str
    alignment: str

    @property
    def declarations(self) -> tuple[str, ...]:
        """Return what the box adds to the stylesheet: letters that are read on its colour."""
        ink = ""
        if self.background and self.background not in styles.COLOURS:
            ink = "color:#151816;" if styles.is_light(self.background) else "color:#fbfbf9;"
        colour = f"background-color:{self.background};" if self.background else ""
        return styles.declarations(f"{colour}{ink}padding:{self.padding}px")


@dataclass(frozen=True)
class Written:
    """A text as it is shown, in its box."""

    text: Sanitised
    box: Box

    @property
    def classes(self) -> str:
        """Return the classes of the box."""
        return " ".join(styles.class_of(each) for each in self.box.declarations)

    @property
    def declarations(self) -> tuple[str, ...]:
        """Return all that the page's stylesheet has to hold for it."""
        return (*self.text.declarations, *self.box.declarations)


def written(html: str, style: Mapping[str, Any] | None) -> Written:
    """Return a text as it is shown; never raises, whatever a dialect has kept."""
    return Written(sanitise(html), box(style))


def box(style: Mapping[str, Any] | None) -> Box:
    """Read a style: what it does not say is a square with a little padding, the text in the middle."""
    kept = style or {}
    width, height = _pixels(kept.get("width"), SIDE), _pixels(kept.get("height"), SIDE)
    ratio = width / height if width and height else 1.0
    alignment = kept.get("textVerticalAlignment")
    padding = _pixels(kept.get("padding"), PADDING)
    return Box(
        shape=next((name for name, size in SHAPES.items() if size == (width, height)), ""),
        ratio=min(3.0, max(0.5, ratio)),
        padding=30 if padding is None else padding,
        background=styles.colour(str(kept.get("backgroundColor", "")).lower().replace(" ", "")),
        alignment=alignment if alignment in ALIGNMENTS else "middle",
    )


def check_style(style: Any) -> dict[str, Any] | None:
    """Return a style as it may be kept. Raises Invalid for what is no map, or too large a one."""
    return None if style is None else check_map("style", style, most=STYLE_BYTES)


def check_map(field: str, given: Any, *, most: int) -> dict[str, Any]:
    """Return a map that JSON can hold, as it may be kept. Raises Invalid for any other, or too large a one."""
    if not isinstance(given, dict):
        raise Invalid(field, "A style is a map of names and values.", code="style")
    try:
        packed = json.dumps(given, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise Invalid(field, "A style holds texts, numbers, lists and maps.", code="style") from None
    if "\\u0000" in packed:
        raise Invalid(field, "Take out the NUL character: it cannot be stored.", code="nul")
    if len(packed) > most:
        much = Sentence("Shorten the style to %(most)s bytes; it has %(much)s.", most=most, much=len(packed))
        raise Invalid(field, much, code="too_long")
    return given


def restyled(style: Mapping[str, Any] | None, *, shape: str, padding: int, background: str, alignment: str) -> Any:
    """Return a style with another box, all else in it kept. Raises Invalid."""
    if not PADDING[0] <= padding <= PADDING[1]:
        span = {"least": PADDING[0], "most": PADDING[1]}
        raise Invalid(
            "padding", Sentence("Choose a padding from %(least)s to %(most)s pixels.", **span), code="padding"
        )
    if alignment not in ALIGNMENTS or (shape and shape not in SHAPES):
        raise Invalid("shape", "Choose one of the shapes and alignments.", code="shape")
    if background and not styles.colour(background):
        raise Invalid("background", "Choose one of the colours.", code="colour")
    made: dict[str, Any] = {**(style or {}), "padding": padding, "textVerticalAlignment": alignment}
    made.pop("backgroundColor", None)
    if background:
        made["backgroundColor"] = background
    if shape:
        made["width"], made["height"] = SHAPES[shape]
    return made


def _pixels(value: Any, limits: tuple[int, int]) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value):
        return None
    return int(max(limits[0], min(value, limits[1])))
