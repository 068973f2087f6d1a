"""Galleries as programs make and change them: a name, a place on the site and items, all at once (D5, D12, D27)."""

from collections.abc import Sequence
from typing import TypedDict
from uuid import UUID

from webapp.domain import cloning, galleries, holds, items, languages, pieces, site, site_order, translations
from webapp.domain.errors import Conflict
from webapp.domain.galleries import GalleryFields
from webapp.domain.models import Gallery, Item
from webapp.domain.permissions import Actor, demand
from webapp.domain.pieces import PieceFields
from webapp.infra.db import db


class CollectionFields(TypedDict, total=False):
    """What is said of a gallery; an absent field is left alone, a category is only said of a new one.

    `name` is the title in its source language.
    """

    name: str | None
    sort_order: float | None
    category_uri: str | None


def make(fields: CollectionFields, rows: Sequence[PieceFields], *, actor: Actor) -> Gallery:
    """Make a gallery with its items, published unless the site wants more of it first (D12).

    Raises Conflict (a place or key that is taken), NotFound, Invalid.
    """
    title = fields.get("name") or None
    texts = {languages.default_id(): {"title": title}} if title else None
    own: GalleryFields = {"category_uri": fields["category_uri"]} if "category_uri" in fields else {}
    gallery = galleries.create(own, texts=texts, actor=actor, origin="api")
    return _finish(gallery, {"sort_order": fields.get("sort_order")}, rows, actor=actor)


def copy(original_id: UUID, fields: CollectionFields, rows: Sequence[PieceFields], *, actor: Actor) -> Gallery:
    """Make a gallery like another, published unless the site wants more of it first; raises as `make`, Forbidden.

    Held changes are copied by those who may read them (D13).
    """
    demand(actor, "galleries:read")
    original = galleries.get(original_id)
    if holds.find(original.id) is not None:
        demand(actor, "galleries:update")
    gallery = cloning.clone(original, actor=actor)
    return _finish(gallery, fields, rows, actor=actor)


def change(
    gallery_id: UUID,
    fields: CollectionFields,
    *,
    changed: Sequence[tuple[int, UUID, PieceFields]] = (),
    added: Sequence[tuple[int, PieceFields]] = (),
    actor: Actor,
) -> Gallery:
    """Change what is said of a gallery and of some of its items, and add others; none is ever deleted by it (D27).

    Items come with their numbers in the request, by which refusals name them.

    Belongs behind `hold`. Raises NotFound, Conflict, Invalid.
    """
    gallery = galleries.locked(gallery_id)
    _write(gallery, fields, actor=actor)
    for nth, item_id, row in changed:
        with pieces.numbered(nth):
            pieces.change(items.get(gallery.id, item_id), row, actor=actor)
    if added:
        pieces.add(gallery.id, [row for _, row in added], actor=actor, numbers=[nth for nth, _ in added])
    return gallery


def hold(gallery_id: UUID, *, places: bool = False) -> None:
    """Hold a gallery still until the transaction ends, and the site's order before it where it `places` the gallery.

    Belongs before anything is read that a change is made of. Raises NotFound.
    """
    if places:
        site.lock()
    galleries.locked(gallery_id)


def trash(gallery_id: UUID, item_ids: Sequence[UUID], *, actor: Actor) -> bool:
    """Put items into the trash, all of them or none, and say whether that is held back. Raises NotFound, Invalid."""
    items.trash(gallery_id, item_ids, actor=actor)
    return holds.find(gallery_id) is not None


def find(gallery_id: UUID, item_id: UUID) -> Item:
    """Return a living item of a gallery. Raises NotFound."""
    return items.get(galleries.get(gallery_id).id, item_id)


def _finish(gallery: Gallery, fields: CollectionFields, rows: Sequence[PieceFields], *, actor: Actor) -> Gallery:
    _write(gallery, fields, actor=actor)
    if rows:
        pieces.add(gallery.id, rows, actor=actor)
    try:
        galleries.set_status(gallery, "published", actor=actor, anew=True)
    except Conflict as refused:
        if refused.code != "incomplete":
            raise
    db.session.flush()
    return gallery


def _write(gallery: Gallery, fields: CollectionFields, *, actor: Actor) -> None:
    if "name" in fields:
        said = {"title": fields["name"] or None}
        translations.write(gallery, gallery.source_language_id, said, actor=actor, origin="api")
    key = fields.get("sort_order")
    if key is not None:
        site_order.put(gallery, key, actor=actor)
