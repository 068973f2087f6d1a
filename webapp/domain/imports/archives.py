"""Archives: judged by their directory when they come, kept in the store until the last of their files is in.

An archive has its own key there, which its import's id is made into; one without an import that needs it is swept.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import select

from webapp.domain import media, sentences
from webapp.domain.errors import Invalid
from webapp.domain.imports import aims
from webapp.domain.imports.aims import Aim, Wanted
from webapp.domain.models import Import, ImportEntry
from webapp.domain.permissions import Actor
from webapp.domain.sentences import Sentence
from webapp.domain.transaction import release, transaction
from webapp.infra import zips
from webapp.infra.db import db
from webapp.infra.spool import Readable, Received
from webapp.infra.storage import Storage, TooLarge

FOLDER: Final = "imports"
MOST_LARGEST: Final = 4
"""What an archive may hold when it is unpacked: bytes as of so many of the largest files."""


@dataclass(frozen=True)
class Kept:
    """An archive that is in the store, under the id of the import it is going to be, and the files in it."""

    id: UUID
    name: str
    files: tuple[Wanted, ...]


def take(stream: Readable, filename: str, aim: Aim, *, storage: Storage, actor: Actor) -> UUID:
    """Receive an archive and ask for its files; returns the import's id. No transaction may be open.

    Raises Forbidden, NotFound, Invalid where it is no archive, holds too much or nothing; nothing is left then.
    """
    aims.judge(aim, actor=actor)
    release()
    most = storage.most.bytes
    try:
        received = storage.receive(stream, limit=most)
    except TooLarge:
        raise Invalid(
            "file", Sentence("File size exceeds %(most)sMB limit", most=most // 1024**2), code="too_large"
        ) from None
    kept = keep(received, filename, storage=storage)
    with transaction():
        return begin(kept, aim, actor=actor).id


def keep(received: Received, filename: str, *, storage: Storage) -> Kept:
    """Judge an archive that has come and put it into the store; no transaction may be open. Raises Invalid."""
    try:
        files = _listed(received.path, storage)
        kept = Kept(uuid4(), media.clean_filename(filename), files)
        storage.put_file(key_of(kept.id), received.path)
    except zips.Refused as refused:
        raise Invalid("file", said(refused), code=refused.code) from None
    finally:
        received.discard()
    return kept


def begin(kept: Kept, aim: Aim, *, actor: Actor) -> Import:
    """Ask for the files of an archive that is kept; inside a transaction. Raises Forbidden, NotFound."""
    return aims.write(aims.ARCHIVE, kept.name, kept.files, aim, actor=actor, import_id=kept.id)


@contextlib.contextmanager
def opened(import_id: UUID, *, storage: Storage) -> Iterator[zips.Archive]:
    """Lend an archive that is kept. Raises zips.Refused, and what the store raises, Missing where it is gone."""
    with storage.open(key_of(import_id)) as file:
        yield zips.Archive(file, most=_most(storage))


def said(refused: zips.Refused) -> Sentence:
    """Say why an archive, or a file in one, is not taken."""
    return sentences.of(refused)


def key_of(import_id: UUID) -> str:
    """Return where an archive is kept."""
    return f"{FOLDER}/{import_id.hex}"


def needed() -> set[str]:
    """Return the keys of the archives of which a file is waited for, or may be tried again; one query."""
    open_still = select(ImportEntry.id).where(
        ImportEntry.import_id == Import.id, ImportEntry.state.in_(("waiting", "failed"))
    )
    found = select(Import.id).where(Import.kind == aims.ARCHIVE, open_still.exists())
    return {key_of(import_id) for import_id in db.session.scalars(found)}


def _listed(path: Path, storage: Storage) -> tuple[Wanted, ...]:
    """List the files of an archive in the order they are to stand in. Raises zips.Refused, Invalid."""
    with path.open("rb") as file:
        members = zips.Archive(file, most=_most(storage)).members()
    if not members:
        raise Invalid("file", "There is no file in this archive.", code="empty")
    return tuple(Wanted(media.clean_filename(member.path), member=member.number) for member in members)


def _most(storage: Storage) -> int:
    return MOST_LARGEST * storage.most.bytes
