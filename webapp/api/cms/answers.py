"""What the CMS dialect answers with: the seed's objects, made of the catalogue's values."""

from collections.abc import Sequence
from typing import Any, Final

from webapp.api.sending import demand_match, nothing, pack, send, send_tagged
from webapp.domain.catalogue import Detail, Entry, Place, Summary, Whole, Wording
from webapp.domain.models import Language
from webapp.domain.permissions import Actor

__all__ = ["HELD", "demand_match", "nothing", "pack", "send", "send_tagged"]

HELD: Final = "X-Vitrine-Held"


def envelope(rows: Sequence[Any], *, total: int, page: int, per_page: int) -> dict[str, Any]:
    """Put a page of rows into the newer generation's envelope."""
    pages = -(-total // per_page)
    figures = {"total": total, "page": page, "per_page": per_page, "pages": pages}
    return {"data": rows, "pagination": figures | {"has_next": page < pages, "has_prev": page > 1}}


def summary(gallery: Summary) -> dict[str, Any]:
    """Return a gallery of a list."""
    return {"id": gallery.id, "slug": gallery.slug, "status": gallery.status}


def gallery(whole: Whole) -> dict[str, Any]:
    """Return a GalleryResponse."""
    return {
        "id": whole.id,
        "slug": whole.slug,
        "status": whole.status,
        "cover_image_id": whole.cover_id,
        "author_id": whole.author_id,
        "created_by": whole.created_by,
        "translations": [_translation(whole, wording) for wording in whole.texts],
        "gallery_media": [_placement(whole, rank, place) for rank, place in enumerate(whole.places)],
        "cover_image": media(whole.cover) if whole.cover else None,
        "created_at": whole.created_at,
        "updated_at": whole.updated_at,
    }


def media(entry: Entry) -> dict[str, Any]:
    """Return a media as lists and galleries show it."""
    return {
        "id": entry.id,
        "filename": entry.filename,
        "original_filename": entry.original_filename,
        "mime_type": entry.mime_type,
        "size": entry.size,
        "path": entry.path,
        "alt_text": entry.alt,
    }


def media_detail(found: Detail) -> dict[str, Any]:
    """Return a media with who brought it and when."""
    who = {"uploaded_by": found.uploaded_by}
    return media(found.media) | who | {"created_at": found.created_at, "updated_at": found.updated_at}


def language(row: Language) -> dict[str, Any]:
    """Return a language."""
    names = ("id", "code", "name", "native_name", "direction", "is_default", "is_active")
    return {name: getattr(row, name) for name in names}


def person(actor: Actor) -> dict[str, Any]:
    """Return who asks, and what they may do."""
    who = {"id": actor.id, "email": actor.email, "name": actor.name}
    return who | {"role": actor.role, "permissions": sorted(actor.permissions)}


def _translation(whole: Whole, wording: Wording) -> dict[str, Any]:
    return {
        "id": wording.id,
        "gallery_id": whole.id,
        "language_id": wording.language_id,
        "title": wording.title or "",
        "description": wording.description,
        "meta_title": wording.meta_title,
        "meta_description": wording.meta_description,
        "created_at": wording.created_at,
        "updated_at": wording.updated_at,
    }


def _placement(whole: Whole, rank: int, place: Place) -> dict[str, Any]:
    return {
        "gallery_id": whole.id,
        "media_id": place.media.id,
        "order": rank,
        "caption": place.caption,
        "created_at": place.created_at,
        "media": media(place.media),
    }
