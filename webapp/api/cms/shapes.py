"""What answers of the CMS dialect look like, for the OpenAPI document and the tests; nothing is made with these."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from webapp.api.cms.schemas import Status


class Shape(BaseModel):
    """An object with these keys and no others."""

    model_config = ConfigDict(extra="forbid")


class GallerySummary(Shape):
    """A gallery in a list."""

    id: UUID
    slug: str
    status: Status


class MediaSummary(Shape):
    """A media of the library; `path` answers over HTTP."""

    id: UUID
    filename: str
    original_filename: str
    mime_type: str
    size: int
    path: str
    alt_text: str | None


class MediaResponse(MediaSummary):
    """A media with who brought it and when."""

    uploaded_by: UUID | None
    created_at: datetime
    updated_at: datetime | None


class Pagination(Shape):
    """Where a page stands in its list."""

    total: int
    page: int
    per_page: int
    pages: int
    has_next: bool
    has_prev: bool


class GalleryPage(Shape):
    """A page of galleries."""

    data: list[GallerySummary]
    pagination: Pagination


class MediaPage(Shape):
    """A page of the library."""

    data: list[MediaSummary]
    pagination: Pagination


class TranslationResponse(Shape):
    """A gallery's texts in one language."""

    id: UUID
    gallery_id: UUID
    language_id: UUID
    title: str
    description: str | None
    meta_title: str | None
    meta_description: str | None
    created_at: datetime
    updated_at: datetime | None


class GalleryMediaResponse(Shape):
    """A media's place in a gallery; `order` is its rank from 0."""

    gallery_id: UUID
    media_id: UUID
    order: int
    caption: str | None
    created_at: datetime
    media: MediaSummary


class GalleryResponse(Shape):
    """A gallery with all it shows."""

    id: UUID
    slug: str
    status: Status
    cover_image_id: UUID | None
    author_id: UUID | None
    created_by: UUID | None
    translations: list[TranslationResponse]
    gallery_media: list[GalleryMediaResponse]
    cover_image: MediaSummary | None
    created_at: datetime
    updated_at: datetime | None


class LanguageResponse(Shape):
    """A language of the site."""

    id: UUID
    code: str
    name: str
    native_name: str
    direction: Literal["ltr", "rtl"]
    is_default: bool
    is_active: bool


class TokenResponse(Shape):
    """What a program shows as its bearer from now on, for so many seconds."""

    access_token: str
    token_type: Literal["bearer"]
    expires_in: int


class PersonResponse(Shape):
    """Who asks, and what they may do."""

    id: UUID
    email: str
    name: str
    role: str
    permissions: list[str]


class Problem(Shape):
    """Why something could not be done."""

    detail: str


class Fault(BaseModel):
    """One thing that is wrong with a request."""

    type: str
    loc: list[str | int]
    msg: str
    input: Any
    ctx: dict[str, Any] | None = None


class Faults(Shape):
    """All that is wrong with a request."""

    detail: list[Fault] | str
