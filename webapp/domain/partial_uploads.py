"""Files that come in pieces: begun, continued where they stopped, and in the library once and for all.

The bytes are on the disk (`webapp.infra.parts`), the row says whose they are and what they are to become. The piece
that makes a file whole finishes it; where that is cut off, whoever asks next does it instead. What it became is
written in one transaction with the row, and the part goes only afterwards: a kill in between changes nothing.
"""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, func, select, update

from webapp.domain import arrivals, galleries, media, twins
from webapp.domain.arrivals import Arrived, Slot
from webapp.domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from webapp.domain.imports import archives
from webapp.domain.imports.aims import Aim
from webapp.domain.imports.archives import Kept
from webapp.domain.models import PartialUpload, User
from webapp.domain.permissions import Actor, demand
from webapp.domain.sentences import Sentence, packed, unpacked
from webapp.domain.transaction import release, transaction
from webapp.infra import parts
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.parts import Busy, Checksum, Differs, Part
from webapp.infra.spool import Begun, Missing, Readable
from webapp.infra.storage import Storage, TooLarge

LIFE: Final = timedelta(days=1)
"""How long an upload waits for its next piece, and how long it is remembered what became of it."""

GRACE: Final = timedelta(hours=1)
"""A younger part may belong to an upload whose row is not written yet."""

MOST_UPLOADS: Final = 100
MOST_LARGEST: Final = 4
"""What one person may have begun and not finished: so many uploads, and bytes as of so many of the largest files."""


class Expired(DomainError):
    """The upload has waited too long for its next piece."""

    code = "expired"


class Locked(DomainError):
    """Another request is sending a piece of the same upload."""

    code = "locked"


class Damaged(DomainError):
    """A piece is not what its checksum says."""

    code = "checksum"


class TooLong(DomainError):
    """More bytes than there may be, or than were announced."""

    code = "too_long"


@dataclass(frozen=True)
class Wish:
    """What is told of a file before it comes: its name, and the gallery and place it is for, if any.

    `again` adds it though its bytes are in the library already; `told` is all of it as it was sent. An `archive` is
    not kept itself: its files are asked for, into the library or to the gallery's end.
    """

    filename: str
    told: str = ""
    gallery_id: UUID | None = None
    slot: Slot | None = None
    again: bool = False
    archive: bool = False


def begin(length: int, wish: Wish, *, storage: Storage, actor: Actor) -> PartialUpload:
    """Make room for a file of so many bytes. Raises Forbidden, NotFound, Invalid, TooLong, Conflict."""
    _judge(length, wish, storage, actor)
    _count(length, storage, actor)
    slot = wish.slot or Slot(uuid4(), 0)
    upload = PartialUpload(
        id=uuid4(),
        user_id=actor.id,
        length=length,
        filename=media.clean_filename(wish.filename),
        told=wish.told,
        again=wish.again,
        archive=wish.archive,
        gallery_id=wish.gallery_id,
        batch=slot.batch if wish.gallery_id else None,
        place=slot.place if wish.gallery_id else None,
        expires_at=now() + LIFE,
    )
    db.session.add(upload)
    db.session.flush()
    parts.make(storage.spool, upload.id.hex)
    return upload


def find(upload_id: UUID, *, actor: Actor) -> PartialUpload:
    """Return somebody's own upload, to be read without a connection. Raises NotFound, Expired."""
    upload = db.session.get(PartialUpload, upload_id)
    if upload is None or upload.user_id != actor.id:
        raise NotFound("Upload")
    db.session.expunge(upload)
    release()
    if upload.expires_at <= now():
        raise Expired(Sentence("This upload has waited too long. Begin again."))
    return upload


def look(upload_id: UUID, *, storage: Storage, actor: Actor) -> tuple[PartialUpload, int]:
    """Return an upload and how many bytes of it are here; one that is whole is finished first.

    No transaction may be open. Raises NotFound, Expired, Invalid where it was refused.
    """
    upload = find(upload_id, actor=actor)
    if _settled(upload):
        return upload, upload.length
    try:
        return _reach(upload, storage=storage, actor=actor)
    except NotFound:
        upload = find(upload_id, actor=actor)
        if not _settled(upload):
            raise
        return upload, upload.length


