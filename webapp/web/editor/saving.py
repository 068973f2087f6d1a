"""Saving what was typed over something that somebody else may have saved meanwhile."""

from collections.abc import Callable, Mapping
from typing import Any

from webapp.domain.errors import Stale
from webapp.domain.merging import Merged, merge
from webapp.domain.transaction import transaction

Values = Mapping[str, str]
Write = Callable[[Values, Any], None]
Read = Callable[[], tuple[Values, Any]]


def or_none(values: Values) -> dict[str, str | None]:
    """Return texts as they are kept: an empty one is none."""
    return {name: text or None for name, text in values.items()}


def save(mine: Values, base: Values, token: Any, *, write: Write, read: Read) -> Merged | None:
    """Write what I have changed; None where that is done, else what somebody has to choose between.

    `write` takes fields and the token they are written at, and raises Stale where that is old; `read` returns what
    is there by now and its token. What nobody else has changed is written although somebody saved meanwhile.
    """
    changed: Values = {field: text for field, text in mine.items() if base.get(field) != text}
    while True:
        try:
            with transaction():
                write(changed, token)
        except Stale:
            theirs, token = read()
            merged = merge(mine, base, theirs)
            if merged.choices:
                return merged
            changed = merged.values
        else:
            return None
