"""Blobs in a bucket of an S3-compatible store, through obstore (the extra `s3`)."""

import contextlib
import io
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, Final

from webapp.infra.most import Most
from webapp.infra.spool import CHUNK, Missing, Readable, Received, Spool, StorageFailed, StorageFull, faults
from webapp.infra.storage import Stored, checked

TIMEOUT: Final = "60s"
RETRIES: Final[dict[str, Any]] = {"max_retries": 3, "retry_timeout": timedelta(seconds=60)}
FULL_WORDS: Final = ("InsufficientStorage", "QuotaExceeded", "StorageFull", "507 ")


class S3Storage:
    """A bucket, or a folder of one; uploads wait in a local spool until they are whole."""

    def __init__(
        self,
        bucket: str,
        *,
        spool: Spool,
        prefix: str = "",
        endpoint: str | None = None,
        region: str | None = None,
        access_key: str | None = None,
        secret_key: str | None = None,
    ) -> None:
        keys = {"access_key_id": access_key, "secret_access_key": secret_key}
        given = {"prefix": prefix, "endpoint": endpoint, "region": region, **keys}
        self.obstore = _library()
        self.spool = spool
        self.most = Most()
        self.store = self.obstore.store.S3Store(
            bucket,
            client_options={"allow_http": (endpoint or "").startswith("http://"), "timeout": TIMEOUT},
            retry_config=RETRIES,
            **{name: value for name, value in given.items() if value},
        )

    def receive(self, stream: Readable, *, limit: int) -> Received:
        """Spool an upload on this machine."""
        return self.spool.receive(stream, limit=limit)

    def workspace(self) -> AbstractContextManager[Path]:
        """Lend an empty local folder."""
        return self.spool.workspace()

    def put_file(self, key: str, source: Path) -> None:
        """Send a file and remove it here; large ones go in parts that show only when all are there."""
        with self._faults():
            self.obstore.put(self.store, checked(key), source)
        source.unlink(missing_ok=True)

    @contextlib.contextmanager
    def fetched(self, key: str) -> Iterator[Path]:
        """Bring the bytes to the spool for a while."""
        path = self.spool.fresh("fetched")
        try:
            with self._faults(key):
                answer = self.obstore.get(self.store, checked(key))
                chunks = answer.stream(min_chunk_size=CHUNK)
                with faults(), path.open("xb") as file:
                    file.writelines(chunks)
            yield path
        finally:
            path.unlink(missing_ok=True)

    def open(self, key: str) -> BinaryIO:
        """Open the bytes, read on demand in pieces."""
        return io.BufferedReader(_RemoteFile(self, key, self.size(key)), buffer_size=4 * CHUNK)

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> bytes:
        """Read a range, cut to what is there."""
        end = self.size(key)
        stop = end if length is None else min(end, start + length)
        if start >= stop:
            return b""
        return self.read_range(key, start=start, stop=stop)

    def read_range(self, key: str, *, start: int, stop: int) -> bytes:
        """Read a range that is known to be there and not empty."""
        with self._faults(key):
            found = self.obstore.get_range(self.store, checked(key), start=start, end=stop)
            return bytes(found.to_bytes())

    def path(self, key: str) -> Path | None:
        """There is no local file."""
        checked(key)
        return None

    def size(self, key: str) -> int:
        """Ask the store."""
        with self._faults(key):
            return int(self.obstore.head(self.store, checked(key))["size"])

    def exists(self, key: str) -> bool:
        """Ask the store."""
        try:
            self.size(key)
        except Missing:
            return False
        return True

    def delete(self, key: str) -> None:
        """Have the store remove the key."""
        with self._faults(), contextlib.suppress(FileNotFoundError):
            self.obstore.delete(self.store, checked(key))

    def keys(self, prefix: str = "") -> Iterator[str]:
        """List what the store holds."""
        return (stored.key for stored in self.stored(prefix))

    def stored(self, prefix: str = "") -> Iterator[Stored]:
        """List what the store holds with sizes and ages."""
        with self._faults():
            pages = self.obstore.list(self.store, checked(prefix) if prefix else None)
            found = [meta for page in pages for meta in page]
        return (Stored(meta["path"], meta["size"], meta["last_modified"]) for meta in found)

    def sweep(self, older_than: timedelta) -> int:
        """Empty the spool of what is that old; a bucket drops unfinished parts by its own rules."""
        return self.spool.sweep(older_than)

    def works(self) -> bool:
        """Ask the store for one key."""
        try:
            with self._faults():
                next(iter(self.obstore.list(self.store, chunk_size=1)), None)
        except (StorageFailed, StorageFull):
            return False
        return self.spool.works()

    @contextlib.contextmanager
    def _faults(self, key: str | None = None) -> Iterator[None]:
        """Turn what the store says into our words; only what was asked for by key can be missing."""
        try:
            yield
        except FileNotFoundError as error:
            if key is not None:
                raise Missing(key) from None
            raise StorageFailed("The bucket is not there.") from error
        except self.obstore.exceptions.BaseError as error:
            said = str(error)
            if any(word in said for word in FULL_WORDS):
                raise StorageFull("The store is full.") from error
            raise StorageFailed("The store did not answer as it should: %(why)s", why=said.splitlines()[0]) from error


class _RemoteFile(io.RawIOBase):
    """The bytes of a key as a file."""

    def __init__(self, storage: S3Storage, key: str, size: int) -> None:
        self.storage, self.key, self.length, self.at = storage, key, size, 0

    def readable(self) -> bool:
        """It can be read."""
        return True

    def seekable(self) -> bool:
        """It can be sought in."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a place, counted from the start, from here or from the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.length}[whence]
        self.at = max(0, base + offset)
        return self.at

    def tell(self) -> int:
        """Say where the next byte is read."""
        return self.at

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as there is something."""
        stop = min(self.length, self.at + len(buffer))
        if self.at >= stop:
            return 0
        found = self.storage.read_range(self.key, start=self.at, stop=stop)
        buffer[: len(found)] = found
        self.at += len(found)
        return len(found)


def _library() -> ModuleType:
    try:
        import obstore  # noqa: PLC0415  an extra
        import obstore.exceptions  # noqa: PLC0415
        import obstore.store  # noqa: PLC0415
    except ImportError:
        raise ValueError("Storage in a bucket needs the extra s3: pip install 'vitrine[s3]'.") from None
    return obstore
