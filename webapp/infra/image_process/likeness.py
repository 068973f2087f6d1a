"""A difference hash: whether each of 8 × 8 parts of a picture is lighter than the one to its right (64 bits)."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

ACROSS: Final = 9
DOWN: Final = 8
CLEAR: Final = 2
"""Steps of grey, of 255, beyond which two parts are told apart."""
LEAST: Final = 12
"""Neighbours that have to be told apart: a sky, a ramp or a plain colour is like any other."""


def encode(greys: Sequence[int]) -> str:
    """Hash 9 × 8 greys, row by row, as 16 digits of hex; empty where there is too little to tell a picture by."""
    rows = [greys[at : at + ACROSS] for at in range(0, ACROSS * DOWN, ACROSS)]
    steps = [left - right for row in rows for left, right in pairwise(row)]
    lighter, darker = (sum(sign * step > CLEAR for step in steps) for sign in (1, -1))
    if lighter + darker < LEAST or not lighter or not darker:
        return ""
    bits = sum((step > CLEAR) << place for place, step in enumerate(reversed(steps)))
    return f"{bits:016x}"
