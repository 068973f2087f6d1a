"""The kinds of fields that requests are made of, each with pydantic's own words for what is wrong."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Protocol
from uuid import UUID

from pydantic import Field
from pydantic_core import PydanticCustomError

from webapp.api.kinds import STORABLE
from webapp.domain.models.gallery import SLUG
from webapp.domain.models.translation import (
    ALT,
    CAPTION,
    DESCRIPTION,
    META_DESCRIPTION,
    META_TITLE,
    TITLE,
)

SEARCH: Final = 255
SLUG_PATTERN: Final = r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$"

Slug = Annotated[str, Field(min_length=SLUG[0], max_length=SLUG[1], pattern=SLUG_PATTERN)]
Title = Annotated[str, Field(min_length=TITLE[0], max_length=TITLE[1]), STORABLE]
Description = Annotated[str, Field(max_length=DESCRIPTION[1]), STORABLE]
MetaTitle = Annotated[str, Field(max_length=META_TITLE[1]), STORABLE]
MetaDescription = Annotated[str, Field(max_length=META_DESCRIPTION[1]), STORABLE]
Caption = Annotated[str, Field(max_length=CAPTION[1]), STORABLE]
Alt = Annotated[str, Field(max_length=ALT[1]), STORABLE]
Search = Annotated[str, Field(max_length=SEARCH), STORABLE]


class InLanguage(Protocol):
    """Whatever is said in one language."""

    language_id: UUID


def each_language_once(texts: Sequence[InLanguage]) -> Any:
    """Refuse two texts in one language."""
    if len({text.language_id for text in texts}) != len(texts):
        raise PydanticCustomError("duplicate_language", "Each language should be given once")
    return texts
