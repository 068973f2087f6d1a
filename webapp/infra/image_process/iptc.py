"""IPTC: the records of news agencies (IIM 4.2), as they stand or among Photoshop's resources."""

import struct
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

MOST_BYTES: Final = 256 * 1024
MOST_RECORDS: Final = 2_000
PHOTOSHOP: Final = b"Photoshop 3.0\0"
RESOURCE: Final = b"8BIM"
RECORDS: Final = 0x0404
"""The number of the resource that holds the records."""
MARK: Final = 0x1C
CHARSET: Final = (1, 90)
UTF_8: Final = b"\x1b%G"
NAMES: Final = {
    5: "title",
    25: "keywords",
    55: "date",
    60: "time",
    80: "creator",
    90: "city",
    95: "region",
    101: "country",
    105: "headline",
    110: "credit",
    116: "copyright",
    120: "caption",
}
"""Of the application record (2) what is read."""

Values = Mapping[str, list[tuple[str, str]]]


def read(block: bytes) -> Values:
    """Return the texts of the records that are known; what is cut off or cannot be decoded is left out."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    encoding = ""
    if len(block) > MOST_BYTES:
        return {}
    for record, dataset, value in _records(_inner(block)):
        if (record, dataset) == CHARSET:
            encoding = "utf-8" if value == UTF_8 else "latin-1"
        elif record == 2 and dataset in NAMES and (text := _decoded(value, encoding)):
            found[NAMES[dataset]].append(("", text))
    return found


def _decoded(value: bytes, encoding: str) -> str:
    """Decode a text; where no encoding is told, it is UTF-8 if that fits and else Latin-1."""
    for name in (encoding,) if encoding else ("utf-8", "latin-1"):
        try:
            return value.decode(name).strip("\0 \r\n\t")
        except UnicodeDecodeError:
            continue
    return ""


def _records(block: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    for _ in range(MOST_RECORDS):
        if at + 5 > len(block) or block[at] != MARK:
            return
        record, dataset, length = struct.unpack_from(">BBH", block, at + 1)
        at += 5
        if length & 0x8000:
            size = length & 0x7FFF
            if size > 4 or at + size > len(block):
                return
            length, at = int.from_bytes(block[at : at + size], "big"), at + size
        if at + length > len(block):
            return
        yield record, dataset, block[at : at + length]
        at += length


def _inner(block: bytes) -> bytes:
    """Return the records themselves, of Photoshop's resources the one that holds them."""
    at = len(PHOTOSHOP) if block.startswith(PHOTOSHOP) else 0
    if block[at : at + 4] != RESOURCE:
        return block
    for _ in range(MOST_RECORDS):
        if at + 12 > len(block) or block[at : at + 4] != RESOURCE:
            return b""
        name = block[at + 6] + 1
        start = at + 6 + name + name % 2 + 4
        if start > len(block):
            return b""
        size = int.from_bytes(block[start - 4 : start], "big")
        if int.from_bytes(block[at + 4 : at + 6], "big") == RECORDS:
            return block[start : start + size]
        at = start + size + size % 2
    return b""
