"""Originals that are gone: noticed, said wherever their entries stand, and healed when they are back.

No row is ever deleted for it. What is noticed comes from one listing of the store, not from a question a file.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, update

from webapp.domain import media
from webapp.domain.models import Blob, Media
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import Missing, Storage, blob_key

CHUNK: Final = 1024 * 1024
SHARE: Final = 50
"""Missing originals that are looked for at once."""


@dataclass(frozen=True)
class Original:
    """Some bytes as their row has them; `fault` says what is wrong with the file, nothing where it is whole."""

    blob_id: UUID
    sha256: str
    missed: bool
    fault: str


def compare(storage: Storage, *, deep: bool = False) -> Iterator[Original]:
    """Compare all originals with their rows; no transaction may be open.

    `deep` reads each and compares its SHA-256; one that was missed is always read.
    """
    rows = db.session.execute(select(Blob.id, Blob.sha256, Blob.size, Blob.missing_since)).all()
    release()
    sizes = {stored.key: stored.size for stored in storage.stored("blobs")}
    for blob_id, sha256, size, since in rows:
        there = sizes.get(blob_key(sha256)) or _size(storage, sha256)
        fault = _fault_of(storage, sha256, size, there, deep=deep or since is not None)
        yield Original(blob_id, sha256, since is not None, fault)


def look(storage: Storage) -> int:
    """Flag originals that are gone and heal those that are back, and return how many; no transaction may be open."""
    changed = [each for each in compare(storage) if bool(each.fault) != each.missed]
    for each in changed:
        flag(each.blob_id) if each.fault else heal(each.blob_id)
    return len(changed)


def heal_found(storage: Storage, *, beyond: set[UUID]) -> int:
    """Heal missed originals that are back, some at a time, and return how many; no transaction may be open.

    Those that are there and damaged are put into `beyond`, and not read again by whoever hands that in next time.
    """
    missed = select(Blob.id, Blob.sha256, Blob.size).where(Blob.missing_since.is_not(None), Blob.id.not_in(beyond))
    used = missed.where(select(Media.id).where(Media.blob_id == Blob.id, Media.state == "missing").exists())
    rows = db.session.execute(used.order_by(func.random()).limit(SHARE)).all()
    release()
    return sum(_heal_if_back(storage, row, beyond) for row in rows)


def flag(blob_id: UUID) -> None:
    """Note that an original is gone; no transaction may be open."""
    with transaction():
        if _held(blob_id) is not None:
            db.session.execute(update(Blob).where(Blob.id == blob_id).values(missing_since=now()))
            db.session.execute(update(Media).where(Media.blob_id == blob_id).values(state="missing"))


def heal(blob_id: UUID) -> None:
    """Note that an original is back; no transaction may be open."""
    with transaction():
        blob = _held(blob_id)
        if blob is not None:
            media.found_again(blob)


def _held(blob_id: UUID) -> Blob | None:
    """Lock the entries of some bytes and then their row: the order of all who purge, replace or put back files."""
    db.session.execute(select(Media.id).where(Media.blob_id == blob_id).order_by(Media.id).with_for_update())
    return db.session.get(Blob, blob_id, with_for_update=True, populate_existing=True)


def _heal_if_back(storage: Storage, row: Any, beyond: set[UUID]) -> bool:
    there = _size(storage, row.sha256)
    if there != row.size:
        return False
    if _fault_of(storage, row.sha256, row.size, there):
        beyond.add(row.id)
        return False
    heal(row.id)
    return True


def _size(storage: Storage, sha256: str) -> int | None:
    try:
        return storage.size(blob_key(sha256))
    except Missing:
        return None


def _fault_of(storage: Storage, sha256: str, size: int, there: int | None, *, deep: bool = True) -> str:
    if there is None:
        return "is missing"
    if there != size:
        return "is not whole"
    try:
        return "is damaged" if deep and _hash(storage, blob_key(sha256)) != sha256 else ""
    except Missing:
        return "is missing"


def _hash(storage: Storage, key: str) -> str:
    digest = hashlib.sha256()
    with storage.open(key) as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
