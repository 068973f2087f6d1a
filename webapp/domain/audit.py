"""The audit: who did what to which thing, in the transaction of the change itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import insert, select

from webapp.domain.models import AuditEntry, User
from webapp.domain.permissions import Actor
from webapp.domain.sentences import Sentence, counted
from webapp.infra.db import db

ORDER: Final = {
    "item.add": Sentence("%(who)s added %(things)s since you opened this."),
    "item.move": Sentence("%(who)s moved %(things)s since you opened this."),
    "item.reorder": Sentence("%(who)s reordered %(things)s since you opened this."),
    "item.trash": Sentence("%(who)s removed %(things)s since you opened this."),
    "item.restore": Sentence("%(who)s brought back %(things)s since you opened this."),
}
"""What changes the order of a gallery, said to whoever was slower."""

HOW: Final = {
    "taken": Sentence("%(who)s sorted %(things)s by when they were taken since you opened this."),
    "name": Sentence("%(who)s sorted %(things)s by name since you opened this."),
    "added": Sentence("%(who)s sorted %(things)s by when they were added since you opened this."),
    "reverse": Sentence("%(who)s reversed %(things)s since you opened this."),
    "undo": Sentence("%(who)s took back a change of %(things)s since you opened this."),
}
"""The same of an order that was not made item by item."""


@dataclass(frozen=True)
class Entry:
    """What changed of one thing, where one deed changes many."""

    thing: str
    thing_id: UUID
    changes: Mapping[str, tuple[Any, Any]]
    language_id: UUID | None = None


def record(
    actor: Actor,
    verb: str,
    thing: str,
    thing_id: UUID | str,
    *,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    gallery_id: UUID | None = None,
    language_id: UUID | None = None,
) -> None:
    """Write one entry; `changes` maps a field to what it was and what it is. Never holds a secret."""
    about = {"gallery_id": gallery_id, "language_id": language_id, "changes": _pairs(changes or {})}
    db.session.add(AuditEntry(**_by(actor), verb=verb, thing=thing, thing_id=str(thing_id), **about))


def record_many(actor: Actor, verb: str, entries: Sequence[Entry], *, gallery_id: UUID | None = None) -> None:
    """Write entries of one deed on many things, of a gallery or of the library, in one statement."""
    rows = [
        {
            **_by(actor),
            "verb": verb,
            "thing": entry.thing,
            "thing_id": str(entry.thing_id),
            "gallery_id": gallery_id,
            "language_id": entry.language_id,
            "changes": _pairs(entry.changes),
        }
        for entry in entries
    ]
    if rows:
        db.session.flush()
        db.session.execute(insert(AuditEntry), rows)


def latest(thing: str, thing_id: UUID) -> tuple[str, datetime] | None:
    """Return who changed a thing last, by name, and when; None where nobody is known to have."""
    found = db.session.execute(
        select(User.name, AuditEntry.at)
        .join(User, User.id == AuditEntry.user_id, isouter=True)
        .where(AuditEntry.thing == thing, AuditEntry.thing_id == str(thing_id))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    return (found.name or "", found.at) if found else None


def who_changed_the_order(gallery_id: UUID) -> Sentence:
    """Say in a sentence who changed the order of a gallery last, and what they did."""
    found = db.session.execute(
        select(AuditEntry.verb, AuditEntry.changes, User.name)
        .join(User, User.id == AuditEntry.user_id, isouter=True)
        .where(AuditEntry.gallery_id == gallery_id, AuditEntry.verb.in_(ORDER))
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return Sentence("Somebody else changed the order since you opened it.")
    named = found.changes.get("items", [None, []])[1] or []
    count = named if isinstance(named, int) else len(named)
    things = counted("an item", "%(num)s items", count)
    how = (found.changes.get("how", [None, None])[1] or "").removeprefix("-")
    return Sentence(HOW.get(how, ORDER[found.verb]), who=found.name or Sentence("A program"), things=things)


def _by(actor: Actor) -> dict[str, Any]:
    return {"user_id": actor.id, "key_id": actor.key_id, "door": actor.door}


def _pairs(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    return {field: [_plain(before), _plain(after)] for field, (before, after) in changes.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value
