"""Items: the places of a gallery, added, described, moved, trashed and restored.

Every change of the order happens under the lock of the gallery's row; `order_version` counts them (D1–D4).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import Select, bindparam, delete, func, select, update

from webapp.domain import (
    audit,
    events,
    galleries,
    item_fields,
    order_changes,
    order_log,
    ordering,
    revisions,
    rivals,
    slots,
    tags,
)
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.item_fields import ItemFields
from webapp.domain.models import Gallery, Item, Media
from webapp.domain.permissions import Actor
from webapp.infra.clock import now
from webapp.infra.db import db

Use = tuple[UUID, UUID | None, float]
"""An item, the media it has, and its key."""

USES: Final = (
    select(Item.id, Item.media_id, Item.sort_order)
    .where(Item.gallery_id == bindparam("gallery"), Item.deleted_at.is_(None))
    .order_by(Item.sort_order.desc(), Item.id.desc())
)


@dataclass(frozen=True, slots=True)
class Step:
    """The version of an order that a change was made upon, and the one since: the same where nothing moved."""

    before: int
    after: int


def get(gallery_id: UUID, item_id: UUID) -> Item:
    """Return a living item of a gallery. Raises NotFound."""
    item = db.session.get(Item, item_id)
    if item is None or item.gallery_id != gallery_id or item.deleted_at is not None:
        raise NotFound("Item")
    return item


def ids_in_order(gallery_id: UUID) -> list[UUID]:
    """Return the ids of a gallery's living items as they are shown, first to last."""
    return list(db.session.scalars(_shown(gallery_id, Item.id)))


def uses(gallery_id: UUID) -> list[Use]:
    """Return (item id, media id, key) of a gallery's living items as they are shown."""
    db.session.flush()
    found: Any = db.session.connection().execute(USES, {"gallery": gallery_id})
    return list(found)


def lock(gallery_id: UUID) -> None:
    """Hold the order of a gallery still until the transaction ends. Raises NotFound."""
    galleries.locked(gallery_id)


def add(
    gallery_id: UUID,
    media_ids: Sequence[UUID],
    *,
    actor: Actor,
    place: str = "end",
    before: UUID | None = None,
    after: UUID | None = None,
) -> list[Item]:
    """Add media to a gallery in the order given, at its `end` or its `top` (D2), or beside an item.

    Raises NotFound, Conflict (the item has gone), Invalid.
    """
    galleries.locked(gallery_id)
    kinds = kinds_of(media_ids)
    if any(media_id not in kinds for media_id in media_ids):
        raise NotFound("Media")
    made = [Item(media_id=media_id, kind=kinds[media_id]) for media_id in media_ids]
    return settle(gallery_id, made, actor=actor, place=place, before=before, after=after)


def settle(
    gallery_id: UUID,
    items: Sequence[Item],
    *,
    actor: Actor,
    place: str = "end",
    before: UUID | None = None,
    after: UUID | None = None,
) -> list[Item]:
    """Give new items, whatever they hold, their places in a gallery and let it be known.

    Raises NotFound, Conflict (the item beside which they are to stand has gone), Invalid.
    """
    gallery, beside = galleries.locked(gallery_id), before or after
    for item in items:
        item.id, item.gallery_id = uuid4(), gallery.id
        item.added_by_id, item.added_through = actor.id, actor.door
    above, below = slots.beside(gallery.id, before, after) if beside else slots.ends(gallery.id, place)
    keys = ordering.place([item.id for item in items], above=above, below=below)
    for item in items:
        item.sort_order = keys.pop(item.id)
        events.publish(actor, "item.created", item.id, gallery_id=gallery.id)
    order_changes.make_room(keys)
    db.session.add_all(items)
    order_changes.order_changed(gallery, "item.add", [item.id for item in items], actor=actor)
    return list(items)


