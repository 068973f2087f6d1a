"""What requests of the Wix dialect say (seed 001): an absent key is left alone, an unknown one says nothing (D28).

Field names are the wire's. `model_fields_set` tells what was given; a null clears a text and says nothing elsewhere.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError, PydanticKnownError

from webapp.api.kinds import LARGEST, STORABLE, Number
from webapp.domain.fetching import EXTERNAL_ID, MOST_PIXELS, URL
from webapp.domain.models.item import LINK, LINK_TEXT
from webapp.domain.models.media import FILENAME
from webapp.domain.models.tag import TAG
from webapp.domain.models.translation import ALT, DESCRIPTION, HTML, TITLE
from webapp.domain.ordering import MAX_KEY
from webapp.domain.tags import MOST as MOST_TAGS

ITEMS: Final = (1, 200)
"""Least and most items of a window; the SDK's own notes say 100 in one place and 200 in another."""

GALLERIES: Final = (1, 10)
BULK: Final = (1, 1000)
RESOLUTIONS: Final = 100
MOST_ITEMS: Final = 1000
"""Items that one request may bring, as many as it may delete."""

MOST_CHANGED: Final = 100
"""How many of them may be there already: new ones are written all at once, a change is one by one."""

BRANCHES: Final = ("image", "video", "text")


def _plain_number(value: Any) -> Any:
    """Refuse what pydantic would take for a number: true, a text."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticKnownError("float_type")
    return value


def _texts(value: Any) -> Any:
    """Take one parameter of the query as a list of one."""
    return [value] if isinstance(value, str) else value


def _storable_map(value: dict[str, Any]) -> dict[str, Any]:
    """Refuse a map with a NUL somewhere in it, which no database reads again."""
    if any("\x00" in text for text in _texts_within(value)):
        raise PydanticCustomError("string_nul", "Texts should not contain NUL characters")
    return value


def _texts_within(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from (name, *_texts_within(each))
    elif isinstance(value, list):
        for each in value:
            yield from _texts_within(each)


def _millis(value: Any) -> Any:
    """Take a length as the number that the SDK sends, or as digits in a text, which seed 001 shows."""
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    return _plain_number(value)


Real = Annotated[int | float, BeforeValidator(_plain_number)]
"""A number that stays as it was given: a whole one without a fraction."""

Key = Annotated[Real, Field(ge=-MAX_KEY, le=MAX_KEY)]
Share = Annotated[Real, Field(ge=0, le=1)]
Pixels = Annotated[Real, Field(ge=0, le=MOST_PIXELS)]
Millis = Annotated[int | float, BeforeValidator(_millis), Field(ge=0, le=LARGEST)]
Short = Annotated[str, Field(max_length=FILENAME[1]), STORABLE]
Address = Annotated[str, Field(max_length=URL[1]), STORABLE]
Ids = Annotated[list[UUID], BeforeValidator(_texts)]
Maps = Annotated[dict[str, Any], AfterValidator(_storable_map)]


class Link(BaseModel):
    """Where an item leads."""

    text: Annotated[str, Field(max_length=LINK_TEXT[1]), STORABLE] | None = None
    url: Annotated[str, Field(max_length=LINK[1]), STORABLE] | None = None


class Tags(BaseModel):
    """The tags of an item; the seed's older answers call the values `tags`."""

    values: Annotated[list[Annotated[str, Field(max_length=TAG[1]), STORABLE]], Field(max_length=MOST_TAGS)] = Field(
        default=[], validation_alias=AliasChoices("values", "tags")
    )


class Point(BaseModel):
    """What must stay in view: fractions of width and height."""

    x: Share
    y: Share


class UnsharpMasking(BaseModel):
    """How a picture is sharpened."""

    amount: Annotated[Real, Field(ge=0, le=5)] | None = None
    radius: Annotated[Real, Field(ge=0, le=500)] | None = None
    threshold: Share | None = None


