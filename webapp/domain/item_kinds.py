"""Items that are no pictures: texts in a box, and videos that are somewhere else."""

from dataclasses import replace
from typing import Any, Final
from uuid import UUID

from webapp.domain import boxes, items, translations, videos
from webapp.domain.models import Gallery, Item
from webapp.domain.permissions import Actor
from webapp.infra.db import db

TEXTS: Final[dict[str, tuple[str, ...]]] = {
    "image": ("caption", "alt", "title"),
    "video": ("title", "caption", "description"),
    "text": ("html", "title", "caption"),
}
"""The texts that an item of each kind has in the editor."""


def add_text(
    gallery_id: UUID, *, actor: Actor, html: str = "", style: dict[str, Any] | None = None, place: str = "end"
) -> Item:
    """Add a text to a gallery, written in its source language; an empty one is not shown to visitors.

    Raises NotFound, Invalid.
    """
    item = items.settle(gallery_id, [Item(kind="text", style=boxes.check_style(style))], actor=actor, place=place)[0]
    if html:
        _write(item, {"html": html}, actor=actor)
    return item


def add_video(
    gallery_id: UUID,
    url: str,
    *,
    actor: Actor,
    title: str | None = None,
    duration: int = 0,
    poster_id: UUID | None = None,
    place: str = "end",
) -> Item:
    """Add a video by its address, called `title` in the gallery's source language; it lasts `duration` seconds.

    Raises NotFound, Invalid for an address that is not known.
    """
    video = replace(videos.recognise(url), duration=duration)
    if poster_id:
        items.check_poster(poster_id)
    made = Item(kind="video", video=video.kept(), poster_id=poster_id)
    item = items.settle(gallery_id, [made], actor=actor, place=place)[0]
    if title:
        _write(item, {"title": title}, actor=actor)
    return item


def _write(item: Item, fields: dict[str, str | None], *, actor: Actor) -> None:
    language_id = db.session.get_one(Gallery, item.gallery_id).source_language_id
    translations.write(item, language_id, fields, actor=actor)
