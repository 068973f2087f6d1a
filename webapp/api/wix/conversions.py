"""A gallery's items for pages: as `$w.Gallery` takes them, with a report, and as the viewer does (seed 003)."""

from typing import Any, Final, Literal
from uuid import UUID

from flask import Flask, Response, current_app

from webapp.api.wix import answers, schemas, velo
from webapp.api.wix.routing import route
from webapp.api.wix.shapes import Shape
from webapp.api.wix.writing import DIALECT
from webapp.domain import contents
from webapp.domain.permissions import Actor
from webapp.doors import SIGNED_IN, actor

EXTENSION: Final = "vitrine-velo"
"""Where other doors find `velo_gallery`."""


class VeloItem(Shape):
    """A picture or a video as `$w.Gallery` has it; a key without a value is left out."""

    type: Literal["image", "video"]
    slug: UUID
    src: str
    title: str | None = None
    description: str | None = None
    link: str | None = None
    thumbnail: str | None = None


class VeloNote(Shape):
    """What was not converted of an item: all of it, for the reason given, or only the fields in `lost`."""

    itemId: UUID  # noqa: N815
    orderIndex: int  # noqa: N815
    converted: bool
    code: str | None = None
    description: str | None = None
    lost: list[str]


class VeloGallery(Shape):
    """A window of a gallery's items for `$w.Gallery`, and a note on each that is not there whole."""

    galleryId: UUID  # noqa: N815
    totalItems: int  # noqa: N815
    items: list[VeloItem]
    report: list[VeloNote]


class ViewerItem(Shape):
    """An item as the viewer has it; `metaData.source` keeps what the viewer has no words for."""

    itemId: UUID  # noqa: N815
    mediaUrl: str  # noqa: N815
    orderIndex: int  # noqa: N815
    secondaryMedia: dict[str, Any] | None = None  # noqa: N815
    metaData: dict[str, Any]  # noqa: N815


class ViewerGallery(Shape):
    """A window of a gallery's items for the viewer."""

    galleryId: UUID  # noqa: N815
    totalItems: int  # noqa: N815
    items: list[ViewerItem]


@route("GET", "/galleries/{galleryId}/velo", SIGNED_IN, answer=VeloGallery, also=(304, 412))
def get_velo_gallery(gallery_id: UUID, query: schemas.ItemsQuery) -> Response:
    """Get Gallery as items of $w.Gallery"""
    return answers.send_tagged(velo_gallery(gallery_id, actor=actor(), **query.window()))


@route("GET", "/galleries/{galleryId}/viewer", SIGNED_IN, answer=ViewerGallery, also=(304, 412))
def get_viewer_gallery(gallery_id: UUID, query: schemas.ItemsQuery) -> Response:
    """Get Gallery as items of the viewer"""
    window = query.window()
    total, items = _items(gallery_id, actor(), **window)
    rows = velo.viewer_items(items, first=window["skip"])
    return answers.send_tagged({"galleryId": str(gallery_id), "totalItems": total, "items": rows})


def init(app: Flask) -> None:
    """Let other doors convert a gallery."""
    app.extensions[EXTENSION] = velo_gallery


def velo_gallery(gallery_id: UUID, *, actor: Actor, skip: int = 0, limit: int = 50) -> dict[str, Any]:
    """Return a window of a gallery's items for `$w.Gallery`, with the report. Raises NotFound."""
    total, items = _items(gallery_id, actor, skip=skip, limit=limit)
    converted = velo.convert(items, first=skip)
    report = [_told(each) for each in converted.notes]
    return {"galleryId": str(gallery_id), "totalItems": total, "items": list(converted.items), "report": report}


def _items(gallery_id: UUID, actor: Actor, *, skip: int, limit: int) -> tuple[int, list[dict[str, Any]]]:
    found = contents.gallery(gallery_id, actor=actor, skip=skip, limit=limit, dialect=DIALECT)
    root = current_app.extensions["vitrine-settings"].base_url.rstrip("/")
    return found.total, [answers.item(each, root=root) for each in found.pieces]


def _told(note: velo.Note) -> dict[str, Any]:
    about: dict[str, Any] = {"itemId": note.item_id, "orderIndex": note.place}
    told = about | {"converted": note.reason is None, "lost": list(note.lost)}
    return told | ({"code": note.reason, "description": velo.REASONS[note.reason]} if note.reason else {})