class ImageInfo(BaseModel):
    """Which picture: one of the library by its id, or one somewhere else by its address; sides in pixels."""

    id: Annotated[str, Field(max_length=EXTERNAL_ID[1], pattern=r"^[^/]*$"), STORABLE] | None = None
    url: Address | None = None
    height: Pixels | None = None
    width: Pixels | None = None
    altText: Annotated[str, Field(max_length=max(ALT[1], FILENAME[1])), STORABLE] | None = None  # noqa: N815
    filename: Short | None = None

    @model_validator(mode="after")
    def _names_one(self) -> "ImageInfo":
        if not self.id and not self.url:
            raise PydanticCustomError("missing_media", "A picture needs its id or its url")
        return self


class Image(BaseModel):
    """The branch of an item that shows a picture."""

    imageInfo: ImageInfo  # noqa: N815
    type: Annotated[str, Field(max_length=32), STORABLE] | None = None
    focalPoint: Point | None = None  # noqa: N815
    exif: Maps | None = None
    quality: Annotated[Real, Field(ge=30, le=100)] | None = None
    unsharpMasking: UnsharpMasking | None = None  # noqa: N815


class Poster(BaseModel):
    """A picture that stands for a video."""

    id: Annotated[str, Field(max_length=EXTERNAL_ID[1], pattern=r"^[^/]*$"), STORABLE] | None = None
    url: Address | None = None
    height: Pixels | None = None
    width: Pixels | None = None
    filename: Short | None = None


class Resolution(BaseModel):
    """A file of a video; sides in pixels."""

    url: Address
    height: Pixels | None = None
    width: Pixels | None = None
    format: Short | None = None
    quality: Short | None = None
    filename: Short | None = None


class VideoInfo(BaseModel):
    """Which video: one of the library, or one somewhere else by its address."""

    id: Annotated[str, Field(max_length=EXTERNAL_ID[1], pattern=r"^[^/]*$"), STORABLE] | None = None
    url: Address | None = None
    filename: Short | None = None
    posters: Annotated[list[Poster], Field(max_length=RESOLUTIONS)] | None = None
    resolutions: Annotated[list[Resolution], Field(max_length=RESOLUTIONS)] | None = None

    @model_validator(mode="after")
    def _names_one(self) -> "VideoInfo":
        if not self.id and not self.url:
            raise PydanticCustomError("missing_media", "A video needs its id or its url")
        return self


class Video(BaseModel):
    """The branch of an item that shows a video."""

    videoInfo: VideoInfo  # noqa: N815
    type: Annotated[str, Field(max_length=32), STORABLE] | None = None
    durationInMillis: Millis | None = Field(  # noqa: N815
        default=None, validation_alias=AliasChoices("durationInMillis", "duration")
    )


class Text(BaseModel):
    """The branch of an item that shows a text."""

    html: Annotated[str, Field(max_length=HTML[1]), STORABLE]
    css: Maps | None = None
    editorHtml: Annotated[str, Field(max_length=HTML[1]), STORABLE] | None = None  # noqa: N815
    editorFontId: Short | None = None  # noqa: N815


class Item(BaseModel):
    """An item; `type` is read off the branch that is given."""

    sortOrder: Key | None = None  # noqa: N815
    title: Annotated[str, Field(max_length=TITLE[1]), STORABLE] | None = None
    description: Annotated[str, Field(max_length=DESCRIPTION[1]), STORABLE] | None = None
    link: Link | None = None
    tags: Tags | None = None
    image: Image | None = None
    video: Video | None = None
    text: Text | None = None
    secondaryMedia: Maps | None = None  # noqa: N815

    @property
    def branch(self) -> str | None:
        """Return which of image, video and text is given."""
        return next((name for name in BRANCHES if getattr(self, name) is not None), None)

    @model_validator(mode="after")
    def _is_one_of(self) -> "Item":
        if sum(getattr(self, name) is not None for name in BRANCHES) > 1:
            raise PydanticCustomError("one_of", "Give one of image, video and text")
        return self


class NewItem(Item):
    """An item to be made: one of image, video and text is needed; its id, type and dates are ours to give."""

    @model_validator(mode="after")
    def _has_one(self) -> "NewItem":
        if self.branch is None:
            raise PydanticCustomError("one_of", "Give one of image, video and text")
        return self


