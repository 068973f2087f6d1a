"""Migrations: from one version of the tables to the next, whole or not at all.

All steps of one call are one transaction on both engines, so that a kill half-way leaves the tables as they were.
On SQLite, altering a table re-creates it: with foreign keys on, that would delete all its children. They are off
before BEGIN (inside a transaction the pragma does nothing) and checked before COMMIT.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text

from webapp.config import ConfigError
from webapp.infra.db import engine_options, prepare

ADVISORY_LOCK: Final = 0x76697472
"""One migration at a time on a PostgreSQL that several machines start against."""


class BrokenReferences(Exception):
    """A migration left rows that point at nothing; it was rolled back."""


Step = Callable[[Config], None]


def upgrade(url: str, revision: str = "head") -> None:
    """Bring the database at `url` forward to `revision`. Raises BrokenReferences, ConfigError (it is newer)."""
    _run(url, lambda config: command.upgrade(config, revision))


def downgrade(url: str, revision: str) -> None:
    """Bring the database at `url` back to `revision` ("base" empties it). Raises BrokenReferences."""
    _run(url, lambda config: command.downgrade(config, revision))


def current(url: str) -> str | None:
    """Return the revision that the database is at, None when it is empty."""
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def newest() -> str:
    """Return the revision that this version of Vitrine needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None  # noqa: S101  the folder of versions is never empty
    return head


def known() -> set[str]:
    """Return every revision that this version of Vitrine can bring up to date."""
    return {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _run(url: str, step: Step) -> None:
    engine = _engine(url)
    try:
        with engine.connect().execution_options(begin="IMMEDIATE") as connection, connection.begin():
            _lock(connection)
            _refuse_newer(connection)
            config = _config()
            config.attributes["connection"] = connection
            step(config)
            _check_references(connection)
            _forget_statistics(connection)
    finally:
        engine.dispose()


def _refuse_newer(connection: Connection) -> None:
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in known():
        raise ConfigError(f"The database is at revision {found}, of a newer version of Vitrine: install that one.")


def _lock(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise BrokenReferences(f"{len(broken)} rows point at nothing, first in {broken[0][0]}")


def _forget_statistics(connection: Connection) -> None:
    """Throw away what an ANALYZE has noted: by it SQLite 3.40 finds rows that are there to be none.

    It then seeks in an index by a list of values (`state IN (…)`) and passes over what it looks for; no message to a
    webhook was due any more.
    """
    if connection.dialect.name != "sqlite":
        return
    noted = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'sqlite_stat%'"
    for (table,) in connection.exec_driver_sql(noted).fetchall():
        connection.exec_driver_sql(f"DROP TABLE {table}")


def _engine(url: str) -> Engine:
    engine = create_engine(url, **engine_options(url))
    prepare(engine)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _leave_references_unchecked)
    return engine


def _leave_references_unchecked(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
