"""Bytes on their way in from an address: read while they come, by a worker that renews its lease meanwhile."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from webapp.infra import outbound
from webapp.infra.clock import now
from webapp.infra.outbound import Incoming, Way
from webapp.infra.outside import Refused, Unreachable
from webapp.infra.spool import Readable

SECONDS: Final = 2 * 3600.0
"""What 2 GiB take at 2.5 Mbit/s."""

SILENCE: Final = 30.0
PACE: Final = 16 * 1024
"""Bytes a second: what comes more slowly keeps others waiting who come behind it."""
RENEWED: Final = timedelta(seconds=5)
TRANSIENT: Final = (408, 429)


class Lost(Exception):
    """The lease has gone to somebody else, who brings the same file."""


def way_for(way: Way, *, most: int) -> Way:
    """Return how far one may go for a file of at most so many bytes, which may take long."""
    return Way(
        allow=way.allow,
        seconds=SECONDS,
        silence=SILENCE,
        pace=PACE,
        most=most,
        plain=True,
        resolve=way.resolve,
        context=way.context,
    )


@contextlib.contextmanager
def opened(url: str, *, way: Way, kinds: str) -> Iterator[Incoming]:
    """Give the bytes at an address while they come, for as long as the block lasts; no transaction may be open.

    `kinds` is what is asked for, as `Accept` has it. Raises Outside.
    """
    with outbound.opened(url, way=way, headers={"Accept": kinds}) as incoming:
        if incoming.status != 200:
            facts = {"host": urlsplit(url).hostname, "status": str(incoming.status)}
            if incoming.status >= 500 or incoming.status in TRANSIENT:
                raise Unreachable("status", "%(host)s answers with %(status)s.", **facts)
            raise Refused("status", "%(host)s answers with %(status)s.", **facts)
        yield incoming


class Renewing:
    """Bytes whose reader says at once and every few seconds, by `renew`, that somebody is at them."""

    def __init__(self, stream: Readable, renew: Callable[[datetime], None]) -> None:
        self._stream, self._renew = stream, renew
        self._told = now() - RENEWED

    def read(self, size: int, /) -> bytes:
        """Give the next bytes. Raises Lost, and what the stream raises."""
        moment = now()
        if moment - self._told >= RENEWED:
            self._renew(moment)
            self._told = moment
        return self._stream.read(size)