def move(
    gallery_id: UUID,
    ids: Sequence[UUID],
    *,
    actor: Actor,
    before: UUID | None = None,
    after: UUID | None = None,
    place: str | None = None,
    position: int | None = None,
    order_version: int | None = None,
) -> Step:
    """Move items, in the order given, to one slot, and return what became of the order's version.

    The slot is `before` or `after` an item, at the `top` or the `end`, or such that the first of them stands at
    `position` (from 1, past the end meaning the end), which needs the `order_version` it was chosen in (D3).
    Raises NotFound (an item), Conflict (the anchor has gone), Stale, Invalid.
    """
    if sum(slot is not None for slot in (before, after, place, position)) != 1:
        raise Invalid("place", "Say one place: before or after an item, the top, the end, or a position.")
    gallery = galleries.locked(gallery_id)
    moving = _living(gallery.id, ids)
    if position is not None:
        check_order_version(gallery, order_version)
        before, place = slots.at(gallery.id, position, moving)
    if before in moving or after in moving:
        raise Invalid("place", "Items cannot be moved next to one of themselves.", code="anchor")
    above, below = slots.ends(gallery.id, place) if place else slots.beside(gallery.id, before, after)
    stood_at = gallery.order_version
    keys = ordering.place(list(moving), above=above, below=below, epoch=now().timestamp())
    changed = _shifted(gallery.id, moving, keys)
    if changed:
        stood = order_log.places(gallery.id, moving)
        order_changes.write_keys({item_id: key for item_id, key in keys.items() if item_id in moving})
        order_changes.make_room({item_id: key for item_id, key in keys.items() if item_id not in moving})
        order_changes.tell_moved(gallery, list(moving), actor=actor)
        order_changes.order_changed(gallery, "item.move", list(moving), actor=actor, stood=stood)
    return Step(stood_at, gallery.order_version)


def reorder(
    gallery_id: UUID,
    ids: Sequence[UUID],
    *,
    actor: Actor,
    order_version: int | None = None,
    how: str | None = None,
    undoes: int | None = None,
) -> int:
    """Show the items in this order, all of them named once, and return the gallery's order version.

    `how` the order was found, and which entry of the audit it takes back, are recorded where given.
    Raises Stale where `order_version` is given and old, Conflict where items are missing, twice or unknown.
    """
    gallery = galleries.locked(gallery_id)
    check_order_version(gallery, order_version, demanded=False)
    keys: dict[UUID, float] = dict(iter(db.session.execute(_shown(gallery.id, Item.id, Item.sort_order))))
    return deal(gallery, ids, keys, actor=actor, how=how, undoes=undoes)


def deal(
    gallery: Gallery,
    ids: Sequence[UUID],
    keys: Mapping[UUID, float],
    *,
    actor: Actor,
    how: str | None = None,
    undoes: int | None = None,
) -> int:
    """Show the items in this order, as `reorder` does; `keys` are all there are, in their order, under the lock.

    Raises Conflict where items are missing, twice or unknown.
    """
    if len(ids) != len(keys) or set(ids) != set(keys):
        raise Conflict("The order must name every item of the gallery once.", code="incomplete_order")
    written = ordering.permute([(item_id, keys[item_id]) for item_id in ids])
    if written:
        order_changes.write_keys(written)
        order_changes.tell_moved(gallery, list(written), actor=actor, whole=True)
        stood = order_log.dealt(list(keys), ids)
        order_changes.order_changed(
            gallery, "item.reorder", list(written), actor=actor, stood=stood, how=how, undoes=undoes
        )
    return gallery.order_version


