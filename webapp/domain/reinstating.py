"""Making a gallery what a snapshot says: a hold is discarded, a revision restored (D9, D10).

Items added since go to the trash, those removed come back, even purged ones; texts, tags, fields and the order are as
they were. What cannot be had back is left out and said. The address and the status stay as they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import func, select, update

from webapp.domain import (
    audit,
    comparing,
    events,
    galleries,
    items,
    order_log,
    ordering,
    revisions,
    snapshots,
    tags,
    translations,
)
from webapp.domain.comparing import Snapshot
from webapp.domain.errors import Stale
from webapp.domain.models import Gallery, GalleryText, Item, ItemText, Language, Media, User
from webapp.domain.permissions import Actor
from webapp.domain.snapshots import Texts
from webapp.infra.clock import now
from webapp.infra.db import db

REFERENCES: Final = {"cover_media_id": Media, "author_id": User, "source_language_id": Language}
"""Fields of a gallery that name something which may be gone."""


@dataclass(frozen=True)
class Reinstated:
    """What was done: items trashed, brought back and changed; `lost` are snapshot rows whose file is gone."""

    trashed: tuple[UUID, ...]
    returned: tuple[UUID, ...]
    changed: tuple[UUID, ...]
    lost: tuple[Snapshot, ...]


def restore(gallery_id: UUID, number: int, *, actor: Actor, seen: str | None = None) -> Reinstated:
    """Make a gallery what one of its revisions says; another revision keeps what it was before.

    `seen` is the token of the comparison with it that was looked at. Raises NotFound, Stale where the gallery has
    changed since.
    """
    gallery = galleries.locked(gallery_id)
    _, snapshot = revisions.get(gallery.id, number)
    if seen is not None and seen != comparing.compare(snapshots.take(gallery), snapshot).token:
        raise Stale("Somebody changed the gallery since you compared it. Compare it once more.")
    revisions.keep(gallery, reason="before restoring", actor=actor)
    changes = {"revision": (None, number)}
    return reinstate(gallery, snapshot, actor=actor, verb="gallery.revision.restore", changes=changes)


def reinstate(
    gallery: Gallery, snapshot: Snapshot, *, actor: Actor, verb: str, changes: Mapping[str, Any] | None = None
) -> Reinstated:
    """Make the gallery what the snapshot says, under the lock that the caller holds; tell and record it.

    `verb` is what the audit calls it, `changes` what it notes beside the order that was.
    """
    before = items.ids_in_order(gallery.id)
    noted = {**(changes or {}), **_put_fields(gallery, snapshot), "order": (order_log.whole(before), None)}
    audit.record(actor, verb, "gallery", gallery.id, changes=noted, gallery_id=gallery.id)
    _put_texts(GalleryText, "gallery_id", {gallery.id: snapshot["texts"]}, gallery, actor=actor)
    done = _put_items(gallery, snapshot["items"], before, actor=actor)
    gallery.version += 1
    gallery.order_version += 1
    galleries.touch(gallery)
    _tell(gallery, done, reordered=before != items.ids_in_order(gallery.id), actor=actor)
    db.session.flush()
    return done


def _put_fields(gallery: Gallery, snapshot: Snapshot) -> dict[str, tuple[Any, Any]]:
    """Set the gallery's own fields and return what changed; one that names something gone stays as it is."""
    changes: dict[str, tuple[Any, Any]] = {}
    for name, plain in snapshot["gallery"].items():
        value = UUID(plain) if plain and name.endswith("_id") else plain
        gone = value is not None and name in REFERENCES and not _is_there(REFERENCES[name], value)
        if value != getattr(gallery, name) and not gone:
            changes[name] = (getattr(gallery, name), value)
            setattr(gallery, name, value)
    if "tags" in snapshot:
        had = tags.of(gallery)
        if tags.put_back(Gallery, {gallery.id: snapshot["tags"]}):
            changes["tags"] = (had, list(snapshot["tags"]))
    return changes


