"""What the strict reader takes and refuses, and where it says the fault is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.api.strict import DEPTH, LARGEST, Malformed, parse

MALFORMED = [
    (b"", 0, "Expecting value"),
    (b"{", 1, "Expecting property name enclosed in double quotes"),
    (b'{"slug": }', 9, "Expecting value"),
    (b'{"a":1,}', 7, "Expecting property name enclosed in double quotes"),
    (b'{"a":"\n"}', 6, "Invalid control character at"),
    (b'{"a":"x', 5, "Unterminated string starting at"),
    (b"[1] x", 4, "Extra data"),
]
"""As FastAPI 0.165 says it, measured."""

REFUSED = [
    (b'{"s":"NaN","n":NaN}', 15, "Expecting value"),
    (b"[Infinity]", 1, "Expecting value"),
    (b"[1,-Infinity]", 3, "Expecting value"),
    (b"[1e999]", 1, "Number out of range"),
    (b'["1e999",-1e999]', 9, "Number out of range"),
    (b"[9223372036854775808]", 1, "Number out of range"),
    (b"[-9223372036854775809]", 1, "Number out of range"),
    (b"9" * 5000, 0, "Number out of range"),
    (b'{"a":1,"b":2,"a":3}', 13, "Duplicate key"),
    (b'{"x":{"a":1,"a":1}}', 12, "Duplicate key"),
    (b'{"\\u0061":1,"a":1}', 0, "Duplicate key"),
    (b'["\\ud800"]', 2, "Lone surrogate"),
    (b'{"\\uDFFF":1}', 2, "Lone surrogate"),
    (b'["\\ude00\\ud83d"]', 2, "Lone surrogate"),
    (b'{"a":"\xff"}', 6, "Invalid UTF-8"),
    (b'{"a":"\xed\xa0\x80"}', 6, "Invalid UTF-8"),
    (b"\xef\xbb\xbf{}", 0, "Expecting value"),
    ("{}".encode("utf-16"), 0, "Invalid UTF-8"),
]


@pytest.mark.parametrize(("raw", "offset", "reason"), MALFORMED + REFUSED)
def test_reader_says_what_is_wrong_and_where(raw: bytes, offset: int, reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        parse(raw)

    assert (caught.value.reason, caught.value.offset) == (reason, offset)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_reader_takes_a_depth_and_no_more(opening: bytes) -> None:
    closing = b"]" if opening == b"[" else b"}"

    parse(opening * DEPTH + b"1" + closing * DEPTH)
    with pytest.raises(Malformed, match="deeper"):
        parse(opening * (DEPTH + 1) + b"1" + closing * (DEPTH + 1))


def test_reader_counts_no_brackets_in_strings() -> None:
    text = "[" * 500 + '"' + "{" * 500

    assert parse(json.dumps([text, "\\", text]).encode()) == [text, "\\", text]


def test_reader_outlasts_ten_thousand_brackets() -> None:
    with pytest.raises(Malformed) as caught:
        parse(b'["]",' + b"[" * 10_000)

    assert caught.value.offset == 5 + DEPTH - 1


@pytest.mark.parametrize("raw", [b'"' + b'\\"' * 500_000, b"[" + b'"[",' * 300_000, b'{"a":' * 3, b'"' * 1_000_001])
def test_reader_refuses_large_nonsense_too(raw: bytes) -> None:
    with pytest.raises(Malformed):
        parse(raw)


def test_reader_takes_whole_surrogate_pairs_and_numbers_that_fit() -> None:
    assert parse(b'["\\ud83d\\ude00", 9223372036854775807, -0, 1e308]') == ["😀", LARGEST, 0, 1e308]


STORABLE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(STORABLE)
def test_reader_takes_whatever_can_be_stored(value: object) -> None:
    assert parse(json.dumps(value).encode()) == value
    assert parse(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=60) | st.text('[]{}",:\\u0d8e1 NaIfity-\n', max_size=60).map(str.encode))
def test_reader_answers_or_refuses_and_never_fails(raw: bytes) -> None:
    offset = offset_of_refusal(raw)

    assert offset is None or 0 <= offset <= len(raw)


def offset_of_refusal(raw: bytes) -> int | None:
    try:
        json.dumps(parse(raw), allow_nan=False).encode()
    except Malformed as refused:
        return refused.offset
    return None
