"""The files of the library and who may see them: visitors what a gallery or a background shows them, readers all.

While the changes of a gallery are held, visitors may see the files of the frozen copy and no others (D9, D23).
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, or_, select, true

from webapp.domain import showing, tracks, uses
from webapp.domain.backgrounds import showing as backgrounds
from webapp.domain.errors import NotFound
from webapp.domain.media import EXTENSIONS
from webapp.domain.models import Blob, Gallery, HeldItem, Hold, Item, Media, Rendition
from webapp.domain.transaction import release
from webapp.infra import images
from webapp.infra.db import db
from webapp.infra.storage import Storage, blob_key, rendition_key


@dataclass(frozen=True)
class Original:
    """A media's bytes as they came, which nobody is given, and whether visitors may have the clean copy."""

    sha256: str
    mime_type: str
    filename: str
    public: bool

    @property
    def name(self) -> str:
        """The file's name with the ending of what it is now: its address keeps that of what it once was."""
        return f"{self.filename.rpartition('.')[0]}.{EXTENSIONS[self.mime_type]}"


@dataclass(frozen=True)
class Made:
    """A rendition that is ready, and whether visitors may have it."""

    format: str
    public: bool


def original(filename: str) -> Original:
    """Return the original that a file name leads to, in one statement. Raises NotFound."""
    row = db.session.execute(
        select(Blob.sha256, Blob.mime_type, _is_shown().label("public"))
        .join(Media, Media.blob_id == Blob.id)
        .where(Media.filename == filename, Media.deleted_at.is_(None))
    ).one_or_none()
    if row is None:
        raise NotFound("File")
    return Original(row.sha256, row.mime_type, filename, bool(row.public))


def clean(found: Original, *, storage: Storage) -> str:
    """Return the key of the copy without metadata, made where there is none yet; no transaction may be open.

    Two that make it at once make the same. Raises Missing, StorageFull, StorageFailed, Overloaded.
    """
    release()
    key = rendition_key(found.sha256, f"original.{EXTENSIONS[found.mime_type]}")
    if storage.exists(key):
        return key
    with storage.workspace() as folder, storage.fetched(blob_key(found.sha256)) as source:
        try:
            images.clean_original(source, folder / "clean")
        except images.Refused:
            raise NotFound("File") from None
        storage.put_file(key, folder / "clean")
    return key


def rendition(sha256: str, name: str) -> Made:
    """Return a rendition that is ready, in one statement; raises NotFound."""
    public = exists().where(Media.blob_id == Blob.id, Media.deleted_at.is_(None), _is_shown())
    row = db.session.execute(
        select(Rendition.format, public.label("public"))
        .join(Blob, Blob.id == Rendition.blob_id)
        .where(Blob.sha256 == sha256, Rendition.name == name, Rendition.state == "ready")
    ).one_or_none()
    if row is None:
        raise NotFound("File")
    return Made(row.format, bool(row.public))


def captions(sha256: str) -> bool:
    """Say whether visitors may have these captions; raises NotFound where nobody may."""
    known, public = (tracks.are_of(sha256, shown) for shown in (true(), _is_shown()))
    row = db.session.execute(select(known.label("known"), public.label("public"))).one()
    if not row.known:
        raise NotFound("File")
    return bool(row.public)


def _is_shown() -> ColumnElement[bool]:
    """Return the condition under which visitors see a media: in what is published, as its cover, or behind a zone."""
    public = showing.is_public()
    held = exists().where(Hold.gallery_id == Gallery.id)
    in_item = or_(Item.media_id == Media.id, Item.poster_id == Media.id)
    living = exists().where(in_item, Item.deleted_at.is_(None), Item.gallery_id == Gallery.id, public, ~held)
    in_held = or_(HeldItem.media_id == Media.id, HeldItem.poster_id == Media.id)
    frozen = exists().where(in_held, HeldItem.gallery_id == Gallery.id, public)
    cover = exists().where(Gallery.cover_media_id == Media.id, public, ~held)
    frozen_cover = exists().where(Hold.gallery_id == Gallery.id, public, uses.is_held_cover(Media.id, Hold))
    return or_(living, frozen, cover, frozen_cover, backgrounds.is_shown())
