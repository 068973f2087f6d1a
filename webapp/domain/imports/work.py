"""Imports at work: a worker holds an entry by a lease, brings its bytes through the one ingest and writes what it is.

The truth is in the rows. What an entry has become is written with its media in one transaction, under the import's
lock: a worker that dies leaves an entry that comes due again, and never a second media. After five failures an entry
stays failed, with the reason, until somebody tries again; a full or absent disk is nobody's failure and waited for.
A worker that dies counts as a failure only where the bytes had come and were being opened, as in `fetching`.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self
from uuid import UUID

from sqlalchemy import Select, or_, select, update

from webapp.domain import arrivals, media, sentences, streaming
from webapp.domain.arrivals import Slot
from webapp.domain.errors import DomainError, Forbidden, Invalid, NotFound
from webapp.domain.fetching import Outfit
from webapp.domain.imports import aims, archives
from webapp.domain.imports.aims import ADDRESSES, ARCHIVE, Aim
from webapp.domain.media import Intake
from webapp.domain.models import Import, ImportEntry, Item
from webapp.domain.models.importing import SAID
from webapp.domain.permissions import Actor
from webapp.domain.recognition import PERSON, actor_from, with_person
from webapp.domain.sentences import Sentence, packed
from webapp.domain.streaming import Lost, Renewing
from webapp.domain.transaction import release, transaction
from webapp.infra import images, zips
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.outside import Outside
from webapp.infra.spool import Readable
from webapp.infra.storage import Missing, Storage, StorageError

LEASE: Final = timedelta(seconds=60)
"""Longer than it takes to judge and keep what has been read; whoever overruns it has lost the entry."""

MOST_ATTEMPTS: Final = 5
BACK_OFF: Final = timedelta(seconds=15)
PATIENCE: Final = timedelta(minutes=1)
PASSING: Final = ("asker", "no_ffmpeg")
"""What is not the file's own fault and may be put right, as a gallery in the trash may: it can be tried again."""


@dataclass
class Held:
    """An entry that a worker holds until `lease`; `attempts` is how often it was tried before."""

    id: UUID
    import_id: UUID
    name: str
    member: int | None
    url: str | None
    attempts: int
    lease: datetime


@dataclass
class Desk:
    """What a worker has at hand: its outfit, and the archive it opened last."""

    outfit: Outfit
    import_id: UUID | None = None
    archive: zips.Archive | None = None

    def __post_init__(self) -> None:
        self._open = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._open.close()

    @contextlib.contextmanager
    def stream(self, held: Held) -> Iterator[Readable]:
        """Give the bytes of an entry while the block lasts. Raises Outside, zips.Refused, StorageError."""
        if held.member is None:
            way = streaming.way_for(self.outfit.way, most=self.outfit.storage.most.bytes)
            with streaming.opened(held.url or "", way=way, kinds="image/*, video/*") as incoming:
                yield incoming
        else:
            yield self._archive_of(held.import_id).open(held.member)

    def _archive_of(self, import_id: UUID) -> zips.Archive:
        if self.archive is None or self.import_id != import_id:
            self._open.close()
            self.archive = None
            lent = archives.opened(import_id, storage=self.outfit.storage)
            self.archive, self.import_id = self._open.enter_context(lent), import_id
        return self.archive


def is_due() -> bool:
    """Say whether there is something to bring now."""
    return any(db.session.scalars(_due(kind).limit(1)).first() is not None for kind in (ARCHIVE, ADDRESSES))


def work_off(outfit: Outfit, kind: str, *, most: int = 100, go_on: Callable[[], bool] = lambda: True) -> int:
    """Bring the entries of a kind of import that are due; returns how many. No transaction may be open."""
    done = 0
    with Desk(outfit) as desk:
        while done < most and go_on() and (held := _claim(kind)) is not None:
            if held.attempts >= MOST_ATTEMPTS:
                _give_up(held, outfit.storage)
            else:
                _bring(held, desk)
                done += 1
    return done


def _claim(kind: str) -> Held | None:
    """Take up the entry that has been due longest, None where none is; its import is not locked with it."""
    while db.session.scalars(_due(kind).limit(1)).first() is not None:
        release()
        with transaction():
            entry = db.session.scalars(_due(kind).limit(1).with_for_update(skip_locked=True)).first()
            if entry is not None:
                entry.lease_until = now() + LEASE
                return _held(entry, entry.lease_until)
    release()
    return None


def _due(kind: str) -> Select[ImportEntry]:
    moment = now()
    free = or_(ImportEntry.lease_until.is_(None), ImportEntry.lease_until < moment)
    of_kind = ImportEntry.member.is_not(None) if kind == ARCHIVE else ImportEntry.url.is_not(None)
    due = select(ImportEntry).where(ImportEntry.state == "waiting", ImportEntry.due_at <= moment, free, of_kind)
    return due.order_by(ImportEntry.due_at, ImportEntry.import_id, ImportEntry.place)


def _held(entry: ImportEntry, lease: datetime) -> Held:
    return Held(entry.id, entry.import_id, entry.name, entry.member, entry.url, entry.attempts, lease)


