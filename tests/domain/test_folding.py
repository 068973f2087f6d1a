"""Words as they are searched: without case, accents, marks and what cannot be seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from webapp.domain.folding import LONGEST, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Été à Évian", "ete a evian"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("ÅNGSTRÖM", "angstrom"),
        ("  Two \t blanks \n", "two blanks"),
        ("Ｆｕｌｌ", "full"),
        ("ﬁne", "fine"),
        ("صُوَر", "صور"),
        ("ガラス", "カラス"),
        ("한국", "한국"),
        ("سبتمبر\u200f", "سبتمبر"),
        ("soft\u00adhyphen", "softhyphen"),
        ("a\x00b", "a b"),
        ("İstanbul", "istanbul"),
        ("", ""),
    ],
)
def test_a_text_is_folded(text, folded):
    assert fold(text) == folded


@given(some.text())
def test_what_is_folded_stays_as_it_is(text):
    assert fold(fold(text)) == fold(text)


@given(some.text())
def test_what_is_folded_can_be_stored_and_fits(text):
    folded = fold(text)

    folded.encode()
    assert "\x00" not in folded
    assert len(folded) <= LONGEST
