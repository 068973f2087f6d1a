"""Files that come in pieces, over days and restarts: what has arrived is what is on the disk.

A part is written to by one request at a time. Its lock is the system's own and dies with whoever holds it.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from webapp.infra.spool import (
    CHUNK,
    PARTS,
    Missing,
    Readable,
    Received,
    Spool,
    StorageError,
    TooLarge,
    faults,
    write_all,
)

ALGORITHMS: Final = ("sha1", "sha256")
"""What a piece may be summed up by; the older one finds accidents and no more, which is what it is for."""


class Busy(StorageError):
    """Another request is writing to the part."""


class Differs(StorageError):
    """A piece is not what its checksum says; nothing of it was kept."""


@dataclass(frozen=True)
class Checksum:
    """What the bytes of one piece add up to."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True)
class Part:
    """The beginning of a file, held by its lock."""

    path: Path
    descriptor: int

    @property
    def size(self) -> int:
        """Count the bytes that are here."""
        return os.fstat(self.descriptor).st_size

    def head(self, most: int) -> bytes:
        """Read the beginning again."""
        return os.pread(self.descriptor, most, 0)

    def append(self, stream: Readable, *, most: int) -> None:
        """Write a stream behind what is here and have the disk keep it; raises TooLarge, and keeps nothing then.

        What came before the sender fell silent stays.
        """
        before = self.size
        try:
            _pour(stream, self.descriptor, most=most)
        except TooLarge:
            os.ftruncate(self.descriptor, before)
            raise
        finally:
            with faults():
                os.fsync(self.descriptor)

    def append_checked(self, stream: Readable, checksum: Checksum, *, most: int, spool: Spool) -> None:
        """Write a piece once it is known to be whole. Raises Differs, TooLarge."""
        digest = hashlib.new(checksum.algorithm, usedforsecurity=False)
        with spool.workspace() as folder, (folder / "piece").open("xb+", buffering=0) as piece:
            _pour(stream, piece.fileno(), most=most, seen=digest.update)
            if digest.digest() != checksum.digest:
                raise Differs("What arrived is not what was sent.")
            piece.seek(0)
            self.append(piece, most=most)

    def whole(self, spool: Spool) -> Received:
        """Give the file a second name in the spool, to be stored from there while the part itself still stands.

        Its age begins anew, for what is stored and old without a row that needs it is swept.
        """
        received = Received(path=spool.fresh("upload"), sha256=self._sha256(), size=self.size)
        with faults():
            try:
                os.link(self.path, received.path)
            except PermissionError:
                shutil.copyfile(self.path, received.path)
            os.utime(received.path)
        return received

    def remove(self) -> None:
        """Remove what is here."""
        self.path.unlink(missing_ok=True)

    def _sha256(self) -> str:
        with faults(), self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


def make(spool: Spool, name: str) -> None:
    """Begin a part that holds nothing yet."""
    folder = _folder(spool)
    with faults():
        folder.mkdir(exist_ok=True)
        os.close(os.open(folder / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o666))


@contextlib.contextmanager
def held(spool: Spool, name: str) -> Iterator[Part]:
    """Lend a part to one request. Raises Missing, Busy."""
    path = _folder(spool) / name
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    except FileNotFoundError:
        raise Missing(name) from None
    try:
        _lock(descriptor)
        if not path.exists():
            raise Missing(name)
        yield Part(path, descriptor)
    finally:
        os.close(descriptor)


def size(spool: Spool, name: str) -> int:
    """Count the bytes of a part, whoever holds it. Raises Missing."""
    try:
        return (_folder(spool) / name).stat().st_size
    except FileNotFoundError:
        raise Missing(name) from None


def names(spool: Spool, *, before: float) -> list[str]:
    """List the parts that nobody has written to since a moment, in seconds of the epoch."""
    folder = _folder(spool)
    if not folder.is_dir():
        return []
    return sorted(entry.name for entry in os.scandir(folder) if entry.stat().st_mtime <= before)


def _folder(spool: Spool) -> Path:
    return spool.folder / PARTS


def _lock(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Busy("This upload is being continued by another request.") from None


def _pour(stream: Readable, descriptor: int, *, most: int, seen: Callable[[bytes], None] | None = None) -> None:
    """Write a stream to its end; a failure of the sender passes through as it is."""
    written = 0
    while chunk := stream.read(min(CHUNK, most - written + 1)):
        written += len(chunk)
        if written > most:
            raise TooLarge(most)
        if seen is not None:
            seen(chunk)
        with faults():
            write_all(descriptor, chunk)
