"""Files as programs are shown them one by one: what they are called, their sides and type, and a small picture."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from webapp.domain import languages, pictures, showing, snapshots
from webapp.domain.aliases import Name
from webapp.domain.entries import ORIGINALS, UNKNOWN_TYPE
from webapp.domain.making import RENDITIONS
from webapp.domain.models import Blob, Media, MediaAlias, MediaText
from webapp.domain.pictures import Picture
from webapp.infra.db import db


@dataclass(frozen=True)
class Thumbnail:
    """A small JPEG of a file; sides in pixels, `path` below the root."""

    path: str
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Depiction:
    """A file of the library; sides in pixels, 0 for unknown, `duration` in milliseconds, of videos.

    `name` is what the dialect's programs call it, `description` its alt text in the site's default language.
    """

    id: UUID
    name: Name | None
    kind: str
    filename: str
    original_filename: str
    mime_type: str
    size: int
    width: int
    height: int
    duration: int | None
    description: str | None
    created_at: datetime
    thumbnail: Thumbnail | None

    @property
    def path(self) -> str:
        """Return where the original answers, below the root."""
        return f"{ORIGINALS}/{self.filename}"


def of(media_ids: Collection[UUID], *, dialect: str) -> dict[UUID, Depiction]:
    """Return files of the library by id, those of the trash too; five statements."""
    ids = list(media_ids)
    if not ids:
        return {}
    statement = select(Media, Blob).join(Blob, Blob.id == Media.blob_id, isouter=True).where(Media.id.in_(ids))
    names, alts, seen = _names(ids, dialect), _alts(ids), pictures.small(ids)
    return {
        media.id: _depicted(media, blob, names.get(media.id), alts.get(media.id), seen.get(media.id))
        for media, blob in db.session.execute(statement)
    }


def _depicted(
    media: Media, blob: Blob | None, name: Name | None, alt: str | None, picture: Picture | None
) -> Depiction:
    sides = (blob.width, blob.height) if blob else (media.told_width, media.told_height)
    return Depiction(
        id=media.id,
        name=name,
        kind=media.kind,
        filename=media.filename,
        original_filename=media.original_filename,
        mime_type=blob.mime_type if blob else UNKNOWN_TYPE,
        size=blob.size if blob else 0,
        width=sides[0] or 0,
        height=sides[1] or 0,
        duration=blob.duration if blob else None,
        description=alt,
        created_at=media.created_at,
        thumbnail=_thumbnail(picture) if picture else None,
    )


def _thumbnail(picture: Picture) -> Thumbnail | None:
    files = (file for file in picture.files if file.format == "jpg")
    small = next(files, None)
    return Thumbnail(f"{RENDITIONS}/{picture.sha256}/{small.name}", small.width, small.height) if small else None


def _names(ids: Collection[UUID], dialect: str) -> dict[UUID, Name]:
    """Return the first name of each that has one."""
    rows = db.session.execute(
        select(MediaAlias.media_id, MediaAlias.external_id, MediaAlias.domain)
        .where(MediaAlias.dialect == dialect, MediaAlias.media_id.in_(ids))
        .order_by(MediaAlias.domain.desc(), MediaAlias.external_id.desc())
    )
    return {media_id: Name(external_id, domain) for media_id, external_id, domain in rows}


def _alts(ids: Collection[UUID]) -> Mapping[UUID, str | None]:
    """Return alt texts as they are resolved for the site's default language (D17)."""
    known = languages.all_languages()
    default = next(each for each in known if each.is_default)
    chain = languages.fallback_chain(default, known=known)
    texts: Any = snapshots.texts_by_owner(MediaText, MediaText.media_id, ids)
    found = {media_id: showing.resolve("alt", chain, said) for media_id, said in texts.items()}
    return {media_id: each.text for media_id, each in found.items() if each}
