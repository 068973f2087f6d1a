"""What is done about imports that run or have run: stopped, tried again, forgotten when their time is over."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, update

from webapp.domain.errors import Conflict, NotFound
from webapp.domain.imports import archives
from webapp.domain.models import Import, ImportEntry
from webapp.domain.permissions import Actor, demand
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import Storage

KEPT: Final = timedelta(days=30)
"""How long it is told what became of an import, from its end."""

GRACE: Final = timedelta(hours=1)
"""A younger archive may belong to an import whose row is not written yet."""


def stop(import_id: UUID, *, actor: Actor) -> int:
    """Leave the rest of an import undone and return how many files that were; what is in stays. Raises NotFound."""
    demand(actor, "media:upload")
    found = _locked(import_id)
    waiting = update(ImportEntry).where(ImportEntry.import_id == import_id, ImportEntry.state == "waiting")
    stopped = waiting.values(state="stopped", lease_until=None, said=None).returning(ImportEntry.id)
    count = len(db.session.execute(stopped, execution_options={"synchronize_session": False}).all())
    found.finished_at = found.finished_at or now()
    db.session.flush()
    return count


def retry(import_id: UUID, *, actor: Actor) -> int:
    """Let the files of an import that failed be tried again from the start, and return how many those are.

    Raises NotFound, Conflict where none has failed.
    """
    demand(actor, "media:upload")
    found = _locked(import_id)
    fresh = {"state": "waiting", "attempts": 0, "due_at": now(), "lease_until": None, "said": None}
    failed = update(ImportEntry).where(ImportEntry.import_id == import_id, ImportEntry.state == "failed")
    again = failed.values(fresh).returning(ImportEntry.id)
    count = len(db.session.execute(again, execution_options={"synchronize_session": False}).all())
    if not count:
        raise Conflict("Nothing of this import can be tried again.", code="nothing_failed")
    found.finished_at = None
    db.session.flush()
    return count


def forget(storage: Storage) -> int:
    """Forget imports whose time is over, and archives that nobody needs; no transaction may be open."""
    over = Import.finished_at <= now() - KEPT
    with transaction():
        gone = len(db.session.execute(delete(Import).where(over).returning(Import.id)).all())
    oldest = now() - GRACE
    old = [stored.key for stored in storage.stored(archives.FOLDER) if stored.modified_at <= oldest]
    needed = archives.needed() if old else set()
    release()
    for key in old:
        if key not in needed:
            storage.delete(key)
            gone += 1
    return gone


def _locked(import_id: UUID) -> Import:
    found = db.session.get(Import, import_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("Import")
    return found
