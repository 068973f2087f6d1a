"""The picture that stands for a video of the library, wherever an item has none of its own.

It is kept with the video's bytes: the video's own pictures are made of it, in the video's shape, so that lists, cuts,
pages and programs show it without knowing of it. Until they are made, what stood there before is shown.
"""

from uuid import UUID

from sqlalchemy import select

from webapp.domain import media, remaking, replacing
from webapp.domain.errors import Invalid
from webapp.domain.models import Blob, Media
from webapp.domain.permissions import Actor
from webapp.infra.db import db


def choose(media_id: UUID, intake: media.Intake | None, *, actor: Actor) -> Media:
    """Let a picture that came in stand for a video, or none: what the video shows after a second.

    Raises NotFound, Invalid for what is no video, or one whose bytes are not here.
    """
    entry = media.locked(media_id)
    blob = _locked(entry)
    poster = _picture(intake) if intake else None
    had, blob.poster = blob.poster, poster.sha256 if poster else None
    if had != blob.poster:
        remaking.begin(blob)
        media.changed(entry, {"poster": (had, blob.poster)}, actor=actor)
        replacing.let_go(db.session.scalar(select(Blob.id).where(Blob.sha256 == had)))
    return entry


def _locked(entry: Media) -> Blob:
    blob = db.session.scalars(select(Blob).where(Blob.id == entry.blob_id).with_for_update()).one_or_none()
    if blob is None or entry.kind != "video":
        raise Invalid("media", "Only a video needs a picture to stand for it.", code="no_video")
    return blob


def _picture(intake: media.Intake) -> Blob:
    if intake.kind != "image":
        raise Invalid("file", "Only a picture can stand for a video.", code="no_picture")
    return media.blob_of(intake)
