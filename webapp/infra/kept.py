"""What was worked out from the database, kept in the process for as long as nothing is written to it.

An open list asks every few seconds how it stands, and mostly it stands as it did. Before anything is taken from here
the database says whether somebody has written since: SQLite counts the commits of others and the rows that this
connection changed, PostgreSQL numbers transactions that write. So nothing is older than the last commit; what depends
on the clock as well has the moment in its key.

Who asks by the same key again and again, and writes each time, asks for that key and for the languages too. Of such
things, which are made of a few rows, the rows themselves are read and compared: on SQLite that is cheaper than making
anything of them.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from itertools import count
from threading import Lock
from typing import Any, Final, TypeVar

from sqlalchemy import Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from webapp.infra.db import db

MOST: Final = 128
"""Values that a process keeps, whole answers apart."""

ASKED: Final = "standing"

Made = TypeVar("Made")


class Shelf:
    """Values by key and by how the database stood; those longest unused go when all together weigh too much."""

    def __init__(self, most: int, weigh: Callable[[Any], int] = lambda _: 1) -> None:
        self.most, self.weigh, self.weight = most, weigh, 0
        self.values: OrderedDict[Hashable, Any] = OrderedDict()
        self.lock = Lock()

    def find(self, key: Hashable) -> tuple[bool, Any]:
        """Say whether there is a value, and give it."""
        with self.lock:
            if key not in self.values:
                return False, None
            self.values.move_to_end(key)
            return True, self.values[key]

    def put(self, key: Hashable, value: Any) -> None:
        """Keep a value."""
        with self.lock:
            if key in self.values:
                self.weight -= self.weigh(self.values.pop(key))
            self.values[key] = value
            self.weight += self.weigh(value)
            while self.weight > self.most:
                self.weight -= self.weigh(self.values.popitem(last=False)[1])


_numbers: Final = count()
VALUES: Final = Shelf(MOST)


def until_written(key: Hashable, make: Callable[[], Made], *, shelf: Shelf = VALUES) -> Made:
    """Return what was made for a key, made now where the database was written to since. Of frozen values only."""
    session = db.session()
    if session.info.get("writing"):
        return make()
    return _found((key, _standing(session)), make, shelf)


def while_same(
    key: Hashable,
    statement: Select[Any],
    asked: Mapping[str, str],
    make: Callable[[], Made],
    *,
    shelf: Shelf = VALUES,
) -> Made:
    """Return what was made for a key, made now where the rows that it is made of are others. Of frozen values only.

    The `statement` reads those rows; what it asks for is text. Where reading costs a round trip, any writing counts.
    """
    session = db.session()
    session.flush()
    if session.get_bind().dialect.name != "sqlite":
        return until_written(key, make, shelf=shelf)
    return _found((key, _rows(session, statement, asked)), make, shelf)


def _found(stamped: Hashable, make: Callable[[], Made], shelf: Shelf) -> Made:
    is_there, value = shelf.find(stamped)
    if not is_there:
        value = make()
        shelf.put(stamped, value)
    return value  # type: ignore[no-any-return]


def _rows(session: Session, statement: Select[Any], asked: Mapping[str, str]) -> Hashable:
    """Read rows as the engine keeps them, past all that would make them ours."""
    connection = session.connection()
    words, names = _words(statement)
    own: Any = connection.connection.dbapi_connection
    return tuple(own.execute(words, [asked[name] for name in names]))


@cache
def _words(statement: Select[Any]) -> tuple[str, tuple[str, ...]]:
    """Return a statement in the words of SQLite, and what it asks for by place."""
    compiled: Any = statement.compile(dialect=sqlite.dialect())
    return str(compiled), tuple(compiled.positiontup or ())


def standing(*, anew: bool = False) -> Hashable:
    """Say how the database stands, as this connection sees it: equal as long as nobody has written to it.

    Where asking costs a round trip it is asked once a transaction, unless `anew`: what is answered then is no older
    than that question.
    """
    return _standing(db.session(), anew=anew)


def _standing(session: Session, *, anew: bool = False) -> Hashable:
    connection = session.connection()
    number = connection.info.setdefault("number", next(_numbers))
    if connection.dialect.name != "sqlite":
        asked = session.info.get(ASKED)
        if anew or asked is None or asked[0] is not connection:
            snapshot = connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one()
            asked = session.info[ASKED] = (connection, snapshot)
        return number, asked[1]
    own: Any = connection.connection.dbapi_connection
    return number, own.execute("PRAGMA data_version").fetchone()[0], own.total_changes
