"""HEIC: pictures in HEVC. Their boxes are AVIF's; libheif decodes them, where the extra `heif` is installed."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from . import avif
from .rules import Header, Limits, Refused, damaged, too_heavy, truncated
from .sniffing import unsupported, word

PICTURES: Final = frozenset((b"hvc1", b"grid", b"iovl", b"iden", b"tmap"))
SHOWN: Final = PICTURES - {b"tmap"}
"""What the picture itself may be; a tone map beside it is for screens that know it."""
TAKING: Final = 9
ROOM: Final = 16
"""Bytes a pixel: what decoding takes, and what it may take, with depths and colours that are seldom met."""
ROOM_BESIDE: Final = 48 * 1024**2
"""For tiles, tables and the stacks of threads."""
FOUND_AT_THE_END: Final = ("end of file", "eof", "truncated")
NO_MEMORY: Final = ("memory", "security limit")
FAULTS: Final = (ValueError, EOFError, SyntaxError, RuntimeError, OSError, IndexError)
"""What the binding raises where libheif cannot go on."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture upright, its channels of 8 bits side by side, and what the file keeps beside it.

    `mode` names the channels: L, RGB, RGBA, or RGBa where they are multiplied with the last. `bits` is how deep they
    were, `wide` that they are Display P3 by their numbers alone.
    """

    width: int
    height: int
    mode: str
    pixels: memoryview
    bits: int
    exif: bytes
    xmp: bytes
    profile: bytes
    wide: bool


def scan(data: memoryview, limits: Limits) -> Header:
    """Read what any picture in the file claims; whatever else it holds, the one it begins with is shown.

    Raises Refused, also for one whose texts could not be taken out of a copy.
    """
    if not limits.heic:
        raise absent()
    header = avif.measured(data, limits, "heic", taking=TAKING)
    if dict(avif.items(data)).get(_primary(data)) not in SHOWN:
        raise unsupported(word("a HEIF picture that is packed in an unusual way"))
    list(avif.texts(data, PICTURES))
    return replace(header, frames=1)


def clean(data: memoryview, orientation: int) -> Iterator[bytes | memoryview]:
    """Give the file with every item that is no picture blanked."""
    yield avif.blanked(data, PICTURES)


def decoded(data: memoryview) -> Decoded:
    """Decode the picture that the file begins with; raises Refused, MemoryError.

    It gets memory for what the boxes claim: whatever stands in the picture's own bytes, more is not to be had.
    """
    try:
        import pillow_heif  # noqa: PLC0415  an extra
    except ImportError:
        raise absent() from None
    options = pillow_heif.options
    options.DECODE_THREADS, options.THUMBNAILS, options.DEPTH_IMAGES, options.AUX_IMAGES = 1, False, False, False
    width, height = avif.sizes(data)[-1]
    with _room(ROOM * width * height + ROOM_BESIDE):
        try:
            return _decoded(pillow_heif.open_heif(bytes(data)))
        except FAULTS as error:
            raise _in_words(str(error)) from None


def absent() -> Refused:
    """Nothing here reads HEIC."""
    return Refused(
        "unsupported_type",
        "HEIC pictures need the Python package pillow-heif, which is not on this machine: whoever runs it can "
        "install it.",
    )


def _decoded(file: Any) -> Decoded:
    """Take the picture out of an opened file; it is decoded when its pixels are asked for."""
    told, pixels, said = file.size, memoryview(file.data), file.info
    width, height = file.size
    if told != (width, height) or len(pixels) != width * height * len(file.mode):
        raise damaged()
    colours = said.get("nclx_profile") or {}
    return Decoded(
        width=width,
        height=height,
        mode=file.mode,
        pixels=pixels,
        bits=said["bit_depth"],
        exif=said.get("exif") or b"",
        xmp=said.get("xmp") or b"",
        profile=said.get("icc_profile") or b"",
        wide=(colours.get("color_primaries"), colours.get("transfer_characteristics")) == (12, 13),
    )


def _primary(data: memoryview) -> int:
    """Return the number of the item that is shown."""
    for box in avif.within(data, (b"meta", b"pitm")):
        return avif.number(data, box.body + 4, 4 if data[box.body] else 2)
    raise damaged()


def _in_words(said: str) -> Refused:
    """Say in our words what libheif said."""
    said = said.lower()
    if any(word in said for word in NO_MEMORY):
        return too_heavy()
    return truncated() if any(word in said for word in FOUND_AT_THE_END) else damaged()


@contextmanager
def _room(size: int) -> Iterator[None]:
    """Let the process take no more than so many bytes beyond what it has, where the system tells that."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    held = _held()
    if held is None:
        yield
        return
    most = held + size if before[0] == resource.RLIM_INFINITY else min(before[0], held + size)
    resource.setrlimit(resource.RLIMIT_AS, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def _held() -> int | None:
    try:
        with open("/proc/self/statm", encoding="ascii") as told:
            return int(told.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return None
