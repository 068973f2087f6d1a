"""The database: one session, two engines, two kinds of transaction.

SQLite is opened in WAL with `synchronous=FULL` (NORMAL loses acknowledged commits in a power cut). Reading uses
a deferred transaction; `writing()` starts IMMEDIATE before its first read, because a deferred transaction that
reads and then writes fails at once when somebody else has written, whatever the busy timeout.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, SafeUUID

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, MetaData, Uuid, event, text
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.types import JSON, TypeDecorator

BUSY_SECONDS = 5
"""How long a statement waits for a lock before the caller is told to come back."""

CONNECTIONS = 8
"""Connections a process holds at most: the semaphore round the database."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC on both engines (SQLite itself forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Id(Uuid[UUID]):
    """An id; where the engine has no type for it and keeps its digits, it is read without judging them again."""

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        if dialect.supports_native_uuid:
            return None
        new, put, unknown = UUID.__new__, object.__setattr__, SafeUUID.unknown

        def read(digits: str | None) -> UUID | None:
            if digits is None:
                return None
            made = new(UUID)
            put(made, "int", int(digits, 16))
            put(made, "is_safe", unknown)
            return made

        return read


class Base(DeclarativeBase):
    """The root of every model."""

    registry: ClassVar[registry] = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            datetime: UtcDateTime(),
            UUID: Id(),
            dict[str, Any]: JSON(none_as_null=True),
            list[str]: JSON(none_as_null=True),
        },
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class Trouble(StrEnum):
    """What a failing database means for whoever waits for an answer."""

    BUSY = "busy"
    FULL = "full"
    FAILED = "failed"


def engine_options(url: str) -> dict[str, Any]:
    """Return the options that an engine for this address is made with.

    The connection that was used last is used next: what is kept until somebody writes is kept for each (`kept.py`).
    """
    pool = {"pool_size": CONNECTIONS, "max_overflow": 0, "pool_timeout": BUSY_SECONDS, "pool_use_lifo": True}
    if url.startswith("sqlite"):
        return pool | {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}}
    options = f"-c lock_timeout={BUSY_SECONDS * 1000} -c timezone=UTC"
    return pool | {"pool_pre_ping": True, "connect_args": {"options": options, "connect_timeout": BUSY_SECONDS}}


def prepare(engine: Engine) -> None:
    """Teach an engine Vitrine's pragmas and its two kinds of transaction (SQLite only)."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _set_pragmas)
    event.listen(engine, "begin", _begin)


@contextmanager
def writing() -> Iterator[None]:
    """Hold one write transaction: committed at the end, rolled back whole on any error."""
    session = db.session
    if session.info.get("writing"):
        raise RuntimeError("a write transaction is already open; the door opens exactly one")
    session.rollback()
    session.info["writing"] = True
    try:
        session.connection(execution_options={"begin": "IMMEDIATE"})
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["writing"] = False


def release() -> None:
    """Give the connection back, so that none is held while a body is read or a file is sent."""
    db.session.rollback()


def schema() -> str | None:
    """Return the revision that the tables are at, None where the database does not answer or has none."""
    try:
        found: str | None = db.session.execute(text("SELECT version_num FROM alembic_version")).scalar()
    except SQLAlchemyError:
        return None
    return found


def trouble(error: Exception) -> Trouble | None:
    """Say what a database error means, or None where it is a defect of ours."""
    if isinstance(error, PoolTimeout):
        return Trouble.BUSY
    if not isinstance(error, DBAPIError):
        return None
    said = str(error.orig).lower()
    if "locked" in said or "lock timeout" in said or "deadlock" in said:
        return Trouble.BUSY
    if "disk is full" in said or "no space left" in said:
        return Trouble.FULL
    return Trouble.FAILED if isinstance(error, OperationalError) or error.connection_invalidated else None


def _set_pragmas(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get('begin', 'DEFERRED')}")