def change(
    item: Item,
    fields: ItemFields,
    *,
    actor: Actor,
    version: int | None = None,
    labels: Sequence[str] | None = None,
) -> Item:
    """Change an item's own fields, and its tags where `labels` are given; an absent field is left alone.

    Raises Stale, NotFound where it has gone meanwhile, Invalid.
    """
    galleries.locked(item.gallery_id)
    db.session.refresh(item)
    if item.deleted_at is not None:
        raise NotFound("Item")
    if version is not None and version != item.version:
        raise Stale("Somebody else changed this item since you opened it.", item=item)
    cleaned = item_fields.clean(fields)
    if cleaned.get("poster_id"):
        check_poster(cleaned["poster_id"])
    changes = {name: (getattr(item, name), value) for name, value in cleaned.items() if value != getattr(item, name)}
    for name, (_, value) in changes.items():
        setattr(item, name, value)
    if labels is not None:
        before, after = tags.put(item, labels)
        changes |= {} if before == after else {"tags": (before, after)}
    if changes:
        told(item, changes, actor=actor)
    db.session.flush()
    return item


def check_poster(media_id: UUID, kinds: Mapping[UUID, str] | None = None) -> None:
    """Raise unless a file is a picture of the library, which stays there until the transaction ends.

    `kinds` are those of many, where they have been asked for at once. Raises NotFound, Invalid.
    """
    found = kinds_of([media_id]) if kinds is None else kinds
    if media_id not in found:
        raise NotFound("Media")
    if found[media_id] != "image":
        raise Invalid("poster_id", "Only a picture can stand for a video.", code="no_picture")


def told(item: Item, changes: Mapping[str, tuple[Any, Any]], *, actor: Actor) -> None:
    """Count, date, record and tell a change of an item."""
    item.version += 1
    item.updated_at = now()
    gallery = galleries.get(item.gallery_id)
    galleries.touch(gallery)
    events.publish(actor, "item.updated", item.id, gallery_id=gallery.id)
    audit.record(actor, "item.update", "item", item.id, changes=changes, gallery_id=gallery.id)


def trash(gallery_id: UUID, ids: Sequence[UUID], *, actor: Actor) -> datetime:
    """Put items into the trash with their places, texts and links (D4), and return when. Raises NotFound.

    A revision keeps the gallery as it was before several go at once (D10).
    """
    gallery = galleries.locked(gallery_id)
    moving, moment = list(_living(gallery.id, ids)), now()
    if len(moving) > 1:
        revisions.keep(gallery, reason="before removal", actor=actor)
    stood = order_log.places(gallery.id, moving)
    db.session.execute(update(Item).where(Item.id.in_(moving)).values(deleted_at=moment))
    if len(moving) == 1:
        events.publish(actor, "item.deleted", moving[0], gallery_id=gallery.id)
    else:
        events.publish(actor, "items.deleted", gallery.id, gallery_id=gallery.id, ids=order_changes.texts_of(moving))
    order_changes.order_changed(gallery, "item.trash", moving, actor=actor, stood=stood)
    return moment


def restore(gallery_id: UUID, ids: Sequence[UUID], *, actor: Actor) -> None:
    """Take items out of the trash, each back at its place, nudged where its key has been taken (D4).

    Raises NotFound.
    """
    gallery = galleries.locked(gallery_id)
    rows = db.session.scalars(
        select(Item).where(Item.gallery_id == gallery.id, Item.id.in_(ids), Item.deleted_at.is_not(None))
    ).all()
    if len(rows) != len(set(ids)):
        raise NotFound("Item")
    for item in rows:
        item.sort_order = ordering.nudge(item.sort_order, _TakenByOthers(item))
        item.deleted_at = None
        db.session.flush()
        events.publish(actor, "item.created", item.id, gallery_id=gallery.id)
    order_changes.order_changed(gallery, "item.restore", [item.id for item in rows], actor=actor)


def trashed(gallery_id: UUID) -> list[Item]:
    """Return a gallery's trashed items, newest in the trash first."""
    statement = select(Item).where(Item.gallery_id == gallery_id, Item.deleted_at.is_not(None))
    return list(db.session.scalars(statement.order_by(Item.deleted_at.desc(), Item.id)))


