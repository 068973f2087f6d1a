"""What programs are shown of galleries item by item: plain values, as many statements for ten galleries as for one.

Names, titles and descriptions are the gallery's source language's, alt texts the ones that visitors of it are given
(D17, D19). While changes are held, who may not update galleries is shown what visitors see; strangers are shown what
is published and nothing else (D13).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select, union_all
from sqlalchemy.orm import aliased

from webapp.domain import films, languages, showing, snapshots
from webapp.domain.errors import NotFound
from webapp.domain.films import Film
from webapp.domain.models import (
    Blob,
    Gallery,
    GallerySlug,
    GalleryText,
    HeldItem,
    Hold,
    Item,
    ItemTag,
    ItemText,
    Language,
    Media,
    MediaAlias,
    MediaText,
    Tag,
)
from webapp.domain.permissions import Actor, allow
from webapp.infra.db import db


@dataclass(frozen=True, kw_only=True)
class File:
    """A file of the library; `alias` is what the dialect's clients call it, sides are pixels, 0 for unknown.

    `ready` says whether its bytes are there; until then `source_url` is where they are said to be.
    """

    id: UUID
    filename: str
    alias: str | None
    original_filename: str
    source_url: str | None
    width: int
    height: int
    ready: bool
    film: Film | None = None


@dataclass(frozen=True, kw_only=True)
class Piece:
    """An item with all that programs are shown of it; `held` while changes of its gallery are held."""

    id: UUID
    gallery_id: UUID
    kind: str
    sort_order: float
    texts: Mapping[str, str | None]
    alt: str | None
    fields: Mapping[str, Any]
    tags: Sequence[str]
    file: File | None
    poster: File | None
    created_at: datetime
    updated_at: datetime | None
    held: bool


@dataclass(frozen=True, kw_only=True)
class Collection:
    """A gallery and a window of its items; `total` counts all of them, `held` is whether changes are held."""

    id: UUID
    name: str | None
    slug: str
    sort_order: float | None
    created_at: datetime
    updated_at: datetime | None
    total: int
    pieces: tuple[Piece, ...]
    held: bool


@dataclass(frozen=True)
class _Head:
    """A gallery's own row, its source language and what that falls back to.

    `frozen` where the held copy is shown, `trusted` where the reader may know whence pictures come.
    """

    row: Any
    frozen: bool
    trusted: bool
    chain: Sequence[Language]

    @property
    def name(self) -> str | None:
        if not self.frozen:
            title: str | None = self.row.title
            return title
        return (self.row.held_texts.get(self.chain[0].code) or {}).get("title")


@dataclass(frozen=True)
class _Row:
    """An item's own row, of the living ones or of a held copy."""

    id: UUID
    gallery_id: UUID
    kind: str
    sort_order: float
    media_id: UUID | None
    poster_id: UUID | None
    fields: Mapping[str, Any]
    texts: snapshots.Texts
    tags: Sequence[str]
    created_at: datetime
    updated_at: datetime | None


def gallery(
    gallery_id: UUID, *, actor: Actor, skip: int = 0, limit: int = 50, dialect: str = "", trashed: bool = False
) -> Collection:
    """Return a living gallery, or one that may be `trashed`, with a window of its items. Raises NotFound."""
    heads = _heads(_readable(actor, trashed=trashed).where(Gallery.id == gallery_id), actor)
    if not heads:
        raise NotFound("Gallery")
    return _filled(heads, skip=skip, limit=limit, dialect=dialect)[0]


def galleries(*, actor: Actor, skip: int, limit: int, items: int, dialect: str = "") -> list[Collection]:
    """List living galleries in the order of their making, each with its first items."""
    wanted = _readable(actor).order_by(Gallery.created_at, Gallery.id).offset(skip).limit(limit)
    return _filled(_heads(wanted, actor), skip=0, limit=items, dialect=dialect)


def count(*, actor: Actor) -> int:
    """Return how many galleries the whole list has."""
    found: int = db.session.scalars(_seen(select(func.count(Gallery.id)), actor)).one()
    return found


def piece(gallery_id: UUID, item_id: UUID, *, actor: Actor, dialect: str = "") -> Piece:
    """Return a living item of a gallery. Raises NotFound."""
    heads = _heads(_readable(actor).where(Gallery.id == gallery_id), actor)
    if not heads:
        raise NotFound("Gallery")
    rows = _rows(heads, among=[item_id])
    if not rows:
        raise NotFound("Item")
    return _pieces(heads, rows, dialect=dialect)[0]


