"""Galleries over the Sherl dialect: each is one media in one category (seed 000)."""

from pathlib import PurePosixPath
from typing import Any, Final
from uuid import UUID

from flask import Response
from werkzeug.exceptions import BadRequest

from webapp.api import http
from webapp.api.sherl import answers, library, schemas, shapes
from webapp.api.sherl.changes import once
from webapp.api.sherl.routing import PREFIX, Ident, blueprint, named, route
from webapp.domain import collecting, fronts, galleries
from webapp.doors import actor, allows

BELOW: Final = f"{PREFIX}/galleries/"
READ: Final = (304, 412)


@route("GET", "/galleries", "galleries:read", answer=shapes.Galleries, also=READ, lasts=True)
def list_galleries(query: schemas.GalleriesQuery) -> Response:
    """List Galleries"""
    rows, total = _asked_for(query)
    shown = answers.page(answers.galleries(rows), total=total, page=query.page, size=query.itemsPerPage)
    return answers.send_tagged(shown)


@route("POST", "/galleries", "galleries:create", status=201, answer=shapes.IGallery, also=(404, 409))
def create_gallery(body: schemas.GalleryCreate) -> Response:
    """Create Gallery"""

    def create() -> Response:
        media = library.media(body.media)
        name = PurePosixPath((body.media.caption and body.media.caption.name) or media.original_filename).stem
        row: Any = {"kind": media.kind, "media_id": media.id}
        fields: Any = {"name": name[:255], "category_uri": body.categoryUri or None}
        made = collecting.make(fields, [row], actor=actor())
        return answers.send(answers.gallery(fronts.get(made.id, actor=actor())), 201)

    return once(create)


@route("GET", "/galleries/{id}", "galleries:read", answer=shapes.IGallery, also=READ, lasts=True)
def get_gallery(ident: Ident) -> Response:
    """Get Gallery"""
    with named("gallery", ident) as gallery_id:
        return answers.send_tagged(answers.gallery(fronts.get(gallery_id, actor=actor())))


@route("DELETE", "/galleries/{id}", "galleries:delete", answer=shapes.IGallery, also=(412,))
def delete_gallery(ident: Ident) -> Response:
    """Delete Gallery"""

    def delete() -> Response:
        with named("gallery", ident) as gallery_id:
            held = galleries.locked(gallery_id)
        found = fronts.get(held.id, actor=actor())
        if http.on_condition():
            answers.demand_match(answers.gallery(found))
        galleries.trash(held, actor=actor())
        return answers.send(answers.gallery(found))

    return once(delete)


@blueprint.delete("/galleries", provide_automatic_options=False)
@blueprint.delete("/galleries/", provide_automatic_options=False)
@allows("galleries:delete")
def delete_no_gallery() -> Response:
    """Refuse to delete a gallery that is not named, as one version of the SDK asks."""
    raise BadRequest("id: Name the gallery to delete, as DELETE /api/galleries/{id}. Nothing was deleted.")


def _asked_for(query: schemas.GalleriesQuery) -> tuple[list[fronts.Front], int]:
    """Return a page of galleries, and how many there are."""
    given = {each for each in (query.id, query.uri and query.uri.removeprefix(BELOW)) if each}
    wanted = _one(given)
    if given and wanted is None:
        return [], 0
    whose: Any = {"actor": actor(), "gallery_id": wanted}
    return fronts.page(**query.window(), **whose), fronts.count(**whose)


def _one(given: set[str]) -> UUID | None:
    """Return the one gallery that all of these name."""
    try:
        (found,) = {UUID(each) for each in given}
    except ValueError:
        return None
    return found
