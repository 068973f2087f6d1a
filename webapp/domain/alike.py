"""Pictures that look alike: by a difference hash of 64 bits, of which at most seven may differ.

Of four quarters of such a hash one differs in a single bit at most. So each quarter and its sixteen neighbours are
looked up in an index, and what is found there is compared whole: a library of any size is never read through. Nothing
is ever merged; who uploads is told, and a file's page shows it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, insert, select

from webapp.domain.models import Blob, Likeness, Media
from webapp.domain.transaction import release, transaction
from webapp.infra import images, video
from webapp.infra.db import db
from webapp.infra.storage import Missing, Storage, StorageError, blob_key

QUARTERS: Final = 4
BITS: Final = 16
MOST: Final = 7
"""Bits in which two pictures differ that look alike: 2 × 4 - 1, so that one quarter differs in one bit at most."""

SHAPE: Final = 0.1
"""How far the ratios of width and height may lie apart: a crop is another picture."""

TINT: Final = 32
"""How far a channel of the mean colours may lie apart, of 255: dusk over hills is another picture than dawn."""

SHOWN: Final = 6
ENOUGH: Final = 500
"""Candidates that are compared: of a thousand frames of one scene not all are asked for."""


@dataclass(frozen=True)
class Alike:
    """A file of the library that looks like another, and in how many of 64 bits they differ."""

    media_id: UUID
    name: str
    differing: int


def note(blob: Blob, likeness: str) -> None:
    """Keep what a picture is told by; the blob is in the database."""
    blob.likeness = likeness
    if likeness:
        rows = [{"band": band, "blob_id": blob.id} for band in _quarters(int(likeness, 16))]
        db.session.execute(insert(Likeness), rows)


def to(media_id: UUID) -> list[Alike]:
    """Return the living files that look like one, the most alike first; none of the same bytes. Two statements."""
    columns = (Blob.likeness, Blob.width, Blob.height, Blob.colour)
    row = db.session.execute(select(Blob.id, *columns).join(Media).where(Media.id == media_id)).one_or_none()
    if row is None or not row.likeness:
        return []
    likeness = int(row.likeness, 16)
    statement = (
        select(Media.id, Media.original_filename, *columns)
        .join(Blob, Blob.id == Media.blob_id)
        .where(Blob.id.in_(_candidates(likeness)), Blob.id != row.id, Media.deleted_at.is_(None))
        .order_by(Media.created_at, Media.id)
        .limit(ENOUGH)
    )
    found = [
        Alike(each.id, each.original_filename, (int(each.likeness or "0", 16) ^ likeness).bit_count())
        for each in db.session.execute(statement)
        if _may_be(row, each)
    ]
    return sorted((each for each in found if each.differing <= MOST), key=lambda each: each.differing)[:SHOWN]


def work_off(storage: Storage, *, most: int = 100, go_on: Callable[[], bool] = lambda: True) -> int:
    """Look at pictures that came in before anybody asked what they look like, and return how many that were.

    No transaction may be open. Looking twice at one gives the same, so nobody holds it meanwhile.
    """
    done, passed = 0, UUID(int=0)
    while done < most and go_on():
        wanted = select(Blob.id, Blob.sha256, Blob.mime_type).where(Blob.likeness.is_(None), Blob.id > passed)
        row = db.session.execute(wanted.order_by(Blob.likeness, Blob.id).limit(1)).first()
        release()
        if row is None:
            break
        passed = row.id
        try:
            seen = "" if row.mime_type in video.MIME.values() else _look(row.sha256, storage)
        except StorageError:
            continue
        with transaction():
            blob = db.session.get(Blob, row.id, with_for_update=True)
            if blob is not None and blob.likeness is None:
                note(blob, seen)
        done += 1
    return done


def _look(sha256: str, storage: Storage) -> str:
    """Return what a stored picture is told by, nothing where it cannot be read. Raises Overloaded, StorageFailed."""
    try:
        with storage.fetched(blob_key(sha256)) as path:
            most = storage.most
            return images.probe(path, size=most.image_bytes, pixels=most.pixels).look.likeness
    except (images.Refused, Missing):
        return ""


def _may_be(one: Any, other: Any) -> bool:
    """Say whether the shapes and the colours of two pictures are near each other."""
    ratio = one.width / one.height
    if abs(other.width / other.height - ratio) > SHAPE * ratio:
        return False
    if not one.colour or not other.colour:
        return True
    tints = zip(bytes.fromhex(one.colour[1:]), bytes.fromhex(other.colour[1:]), strict=True)
    return all(abs(here - there) <= TINT for here, there in tints)


def _candidates(likeness: int) -> Select[UUID]:
    """Return the statement for the blobs of which a quarter differs in one bit at most."""
    flips = (0, *(1 << bit for bit in range(BITS)))
    bands = [band ^ flip for band in _quarters(likeness) for flip in flips]
    return select(Likeness.blob_id).where(Likeness.band.in_(bands))


def _quarters(likeness: int) -> list[int]:
    """Return a hash's quarters, each with its place above its bits."""
    mask = (1 << BITS) - 1
    return [place << BITS | likeness >> place * BITS & mask for place in range(QUARTERS)]
