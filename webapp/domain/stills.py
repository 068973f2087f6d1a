"""A picture out of a video, to stand for it: taken at a second that was chosen, a file of the library like any."""

from pathlib import PurePath
from typing import Final
from uuid import UUID

from sqlalchemy import select

from webapp.domain import media, videos
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.making import CONTAINERS
from webapp.domain.models import Blob, Media
from webapp.domain.transaction import release
from webapp.infra import images, video
from webapp.infra.db import db
from webapp.infra.storage import Storage, blob_key

LATEST: Final = 7 * 24 * 3600.0
"""Seconds; what lies behind the end of a video is its last picture."""


def take(media_id: UUID, at: float, *, storage: Storage) -> media.Intake:
    """Take the picture that a video shows at a second into the store; no transaction may be open.

    Raises NotFound, Invalid, Missing, Overloaded and what the storage raises.
    """
    if not 0 <= at <= LATEST:
        raise Invalid("at", "Write the second as a number, such as 3.5.", code="at")
    statement = select(Media.original_filename, Blob.sha256, Blob.mime_type).join(Blob, Blob.id == Media.blob_id)
    found = db.session.execute(statement.where(Media.id == media_id, Media.deleted_at.is_(None))).one_or_none()
    if found is None or found.mime_type not in CONTAINERS:
        raise NotFound("Media")
    release()
    name = f"{PurePath(found.original_filename).stem} {videos.clock(max(1, round(at))).replace(':', '-')}.jpg"
    with storage.workspace() as folder, storage.fetched(blob_key(found.sha256)) as source:
        try:
            video.frame(source, CONTAINERS[found.mime_type], folder / "still.jpg", at=at)
        except images.Refused:
            raise Invalid("at", "No picture could be taken out of this video.", code="at") from None
        with (folder / "still.jpg").open("rb") as still:
            return media.take_in(still, name, storage=storage)
