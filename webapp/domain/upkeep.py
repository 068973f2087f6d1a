"""Whether rows and files agree, what can be put right by itself, and what is thrown away when its time is over."""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.exc import DatabaseError, OperationalError

from webapp.domain import (
    arrivals,
    captions,
    idempotency,
    indexing,
    lockout,
    missing,
    partial_uploads,
    presence,
    replacing,
    revisions,
    shares,
    shelving,
    signing_keys,
    tracks,
)
from webapp.domain.delivering import log
from webapp.domain.exchange import uploads
from webapp.domain.imports import tending
from webapp.domain.models import (
    Arrival,
    Blob,
    Gallery,
    GallerySlug,
    Item,
    OneTimeToken,
    Rendition,
    SignInFailure,
    SignInSession,
)
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import Missing, Storage, Stored, blob_key, caption_key, rendition_key

GRACE: Final = timedelta(hours=1)
"""Younger files may belong to an upload whose row is not written yet."""
OURS: Final = re.compile(
    r"blobs/(?:[0-9a-f]+/)*(?P<blob>[0-9a-f]{64})|renditions/(?P<sha256>[0-9a-f]{64})/(?P<name>[^/]+)"
    r"|captions/(?P<captions>[0-9a-f]{64})\.vtt"
)


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
    damage = list(_database())
    if damage:
        return damage
    return [
        *_orders(),
        *_slugs(),
        *_search(repair=repair),
        *_tallies(repair=repair),
        *_originals(storage, repair=repair, deep=deep),
        *_renditions(storage, repair=repair),
        *_captions(storage),
        *_leftovers(storage, repair=repair, grace=grace),
    ]


def tidy(storage: Storage) -> int:
    """Throw away what has expired and is asked for no more, and return how many rows and files that were.

    What is counted on write is put right.
    """
    moment = now()
    expired: tuple[tuple[Any, Any], ...] = (
        (SignInSession, SignInSession.expires_at <= moment),
        (OneTimeToken, OneTimeToken.expires_at <= moment),
        (SignInFailure, SignInFailure.at <= moment - lockout.KEPT),
        (Arrival, Arrival.arrived_at <= moment - arrivals.KEPT),
    )
    with transaction():
        gone = sum(len(db.session.execute(delete(row).where(over).returning(row.id)).all()) for row, over in expired)
        gone += idempotency.forget_expired() + presence.forget() + revisions.forget() + shares.forget()
        gone += uploads.forget() + log.forget() + signing_keys.forget() + captions.forget()
        unused = replacing.forget()
    shelving.mend_counts()
    for sha256 in unused:
        gone += _remove_all(storage, sha256)
    gone += _remove_captions(storage)
    return gone + partial_uploads.forget(storage) + tending.forget(storage) + storage.sweep(GRACE)


def sweep(storage: Storage) -> int:
    """Remove the originals that no row knows with what was made of them, and return how many files that were.

    Somebody who was killed has left them: between their row and them, or while the last that used them was forgotten.
    """
    known, oldest = set(db.session.scalars(select(Blob.sha256))), now() - GRACE
    release()
    named = (OURS.fullmatch(each.key) for each in storage.stored("blobs") if each.modified_at <= oldest)
    unknown = [ours["blob"] for ours in named if ours and ours["blob"] and ours["blob"] not in known]
    return sum(_remove_all(storage, sha256) for sha256 in unknown)


def _database() -> Iterator[Finding]:
    """Ask SQLite whether its file is whole; PostgreSQL sees to that itself."""
    if db.session.get_bind().dialect.name != "sqlite":
        return
    try:
        for (answer,) in db.session.execute(text("PRAGMA integrity_check")):
            if answer != "ok" and "search_index" not in answer:
                yield Finding("database", answer)
        for row in db.session.execute(text("PRAGMA foreign_key_check")):
            yield Finding("database", f"row {row[1]} of {row[0]} points at nothing in {row[2]}")
    except OperationalError:
        raise
    except DatabaseError as error:
        yield Finding("database", str(error.orig))
    finally:
        release()


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


def _search(*, repair: bool) -> Iterator[Finding]:
    """Compare what is found with what is written; each is put right from the other."""
    wrong = list(indexing.differing())
    release()
    with transaction():
        whole = indexing.is_whole()
    if repair:
        with transaction():
            indexing.refresh(wrong)
            if not whole:
                indexing.rebuild()
    if wrong:
        yield Finding("search", f"{len(wrong)} things are not found by what they say", repaired=repair)
    if not whole:
        yield Finding("search", "the index is not whole", repaired=repair)