class ItemOfGallery(Item):
    """An item that comes with its gallery: known by its id, else new (D27)."""

    id: UUID | None = None

    @model_validator(mode="after")
    def _is_known_or_whole(self) -> "ItemOfGallery":
        if self.id is None and self.branch is None:
            raise PydanticCustomError("one_of", "Give one of image, video and text, or the id of an item")
        return self


class NewGallery(BaseModel):
    """A gallery to be made."""

    name: Annotated[str, Field(max_length=TITLE[1]), STORABLE] | None = None
    sortOrder: Key | None = None  # noqa: N815
    items: Annotated[list[NewItem], Field(max_length=MOST_ITEMS)] | None = None


class ChangedGallery(BaseModel):
    """A change of a gallery; each of its items is named once."""

    name: Annotated[str, Field(max_length=TITLE[1]), STORABLE] | None = None
    sortOrder: Key | None = None  # noqa: N815
    items: Annotated[list[ItemOfGallery], Field(max_length=MOST_ITEMS)] | None = None

    @model_validator(mode="after")
    def _names_each_once(self) -> "ChangedGallery":
        ids = [each.id for each in self.items or () if each.id]
        if len(set(ids)) != len(ids):
            raise PydanticCustomError("twice", "Name each item once")
        if len(ids) > MOST_CHANGED:
            most = {"most": MOST_CHANGED}
            raise PydanticCustomError("too_many", "Change at most {most} items at once", most)
        return self


class GalleryCreate(BaseModel):
    """A new gallery, or one like another, or both: then the name and the order are those given."""

    gallery: NewGallery | None = None
    cloneFromGalleryId: UUID | None = None  # noqa: N815

    @model_validator(mode="after")
    def _says_something(self) -> "GalleryCreate":
        if self.gallery is None and self.cloneFromGalleryId is None:
            raise PydanticCustomError("missing_gallery", "Give a gallery, or the id of one to clone")
        return self


class GalleryUpdate(BaseModel):
    """A change of a gallery."""

    gallery: ChangedGallery


class ItemCreate(BaseModel):
    """A new item."""

    item: NewItem


class ItemUpdate(BaseModel):
    """A change of an item."""

    item: Item


class BulkDelete(BaseModel):
    """Items to be deleted."""

    itemIds: Annotated[list[UUID], Field(min_length=BULK[0], max_length=BULK[1])]  # noqa: N815


class DeletedIds(BaseModel):
    """Items to be deleted, as the deprecated method's body names them."""

    itemIds: Annotated[list[UUID], Field(max_length=BULK[1])] = Field(  # noqa: N815
        default=[], validation_alias=AliasChoices("itemIds", "itemsIds")
    )


class DeletedQuery(BaseModel):
    """The same in the query, where the SDK repeats `itemsIds`."""

    itemsIds: Annotated[Ids, Field(max_length=BULK[1])] = []  # noqa: N815
    itemIds: Annotated[Ids, Field(max_length=BULK[1])] = []  # noqa: N815


class ItemsQuery(BaseModel):
    """A window of a gallery's items; the seed calls its two numbers `offset` and `limit`."""

    itemOffset: Annotated[Number, Field(ge=0, le=LARGEST)] | None = None  # noqa: N815
    itemLimit: Annotated[Number, Field(ge=ITEMS[0], le=ITEMS[1])] | None = None  # noqa: N815
    offset: Annotated[Number, Field(ge=0, le=LARGEST)] = 0
    limit: Annotated[Number, Field(ge=ITEMS[0], le=ITEMS[1])] = 50

    def window(self) -> dict[str, Any]:
        """Return how many items to skip and how many to give."""
        skip = self.offset if self.itemOffset is None else self.itemOffset
        return {"skip": skip, "limit": self.limit if self.itemLimit is None else self.itemLimit}


class GalleriesQuery(BaseModel):
    """A window of the galleries, and how many items of each."""

    itemLimit: Annotated[Number, Field(ge=1, le=ITEMS[1])] = 10  # noqa: N815
    offset: Annotated[Number, Field(ge=0, le=LARGEST)] = 0
    limit: Annotated[Number, Field(ge=GALLERIES[0], le=GALLERIES[1])] = 10


def named(ids: Sequence[UUID]) -> list[UUID]:
    """Return ids once each, in their order."""
    return list(dict.fromkeys(ids))
