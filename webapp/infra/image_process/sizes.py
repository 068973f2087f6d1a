"""Which sizes are made of a picture, how they are saved, and what a crop cuts out: both processes read this."""

from collections.abc import Iterable
from typing import Any, Final

WIDTHS: Final = (320, 640, 1280, 1920)
SAVED: Final[dict[str, dict[str, Any]]] = {
    "webp": {"Q": 80, "effort": 2},
    "jpg": {"Q": 80},
    "avif": {"compression": "av1", "Q": 50, "effort": 2, "bitdepth": 8},
}
"""What the encoders are told of each format (D24)."""

TALLEST: Final = 16_383
"""What WebP can hold (RFC 9649)."""


def renditions(width: int, height: int, *, widths: Iterable[int] = WIDTHS) -> list[tuple[int, int]]:
    """Give width and height of what is made: nothing larger than the picture or too tall, and at least one."""
    asked = sorted(set(widths))
    possible = [(wide, _height(width, height, wide)) for wide in asked if wide <= width]
    fitting = [size for size in possible if size[1] <= TALLEST]
    if fitting:
        return fitting
    smallest = min(asked[0], width)
    if _height(width, height, smallest) <= TALLEST:
        return [(smallest, _height(width, height, smallest))]
    return [(max(1, width * TALLEST // height), TALLEST)]


def crop(width: int, height: int, *, ratio: tuple[int, int], focal: tuple[float, float]) -> tuple[int, int, int, int]:
    """Give left, top, width and height of the largest cut of a ratio, as near the focal point as it can lie.

    The focal point is a share of the width and of the height, 0 to 1 from the top left.
    """
    wide, high = ratio
    cut_width = min(width, max(1, round(height * wide / high)))
    cut_height = min(height, max(1, round(cut_width * high / wide)))
    left = round(focal[0] * width - cut_width / 2)
    top = round(focal[1] * height - cut_height / 2)
    return _between(left, width - cut_width), _between(top, height - cut_height), cut_width, cut_height


def crops(
    width: int, height: int, *, ratio: tuple[int, int], focal: tuple[float, float], widths: Iterable[int]
) -> list[tuple[int, int]]:
    """Give the sizes in which a cut is made: as `renditions`, of what the crop leaves."""
    return renditions(*crop(width, height, ratio=ratio, focal=focal)[2:], widths=widths)


def _height(width: int, height: int, wanted: int) -> int:
    return max(1, round(height * wanted / width))


def _between(value: int, most: int) -> int:
    return max(0, min(most, value))
