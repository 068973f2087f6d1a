"""Dynamic backgrounds as seed 000 shows them: what a client reads of one, it may send back as it is."""

from typing import Any, Final
from uuid import UUID

from webapp.api.sherl.answers import Desk, image, moment
from webapp.api.sherl.background_filters import uri_of
from webapp.domain import geo
from webapp.domain.backgrounds.areas import Area
from webapp.domain.backgrounds.contents import Contents
from webapp.domain.backgrounds.versions import Version
from webapp.domain.models import Background

CIRCLE: Final = "circle"


def background(found: Background, contents: Contents, made: Desk) -> dict[str, Any]:
    """Return an IDynamicBackground."""
    by = {"createdBy": found.created_by_id, "versionCreatedBy": _author(found)}
    if found.updated_at is not None:
        by["updatedBy"] = found.updated_by_id
    parent = {"parentUri": version_uri(found.id, found.version - 1)} if found.version > 1 else {}
    return {
        "id": str(found.id),
        "uri": uri_of(found.id),
        "medias": [image(each, made) for each in contents.media_ids if each in made.library],
        "metadatas": dict(found.metadatas),
        "createdAt": moment(found.created_at),
        "versionCreatedAt": moment(found.versioned_at),
        "updatedAt": moment(found.updated_at or found.created_at),
        "deleted": found.deleted_at is not None,
        "displayZones": list(contents.zones),
        "locations": [area(each) for each in contents.areas if each.kind != CIRCLE],
        "geoshapes": [area(each) for each in contents.areas if each.kind == CIRCLE],
        "version": found.version,
        **parent,
        **{name: str(who) for name, who in by.items() if who},
    }


def earlier(found: Background, before: Version, made: Desk) -> dict[str, Any]:
    """Return an IDynamicBackground as it was in a version."""
    row = before.row
    about = {"uri": version_uri(found.id, row.number), "version": row.number, "updatedAt": moment(row.made_at)}
    about |= {"versionCreatedAt": about["updatedAt"], "metadatas": dict(before.fields["metadatas"])}
    who = {"versionCreatedBy": row.by_id and str(row.by_id), "updatedBy": None}
    parent = {"parentUri": version_uri(found.id, row.number - 1) if row.number > 1 else None}
    shown = background(found, before.contents, made) | about | who | parent
    return {name: value for name, value in shown.items() if value is not None}


def _author(found: Background) -> UUID | None:
    """Return who made the version, None where it is no longer known because the trash came after it."""
    if found.version == 1:
        return found.created_by_id
    return found.updated_by_id if found.updated_at == found.versioned_at else None


def version_uri(background_id: UUID, number: int) -> str:
    """Return what one of a background's versions is called."""
    return f"{uri_of(background_id)}?version={number}"


def area(found: Area) -> dict[str, Any]:
    """Return an IPoiZone or an IGeoShape."""
    if found.kind == CIRCLE and found.circle is not None:
        centre = found.circle.centre
        reach = found.distance or geo.written(found.circle.radius)
        return {"type": CIRCLE, "coordinates": [centre.longitude, centre.latitude], "radius": reach}
    said: dict[str, Any] = {} if found.distance is None else {"distance": found.distance}
    return said | ({"location": dict(found.address)} if found.address else {})
