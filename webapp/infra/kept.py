"""What was worked out from the database, kept in the process for as long as nothing is written to it.

An open list asks every few seconds how it stands, and mostly it stands as it did. Before anything is taken from here
the database says whether somebody has written since: SQLite counts the commits of others and the rows that this
connection changed, PostgreSQL numbers transactions that write. So nothing is older than the last commit; what depends
on the clock as well has the moment in its key.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from itertools import count
from threading import Lock
from typing import Any, Final, TypeVar

from webapp.infra.db import db

MOST: Final = 128
"""Answers that a process keeps."""

Made = TypeVar("Made")

_numbers: Final = count()
_answers: Final[OrderedDict[Hashable, Any]] = OrderedDict()
_lock: Final = Lock()


def until_written(key: Hashable, make: Callable[[], Made]) -> Made:
    """Return what was made for a key, made now where the database was written to since. Of frozen values only."""
    if db.session.info.get("writing"):
        return make()
    stamped = (key, standing())
    with _lock:
        if stamped in _answers:
            _answers.move_to_end(stamped)
            return _answers[stamped]  # type: ignore[no-any-return]
    made = make()
    with _lock:
        _answers[stamped] = made
        while len(_answers) > MOST:
            _answers.popitem(last=False)
    return made


def standing() -> Hashable:
    """Say how the database stands, as this connection sees it: equal as long as nobody has written to it."""
    connection = db.session.connection()
    number = connection.info.setdefault("number", next(_numbers))
    if connection.dialect.name != "sqlite":
        return number, connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one()
    own: Any = connection.connection.dbapi_connection
    return number, own.execute("PRAGMA data_version").fetchone()[0], own.total_changes
