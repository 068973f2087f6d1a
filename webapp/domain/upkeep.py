"""Whether rows and files agree, and what can be put right by itself."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import func, select, text, update

from webapp.domain.models import Blob, Gallery, GallerySlug, Item, Media, Rendition
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import Storage, blob_key, rendition_key

CHUNK: Final = 1024 * 1024
GRACE: Final = timedelta(hours=1)
"""Younger files may belong to an upload whose row is not written yet."""


@dataclass(frozen=True)
class Finding:
    """Something that does not agree; `repaired` where it was put right."""

    kind: str
    what: str
    repaired: bool = False


def check(storage: Storage, *, repair: bool = False, deep: bool = False, grace: timedelta = GRACE) -> list[Finding]:
    """Compare rows and files and return what does not agree; no transaction may be open.

    `deep` reads every original and compares its SHA-256. `repair` removes leftovers older than `grace`, lets lost
    renditions be made again and flags lost originals; it never deletes a row.
    """
    return [
        *_database(),
        *_orders(),
        *_slugs(),
        *_originals(storage, repair=repair, deep=deep),
        *_renditions(storage, repair=repair),
        *_leftovers(storage, repair=repair, grace=grace),
    ]


def _database() -> Iterator[Finding]:
    if db.session.get_bind().dialect.name != "sqlite":
        return
    for (answer,) in db.session.execute(text("PRAGMA integrity_check")):
        if answer != "ok":
            yield Finding("database", answer)
    for row in db.session.execute(text("PRAGMA foreign_key_check")):
        yield Finding("database", f"a row of {row[0]} points at nothing")


def _orders() -> Iterator[Finding]:
    doubled = (
        select(Item.gallery_id)
        .where(Item.deleted_at.is_(None))
        .group_by(Item.gallery_id, Item.sort_order)
        .having(func.count() > 1)
    )
    for gallery_id in db.session.scalars(doubled.distinct()):
        yield Finding("order", f"two items of gallery {gallery_id} have one place")


def _slugs() -> Iterator[Finding]:
    without = select(Gallery.id).where(
        Gallery.deleted_at.is_(None),
        ~select(GallerySlug.slug).where(GallerySlug.gallery_id == Gallery.id, GallerySlug.current).exists(),
    )
    for gallery_id in db.session.scalars(without):
        yield Finding("slug", f"gallery {gallery_id} has no address")


def _originals(storage: Storage, *, repair: bool, deep: bool) -> Iterator[Finding]:
    rows = db.session.execute(select(Blob.id, Blob.sha256, Blob.size)).tuples().all()
    release()
    for blob_id, sha256, size in rows:
        fault = _fault_of(storage, sha256, size, deep=deep)
        if fault is None:
            continue
        if repair:
            with transaction():
                db.session.execute(update(Blob).where(Blob.id == blob_id).values(missing_since=now()))
                db.session.execute(update(Media).where(Media.blob_id == blob_id).values(state="missing"))
        yield Finding("original", f"{sha256} {fault}")


def _fault_of(storage: Storage, sha256: str, size: int, *, deep: bool) -> str | None:
    key = blob_key(sha256)
    if not storage.exists(key):
        return "is missing"
    if storage.size(key) != size:
        return "is not whole"
    if deep:
        with storage.open(key) as file:
            digest = hashlib.sha256()
            while chunk := file.read(CHUNK):
                digest.update(chunk)
        if digest.hexdigest() != sha256:
            return "is damaged"
    return None


def _renditions(storage: Storage, *, repair: bool) -> Iterator[Finding]:
    statement = (
        select(Rendition.id, Rendition.name, Rendition.size, Blob.sha256).join(Blob).where(Rendition.state == "ready")
    )
    rows = db.session.execute(statement).tuples().all()
    release()
    for rendition_id, name, size, sha256 in rows:
        key = rendition_key(sha256, name)
        if storage.exists(key) and storage.size(key) == size:
            continue
        if repair:
            again = update(Rendition).where(Rendition.id == rendition_id)
            with transaction():
                db.session.execute(again.values(state="pending", attempts=0, due_at=now(), lease_until=None))
        yield Finding("rendition", f"{key} is missing", repaired=repair)


def _leftovers(storage: Storage, *, repair: bool, grace: timedelta) -> Iterator[Finding]:
    hashes = set(db.session.scalars(select(Blob.sha256)))
    release()
    oldest = now() - grace
    for stored in storage.stored():
        owner = stored.key.split("/")[-1 if stored.key.startswith("blobs/") else -2]
        if owner in hashes or stored.modified_at > oldest:
            continue
        if repair:
            storage.delete(stored.key)
        yield Finding("leftover", stored.key, repaired=repair)
    if repair and (swept := storage.sweep(grace)):
        yield Finding("leftover", f"{swept} unfinished uploads", repaired=True)
