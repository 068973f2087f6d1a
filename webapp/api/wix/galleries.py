"""Galleries and their items over the Wix dialect (seed 001): status 200 and JSON for all that is done."""

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID

from flask import Response, current_app

from webapp import jobs
from webapp.api import http, once
from webapp.api.wix import answers, schemas, shapes, writing
from webapp.api.wix.routing import route
from webapp.api.wix.writing import DIALECT, Desk, Order
from webapp.domain import collecting, contents, fetching, galleries, pieces
from webapp.domain.collecting import CollectionFields
from webapp.doors import SIGNED_IN, actor
from webapp.infra.outbound import Way

READ: Final = (304, 412)
WRITTEN: Final = (409, 412)
"""What else may come of reading, and of a change."""


@route("GET", "/galleries", SIGNED_IN, answer=shapes.Galleries, also=READ, lasts=True)
def list_galleries(query: schemas.GalleriesQuery) -> Response:
    """List Galleries"""
    whose: Any = {"actor": actor()}
    found = contents.galleries(skip=query.offset, limit=query.limit, items=query.itemLimit, dialect=DIALECT, **whose)
    return answers.send_tagged(answers.galleries(found, contents.count(**whose), root=_root()))


@route("POST", "/galleries", "galleries:create", answer=shapes.OneGallery, also=(404, 409))
def create_gallery(body: schemas.GalleryCreate) -> Response:
    """Create Gallery"""
    desk, wanted = _desk(), body.gallery or schemas.NewGallery()

    def create() -> Response:
        rows = writing.rows([Order(each, number=nth) for nth, each in enumerate(wanted.items or ())], desk=desk)
        if body.cloneFromGalleryId is None:
            made = collecting.make(_fields(wanted), rows, actor=desk.actor)
        else:
            made = collecting.copy(body.cloneFromGalleryId, _fields(wanted), rows, actor=desk.actor)
        return _gallery(made.id)

    return _once(create)


@route("GET", "/galleries/{galleryId}", SIGNED_IN, answer=shapes.OneGallery, also=READ, lasts=True)
def get_gallery(gallery_id: UUID, query: schemas.ItemsQuery) -> Response:
    """Get Gallery"""
    return _gallery(gallery_id, **query.window())


@route("PATCH", "/galleries/{galleryId}", "galleries:update", answer=shapes.OneGallery, also=WRITTEN)
def update_gallery(gallery_id: UUID, body: schemas.GalleryUpdate) -> Response:
    """Update Gallery"""
    desk, given = _desk(), list(enumerate(body.gallery.items or ()))

    def update() -> Response:
        collecting.hold(gallery_id, places=body.gallery.sortOrder is not None)
        _demand_gallery(gallery_id)
        known = _known(gallery_id, [each.id for _, each in given if each.id])
        orders = [Order(each, known.get(each.id) if each.id else None, nth) for nth, each in given]
        rows = [(nth, each.id, row) for (nth, each), row in zip(given, writing.rows(orders, desk=desk), strict=True)]
        changed = [(nth, item_id, row) for nth, item_id, row in rows if item_id]
        added = [(nth, row) for nth, item_id, row in rows if not item_id]
        collecting.change(gallery_id, _fields(body.gallery), changed=changed, added=added, actor=desk.actor)
        return _gallery(gallery_id)

    return _once(update)


@route("PUT", "/galleries/{galleryId}", "galleries:update", answer=shapes.OneGallery, also=WRITTEN)
def replace_gallery(gallery_id: UUID, body: schemas.GalleryUpdate) -> Response:
    """Update Gallery (the seed's verb; as partial as the other)"""
    return update_gallery(gallery_id, body)


@route("DELETE", "/galleries/{galleryId}", "galleries:delete", answer=shapes.GalleryId, also=(412,))
def delete_gallery(gallery_id: UUID) -> Response:
    """Delete Gallery"""

    def delete() -> Response:
        _demand_gallery(gallery_id)
        galleries.trash(galleries.locked(gallery_id), actor=actor())
        return answers.send({"galleryId": str(gallery_id)})

    return _once(delete)


@route("GET", "/galleries/{galleryId}/items", SIGNED_IN, answer=shapes.Items, also=READ, lasts=True)
def list_gallery_items(gallery_id: UUID, query: schemas.ItemsQuery) -> Response:
    """List Gallery Items"""
    found = contents.gallery(gallery_id, actor=actor(), dialect=DIALECT, **query.window())
    return answers.send_items(found, root=_root())


@route("POST", "/galleries/{galleryId}/items", "galleries:update", answer=shapes.OneItem, also=WRITTEN)
def create_gallery_item(gallery_id: UUID, body: schemas.ItemCreate) -> Response:
    """Create Gallery Item"""
    desk = _desk()

    def create() -> Response:
        collecting.hold(gallery_id)
        _demand_gallery(gallery_id)
        rows = writing.rows([Order(body.item)], desk=desk)
        return _item(gallery_id, pieces.add(gallery_id, rows, actor=desk.actor)[0].id)

    return _once(create)


