"""One change is one transaction: the row, its audit entry and its events, or nothing.

The door opens it, the domain flushes inside it, and it is committed once:

    with transaction():
        galleries.publish(gallery, actor=actor)
"""

from webapp.infra.db import release
from webapp.infra.db import writing as transaction

__all__ = ["release", "transaction"]
