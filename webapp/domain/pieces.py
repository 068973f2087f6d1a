"""Items as programs write them: whole, many at once, in the gallery's source language (D17).

A file that is named by its address stands at once (webapp/domain/fetching.py). Where one of many is refused, the
refusal says which by `details["index"]`, and nothing is written of any: the door's transaction ends.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypedDict, cast
from uuid import UUID

from webapp.domain import first_texts, galleries, inheriting, item_fields, items, keyed, tags, texts, translations
from webapp.domain.errors import DomainError, Invalid, NotFound
from webapp.domain.item_fields import ItemFields
from webapp.domain.models import Gallery, Item
from webapp.domain.permissions import Actor
from webapp.infra.db import db

OWN: Final = ("title", "description", "html")
"""Texts that are read as they are written; an alt text is read resolved (D19)."""


class PieceFields(TypedDict, total=False):
    """What may be written of an item; an absent field is left alone.

    `kind` is only read of a new item; `media_id` is its file of the library, `poster_id` the picture of a video.
    """

    kind: str
    media_id: UUID | None
    poster_id: UUID | None
    video: dict[str, Any] | None
    title: str | None
    description: str | None
    html: str | None
    alt: str | None
    link_url: str | None
    link_text: str | None
    focal_x: float | None
    focal_y: float | None
    style: dict[str, Any] | None
    given: dict[str, Any] | None
    tags: list[str]
    sort_order: float | None


def add(
    gallery_id: UUID, rows: Sequence[PieceFields], *, actor: Actor, numbers: Sequence[int] | None = None
) -> list[Item]:
    """Add items to a gallery; those without a key go to its top, the first highest (D2).

    `numbers` are those by which refusals name them, from 0 where there are none.
    Raises NotFound, Conflict (D6), Invalid.
    """
    gallery, places = galleries.locked(gallery_id), numbers or range(len(rows))
    kinds = items.kinds_of([each for row in rows for each in _media_of(row)])
    made = []
    for index, row in zip(places, rows, strict=True):
        with numbered(index):
            made.append(_new(row, kinds))
    keyed.enrol(gallery.id, made, [row.get("sort_order") for row in rows], actor=actor)
    labels: dict[UUID, Sequence[str]] = {}
    inherited = inheriting.alts([item for item, row in zip(made, rows, strict=True) if row.get("alt")], of=gallery)
    said: list[tuple[Item, translations.Fields]] = []
    for index, item, row in zip(places, made, rows, strict=True):
        with numbered(index):
            said += [(item, fields) for fields in _said(row, inherited.get(item.id))]
            if row.get("tags"):
                labels[item.id] = tags.check(row["tags"])
    first_texts.write(gallery, said, actor=actor)
    if labels:
        tags.put_back(Item, labels)
    db.session.flush()
    return made


def change(item: Item, fields: PieceFields, *, actor: Actor) -> Item:
    """Change what is given of an item. Raises NotFound, Conflict (D6), Invalid."""
    gallery = galleries.locked(item.gallery_id)
    if fields.get("kind", item.kind) != item.kind:
        raise Invalid("kind", "An item stays what it is: a picture, a video or a text.", code="kind")
    file = fields.get("media_id")
    if file is not None and file != item.media_id:
        _check_file(file, item.kind, items.kinds_of([file]))
    own = {name: value for name, value in fields.items() if name in ItemFields.__annotations__}
    items.change(item, cast(ItemFields, own), actor=actor, labels=fields.get("tags"))
    _write(gallery, item, fields, actor=actor)
    key = fields.get("sort_order")
    if key is not None:
        keyed.rekey(item, key, actor=actor)
    db.session.flush()
    return item


def _media_of(row: PieceFields) -> list[UUID]:
    return [each for each in (row.get("media_id"), row.get("poster_id")) if each]


def _new(row: PieceFields, kinds: Mapping[UUID, str]) -> Item:
    """Make an item of what is given of it; `kinds` are those of the library. Raises Invalid, NotFound."""
    if row.get("media_id"):
        _check_file(cast(UUID, row.get("media_id")), row["kind"], kinds)
    if row.get("poster_id"):
        items.check_poster(cast(UUID, row.get("poster_id")), kinds)
    own = {name: value for name, value in row.items() if name in ItemFields.__annotations__ and value is not None}
    return Item(kind=row["kind"], **item_fields.clean(cast(ItemFields, own)))


def _check_file(media_id: UUID, kind: str, kinds: Mapping[UUID, str]) -> None:
    """Raise unless a file is what an item of a kind shows; `kinds` are those known. Raises NotFound, Invalid."""
    if media_id not in kinds:
        raise NotFound("Media")
    if kinds[media_id] != kind:
        if kind == "image":
            raise Invalid("media_id", "This file is no picture.", code="kind")
        raise Invalid("film_id", "This file is no video.", code="kind")


def _said(row: PieceFields, inherited: str | None) -> Iterator[translations.Fields]:
    """Give what is written of a new item, as it is kept: its own texts, then an alt text that it does not inherit.

    Raises Invalid.
    """
    given: Mapping[str, Any] = row
    own = {name: text for name in OWN if (text := texts.clean(name, given.get(name) or None)) is not None}
    if own:
        yield own
    alt = texts.clean("alt", row.get("alt"))
    if alt is not None and alt != inherited:
        yield {"alt": alt}


def _write(gallery: Gallery, item: Item, row: PieceFields, *, actor: Actor) -> None:
    given: Mapping[str, Any] = row
    said = {name: given[name] or None for name in OWN if name in given}
    if any(said.values()) or (said and translations.find(item, gallery.source_language_id) is not None):
        translations.write(item, gallery.source_language_id, said, actor=actor, origin="api")
    if "alt" in row:
        inheriting.write_item(gallery, item, "alt", row["alt"], actor=actor)


@contextmanager
def numbered(index: int) -> Iterator[None]:
    """Let a refusal say which of many items it is about."""
    try:
        yield
    except DomainError as refused:
        refused.details.setdefault("index", index)
        raise
