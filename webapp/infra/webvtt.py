"""Captions: WebVTT judged strictly, line by line (W3C WebVTT 1), and SubRip made into it."""

import re
from typing import Final

from webapp.infra.images import Refused

MOST_BYTES: Final = 1024**2
MOST_HOURS: Final = 4
"""Digits of the hours."""
HEAD: Final = re.compile(r"WEBVTT(?:[ \t].*)?")
MOMENT: Final = rf"(?:\d{{2,{MOST_HOURS}}}:)?[0-5]\d:[0-5]\d\.\d{{3}}"
TIMES: Final = re.compile(rf"({MOMENT})[ \t]+-->[ \t]+({MOMENT})((?:[ \t]+[a-z]+:[^\s:]+)*)[ \t]*", re.ASCII)
BLOCKS: Final = re.compile(r"(?:NOTE(?:[ \t].*)?|STYLE[ \t]*|REGION[ \t]*)")
RIP_MOMENT: Final = r"(\d{1,2}):([0-5]\d):([0-5]\d)[,.](\d{3})"
RIP_TIMES: Final = re.compile(rf"{RIP_MOMENT}[ \t]*-->[ \t]*{RIP_MOMENT}(?:[ \t].*)?", re.ASCII)
RIP_WORDS: Final = re.compile(r"</?font[^<>]*>|\{\\[^{}]*\}", re.IGNORECASE)


def judged(content: bytes) -> bytes:
    """Return captions as they are kept: WebVTT in UTF-8 whose lines end in one way.

    SubRip is made into WebVTT. Raises Refused, naming the first line that is wrong.
    """
    if len(content) > MOST_BYTES:
        raise Refused("too_large", "These captions are larger than 1 MB, the most there may be.")
    lines = _lines(content)
    if not HEAD.fullmatch(lines[0]) and _is_rip(lines):
        lines = _of_rip(lines)
    if not HEAD.fullmatch(lines[0]):
        raise Refused("no_captions", "These are no captions: a WebVTT file (.vtt) begins with the word WEBVTT.")
    _check(lines)
    return ("\n".join(lines).rstrip("\n") + "\n").encode()


def _lines(content: bytes) -> list[str]:
    try:
        text = content.removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        refused = Refused("no_captions", "Line %(line)s: this is no UTF-8. Save the captions as UTF-8.", line=line)
        raise refused from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, said in enumerate(lines, 1):
        if "\0" in said:
            raise Refused("no_captions", "Line %(line)s holds a NUL character.", line=number)
    return lines


def _check(lines: list[str]) -> None:
    """Judge block after block; a block ends at an empty line."""
    if len(lines) > 1 and lines[1].strip():
        raise Refused("no_captions", "Line %(line)s: an empty line is wanted behind WEBVTT.", line=2)
    at, cues, latest = 1, 0, 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        end = next((number for number in range(at, len(lines)) if not lines[number].strip()), len(lines))
        if not BLOCKS.fullmatch(lines[at]):
            latest, cues = _cue(lines, at, end, latest), cues + 1
        at = end
    if not cues:
        raise Refused("no_cues", "There is not one caption in this file.")


def _cue(lines: list[str], at: int, end: int, latest: int) -> int:
    """Judge a caption and return the millisecond it begins at; `latest` is where the one before began."""
    if "-->" not in lines[at]:
        at += 1
    found = TIMES.fullmatch(lines[at]) if at < end else None
    if found is None:
        wrong = min(at, end - 1) + 1
        raise Refused(
            "no_captions", "Line %(line)s: times are wanted here, such as 00:01.000 --> 00:04.500.", line=wrong
        )
    begin, until = _milliseconds(found[1]), _milliseconds(found[2])
    if until <= begin:
        raise Refused("no_captions", "Line %(line)s: this caption ends before it begins.", line=at + 1)
    if begin < latest:
        raise Refused("no_captions", "Line %(line)s: this caption begins before the one above it.", line=at + 1)
    for number in range(at + 1, end):
        if "-->" in lines[number]:
            wrong = number + 1
            raise Refused("no_captions", "Line %(line)s: an empty line is wanted before this.", line=wrong)
    return begin


def _milliseconds(moment: str) -> int:
    *hours, minutes, seconds = moment.split(":")
    return round(1000 * (3600 * int(hours[0] if hours else 0) + 60 * int(minutes) + float(seconds)))


def _is_rip(lines: list[str]) -> bool:
    said = [line.strip() for line in lines if line.strip()][:2]
    return any(RIP_TIMES.fullmatch(line) for line in said)


def _of_rip(lines: list[str]) -> list[str]:
    """Make WebVTT of SubRip: its times with dots, without the fonts and places of its dialects."""
    made = ["WEBVTT", ""]
    for line in lines:
        times = RIP_TIMES.fullmatch(line.strip())
        made.append(_times(times.groups()) if times else RIP_WORDS.sub("", line).replace("-->", "→"))
    return made


def _times(parts: tuple[str, ...]) -> str:
    first, last = ("{:0>2}:{}:{}.{}".format(*parts[start : start + 4]) for start in (0, 4))
    return f"{first} --> {last}"