@route("DELETE", "/galleries/{galleryId}/items", "galleries:update", answer=shapes.OneGallery, also=(412,))
def delete_gallery_items(gallery_id: UUID, query: schemas.DeletedQuery, body: schemas.DeletedIds | None) -> Response:
    """Delete Gallery Items (deprecated: Bulk Delete Gallery Items)"""

    def delete() -> Response:
        _demand_gallery(gallery_id)
        ids = schemas.named([*query.itemsIds, *query.itemIds, *(body.itemIds if body else ())])
        collecting.trash(gallery_id, ids, actor=actor())
        return _gallery(gallery_id)

    return _once(delete)


@route("POST", "/galleries/{galleryId}/items/delete", "galleries:update", answer=shapes.ItemIds, also=WRITTEN)
def bulk_delete_gallery_items(gallery_id: UUID, body: schemas.BulkDelete) -> Response:
    """Bulk Delete Gallery Items"""

    def delete() -> Response:
        _demand_gallery(gallery_id)
        held = collecting.trash(gallery_id, schemas.named(body.itemIds), actor=actor())
        return answers.send({"itemIds": [str(each) for each in body.itemIds]}, held=held)

    return _once(delete)


@route("GET", "/galleries/{galleryId}/items/{itemId}", SIGNED_IN, answer=shapes.OneItem, also=READ, lasts=True)
def get_gallery_item(gallery_id: UUID, item_id: UUID) -> Response:
    """Get Gallery Item"""
    return _item(gallery_id, item_id)


@route("PATCH", "/galleries/{galleryId}/items/{itemId}", "galleries:update", answer=shapes.OneItem, also=WRITTEN)
def update_gallery_item(gallery_id: UUID, item_id: UUID, body: schemas.ItemUpdate) -> Response:
    """Update Gallery Item"""
    desk = _desk()

    def update() -> Response:
        collecting.hold(gallery_id)
        item = collecting.find(gallery_id, item_id)
        stored = contents.piece(gallery_id, item_id, actor=desk.actor, dialect=DIALECT)
        _demand_item(stored)
        pieces.change(item, writing.rows([Order(body.item, stored)], desk=desk)[0], actor=desk.actor)
        return _item(gallery_id, item_id)

    return _once(update)


@route("PUT", "/galleries/{galleryId}/items/{itemId}", "galleries:update", answer=shapes.OneItem, also=WRITTEN)
def replace_gallery_item(gallery_id: UUID, item_id: UUID, body: schemas.ItemUpdate) -> Response:
    """Update Gallery Item (as partial as the other verb)"""
    return update_gallery_item(gallery_id, item_id, body)


@route("DELETE", "/galleries/{galleryId}/items/{itemId}", "galleries:update", answer=shapes.ItemId, also=(412,))
def delete_gallery_item(gallery_id: UUID, item_id: UUID) -> Response:
    """Delete Gallery Item"""

    def delete() -> Response:
        collecting.hold(gallery_id)
        if http.on_condition():
            _demand_item(contents.piece(gallery_id, item_id, actor=actor(), dialect=DIALECT))
        held = collecting.trash(gallery_id, [item_id], actor=actor())
        return answers.send({"itemId": str(item_id)}, held=held)

    return _once(delete)


def _once(change: Callable[[], Response]) -> Response:
    """Do a change once, then have the files fetched that it names."""
    answer = once.once(change, mimetype=answers.JSON)
    if fetching.is_due() or fetching.is_due("video"):
        jobs.ring_to_fetch(current_app)
    return answer


def _gallery(gallery_id: UUID, *, skip: int = 0, limit: int = 50) -> Response:
    found = contents.gallery(gallery_id, actor=actor(), skip=skip, limit=limit, dialect=DIALECT)
    return answers.send_gallery(found, root=_root())


def _item(gallery_id: UUID, item_id: UUID) -> Response:
    found = contents.piece(gallery_id, item_id, actor=actor(), dialect=DIALECT)
    return answers.send_tagged({"item": answers.item(found, root=_root())}, held=found.held)


def _demand_gallery(gallery_id: UUID) -> None:
    """Refuse a change of a gallery that looks different from what the client has read, which holds it still.

    Raises Stale, NotFound.
    """
    if http.on_condition():
        collecting.hold(gallery_id)
        answers.demand_gallery(contents.gallery(gallery_id, actor=actor(), limit=1, dialect=DIALECT))


def _demand_item(stored: contents.Piece) -> None:
    """Refuse a change of an item that looks different from what the client has read. Raises Stale."""
    http.demand_match(answers.pack({"item": answers.item(stored, root=_root())}))


def _known(gallery_id: UUID, ids: Sequence[UUID]) -> dict[UUID, contents.Piece]:
    found = contents.pieces(ids, gallery_id=gallery_id, actor=actor(), dialect=DIALECT) if ids else ()
    return {each.id: each for each in found}


def _fields(given: schemas.NewGallery | schemas.ChangedGallery) -> CollectionFields:
    found: CollectionFields = {}
    if "name" in given.model_fields_set:
        found["name"] = given.name
    if given.sortOrder is not None:
        found["sort_order"] = given.sortOrder
    return found


def _desk() -> Desk:
    allow = current_app.extensions["vitrine-settings"].outbound_allow
    return writing.desk(actor(), root=_root(), way=Way(allow=allow))


def _root() -> str:
    found: str = current_app.extensions["vitrine-settings"].base_url
    return found.rstrip("/")
