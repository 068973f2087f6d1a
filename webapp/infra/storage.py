"""Where blobs and renditions are kept: a folder of this machine, or a bucket."""

import contextlib
import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final, Protocol
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from webapp.infra.most import Most
from webapp.infra.spool import (
    Missing,
    Readable,
    Received,
    Spool,
    StorageError,
    StorageFailed,
    StorageFull,
    TooLarge,
    fault,
    faults,
)

__all__ = [
    "LocalStorage",
    "Missing",
    "Received",
    "Storage",
    "StorageError",
    "StorageFailed",
    "StorageFull",
    "Stored",
    "TooLarge",
    "blob_key",
    "caption_key",
    "checked",
    "rendition_key",
    "storage_from_url",
]

SEGMENT: Final = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}"
KEY: Final = re.compile(rf"{SEGMENT}(?:/{SEGMENT}){{0,7}}")
TEMPORARY: Final = "tmp"


@dataclass(frozen=True, slots=True)
class Stored:
    """What is kept under a key."""

    key: str
    size: int
    modified_at: datetime


class Storage(Protocol):
    """Whole files under keys; a key either has all its bytes or is not there.

    A prefix is a folder of keys (`blobs/ab`) or empty for all. Everything raises StorageFailed when the store
    does; what reads raises Missing, what writes StorageFull.
    """

    most: Most
    """The most that is let in: whoever opens a store says so."""

    @property
    def spool(self) -> Spool:
        """The local folder where bytes wait until they are whole."""

    def receive(self, stream: Readable, *, limit: int) -> Received:
        """Spool an upload, hashing and counting; raises TooLarge and leaves nothing behind then."""

    def workspace(self) -> AbstractContextManager[Path]:
        """Lend an empty local folder for the time of some work."""

    def put_file(self, key: str, source: Path) -> None:
        """Store a local file, which is gone from its old place afterwards; an equal key is replaced."""

    def fetched(self, key: str) -> AbstractContextManager[Path]:
        """Lend a local file with the key's bytes, to be read only."""

    def open(self, key: str) -> BinaryIO:
        """Open the bytes for reading and seeking."""

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> bytes:
        """Read a range; past the end there is nothing."""

    def path(self, key: str) -> Path | None:
        """Name the local file, or None where there is none to be named."""

    def size(self, key: str) -> int:
        """Count the bytes."""

    def exists(self, key: str) -> bool:
        """Say whether the key is there."""

    def delete(self, key: str) -> None:
        """Remove the key, which may be gone already."""

    def keys(self, prefix: str = "") -> Iterator[str]:
        """List the keys below a prefix."""

    def stored(self, prefix: str = "") -> Iterator[Stored]:
        """List keys with size and age."""

    def sweep(self, older_than: timedelta) -> int:
        """Remove unfinished work that old; answers how many pieces."""

    def works(self) -> bool:
        """Say whether the store answers now."""


def blob_key(sha256: str) -> str:
    """The key of an original by its content."""
    return f"blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def rendition_key(sha256: str, name: str) -> str:
    """The key of a file that was made of an original."""
    return f"renditions/{sha256}/{name}"


def caption_key(sha256: str) -> str:
    """The key of a video's captions by their content."""
    return f"captions/{sha256}.vtt"


def checked(key: str) -> str:
    """Pass a key on; raises ValueError for one that could lead elsewhere."""
    if not KEY.fullmatch(key) or key.split("/", 1)[0] == TEMPORARY:
        raise ValueError(f"{key!r} is no storage key")
    return key


def storage_from_url(url: str | None, home: Path) -> Storage:
    """Open the store that a URL names (default: `media` in the home); raises ValueError in a sentence."""
    if not url:
        return LocalStorage(home / "media")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ValueError(f"The storage URL cannot be read: {error}.") from None
    if parts.scheme == "file":
        return LocalStorage(_folder(url))
    if parts.scheme == "s3":
        return _bucket(parts, home)
    raise ValueError("The storage URL must be file:///FOLDER or s3://BUCKET/PREFIX?endpoint=URL&region=NAME.")


def _folder(url: str) -> Path:
    """Read a folder as it stands: a `#`, `?` or `%` in its name is part of it."""
    path = url.removeprefix("file://")
    if not path.startswith("/"):
        raise ValueError("The storage URL must name a folder from the root: file:///FOLDER.")
    return Path(path)


