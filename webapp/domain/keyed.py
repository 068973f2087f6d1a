"""Items at the keys that programs give them, and new ones on top where none is given (D2, D6)."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from webapp.domain import events, galleries, order_changes, order_log, ordering, slots
from webapp.domain.errors import NotFound
from webapp.domain.models import Item
from webapp.domain.permissions import Actor
from webapp.infra.clock import now
from webapp.infra.db import db


def enrol(gallery_id: UUID, items: Sequence[Item], keys: Sequence[float | None], *, actor: Actor) -> list[Item]:
    """Give new items the places that their keys say; those without one go to the top, the first highest (D2).

    Raises NotFound, Invalid (a key that is none), Conflict where another item has the key (D6).
    """
    gallery = galleries.locked(gallery_id)
    given = iter(slots.free(gallery.id, [key for key in keys if key is not None]))
    for item, key in zip(items, keys, strict=True):
        item.id, item.gallery_id = uuid4(), gallery.id
        item.added_by_id, item.added_through = actor.id, actor.door
        if key is not None:
            item.sort_order = next(given)
    keyless = [item for item, key in zip(items, keys, strict=True) if key is None]
    placed = [item for item, key in zip(items, keys, strict=True) if key is not None]
    db.session.add_all(placed)
    db.session.flush()
    if keyless:
        above, below = slots.ends(gallery.id, "top")
        found = ordering.place([item.id for item in keyless], above=above, below=below, epoch=now().timestamp())
        for item in keyless:
            item.sort_order = found.pop(item.id)
        order_changes.make_room(found)
        db.session.add_all(keyless)
    events.publish_each(actor, "item.created", [item.id for item in items], gallery_id=gallery.id)
    order_changes.order_changed(gallery, "item.add", [item.id for item in items], actor=actor)
    return list(items)


def rekey(item: Item, key: float, *, actor: Actor) -> None:
    """Put an item where its key says. Raises NotFound, Invalid, Conflict where another item has the key (D6)."""
    gallery = galleries.locked(item.gallery_id)
    db.session.refresh(item)
    if item.deleted_at is not None:
        raise NotFound("Item")
    wanted = slots.free(gallery.id, [key], item_id=item.id)[0]
    if item.sort_order == wanted:
        return
    places = order_log.places(gallery.id, [item.id])
    order_changes.write_keys({item.id: wanted})
    order_changes.tell_moved(gallery, [item.id], actor=actor)
    order_changes.order_changed(gallery, "item.move", [item.id], actor=actor, stood=places)
