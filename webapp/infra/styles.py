"""The style of texts without a style attribute: a few harmless declarations, each a class in a stylesheet of ours.

A stylesheet's address holds its declarations, so that it needs no row, never changes and can be kept for ever; what
an address says is checked as strictly as what a text says.
"""

import base64
import binascii
import hashlib
import re
import zlib
from collections.abc import Iterable, Mapping
from typing import Final

MOST: Final = 60
"""Declarations in one stylesheet."""

BYTES: Final = 8_000
"""What the declarations of one stylesheet take up at most, before they are packed."""

EDITION: Final = "1"
"""Stands in the addresses: another one where the same declarations become other rules."""

ROOT: Final = 16
"""Pixels of one rem: sizes become relative, so that they grow with the reader's."""

COLOURS: Final[Mapping[str, str]] = {
    "#4a514c": "light-dark(#4a514c, #b4bcb6)",
    "#5f6761": "light-dark(#5f6761, #929b95)",
    "#2f3fe0": "light-dark(#2f3fe0, #93a0ff)",
    "#136b43": "light-dark(#136b43, #6bd49c)",
    "#8a4b00": "light-dark(#8a4b00, #f2b45c)",
    "#b3261e": "light-dark(#b3261e, #ff9a8f)",
    "#eceeea": "light-dark(#eceeea, #2a2f2c)",
    "#e9ebff": "light-dark(#e9ebff, #242a52)",
    "#e0f3e8": "light-dark(#e0f3e8, #14301f)",
    "#fdf0dc": "light-dark(#fdf0dc, #38270d)",
    "#fde9e7": "light-dark(#fde9e7, #41191a)",
}
"""The colours that the editor offers, and what they are in light and dark; all others stay as they are."""

NAMED: Final[Mapping[str, str]] = {
    "black": "#000000",
    "silver": "#c0c0c0",
    "gray": "#808080",
    "grey": "#808080",
    "white": "#ffffff",
    "maroon": "#800000",
    "red": "#ff0000",
    "purple": "#800080",
    "fuchsia": "#ff00ff",
    "green": "#008000",
    "lime": "#00ff00",
    "olive": "#808000",
    "yellow": "#ffff00",
    "orange": "#ffa500",
    "navy": "#000080",
    "blue": "#0000ff",
    "teal": "#008080",
    "aqua": "#00ffff",
}
WORDS: Final[Mapping[str, frozenset[str]]] = {
    "text-align": frozenset({"start", "end", "left", "right", "center", "justify"}),
    "font-style": frozenset({"normal", "italic"}),
    "font-weight": frozenset({"normal", "bold", *(str(weight) for weight in range(100, 1000, 100))}),
    "text-decoration": frozenset({"none", "underline", "line-through"}),
    "text-transform": frozenset({"none", "uppercase", "lowercase", "capitalize"}),
}
LENGTHS: Final[Mapping[str, tuple[float, float]]] = {"font-size": (8, 96), "padding": (0, 120)}
"""Lengths in pixels, from the least to the most."""

INHERITED: Final[Mapping[str, str]] = {"text-decoration-line": "text-decoration", "background": "background-color"}
"""Names that stand for another where they say no more than it."""

NUMBER: Final = r"\d{1,4}(?:\.\d{1,4})?|\.\d{1,4}"
LENGTH: Final = re.compile(rf"({NUMBER})(px|em|rem|pt)?")
HEX: Final = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
RGB: Final = re.compile(rf"rgba?\( ?(\d{{1,3}}) ?, ?(\d{{1,3}}) ?, ?(\d{{1,3}}) ?(?:, ?({NUMBER}) ?)?\)")
PIXELS: Final = {"px": 1.0, "": 1.0, "em": 16.0, "rem": 16.0, "pt": 4 / 3}


def declarations(style: str) -> tuple[str, ...]:
    """Return what of a style is kept, each declaration in its one spelling; the last of a property counts."""
    kept: dict[str, str] = {}
    for part in style[:BYTES].lower().split(";"):
        name, _, value = part.partition(":")
        name = INHERITED.get(name.strip(), name.strip())
        clean = _value(name, " ".join(value.replace("!important", "").split()))
        if clean:
            kept[name] = f"{name}:{clean}"
    return tuple(kept.values())


def colour(value: str) -> str:
    """Return a colour in its one spelling, or nothing for what is none."""
    value = NAMED.get(value, value)
    if HEX.fullmatch(value):
        return value if len(value) == 7 else "#" + "".join(digit * 2 for digit in value[1:])
    found = RGB.fullmatch(value)
    if found is None or any(int(part) > 255 for part in found.groups()[:3]):
        return ""
    red, green, blue = (int(part) for part in found.groups()[:3])
    alpha = min(1.0, float(found[4])) if found[4] else 1.0
    return f"#{red:02x}{green:02x}{blue:02x}" if alpha == 1 else f"rgba({red},{green},{blue},{alpha:g})"


def is_light(value: str) -> bool:
    """Say whether dark letters are read better on a colour of `colour`."""
    if value.startswith("#"):
        parts = [int(value[at : at + 2], 16) for at in (1, 3, 5)]
    else:
        parts = [int(part) for part in value.removeprefix("rgba(").split(",")[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2] > 140


def class_of(declaration: str) -> str:
    """Return the class that stands for a declaration."""
    return "s" + hashlib.sha256(declaration.encode()).hexdigest()[:12]


def addresses(found: Iterable[str]) -> list[str]:
    """Return the names of the stylesheets that these declarations need, as few as can be."""
    wanted = sorted(set(found))
    return [_pack(wanted[at : at + MOST]) for at in range(0, len(wanted), MOST)]


def stylesheet(name: str) -> str | None:
    """Return the stylesheet of that name; None for what is no name of one."""
    edition, _, packed = name.partition("-")
    found = _unpack(packed) if edition == EDITION else None
    if not found or len(found) > MOST or any(declarations(each) != (each,) for each in found):
        return None
    return "@layer pages{" + "".join(f".{class_of(each)}{{{_rule(each)}}}" for each in found) + "}"


def _value(name: str, value: str) -> str:
    if name in ("color", "background-color"):
        return colour(value)
    if name in LENGTHS:
        return _length(value, *LENGTHS[name])
    return value if value in WORDS.get(name, ()) else ""


def _length(value: str, least: float, most: float) -> str:
    found = LENGTH.fullmatch(value)
    if found is None:
        return ""
    pixels = float(found[1]) * PIXELS[found[2] or ""]
    return f"{max(least, min(pixels, most)):g}px"


def _rule(declaration: str) -> str:
    name, _, value = declaration.partition(":")
    if name in LENGTHS:
        return f"{name}:{float(value.removesuffix('px')) / ROOT:g}rem"
    return f"{name}:{COLOURS.get(value, value)}"


def _pack(found: list[str]) -> str:
    packed = zlib.compress("\n".join(found).encode(), 9)
    return f"{EDITION}-{base64.urlsafe_b64encode(packed).decode().rstrip('=')}"


def _unpack(packed: str) -> list[str] | None:
    try:
        raw = base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True)
        plain = zlib.decompressobj().decompress(raw, BYTES)
        return plain.decode("ascii").split("\n")
    except (binascii.Error, zlib.error, UnicodeDecodeError, ValueError):
        return None
