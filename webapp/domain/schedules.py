"""Galleries whose time has come: published and taken back by the worker, at the moments that were set for them.

Visitors need no worker: what they see asks for the moments itself (`showing.is_public`). What is done here makes the
status, the events and the revisions follow.
"""

from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, or_, select

from webapp.domain import galleries
from webapp.domain.errors import NotFound
from webapp.domain.models import Gallery
from webapp.domain.permissions import system
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db

SHARE: Final = 100
"""Galleries that one run looks after; the next run takes the others."""


def work_off(*, most: int = SHARE) -> int:
    """Let galleries be what they are due to be, each in a transaction of its own; return how many."""
    due = list(db.session.scalars(select(Gallery.id).where(_is_due()).order_by(Gallery.id).limit(most)))
    release()
    return sum(_keep_time(gallery_id) for gallery_id in due)


def _keep_time(gallery_id: UUID) -> bool:
    """Publish or take back one gallery, unless somebody has set it another time meanwhile."""
    with transaction():
        try:
            gallery = galleries.locked(gallery_id)
        except NotFound:
            return False
        moment = now()
        over = gallery.unpublish_at is not None and gallery.unpublish_at <= moment
        if gallery.status == "draft" and gallery.publish_at and gallery.publish_at <= moment and not over:
            galleries.set_status(gallery, "published", actor=system("job"))
        elif gallery.status == "published" and over:
            galleries.set_status(gallery, "draft", actor=system("job"))
        else:
            return False
    return True


def _is_due() -> Any:
    moment = now()
    over = and_(Gallery.unpublish_at.is_not(None), Gallery.unpublish_at <= moment)
    begun = and_(Gallery.status == "draft", Gallery.publish_at <= moment, ~over)
    return and_(Gallery.deleted_at.is_(None), or_(begun, and_(Gallery.status == "published", over)))