def _bring(held: Held, desk: Desk) -> None:
    """Take an entry in, or note why that cannot be done."""
    storage = desk.outfit.storage
    try:
        with desk.stream(held) as stream:
            coming = Renewing(stream, lambda moment: _renew(held, moment))
            intake = media.take_in(coming, held.name, storage=storage, begun=lambda: _begin(held))
        _let_in(held, intake, storage)
    except Lost:
        release()
    except zips.Refused as refused:
        _note(held, "refused", archives.said(refused), storage)
    except Outside as error:
        _fail(held, sentences.of(error), later=error.later, storage=storage)
    except (NotFound, Forbidden) as gone:
        _note(held, "failed", gone.message, storage)
    except DomainError as refused:
        _note(held, "failed" if refused.code in PASSING else "refused", refused.message, storage)
    except Missing:
        _note(held, "failed", Sentence("The archive is not there any more."), storage)
    except (StorageError, images.Overloaded) as error:
        _wait(held, sentences.of(error))


def _renew(held: Held, moment: datetime, **values: int) -> None:
    """Put the end of the lease off. Raises Lost where somebody else has the entry by now, or it was stopped."""
    lease = moment + LEASE
    with transaction():
        mine = update(ImportEntry).where(ImportEntry.id == held.id, ImportEntry.lease_until == held.lease)
        still = db.session.execute(mine.values(lease_until=lease, **values).returning(ImportEntry.id)).first()
    if still is None:
        raise Lost
    held.lease = lease


def _begin(held: Held) -> None:
    """Count the try, before the file itself can be what ends it. Raises Lost."""
    _renew(held, now(), attempts=held.attempts + 1)


def _let_in(held: Held, intake: Intake, storage: Storage) -> None:
    """Write what an entry has become, and the media with it. Raises Lost, DomainError."""
    with transaction():
        entry, wanted = _locked(held)
        _place(wanted, entry, intake, actor=_asker(wanted))
        over = _close(wanted.id)
    if over:
        _put_away(held.import_id, storage)


def _locked(held: Held) -> tuple[ImportEntry, Import]:
    """Return an entry that still is this worker's, under its import's lock. Raises Lost."""
    wanted = db.session.get(Import, held.import_id, with_for_update=True, populate_existing=True)
    entry = db.session.get(ImportEntry, held.id, with_for_update=True, populate_existing=True)
    if wanted is None or entry is None or entry.state != "waiting" or entry.lease_until != held.lease:
        raise Lost
    return entry, wanted


def _asker(wanted: Import) -> Actor:
    """Return whoever asked for an import, as they are now. Raises Invalid, Forbidden, NotFound where they may not."""
    person = with_person(select(*PERSON).select_from(Import), Import.asked_by_id).where(Import.id == wanted.id)
    rows = db.session.execute(person).all()
    if not rows:
        raise Invalid("file", "Whoever asked for this has no account any more.", code="asker")
    actor = actor_from(rows, door=wanted.door)
    aims.judge(Aim(wanted.gallery_id), actor=actor)
    return actor


def _place(wanted: Import, entry: ImportEntry, intake: Intake, *, actor: Actor) -> None:
    """Put a file where it belongs: once, however often it is brought."""
    twin = media.same_bytes(intake.sha256)
    reused = twin is not None and wanted.reuse
    if wanted.gallery_id is None:
        entry.media_id = twin.id if twin and reused else media.add(intake, actor=actor).id
    else:
        slot = Slot(wanted.id, entry.place)
        if twin and reused:
            item: Item | None = arrivals.use(wanted.gallery_id, twin.id, slot, actor=actor)
        else:
            item = arrivals.bring(wanted.gallery_id, intake, slot, actor=actor).item
        entry.media_id = item.media_id if item else None
    _end(entry, "known" if reused else "taken", _twin(twin.original_filename) if twin else None)


def _twin(name: str) -> Sentence:
    return Sentence("The library already had the same picture, as %(name)s.", name=name)


def _note(held: Held, state: str, said: str, storage: Storage) -> None:
    """Write why an entry did not become a file."""
    try:
        with transaction():
            entry, _wanted = _locked(held)
            _end(entry, state, said)
            over = _close(held.import_id)
    except Lost:
        return
    if over:
        _put_away(held.import_id, storage)


def _give_up(held: Held, storage: Storage) -> None:
    reason = sentences.cut_off(MOST_ATTEMPTS)
    _note(held, "failed", reason, storage)


def _fail(held: Held, reason: str, *, later: bool, storage: Storage) -> None:
    tries = held.attempts + 1
    if later and tries < MOST_ATTEMPTS:
        _put_off(held, reason, attempts=tries, due_at=now() + BACK_OFF * 4**held.attempts)
    else:
        _note(held, "failed", reason, storage)


def _wait(held: Held, reason: str) -> None:
    """Put an entry off without counting the attempt."""
    _put_off(held, reason, attempts=held.attempts, due_at=now() + PATIENCE)


def _put_off(held: Held, reason: str, *, attempts: int, due_at: datetime) -> None:
    with transaction():
        mine = update(ImportEntry).where(ImportEntry.id == held.id, ImportEntry.lease_until == held.lease)
        said = packed(reason, SAID)
        db.session.execute(mine.values(attempts=attempts, due_at=due_at, lease_until=None, said=said))


def _end(entry: ImportEntry, state: str, said: str | None) -> None:
    entry.state, entry.lease_until, entry.said = state, None, packed(said, SAID) if said else None
    db.session.flush()


def _close(import_id: UUID) -> bool:
    """Note that an import is over where nothing of it waits; says whether its archive is needed no more."""
    states = select(ImportEntry.state).where(ImportEntry.import_id == import_id).distinct()
    left = set(db.session.scalars(states))
    if "waiting" not in left:
        db.session.execute(update(Import).where(Import.id == import_id).values(finished_at=now()))
    return not left & {"waiting", "failed"}


def _put_away(import_id: UUID, storage: Storage) -> None:
    with contextlib.suppress(StorageError):
        storage.delete(archives.key_of(import_id))