def _is_there(model: Any, thing_id: UUID) -> bool:
    found = db.session.get(model, thing_id)
    return found is not None and getattr(found, "deleted_at", None) is None


def _put_items(gallery: Gallery, rows: Sequence[Snapshot], before: Sequence[UUID], *, actor: Actor) -> Reinstated:
    wanted, stood = _by_id(gallery, rows), set(before)
    found = _found(gallery, wanted)
    lost = _lost(found, wanted)
    kept = {item_id: row for item_id, row in wanted.items() if item_id not in lost}
    trashed = _trash([item_id for item_id in before if item_id not in kept])
    found |= _make(gallery, [item_id for item_id in kept if item_id not in found], actor=actor)
    fields = _write_items({each: found[each] for each in kept}, kept)
    entries = [audit.Entry("item", each, changes) for each, changes in fields.items() if each in stood]
    audit.record_many(actor, "item.update", entries, gallery_id=gallery.id)
    texts = {each: row["texts"] for each, row in kept.items()}
    changed = set(fields) | _put_texts(ItemText, "item_id", texts, gallery, actor=actor)
    changed |= tags.put_back(Item, {each: row["tags"] for each, row in kept.items() if "tags" in row})
    returned = tuple(item_id for item_id in kept if item_id not in stood)
    return Reinstated(
        trashed=tuple(trashed),
        returned=returned,
        changed=tuple(item_id for item_id in kept if item_id in changed and item_id in stood),
        lost=tuple(wanted[item_id] for item_id in lost),
    )


def _by_id(gallery: Gallery, rows: Sequence[Snapshot]) -> dict[UUID, Snapshot]:
    """Return the rows by the ids that they will have: one that has moved to another gallery since stays there."""
    wanted = {UUID(str(row["id"])): row for row in rows}
    moved = select(Item.id).where(Item.id.in_(wanted), Item.gallery_id != gallery.id)
    elsewhere = set(db.session.scalars(moved))
    return {uuid4() if item_id in elsewhere else item_id: row for item_id, row in wanted.items()}


def _found(gallery: Gallery, wanted: Mapping[UUID, Snapshot]) -> dict[UUID, Item]:
    rows = select(Item).where(Item.gallery_id == gallery.id, Item.id.in_(wanted))
    return {item.id: item for item in db.session.scalars(rows.execution_options(populate_existing=True))}


def _lost(found: Mapping[UUID, Item], wanted: Mapping[UUID, Snapshot]) -> list[UUID]:
    """Return the items whose file has left the library; the files of the others stay there until the end."""
    files = {UUID(str(row["media_id"])) for row in wanted.values() if row["media_id"]}
    there = select(Media.id).where(Media.id.in_(files), Media.deleted_at.is_(None))
    alive = set(db.session.scalars(there.with_for_update(read=True, key_share=True)))

    def is_lost(item_id: UUID, row: Snapshot) -> bool:
        if row["media_id"]:
            return UUID(str(row["media_id"])) not in alive
        return row["kind"] == "image" and item_id not in found

    return [item_id for item_id, row in wanted.items() if is_lost(item_id, row)]


def _trash(gone: Sequence[UUID]) -> Sequence[UUID]:
    if gone:
        db.session.execute(update(Item).where(Item.id.in_(gone)).values(deleted_at=now()))
    return gone


def _make(gallery: Gallery, purged: Sequence[UUID], *, actor: Actor) -> dict[UUID, Item]:
    """Make purged items anew, with their ids, below all others; what they hold and where they stand is put later."""
    if not purged:
        return {}
    keys = select(func.min(Item.sort_order), func.max(Item.sort_order)).where(Item.gallery_id == gallery.id)
    lowest, highest = db.session.execute(keys).one()
    free = ordering.below(lowest, len(purged)) or ordering.fresh(len(purged), above=highest) or []
    added = {"gallery_id": gallery.id, "added_by_id": actor.id, "added_through": actor.door, "version": 0}
    made = {item_id: Item(id=item_id, sort_order=key, **added) for item_id, key in zip(purged, free, strict=True)}
    db.session.add_all(made.values())
    return made


