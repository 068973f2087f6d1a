"""Zip archives that somebody sent: what is in them is told by their directory, and unpacked piece by piece.

Nothing of an archive is believed: how large its directory is, where its files lie, what they are called and how large
they grow are judged, and no name in it is ever a path here. Only what is stored or deflated is read, for the other
methods unpack without measure.
"""

import re
import stat
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from webapp.infra.saying import Refusal
from webapp.infra.spool import faults

MOST_ENTRIES: Final = 5000
"""Files of an archive, without folders and what systems leave: macOS puts one of its own beside each file."""

MOST_DIRECTORY: Final = 2 * 1024**2
"""Bytes of an archive's directory, which is read at once."""

ROOM: Final = 1024**2
RATIO: Final = 200
"""A file may grow to so many times what it takes in the archive, and this room: no picture is packed so well."""

LOCAL_HEADER: Final = 30
ENCRYPTED: Final = 0x1
NAMED_IN_UTF8: Final = 0x800
METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
LITTER: Final = ("__macosx", "thumbs.db", "desktop.ini")
"""What systems leave in archives, besides files whose names begin with a dot."""

DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,
)


class Refused(Refusal):
    """An archive or a file in it cannot be taken."""


@dataclass(frozen=True)
class Member:
    """A file in an archive: its number in the directory, its path as it is written there, its size in bytes."""

    number: int
    path: str
    size: int


class Archive:
    """An archive over a file that can be sought in; raises Refused where it is none, or no honest one."""

    def __init__(self, file: BinaryIO, *, most: int) -> None:
        self._bounded: Any = _Bounded(file)
        try:
            with faults():
                self._zip = zipfile.ZipFile(self._bounded)
        except DAMAGE:
            raise _unreadable() from None
        self._infos = self._zip.infolist()
        self._judge(most)

    def members(self) -> list[Member]:
        """List its files as people order them, "2.jpg" before "10.jpg", without folders and what systems leave."""
        found = [Member(number, _path(info), info.file_size) for number, info in enumerate(self._infos)]
        wanted = [member for member in found if not _is_litter(member.path)]
        return sorted(wanted, key=lambda member: (natural(member.path), member.number))

    def open(self, number: int) -> "Unpacking":
        """Open a file to be read once, from its beginning. Raises Refused."""
        if not 0 <= number < len(self._infos):
            raise _damaged()
        info = self._infos[number]
        if stat.S_ISLNK(info.external_attr >> 16):
            raise Refused("link", "This is a link to another file, and no file.")
        if info.flag_bits & ENCRYPTED:
            raise Refused("encrypted", "This file is locked with a password: send it without one.")
        if info.compress_type not in METHODS:
            raise Refused("method", "This file is packed in a way that is not read here: pack it as ordinary zip.")
        try:
            with faults():
                return Unpacking(self._zip.open(info), info.compress_size)
        except (*DAMAGE, RuntimeError):
            raise _damaged() from None

    def _judge(self, most: int) -> None:
        """Refuse what holds too much, or whose files lie upon each other."""
        if sum(not _is_litter(_path(info)) for info in self._infos) > MOST_ENTRIES:
            raise Refused("too_many", "This archive holds more than %(n)s files: split it.", n=MOST_ENTRIES)
        if sum(info.file_size for info in self._infos) > most:
            megabytes = most // 1024**2
            raise Refused("too_large", "Unpacked, this archive has more than %(n)s MB: split it.", n=megabytes)
        begun = sorted((info.header_offset, info.compress_size) for info in self._infos)
        ends = [offset + LOCAL_HEADER + size for offset, size in begun]
        beginnings = [*(offset for offset, _size in begun[1:]), self._zip.start_dir]
        if any(offset < 0 for offset, _size in begun) or any(
            end > beginning for end, beginning in zip(ends, beginnings, strict=bool(begun))
        ):
            raise _unreadable()


class Unpacking:
    """A file that comes out of an archive, piece by piece."""

    def __init__(self, file: Any, packed: int) -> None:
        self._file, self._most, self._size = file, ROOM + RATIO * packed, 0

    def read(self, size: int, /) -> bytes:
        """Give the next bytes, none at the end. Raises Refused."""
        try:
            with faults():
                piece: bytes = self._file.read(size)
        except DAMAGE:
            raise _damaged() from None
        self._size += len(piece)
        if self._size > self._most:
            raise Refused("bomb", "This file grows too much when it is unpacked.")
        return piece


class _Bounded:
    """A file of which nobody can ask for so much at once that it fills the memory."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Read some bytes. Raises BadZipFile where they are too many."""
        if size > MOST_DIRECTORY:
            raise zipfile.BadZipFile("more than any directory may have")
        return self._file.read(MOST_DIRECTORY if size < 0 else size)


def natural(path: str) -> list[list[tuple[int, int, str]]]:
    """Return what to sort paths by: folder by folder, numbers in them as numbers, letters of either size alike."""
    return [[_weight(run) for run in re.findall(r"\d{1,18}|\D+", part)] for part in path.casefold().split("/")]


def _weight(run: str) -> tuple[int, int, str]:
    return (0, int(run), run) if run[0].isdecimal() else (1, 0, run)


def _path(info: zipfile.ZipInfo) -> str:
    """Return a file's path; what is not said to be UTF-8 but reads as such is, for some write it so."""
    if info.flag_bits & NAMED_IN_UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode()
    except UnicodeError:
        return info.filename


def _is_litter(path: str) -> bool:
    """Say whether this is a folder, hidden, or something that a system has left."""
    parts = path.replace("\\", "/").split("/")
    left = any(part.casefold() in LITTER or (part.startswith(".") and part.strip(".")) for part in parts)
    return left or not parts[-1].strip(".")


def _unreadable() -> Refused:
    return Refused("archive", "This is no zip archive, or a damaged one.")


def _damaged() -> Refused:
    return Refused("damaged", "This file is damaged in the archive.")
