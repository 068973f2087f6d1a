"""Files of the trash, deleted for good: the entry with its texts and tags; its bytes when nothing else has them."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, func, or_, select, update

from webapp.domain import audit, media, replacing, uses
from webapp.domain.errors import Conflict
from webapp.domain.models import Background, BackgroundPicture, Gallery, Item
from webapp.domain.permissions import Actor, demand
from webapp.domain.sentences import Sentence
from webapp.infra.db import db


@dataclass(frozen=True)
class Rest:
    """What still has a file of the trash: titles of trashed galleries, how many trashed items of living ones, and
    titles of trashed backgrounds.
    """

    galleries: tuple[str, ...]
    items: int
    backgrounds: tuple[str, ...] = ()


def rest(media_id: UUID) -> Rest:
    """Return what in the trash still has a file."""
    has = or_(Item.media_id == media_id, Item.poster_id == media_id)
    shown = or_(Gallery.id.in_(select(Item.gallery_id).where(has)), Gallery.cover_media_id == media_id)
    galleries = select(Gallery.trashed_slug).where(Gallery.deleted_at.is_not(None), shown)
    items = select(func.count()).select_from(Item).join(Gallery, Gallery.id == Item.gallery_id)
    gone = items.where(has, Item.deleted_at.is_not(None), Gallery.deleted_at.is_(None))
    behind = tuple(each.title for each in uses.backdrops(media_id, trashed=True))
    return Rest(tuple(each or "" for each in db.session.scalars(galleries)), db.session.scalars(gone).one(), behind)


def purge(media_id: UUID, *, actor: Actor) -> str:
    """Delete a file of the trash for good, with the trashed items that show it, and return its name.

    Raises NotFound, Forbidden, Conflict while a gallery or a background has it, be that in the trash too.
    """
    demand(actor, "media:delete")
    _hold_galleries(media_id)
    found = media.find_trashed(media_id)
    left = rest(media_id)
    if left.galleries or uses.places(media_id):
        where = ", ".join((*left.galleries, *(place.title for place in uses.places(media_id)))[:3])
        raise Conflict(Sentence("The gallery %(where)s still has this file.", where=where), code="in_use")
    if left.backgrounds or uses.backdrops(media_id):
        where = ", ".join((*left.backgrounds, *(each.title for each in uses.backdrops(media_id)))[:3])
        raise Conflict(Sentence("The background %(where)s still has this file.", where=where), code="in_use")
    name, blob_id = found.original_filename, found.blob_id
    trashed = Item.deleted_at.is_not(None)
    db.session.execute(update(Item).where(Item.poster_id == media_id, trashed).values(poster_id=None))
    db.session.execute(delete(Item).where(Item.media_id == media_id, trashed))
    audit.record(actor, "media.purge", "media", media_id, changes={"original_filename": (name, None)})
    db.session.delete(found)
    db.session.flush()
    replacing.let_go(blob_id)
    return name


def _hold_galleries(media_id: UUID) -> None:
    """Let no item and no background with a file come back meanwhile: who restores one holds its gallery, or it."""
    having = select(Item.gallery_id).where(or_(Item.media_id == media_id, Item.poster_id == media_id))
    db.session.execute(select(Gallery.id).where(Gallery.id.in_(having)).order_by(Gallery.id).with_for_update())
    behind = select(BackgroundPicture.background_id).where(BackgroundPicture.media_id == media_id)
    db.session.execute(
        select(Background.id).where(Background.id.in_(behind)).order_by(Background.id).with_for_update()
    )
