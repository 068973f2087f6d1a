"""The statements that a test's deeds send to the database.

Left out are transactions, savepoints, and the question whether somebody has written (`infra/kept.py`), which costs
SQLite none.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from webapp.infra.db import db

LEFT_OUT = ("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "SELECT pg_current_snapshot")


@contextmanager
def counted() -> Iterator[list[str]]:
    """Give the list that statements are written into; one that carries many rows is one."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if not statement.startswith(LEFT_OUT):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
