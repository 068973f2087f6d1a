"""What requests of the Sherl dialect say; an unknown key says nothing (D28)."""

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, Field

from webapp.api.kinds import LARGEST, STORABLE, Number
from webapp.domain.models.account import EMAIL
from webapp.domain.models.gallery import CATEGORY

PASSWORD: Final = 1024
"""Characters of a password that are looked at."""

Text = Annotated[str, Field(max_length=2048), STORABLE]


class PageQuery(BaseModel):
    """A window of a list, by pages from 1."""

    page: Annotated[Number, Field(ge=1, le=LARGEST)] = 1
    itemsPerPage: Annotated[Number, Field(ge=1, le=200)] = 10

    def window(self) -> dict[str, Any]:
        """Return how many rows to skip and how many to give."""
        return {"skip": (self.page - 1) * self.itemsPerPage, "limit": self.itemsPerPage}


class GalleriesQuery(PageQuery):
    """A window of the galleries, or one of them by its id or address."""

    id: Text | None = None
    uri: Text | None = None


class MediaObject(BaseModel):
    """What is said of a file's bytes; only the name is read, for a gallery that has none."""

    name: Text | None = None


class ImageObject(BaseModel):
    """A media by its id, ours or one that a program chose in a domain."""

    id: Annotated[str, Field(min_length=1, max_length=255), STORABLE]
    domain: Annotated[str, Field(max_length=255), STORABLE] | None = None
    caption: MediaObject | None = None


class GalleryCreate(BaseModel):
    """A gallery of one media in one category."""

    categoryUri: Annotated[str, Field(max_length=CATEGORY[1]), STORABLE]
    media: ImageObject


class Login(BaseModel):
    """An account's email address and its password."""

    username: Annotated[str, Field(max_length=EMAIL[1]), STORABLE]
    password: Annotated[str, Field(max_length=PASSWORD), STORABLE]


class MediaQuery(BaseModel):
    """Which domain an id is of; the SDK says the id once more."""

    domain: Text | list[Text] | None = None


class UploadQuery(MediaQuery):
    """What a program calls the file that it sends, and what kind it is."""

    id: Text | None = None
    type: Literal["file", "movie"] = "file"
