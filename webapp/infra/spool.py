"""Bytes on their way in: uploads and work in progress, in one folder that a sweep may empty."""

import contextlib
import errno
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final, Protocol
from uuid import uuid4

from webapp.infra.saying import Saying

CHUNK: Final = 256 * 1024
PARTS: Final = "parts"
"""The folder of files that come in pieces: a sweep leaves it to whoever knows how long each may take."""

FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class StorageError(Saying):
    """The store did not do what it was asked."""


class TooLarge(StorageError):
    """More bytes came than the caller takes."""

    def __init__(self, limit: int) -> None:
        most = f"{limit / 1024**2:.3g}"
        super().__init__("This file is larger than %(most)s MiB, the most that is taken here.", most=most)
        self.limit = limit


class StorageFull(StorageError):
    """There is no room left for more bytes."""


class StorageFailed(StorageError):
    """The disk or the far store failed; trying again may help."""


class Missing(StorageError):
    """Nothing is stored under the key."""

    def __init__(self, key: str) -> None:
        super().__init__("Nothing is stored under %(key)s.", key=key)
        self.key = key


@contextlib.contextmanager
def faults() -> Iterator[None]:
    """Turn what the operating system says into StorageFull or StorageFailed."""
    try:
        yield
    except OSError as error:
        raise fault(error) from error


def fault(error: OSError) -> StorageError:
    """Say in our words what the operating system said."""
    if error.errno in FULL:
        return StorageFull("The disk is full.")
    return StorageFailed("The disk did not take or give the bytes: %(why)s.", why=error.strerror or str(error))


class Readable(Protocol):
    """Whatever bytes can be read from: a request's stream, a file, an answer."""

    def read(self, size: int, /) -> bytes: ...


class Begun:
    """Bytes whose beginning has been looked at: `head` is that beginning, and it is read again with the rest."""

    def __init__(self, stream: Readable, most: int) -> None:
        self.head = b""
        while len(self.head) < most and (piece := stream.read(most - len(self.head))):
            self.head += piece
        self._rest = self.head
        self._stream = stream

    def read(self, size: int, /) -> bytes:
        """Give the next bytes, the beginning first."""
        if not self._rest:
            return self._stream.read(size)
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece


@dataclass(frozen=True, slots=True)
class Received:
    """A whole upload in the spool, counted and hashed; whoever asked for it stores or discards it."""

    path: Path
    sha256: str
    size: int

    def discard(self) -> None:
        """Remove the bytes, if they are still here."""
        self.path.unlink(missing_ok=True)


class Spool:
    """The folder where bytes wait until they are whole."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with faults():
            folder.mkdir(parents=True, exist_ok=True)

    def receive(self, stream: Readable, *, limit: int) -> Received:
        """Take a stream to its end; raises TooLarge, StorageFull, StorageFailed, and leaves nothing then."""
        path = self.fresh("upload")
        with contextlib.ExitStack() as undo:
            undo.callback(path.unlink, missing_ok=True)
            sha256, size = _copy(stream, path, limit=limit)
            undo.pop_all()
        return Received(path=path, sha256=sha256, size=size)

    def fresh(self, purpose: str) -> Path:
        """Name a file that is not there yet."""
        return self.folder / f"{purpose}-{uuid4().hex}"

    @contextlib.contextmanager
    def workspace(self) -> Iterator[Path]:
        """Lend an empty folder, removed with all that is left in it."""
        with faults():
            folder = tempfile.mkdtemp(prefix="work-", dir=self.folder)
        try:
            yield Path(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def sweep(self, older_than: timedelta) -> int:
        """Remove what a killed process left behind that long ago; answers how many entries that were."""
        latest = time.time() - older_than.total_seconds()
        stale = [entry for entry in os.scandir(self.folder) if entry.name != PARTS and _changed(entry) <= latest]
        for entry in stale:
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                Path(entry.path).unlink(missing_ok=True)
        return len(stale)

    def works(self) -> bool:
        """Say whether a file can be written here and read again."""
        path = self.fresh("check")
        try:
            path.write_bytes(b"whole")
            return path.read_bytes() == b"whole"
        except OSError:
            return False
        finally:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


def _copy(stream: Readable, path: Path, *, limit: int) -> tuple[str, int]:
    """Write the stream; a failure of the sender passes through as it is."""
    digest, size = hashlib.sha256(), 0
    with contextlib.ExitStack() as opened:
        with faults():
            target = opened.enter_context(path.open("xb", buffering=0))
        while chunk := stream.read(min(CHUNK, limit - size + 1)):
            size += len(chunk)
            if size > limit:
                raise TooLarge(limit)
            digest.update(chunk)
            with faults():
                write_all(target.fileno(), chunk)
    return digest.hexdigest(), size


def write_all(descriptor: int, chunk: bytes) -> None:
    """Write every byte: a disk that fills up takes the first part without a word."""
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def _changed(entry: os.DirEntry[str]) -> float:
    try:
        return entry.stat(follow_symlinks=False).st_mtime
    except FileNotFoundError:
        return float("inf")