def _write_items(
    found: Mapping[UUID, Item], wanted: Mapping[UUID, Snapshot]
) -> dict[UUID, dict[str, tuple[Any, Any]]]:
    """Let the items live in this order with their own fields, and return what changed of each; one statement."""
    keys = ordering.permute([(item_id, item.sort_order) for item_id, item in found.items()])
    changed: dict[UUID, dict[str, tuple[Any, Any]]] = {}
    rows: list[dict[str, Any]] = []
    posters = _living_posters(wanted.values())
    for item_id, item in found.items():
        row = wanted[item_id]
        media_id = UUID(str(row["media_id"])) if row["media_id"] else None
        ids = {"media_id": media_id, "poster_id": posters.get(snapshots.poster_of(row))}
        own = {**row["item"], **ids, "kind": row["kind"], "deleted_at": None}
        changes = {name: (getattr(item, name), value) for name, value in own.items() if getattr(item, name) != value}
        if changes:
            changed[item_id] = changes
        place = {"id": item_id, "sort_order": keys.get(item_id, item.sort_order)}
        rows.append({**own, **place, "version": item.version + bool(changes)})
    if rows:
        db.session.flush()
        db.session.execute(update(Item), rows)
        db.session.expire_all()
    return changed


def _living_posters(rows: Iterable[Snapshot]) -> dict[UUID | None, UUID]:
    """Return the pictures of videos that are still in the library, which they leave no sooner than this is done."""
    wanted = {found for row in rows if (found := snapshots.poster_of(row))}
    if not wanted:
        return {}
    there = select(Media.id).where(Media.id.in_(wanted), Media.deleted_at.is_(None))
    return {each: each for each in db.session.scalars(there.with_for_update(read=True, key_share=True))}


def _put_texts(model: Any, key: str, wanted: Mapping[UUID, Texts], gallery: Gallery, *, actor: Actor) -> set[UUID]:
    """Make the texts of these owners what they were, and return the owners whose texts were others."""
    known = {language.code: language.id for language in db.session.scalars(select(Language))}
    rows: dict[UUID, dict[UUID, Any]] = {owner_id: {} for owner_id in wanted}
    for row in db.session.scalars(select(model).where(getattr(model, key).in_(wanted))):
        rows[getattr(row, key)][row.language_id] = row
    thing = "gallery" if model is GalleryText else "item"
    entries: list[audit.Entry] = []
    for owner_id, texts in wanted.items():
        spoken = {known[code]: fields for code, fields in texts.items() if code in known}
        for language_id in spoken.keys() - rows[owner_id].keys():
            fresh = {"id": uuid4(), "drafts": {}, "kept": {}, "version": 0, "created_at": now()}
            rows[owner_id][language_id] = model(**{key: owner_id}, language_id=language_id, **fresh)
            db.session.add(rows[owner_id][language_id])
        every = list(rows[owner_id].values())
        found = translations.put_back(every, spoken, source_id=gallery.source_language_id, actor=actor)
        entries += [audit.Entry(thing, owner_id, changes, language_id) for language_id, changes in found.items()]
    audit.record_many(actor, "translation.update", entries, gallery_id=gallery.id)
    return {entry.thing_id for entry in entries}


def _tell(gallery: Gallery, done: Reinstated, *, reordered: bool, actor: Actor) -> None:
    """Tell of the gallery once, of each item that came or changed, and once of all that went or moved (D30)."""
    events.publish(actor, "gallery.updated", gallery.id, gallery_id=gallery.id)
    events.publish_each(actor, "item.created", done.returned, gallery_id=gallery.id)
    events.publish_each(actor, "item.updated", done.changed, gallery_id=gallery.id)
    if done.trashed:
        gone = [str(item_id) for item_id in done.trashed]
        events.publish(actor, "items.deleted", gallery.id, gallery_id=gallery.id, ids=gone)
    if reordered:
        events.publish(actor, "items.reordered", gallery.id, gallery_id=gallery.id, ids=[])
