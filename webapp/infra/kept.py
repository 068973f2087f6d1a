"""What was worked out from the database, kept in the process for as long as nothing is written to it.

An open list asks every few seconds how it stands, and mostly it stands as it did. Before anything is taken from here
the database says whether somebody has written since: SQLite counts the commits of others and the rows that this
connection changed, PostgreSQL numbers transactions that write. So nothing is older than the last commit; what depends
on the clock as well has the moment in its key.

Who asks by the same key again and again, and writes each time, asks for that key and for the languages each time too.
Such things are made of a few tables that seldom change: on SQLite they outlast what their own connection writes to
other tables.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable
from itertools import count
from threading import Lock
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from webapp.infra.db import db

MOST: Final = 128
"""Values that a process keeps, whole answers apart."""

ASKED: Final = "standing"
CHANGES: Final = "changes"
UNTOLD: Final = "*"
"""Stands for the table of a statement that does not say which it changes."""
HARMLESS: Final = ("SELECT", "PRAGMA", "BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")

Tables = frozenset[str]

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


def until_written(
    key: Hashable, make: Callable[[], Made], *, shelf: Shelf = VALUES, tables: Tables | None = None
) -> Made:
    """Return what was made for a key, made now where the database was written to since. Of frozen values only.

    `tables` are those that it is made of, and all whose rows take rows of those along when they go.
    """
    session = db.session()
    writes = bool(session.info.get("writing"))
    if writes and not _outlasts(session, tables):
        return make()
    stamped = (key, _standing(session, tables=tables))
    is_there, value = shelf.find(stamped)
    if is_there:
        return value  # type: ignore[no-any-return]
    made = make()
    if not writes:
        shelf.put(stamped, made)
    return made


def standing(*, anew: bool = False) -> Hashable:
    """Say how the database stands, as this connection sees it: equal as long as nobody has written to it.

    Where asking costs a round trip it is asked once a transaction, unless `anew`: what is answered then is no older
    than that question.
    """
    return _standing(db.session(), anew=anew)


def _outlasts(session: Session, tables: Tables | None) -> bool:
    """Whether what was kept before may be asked for inside a transaction that writes."""
    if tables is None or session.get_bind().dialect.name != "sqlite":
        return False
    session.flush()
    return True


def _standing(session: Session, *, tables: Tables | None = None, anew: bool = False) -> Hashable:
    connection = session.connection()
    number = connection.info.setdefault("number", next(_numbers))
    if connection.dialect.name != "sqlite":
        asked = session.info.get(ASKED)
        if anew or asked is None or asked[0] is not connection:
            snapshot = connection.exec_driver_sql("SELECT pg_current_snapshot()::text").scalar_one()
            asked = session.info[ASKED] = (connection, snapshot)
        return number, asked[1]
    own: Any = connection.connection.dbapi_connection
    others = own.execute("PRAGMA data_version").fetchone()[0]
    if tables is None:
        return number, others, own.total_changes
    changes = _changes(connection)
    return number, others, sum(changes[each] for each in (UNTOLD, *tables))


def _changes(connection: Connection) -> Counter[str]:
    """Return how often this connection has changed each table, or tried to."""
    found: Counter[str] = connection.info.setdefault(CHANGES, Counter())
    return found


@event.listens_for(Engine, "before_cursor_execute")
def _count_changes(
    connection: Connection, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: bool
) -> None:
    if connection.dialect.name != "sqlite" or statement.startswith(HARMLESS):
        return
    compiled = context.compiled if context else None
    if compiled is not None and not (context.is_text or context.isinsert or context.isupdate or context.isdelete):
        return
    table = getattr(getattr(compiled, "compile_state", None), "dml_table", None)
    _changes(connection)[UNTOLD if table is None else table.name] += 1
