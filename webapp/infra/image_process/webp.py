"""WebP: RIFF chunks and what may stay in a copy (RFC 9649)."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from .exif import upright
from .rules import Header, Limits, damaged, truncated

ALPHA_FLAG, EXIF_FLAG, XMP_FLAG = 0x10, 0x08, 0x04
STAY: Final = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
STAY_IN_FRAME: Final = frozenset((b"VP8 ", b"VP8L", b"ALPH"))
FRAME_HEAD: Final = 16
MOST_CHUNKS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Chunk:
    """A chunk; `end` leaves out the byte that makes its length even."""

    kind: bytes
    body: int
    end: int


def scan(data: memoryview, limits: Limits) -> Header:
    """Read the canvas and count the frames of an animation."""
    canvas: tuple[int, int] | None = None
    frames = 0
    for chunk in chunks(data, 12, _riff_end(data)):
        if canvas is None:
            canvas = _canvas(data, chunk)
            limits.check_canvas(*canvas)
        frames += chunk.kind == b"ANMF"
        limits.check_frames(*canvas, frames)
    if canvas is None:
        raise damaged()
    return Header("webp", *canvas, frames=max(1, frames))


def clean(data: memoryview, orientation: int) -> Iterator[bytes | memoryview]:
    """Give the chunks that make the picture; EXIF, XMP, unknown chunks and bytes behind the end go."""
    pieces = b"".join(_kept(data, chunk, orientation) for chunk in chunks(data, 12, _riff_end(data)))
    if orientation != 1:
        pieces += made(b"EXIF", upright(orientation))
    yield b"RIFF" + struct.pack("<I", len(pieces) + 4) + b"WEBP"
    yield pieces


def stills(data: memoryview) -> Iterator[bytes]:
    """Give each frame of an animation as a picture of its own, no larger than what `scan` has judged.

    Raises Refused for a frame of another size than it says, or beyond the canvas.
    """
    canvas = (0, 0)
    for at, chunk in enumerate(chunks(data, 12, _riff_end(data))):
        canvas = canvas if at else _canvas(data, chunk)
        if chunk.kind != b"ANMF":
            continue
        size = bytes(data[chunk.body + 6 : chunk.body + 12])
        inside = [each for each in chunks(data, chunk.body + FRAME_HEAD, chunk.end) if each.kind in STAY_IN_FRAME]
        _check_frame(data, chunk, inside, canvas)
        pieces = b"".join(made(each.kind, data[each.body : each.end]) for each in inside)
        head = made(b"VP8X", bytes([ALPHA_FLAG, 0, 0, 0]) + size) if len(inside) > 1 else b""
        yield b"RIFF" + struct.pack("<I", 4 + len(head) + len(pieces)) + b"WEBP" + head + pieces


def chunks(data: memoryview, at: int, end: int) -> Iterator[Chunk]:
    """Walk the chunks between two places."""
    for _ in range(MOST_CHUNKS):
        if at + 8 > end:
            return
        (length,) = struct.unpack_from("<I", data, at + 4)
        if at + 8 + length > end:
            raise truncated()
        yield Chunk(bytes(data[at : at + 4]), at + 8, at + 8 + length)
        at += 8 + length + length % 2
    raise damaged()


def made(kind: bytes, body: bytes | memoryview) -> bytes:
    """Write a chunk."""
    return kind + struct.pack("<I", len(body)) + bytes(body) + bytes(len(body) % 2)


def _riff_end(data: memoryview) -> int:
    if len(data) < 20:
        raise truncated()
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise truncated()
    return end


def _canvas(data: memoryview, chunk: Chunk) -> tuple[int, int]:
    """Read width and height of the first chunk, whichever of the three kinds it is."""
    body = bytes(data[chunk.body : min(chunk.end, chunk.body + 10)])
    if chunk.kind == b"VP8X" and len(body) == 10:
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if chunk.kind == b"VP8L" and len(body) >= 5 and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk.kind == b"VP8 " and len(body) == 10 and body[3:6] == b"\x9d\x01\x2a":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    raise damaged()


def _check_frame(data: memoryview, frame: Chunk, inside: Sequence[Chunk], canvas: tuple[int, int]) -> None:
    """Hold a frame's pixels against the size that it says, and that and its place against the canvas."""
    head = bytes(data[frame.body : min(frame.end, frame.body + 12)])
    left, top, wide, high = (int.from_bytes(head[at : at + 3], "little") for at in range(0, 12, 3))
    size = wide + 1, high + 1
    pixels = [_canvas(data, each) for each in inside if each.kind != b"ALPH"]
    fits = 2 * left + size[0] <= canvas[0] and 2 * top + size[1] <= canvas[1]
    if not fits or not pixels or any(each != size for each in pixels):
        raise damaged()


def _kept(data: memoryview, chunk: Chunk, orientation: int) -> bytes:
    if chunk.kind not in STAY:
        return b""
    body = bytes(data[chunk.body : chunk.end])
    if chunk.kind == b"VP8X":
        flags = body[0] & ~(EXIF_FLAG | XMP_FLAG) | (EXIF_FLAG if orientation != 1 else 0)
        body = bytes([flags]) + body[1:]
    if chunk.kind == b"ANMF":
        inner = chunks(data, chunk.body + FRAME_HEAD, chunk.end)
        kept = (made(part.kind, data[part.body : part.end]) for part in inner if part.kind in STAY_IN_FRAME)
        body = body[:FRAME_HEAD] + b"".join(kept)
    return made(chunk.kind, body)
