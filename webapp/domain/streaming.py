"""Videos on their way in from somewhere else: streamed into the spool by a worker that renews its lease meanwhile."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import update

from webapp.domain import media
from webapp.domain.media import Intake
from webapp.domain.models import Fetch
from webapp.domain.transaction import transaction
from webapp.infra import outbound
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.outbound import Outside, Refused, Unreachable, Way
from webapp.infra.spool import Readable
from webapp.infra.storage import Storage

SECONDS: Final = 2 * 3600.0
"""What 2 GiB take at 2.5 Mbit/s."""

SILENCE: Final = 30.0
PACE: Final = 16 * 1024
"""Bytes a second: what comes more slowly keeps others waiting who come behind it."""
RENEWED: Final = timedelta(seconds=10)
TRANSIENT: Final = (408, 429)


class Lost(Outside):
    """The lease has gone to somebody else, who brings the same video."""


@dataclass(frozen=True)
class Held:
    """The fetch of a media that a worker holds: until when, and for how long anew from each renewal."""

    media_id: UUID
    until: datetime
    lease: timedelta


def way_for(way: Way, *, most: int) -> Way:
    """Return how far one may go for a video of at most so many bytes."""
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


def take_in(held: Held, url: str, name: str, *, storage: Storage, way: Way) -> Intake:
    """Receive, judge and store the video at an address; no transaction may be open.

    Raises Outside, Lost, Invalid and what the storage raises, and leaves nothing behind then.
    """
    allowed = way_for(way, most=storage.most.video_bytes)
    with outbound.opened(url, way=allowed, headers={"Accept": "video/*"}) as incoming:
        if incoming.status != 200:
            said = f"{urlsplit(url).hostname} answers with {incoming.status}."
            is_transient = incoming.status >= 500 or incoming.status in TRANSIENT
            raise (Unreachable if is_transient else Refused)(said)
        return media.take_in(Renewing(incoming, held), name, storage=storage, only="video")


class Renewing:
    """Bytes whose reader says every few seconds that somebody is at them."""

    def __init__(self, stream: Readable, held: Held) -> None:
        self._stream, self._media_id, self._lease, self._held = stream, held.media_id, held.lease, held.until
        self._told = now() - RENEWED

    def read(self, size: int, /) -> bytes:
        """Give the next bytes. Raises Lost, and what the stream raises."""
        moment = now()
        if moment - self._told >= RENEWED:
            self._renew(moment)
        return self._stream.read(size)

    def _renew(self, moment: datetime) -> None:
        """Put the end of the lease off, unless somebody else has put it anywhere since."""
        mine = update(Fetch).where(Fetch.media_id == self._media_id, Fetch.state == "pending")
        mine = mine.where(Fetch.lease_until == self._held)
        with transaction():
            until = moment + self._lease
            still = db.session.execute(mine.values(lease_until=until).returning(Fetch.media_id)).first()
        if still is None:
            raise Lost("another worker has this video")
        self._told, self._held = moment, until