def receive(
    upload_id: UUID, stream: Readable, *, at: int, checksum: Checksum | None = None, storage: Storage, actor: Actor
) -> tuple[PartialUpload, int]:
    """Take a piece that begins at so many bytes; returns the upload and how many are here now.

    No transaction may be open. Raises NotFound, Expired, Locked, Conflict for another place than the next, TooLong,
    Damaged, and Invalid where the file is refused, which is removed then.
    """
    upload = find(upload_id, actor=actor)
    if _settled(upload):
        _expect(upload.length, at)
        return upload, upload.length
    with _reaching(), parts.held(storage.spool, upload.id.hex) as part:
        _expect(part.size, at)
        _append(part, stream, upload, checksum=checksum, storage=storage)
        offset = part.size
        if offset == upload.length:
            return _finish(upload, part, storage=storage, actor=actor), offset
    with transaction():
        row = db.session.get(PartialUpload, upload_id)
        if row is not None:
            row.expires_at = now() + LIFE
    return find(upload_id, actor=actor), offset


def cancel(upload_id: UUID, *, storage: Storage, actor: Actor) -> None:
    """Forget an upload and what has come of it; what it became stays. No transaction may be open.

    Raises NotFound, Locked.
    """
    with contextlib.suppress(Expired):
        find(upload_id, actor=actor)
    with _reaching(), contextlib.suppress(Missing), parts.held(storage.spool, upload_id.hex) as part:
        part.remove()
    with transaction():
        db.session.execute(delete(PartialUpload).where(PartialUpload.id == upload_id))


def forget(storage: Storage) -> int:
    """Remove uploads whose time is over, and parts that nobody waits for; no transaction may be open."""
    with transaction():
        over = delete(PartialUpload).where(PartialUpload.expires_at <= now()).returning(PartialUpload.id)
        gone = len(db.session.execute(over).all())
    waiting = {row.hex for row in db.session.scalars(select(PartialUpload.id).where(_waits()))}
    release()
    for name in parts.names(storage.spool, before=time.time() - GRACE.total_seconds()):
        if name not in waiting:
            with contextlib.suppress(Missing, Busy), parts.held(storage.spool, name) as part:
                part.remove()
                gone += 1
    return gone


def _judge(length: int, wish: Wish, storage: Storage, actor: Actor) -> None:
    demand(actor, "media:upload")
    if length > storage.most.bytes:
        most = storage.most.bytes // 1024**2
        raise TooLong(Sentence("This file is larger than %(n)s MB, the most there may be.", n=most))
    if length <= 0:
        raise Invalid("file", "This file is empty.", code="empty")
    if wish.gallery_id is not None:
        demand(actor, "galleries:update")
        galleries.get(wish.gallery_id)


def _count(length: int, storage: Storage, actor: Actor) -> None:
    """Refuse what would be too much at once, under the lock of the person's row. Raises Conflict."""
    if actor.id is None:
        raise Forbidden("media:upload")
    db.session.execute(select(User.id).where(User.id == actor.id).with_for_update())
    mine = select(func.count(), func.coalesce(func.sum(PartialUpload.length), 0)).where(
        PartialUpload.user_id == actor.id, _waits(), PartialUpload.expires_at > now()
    )
    uploads, size = db.session.execute(mine).one()
    if uploads >= MOST_UPLOADS or size + length > MOST_LARGEST * storage.most.bytes:
        raise Conflict("You have begun too many uploads. Finish or cancel some of them first.", code="too_many")


def _waits() -> ColumnElement[bool]:
    return PartialUpload.finished_at.is_(None)


def _settled(upload: PartialUpload) -> bool:
    """Say whether a file is in; raises Invalid, in the same words again, where it was refused."""
    if upload.refusal is not None:
        raise Invalid("file", unpacked(upload.refusal), code=upload.refusal_code or "invalid")
    return upload.finished_at is not None


def _expect(offset: int, at: int) -> None:
    if at != offset:
        raise Conflict(Sentence("The next piece begins at byte %(offset)s.", offset=offset), code="offset")


@contextlib.contextmanager
def _reaching() -> Iterator[None]:
    """Say in our words what a part says."""
    try:
        yield
    except Missing:
        raise NotFound("Upload") from None
    except Busy:
        raise Locked(Sentence("Another request is sending a piece of this upload.")) from None
    except Differs:
        raise Damaged("A piece was damaged on its way. Send it again.") from None
    except TooLarge:
        raise TooLong(Sentence("More came than was announced.")) from None


