"""Backups: one tar file with the database, every stored file and the secret key, and a manifest of checksums.

The database comes first, through the engine's own backup (one consistent moment while the server goes on); then
the files, which are written before their rows and never change. So each row of the copy has its file in it.
"""

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, BinaryIO, Final, cast

from sqlalchemy import create_engine, inspect
from sqlalchemy.engine import make_url

from webapp.infra.storage import Missing, Storage

FORMAT: Final = 1
DATABASE: Final = "database"
SECRET: Final = "secret_key"  # noqa: S105  a file name
MANIFEST: Final = "manifest.json"
FILES: Final = "files/"
CHUNK: Final = 1024 * 1024
CONTENT_NAMED: Final = "blobs/"


class BackupError(Exception):
    """A backup that cannot be made or trusted, said in one sentence."""


@dataclass(frozen=True)
class Summary:
    """What a backup holds."""

    files: int
    size: int
    made_at: str


@dataclass(frozen=True)
class Entry:
    """One member of the archive."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str
    entries: list[Entry]

    @property
    def summary(self) -> Summary:
        """Count the stored files; the database and the key are two entries more."""
        return Summary(len(self.entries) - 2, sum(entry.size for entry in self.entries), self.made_at)


def backup(target: Path, *, database_url: str, storage: Storage, secret_key: str) -> Summary:
    """Write everything into `target`, which appears whole or not at all. Raises BackupError."""
    partial = target.with_name(f"{target.name}.partial")
    try:
        with tempfile.TemporaryDirectory(dir=target.parent) as folder, partial.open("xb") as raw:
            copy = Path(folder) / DATABASE
            _dump(database_url, copy)
            entries = _write(raw, copy, storage=storage, secret_key=secret_key, engine=_engine(database_url))
            raw.flush()
            os.fsync(raw.fileno())
        partial.replace(target)
    except FileExistsError:
        raise BackupError(f"{partial} is there already: another backup is running, or remove it.") from None
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return Manifest(datetime.now(UTC).isoformat(), entries).summary


def restore(source: Path, *, database_url: str, storage: Storage, home: Path) -> Summary:
    """Bring back what `source` holds into an empty installation, checksums verified first. Raises BackupError."""
    _refuse_unless_empty(database_url)
    try:
        with tempfile.TemporaryDirectory(dir=home) as folder, tarfile.open(source, "r:") as archive:
            manifest = _verify(archive, engine=_engine(database_url))
            for entry in manifest.entries:
                _bring_back(archive, entry, Path(folder), storage=storage, home=home)
            _load(database_url, Path(folder) / DATABASE)
    except (tarfile.TarError, OSError, KeyError, ValueError) as error:
        raise BackupError(f"{source} cannot be restored: {error}.") from error
    return manifest.summary


def _write(raw: BinaryIO, copy: Path, *, storage: Storage, secret_key: str, engine: str) -> list[Entry]:
    entries: list[Entry] = []
    with tarfile.open(fileobj=raw, mode="w:", format=tarfile.PAX_FORMAT) as archive:
        with copy.open("rb") as file:
            entries.append(_store(archive, DATABASE, file, copy.stat().st_size))
        entries.append(_store_text(archive, SECRET, secret_key))
        for key in storage.keys():  # noqa: SIM118  no mapping
            with contextlib.suppress(Missing), storage.open(key) as file:
                entries.append(_store(archive, FILES + key, file, storage.size(key)))
                _check_name(entries[-1])
        manifest = {
            "format": FORMAT,
            "engine": engine,
            "made_at": datetime.now(UTC).isoformat(),
            "entries": [asdict(entry) for entry in entries],
        }
        _store_text(archive, MANIFEST, json.dumps(manifest))
    return entries


def _store(archive: tarfile.TarFile, name: str, file: BinaryIO, size: int) -> Entry:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    counted = _Counted(file)
    archive.addfile(member, cast(IO[bytes], counted))
    return Entry(name, size, counted.digest.hexdigest())


def _store_text(archive: tarfile.TarFile, name: str, text: str) -> Entry:
    with tempfile.TemporaryFile() as file:
        file.write(text.encode())
        size = file.tell()
        file.seek(0)
        return _store(archive, name, file, size)


class _Counted:
    """A file that is hashed while it is read."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(size)
        self.digest.update(chunk)
        return chunk


def _check_name(entry: Entry) -> None:
    """An original is named by its content: a backup of damaged bytes is refused, not kept."""
    if entry.name.startswith(FILES + CONTENT_NAMED) and not entry.name.endswith(entry.sha256):
        raise BackupError(f"{entry.name} is damaged on this disk: run `vitrine check` first.")


def _verify(archive: tarfile.TarFile, *, engine: str) -> Manifest:
    found = json.loads(_open(archive, MANIFEST).read())
    if found.get("format") != FORMAT:
        raise BackupError("This is no backup that this version of Vitrine can read.")
    if found["engine"] != engine:
        raise BackupError(f"This backup is of {found['engine']}; VITRINE_DATABASE_URL is {engine}.")
    manifest = Manifest(found["made_at"], [Entry(**row) for row in found["entries"]])
    for entry in manifest.entries:
        digest, size = hashlib.sha256(), 0
        for chunk in _chunks(_open(archive, entry.name)):
            digest.update(chunk)
            size += len(chunk)
        if (digest.hexdigest(), size) != (entry.sha256, entry.size):
            raise BackupError(f"{entry.name} in this backup is damaged: nothing was restored.")
    return manifest


def _bring_back(archive: tarfile.TarFile, entry: Entry, folder: Path, *, storage: Storage, home: Path) -> None:
    target = folder / DATABASE if entry.name == DATABASE else folder / "file"
    with target.open("wb") as file:
        shutil.copyfileobj(_open(archive, entry.name), file, CHUNK)
    if entry.name.startswith(FILES):
        storage.put_file(entry.name.removeprefix(FILES), target)
    elif entry.name == SECRET:
        (home / SECRET).unlink(missing_ok=True)
        target.chmod(0o600)
        target.replace(home / SECRET)


def _open(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    file = archive.extractfile(name)
    if file is None:
        raise BackupError(f"{name} is no file in this backup.")
    return file


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _engine(database_url: str) -> str:
    return make_url(database_url).get_backend_name()


def _refuse_unless_empty(database_url: str) -> None:
    engine = create_engine(database_url)
    try:
        tables = inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if tables:
        raise BackupError("There is a database already: restore into an empty VITRINE_HOME or an empty database.")


def _dump(database_url: str, target: Path) -> None:
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        with (
            contextlib.closing(sqlite3.connect(f"file:{url.database}?mode=ro", uri=True)) as source,
            contextlib.closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        return
    _run("pg_dump", "--format=custom", "--no-owner", f"--file={target}", f"--dbname={_libpq(database_url)}")


def _load(database_url: str, source: Path) -> None:
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        target = Path(str(url.database))
        for ending in ("-wal", "-shm"):
            target.with_name(target.name + ending).unlink(missing_ok=True)
        shutil.copyfile(source, target.with_name(f"{target.name}.partial"))
        target.with_name(f"{target.name}.partial").replace(target)
        return
    _run("pg_restore", "--no-owner", "--single-transaction", f"--dbname={_libpq(database_url)}", str(source))


def _libpq(database_url: str) -> str:
    """Give the address as PostgreSQL's own programs read it."""
    return make_url(database_url).set(drivername="postgresql").render_as_string(hide_password=False)


def _run(program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} is missing: install PostgreSQL's client programs.")
    done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BackupError(f"{program} failed: {' '.join(done.stderr.split()) or 'it gave no reason'}")