def pieces(
    item_ids: Sequence[UUID], *, gallery_id: UUID, actor: Actor, dialect: str = "", trashed: bool = False
) -> list[Piece]:
    """Return some items of a gallery in the order named, those too that may be `trashed`, as their gallery may.

    Those that have gone are left out. Raises NotFound.
    """
    heads = _heads(_readable(actor, trashed=trashed).where(Gallery.id == gallery_id), actor)
    if not heads:
        raise NotFound("Gallery")
    rows = _rows(heads, among=item_ids, trashed=trashed)
    found = {each.id: each for each in _pieces(heads, rows, dialect=dialect)}
    return [found[each] for each in item_ids if each in found]


def _seen(statement: Any, actor: Actor) -> Any:
    """Narrow a statement to the galleries that the actor may know of."""
    return statement.where(Gallery.deleted_at.is_(None) if allow(actor, "galleries:read") else showing.is_public())


def _readable(actor: Actor, *, trashed: bool = False) -> Select[Any]:
    text = aliased(GalleryText)
    in_source = and_(text.gallery_id == Gallery.id, text.language_id == Gallery.source_language_id)
    own = (Gallery.id, Gallery.source_language_id, Gallery.sort_order, Gallery.created_at, Gallery.updated_at)
    held = (Hold.held_at, Hold.texts.label("held_texts"), Hold.gallery.label("held_fields"))
    statement = (
        select(*own, text.title, func.coalesce(GallerySlug.slug, Gallery.trashed_slug).label("slug"), *held)
        .join(GallerySlug, and_(GallerySlug.gallery_id == Gallery.id, GallerySlug.current), isouter=trashed)
        .join(text, in_source, isouter=True)
        .join(Hold, Hold.gallery_id == Gallery.id, isouter=True)
    )
    found: Select[Any] = statement if trashed else _seen(statement, actor)
    return found


def _heads(statement: Select[Any], actor: Actor) -> list[_Head]:
    known = languages.all_languages()
    heads = []
    for row in db.session.execute(statement):
        frozen = row.held_at is not None and not allow(actor, "galleries:update")
        source_id = UUID(row.held_fields["source_language_id"]) if frozen else row.source_language_id
        source = next(each for each in known if each.id == source_id)
        chain = languages.fallback_chain(source, source=source, known=known)
        heads.append(_Head(row, frozen, allow(actor, "galleries:read"), chain))
    return heads


def _filled(heads: Sequence[_Head], *, skip: int, limit: int, dialect: str) -> list[Collection]:
    totals = _totals(heads)
    windows: dict[UUID, list[Piece]] = {head.row.id: [] for head in heads}
    for each in _pieces(heads, _rows(heads, skip=skip, limit=limit), dialect=dialect):
        windows[each.gallery_id].append(each)
    return [_collection(head, totals.get(head.row.id, 0), windows[head.row.id]) for head in heads]


def _collection(head: _Head, total: int, pieces: Sequence[Piece]) -> Collection:
    return Collection(
        id=head.row.id,
        name=head.name,
        slug=head.row.slug,
        sort_order=head.row.sort_order,
        created_at=head.row.created_at,
        updated_at=head.row.updated_at,
        total=total,
        pieces=tuple(pieces),
        held=head.row.held_at is not None,
    )


def _totals(heads: Sequence[_Head]) -> dict[UUID, int]:
    """Count the items of galleries, in one statement for the living and one for the frozen ones."""
    found: dict[UUID, int] = {}
    for frozen, model in ((False, Item), (True, HeldItem)):
        ids = [head.row.id for head in heads if head.frozen is frozen]
        if ids:
            counted: Any = select(model.gallery_id, func.count()).where(model.gallery_id.in_(ids))
            counted = counted if frozen else counted.where(Item.deleted_at.is_(None))
            found |= dict(iter(db.session.execute(counted.group_by(model.gallery_id))))
    return found


def _rows(
    heads: Sequence[_Head],
    *,
    skip: int = 0,
    limit: int | None = None,
    among: Sequence[UUID] | None = None,
    trashed: bool = False,
) -> list[_Row]:
    """Return the items' own rows in their order, gallery by gallery."""
    found: list[_Row] = []
    for frozen in (False, True):
        ids = [head.row.id for head in heads if head.frozen is frozen]
        if not ids:
            continue
        model, key = (HeldItem, HeldItem.item_id) if frozen else (Item, Item.id)
        window: Any = {"skip": skip, "limit": limit, "among": among, "trashed": trashed}
        wanted = [_window(model, key, each, **window) for each in ids]
        chosen = union_all(*wanted).subquery() if len(wanted) > 1 else wanted[0].subquery()
        statement: Any = select(model).join(chosen, and_(chosen.c.item == key, chosen.c.gallery == model.gallery_id))
        order = (model.gallery_id, model.sort_order.desc(), key.desc())
        rows: Any = db.session.scalars(statement.order_by(*order)).all()
        found += _frozen(rows, heads) if frozen else _living(rows)
    return found


