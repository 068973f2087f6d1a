"""What answers of the Sherl dialect look like, for the OpenAPI document and the tests; nothing is made with these."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """An object with these keys and no others."""

    model_config = ConfigDict(extra="forbid")


class View(Shape):
    """Which page this is, from 1, and how many rows there are on all of them."""

    total: int
    page: int
    itemsPerPage: int


class IMediaObject(Shape):
    """A file's bytes: where they answer, their type, and how many; a duration is in seconds."""

    id: UUID
    name: str
    contentUrl: str
    encodingFormat: str
    size: int | None = None
    description: str | None = None
    duration: str | None = None


class ISmallImage(Shape):
    """A small picture of a media."""

    width: int
    height: int
    caption: IMediaObject


class IImageObject(Shape):
    """A media by the id that its program chose, else ours; sides in pixels, 0 for unknown."""

    id: str
    consumerId: UUID
    domain: str
    uri: str
    width: int
    height: int
    caption: IMediaObject
    createdAt: datetime
    thumbnail: ISmallImage | None = None


class ICategoryResponse(Shape):
    """A category with all below it; its name is in the site's default language, where it has one there."""

    id: UUID
    uri: str
    taxeValue: float
    consumerId: UUID
    parentUri: str
    name: str
    organizationUri: str
    createdAt: datetime
    updatedAt: datetime
    subCategories: list["ICategoryResponse"]


class IGallery(Shape):
    """A gallery by its cover, else its first media; there is none where all have gone.

    `category` is there where one has the uri that the gallery names.
    """

    id: UUID
    uri: str
    consumerId: UUID
    categoryUri: str
    category: ICategoryResponse | None = None
    media: IImageObject | None
    createdAt: datetime
    updatedAt: datetime


class Galleries(Shape):
    """A page of galleries."""

    results: list[IGallery]
    view: View


class Token(Shape):
    """What a program shows as its bearer from now on."""

    access_token: str


class SignedOut(Shape):
    """The token is worth nothing now."""

    success: bool


class Problem(Shape):
    """Why something could not be done."""

    statusCode: int
    message: str | list[str]
    error: str
