"""The media library over the CMS dialect."""

from typing import Any
from uuid import UUID

from flask import Response, current_app

from webapp import jobs
from webapp.api import multipart
from webapp.api.cms import answers, schemas, shapes
from webapp.api.cms.changes import change_media, once
from webapp.api.cms.routing import Unprocessable, fault, route
from webapp.api.multipart import FilePart, Part
from webapp.domain import catalogue, inheriting, media, stock
from webapp.domain.media import Intake
from webapp.doors import actor


@route("GET", "/media", "media:read", answer=list[shapes.MediaSummary] | shapes.MediaPage, lasts=True)
def list_media(query: schemas.ListQuery) -> Response:
    """List Media"""
    return _list(query)


@route("GET", "/media/images", "media:read", answer=list[shapes.MediaSummary] | shapes.MediaPage, lasts=True)
def list_images(query: schemas.ListQuery) -> Response:
    """List Images"""
    return _list(query, kind="image")


@route("GET", "/media/{id}", "media:read", answer=shapes.MediaResponse, also=(304, 412), lasts=True)
def get_media(media_id: UUID) -> Response:
    """Get Media"""
    return answers.send_tagged(answers.media_detail(catalogue.entry(media_id)))


@route("POST", "/media/upload", "media:upload", status=201, answer=shapes.MediaResponse, also=(400,))
def upload_media() -> Response:
    """Upload Media"""
    intake = _receive()

    def add() -> Response:
        made = media.add(intake, actor=actor())
        return answers.send_tagged(answers.media_detail(catalogue.entry(made.id)), 201)

    answer = once(add, content=f"{intake.sha256} {intake.filename}".encode())
    jobs.ring(current_app)
    return answer


@route("PATCH", "/media/{id}", "media:update", answer=shapes.MediaResponse, also=(412,))
def update_media(media_id: UUID, body: schemas.MediaUpdate) -> Response:
    """Update Media"""

    def update(found: Any) -> None:
        media.change(found, body.fields(), actor=actor())
        if "alt_text" in body.model_fields_set:
            inheriting.write_alt(found, body.alt_text, actor=actor())

    return change_media(media_id, update)


@route("DELETE", "/media/{id}", "media:delete", status=204, also=(409, 412))
def delete_media(media_id: UUID) -> Response:
    """Delete Media"""
    change_media(media_id, lambda found: media.trash(found, actor=actor()), gone=True)
    return answers.nothing()


def _list(query: schemas.ListQuery, *, kind: str | None = None) -> Response:
    skip, limit = query.window()
    rows = [answers.media(row) for row in stock.page(skip=skip, limit=limit, search=query.search, kind=kind)]
    if not query.paged:
        return answers.send(rows)
    total = stock.count(search=query.search, kind=kind)
    return answers.send(answers.envelope(rows, total=total, page=query.page, per_page=query.per_page))


def _receive() -> Intake:
    """Take the form's `file` in, before any transaction. Raises Unprocessable, Invalid."""
    with multipart.part("file") as found:
        if found is None:
            raise Unprocessable([fault("missing", ("body", "file"), "Field required", None)])
        if isinstance(found, Part):
            wrong = "Value error, Expected UploadFile, received: <class 'str'>"
            raise Unprocessable([fault("value_error", ("body", "file"), wrong, found.text, error={})])
        assert isinstance(found, FilePart)  # noqa: S101  that is what else a part can be
        return media.take_in(found, found.filename, storage=current_app.extensions["vitrine-storage"])