def _window(
    model: Any,
    key: Any,
    gallery_id: UUID,
    *,
    skip: int,
    limit: int | None,
    among: Sequence[UUID] | None,
    trashed: bool,
) -> Select[Any]:
    """Return the ids of a gallery's items that are wanted, found by the index of its order."""
    chosen: Select[Any] = select(key.label("item"), model.gallery_id.label("gallery")).where(
        model.gallery_id == gallery_id
    )
    if model is Item and not trashed:
        chosen = chosen.where(Item.deleted_at.is_(None))
    if among is not None:
        chosen = chosen.where(key.in_(among))
    if limit is not None:
        chosen = chosen.order_by(model.sort_order.desc(), key.desc()).offset(skip).limit(limit)
        return select(chosen.subquery())
    return chosen


def _living(rows: Sequence[Item]) -> list[_Row]:
    ids = [row.id for row in rows]
    texts = snapshots.texts_by_owner(ItemText, ItemText.item_id, ids)
    tags: dict[UUID, list[str]] = {}
    named = select(ItemTag.item_id, Tag.name).join(Tag, Tag.id == ItemTag.tag_id).where(ItemTag.item_id.in_(ids))
    for item_id, name in db.session.execute(named.order_by(Tag.key)):
        tags.setdefault(item_id, []).append(name)
    return [
        _Row(
            row.id,
            row.gallery_id,
            row.kind,
            row.sort_order,
            row.media_id,
            row.poster_id,
            snapshots.item_fields(row),
            texts.get(row.id, {}),
            tags.get(row.id, ()),
            row.created_at,
            row.updated_at,
        )
        for row in rows
    ]


def _frozen(rows: Sequence[HeldItem], heads: Sequence[_Head]) -> list[_Row]:
    held_at = {head.row.id: head.row.held_at for head in heads}
    made = select(Item.id, Item.created_at).where(Item.id.in_([row.item_id for row in rows]))
    dates: dict[UUID, datetime] = dict(iter(db.session.execute(made)))
    return [
        _Row(
            row.item_id,
            row.gallery_id,
            row.kind,
            row.sort_order,
            row.media_id,
            row.poster_id,
            row.item,
            row.texts,
            row.item.get("tags", ()),
            dates.get(row.item_id, held_at[row.gallery_id]),
            None,
        )
        for row in rows
    ]


def _pieces(heads: Sequence[_Head], rows: Sequence[_Row], *, dialect: str) -> list[Piece]:
    by_id = {head.row.id: head for head in heads}
    seen = {each for row in rows for each in (row.media_id, row.poster_id) if each}
    library = files(seen, dialect=dialect, sources=all(head.trusted for head in heads)) if seen else {}
    words = snapshots.texts_by_owner(MediaText, MediaText.media_id, list(seen)) if seen else {}
    return [_piece(row, by_id[row.gallery_id], library, words) for row in rows]


def _piece(
    row: _Row,
    head: _Head,
    library: Mapping[UUID, File],
    words: Mapping[UUID, snapshots.Texts],
) -> Piece:
    inherited = words.get(row.media_id, {}) if row.media_id else {}
    alt = showing.resolve("alt", head.chain, row.texts, inherited)
    return Piece(
        id=row.id,
        gallery_id=row.gallery_id,
        kind=row.kind,
        sort_order=row.sort_order,
        texts=row.texts.get(head.chain[0].code, {}),
        alt=alt.text if alt else None,
        fields=row.fields,
        tags=row.tags,
        file=library.get(row.media_id) if row.media_id else None,
        poster=library.get(row.poster_id) if row.poster_id else None,
        created_at=row.created_at,
        updated_at=row.updated_at,
        held=head.row.held_at is not None,
    )


def files(media_ids: set[UUID], *, dialect: str = "", sources: bool = True) -> dict[UUID, File]:
    """Return pictures of the library by id, in one statement, with the addresses that they come from or without."""
    alias = and_(MediaAlias.media_id == Media.id, MediaAlias.dialect == dialect, MediaAlias.domain == "")
    rows = db.session.execute(
        select(Media.id, Media.kind, Media.filename, Media.original_filename, Media.source_url)
        .add_columns(MediaAlias.external_id, Blob.width, Blob.height, Media.told_width, Media.told_height)
        .join(Blob, Blob.id == Media.blob_id, isouter=True)
        .join(MediaAlias, alias, isouter=True)
        .where(Media.id.in_(media_ids))
        .order_by(MediaAlias.external_id)
    ).all()
    played = films.of([row.id for row in rows if row.kind == "video"])
    return {
        row.id: File(
            id=row.id,
            filename=row.filename,
            alias=row.external_id,
            original_filename=row.original_filename,
            source_url=row.source_url if sources else None,
            width=row.width or row.told_width or 0,
            height=row.height or row.told_height or 0,
            ready=row.width is not None,
            film=played.get(row.id),
        )
        for row in rows
    }
