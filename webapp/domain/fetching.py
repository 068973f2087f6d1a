"""Pictures and videos that a program names by an address or an id: they stand at once, their bytes come later.

What is named and not known becomes an entry of the library without bytes, with the size and name that it was said to
have. A worker fetches them by lease through the one outbound client, and they come in by the one ingest. Where they
cannot be had the entry is missing, which its tile says; nothing is deleted for it.

A try counts when it failed, and before bytes that have come are opened: a file that ends its worker cannot be counted
afterwards. A worker that is killed while it waits for others says nothing about the file, and counts nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Select, or_, select, update

from webapp.domain import media, sentences, streaming
from webapp.domain.errors import Invalid
from webapp.domain.media import Intake
from webapp.domain.models import Fetch, Media
from webapp.domain.permissions import system
from webapp.domain.streaming import Lost, Renewing
from webapp.domain.transaction import release, transaction
from webapp.infra import images, outbound
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.outbound import Way
from webapp.infra.outside import Outside
from webapp.infra.storage import Storage, StorageError

URL: Final = (1, 2048)
EXTERNAL_ID: Final = (1, 255)
MOST_PIXELS: Final = 100_000
"""Pixels of a side that a picture may be said to have."""

LEASE: Final = timedelta(seconds=50)
"""Longer than others may keep one waiting, and than it takes to judge what came; it is renewed while bytes come."""

SECONDS: Final = 30.0
MOST_ATTEMPTS: Final = 5
REASON: Final = 500
"""Letters that are kept of why something failed."""
BACK_OFF: Final = timedelta(seconds=30)
PATIENCE: Final = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Named:
    """A file as a program names it: by an id, an address or both; sides in pixels, 0 where nobody says."""

    id: str = ""
    url: str = ""
    width: int = 0
    height: int = 0
    filename: str = ""
    kind: str = "image"


@dataclass(frozen=True)
class Outfit:
    """What a worker needs: where bytes are kept, and how far out it may go."""

    storage: Storage
    way: Way

    def line(self, kind: str) -> Way:
        """Return the way for a kind of file: either may be larger and come by plain http, and a video take long."""
        if kind == "video":
            return streaming.way_for(self.way, most=self.storage.most.video_bytes)
        return picture_way(self.way, most=self.storage.most.image_bytes)


@dataclass
class Held:
    """A file that a worker fetches until `until`; `attempts` is how often it was tried before."""

    media_id: UUID
    attempts: int
    until: datetime


def picture_way(way: Way, *, most: int = images.IMAGE_BYTES) -> Way:
    """Return how far one may go for a picture."""
    return Way(
        allow=way.allow,
        seconds=SECONDS,
        most=most,
        plain=True,
        resolve=way.resolve,
        context=way.context,
    )


def again(media_id: UUID) -> None:
    """Let bytes that could not be had be fetched again from the start; inside a transaction."""
    db.session.execute(select(Media.id).where(Media.id == media_id).with_for_update())
    fresh = {"state": "pending", "attempts": 0, "due_at": now(), "error": None}
    if db.session.execute(update(Fetch).where(Fetch.media_id == media_id).values(fresh).returning(Fetch.state)).all():
        db.session.execute(update(Media).where(Media.id == media_id).values(state="pending"))


def all_again() -> None:
    """Let all that could not be had be fetched again from the start; inside a transaction."""
    failed = select(Fetch.media_id).where(Fetch.state == "failed")
    quietly = {"synchronize_session": False}
    waits = update(Media).where(Media.id.in_(failed)).values(state="pending")
    db.session.execute(waits, execution_options=quietly)
    fresh = {"state": "pending", "attempts": 0, "due_at": now(), "error": None}
    db.session.execute(update(Fetch).where(Fetch.state == "failed").values(fresh), execution_options=quietly)


def is_due(kind: str = "image") -> bool:
    """Say whether there is a picture, or a video, to fetch now."""
    return db.session.scalars(_due(kind).limit(1)).first() is not None


def reason(media_id: UUID) -> str:
    """Say why the bytes of a media are not here, nothing where they are or nobody knows."""
    return db.session.scalars(select(Fetch.error).where(Fetch.media_id == media_id)).one_or_none() or ""


def work_off(
    outfit: Outfit, *, kind: str = "image", most: int = 100, go_on: Callable[[], bool] = lambda: True
) -> int:
    """Fetch what is due of a kind, one by one; returns how many were taken up. No transaction may be open."""
    done = 0
    while done < most and go_on() and (held := _claim(kind)) is not None:
        _fetch(held, outfit)
        done += 1
    return done


def check_address(url: str, *, field: str, way: Way) -> None:
    """Raise Invalid for what is no address of the web, or plainly leads inside."""
    try:
        outbound.check_spelling(url, way=picture_way(way))
    except Outside as refused:
        raise Invalid(field, sentences.of(refused), code="address") from None


def _claim(kind: str) -> Held | None:
    """Take up what has been due longest of a kind; None where nothing is.

    What was cut off too often, once it had come, is given up.

    Looking is free of locks, so an idle worker keeps nobody waiting.
    """
    while is_due(kind):
        release()
        with transaction():
            free = _due(kind).limit(1).with_for_update(skip_locked=True, key_share=True, of=(Fetch, Media))
            found = db.session.scalars(free).first()
            if found is not None:
                if found.attempts < MOST_ATTEMPTS:
                    found.lease_until = until = now() + LEASE
                    return Held(found.media_id, found.attempts, until)
                _give_up(found, sentences.cut_off(MOST_ATTEMPTS))
    release()
    return None


def _due(kind: str) -> Select[Fetch]:
    moment = now()
    free = or_(Fetch.lease_until.is_(None), Fetch.lease_until < moment)
    due = select(Fetch).join(Media, Media.id == Fetch.media_id).where(Media.kind == kind)
    due = due.where(Fetch.state == "pending", Fetch.due_at <= moment, free)
    return due.order_by(Fetch.due_at, Fetch.media_id)


def _fetch(held: Held, outfit: Outfit) -> None:
    """Fetch one file and let it in, or note why that cannot be done."""
    try:
        intake = _taken_in(held, outfit)
    except Lost:
        release()
    except Outside as error:
        _fail(held, sentences.of(error), later=error.later)
    except Invalid as error:
        _fail(held, error.message, later=False)
    except (StorageError, images.Overloaded) as error:
        _wait(held, sentences.of(error))
    else:
        _let_in(held.media_id, intake)


def _taken_in(held: Held, outfit: Outfit) -> Intake:
    """Bring the bytes of a media into the storage, and leave nothing behind where that fails.

    Raises Lost, Outside, Invalid, and what storage and pictures raise.
    """
    found = db.session.get_one(Media, held.media_id)
    url, name, kind = found.source_url or "", found.original_filename, found.kind
    release()
    with streaming.opened(url, way=outfit.line(kind), kinds=f"{kind}/*") as incoming:
        coming = Renewing(incoming, lambda moment: _renew(held, moment))
        return media.take_in(coming, name, storage=outfit.storage, only=kind, begun=lambda: _begin(held))


def _renew(held: Held, moment: datetime, **values: int) -> None:
    """Put the end of the lease off, unless somebody else has put it anywhere since. Raises Lost."""
    mine = update(Fetch).where(Fetch.media_id == held.media_id, Fetch.state == "pending")
    mine = mine.where(Fetch.lease_until == held.until)
    until = moment + LEASE
    with transaction():
        still = db.session.execute(mine.values(lease_until=until, **values).returning(Fetch.media_id)).first()
    if still is None:
        raise Lost
    held.until = until


def _begin(held: Held) -> None:
    """Count the try, before the file itself can be what ends it. Raises Lost."""
    _renew(held, now(), attempts=held.attempts + 1)


def _let_in(media_id: UUID, intake: Intake) -> None:
    with transaction():
        entry, row = _locked(media_id)
        if entry is not None and row is not None and row.state == "pending":
            media.arrive(entry, intake, actor=system("job"))
            db.session.delete(row)


def _fail(held: Held, reason: str, *, later: bool) -> None:
    with transaction():
        _, row = _locked(held.media_id)
        if row is None or row.lease_until != held.until:
            return
        row.attempts = held.attempts + 1
        if later and row.attempts < MOST_ATTEMPTS:
            _put_off(row, reason, BACK_OFF * 4**row.attempts)
        else:
            _give_up(row, reason)


def _wait(held: Held, reason: str) -> None:
    """Put a file off without counting the try: a full disk and a busy machine are not its fault."""
    with transaction():
        _, row = _locked(held.media_id)
        if row is not None and row.lease_until == held.until:
            row.attempts = held.attempts
            _put_off(row, reason, PATIENCE)


def _put_off(row: Fetch, reason: str, rest: timedelta) -> None:
    row.lease_until, row.error, row.due_at = None, sentences.packed(reason, REASON), now() + rest


def _locked(media_id: UUID) -> tuple[Media | None, Fetch | None]:
    """Lock a media and then what is to be fetched of it: the order of all who change both."""
    statement = select(Media).where(Media.id == media_id).with_for_update()
    entry = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    return entry, db.session.get(Fetch, media_id, with_for_update=True)


def _give_up(row: Fetch, reason: str) -> None:
    row.state, row.lease_until, row.error = "failed", None, sentences.packed(reason, REASON)
    db.session.execute(update(Media).where(Media.id == row.media_id).values(state="missing"))
