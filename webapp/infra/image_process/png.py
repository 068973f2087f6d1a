"""PNG: chunks, their checksums and what may stay in a copy (W3C PNG, third edition)."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .exif import upright
from .rules import Header, Limits, damaged, truncated

SHAPES: Final = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"acTL", b"fcTL", b"fdAT")
COLOURS: Final = (b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD", b"pHYs", b"cICP", b"mDCV", b"cLLI")
STAY: Final = frozenset((*SHAPES, *COLOURS))
MOST_CHUNKS: Final = 200_000
CHANNELS: Final = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}
"""How many values a pixel has, by its type of colour; of an interlaced picture all are held at once."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk from its length to its checksum."""

    kind: bytes
    start: int
    body: int
    end: int


def scan(data: memoryview, limits: Limits) -> Header:
    """Read the header, count an animation's frames, and prove every checksum up to the last chunk."""
    found: Header | None = None
    said, seen, pixels = 1, 0, 0
    for chunk in chunks(data):
        if found is None:
            found = _header(data, chunk, limits)
        if chunk.kind == b"acTL":
            said = int.from_bytes(data[chunk.body : chunk.body + 4], "big")
        seen += chunk.kind == b"fcTL"
        pixels += chunk.kind == b"IDAT"
        limits.check_frames(found.width, found.height, max(said, seen))
        if zlib.crc32(data[chunk.start + 4 : chunk.end - 4]) != int.from_bytes(data[chunk.end - 4 : chunk.end]):
            raise damaged()
    if found is None or not pixels:
        raise damaged()
    return Header("png", found.width, found.height, max(1, said, seen))


def clean(data: memoryview, orientation: int) -> Iterator[bytes | memoryview]:
    """Give the chunks that make the picture; texts, EXIF, times and unknown chunks go, and bytes behind the end."""
    yield data[:8]
    for chunk in chunks(data):
        if chunk.kind in STAY:
            yield data[chunk.start : chunk.end]
        if chunk.kind == b"IHDR" and orientation != 1:
            yield made(b"eXIf", upright(orientation))


def chunks(data: memoryview) -> Iterator[Chunk]:
    """Walk the chunks from IHDR to IEND."""
    at = 8
    for _ in range(MOST_CHUNKS):
        if at + 12 > len(data):
            raise truncated()
        kind = bytes(data[at + 4 : at + 8])
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        if not kind.isalpha() or (kind == b"IHDR") != (at == 8):
            raise damaged()
        # The header is given even where its file ends soon after: its size decides before its wholeness.
        if end > len(data):
            raise truncated()
        yield Chunk(kind, at, at + 8, end)
        if kind == b"IEND":
            return
        at = end
    raise damaged()


def made(kind: bytes, body: bytes) -> bytes:
    """Write a chunk."""
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


def _header(data: memoryview, chunk: Chunk, limits: Limits) -> Header:
    width = int.from_bytes(data[chunk.body : chunk.body + 4], "big")
    height = int.from_bytes(data[chunk.body + 4 : chunk.body + 8], "big")
    if chunk.kind != b"IHDR" or chunk.end - chunk.start != 25:
        raise damaged()
    limits.check_canvas(width, height)
    if data[chunk.body + 12]:
        channels = CHANNELS.get(data[chunk.body + 9], 1)
        limits.check_whole(width, height, width * height * channels * max(1, data[chunk.body + 8] // 8))
    return Header("png", width, height)