def _reach(upload: PartialUpload, *, storage: Storage, actor: Actor) -> tuple[PartialUpload, int]:
    """Count what is here; NotFound may also mean that another request has finished it this moment."""
    with _reaching():
        offset = parts.size(storage.spool, upload.id.hex)
        if offset == upload.length:
            with parts.held(storage.spool, upload.id.hex) as part:
                upload = _finish(upload, part, storage=storage, actor=actor)
    return upload, offset


def _append(
    part: Part, stream: Readable, upload: PartialUpload, *, checksum: Checksum | None, storage: Storage
) -> None:
    """Write a piece; as soon as the beginning is here, a file that cannot be taken is refused by it."""
    left, here = upload.length - part.size, part.size
    if checksum is not None:
        part.append_checked(stream, checksum, most=left, spool=storage.spool)
        if here < media.LOOK:
            _foresee(part, part.head(media.LOOK), upload, storage=storage)
        return
    begun = Begun(stream, min(max(media.LOOK - here, 0), left))
    if here < media.LOOK:
        _foresee(part, part.head(here) + begun.head, upload, storage=storage)
    part.append(begun, most=left)


def _foresee(part: Part, head: bytes, upload: PartialUpload, *, storage: Storage) -> None:
    """Refuse by its beginning a file that cannot be taken."""
    if len(head) < media.LOOK or upload.archive:
        return
    try:
        media.foresee(head, upload.length, storage=storage)
    except Invalid as refused:
        _refuse(upload, part, refused)
        raise


def _finish(upload: PartialUpload, part: Part, *, storage: Storage, actor: Actor) -> PartialUpload:
    """Take in a whole file and note what it became, unless that was done."""
    whole = part.whole(storage.spool)
    try:
        if upload.archive:
            _unpack(upload.id, archives.keep(whole, upload.filename, storage=storage), actor)
        else:
            _settle(upload.id, media.take_up(whole, upload.filename, storage=storage), actor)
    except DomainError as refused:
        _refuse(upload, part, refused)
        raise
    part.remove()
    return find(upload.id, actor=actor)


def _refuse(upload: PartialUpload, part: Part, refused: DomainError) -> None:
    with transaction():
        said = {"refusal": packed(refused.message, 500), "refusal_code": refused.code[:32], "finished_at": now()}
        db.session.execute(update(PartialUpload).where(PartialUpload.id == upload.id).values(said))
    part.remove()


def _unpack(upload_id: UUID, kept: Kept, actor: Actor) -> None:
    """Ask for the files of an archive, unless that was done."""
    with transaction():
        row = _locked(upload_id)
        if row.finished_at is None:
            row.import_id = archives.begin(kept, Aim(row.gallery_id, reuse=not row.again), actor=actor).id
            row.finished_at, row.expires_at = now(), now() + LIFE


def _settle(upload_id: UUID, intake: media.Intake, actor: Actor) -> None:
    """Write what a file is, unless that was done."""
    with transaction():
        row = _locked(upload_id)
        if row.finished_at is not None:
            return
        arrived, added = _bring(row, intake, actor)
        row.known = arrived.twin is not None
        row.item_id = arrived.item.id if arrived.item else None
        row.media_id = arrived.twin.id if arrived.twin else added
        row.finished_at, row.expires_at = now(), now() + LIFE


def _locked(upload_id: UUID) -> PartialUpload:
    statement = select(PartialUpload).where(PartialUpload.id == upload_id).with_for_update()
    row = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFound("Upload")
    return row


def _bring(row: PartialUpload, intake: media.Intake, actor: Actor) -> tuple[Arrived, UUID | None]:
    """Put a file where it belongs, unless its bytes are there already."""
    if row.gallery_id is not None and row.batch is not None and row.place is not None:
        demand(actor, "galleries:update")
        slot = Slot(row.batch, row.place)
        arrived = arrivals.bring(row.gallery_id, intake, slot, actor=actor, ask=not row.again)
        return arrived, arrived.item.media_id if arrived.item else None
    demand(actor, "media:upload")
    if not row.again and (twin := twins.find(intake.sha256)):
        return Arrived(twin=twin), None
    return Arrived(), media.add(intake, actor=actor).id