def _tallies(*, repair: bool) -> Iterator[Finding]:
    """Compare what the library is filtered by, and how often, with its files."""
    adrift = shelving.mend() if repair else shelving.is_adrift()
    release()
    if adrift:
        yield Finding("tally", "the counts of the library are not those of its files", repaired=repair)


def _originals(storage: Storage, *, repair: bool, deep: bool) -> Iterator[Finding]:
    for each in missing.compare(storage, deep=deep):
        if each.fault:
            if repair and not each.missed:
                missing.flag(each.blob_id)
            yield Finding("original", f"{each.sha256} {each.fault}")
        elif each.missed:
            if repair:
                missing.heal(each.blob_id)
            yield Finding("original", f"{each.sha256} is back", repaired=repair)


def _renditions(storage: Storage, *, repair: bool) -> Iterator[Finding]:
    statement = (
        select(Rendition.id, Rendition.name, Rendition.size, Blob.sha256).join(Blob).where(Rendition.state == "ready")
    )
    rows = db.session.execute(statement).all()
    release()
    for rendition_id, name, size, sha256 in rows:
        key = rendition_key(sha256, name)
        try:
            fault = None if storage.size(key) == size else "is not whole"
        except Missing:
            fault = "is missing"
        if fault is None:
            continue
        if repair:
            again = update(Rendition).where(Rendition.id == rendition_id)
            with transaction():
                db.session.execute(again.values(state="pending", attempts=0, due_at=now(), lease_until=None))
        yield Finding("rendition", f"{key} {fault}", repaired=repair)


def _captions(storage: Storage) -> Iterator[Finding]:
    known = tracks.known()
    release()
    for sha256 in sorted(known):
        if not storage.exists(caption_key(sha256)):
            yield Finding("captions", f"{caption_key(sha256)} is missing")


def _leftovers(storage: Storage, *, repair: bool, grace: timedelta) -> Iterator[Finding]:
    """Find files that no row knows; what has another name than ours is not ours to judge."""
    known, oldest = _known_names(), now() - grace
    for stored in storage.stored():
        if _is_leftover(stored, known, oldest=oldest):
            if repair and not _remove(storage, stored.key, oldest=oldest):
                continue
            yield Finding("leftover", stored.key, repaired=repair)
    if repair and (swept := storage.sweep(grace)):
        yield Finding("leftover", f"{swept} unfinished uploads", repaired=True)


def _known_names(sha256: str | None = None) -> Mapping[str, set[str]]:
    """Return the names of the renditions of each blob, or of one, by its SHA-256."""
    statement = select(Blob.sha256, Rendition.name).join(Rendition, isouter=True)
    if sha256 is not None:
        statement = statement.where(Blob.sha256 == sha256)
    names: dict[str, set[str]] = defaultdict(set)
    for found, name in db.session.execute(statement):
        names[found].add(sys.intern(name or ""))
    names["captions"] = tracks.known(sha256)
    release()
    return names


def _is_leftover(stored: Stored, known: Mapping[str, set[str]], *, oldest: datetime) -> bool:
    ours = OURS.fullmatch(stored.key)
    if ours is None or stored.modified_at > oldest:
        return False
    if ours["blob"]:
        return ours["blob"] not in known or stored.key != blob_key(ours["blob"])
    if ours["captions"]:
        return ours["captions"] not in known["captions"]
    return ours["name"] not in known.get(ours["sha256"], ())


def _remove_all(storage: Storage, sha256: str) -> int:
    """Remove bytes that nothing uses and what was made of them, and return how many files that were.

    The original goes last: as long as it is there, what a killed process has left of this is found again.
    """
    oldest = now() - GRACE
    made = list(storage.keys(rendition_key(sha256, "a").rpartition("/")[0]))
    gone = sum(_remove(storage, key, oldest=oldest) for key in made)
    return gone + (gone == len(made) and _remove(storage, blob_key(sha256), oldest=oldest))


def _remove_captions(storage: Storage) -> int:
    """Remove captions that no row knows any more, and return how many files that were."""
    known, oldest = {"captions": tracks.known()}, now() - GRACE
    release()
    gone = [each.key for each in storage.stored("captions") if _is_leftover(each, known, oldest=oldest)]
    return sum(_remove(storage, key, oldest=oldest) for key in gone)


def _remove(storage: Storage, key: str, *, oldest: datetime) -> bool:
    """Remove a leftover, unless somebody has brought the same bytes since we looked."""
    ours = OURS.fullmatch(key)
    assert ours is not None  # noqa: S101  it was found by this very pattern
    known = _known_names(ours["blob"] or ours["sha256"] or ours["captions"])
    seen = [stored for stored in storage.stored(key.rpartition("/")[0]) if stored.key == key]
    still = any(_is_leftover(stored, known, oldest=oldest) for stored in seen)
    if still:
        storage.delete(key)
    return still