def trashed_at(gallery_id: UUID, moment: datetime) -> list[UUID]:
    """Return the items that were put into the trash together. Raises NotFound where none is left there."""
    found = select(Item.id).where(Item.gallery_id == gallery_id, Item.deleted_at == moment)
    ids = list(db.session.scalars(found))
    if not ids:
        raise NotFound("Item")
    return ids


def purge(gallery_id: UUID, ids: Sequence[UUID], *, actor: Actor) -> None:
    """Delete trashed items for good; their media stay in the library. Raises NotFound."""
    gallery = galleries.locked(gallery_id)
    gone = db.session.execute(
        delete(Item)
        .where(Item.gallery_id == gallery.id, Item.id.in_(ids), Item.deleted_at.is_not(None))
        .returning(Item.id)
    ).all()
    if len(gone) != len(set(ids)):
        raise NotFound("Item")
    audit.record(
        actor,
        "item.purge",
        "gallery",
        gallery.id,
        changes={"items": (order_changes.texts_of(ids), None)},
        gallery_id=gallery.id,
    )


def check_order_version(gallery: Gallery, order_version: int | None, *, demanded: bool = True) -> None:
    """Raise Stale where the order is not the one that was looked at (D3), Invalid where nobody says which it was."""
    if order_version is None and demanded:
        raise Invalid("order_version", "Say which order the position was chosen in.", code="missing")
    if order_version is not None and order_version != gallery.order_version:
        raise Stale(audit.who_changed_the_order(gallery.id), gallery=gallery)


class _TakenByOthers:
    """The keys that the other items of an item's gallery have, asked one by one."""

    def __init__(self, item: Item) -> None:
        self.others = select(Item.id).where(Item.gallery_id == item.gallery_id, Item.id != item.id)

    def __contains__(self, key: object) -> bool:
        return db.session.scalars(self.others.where(Item.sort_order == key).limit(1)).first() is not None


def _shown(gallery_id: UUID, *columns: Any) -> Select[Any]:
    statement = select(*columns).where(Item.gallery_id == gallery_id, Item.deleted_at.is_(None))
    return statement.order_by(Item.sort_order.desc(), Item.id.desc())


def _living(gallery_id: UUID, ids: Sequence[UUID]) -> dict[UUID, float]:
    """Return the keys of these items in the order they were named. Raises NotFound, Invalid."""
    if not ids or len(set(ids)) != len(ids):
        raise Invalid("ids", "Name the items, each once.")
    statement = select(Item.id, Item.sort_order).where(
        Item.gallery_id == gallery_id, Item.deleted_at.is_(None), Item.id.in_(ids)
    )
    keys = dict(iter(db.session.execute(statement)))
    missing = [item_id for item_id in ids if item_id not in keys]
    if missing:
        raise NotFound("Item", rivals.removed(gallery_id, missing[0]))
    return {item_id: keys[item_id] for item_id in ids}


def _shifted(gallery_id: UUID, moving: Mapping[UUID, float], keys: Mapping[UUID, float]) -> bool:
    """Whether anything would be shown elsewhere: dropping items where they stand is no change."""
    if not keys:
        return False
    span = list(moving.values())
    in_order = all(upper > lower for upper, lower in pairwise(span))
    if not in_order or set(keys) - set(moving):
        return True
    between = select(func.count()).where(
        Item.gallery_id == gallery_id,
        Item.deleted_at.is_(None),
        Item.id.not_in(moving),
        Item.sort_order < max(*span, *keys.values()),
        Item.sort_order > min(*span, *keys.values()),
    )
    return db.session.scalars(between).one() > 0


def kinds_of(media_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return what media of the library are, which stay there until the transaction ends."""
    found = select(Media.id, Media.kind).where(Media.id.in_(media_ids), Media.deleted_at.is_(None)).order_by(Media.id)
    return dict(iter(db.session.execute(found.with_for_update(read=True, key_share=True))))
