"""Many items of a gallery at once: what they have in common, and one change for all of them.

Items are named one by one; those that have gone meanwhile are passed over and counted. A revision keeps the gallery
as it was (D10), each item that really changes is told of once (D30), and all of it is one transaction. One form is
for up to `MOST` items; moving, sorting and removing work on any number.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func, select

from webapp.domain import (
    cloning,
    comparing,
    galleries,
    items,
    reinstating,
    revisions,
    snapshots,
    sorting,
    translations,
)
from webapp.domain.errors import Invalid
from webapp.domain.item_fields import ItemFields, clean
from webapp.domain.models import Gallery, GallerySlug, GalleryText, Item, ItemTag, ItemText, Tag
from webapp.domain.permissions import Actor
from webapp.domain.sentences import Sentence
from webapp.infra.db import db

MOST: Final = 500
"""Items that are changed or copied at once."""

PLAIN: Final = ("link_url", "link_text", "decorative")
"""Fields that are one value each."""

GONE: Final = Sentence("These items have all gone meanwhile.")


@dataclass(frozen=True)
class Common:
    """A value of many items: the same in all, or `mixed`."""

    value: Any
    mixed: bool


@dataclass(frozen=True)
class Selection:
    """Living items of a gallery in the order they are shown, and `gone`, how many of those named are not there."""

    ids: tuple[UUID, ...]
    gone: int
    pictures: int
    fields: Mapping[str, Common]
    tags: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Crowd:
    """More living items than the `most` that one form is for, in their order; `gone` of those named are not there."""

    ids: tuple[UUID, ...]
    gone: int
    most: int


@dataclass(frozen=True)
class Wanted:
    """What is to be changed; what is absent or None is left alone.

    `replaced` are the tags instead of those that are there, `added` and `removed` apply to what then is there.
    """

    fields: ItemFields = field(default_factory=ItemFields)
    added: Sequence[str] = ()
    removed: Sequence[str] = ()
    replaced: Sequence[str] | None = None
    alt: str | None = None

    def __bool__(self) -> bool:
        return bool(self.fields or self.added or self.removed or self.replaced or self.alt)


@dataclass(frozen=True)
class Outcome:
    """How many items were there, how many had gone; `revision` and `seen` name the state to go back to."""

    done: int
    gone: int
    revision: int
    seen: str


def look_at(gallery_id: UUID, ids: Sequence[UUID], language_id: UUID) -> Selection:
    """Return what these items have in common; five statements, however many. Raises Invalid."""
    rows = _living(gallery_id, ids)
    living = [item.id for item in rows]
    alts = dict(iter(db.session.execute(_alts(living, language_id))))
    common = {name: _common([getattr(item, name) for item in rows]) for name in PLAIN}
    common["focal"] = _common([(item.focal_x, item.focal_y) for item in rows])
    common["alt"] = _common([alts.get(item.id) or "" for item in rows if item.media_id])
    counts = Counter(name for names in _tags(living).values() for name in names)
    pictures = sum(item.media_id is not None for item in rows)
    gone = len(set(ids)) - len(rows)
    labels = tuple(sorted(counts.items(), key=lambda each: each[0].casefold()))
    return Selection(tuple(living), gone, pictures, common, labels)


def crowd(gallery_id: UUID, ids: Sequence[UUID]) -> Crowd:
    """Return those of any number of items that are still there. Raises Invalid where none is."""
    found = _standing(gallery_id, ids)
    return Crowd(tuple(found), len(set(ids)) - len(found), MOST)


def change(gallery_id: UUID, ids: Sequence[UUID], wanted: Wanted, language_id: UUID, *, actor: Actor) -> Outcome:
    """Change what is wanted of all these items that are still there. Raises NotFound (the gallery), Invalid."""
    if not wanted:
        raise Invalid("ids", "Say what to change: nothing was filled in.", code="nothing")
    clean(wanted.fields)
    gallery = galleries.locked(gallery_id)
    rows = _living(gallery.id, ids)
    revision = revisions.keep(gallery, reason="before bulk change", actor=actor).number
    had = _tags([item.id for item in rows])
    for item in rows:
        labels = _labels(wanted, had.get(item.id, []))
        items.change(item, wanted.fields, labels=labels, actor=actor)
        if wanted.alt is not None and item.media_id is not None:
            translations.write(item, language_id, {"alt": wanted.alt or None}, actor=actor)
    return Outcome(len(rows), len(set(ids)) - len(rows), revision, _seen(gallery, revision))


def undo(gallery_id: UUID, revision: int, seen: str, *, actor: Actor) -> None:
    """Take a gallery back to before a change of many. Raises NotFound, Stale where it has changed since."""
    reinstating.restore(gallery_id, revision, seen=seen, actor=actor)


def move(gallery_id: UUID, ids: Sequence[UUID], *, actor: Actor, **where: Any) -> int:
    """Move those that are still there, in the order they are shown, and return how many. Raises as items.move."""
    found = _standing(galleries.locked(gallery_id).id, ids)
    items.move(gallery_id, found, actor=actor, **where)
    return len(found)


def sort(gallery_id: UUID, ids: Sequence[UUID], by: str, *, actor: Actor, **how: Any) -> tuple[int, int]:
    """Sort those that are still there among their places; return how many and the order's version.

    Raises as sorting.sort.
    """
    found = _standing(galleries.locked(gallery_id).id, ids)
    return len(found), sorting.sort(gallery_id, by, ids=found, actor=actor, **how)


def trash(gallery_id: UUID, ids: Sequence[UUID], *, actor: Actor) -> tuple[int, Any]:
    """Put those that are still there into the trash; return how many and the moment they went. Raises Invalid."""
    found = _standing(galleries.locked(gallery_id).id, ids)
    return len(found), items.trash(gallery_id, found, actor=actor)


def copy(gallery_id: UUID, ids: Sequence[UUID], into: UUID, *, actor: Actor) -> list[Item]:
    """Add copies of these items, with their texts and tags, at another gallery's end. Raises NotFound, Invalid."""
    if into == gallery_id:
        raise Invalid("into", "Choose another gallery.", code="same_gallery")
    galleries.locked(into)
    rows = _living(galleries.get(gallery_id).id, ids)
    names = ("kind", "media_id", *snapshots.ITEM_FIELDS)
    made = [Item(**{name: getattr(item, name) for name in names}) for item in rows]
    items.settle(into, made, actor=actor)
    cloning.copy_words({item.id: copied.id for item, copied in zip(rows, made, strict=True)})
    db.session.flush()
    return made


