"""The history of a gallery, field by field, read from the audit; one earlier text or order is had back from it (D10).

As many statements for one entry as for thirty. What the audit says of an item outlives the item.
"""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from webapp.domain import faces, galleries, items, languages, order_log, permissions, snapshots, translations, wording
from webapp.domain.errors import Conflict, NotFound, Stale
from webapp.domain.faces import Face
from webapp.domain.headings import Heading
from webapp.domain.models import ApiKey, AuditEntry, Gallery, GalleryText, Item, ItemText, Language, Media, User
from webapp.domain.paging import Order, Page
from webapp.domain.permissions import Actor
from webapp.infra.db import db

SIZE: Final = 30
PICTURED: Final = 6
"""Items of one entry that are shown."""

TEXTS: Final = ("title", "description", "caption", "alt", "meta_title", "meta_description")
SETTINGS: Final = ("status", "slug", *snapshots.GALLERY_FIELDS, "tags")
DETAILS: Final = ("link_url", "link_text", "focal_x", "decorative", "note")
FIELDS: Final = (*TEXTS, "order", "items", *SETTINGS, *DETAILS)
"""What the history can be asked for."""

UNSAID: Final = {"items", "order", "order_version", "revision", "of", "how", "kind", "deleted_at"}
"""What entries keep beside fields: it is said in other words."""

VERBS: Final = {
    "order": ("item.move", "item.reorder", "gallery.hold.discard", "gallery.revision.restore"),
    "items": ("item.add", "item.trash", "item.restore", "item.purge"),
}
"""Fields that are no fields of a row, by the verbs that change them."""

CHANGES_ORDER: Final = (*VERBS["order"], *VERBS["items"])
PUT_BACK: Final = ("item.move", "item.reorder")
"""Verbs whose order before can be had back by itself; items are had back from the trash."""


@dataclass(frozen=True)
class Wanted:
    """What is asked for: a field, a person's or a key's id, a language's code; nothing of it means all."""

    field: str = ""
    who: UUID | None = None
    code: str = ""


@dataclass(frozen=True)
class Diff:
    """A field that changed; `token` is that of the text by now, where the text before can be put back."""

    field: str
    before: Any
    after: Any
    token: str = ""

    @property
    def pieces(self) -> list[wording.Piece]:
        """What changed, word by word."""
        return wording.compare(str(self.before or ""), str(self.after or ""))


@dataclass(frozen=True)
class Entry:
    """Somebody's deed; `key` is the name of the key it was done with, `by` is empty where nobody is known.

    `how` says what all items were sorted by, where they were.
    """

    id: int
    at: datetime
    by: str
    key: str
    door: str
    verb: str
    thing: str
    item: Face | None
    language: Language | None
    diffs: tuple[Diff, ...]
    count: int
    how: str
    faces: tuple[Face, ...]
    number: int | None
    order_known: bool


@dataclass(frozen=True)
class History:
    """A page of entries, and the names of what their fields lead to."""

    page: Page[Entry]
    names: Mapping[str, str]


def page(heading: Heading, wanted: Wanted, *, actor: Actor, after: str | None = None, size: int = SIZE) -> History:
    """Return a page of a gallery's history, newest first. Raises Invalid for a cursor."""
    order = Order("history", (AuditEntry.id,), (int,))
    spoken = {language.id: language for language in languages.all_languages()}
    statement = (
        select(AuditEntry, User.name, ApiKey.name)
        .join(User, User.id == AuditEntry.user_id, isouter=True)
        .join(ApiKey, ApiKey.id == AuditEntry.key_id, isouter=True)
        .where(AuditEntry.gallery_id == heading.id, *_matches(wanted, spoken), *order.beyond(after))
    )
    rows = db.session.execute(statement.order_by(*order.by()).limit(size + 1)).all()
    found = order.page(rows, size, lambda row: (row[0].id,))
    entries = [row[0] for row in found.rows]
    seen = faces.of_items(_named(entries), heading.source)
    present = _present(heading, entries)
    made = tuple(_entry(*row, seen=seen, spoken=spoken, present=present, actor=actor) for row in found.rows)
    return History(Page(made, found.after), _names(entries, spoken.values()))


