"""AVIF: boxes, items and what may stay in a copy (ISO/IEC 14496-12, 23008-12, AV1 Image File Format)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from .rules import WHOLE_AVIF, Header, Limits, damaged, truncated

TOP: Final = frozenset((b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"uuid", b"idat", b"udta", b"pdin"))
TOP_STAY: Final = frozenset((b"ftyp", b"meta", b"mdat", b"moov"))
PICTURES: Final = frozenset((b"av01", b"grid", b"iovl", b"iden", b"tmap"))
SAMPLES: Final = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsz")
TEXTS_IN_FILM: Final = (
    (b"moov", b"udta"),
    (b"moov", b"meta"),
    (b"moov", b"trak", b"udta"),
    (b"moov", b"trak", b"meta"),
)
NO_EXIF: Final = bytes(4) + b"II*\0" + (8).to_bytes(4, "little") + bytes(6)
"""An EXIF item that says nothing: some decoders refuse a whole picture over one that is no EXIF."""
FULL_BOXES: Final = frozenset((b"meta",))
MOST_BOXES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Box:
    """A box; the body begins behind its length, name and, in a full box, version and flags."""

    kind: bytes
    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item's bytes are: `how` 0 counts from the file's start, 1 from the idat box, 2 from other items."""

    item: int
    how: int
    extents: tuple[tuple[int, int], ...]


def scan(data: memoryview, limits: Limits) -> Header:
    """Read the dimensions that any picture in the file claims, and count the frames of a sequence."""
    return measured(data, limits, "avif", taking=17)


def measured(data: memoryview, limits: Limits, name: str, *, taking: int) -> Header:
    """Judge a file of this family whose decoder takes so many bytes a pixel; raises Refused."""
    kinds = {box.kind for box in top(data)}
    if not {b"ftyp", b"meta"} <= kinds:
        raise truncated() if b"ftyp" in kinds else damaged()
    claimed = sizes(data)
    for size in claimed:
        limits.check_canvas(*size)
    width, height = claimed[-1]
    limits.check_whole(width, height, taking * width * height, most=WHOLE_AVIF)
    frames = max((_samples(data, box) for box in within(data, SAMPLES)), default=1)
    limits.check_frames(width, height, frames)
    return Header(name, width, height, max(1, frames))


def sizes(data: memoryview) -> list[tuple[int, int]]:
    """Give the width and height of each picture in the file, the largest last; raises Refused where there is none."""
    found = [_size(data, box) for box in within(data, (b"meta", b"iprp", b"ipco", b"ispe"))]
    if not found:
        raise damaged()
    return sorted(found, key=lambda size: size[0] * size[1])


def clean(data: memoryview, orientation: int) -> Iterator[bytes | memoryview]:
    """Give the file without texts; raises Refused where a text's place is told in a way that cannot be followed."""
    yield blanked(data, PICTURES)


def blanked(data: memoryview, pictures: Collection[bytes]) -> bytes:
    """Give the file with every item that is of none of these kinds blanked, so that no offset moves.

    Which way up a picture is, its own `irot` and `imir` say: its EXIF has no say and may go. Bytes behind the last
    box are left away. Raises Refused where a text's place is told in a way that cannot be followed.
    """
    boxes = list(top(data))
    copy = bytearray(data[: boxes[-1].end])
    for kind, start, end in texts(data, pictures):
        room = min(end, len(copy)) - start
        copy[start:end] = (NO_EXIF if kind == b"Exif" else b"").ljust(room, b" ")[:room]
    for box in _to_free(data, boxes):
        copy[box.start + 4 : box.start + 8] = b"free"
        copy[box.body : box.end] = bytes(box.end - box.body)
    return bytes(copy)


def top(data: memoryview) -> Iterator[Box]:
    """Walk the outer boxes; once the picture's are there, something unknown is what was hung on behind."""
    seen: set[bytes] = set()
    at = 0
    while at < len(data):
        complete = {b"ftyp", b"meta", b"mdat"} <= seen
        if at + 8 > len(data) or bytes(data[at + 4 : at + 8]) not in TOP:
            if complete:
                return
            raise truncated()
        box = _box(data, at, len(data))
        seen.add(box.kind)
        yield box
        at = box.end


