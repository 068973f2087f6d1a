"""What changed between two texts: pieces that make up both, in words that people recognise."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.wording import MOST, Piece, compare, words

TEXTS = st.lists(
    st.sampled_from(["the", "evening", "walk", " ", "  ", "\n", ".", ", ", "京", "都", "مساء", "l’été", "é", "๒"]),
    max_size=30,
).map("".join)


def marked(before, after):
    """Write what went in square brackets and what came in braces."""
    signs = {"same": "{}", "removed": "[{}]", "added": "{{{}}}"}
    return "".join(signs[piece.kind].format(piece.text) for piece in compare(before, after))


@given(TEXTS, TEXTS)
def test_pieces_make_up_both_texts(before, after):
    pieces = compare(before, after)

    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after
    assert all(piece.text for piece in pieces)


@given(TEXTS, TEXTS)
def test_pieces_of_one_kind_never_follow_each_other(before, after):
    kinds = [piece.kind for piece in compare(before, after)]

    assert all(first != second for first, second in pairwise(kinds))


@given(TEXTS)
def test_equal_texts_are_one_piece(text):
    assert compare(text, text) == ([Piece("same", text)] if text else [])


@given(TEXTS)
def test_words_make_up_the_text(text):
    assert "".join(words(text)) == text


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (
            "three concerts and the evening walk.",
            "three concerts and the lantern walk on 21 June.",
            "three concerts and the [evening]{lantern} walk{ on 21 June}.",
        ),
        ("Lake at noon", "Lake at noon, reflections", "Lake at noon{, reflections}"),
        ("Lake at noon, reflections", "Lake at noon", "Lake at noon[, reflections]"),
        ("old stone bridge", "new wooden bridge", "[old stone]{new wooden} bridge"),
        ("l’été", "l’hiver", "[l’été]{l’hiver}"),
        ("京都の夏", "京都の冬", "京都の[夏]{冬}"),
        ("صيف ٢٠٢٥", "صيف ٢٠٢٦", "صيف [٢٠٢٥]{٢٠٢٦}"),
        ("one\ntwo", "one\nthree", "one\n[two]{three}"),
        ("", "new", "{new}"),
        ("old", "", "[old]"),
    ],
)
def test_changes_are_shown_by_the_word(before, after, shown):
    assert marked(before, after) == shown


def test_a_letter_keeps_its_marks():
    assert list(words("e\u0301te\u0301 fini")) == ["e\u0301te\u0301", " ", "fini"]
    assert list(words("か\u3099き")) == ["か\u3099", "き"]


def test_a_long_text_with_a_small_change_is_compared_by_the_word():
    story = "word " * 4000

    assert marked(f"{story}old end", f"{story}new end") == f"{story}[old]{{new}} end"


def test_too_many_changed_words_are_compared_line_by_line():
    before = "\n".join(f"{'left ' * 20}{number}" for number in range(MOST // 10))
    after = "\n".join(f"{'right ' * 20}{number}" for number in range(MOST // 10)).replace("right", "left", 20)

    pieces = compare(before, after)

    assert [piece.kind for piece in pieces] == ["same", "removed", "added"]
    assert pieces[0].text == f"{'left ' * 20}0\n"


def test_too_many_changed_lines_are_replaced_as_a_whole():
    before, after = "\n".join(["a"] * 2 * MOST) + "\n", "\n".join(["b"] * 2 * MOST)

    assert compare(before, after) == [Piece("removed", before), Piece("added", after)]
