"""The audit: who did what to which thing, in the transaction of the change itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from webapp.domain.models import AuditEntry
from webapp.domain.permissions import Actor
from webapp.infra.db import db


def record(
    actor: Actor,
    verb: str,
    thing: str,
    thing_id: UUID | str,
    *,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    gallery_id: UUID | None = None,
) -> None:
    """Write one entry; `changes` maps a field to what it was and what it is. Never holds a secret."""
    entry = AuditEntry(
        user_id=actor.id,
        key_id=actor.key_id,
        door=actor.door,
        verb=verb,
        thing=thing,
        thing_id=str(thing_id),
        gallery_id=gallery_id,
        changes={field: [_plain(before), _plain(after)] for field, (before, after) in (changes or {}).items()},
    )
    db.session.add(entry)


def _plain(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    return value
