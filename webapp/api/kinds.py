"""Kinds of fields that the dialects share, each with pydantic's own words for what is wrong."""

import re
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field
from pydantic_core import PydanticCustomError, PydanticKnownError

LARGEST: Final = 2**31 - 1
"""Of a number of rows to skip; an offset beyond holds nothing."""

WHOLE: Final = re.compile(r"[+-]?[0-9]+")


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
