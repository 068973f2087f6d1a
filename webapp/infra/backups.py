"""Backups: one file with the database, every stored file and the secret key, made while the server goes on.

The database comes first, as it stands at one moment; then the files, which are written before their rows and never
change. So each row of the copy has its file in it.
"""

import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final

from webapp.infra import dumps, locks
from webapp.infra.archives import About, BackupError, Counted, Entry, Writer, about, members
from webapp.infra.storage import KEY, Missing, Storage, StorageError, checked

__all__ = ["BackupError", "Summary", "backup", "restore"]

DATABASE: Final = "database"
SECRET: Final = "secret_key"  # noqa: S105  a file name
FILES: Final = "files/"
BLOBS: Final = "blobs"
PLACES: Final = (BLOBS, "renditions", "captions")


@dataclass(frozen=True)
class Summary:
    """What a backup holds; `size` is in bytes, the database's and the key's among them."""

    files: int
    size: int
    made_at: str


def backup(
    target: Path, *, database_url: str, schema: Callable[[str], str | None], storage: Storage, secret_key: str
) -> Summary:
    """Write everything into `target`, which appears whole or not at all and for its owner alone. Raises BackupError.

    `schema` tells the revision that the tables of a database are at.
    """
    if target.exists():
        raise BackupError(f"{target} is there already: name a new file.")
    with _in_words("Nothing was written"), _alone(target.with_name(f".{target.name}.partial")) as folder:
        head = About(datetime.now(UTC).isoformat(), dumps.engine_of(database_url), "")
        dumps.dump(database_url, folder / DATABASE)
        head = replace(head, schema=schema(database_url) or "")
        with _private(folder / "archive") as raw, _private(folder / "list") as listed:
            writer = Writer(raw, listed, head)
            _write(writer, folder / DATABASE, storage=storage, secret_key=secret_key)
            raw.flush()
            os.fsync(raw.fileno())
        (folder / "archive").replace(target)
        dumps.sync(target.parent)
    return Summary(writer.files - 2, writer.size, head.made_at)


def restore(source: Path, *, database_url: str, schemas: Collection[str], storage: Storage, home: Path) -> Summary:
    """Bring back what `source` holds into an empty installation, all of it verified first. Raises BackupError.

    The database comes last: as long as it is not there, the same call can be made again. `schemas` are the
    revisions that this version can read. A secret key that the home has already is kept beside the restored one.
    """
    with _in_words("Nothing was restored"):
        head = about(source)
    if head.engine != dumps.engine_of(database_url):
        raise BackupError(f"This backup is of {head.engine}, but VITRINE_DATABASE_URL is of another kind.")
    if head.schema not in schemas:
        raise BackupError("This backup was made by a newer version of Vitrine: install that one first.")
    dumps.refuse_unless_empty(database_url)
    with _in_words("Nothing was restored"):
        summary = _verify(source, head)
    with _in_words("The restoring broke off and can be started again"), _alone(home / "restore.partial") as folder:
        for entry, file in members(source):
            _bring_back(entry, file, folder, storage=storage, home=home)
        dumps.load(database_url, folder / DATABASE)
    return summary


def _write(writer: Writer, copy: Path, *, storage: Storage, secret_key: str) -> None:
    with copy.open("rb") as file:
        writer.add(DATABASE, file, copy.stat().st_size)
    writer.add_text(SECRET, f"{secret_key}\n")
    for place in PLACES:
        for key in storage.keys(place):
            if KEY.fullmatch(key):
                _write_file(writer, key, storage)
    writer.finish()


def _write_file(writer: Writer, key: str, storage: Storage) -> None:
    """Add a stored file, unless it has just been removed. A damaged original is refused, not kept."""
    try:
        size, file = storage.size(key), storage.open(key)
    except Missing:
        return
    with file:
        entry = writer.add(FILES + key, file, size)
    if not _is_named_by_content(entry):
        raise BackupError(
            f"{key} is damaged on this disk: run `vitrine check --deep`, and keep the backups you have."
        )


def _verify(source: Path, head: About) -> Summary:
    """Read everything once. Raises BackupError."""
    files = size = 0
    for entry, file in members(source):
        for _ in file.chunks():
            pass
        expected = (DATABASE, SECRET)[files] if files < 2 else None
        if not (entry.name == expected if expected else _is_file(entry)):
            raise BackupError(f"{entry.name!r} does not belong into a backup: nothing was restored.")
        files += 1
        size += entry.size
    if files < 2:
        raise BackupError("This backup holds no database: nothing was restored.")
    return Summary(files - 2, size, head.made_at)


def _is_file(entry: Entry) -> bool:
    """Whether this is one of the stored files, under a key that leads nowhere else."""
    place, _, key = entry.name.partition("/")
    try:
        return place == FILES[:-1] and checked(key).split("/")[0] in PLACES and _is_named_by_content(entry)
    except ValueError:
        return False


def _is_named_by_content(entry: Entry) -> bool:
    return not entry.name.startswith(f"{FILES}{BLOBS}/") or entry.name.endswith(f"/{entry.sha256}")


def _bring_back(entry: Entry, file: Counted, folder: Path, *, storage: Storage, home: Path) -> None:
    target = folder / (DATABASE if entry.name == DATABASE else "file")
    with target.open("wb") if entry.name.startswith(FILES) else _private(target) as copy:
        copy.writelines(file.chunks())
    if entry.name.startswith(FILES):
        storage.put_file(entry.name.removeprefix(FILES), target)
    elif entry.name == SECRET:
        _put_secret(target, home / SECRET)


def _put_secret(restored: Path, target: Path) -> None:
    """Put the key in its place; another one that is there may be what some other database needs."""
    if target.exists() and target.read_text().strip() != restored.read_text().strip():
        number = 1
        while (kept := target.with_name(f"{SECRET}.old-{number}")).exists():
            number += 1
        target.replace(kept)
    dumps.sync(restored)
    restored.replace(target)


@contextmanager
def _alone(folder: Path) -> Iterator[Path]:
    """Work in a folder of a known name, emptied of what a killed one left. Raises BackupError while another works."""
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        with locks.hold(folder / "lock"):
            for left in folder.iterdir():
                if left.name != "lock":
                    left.unlink()
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    except locks.Locked as held:
        raise BackupError(f"Process {held.pid} is at work in {folder}: wait for it.") from None


def _private(path: Path) -> BinaryIO:
    """Open a new file that only its owner may read."""
    return open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w+b")


@contextmanager
def _in_words(outcome: str) -> Iterator[None]:
    """Say in one sentence what a disk, a store or a file did."""
    try:
        yield
    except (OSError, StorageError, sqlite3.Error, tarfile.TarError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BackupError(f"{outcome}: {reason.rstrip('.')}.") from error