def people(gallery_id: UUID) -> list[tuple[UUID, str]]:
    """Return who has done something to a gallery: people, then keys, by name; two statements."""
    mine = AuditEntry.gallery_id == gallery_id
    users = select(User.id, User.name).where(
        User.id.in_(select(AuditEntry.user_id).where(mine, AuditEntry.key_id.is_(None)))
    )
    keys = select(ApiKey.id, ApiKey.name).where(ApiKey.id.in_(select(AuditEntry.key_id).where(mine)))
    return [
        (row[0], row[1])
        for found in (users.order_by(User.name, User.id), keys.order_by(ApiKey.name, ApiKey.id))
        for row in db.session.execute(found)
    ]


def put_text_back(gallery_id: UUID, entry_id: int, field: str, *, actor: Actor, seen: str) -> None:
    """Make a text what it was before an entry, as a save like any other; `seen` is the token of the text by now.

    Raises NotFound, Conflict where its item is in the trash or its language gone, Stale where somebody has written it
    since, Forbidden.
    """
    owner, language, before = text_before(gallery_id, entry_id, field)
    galleries.locked(gallery_id)
    row = translations.find(owner, language.id)
    if _token(row, field) != seen:
        raise Stale("Somebody else changed this text since you opened its history.", row=row)
    translations.write(owner, language.id, {field: before}, actor=actor)


def text_before(gallery_id: UUID, entry_id: int, field: str) -> tuple[Gallery | Item, Language, str | None]:
    """Return whose text an entry changed, in which language, and what it was. Raises NotFound, Conflict."""
    entry = _get(gallery_id, entry_id)
    if not entry.verb.startswith("translation.") or field not in entry.changes or entry.language_id is None:
        raise NotFound("Entry")
    language = db.session.get(Language, entry.language_id)
    if language is None:
        raise Conflict("The language of this text has been removed.", code="no_language")
    gallery = galleries.get(gallery_id)
    return gallery if entry.thing == "gallery" else _living_item(gallery, entry), language, entry.changes[field][0]


def put_order_back(gallery_id: UUID, entry_id: int, *, actor: Actor, order_version: int) -> None:
    """Show the items as they stood before an entry; those that came since stay behind whom they follow.

    Raises NotFound, Conflict where that order is not known, Stale where the order has changed since, Forbidden.
    """
    permissions.demand(actor, "galleries:update")
    gallery = galleries.locked(gallery_id)
    if _get(gallery_id, entry_id).verb not in PUT_BACK:
        raise NotFound("Entry")
    living = items.ids_in_order(gallery.id)
    before = _order_before(gallery.id, entry_id, living)
    if before is None:
        raise Conflict("What the order was before this is not known any more.", code="order_unknown")
    items.reorder(gallery.id, order_log.like(living, before), actor=actor, order_version=order_version)


def _matches(wanted: Wanted, spoken: Mapping[UUID, Language]) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if wanted.field in VERBS:
        where.append(AuditEntry.verb.in_(VERBS[wanted.field]))
    elif wanted.field in FIELDS:
        where.append(_has(wanted.field))
    if wanted.who:
        mine = (AuditEntry.user_id == wanted.who) & AuditEntry.key_id.is_(None)
        where.append(mine | (AuditEntry.key_id == wanted.who))
    if wanted.code:
        where.append(AuditEntry.language_id.in_([each.id for each in spoken.values() if each.code == wanted.code]))
    return where


def _has(field: str) -> ColumnElement[bool]:
    """Return the condition that an entry has this field; JSON is asked in each engine's own words."""
    if db.session.get_bind().dialect.name == "postgresql":
        return func.json_extract_path(AuditEntry.changes, field).is_not(None)
    return func.json_type(AuditEntry.changes, f"$.{field}").is_not(None)


def _named(entries: Sequence[AuditEntry]) -> set[UUID]:
    """Return the items that these entries name and a page shows."""
    ids = {UUID(entry.thing_id) for entry in entries if entry.thing == "item"}
    for entry in entries:
        ids |= set(_items_of(entry)[:PICTURED])
    return ids


def _items_of(entry: AuditEntry) -> list[UUID]:
    before, after = entry.changes.get("items", [None, None])
    named = after if isinstance(after, list) else before
    return [UUID(each) for each in named] if isinstance(named, list) else []


def _present(heading: Heading, entries: Sequence[AuditEntry]) -> dict[tuple[str, UUID], Any]:
    """Return the texts by now of what these entries are about, by owner and language; two statements."""
    owners = {UUID(entry.thing_id) for entry in entries if entry.thing == "item"}
    mine = db.session.scalars(select(GalleryText).where(GalleryText.gallery_id == heading.id))
    theirs = db.session.scalars(select(ItemText).where(ItemText.item_id.in_(owners)))
    found: dict[tuple[str, UUID], Any] = {(str(row.gallery_id), row.language_id): row for row in mine}
    return found | {(str(row.item_id), row.language_id): row for row in theirs}


