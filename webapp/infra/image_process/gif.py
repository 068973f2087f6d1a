"""GIF: blocks and what may stay in a copy (CompuServe GIF89a)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .rules import Header, Limits, damaged, truncated

IMAGE, EXTENSION, TRAILER = 0x2C, 0x21, 0x3B
GRAPHIC_CONTROL, APPLICATION = 0xF9, 0xFF
LOOPS: Final = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
HELD: Final = 6
"""Bytes a pixel while it is decoded: the canvas in four channels, and what is kept to restore it from."""


@dataclass(frozen=True, slots=True)
class Block:
    """An image with its colours and pixels, or an extension with its sub-blocks."""

    kind: int
    label: int
    start: int
    end: int


def scan(data: memoryview, limits: Limits) -> Header:
    """Read the canvas and count the frames block by block, without unpacking a pixel."""
    width, height = _two(data, 6), _two(data, 8)
    limits.check_canvas(width, height)
    limits.check_whole(width, height, HELD * width * height)
    frames = 0
    for block in blocks(data):
        if block.kind == IMAGE:
            frames += 1
            _check_frame(data, block, width, height, limits)
            limits.check_frames(width, height, frames)
    if not frames:
        raise damaged()
    return Header("gif", width, height, frames)


def clean(data: memoryview, orientation: int) -> Iterator[bytes | memoryview]:
    """Give images, their timing and the loop; comments, texts, XMP and bytes behind the trailer go."""
    yield data[: _first(data)]
    for block in blocks(data):
        if _stays(data, block):
            yield data[block.start : block.end]
    yield bytes([TRAILER])


def blocks(data: memoryview) -> Iterator[Block]:
    """Walk the blocks up to the trailer."""
    at = _first(data)
    while True:
        if at + 2 > len(data) and (at >= len(data) or data[at] != TRAILER):
            raise truncated()
        kind = data[at]
        if kind == TRAILER:
            return
        if kind == IMAGE:
            packed = data[at + 9] if at + 9 < len(data) else 0
            label, body = 0, at + 11 + _colours(packed)
        elif kind == EXTENSION:
            label, body = data[at + 1], at + 2
        else:
            raise damaged()
        end = _after_sub_blocks(data, body)
        yield Block(kind, label, at, end)
        at = end


def _after_sub_blocks(data: memoryview, at: int) -> int:
    size = len(data)
    while at < size and (length := data[at]):
        at += length + 1
    if at >= size:
        raise truncated()
    return at + 1


def _first(data: memoryview) -> int:
    if len(data) < 13:
        raise truncated()
    return 13 + _colours(data[10])


def _colours(packed: int) -> int:
    """Count the bytes of a colour table."""
    return 3 << ((packed & 7) + 1) if packed & 0x80 else 0


def _check_frame(data: memoryview, block: Block, width: int, height: int, limits: Limits) -> None:
    """Refuse a frame that would make the canvas larger than it says it is beyond the limits."""
    left, top, wide, high = (_two(data, block.start + at) for at in (1, 3, 5, 7))
    limits.check_canvas(max(width, left + wide), max(height, top + high))


def _stays(data: memoryview, block: Block) -> bool:
    if block.kind == IMAGE or block.label == GRAPHIC_CONTROL:
        return True
    name = bytes(data[block.start + 3 : block.start + 14])
    return block.label == APPLICATION and data[block.start + 2] == 11 and name in LOOPS


def _two(data: memoryview, at: int) -> int:
    if at + 2 > len(data):
        raise truncated()
    return data[at] | data[at + 1] << 8
