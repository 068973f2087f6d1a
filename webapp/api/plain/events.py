"""Events as plain JSON: `type`, `timestamp` and `data`, as Standard Webhooks wants them, and who did it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from webapp.domain.contents import Collection, File, Piece
from webapp.domain.delivering.writing import Backdrop, Message
from webapp.domain.models import Media


def write(message: Message) -> str:
    """Return the body of a message; a thing that has gone for good is told of by its id alone."""
    said = {
        "id": str(message.id),
        "type": message.kind,
        "timestamp": _moment(message.at),
        "instance_id": str(message.instance_id),
        "by": _by(message),
        "data": _content(message),
    }
    return orjson.dumps(said).decode()


def _by(message: Message) -> dict[str, str | None]:
    """Say who did it: a program by the public half of its key, a person, or Vitrine itself (D31)."""
    kind = message.identity.get("type")
    if kind == "APP":
        return {"type": "program", "id": f"vk_{message.program}" if message.program else None}
    return {"type": "person", "id": message.identity["user"]} if kind == "USER" else {"type": "vitrine", "id": None}


def _content(message: Message) -> dict[str, Any]:
    thing = message.kind.partition(".")[0]
    made = {
        "gallery": _of_gallery,
        "item": _of_item,
        "media": _of_media,
        "translation": _of_translation,
        "background": _of_background,
    }
    return made[thing](message) if thing in made else {}


def _of_gallery(message: Message) -> dict[str, Any]:
    said: dict[str, Any] = {"gallery_id": message.entity_id}
    return said | ({"gallery": _gallery(message.gallery)} if message.gallery else {})


def _of_item(message: Message) -> dict[str, Any]:
    said: dict[str, Any] = {"gallery_id": _id(message.gallery_id), "item_id": message.entity_id}
    if message.cascade:
        said["because"] = "gallery.deleted"
    return said | ({"item": _item(message.item)} if message.item else {})


def _of_media(message: Message) -> dict[str, Any]:
    said: dict[str, Any] = {"media_id": message.entity_id}
    return said | ({"media": _media(message.media)} if message.media else {})


def _of_translation(message: Message) -> dict[str, Any]:
    owner = message.payload.get("owner")
    said: dict[str, Any] = {"of": owner, f"{owner}_id": message.payload.get("owner_id"), "language": message.language}
    if message.gallery_id:
        said["gallery_id"] = str(message.gallery_id)
    return said | ({"texts": dict(message.text)} if message.text is not None else {})


def _of_background(message: Message) -> dict[str, Any]:
    said: dict[str, Any] = {"background_id": message.entity_id}
    return said | ({"background": _background(message.background)} if message.background else {})


def _gallery(found: Collection) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "slug": found.slug,
        "title": found.name,
        "items": found.total,
        "created_at": _moment(found.created_at),
        "updated_at": _moment(found.updated_at),
    }


def _item(found: Piece) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "kind": found.kind,
        "sort_order": found.sort_order,
        "texts": {**_said(found.texts), "alt": found.alt},
        "tags": list(found.tags),
        "media": _file(found.file),
        "poster": _file(found.poster),
        "created_at": _moment(found.created_at),
        "updated_at": _moment(found.updated_at),
    }


def _said(texts: Mapping[str, str | None]) -> dict[str, str | None]:
    return {name: texts.get(name) for name in ("title", "description", "caption")}


def _file(found: File | None) -> dict[str, Any] | None:
    if found is None:
        return None
    named = {"id": str(found.id), "filename": found.filename, "original_filename": found.original_filename}
    return {**named, "width": found.width, "height": found.height}


def _media(found: Media) -> dict[str, Any]:
    blob = found.blob
    return {
        "id": str(found.id),
        "filename": found.filename,
        "original_filename": found.original_filename,
        "mime_type": blob.mime_type if blob else None,
        "size": blob.size if blob else None,
        "width": blob.width if blob else None,
        "height": blob.height if blob else None,
        "created_at": _moment(found.created_at),
        "updated_at": _moment(found.updated_at),
    }


def _background(found: Backdrop) -> dict[str, Any]:
    row = found.background
    return {
        "id": str(row.id),
        "name": row.name,
        "version": row.version,
        "zones": list(found.contents.zones),
        "media_ids": [str(each) for each in found.contents.media_ids],
        "active": row.is_active,
        "starts_at": _moment(row.starts_at),
        "ends_at": _moment(row.ends_at),
        "created_at": _moment(row.created_at),
        "updated_at": _moment(row.updated_at),
    }


def _moment(found: datetime | None) -> str | None:
    return found.astimezone(UTC).isoformat().replace("+00:00", "Z") if found else None


def _id(found: UUID | None) -> str | None:
    return str(found) if found else None
