"""One change is one transaction: the row, its audit entry and its events, or nothing.

The door opens it, the domain flushes inside it, and it is committed once:

    with transaction():
        galleries.publish(gallery, actor=actor)

A door that has to answer for a database that fails knows it by these names, and never by the database's own:
`DatabaseError` is every failure, `Collision` two changes that cannot both be, `trouble(error)` what it means.
"""

from sqlalchemy.exc import IntegrityError as Collision
from sqlalchemy.exc import SQLAlchemyError as DatabaseError

import webapp.domain.indexing
import webapp.domain.watching  # noqa: F401  and so does this
from webapp.infra.db import Trouble, release, trouble
from webapp.infra.db import writing as transaction

__all__ = ["Collision", "DatabaseError", "Trouble", "release", "transaction", "trouble"]
