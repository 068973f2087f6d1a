"""JPEG: markers, frames and what may stay in a copy (ITU-T T.81, Exif 2.32)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .exif import upright
from .rules import Header, Limits, damaged, truncated

MARKER: Final = re.compile(rb"\xff+([^\x00\xff])", re.S)
AFTER_SCAN: Final = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])", re.S)
SOF: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
SOS, EOI, APP0, APP1, APP2, APP14, APP15, COM = 0xDA, 0xD9, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
PROGRESSIVE: Final = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
ALONE: Final = frozenset({0x01, *range(0xD0, 0xD9)})
MOST_SEGMENTS: Final = 10_000
JFIF: Final = b"\xff\xe0\x00\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"


@dataclass(frozen=True, slots=True)
class Segment:
    """A marker with what belongs to it; a scan's coded pixels belong to its SOS."""

    marker: int
    start: int
    body: int
    end: int


def scan(data: memoryview, limits: Limits) -> Header:
    """Read the first frame header and follow the markers to the end of the picture."""
    found: Header | None = None
    scans = 0
    for segment in segments(data):
        if segment.marker in SOF and found is None:
            height = int.from_bytes(data[segment.body + 1 : segment.body + 3], "big")
            width = int.from_bytes(data[segment.body + 3 : segment.body + 5], "big")
            limits.check_canvas(width, height)
            found = Header("jpeg", width, height)
            frame = segment
        scans += segment.marker == SOS
        if scans == 1 and segment.marker == SOS and found is not None:
            limits.check_whole(found.width, found.height, _held(data, frame, segment))
    if found is None or not scans:
        raise damaged()
    return found


def _held(data: memoryview, frame: Segment, first: Segment) -> int:
    """Count the bytes that a decoder holds until the last scan, two a coefficient; 0 where one scan is all."""
    count = data[frame.body + 5]
    if frame.marker not in PROGRESSIVE and data[first.body] == count:
        return 0
    height, width = (int.from_bytes(data[frame.body + at : frame.body + at + 2], "big") for at in (1, 3))
    sampled = [(each >> 4, each & 15) for each in data[frame.body + 7 : frame.body + 6 + 3 * count : 3]]
    wide, high = (max((each[way] for each in sampled), default=1) for way in (0, 1))
    return 2 * width * height * sum(across * down for across, down in sampled) // max(1, wide * high)


def clean(data: memoryview, orientation: int) -> Iterator[bytes | memoryview]:
    """Give the picture's own segments: no EXIF, XMP, IPTC, comment, preview, nor a byte after its end."""
    yield b"\xff\xd8"
    if any(_is_jfif(data, segment) for segment in segments(data)):
        yield JFIF
    if orientation != 1:
        body = b"Exif\0\0" + upright(orientation)
        yield b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body
    for segment in segments(data):
        if _stays(data, segment):
            yield b"\xff" + bytes([segment.marker])
            yield data[segment.body - 2 : segment.end] if segment.marker not in ALONE else b""
    yield b"\xff\xd9"


def segments(data: memoryview) -> Iterator[Segment]:
    """Walk from marker to marker up to the end of the picture; what stands between segments is passed over."""
    at = 2
    for _ in range(MOST_SEGMENTS):
        found = MARKER.search(data, at)
        if found is None:
            raise truncated()
        marker, start, body = found[1][0], found.start(), found.end()
        if marker == EOI:
            return
        end = body if marker in ALONE else _end(data, marker, body)
        yield Segment(marker, start, body if marker in ALONE else body + 2, end)
        at = end
    raise damaged()


def _end(data: memoryview, marker: int, length_at: int) -> int:
    length = int.from_bytes(data[length_at : length_at + 2], "big")
    end = length_at + length
    if end > len(data):
        raise truncated()
    if length < 2:
        raise damaged()
    if marker != SOS:
        return end
    following = AFTER_SCAN.search(data, end)
    if following is None:
        raise truncated()
    return following.start()


def _stays(data: memoryview, segment: Segment) -> bool:
    if segment.marker == APP2:
        return bytes(data[segment.body : segment.body + 12]) == b"ICC_PROFILE\0"
    if segment.marker == APP14:
        return bytes(data[segment.body : segment.body + 5]) == b"Adobe"
    return segment.marker != COM and not APP0 <= segment.marker <= APP15 and segment.marker not in ALONE


def _is_jfif(data: memoryview, segment: Segment) -> bool:
    return segment.marker == APP0 and bytes(data[segment.body : segment.body + 5]) == b"JFIF\0"
