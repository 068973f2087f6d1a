"""When a delivery is tried again, and when a webhook has failed for so long that it is disabled."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

WAITS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
"""How long each try comes after the one before; there is none after the last."""

LONGEST: Final = WAITS[-1]
JITTER: Final = 0.1
"""By which part a wait may be longer, so that what failed together does not come back together."""

PATIENCE: Final = timedelta(days=5)
"""How long a webhook may fail without one success."""


def next_try(
    tries: int, *, moment: datetime, retry_after: str = "", chance: Callable[[], float] = random.random
) -> datetime | None:
    """Return when to try again after so many tries, None where the last has been.

    A receiver may ask for longer, but not for longer than the longest wait.
    """
    if tries >= len(WAITS):
        return None
    wait = WAITS[tries] * (1 + JITTER * chance())
    return moment + max(wait, min(asked_for(retry_after, moment=moment), LONGEST))


def asked_for(retry_after: str, *, moment: datetime) -> timedelta:
    """Return how long a `Retry-After` asks for: seconds or a date; nothing where it is neither."""
    said = retry_after.strip()
    if said.isascii() and said.isdigit():
        return timedelta(seconds=min(int(said[:9]), int(LONGEST.total_seconds())))
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return timedelta()
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(until - moment, timedelta())


def is_hopeless(failing_since: datetime, *, moment: datetime) -> bool:
    """Say whether a webhook that has failed ever since is to be disabled."""
    return moment - failing_since >= PATIENCE
