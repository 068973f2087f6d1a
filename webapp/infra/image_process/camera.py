"""EXIF: what a camera, or its owner, has written into a picture beside the moment (Exif 2.32)."""

import struct
from collections.abc import Mapping
from typing import Final

from .rules import Refused
from .tiff import Entry, File

MOST_BYTES: Final = 64 * 1024
"""Of one text."""
TEXTS: Final = {0x010E: "caption", 0x013B: "creator", 0x8298: "copyright"}
WIDE: Final = {0x9C9B: "title", 0x9C9C: "caption", 0x9C9D: "creator", 0x9C9E: "keywords"}
"""Windows' own tags, in UTF-16."""
GPS: Final = 0x8825
RATIONALS: Final = {5: "2I", 10: "2i"}
MACHINES: Final = frozenset(
    (
        *("olympus digital camera", "sony dsc", "digital camera", "minolta digital camera"),
        *("konica minolta digital camera", "samsung digital camera", "samsung", "dcim", "default", "untitled"),
        *("exif_jpeg_picture", "lead technologies inc. v1.01", "created with gimp", "dav", "hdrpl", "null", "none"),
    )
)
"""What cameras and programs write where a person would describe the picture."""

Values = Mapping[str, list[tuple[str, str]]]


def read(block: bytes | memoryview) -> Values:
    """Return what the first directory and that of the place say; nothing of a block that cannot be read."""
    data = memoryview(block)
    if bytes(data[:6]) == b"Exif\0\0":
        data = data[6:]
    if len(data) < 16 or bytes(data[:2]) not in (b"II", b"MM"):
        return {}
    try:
        return _read(File(data))
    except (Refused, IndexError, struct.error, OverflowError):
        return {}


def _read(file: File) -> Values:
    page, _ = file.directory(file.place(8 if file.big else 4))
    found: dict[str, list[tuple[str, str]]] = {}
    for tag, name in TEXTS.items():
        text = _plain(file, page.get(tag))
        if text and text.lower() not in MACHINES and not text.lower().startswith("dcim\\"):
            found[name] = [("", text)]
    for tag, name in WIDE.items():
        if (text := _wide(file, page.get(tag))) and name not in found:
            words = text.split(";") if name == "keywords" else [text]
            found[name] = [("", word.strip()) for word in words]
    if GPS in page:
        inner, _ = file.directory(file.value(page, GPS))
        found |= {"latitude": _degrees(file, inner, 1), "longitude": _degrees(file, inner, 3)}
    return found


def _plain(file: File, entry: Entry | None) -> str:
    """Read a text, which is ASCII by the letter and UTF-8 or Latin-1 in practice."""
    if entry is None or entry.type not in (1, 2, 7) or entry.size > MOST_BYTES:
        return ""
    value = bytes(file.bytes_of(entry)).split(b"\0")[0]
    try:
        return value.decode().strip()
    except UnicodeDecodeError:
        return value.decode("latin-1").strip()


def _wide(file: File, entry: Entry | None) -> str:
    if entry is None or entry.type not in (1, 7) or entry.size > MOST_BYTES:
        return ""
    return bytes(file.bytes_of(entry)).decode("utf-16-le", "ignore").split("\0")[0].strip()


def _degrees(file: File, inner: Mapping[int, Entry], tag: int) -> list[tuple[str, str]]:
    """Return degrees with the letter of their hemisphere, such as 48.8582N."""
    entry, side = inner.get(tag + 1), _plain(file, inner.get(tag))
    if entry is None or entry.type not in RATIONALS or entry.count not in (1, 2, 3):
        return []
    numbers = struct.unpack(file.order + entry.count * RATIONALS[entry.type], file.bytes_of(entry))
    pairs = list(zip(numbers[::2], numbers[1::2], strict=True))
    if any(below == 0 for _, below in pairs):
        return []
    degrees = sum(above / below / 60**place for place, (above, below) in enumerate(pairs))
    return [("", f"{degrees:.6f}{side[:1].upper()}")]
