"""Held changes: visitors keep seeing a published gallery as it stood, everybody edits on (D9).

The held copy is rows keyed by item, paged like the live ones, and exists only while the gallery is held.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from webapp.domain import (
    audit,
    comparing,
    events,
    galleries,
    items,
    languages,
    order_log,
    reinstating,
    revisions,
    snapshots,
    tags,
    translations,
)
from webapp.domain.comparing import Change, Comparison, FieldChange, ItemChange, OrderChange, Snapshot, TextChange
from webapp.domain.errors import Conflict, Stale
from webapp.domain.models import Gallery, HeldItem, Hold
from webapp.domain.permissions import Actor
from webapp.domain.reinstating import Reinstated
from webapp.infra.clock import now
from webapp.infra.db import db


def find(gallery_id: UUID) -> Hold | None:
    """Return the hold on a gallery, or None."""
    return db.session.get(Hold, gallery_id)


def hold(gallery_id: UUID, *, actor: Actor) -> Hold:
    """Freeze what visitors see. Raises NotFound, Conflict unless the gallery is published and not held yet."""
    gallery = galleries.locked(gallery_id)
    if gallery.status != "published" or find(gallery.id):
        raise Conflict("Only a published gallery that is not held yet can be held.", code="not_holdable")
    snapshot = snapshots.take(gallery)
    held = Hold(
        gallery_id=gallery.id,
        held_by_id=actor.id,
        order_version=gallery.order_version,
        gallery={**snapshot["gallery"], "tags": snapshot["tags"]},
        texts=snapshot["texts"],
    )
    db.session.add(held)
    db.session.flush()
    if snapshot["items"]:
        db.session.execute(insert(HeldItem), [_frozen(gallery.id, row) for row in snapshot["items"]])
    audit.record(actor, "gallery.hold", "gallery", gallery.id, gallery_id=gallery.id)
    return held


def publish(gallery_id: UUID, *, actor: Actor, seen: str | None = None) -> None:
    """Let visitors see all changes and end the hold.

    `seen` is the token of the comparison that was looked at. Raises NotFound, Conflict where nothing is held, Stale
    where more has changed since.
    """
    gallery = galleries.locked(gallery_id)
    held = _held(gallery.id)
    _check_seen(gallery, snapshots.of_hold(held), seen)
    db.session.delete(held)
    db.session.flush()
    gallery.published_at = now()
    galleries.touch(gallery)
    revisions.keep(gallery, reason="hold published", actor=actor)
    events.publish(actor, "gallery.updated", gallery.id, gallery_id=gallery.id)
    audit.record(actor, "gallery.hold.publish", "gallery", gallery.id, gallery_id=gallery.id)


def discard(gallery_id: UUID, *, actor: Actor, seen: str | None = None) -> Reinstated:
    """Take the gallery back to what visitors see and end the hold; a revision keeps what is discarded.

    Raises NotFound, Conflict where nothing is held, Stale where it is no longer what was `seen`.
    """
    gallery = galleries.locked(gallery_id)
    held = _held(gallery.id)
    frozen = snapshots.of_hold(held)
    _check_seen(gallery, frozen, seen)
    revisions.keep(gallery, reason="before discard", actor=actor)
    done = reinstating.reinstate(gallery, frozen, actor=actor, verb="gallery.hold.discard")
    db.session.delete(held)
    db.session.flush()
    return done


def undo(gallery_id: UUID, chosen: Mapping[str, str], *, actor: Actor) -> int:
    """Take single changes back to what visitors see, each named by its key and the token that was seen of it.

    Returns how many. Raises NotFound, Conflict where nothing is held or a change is none any more, Stale where
    somebody has changed the same again, Forbidden.
    """
    gallery = galleries.locked(gallery_id)
    frozen = snapshots.of_hold(_held(gallery.id))
    found = comparing.compare(frozen, snapshots.take(gallery))
    changes = [_chosen(found, key, token) for key, token in chosen.items()]
    for change in changes:
        _undo(gallery, change, actor=actor)
    db.session.flush()
    return len(changes)


def _frozen(gallery_id: UUID, row: dict[str, Any]) -> dict[str, Any]:
    kept = {name: row[name] for name in ("sort_order", "kind", "media_id", "texts")}
    kept["poster_id"] = snapshots.poster_of(row)
    return {"gallery_id": gallery_id, "item_id": row["id"], **kept, "item": {**row["item"], "tags": row["tags"]}}


def _held(gallery_id: UUID) -> Hold:
    held = find(gallery_id)
    if held is None:
        raise Conflict("The changes of this gallery are not held.", code="not_held")
    return held


def _check_seen(gallery: Gallery, frozen: Snapshot, seen: str | None) -> None:
    if seen is not None and seen != comparing.compare(frozen, snapshots.take(gallery)).token:
        raise Stale("Somebody changed more since you looked at the changes. Look at them once more.")


def _chosen(found: Comparison, key: str, token: str) -> Change:
    change = found.find(key)
    if change is None:
        raise Conflict("This change is none any more: somebody has taken it back already.", code="no_change")
    if change.token != token:
        raise Stale("Somebody changed this again since you looked at it. Look at it once more.")
    return change


def _undo(gallery: Gallery, change: Change, *, actor: Actor) -> None:
    if isinstance(change, OrderChange):
        items.reorder(gallery.id, order_log.like(items.ids_in_order(gallery.id), change.before), actor=actor)
    elif isinstance(change, ItemChange):
        turn = items.trash if change.added else items.restore
        turn(gallery.id, [change.item_id], actor=actor)
    elif isinstance(change, TextChange):
        owner = items.get(gallery.id, change.owner) if change.owner else gallery
        language = languages.find_by_code(change.code)
        if language is None:
            raise Conflict("The language of this text has been removed.", code="no_language")
        translations.write(owner, language.id, {change.field: change.before or None}, actor=actor)
    else:
        _undo_field(gallery, change, actor=actor)


def _undo_field(gallery: Gallery, change: FieldChange, *, actor: Actor) -> None:
    value = UUID(change.before) if change.before and change.field.endswith("_id") else change.before
    if change.owner is None and change.field == "tags":
        tags.put(gallery, change.before)
    elif change.owner is None:
        galleries.update(gallery, {change.field: value}, actor=actor)  # type: ignore[misc]
    elif change.field == "tags":
        items.change(items.get(gallery.id, change.owner), {}, labels=change.before, actor=actor)
    elif change.field == "focal":
        x, y = change.before or (None, None)
        items.change(items.get(gallery.id, change.owner), {"focal_x": x, "focal_y": y}, actor=actor)
    elif change.field == "media_id":
        item = items.get(gallery.id, change.owner)
        had, item.media_id = item.media_id, value
        items.told(item, {"media_id": (had, value)}, actor=actor)
    else:
        items.change(items.get(gallery.id, change.owner), {change.field: value}, actor=actor)  # type: ignore[misc]
