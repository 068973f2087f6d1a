"""The end of a sign-in, as pages tell it."""

import math
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from webapp.domain.sessions import NOTICE, SignIn
from webapp.infra.clock import now


@dataclass(frozen=True)
class Ending:
    """When this browser's sign-in ends, and what is to be said of it: `far`, `soon`, `last` or `gone`.

    `due` is the number of seconds after which the page had better ask again; `soon` can be put off, `last` cannot.
    """

    state: str
    due: int = 0
    at: datetime | None = None

    @classmethod
    def of(cls, found: SignIn, ends_at: datetime | None = None) -> "Ending":
        """Say it of a sign-in, which may just have been given another end."""
        found = replace(found, ends_at=ends_at or found.ends_at)
        left = found.ends_at - now()
        if not found.ends_soon:
            return cls("far", _seconds(left - NOTICE), found.ends_at)
        return cls("soon" if found.may_stay else "last", _seconds(left), found.ends_at)


GONE: Final = Ending("gone")


def _seconds(span: timedelta) -> int:
    """Round up, so that whoever waits this long finds that it has come to pass."""
    return max(1, math.ceil(span.total_seconds()))
