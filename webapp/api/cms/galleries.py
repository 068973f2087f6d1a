"""Galleries, their texts and their media, over the CMS dialect (seed 002)."""

from typing import Any
from uuid import UUID

from flask import Response

from webapp.api.cms import answers, schemas, shapes
from webapp.api.cms.changes import change_gallery, delete_gallery, once, show_changed
from webapp.api.cms.routing import route
from webapp.domain import catalogue, galleries, inheriting, languages, placements, translations
from webapp.doors import actor


@route("GET", "/galleries", "galleries:read", answer=list[shapes.GallerySummary] | shapes.GalleryPage, lasts=True)
def list_galleries(query: schemas.GalleryListQuery) -> Response:
    """List Galleries"""
    skip, limit = query.window()
    wanted = {"status": query.status, "search": query.search}
    rows = [answers.summary(row) for row in catalogue.galleries(skip=skip, limit=limit, **wanted)]
    if not query.paged:
        return answers.send(rows)
    total = catalogue.count_galleries(**wanted)
    return answers.send(answers.envelope(rows, total=total, page=query.page, per_page=query.per_page))


@route("POST", "/galleries", "galleries:create", status=201, answer=shapes.GalleryResponse, also=(404, 409))
def create_gallery(body: schemas.GalleryCreate) -> Response:
    """Create Gallery"""

    def create() -> Response:
        made = galleries.create(body.fields(), texts=body.texts(), actor=actor(), origin="api")
        return show_changed(catalogue.gallery(made.id, actor=actor()), status=201)

    return once(create)


@route("GET", "/galleries/{id}", "galleries:read", answer=shapes.GalleryResponse, also=(304, 412), lasts=True)
def get_gallery(gallery_id: UUID) -> Response:
    """Get Gallery"""
    return answers.send_tagged(answers.gallery(catalogue.gallery(gallery_id, actor=actor())))


@route("PATCH", "/galleries/{id}", "galleries:update", answer=shapes.GalleryResponse, also=(409, 412))
def update_gallery(gallery_id: UUID, body: schemas.GalleryUpdate) -> Response:
    """Update Gallery"""
    return change_gallery(gallery_id, lambda found: galleries.update(found, body.fields(), actor=actor()))


@route("DELETE", "/galleries/{id}", "galleries:delete", status=204, also=(412,))
def remove_gallery(gallery_id: UUID) -> Response:
    """Delete Gallery"""
    return delete_gallery(gallery_id)


@route("PUT", "/galleries/{id}/translations", "galleries:update", answer=shapes.GalleryResponse, also=(412,))
def upsert_translation(gallery_id: UUID, body: schemas.Translation) -> Response:
    """Upsert Translation"""

    def write(found: Any) -> None:
        language = languages.get(body.language_id)
        translations.write(found, language.id, body.texts(), actor=actor(), origin="api")

    return change_gallery(gallery_id, write)


@route(
    "DELETE",
    "/galleries/{id}/translations/{language_id}",
    "galleries:update",
    answer=shapes.GalleryResponse,
    also=(412,),
)
def delete_translation(gallery_id: UUID, language_id: UUID) -> Response:
    """Delete Translation"""
    return change_gallery(gallery_id, lambda found: translations.remove(found, language_id, actor=actor()))


@route(
    "POST", "/galleries/{id}/media", "galleries:update", status=201, answer=shapes.GalleryResponse, also=(400, 412)
)
def add_media(gallery_id: UUID, body: schemas.PlacementCreate) -> Response:
    """Add Media"""

    def add(found: Any) -> None:
        item = placements.add(found.id, body.media_id, rank=body.order or 0, actor=actor())
        inheriting.write_caption(found, item, body.caption, actor=actor())

    return change_gallery(gallery_id, add, status=201)


@route("PATCH", "/galleries/{id}/media/{media_id}", "galleries:update", answer=shapes.GalleryResponse, also=(412,))
def update_media_item(gallery_id: UUID, media_id: UUID, body: schemas.PlacementUpdate) -> Response:
    """Update Media Item"""

    def update(found: Any) -> None:
        item = placements.find(found.id, media_id)
        if "caption" in body.model_fields_set:
            inheriting.write_caption(found, item, body.caption, actor=actor())
        if body.order is not None:
            placements.put(found.id, media_id, body.order, actor=actor())

    return change_gallery(gallery_id, update)


@route("DELETE", "/galleries/{id}/media/{media_id}", "galleries:update", answer=shapes.GalleryResponse, also=(412,))
def remove_media_item(gallery_id: UUID, media_id: UUID) -> Response:
    """Remove Media"""
    return change_gallery(gallery_id, lambda found: placements.remove(found.id, media_id, actor=actor()))


@route("POST", "/galleries/{id}/media/reorder", "galleries:update", answer=shapes.GalleryResponse, also=(400, 412))
def reorder_media(gallery_id: UUID, body: schemas.Reorder) -> Response:
    """Reorder Media"""
    return change_gallery(gallery_id, lambda found: placements.reorder(found.id, body.media_ids, actor=actor()))