def within(data: memoryview, path: tuple[bytes, ...]) -> Iterator[Box]:
    """Find the boxes at the end of a path of names."""
    found = [box for box in top(data) if box.kind == path[0]]
    for name in path[1:]:
        found = [inner for box in found for inner in _children(data, box) if inner.kind == name]
    yield from found


def _children(data: memoryview, box: Box) -> Iterator[Box]:
    at = box.body + (4 if box.kind in FULL_BOXES else 0)
    for _ in range(MOST_BOXES):
        if at + 8 > box.end:
            return
        inner = _box(data, at, box.end)
        yield inner
        at = inner.end
    raise damaged()


def _box(data: memoryview, at: int, limit: int) -> Box:
    length, body = number(data, at, 4), at + 8
    if length == 1:
        length, body = number(data, at + 8, 8), at + 16
    end = limit if length == 0 else at + length
    if end > limit:
        raise truncated()
    if end < body:
        raise damaged()
    return Box(bytes(data[at + 4 : at + 8]), at, body, end)


def number(data: memoryview, at: int, size: int) -> int:
    """Read a number of so many bytes; raises Refused behind the end."""
    if at + size > len(data):
        raise truncated()
    return int.from_bytes(data[at : at + size], "big")


def _size(data: memoryview, box: Box) -> tuple[int, int]:
    return number(data, box.body + 4, 4), number(data, box.body + 8, 4)


def _samples(data: memoryview, box: Box) -> int:
    return number(data, box.body + 8, 4)


def _to_free(data: memoryview, boxes: list[Box]) -> Iterator[Box]:
    yield from (box for box in boxes if box.kind not in TOP_STAY)
    for path in TEXTS_IN_FILM:
        yield from within(data, path)


def texts(data: memoryview, pictures: Collection[bytes]) -> Iterator[tuple[bytes, int, int]]:
    """Give kind and place of all items that are no pictures: EXIF, XMP and whatever else is kept there."""
    others = {item: kind for item, kind in items(data) if kind not in pictures}
    inside = next(within(data, (b"meta", b"idat")), None)
    for box in within(data, (b"meta", b"iloc")):
        for place in _places(data, box):
            if place.item not in others:
                continue
            if place.how > 1 or (place.how == 1 and inside is None):
                raise damaged()
            base = inside.body if place.how == 1 and inside else 0
            for start, length in place.extents:
                yield others[place.item], base + start, base + start + length


def items(data: memoryview) -> Iterator[tuple[int, bytes]]:
    """Give number and kind of each item; pictures, and what is said of them."""
    for box in within(data, (b"meta", b"iinf")):
        version = data[box.body]
        counted = box.body + (6 if version == 0 else 8)
        for entry in _children(data, Box(b"iinf", box.start, counted, box.end)):
            wide = 4 if data[entry.body] == 3 else 2
            kind = bytes(data[entry.body + 4 + wide + 2 : entry.body + 10 + wide])
            yield number(data, entry.body + 4, wide), kind


def _places(data: memoryview, box: Box) -> Iterator[Place]:
    """Read the item location box, versions 0 to 2; a place that takes no bytes could be told for ever."""
    version, told = data[box.body], 0
    sizes = number(data, box.body + 4, 2)
    offset_size, length_size, base_size = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_size = sizes & 15 if version else 0
    wide = 4 if version == 2 else 2
    at = box.body + 6 + wide
    for _ in range(number(data, box.body + 6, wide)):
        item, at = number(data, at, wide), at + wide
        how, at = (number(data, at, 2) & 15, at + 2) if version else (0, at)
        at += 2
        base, at = number(data, at, base_size), at + base_size
        count, at = number(data, at, 2), at + 2
        told += count
        if told > MOST_BOXES:
            raise damaged()
        step = index_size + offset_size + length_size
        extents = [
            _extent(data, at + step * nth + index_size, base, offset_size, length_size) for nth in range(count)
        ]
        at += step * count
        yield Place(item, how, tuple(extents))


def _extent(data: memoryview, at: int, base: int, offset_size: int, length_size: int) -> tuple[int, int]:
    """A place without a length goes to the end."""
    start = base + number(data, at, offset_size)
    length = number(data, at + offset_size, length_size) if length_size else len(data)
    if start > len(data):
        raise truncated()
    return start, min(length, len(data) - start)
