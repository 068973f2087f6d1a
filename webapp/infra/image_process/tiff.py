"""TIFF: directories, strips and tiles, and what may stay in a copy (TIFF 6.0, BigTIFF).

Of several pages the first is the picture: what follows it is mostly a preview, a mask or the same made smaller.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Final

from . import jpeg
from .rules import Header, Limits, Refused, damaged, truncated
from .sniffing import unsupported, word

WIDTH, HEIGHT, BITS, PACKING, MEANING, OFFSETS, SAMPLES = 256, 257, 258, 259, 262, 273, 277
ROWS, COUNTS, PLANES, TILE_WIDTH, TILE_HEIGHT, TILES, TILE_COUNTS, INNER = 278, 279, 284, 322, 323, 324, 325, 330
EXTRA, NUMBERS, ORIENTATION, CFA, DNG = 338, 339, 274, 33422, 50706
EXIF, TAKEN = 34665, 36867
STAY: Final = frozenset(
    {WIDTH, HEIGHT, BITS, PACKING, MEANING, 266, OFFSETS, ORIENTATION, SAMPLES, ROWS, COUNTS, 282, 283, PLANES, 292}
    | {293, 296, 301, 317, 318, 319, 320, TILE_WIDTH, TILE_HEIGHT, TILES, TILE_COUNTS, 332, EXTRA, NUMBERS, 347}
    | {529, 530, 531, 532, 34675}
)
"""What says how pixels are to be read, among it fill order, predictor, palette, JPEG tables and colour profile."""
SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
"""Bytes of a value by its type."""
WHOLE: Final = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q", 18: "Q"}
"""Types that count something."""
IN_JPEG: Final = 7
PACKINGS: Final = frozenset((1, 2, 3, 4, 5, IN_JPEG, 8, 32773, 32946))
"""None, the three of fax machines, LZW, JPEG, Deflate, PackBits, Deflate by its old number."""
CHANNELS: Final = {0: 1, 1: 1, 2: 3, 3: 1, 5: 4, 6: 3}
"""By what the numbers mean: grey from white or from black, RGB, a palette, inks, YCbCr."""
RAW_PACKINGS: Final = frozenset((32767, 32769, 32770, 34713, 65000, 65535))
RAW_MEANINGS: Final = frozenset((32803, 34892))
MOST_ENTRIES: Final = 4_096
MOST_PAGES: Final = 1_000
MOST_INNER: Final = 64
MOST_PIECES: Final = 1_000_000
TILE_PIXELS: Final = 4_096**2
LONG: Final = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """A tag's value: its type, how many there are, and where they stand."""

    type: int
    count: int
    at: int

    @property
    def size(self) -> int:
        """Bytes it takes."""
        return SIZES[self.type] * self.count


@dataclass(frozen=True)
class File:
    """The bytes of a TIFF, read in its own order, its numbers of places as wide as it has them."""

    data: memoryview

    @cached_property
    def order(self) -> str:
        """How struct names the order of bytes."""
        return "<" if self.data[0] == 0x49 else ">"

    @cached_property
    def big(self) -> bool:
        """Whether places are told in eight bytes."""
        return 43 in (self.data[2], self.data[3])

    def number(self, at: int, form: str) -> int:
        """Read one number; raises Refused behind the end."""
        size = struct.calcsize(f"={form}")
        if at + size > len(self.data):
            raise truncated()
        return int(struct.unpack_from(self.order + form, self.data, at)[0])

    def place(self, at: int) -> int:
        """Read where something stands."""
        return self.number(at, "Q" if self.big else "I")

    def directory(self, at: int) -> tuple[dict[int, Entry], int]:
        """Read a directory and where the next one stands, 0 for nowhere."""
        count = self.number(at, "Q" if self.big else "H")
        if not 0 < count <= MOST_ENTRIES:
            raise damaged()
        start, step = (at + 8, 20) if self.big else (at + 2, 12)
        found = dict(self._entry(start + step * number) for number in range(count))
        return {tag: entry for tag, entry in found.items() if entry is not None}, self.place(start + step * count)

    def values(self, page: Mapping[int, Entry], tag: int, default: tuple[int, ...] = ()) -> tuple[int, ...]:
        """Give a tag's whole numbers; raises Refused for something else."""
        entry = page.get(tag)
        if entry is None:
            return default
        if entry.type not in WHOLE or not 0 < entry.count <= MOST_PIECES:
            raise damaged()
        self.bytes_of(entry)
        return struct.unpack_from(f"{self.order}{entry.count}{WHOLE[entry.type]}", self.data, entry.at)

    def value(self, page: Mapping[int, Entry], tag: int, default: int | None = None) -> int:
        """Give a tag's number, the first of several; raises Refused where it must be there and is not."""
        found = self.values(page, tag, () if default is None else (default,))
        if not found:
            raise damaged()
        return found[0]

    def bytes_of(self, entry: Entry) -> memoryview:
        """Give a value as it stands; raises Refused when it reaches beyond the end."""
        if entry.at + entry.size > len(self.data):
            raise truncated()
        return self.data[entry.at : entry.at + entry.size]

    def _entry(self, at: int) -> tuple[int, Entry | None]:
        tag, kind = self.number(at, "H"), self.number(at + 2, "H")
        count, value, room = self.place(at + 4), at + (12 if self.big else 8), 8 if self.big else 4
        if kind not in SIZES:
            return tag, None
        return tag, Entry(kind, count, value if SIZES[kind] * count <= room else self.place(value))


