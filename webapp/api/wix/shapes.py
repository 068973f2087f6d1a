"""What answers of the Wix dialect look like, for the OpenAPI document and the tests; nothing is made with these."""

from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Shape(BaseModel):
    """An object with these keys and no others; a key without a value is left out."""

    model_config = ConfigDict(extra="forbid")


class Link(Shape):
    """Where an item leads."""

    text: str = ""
    url: str = ""


class Tags(Shape):
    """The tags of an item."""

    values: list[str]


class Point(Shape):
    """What must stay in view: fractions of width and height."""

    x: float
    y: float


class ImageInfo(BaseModel):
    """A picture: `url` answers over HTTP; sides in pixels."""

    id: str
    url: str
    height: int
    width: int
    altText: str | None = None  # noqa: N815
    filename: str | None = None


class Image(BaseModel):
    """The branch of an item that shows a picture."""

    type: str
    imageInfo: ImageInfo  # noqa: N815
    focalPoint: Point | None = None  # noqa: N815
    exif: dict[str, Any] | None = None
    quality: float | None = None
    unsharpMasking: dict[str, Any] | None = None  # noqa: N815


class VideoInfo(BaseModel):
    """A video: of the library by its id, or somewhere else by its address, then `id` is empty."""

    id: str
    url: str
    resolutions: list[dict[str, Any]]
    posters: list[dict[str, Any]]
    filename: str | None = None


class Video(BaseModel):
    """The branch of an item that shows a video; `duration` is the same milliseconds as a text (seed 001)."""

    type: str
    videoInfo: VideoInfo  # noqa: N815
    durationInMillis: float | None = None  # noqa: N815
    duration: str | None = None


class Text(BaseModel):
    """The branch of an item that shows a text, as it was given."""

    html: str
    css: dict[str, Any] | None = None
    editorHtml: str | None = None  # noqa: N815
    editorFontId: str | None = None  # noqa: N815


class Item(Shape):
    """An item with one of image, video and text."""

    id: UUID
    sortOrder: float  # noqa: N815
    title: str | None = None
    description: str | None = None
    link: Link | None = None
    type: Literal["IMAGE", "VIDEO", "TEXT"]
    image: Image | None = None
    video: Video | None = None
    text: Text | None = None
    secondaryMedia: dict[str, Any] | None = None  # noqa: N815
    createdDate: str  # noqa: N815
    updatedDate: str  # noqa: N815
    tags: Tags | None = None


class Gallery(Shape):
    """A gallery with a window of its items, those with the highest `sortOrder` first."""

    id: UUID
    name: str
    totalItems: int  # noqa: N815
    items: list[Item]
    sortOrder: float | None = None  # noqa: N815
    createdDate: str  # noqa: N815


class Galleries(Shape):
    """A window of the galleries, under the SDK's names and under the seed's."""

    totalGalleries: int  # noqa: N815
    galleries: list[Gallery]
    totalGalleriesCount: int  # noqa: N815
    gallery: list[Gallery]


class OneGallery(Shape):
    """A gallery."""

    gallery: Gallery


class OneItem(Shape):
    """An item."""

    item: Item


class Items(Shape):
    """A window of a gallery's items."""

    items: list[Item]


class GalleryId(Shape):
    """The gallery that was deleted."""

    galleryId: UUID  # noqa: N815


class ItemId(Shape):
    """The item that was deleted."""

    itemId: UUID  # noqa: N815


class ItemIds(Shape):
    """The items that were deleted."""

    itemIds: list[UUID]  # noqa: N815


class Document(Shape):
    """An item as Site Search finds it."""

    documentType: Literal["PROGALLERY_ITEM"]  # noqa: N815
    id: UUID
    title: str
    description: str
    isVideo: bool  # noqa: N815
    galleryId: UUID  # noqa: N815


class PagingMetadata(Shape):
    """Where a window stands in what is found."""

    count: int
    offset: int
    total: int


class Documents(Shape):
    """A window of what is found."""

    documents: list[Document]
    pagingMetadata: PagingMetadata  # noqa: N815


class ApplicationError(Shape):
    """Why something could not be done, with a code to compare."""

    code: str
    description: str
    data: dict[str, Any]


class FieldViolation(Shape):
    """One field that is wrong, at its path in the request."""

    field: str
    description: str
    violatedRule: str  # noqa: N815
    ruleName: str | None = None  # noqa: N815


class ValidationError(Shape):
    """All fields that are wrong."""

    fieldViolations: list[FieldViolation]  # noqa: N815


class Details(Shape):
    """One of the two kinds of errors."""

    applicationError: ApplicationError | None = None  # noqa: N815
    validationError: ValidationError | None = None  # noqa: N815


class Problem(Shape):
    """Why something could not be done."""

    message: str
    details: Details
