"""What a write transaction has found out and relies on until it ends: which rows it holds, which languages there are.

Nothing is kept while only reading, and nothing past a savepoint: whoever goes back to one gives back its locks too.
"""

from collections.abc import Hashable
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from webapp.infra.db import db

KEPT: Final = "found out within the transaction"


def find(key: Hashable) -> Any:
    """Return what was kept in this transaction, None where nothing was."""
    return db.session.info.get(KEPT, {}).get(key)


def keep(key: Hashable, value: Any) -> None:
    """Keep something until the transaction ends, or a savepoint in it."""
    if db.session.info.get("writing"):
        db.session.info.setdefault(KEPT, {})[key] = value


def forget(key: Hashable) -> None:
    """Let something be found out anew."""
    db.session.info.get(KEPT, {}).pop(key, None)


@event.listens_for(db.session, "after_transaction_end")
def _end(session: Session, ended: SessionTransaction) -> None:
    """Forget all at the end; what ends with every flush is none."""
    if ended.parent is None or ended.nested:
        session.info.pop(KEPT, None)
