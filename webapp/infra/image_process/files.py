"""A picture's file: what its bytes say, and a copy without metadata."""

import mmap
import struct
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from . import avif, gif, heic, jpeg, png, tiff, webp
from .rules import Header, Limits, Refused, truncated
from .sniffing import LOOK, format_of

SCAN: Final[dict[str, Callable[[memoryview, Limits], Header]]] = {
    "jpeg": jpeg.scan,
    "png": png.scan,
    "gif": gif.scan,
    "webp": webp.scan,
    "avif": avif.scan,
    "heic": heic.scan,
    "tiff": tiff.scan,
}
CLEAN: Final[dict[str, Callable[[memoryview, int], Iterator[bytes | memoryview]]]] = {
    "jpeg": jpeg.clean,
    "png": png.clean,
    "gif": gif.clean,
    "webp": webp.clean,
    "avif": avif.clean,
    "heic": heic.clean,
    "tiff": tiff.clean,
}


def scan(path: Path, limits: Limits) -> Header:
    """Judge a file by its bytes, before anything is decoded; raises Refused."""
    limits.check_size(path.stat().st_size)
    data = mapped(path)
    try:
        return SCAN[format_of(bytes(data[:LOOK]))](data, limits)
    except (IndexError, struct.error):
        raise truncated() from None


def clean(path: Path, out: Path, *, orientation: int) -> int:
    """Write a copy without metadata, pixels untouched, and count its bytes; raises Refused."""
    data = mapped(path)
    try:
        return write(out, CLEAN[format_of(bytes(data[:LOOK]))](data, orientation))
    except (IndexError, struct.error, Refused):
        out.unlink(missing_ok=True)
        raise truncated() from None


def format_of_file(path: Path) -> str:
    """Name the format of a file; raises Refused."""
    with path.open("rb") as file:
        return format_of(file.read(LOOK))


def mapped(path: Path) -> memoryview:
    """Look at a file's bytes without reading them all."""
    with path.open("rb") as file:
        return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def write(out: Path, pieces: Iterable[bytes | memoryview]) -> int:
    """Write pieces one after the other; raises OSError when the disk is full."""
    with out.open("wb") as file:
        return sum(file.write(piece) for piece in pieces)
