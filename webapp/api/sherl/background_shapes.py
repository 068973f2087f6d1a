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
    postalCode: str | None = None
    streetAddress: str | None = None
    complementaryStreetAddress: str | None = None
    name: str | None = None
    type: str | None = None
    isDefault: bool | None = None
    googleToken: str | None = None
    uri: str | None = None
    originId: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    createdAt: str | None = None
    updatedAt: str | None = None


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
    createdAt: datetime
    versionCreatedAt: datetime
    updatedAt: datetime
    deleted: bool
    displayZones: list[Zone]
    locations: list[IPoiZone]
    geoshapes: list[IGeoShape]
    version: int
    parentUri: str | None = None
    createdBy: UUID | None = None
    updatedBy: UUID | None = None
    versionCreatedBy: UUID | None = None


class DynamicBackgrounds(Shape):
    """A page of dynamic backgrounds."""

    results: list[IDynamicBackground]
    view: View