def others(gallery_id: UUID, *, limit: int) -> list[tuple[UUID, str]]:
    """Return the other living galleries by their titles, those changed last."""
    statement = (
        select(Gallery.id, func.coalesce(GalleryText.title, GallerySlug.slug))
        .join(GallerySlug, and_(GallerySlug.gallery_id == Gallery.id, GallerySlug.current))
        .join(
            GalleryText,
            and_(GalleryText.gallery_id == Gallery.id, GalleryText.language_id == Gallery.source_language_id),
            isouter=True,
        )
        .where(Gallery.deleted_at.is_(None), Gallery.id != gallery_id)
        .order_by(Gallery.touched_at.desc(), Gallery.id)
        .limit(limit)
    )
    return [(row[0], row[1]) for row in db.session.execute(statement)]


def _living(gallery_id: UUID, ids: Sequence[UUID]) -> list[Item]:
    if not 0 < len(ids) <= MOST:
        raise Invalid("ids", Sentence("Choose 1 to %(most)s items.", most=MOST), code="count")
    named = select(Item).where(Item.id.in_(set(ids)), Item.gallery_id == gallery_id, Item.deleted_at.is_(None))
    rows = list(db.session.scalars(named.order_by(Item.sort_order.desc(), Item.id.desc())))
    if not rows:
        raise Invalid("ids", GONE, code="gone")
    return rows


def _standing(gallery_id: UUID, ids: Sequence[UUID]) -> list[UUID]:
    wanted = set(ids)
    found = [item_id for item_id in items.ids_in_order(gallery_id) if item_id in wanted]
    if not found:
        raise Invalid("ids", GONE, code="gone")
    return found


def _common(values: Sequence[Any]) -> Common:
    mixed = any(value != values[0] for value in values)
    return Common(None if mixed or not values else values[0], mixed)


def _alts(ids: Sequence[UUID], language_id: UUID) -> Any:
    return select(ItemText.item_id, ItemText.alt).where(
        ItemText.item_id.in_(ids), ItemText.language_id == language_id
    )


def _tags(ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {}
    statement = select(ItemTag.item_id, Tag.name).join(Tag, Tag.id == ItemTag.tag_id)
    statement = statement.where(ItemTag.item_id.in_(ids))
    for item_id, name in db.session.execute(statement.order_by(Tag.key)):
        found.setdefault(item_id, []).append(name)
    return found


def _labels(wanted: Wanted, had: Sequence[str]) -> list[str] | None:
    """Return the tags that an item is to have, None where they stay as they are."""
    if not wanted.added and not wanted.removed and wanted.replaced is None:
        return None
    away = {name.casefold() for name in wanted.removed}
    kept = had if wanted.replaced is None else wanted.replaced
    made = {name.casefold(): name for name in [*wanted.added, *kept] if name.casefold() not in away}
    return list(made.values())


def _seen(gallery: Gallery, number: int) -> str:
    """Return the token of what differs from a revision now: the way back is open for as long as nothing else does."""
    db.session.flush()
    _, snapshot = revisions.get(gallery.id, number)
    return comparing.compare(snapshots.take(gallery), snapshot).token
