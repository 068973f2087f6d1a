"""The file that a backup is: a tar whose last member lists all others with their sizes and SHA-256.

What is cut off lacks the list, what is damaged does not agree with it. Written and read as a stream: neither the
list nor the members are held in memory.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, Final, cast

FORMAT: Final = 1
LIST: Final = "manifest.jsonl"
CHUNK: Final = 1024 * 1024


class BackupError(Exception):
    """A backup that cannot be made, trusted or brought back, said in one sentence."""


@dataclass(frozen=True)
class About:
    """What a backup says of itself: when it was made, of which kind of database, at which revision of its tables."""

    made_at: str
    engine: str
    schema: str
    format: int = FORMAT


@dataclass(frozen=True)
class Entry:
    """One member."""

    name: str
    size: int
    sha256: str


class Writer:
    """An archive that is being written; `files` and `size` count what went in."""

    def __init__(self, raw: BinaryIO, listed: BinaryIO, about: About) -> None:
        self.archive = tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self.listed = listed
        self.files = self.size = 0
        self._note(about)

    def add(self, name: str, file: BinaryIO, size: int) -> Entry:
        """Add so many bytes of a file. Raises OSError where they are not there."""
        counted = Counted(file)
        self._add(name, counted, size)
        entry = Entry(name, size, counted.digest.hexdigest())
        self._note(entry)
        self.files += 1
        self.size += size
        return entry

    def add_text(self, name: str, text: str) -> Entry:
        """Add a text."""
        content = text.encode()
        return self.add(name, io.BytesIO(content), len(content))

    def finish(self) -> None:
        """Add the list, which makes the archive whole."""
        size = self.listed.tell()
        self.listed.seek(0)
        self._add(LIST, Counted(self.listed), size)
        self.archive.close()

    def _add(self, name: str, file: "Counted", size: int) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self.archive.addfile(member, cast(IO[bytes], file))
        self.archive.members.clear()  # type: ignore[attr-defined]

    def _note(self, line: About | Entry) -> None:
        self.listed.write(json.dumps(asdict(line)).encode() + b"\n")


class Counted:
    """A file that is hashed and counted while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        chunk = self.file.read(size)
        self.digest.update(chunk)
        self.size += len(chunk)
        return chunk

    def chunks(self) -> Iterator[bytes]:
        """Read to the end."""
        while chunk := self.read(CHUNK):
            yield chunk


def about(source: Path) -> About:
    """Return what a backup says of itself. Raises BackupError."""
    with _listed(source) as listed:
        found = _parsed(listed.readline())
    if found.get("format") != FORMAT:
        raise BackupError("This is no backup that this version of Vitrine can read.")
    try:
        return About(**found)
    except TypeError:
        raise _damaged(LIST) from None


def members(source: Path) -> Iterator[tuple[Entry, Counted]]:
    """Give each member, to be read to its end before the next. Raises BackupError where the list says otherwise."""
    with _opened(source) as archive, _listed(source) as listed:
        listed.readline()
        while (member := _next(archive)) is not None and member.name != LIST:
            entry = _entry(listed.readline(), member.name)
            if not member.isreg() or member.size != entry.size:
                raise _damaged(member.name)
            file = Counted(cast(IO[bytes], archive.extractfile(member)))
            yield entry, file
            if (file.digest.hexdigest(), file.size) != (entry.sha256, entry.size):
                raise _damaged(member.name)
        if member is None or listed.readline():
            raise _damaged(LIST)


@contextmanager
def _opened(source: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(source, "r:") as archive:
            yield archive
    except (tarfile.TarError, EOFError, UnicodeError):
        raise BackupError(f"{source} is no backup, or only a part of one: nothing was restored.") from None


@contextmanager
def _listed(source: Path) -> Iterator[IO[bytes]]:
    """Open the list, which is the last member."""
    with _opened(source) as archive:
        while (member := _next(archive)) is not None:
            if member.name == LIST and member.isreg():
                yield cast(IO[bytes], archive.extractfile(member))
                return
        raise BackupError(f"{source} is no backup, or only a part of one: nothing was restored.")


def _next(archive: tarfile.TarFile) -> tarfile.TarInfo | None:
    member = archive.next()
    archive.members.clear()  # type: ignore[attr-defined]
    return member


def _entry(line: bytes, name: str) -> Entry:
    """Read what the list says of the member that stands at this place."""
    try:
        entry = Entry(**_parsed(line))
    except TypeError:
        raise _damaged(LIST) from None
    if entry.name != name:
        raise _damaged(LIST)
    return entry


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        raise _damaged(LIST) from None
    if not isinstance(found, dict):
        raise _damaged(LIST)
    return found


def _damaged(name: str) -> BackupError:
    return BackupError(f"{name} in this backup is damaged: nothing was restored.")
