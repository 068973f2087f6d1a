"""Copies of a whole database at one moment, through the engine's own backup, while it is being written to."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import URL, create_engine, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from webapp.infra.archives import BackupError

QUEUE: Final = "huey_"
"""Tables of the queue of jobs: only a bell, and made anew where they are missing."""


def engine_of(database_url: str) -> str:
    """Name the kind of database."""
    return make_url(database_url).get_backend_name()


def dump(database_url: str, target: Path) -> None:
    """Write a whole copy. Raises BackupError."""
    if engine_of(database_url) == "sqlite":
        _dump_file(_file_of(database_url), target)
        return
    words = ("--format=custom", "--no-owner", "--no-privileges", f"--exclude-table={QUEUE}*", f"--file={target}")
    _run("pg_dump", *words, database_url=database_url)


def load(database_url: str, source: Path) -> None:
    """Bring a copy back, whole or not at all. Raises BackupError."""
    if engine_of(database_url) == "sqlite":
        _load_file(source, _file_of(database_url))
        return
    words = ("--no-owner", "--no-privileges", "--single-transaction", str(source))
    _run("pg_restore", *words, database_url=database_url)


def refuse_unless_empty(database_url: str) -> None:
    """Raise BackupError where there are tables already, or no database can be reached."""
    if engine_of(database_url) == "sqlite" and not _has_content(_file_of(database_url)):
        return
    engine = create_engine(database_url)
    try:
        tables = [name for name in inspect(engine).get_table_names() if not name.startswith(QUEUE)]
    except SQLAlchemyError as error:
        raise BackupError(f"The database does not answer: {_first_line(error)}.") from None
    finally:
        engine.dispose()
    if tables:
        raise BackupError("There is a database already: restore into an empty VITRINE_HOME or an empty database.")


def _dump_file(path: Path, target: Path) -> None:
    if not _has_content(path):
        raise BackupError(f"There is no database yet at {path}.")
    try:
        with (
            _connected(f"file:{quote(str(path))}?mode=ro") as source,
            _connected(quote(f"file:{target}", "/:")) as copy,
        ):
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            fault = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise BackupError(f"The database at {path} cannot be copied: {error}.") from None
    if fault != "ok":
        raise BackupError(f"The database at {path} is damaged ({fault}): keep the backups that you have.")


@contextlib.contextmanager
def _connected(uri: str) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(uri, uri=True)) as connection:
        yield connection


def _load_file(source: Path, target: Path) -> None:
    """Put the file in place by a rename; logs of a former database there would be replayed into it."""
    for ending in ("-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    partial = target.with_name(f"{target.name}.partial")
    shutil.copyfile(source, partial)
    sync(partial)
    partial.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Have the disk keep a file's bytes, or a folder's names."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _file_of(database_url: str) -> Path:
    return Path(str(make_url(database_url).database)).absolute()


def _has_content(path: Path) -> bool:
    return path.exists() and path.stat().st_size > 0


def _run(program: str, *words: str, database_url: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, which others cannot list."""
    found = shutil.which(program)
    if found is None:
        raise BackupError(f"{program} is missing: install PostgreSQL's client programs.")
    url = make_url(database_url)
    environ = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    address = f"--dbname={_without_password(url)}"
    done = subprocess.run([found, address, *words], capture_output=True, text=True, check=False, env=environ)
    if done.returncode:
        raise BackupError(f"{program} failed: {' '.join(done.stderr.split()) or 'it gave no reason'}")


def _without_password(url: URL) -> str:
    """Give the address as PostgreSQL's own programs read it."""
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return plain.render_as_string()


def _first_line(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", error)).strip().partition("\n")[0].rstrip(".")