def scan(data: memoryview, limits: Limits) -> Header:
    """Read the directories, refuse what comes raw from a camera, and judge the first page's strips or tiles."""
    file = File(data)
    pages = list(_pages(file))
    if bytes(data[8:10]) == b"CR" or any(_is_raw(file, page) for page in pages):
        raise unsupported(word("a raw file of a camera"))
    first = pages[0]
    width, height = file.value(first, WIDTH), file.value(first, HEIGHT)
    limits.check_canvas(width, height)
    _check_kind(file, first)
    _pieces(file, first)
    return Header("tiff", width, height, moment=_moment(file, first))


def clean(data: memoryview, orientation: int) -> Iterator[bytes | memoryview]:
    """Give the first page's pixels as they were packed, and of its tags those that say how to read them."""
    file = File(data)
    page, _ = file.directory(_first(file))
    pieces = [data[start:stop] for start, stop in _pieces(file, page)]
    if file.value(page, PACKING, 1) == IN_JPEG:
        pieces = [memoryview(b"".join(jpeg.clean(piece, 1))) for piece in pieces]
    tags = _kept(file, page, orientation)
    where, counted = (TILES, TILE_COUNTS) if TILES in page else (OFFSETS, COUNTS)
    tags[where] = tags[counted] = _longs(file, [len(piece) for piece in pieces])
    start = 8 + len(_directory(file, tags))
    tags[where] = _longs(file, [*accumulate((len(piece) for piece in pieces[:-1]), initial=start)])
    yield bytes(data[:2]) + struct.pack(f"{file.order}HI", 42, 8)
    yield _directory(file, tags)
    yield from pieces


def _moment(file: File, page: Mapping[int, Entry]) -> str:
    """Return when a camera says that it took the picture; EXIF that cannot be read is no reason to refuse one."""
    try:
        found = file.directory(file.value(page, EXIF, 0))[0].get(TAKEN) if EXIF in page else None
        return bytes(file.bytes_of(found)).decode("ascii", "replace") if found and found.size <= 40 else ""
    except Refused:
        return ""


def _first(file: File) -> int:
    if not file.big:
        return file.place(4)
    if (file.number(4, "H"), file.number(6, "H")) != (8, 0):
        raise damaged()
    return file.place(8)


def _pages(file: File) -> Iterator[dict[int, Entry]]:
    """Walk from directory to directory; one that leads back to another is damage."""
    at, seen = _first(file), set[int]()
    while at or not seen:
        if at in seen or at < 8:
            raise damaged()
        if len(seen) == MOST_PAGES:
            raise Refused("too_many_frames", "This file has more than %(most)s pages.", most=MOST_PAGES)
        seen.add(at)
        page, at = file.directory(at)
        yield page


def _is_raw(file: File, page: Mapping[int, Entry]) -> bool:
    """Know a camera's own file by its marks, or by pixels of a sensor in the directories within."""
    if page.keys() & {CFA, DNG}:
        return True
    inner = [file.directory(at)[0] for at in file.values(page, INNER)[:MOST_INNER]]
    return any(
        CFA in one or file.value(one, MEANING, 0) in RAW_MEANINGS or file.value(one, PACKING, 0) in RAW_PACKINGS
        for one in (page, *inner)
    )


