"""The texts that leave: of one gallery, of some, or of the whole site, in one language and in the states asked for.

Three statements, however many galleries, items and files there are; what is more than a file holds is refused and not
cut off.
"""

from collections.abc import Collection, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import aliased

from webapp.domain import languages, texts
from webapp.domain.exchange.units import FIELDS, STATES, Document, Unit, check_room, unit_id
from webapp.domain.models import Gallery, GalleryText, Item, ItemText, Media, MediaText
from webapp.domain.permissions import Actor, allow, demand
from webapp.infra.db import db

ALL_FIELDS: Final = frozenset(name for names in FIELDS.values() for name in names)
BATCH: Final = 500
"""Rows that are fetched at once."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What is asked for: texts in `language_id` of galleries written in `source_id`, of all where none is named."""

    language_id: UUID
    source_id: UUID
    gallery_ids: Sequence[UUID] | None = None
    states: Collection[str] = STATES
    fields: Collection[str] = ALL_FIELDS


def gather(scope: Scope, *, actor: Actor) -> Document:
    """Return the texts of a scope in the order of their galleries.

    Raises NotFound (a language), Forbidden, Damaged where there are more than one file holds.
    """
    demand(actor, "galleries:read")
    source, target = languages.get(scope.source_id), languages.get(scope.language_id)
    found: list[Unit] = []
    with closing(_units(scope, actor)) as units:
        for unit in units:
            found.append(unit)
            check_room(len(found))
    return Document(source=source.code, target=target.code, units=found)


def sources(gallery_ids: Sequence[UUID] | None = None) -> list[UUID]:
    """Return the languages that living galleries are written in, all of them or these."""
    statement = select(Gallery.source_language_id).where(Gallery.deleted_at.is_(None)).distinct()
    if gallery_ids is not None:
        statement = statement.where(Gallery.id.in_(gallery_ids))
    return list(db.session.scalars(statement))


def value_state(text: str | None, kept: dict[str, Any] | None) -> str:
    """Say what state a value is in, whatever somebody is drafting beside it."""
    if not text:
        return "missing"
    return str((kept or {}).get("state", "done"))


def _units(scope: Scope, actor: Actor) -> Generator[Unit, None, None]:
    yield from _of("gallery", _galleries(scope), scope)
    yield from _of("item", _items(scope), scope)
    if allow(actor, "media:read") and scope.source_id == languages.default_id():
        yield from _of("media", _media(scope), scope)


def _of(thing: str, statement: Select[Any], scope: Scope) -> Generator[Unit, None, None]:
    with db.session.execute(statement.execution_options(yield_per=BATCH)) as rows:
        for row in rows:
            units = [_unit(thing, row, field) for field in FIELDS[thing] if field in scope.fields]
            yield from (unit for unit in units if unit and unit.state in scope.states)


def _unit(thing: str, row: Row[Any], field: str) -> Unit | None:
    found = row._mapping
    source, target = found[f"source_{field}"], found[f"target_{field}"] or ""
    if not source or (field == "alt" and found.get("decorative")):
        return None
    kept = (found["target_kept"] or {}).get(field)
    state = value_state(target, kept)
    return Unit(
        id=unit_id(thing, found["id"], field),
        field=field,
        source=source,
        target=target,
        state=state,
        place=" › ".join(part for part in (found.get("gallery"), found.get("file")) if part),
        note=found.get("note") or "",
        was=((kept or {}).get("source") or "") if state == "stale" else "",
        most=texts.LIMITS[field][1],
    )


def _galleries(scope: Scope) -> Select[Any]:
    source, target = aliased(GalleryText), aliased(GalleryText)
    return (
        select(Gallery.id, source.title.label("gallery"), *_columns("gallery", source, target))
        .join(source, (source.gallery_id == Gallery.id) & (source.language_id == Gallery.source_language_id))
        .join(target, (target.gallery_id == Gallery.id) & (target.language_id == scope.language_id), isouter=True)
        .where(*_asked_for(scope))
        .order_by(source.title_key, Gallery.id)
    )


def _items(scope: Scope) -> Select[Any]:
    source, target, named = aliased(ItemText), aliased(ItemText), aliased(GalleryText)
    titled = (named.gallery_id == Gallery.id) & (named.language_id == Gallery.source_language_id)
    return (
        select(
            Item.id,
            Item.note.label("note"),
            Item.decorative.label("decorative"),
            Media.original_filename.label("file"),
            named.title.label("gallery"),
            *_columns("item", source, target),
        )
        .join(Gallery, Gallery.id == Item.gallery_id)
        .join(named, titled, isouter=True)
        .join(source, (source.item_id == Item.id) & (source.language_id == Gallery.source_language_id))
        .join(target, (target.item_id == Item.id) & (target.language_id == scope.language_id), isouter=True)
        .join(Media, Media.id == Item.media_id, isouter=True)
        .where(*_asked_for(scope), Item.deleted_at.is_(None))
        .order_by(named.title_key, Gallery.id, Item.sort_order.desc(), Item.id.desc())
    )


def _media(scope: Scope) -> Select[Any]:
    """The library's own texts of the files that these galleries use."""
    source, target = aliased(MediaText), aliased(MediaText)
    used = (
        select(Item.media_id)
        .join(Gallery, Gallery.id == Item.gallery_id)
        .where(*_asked_for(scope), Item.deleted_at.is_(None), Item.media_id.is_not(None))
    )
    return (
        select(Media.id, Media.original_filename.label("file"), *_columns("media", source, target))
        .join(source, (source.media_id == Media.id) & (source.language_id == scope.source_id))
        .join(target, (target.media_id == Media.id) & (target.language_id == scope.language_id), isouter=True)
        .where(Media.id.in_(used))
        .order_by(Media.original_filename, Media.id)
    )


def _asked_for(scope: Scope) -> list[Any]:
    found = [Gallery.deleted_at.is_(None), Gallery.source_language_id == scope.source_id]
    if scope.gallery_ids is not None:
        found.append(Gallery.id.in_(scope.gallery_ids))
    return found


def _columns(thing: str, source: Any, target: Any) -> list[Any]:
    names = FIELDS[thing]
    return [
        *(getattr(source, name).label(f"source_{name}") for name in names),
        *(getattr(target, name).label(f"target_{name}") for name in names),
        target.kept.label("target_kept"),
    ]
