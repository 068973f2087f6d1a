"""What the Sherl dialect answers with: its SDK's objects (contract, 4.3). `root` is the site's own address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from flask import current_app

from webapp.api.sending import demand_match, pack, send, send_tagged
from webapp.api.sherl.credentials import DOOR
from webapp.api.sherl.routing import PREFIX
from webapp.domain import category_trees, depictions, site
from webapp.domain.category_trees import Node
from webapp.domain.depictions import Depiction, Thumbnail
from webapp.domain.fronts import Front
from webapp.domain.models import Language

__all__ = ["demand_match", "pack", "send", "send_tagged"]

THUMBNAIL_TYPE: Final = "image/jpeg"


@dataclass(frozen=True)
class Desk:
    """What answers are made with: the site's own address, its id, and the files that they show."""

    root: str
    consumer_id: str
    library: Mapping[UUID, Depiction]


def desk(media_ids: Sequence[UUID | None]) -> Desk:
    """Read what answers about these files need."""
    root: str = current_app.extensions["vitrine-settings"].base_url
    wanted = {each for each in media_ids if each}
    return Desk(root.rstrip("/"), str(site.get().instance_id), depictions.of(wanted, dialect=DOOR))


def page(rows: Sequence[Any], *, total: int, page: int, size: int) -> dict[str, Any]:
    """Put a page of rows into its envelope; pages are counted from 1."""
    return {"results": rows, "view": {"total": total, "page": page, "itemsPerPage": size}}


def galleries(found: Sequence[Front]) -> list[dict[str, Any]]:
    """Return IGalleries."""
    made = desk([each.media_id for each in found])
    categories = _categories([each.category_uri for each in found], made)
    return [_gallery(each, made) | categories.get(each.category_uri, {}) for each in found]


def gallery(found: Front) -> dict[str, Any]:
    """Return an IGallery."""
    return galleries([found])[0]


def image(media_id: UUID, made: Desk) -> dict[str, Any]:
    """Return an IImageObject, by the id that its program chose."""
    found = made.library[media_id]
    shown = {
        "id": image_id(found),
        "consumerId": made.consumer_id,
        "domain": found.name.domain if found.name else "",
        "uri": f"{PREFIX}/medias/{image_id(found)}",
        "width": found.width,
        "height": found.height,
        "caption": _caption(found, made.root),
        "createdAt": moment(found.created_at),
    }
    return shown | ({"thumbnail": _thumbnail(found.thumbnail, found, made)} if found.thumbnail else {})


def image_id(found: Depiction) -> str:
    """Return what programs call a file: the id that one chose, else ours."""
    return found.name.id if found.name else str(found.id)


def moment(when: datetime) -> str:
    """Write a moment as ISO 8601 in UTC, to the millisecond."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _gallery(found: Front, made: Desk) -> dict[str, Any]:
    return {
        "id": str(found.id),
        "uri": f"{PREFIX}/galleries/{found.id}",
        "consumerId": made.consumer_id,
        "categoryUri": found.category_uri or "",
        "media": image(found.media_id, made) if found.media_id else None,
        "createdAt": moment(found.created_at),
        "updatedAt": moment(found.updated_at or found.created_at),
    }


def _categories(uris: Sequence[str | None], made: Desk) -> dict[str | None, dict[str, Any]]:
    """Return what is said of the categories that have these uris; a gallery may name one that nobody has made."""
    found = category_trees.of(uris) if any(uris) else {}
    languages = category_trees.reading() if found else ()
    return {uri: {"category": _category(node, languages, made)} for uri, node in found.items()}


def _category(node: Node, languages: Sequence[Language], made: Desk) -> dict[str, Any]:
    """Return an ICategoryResponse with all below it; there are no taxes and no organizations here."""
    return {
        "id": str(node.id),
        "uri": node.uri,
        "taxeValue": 0,
        "consumerId": made.consumer_id,
        "parentUri": node.parent_uri or "",
        "name": node.called(languages).text,
        "organizationUri": "",
        "createdAt": moment(node.created_at),
        "updatedAt": moment(node.updated_at or node.created_at),
        "subCategories": [_category(each, languages, made) for each in node.children],
    }


def _caption(found: Depiction, root: str) -> dict[str, Any]:
    """Return an IMediaObject; a duration is in seconds."""
    shown = {
        "id": str(found.id),
        "name": found.original_filename,
        "contentUrl": f"{root}/{found.path}",
        "description": found.description,
        "duration": None if found.duration is None else f"{found.duration / 1000:g}",
        "encodingFormat": found.mime_type,
        "size": found.size,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _thumbnail(small: Thumbnail, found: Depiction, made: Desk) -> dict[str, Any]:
    caption = {
        "id": str(found.id),
        "name": found.original_filename,
        "contentUrl": f"{made.root}/{small.path}",
        "encodingFormat": THUMBNAIL_TYPE,
    }
    return {"width": small.width, "height": small.height, "caption": caption}
