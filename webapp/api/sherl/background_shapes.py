"""What answers about dynamic backgrounds look like, for the document and the tests; nothing is made with these."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from webapp.api.sherl.background_schemas import Zone
from webapp.api.sherl.shapes import IImageObject, Shape, View


class IAddress(Shape):
    """An address, with what was given of it."""

    id: str | None = None
    country: str | None = None
    locality: str | None = None
    region: str | None = None
    department: str | None = None
    types: list[str] | None = None
    postalCode: str | None = None  # noqa: N815
    streetAddress: str | None = None  # noqa: N815
    complementaryStreetAddress: str | None = None  # noqa: N815
    name: str | None = None
    type: str | None = None
    isDefault: bool | None = None  # noqa: N815
    googleToken: str | None = None  # noqa: N815
    uri: str | None = None
    originId: str | None = None  # noqa: N815
    latitude: float | None = None
    longitude: float | None = None
    createdAt: str | None = None  # noqa: N815
    updatedAt: str | None = None  # noqa: N815


class IPoiZone(Shape):
    """An address, and how far it reaches round its place, such as `10km`."""

    distance: str | None = None
    location: IAddress | None = None


class IGeoShape(Shape):
    """A circle: longitude and latitude of its middle, and a radius such as `900m`."""

    type: Literal["circle"]
    coordinates: tuple[float, float]
    radius: str


class IDynamicBackground(Shape):
    """Pictures for zones and places; whoever made and changed it is named by an account's id."""

    id: UUID
    uri: str
    medias: list[IImageObject]
    metadatas: dict[str, Any]
    createdAt: datetime  # noqa: N815
    versionCreatedAt: datetime  # noqa: N815
    updatedAt: datetime  # noqa: N815
    deleted: bool
    displayZones: list[Zone]  # noqa: N815
    locations: list[IPoiZone]
    geoshapes: list[IGeoShape]
    version: int
    parentUri: str | None = None  # noqa: N815
    createdBy: UUID | None = None  # noqa: N815
    updatedBy: UUID | None = None  # noqa: N815
    versionCreatedBy: UUID | None = None  # noqa: N815


class DynamicBackgrounds(Shape):
    """A page of dynamic backgrounds."""

    results: list[IDynamicBackground]
    view: View