def _entry(
    row: AuditEntry,
    by: str | None,
    key: str | None,
    *,
    seen: Mapping[UUID, Face],
    spoken: Mapping[UUID, Language],
    present: Mapping[tuple[str, UUID], Any],
    actor: Actor,
) -> Entry:
    named, count = _items_of(row), row.changes.get("items", [None, None])[1]
    item = seen.get(UUID(row.thing_id)) if row.thing == "item" else None
    language = spoken.get(row.language_id) if row.language_id else None
    may = language is not None and permissions.allow_language(actor, language.id)
    token = _TokenOf(row, present) if may and (row.thing == "gallery" or (item and item.living)) else None
    return Entry(
        id=row.id,
        at=row.at,
        by=by or "",
        key=key or "",
        door=row.door,
        verb=row.verb,
        thing=row.thing,
        item=item,
        language=language,
        diffs=tuple(_diffs(row, token)),
        count=count if isinstance(count, int) else len(named),
        how=(row.changes.get("how", [None, None])[1] or "").removeprefix("-"),
        faces=tuple(seen[each] for each in named[:PICTURED] if each in seen),
        number=row.changes.get("revision", [None, None])[1],
        order_known=row.verb in PUT_BACK and "order" in row.changes,
    )


class _TokenOf:
    """The tokens of the texts that an entry changed, empty where there was none or it is the same by now."""

    def __init__(self, entry: AuditEntry, present: Mapping[tuple[str, UUID], Any]) -> None:
        self.row = present.get((entry.thing_id, entry.language_id)) if entry.language_id else None

    def __call__(self, field: str, before: Any) -> str:
        value = (getattr(self.row, field, None) if self.row else None) or ""
        return _token(self.row, field) if before and value != before else ""


def _diffs(row: AuditEntry, token: _TokenOf | None) -> list[Diff]:
    is_text = row.verb.startswith("translation.")
    return [
        Diff(field, before, after, token(field, before) if token and is_text else "")
        for field, (before, after) in row.changes.items()
        if field not in UNSAID
    ]


def _token(row: Any, field: str) -> str:
    """Stand for a text as it is now."""
    value = (getattr(row, field) if row else None) or ""
    return hashlib.sha256(value.encode()).hexdigest()[:16]


def _names(entries: Sequence[AuditEntry], spoken: Collection[Language]) -> dict[str, str]:
    """Return what the people, files and languages are called that fields lead to; two statements."""
    named = {str(language.id): language.name for language in spoken}
    files = ("cover_media_id", "media_id", "poster_id")
    for fields, model, name in ((("author_id",), User, User.name), (files, Media, Media.original_filename)):
        pairs = (entry.changes.get(field, ()) for entry in entries for field in fields)
        ids = {UUID(each) for pair in pairs for each in pair if each}
        found = select(model.id, name).where(model.id.in_(ids))
        named |= {str(thing_id): called for thing_id, called in db.session.execute(found)}
    return named


def _get(gallery_id: UUID, entry_id: int) -> AuditEntry:
    entry = db.session.get(AuditEntry, entry_id)
    if entry is None or entry.gallery_id != gallery_id:
        raise NotFound("Entry")
    return entry


def _living_item(gallery: Gallery, entry: AuditEntry) -> Item:
    item = db.session.get(Item, UUID(entry.thing_id))
    if item is None or item.deleted_at is not None:
        raise Conflict("The item has been removed. Bring it back from the trash first.", code="item_gone")
    return items.get(gallery.id, item.id)


def _order_before(gallery_id: UUID, entry_id: int, living: Sequence[UUID]) -> list[UUID] | None:
    """Go back from the order by now, change by change, to the one before an entry."""
    passed = (
        select(AuditEntry.verb, AuditEntry.changes)
        .where(AuditEntry.gallery_id == gallery_id, AuditEntry.id >= entry_id, AuditEntry.verb.in_(CHANGES_ORDER))
        .where(AuditEntry.verb != "item.purge")
        .order_by(AuditEntry.id.desc())
    )
    order: list[UUID] | None = list(living)
    for verb, changes in db.session.execute(passed):
        order = order_log.undo(order, verb, changes) if order is not None else None
    return order
