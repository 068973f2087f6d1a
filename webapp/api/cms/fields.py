"""The kinds of fields that requests are made of, each with pydantic's own words for what is wrong."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, Protocol
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError, PydanticKnownError

from webapp.domain.models.gallery import SLUG
from webapp.domain.models.translation import (
    ALT,
    CAPTION,
    DESCRIPTION,
    META_DESCRIPTION,
    META_TITLE,
    TITLE,
)

LARGEST: Final = 2**31 - 1
"""Of a number of rows to skip; an offset beyond holds nothing."""

SEARCH: Final = 255
WHOLE: Final = re.compile(r"[+-]?[0-9]+")
SLUG_PATTERN: Final = r"^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$"


def absent() -> Any:
    """Let a field be left out that may not be null; whether it was is in `model_fields_set`."""
    return Field(default_factory=lambda: None)


def _plain(value: Any) -> Any:
    """Refuse what pydantic, and Python, would take for a number: true, 1_000, blanks around."""
    if isinstance(value, bool):
        raise PydanticKnownError("int_type")
    if isinstance(value, str) and not WHOLE.fullmatch(value):
        raise PydanticKnownError("int_parsing")
    return value


def _storable(text: str) -> str:
    if "\x00" in text:
        raise PydanticCustomError("string_nul", "String should not contain NUL characters")
    return text


Number = Annotated[int, BeforeValidator(_plain)]
"""A whole number, or ASCII digits that say one, as FastAPI takes them."""

STORABLE: Final = AfterValidator(_storable)
"""Comes last: lengths are the text's own, in pydantic's own words."""

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
