"""Captions: taken where every line is right, refused with the number of the first that is not."""

import subprocess
import sys
from pathlib import Path

import pytest

from webapp.infra.images import Refused
from webapp.infra.webvtt import MOST_BYTES, judged

ROOT = Path(__file__).parents[2]
GOOD = """WEBVTT - made by hand

NOTE
Nobody reads this.

STYLE
::cue { color: gold }

1
00:01.000 --> 00:04.000 line:0 align:start
<v Ada>Boats <i>everywhere</i> & more

00:00:04.500 --> 00:00:05.000
One
Two

123:00:00.000 --> 123:00:00.001
Late
"""


def test_good_captions_are_kept_as_they_are_but_for_their_line_ends():
    for given in (GOOD, GOOD.replace("\n", "\r\n"), GOOD.replace("\n", "\r"), "\ufeff" + GOOD):
        assert judged(given.encode()) == GOOD.encode()
    assert judged(b"WEBVTT\n\n00:01.000 --> 00:02.000") == b"WEBVTT\n\n00:01.000 --> 00:02.000\n"


WRONG = {
    "": "begins with the word",
    "WEBVTTX\n\n00:01.000 --> 00:02.000\nHi": "begins with the word",
    "<script>alert(1)</script>": "begins with the word",
    "WEBVTT\n00:01.000 --> 00:02.000\nHi": "Line 2",
    "WEBVTT\n\n": "not one caption",
    "WEBVTT\n\nNOTE only\n": "not one caption",
    "WEBVTT\n\n00:01,000 --> 00:02,000\nHi": "Line 3",
    "WEBVTT\n\n00:01.000-->00:02.000\nHi": "Line 3",
    "WEBVTT\n\n0:01.000 --> 0:02.000\nHi": "Line 3",
    "WEBVTT\n\n00:61.000 --> 00:62.000\nHi": "Line 3",
    "WEBVTT\n\n00:01.000 --> 00:02.000 align\nHi": "Line 3",
    "WEBVTT\n\none\ntwo\n00:01.000 --> 00:02.000\nHi": "Line 4",
    "WEBVTT\n\none": "Line 3",
    "WEBVTT\n\n00:02.000 --> 00:02.000\nHi": "Line 3: this caption ends",
    "WEBVTT\n\n00:02.000 --> 00:03.000\nHi\n\n00:01.000 --> 00:02.000\nHo": "Line 6: this caption begins before",
    "WEBVTT\n\n00:01.000 --> 00:02.000\nHi\n00:02.000 --> 00:03.000\nHo": "Line 5: an empty line",
    "WEBVTT\n\n00:01.000 --> 00:02.000\nH\0i": "Line 4 holds a NUL",
    "WEBVTT\n\n٠٠:٠١.٠٠٠ --> 00:02.000\nHi": "Line 3",
}


@pytest.mark.parametrize("content", WRONG)
def test_captions_that_are_wrong_are_refused_with_the_line(content):
    with pytest.raises(Refused, match=WRONG[content]):
        judged(content.encode())


def test_what_is_no_utf_8_or_too_large_is_refused():
    with pytest.raises(Refused, match="Line 4: this is no UTF-8"):
        judged(b"WEBVTT\n\n00:01.000 --> 00:02.000\nZ\xfcrich")
    with pytest.raises(Refused, match="UTF-8"):
        judged(GOOD.encode("utf-16"))
    with pytest.raises(Refused, match="larger than 1 MB"):
        judged(b"WEBVTT\n\n" + b"x" * MOST_BYTES)


def test_subrip_becomes_webvtt():
    ripped = (
        "\ufeff1\r\n00:00:01,000 --> 00:00:04,000 X1:5 X2:9\r\n{\\an8}<font color=red>Boats</font> <i>now</i>\r\n\r\n"
        "2\r\n1:00:04,500 --> 1:00:05,000\r\na --> b\r\n"
    )

    assert judged(ripped.encode()).decode() == (
        "WEBVTT\n\n1\n00:00:01.000 --> 00:00:04.000\nBoats <i>now</i>\n\n2\n01:00:04.500 --> 01:00:05.000\na → b\n"
    )


LONG = ("-->" * 300_000, "a:b " * 250_000, "00:01.000 --> 00:02.000" + " a:b" * 200_000 + " !")


@pytest.mark.parametrize("line", LONG, ids=range(len(LONG)))
def test_long_lines_are_judged_in_time_that_grows_with_their_length_alone(line):
    with pytest.raises(Refused):
        judged(f"WEBVTT\n\n{line}".encode()[:MOST_BYTES])


ENDLESS = """
import sys
from webapp.infra.webvtt import MOST_BYTES, judged

head = "1\\n00:00:01,000 --> 00:00:02,000\\n"
print(judged((head + sys.argv[1] * MOST_BYTES).encode()[:MOST_BYTES]).count(b"-->"))
"""


@pytest.mark.parametrize("words", ["{\\", "<font"])
def test_marks_of_subrip_that_never_end_are_read_in_time_that_grows_with_their_length_alone(words):
    """A process of its own can be ended, where one that is at a pattern cannot."""
    asked = [sys.executable, "-c", ENDLESS, words]

    done = subprocess.run(asked, cwd=ROOT, capture_output=True, timeout=30, check=True, text=True)

    assert done.stdout.strip() == "1"
