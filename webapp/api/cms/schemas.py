"""What requests of the CMS dialect say: an absent key is not a null, and an unknown one says nothing (D28)."""

from enum import StrEnum
from typing import Annotated, Final, Literal, cast
from uuid import UUID

from pydantic import AfterValidator, AliasChoices, BaseModel, Field

from webapp.api.cms.fields import (
    Alt,
    Caption,
    Description,
    MetaDescription,
    MetaTitle,
    Search,
    Slug,
    Title,
    each_language_once,
)
from webapp.api.kinds import LARGEST, STORABLE, Number, absent
from webapp.domain.galleries import GalleryFields
from webapp.domain.languages import LanguageFields
from webapp.domain.media import MediaFields
from webapp.domain.models.account import EMAIL
from webapp.domain.models.language import CODE, NAME
from webapp.domain.models.media import FILENAME

PASSWORD: Final = 1024
"""Characters of a password that are looked at."""


class Status(StrEnum):
    """The life of a gallery."""

    draft = "draft"
    published = "published"
    archived = "archived"


class ListQuery(BaseModel):
    """A window of a list: the older generation's `skip` and `limit`, or the newer one's pages."""

    skip: Annotated[Number, Field(ge=0, le=LARGEST)] = 0
    limit: Annotated[Number, Field(ge=1, le=1000)] = 100
    page: Annotated[Number, Field(ge=1, le=LARGEST)] = 1
    per_page: Annotated[Number, Field(ge=1, le=200)] = 20
    search: Search | None = None

    @property
    def paged(self) -> bool:
        """Whether the newer generation asks, which gets an envelope."""
        return bool(self.model_fields_set & {"page", "per_page"})

    def window(self) -> tuple[int, int]:
        """Return how many rows to skip and how many to give."""
        return ((self.page - 1) * self.per_page, self.per_page) if self.paged else (self.skip, self.limit)


class GalleryListQuery(ListQuery):
    """A window of the gallery list."""

    status: Status | None = None


class Translation(BaseModel):
    """A gallery's texts in one language."""

    language_id: UUID
    title: Title
    description: Description | None = None
    meta_title: MetaTitle | None = None
    meta_description: MetaDescription | None = None

    def texts(self) -> dict[str, str | None]:
        """Return the texts that were given."""
        return self.model_dump(exclude={"language_id"}, exclude_unset=True)


class _OfGallery(BaseModel):
    def fields(self) -> GalleryFields:
        """Return the gallery's own fields that were given, as the domain calls them."""
        given = self.model_dump(exclude={"translations"}, exclude_unset=True)
        if "cover_image_id" in given:
            given["cover_media_id"] = given.pop("cover_image_id")
        if "status" in given:
            given["status"] = given["status"].value
        return cast(GalleryFields, given)


class GalleryCreate(_OfGallery):
    """A new gallery."""

    slug: Slug
    status: Status = Status.draft
    cover_image_id: UUID | None = None
    author_id: UUID = absent()
    translations: Annotated[list[Translation], AfterValidator(each_language_once)] = []

    def texts(self) -> dict[UUID, dict[str, str | None]]:
        """Return the texts by language."""
        return {translation.language_id: translation.texts() for translation in self.translations}


class GalleryUpdate(_OfGallery):
    """A change of a gallery."""

    slug: Slug = absent()
    status: Status = absent()
    cover_image_id: UUID | None = None
    author_id: UUID = absent()


class PlacementCreate(BaseModel):
    """A media to be added to a gallery: at the end, or at the rank `order` where that is more than 0."""

    media_id: UUID
    order: Annotated[Number, Field(ge=0)] | None = 0
    caption: Caption | None = None


class PlacementUpdate(BaseModel):
    """A change of a media's place or caption."""

    order: Number | None = None
    caption: Caption | None = None


class Reorder(BaseModel):
    """All media of a gallery in the order wanted."""

    media_ids: list[UUID]


class MediaUpdate(BaseModel):
    """A change of a media's own name or alt text."""

    original_filename: Annotated[str, Field(min_length=FILENAME[0], max_length=FILENAME[1]), STORABLE] = absent()
    alt_text: Alt | None = None

    def fields(self) -> MediaFields:
        """Return the media's own fields that were given."""
        return cast(MediaFields, self.model_dump(include={"original_filename"}, exclude_unset=True))


class LanguageCreate(BaseModel):
    """A language to be added; its code is enough."""

    code: Annotated[str, Field(min_length=CODE[0], max_length=CODE[1]), STORABLE]
    name: Annotated[str, Field(min_length=NAME[0], max_length=NAME[1]), STORABLE] | None = None
    native_name: Annotated[str, Field(min_length=NAME[0], max_length=NAME[1]), STORABLE] | None = None
    direction: Literal["ltr", "rtl"] | None = None
    is_default: bool = False
    is_active: bool = True


class LanguageUpdate(BaseModel):
    """A change of a language; `is_active` false takes it off the site and keeps what was written in it."""

    name: Annotated[str, Field(min_length=NAME[0], max_length=NAME[1]), STORABLE] = absent()
    native_name: Annotated[str, Field(min_length=NAME[0], max_length=NAME[1]), STORABLE] = absent()
    direction: Literal["ltr", "rtl"] = absent()
    is_default: bool = absent()
    is_active: bool = absent()

    def fields(self) -> LanguageFields:
        """Return the fields that were given."""
        return cast(LanguageFields, self.model_dump(exclude_unset=True))


class Login(BaseModel):
    """An account's email address, which other clients call `username`, and its password."""

    email: Annotated[str, Field(max_length=EMAIL[1]), STORABLE] = Field(
        validation_alias=AliasChoices("email", "username")
    )
    password: Annotated[str, Field(max_length=PASSWORD), STORABLE]