def _check_kind(file: File, page: Mapping[int, Entry]) -> None:
    """Refuse what is no picture of whole numbers in one of the usual ways."""
    meaning, packing = file.value(page, MEANING), file.value(page, PACKING, 1)
    channels, bits = file.value(page, SAMPLES, 1), set(file.values(page, BITS, (1,)))
    if set(file.values(page, NUMBERS, (1,))) - {1, 4}:
        raise unsupported(word("a TIFF picture of fractional numbers"))
    if packing not in PACKINGS or meaning not in CHANNELS or (meaning == 6 and packing != IN_JPEG):
        raise unsupported(word("a TIFF picture that is packed in an unusual way"))
    if channels not in (CHANNELS[meaning], CHANNELS[meaning] + 1):
        raise unsupported(word("a TIFF picture with channels of its own"))
    if len(bits) != 1 or not bits <= {1, 2, 4, 8, 16}:
        raise unsupported(word("a TIFF picture of an unusual depth"))


def _pieces(file: File, page: Mapping[int, Entry]) -> list[tuple[int, int]]:
    """Say where strips or tiles begin and end, as many as the size asks for; raises Refused."""
    expected = _expected(file, page)
    where, counted = (TILES, TILE_COUNTS) if TILES in page else (OFFSETS, COUNTS)
    starts, lengths = file.values(page, where), file.values(page, counted)
    if len(starts) != expected or len(lengths) != expected or 0 in lengths or min(starts) < 8:
        raise damaged()
    pieces = [(start, start + length) for start, length in zip(starts, lengths, strict=True)]
    if max(stop for _, stop in pieces) > len(file.data):
        raise truncated()
    if sum(lengths) > len(file.data):
        raise damaged()
    return pieces


def _expected(file: File, page: Mapping[int, Entry]) -> int:
    """Count the strips or tiles that a picture of this size has; raises Refused for a senseless layout."""
    width, height = file.value(page, WIDTH), file.value(page, HEIGHT)
    planes = file.value(page, SAMPLES, 1) if file.value(page, PLANES, 1) == 2 else 1
    if TILES not in page:
        rows = min(file.value(page, ROWS, 2**32 - 1), height)
        return planes * -(-height // rows) if rows else 0
    wide, high = file.value(page, TILE_WIDTH), file.value(page, TILE_HEIGHT)
    if not wide or not high or wide * high > TILE_PIXELS:
        raise damaged()
    return planes * -(-width // wide) * -(-height // high)


def _kept(file: File, page: Mapping[int, Entry], orientation: int) -> dict[int, tuple[int, int, bytes]]:
    """Give type, count and bytes of the tags that stay, numbers of eight bytes told in four."""
    tags: dict[int, tuple[int, int, bytes]] = {}
    for tag in sorted((page.keys() & STAY) | {OFFSETS if TILES not in page else TILES}):
        entry = page[tag]
        if entry.type in (13, 16, 18):
            tags[tag] = _longs(file, file.values(page, tag))
        else:
            tags[tag] = entry.type, entry.count, bytes(file.bytes_of(entry))
    if orientation != 1 or ORIENTATION in tags:
        tags[ORIENTATION] = 3, 1, struct.pack(f"{file.order}H", orientation)
    return tags


def _longs(file: File, numbers: Sequence[int]) -> tuple[int, int, bytes]:
    return LONG, len(numbers), struct.pack(f"{file.order}{len(numbers)}I", *numbers)


def _directory(file: File, tags: Mapping[int, tuple[int, int, bytes]]) -> bytes:
    """Write the one directory, which stands behind the head of eight bytes, and what is too long for it."""
    at = 8 + 2 + 12 * len(tags) + 4
    head, tail = struct.pack(f"{file.order}H", len(tags)), b""
    for tag, (kind, count, body) in sorted(tags.items()):
        head += struct.pack(f"{file.order}HHI", tag, kind, count)
        if len(body) <= 4:
            head += body.ljust(4, b"\0")
            continue
        head += struct.pack(f"{file.order}I", at + len(tail))
        tail += body + bytes(len(body) % 2)
    return head + bytes(4) + tail