def _bucket(parts: SplitResult, home: Path) -> Storage:
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := options.keys() - {"endpoint", "region"}:
        raise ValueError(f"The storage URL has an unknown option: {min(unknown)}.")
    if not parts.hostname:
        raise ValueError("The storage URL names no bucket: s3://BUCKET/PREFIX.")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("The storage URL must give both halves of the access key, or neither.")
    from webapp.infra.s3 import S3Storage  # noqa: PLC0415  its library is an extra

    return S3Storage(
        parts.hostname,
        prefix=parts.path.strip("/"),
        endpoint=options.get("endpoint"),
        region=options.get("region"),
        access_key=unquote(parts.username) if parts.username else None,
        secret_key=unquote(parts.password) if parts.password else None,
        spool=Spool(home / "spool"),
    )


class LocalStorage:
    """A folder: written beside, synced, renamed into place, and the folder synced too."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.spool = Spool(self.root / TEMPORARY)
        self.most = Most()

    def receive(self, stream: Readable, *, limit: int) -> Received:
        """Spool an upload beside the store, so that storing it is a rename."""
        return self.spool.receive(stream, limit=limit)

    def workspace(self) -> AbstractContextManager[Path]:
        """Lend an empty folder of the store's own disk."""
        return self.spool.workspace()

    def put_file(self, key: str, source: Path) -> None:
        """Move a file in; after the return it outlasts a power cut."""
        target = self._file(key)
        with faults(), self._here(source) as staged:
            _sync(staged)
            _make_folders(target.parent)
            staged.replace(target)
            _sync(target.parent)

    @contextlib.contextmanager
    def fetched(self, key: str) -> Iterator[Path]:
        """Lend the stored file itself."""
        if not self.exists(key):
            raise Missing(key)
        yield self._file(key)

    def open(self, key: str) -> BinaryIO:
        """Open the stored file."""
        with _reading(key):
            return self._file(key).open("rb")

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> bytes:
        """Read a range of the stored file."""
        with self.open(key) as file, faults():
            file.seek(start)
            return file.read(-1 if length is None else length)

    def path(self, key: str) -> Path | None:
        """Name the stored file, whether or not it is there."""
        return self._file(key)

    def size(self, key: str) -> int:
        """Ask the file system."""
        with _reading(key):
            return self._file(key).stat().st_size

    def exists(self, key: str) -> bool:
        """Ask the file system."""
        with faults():
            return self._file(key).is_file()

    def delete(self, key: str) -> None:
        """Unlink the file."""
        with faults():
            self._file(key).unlink(missing_ok=True)

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Walk the folder."""
        start = self._file(prefix) if prefix else self.root
        for folder, below, files in os.walk(start, onerror=_unread):
            if Path(folder) == self.root and TEMPORARY in below:
                below.remove(TEMPORARY)
            below.sort()
            yield from (Path(folder, name).relative_to(self.root).as_posix() for name in sorted(files))

    def stored(self, prefix: str = "") -> Iterator[Stored]:
        """Walk the folder and look at each file."""
        for key in self.keys(prefix):
            with contextlib.suppress(FileNotFoundError):
                seen = (self.root / key).stat()
                yield Stored(key, seen.st_size, datetime.fromtimestamp(seen.st_mtime, UTC))

    def sweep(self, older_than: timedelta) -> int:
        """Empty the spool of what is that old."""
        return self.spool.sweep(older_than)

    def works(self) -> bool:
        """Write a file and read it again."""
        return self.spool.works()

    def _file(self, key: str) -> Path:
        return self.root / checked(key)

    @contextlib.contextmanager
    def _here(self, source: Path) -> Iterator[Path]:
        """Bring the source to the store's own file system, where a rename is all or nothing."""
        if source.stat().st_dev == self.spool.folder.stat().st_dev:
            yield source
            return
        staged = self.spool.fresh("copy")
        try:
            shutil.copyfile(source, staged)
            yield staged
            source.unlink(missing_ok=True)
        finally:
            staged.unlink(missing_ok=True)


def _unread(error: OSError) -> None:
    """Say that a folder could not be listed; one that is not there, or has just gone, has nothing in it."""
    if not isinstance(error, FileNotFoundError):
        raise fault(error)


@contextlib.contextmanager
def _reading(key: str) -> Iterator[None]:
    """Tell a missing key from a failing disk."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise Missing(key) from None
    except OSError as error:
        why = error.strerror or str(error)
        raise StorageFailed("The disk did not give %(key)s: %(why)s.", key=key, why=why) from error


def _make_folders(folder: Path) -> None:
    """Make a folder and those above it, each written down in the one that holds it."""
    if folder.is_dir():
        return
    _make_folders(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync(folder.parent)


def _sync(path: Path) -> None:
    """Have the disk keep a file's bytes, or a folder's names; some file systems have no sync of folders."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)
