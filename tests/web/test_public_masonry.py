"""A masonry: each item under the shortest column, as far as a page without scripts can know."""

import re
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.models.gallery import TILE_SIZES
from webapp.web.public import layouts

SHEET = (Path(__file__).parents[2] / "static" / "css" / "layouts.css").read_text(encoding="utf-8")


@given(heights=st.lists(st.integers(1, 90), max_size=80), columns=st.integers(1, 7))
def test_masonry_never_puts_an_item_above_the_one_before(heights: list[int], columns: int) -> None:
    chosen = layouts.fill(heights, columns)

    tops, filled = [], [0] * columns
    for height, column in zip(heights, chosen, strict=True):
        tops.append(filled[column])
        filled[column] += height
    assert tops == sorted(tops)
    assert len(chosen) == len(heights)
    assert not heights or max(filled) - min(filled) <= max(heights)


def test_masonry_steps_are_all_in_the_stylesheet() -> None:
    for size in TILE_SIZES:
        for step in layouts.STEPS[size]:
            lanes = {f"k{step.letter}{column}" for column in range(step.columns)}
            assert lanes <= set(re.findall(r"\.(k[a-e]\d) \{", SHEET))
