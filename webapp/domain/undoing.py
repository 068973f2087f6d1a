"""Taking back the last moves and sorts of an order, one after the other, by whoever made them.

An entry of the audit says which order version a change led from and to. The newest change that has not been taken
back is found by following these numbers down: over what was taken back already, never over somebody else's change.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, select

from webapp.domain import audit, galleries, items, order_log
from webapp.domain.errors import Conflict
from webapp.domain.models import AuditEntry, Gallery
from webapp.domain.permissions import Actor
from webapp.domain.sentences import Sentence
from webapp.infra.db import db

LOOK_BACK: Final = 200
"""Changes of the order that are followed down, those taken back and their takings back among them."""
UNDO: Final = "undo"


@dataclass(frozen=True)
class Undone:
    """What was taken back: a move of `count` items, or a sort of them (`how`, as `sorting.sort` names it)."""

    count: int
    how: str | None
    order_version: int


def undo(gallery_id: UUID, *, actor: Actor, order_version: int | None) -> Undone:
    """Take back the last move or sort of the order by this actor that still stands, and say what it was.

    Raises Stale where the order is not the one that was looked at, Conflict where there is nothing to take back.
    """
    gallery = galleries.locked(gallery_id)
    items.check_order_version(gallery, order_version)
    entry = _last(gallery)
    if entry is None or (entry.user_id, entry.key_id) != (actor.id, actor.key_id):
        raise Conflict(
            audit.who_changed_the_order(gallery.id) if entry else Sentence("There is no move to undo."),
            code="nothing_to_undo",
        )
    before = order_log.undo(items.ids_in_order(gallery.id), entry.verb, entry.changes)
    if entry.verb not in ("item.move", "item.reorder") or before is None:
        raise Conflict("Items came or went last. Only moves and sorts are undone here.", code="nothing_to_undo")
    version = items.reorder(gallery.id, before, actor=actor, how=UNDO, undoes=entry.id)
    named = entry.changes["items"][1]
    return Undone(named if isinstance(named, int) else len(named), entry.changes.get("how", [None, None])[1], version)


def _last(gallery: Gallery) -> Row[Any] | None:
    """Return the entry of the newest change that still stands, if it was one of the order alone."""
    columns = (AuditEntry.id, AuditEntry.verb, AuditEntry.changes, AuditEntry.user_id, AuditEntry.key_id)
    found = db.session.execute(
        select(*columns)
        .where(AuditEntry.gallery_id == gallery.id, AuditEntry.verb.in_(audit.ORDER))
        .order_by(AuditEntry.id.desc())
        .limit(LOOK_BACK)
    ).all()
    led_to = {entry.changes["order_version"][1]: entry for entry in found if "order_version" in entry.changes}
    by_id = {entry.id: entry for entry in found}
    entry = led_to.get(gallery.order_version)
    while entry is not None and "undoes" in entry.changes:
        undone = by_id.get(entry.changes["undoes"][1])
        entry = led_to.get(undone.changes["order_version"][0]) if undone else None
    return entry
