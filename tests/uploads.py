"""Pictures that come in as anybody's do, and what became of them."""

import io
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests import pictures
from webapp.domain import media
from webapp.domain.models import Blob, Media, Rendition
from webapp.domain.permissions import Actor, system
from webapp.domain.transaction import release, transaction
from webapp.infra import images
from webapp.infra.db import db
from webapp.infra.image_children import Crew
from webapp.infra.storage import TEMPORARY, LocalStorage, Storage, rendition_key

BY_NOBODY = system("cli")


def upload(
    storage: Storage, content: bytes = b"", name: str = "photo.jpg", *, by: Actor = BY_NOBODY, **photo: object
) -> UUID:
    """Bring a picture into the library and return its media's id; `photo` is what `pictures.photo` takes."""
    intake = media.take_in(io.BytesIO(content or pictures.photo(**photo)), name, storage=storage)
    with transaction():
        return media.add(intake, actor=by).id


def blob_of(media_id: UUID) -> Blob:
    """Return the bytes' row of a media, as it stands in the database now; outside a transaction."""
    release()
    return db.session.scalars(select(Blob).join(Media, Media.blob_id == Blob.id).where(Media.id == media_id)).one()


def rows_of(media_id: UUID, batch: str | None = None) -> list[Rendition]:
    """Return the renditions of a media by name, as they stand in the database now."""
    found = select(Rendition).where(Rendition.blob_id == blob_of(media_id).id).order_by(Rendition.name)
    return list(db.session.scalars(found if batch is None else found.where(Rendition.batch == batch)))


def states_of(media_id: UUID, batch: str | None = None) -> set[str]:
    """Return the states that the renditions of a media are in."""
    return {row.state for row in rows_of(media_id, batch)}


def let_time_pass(**values: object) -> None:
    """Write moments into all renditions, as if they had come."""
    with transaction():
        db.session.execute(update(Rendition).values(values))


def bytes_of(storage: Storage, media_id: UUID) -> dict[str, bytes]:
    """Return the files that were made of a media, by name."""
    sha256 = blob_of(media_id).sha256
    return {row.name: storage.read(rendition_key(sha256, row.name)) for row in rows_of(media_id)}


def files_in(folder: Path) -> list[str]:
    """List all files below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def all_of(storage: Storage) -> list[str]:
    """List all that a store holds, and what waits in its spool."""
    return [*sorted(storage.keys()), *(f"{TEMPORARY}/{name}" for name in files_in(storage.spool.folder))]


def overwrite(storage: Storage, key: str, content: bytes) -> None:
    """Put other bytes under a key, as only a broken disk does."""
    with storage.workspace() as folder:
        (folder / "other").write_bytes(content)
        storage.put_file(key, folder / "other")


def take_away(storage: LocalStorage) -> None:
    """Let a store refuse every original, as a broken disk does."""
    (storage.root / "blobs").write_text("a file where the folder should be")


def take_all_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let all picture processes be busy with others, and nobody wait for them for long."""
    crew = Crew(places=1)
    assert crew._free.acquire(blocking=False)
    monkeypatch.setitem(Crew.ask.__kwdefaults__, "patience", 0.01)
    monkeypatch.setattr(images, "CREW", crew)
