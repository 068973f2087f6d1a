"""A change of a gallery's order: the keys that are written, and how it is counted, recorded and told.

Callers hold the lock of the gallery's row.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, update
from sqlalchemy.orm.attributes import set_committed_value

from webapp.domain import audit, events, galleries
from webapp.domain.models import Arrival, Gallery, Item
from webapp.domain.permissions import Actor
from webapp.infra.db import db

PUT: Final = update(Item).where(Item.id == bindparam("item")).values(sort_order=bindparam("key"))
FOLLOW: Final = update(Arrival).where(Arrival.item_id == bindparam("item")).values(sort_order=bindparam("key"))


def write_keys(keys: Mapping[UUID, float]) -> None:
    """Write the keys of items: one statement past the session, whose own items are told of it."""
    if keys:
        db.session.flush()
        db.session.connection().execute(PUT, _rows(keys))
        for known in db.session.identity_map.values():
            if isinstance(known, Item) and known.id in keys:
                set_committed_value(known, "sort_order", keys[known.id])


def make_room(keys: Mapping[UUID, float]) -> None:
    """Write the keys of rows that were not moved: those of an upload still under way count as such."""
    write_keys(keys)
    if keys:
        db.session.connection().execute(FOLLOW, _rows(keys))


def tell_moved(gallery: Gallery, moved: Sequence[UUID], *, actor: Actor, whole: bool = False) -> None:
    """Tell the world of a move: one item alone has changed, of several the order has (D30)."""
    if len(moved) == 1 and not whole:
        events.publish(actor, "item.updated", moved[0], gallery_id=gallery.id)
    else:
        events.publish(actor, "items.reordered", gallery.id, gallery_id=gallery.id, ids=texts_of(moved))


def order_changed(
    gallery: Gallery, verb: str, ids: Sequence[UUID], *, actor: Actor, stood: object = None, **noted: object
) -> None:
    """Count and record a change of the order; `stood` is what of the order before is kept."""
    gallery.order_version += 1
    galleries.touch(gallery)
    changes: dict[str, tuple[Any, Any]] = {
        "items": (None, len(ids) if verb == "item.reorder" else texts_of(ids)),
        "order_version": (gallery.order_version - 1, gallery.order_version),
    }
    if stood is not None:
        changes["order"] = (stood, None)
    changes |= {name: (None, value) for name, value in noted.items() if value is not None}
    audit.record(actor, verb, "gallery", gallery.id, changes=changes, gallery_id=gallery.id)
    db.session.flush()


def texts_of(ids: Sequence[UUID]) -> list[str]:
    """Return ids as they are recorded."""
    return [str(item_id) for item_id in ids]


def _rows(keys: Mapping[UUID, float]) -> list[dict[str, Any]]:
    return [{"item": item_id, "key": key} for item_id, key in keys.items()]
