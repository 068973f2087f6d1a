"""One file of the library in the place of another, wherever that is used: everywhere at once or nowhere.

Items keep their places, texts, tags and focal points. Of a gallery whose changes are held, the change is held too:
visitors go on seeing the old file in the frozen copy until it is published (D9).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, update

from webapp.domain import galleries, items, media, revisions, uses
from webapp.domain.backgrounds import keeping
from webapp.domain.errors import Invalid, Stale
from webapp.domain.models import BackgroundPicture, Gallery, Item
from webapp.domain.permissions import Actor, demand
from webapp.domain.uses import Backdrop, Place
from webapp.infra.db import db

FIELDS: Final = ("media_id", "poster_id")


@dataclass(frozen=True)
class Swapped:
    """In how many galleries and places of these a file was replaced, and in how many backgrounds."""

    galleries: int
    places: int
    backgrounds: int = 0


def token(places: Sequence[Place], behind: Sequence[Backdrop] = ()) -> str:
    """Stand for where a file is used, as it was looked at."""
    seen = [(each.gallery_id, each.times, each.cover, each.spots) for each in places]
    said = (*sorted(map(repr, seen)), *sorted(str(each.background_id) for each in behind))
    return sha256(repr(said).encode()).hexdigest()[:16]


def everywhere(old_id: UUID, new_id: UUID, *, actor: Actor, seen: str | None = None) -> Swapped:
    """Put a file into the place of another wherever that is used; what is in the trash follows, and tells nobody.

    `seen` is the token of the places that were looked at. Raises NotFound, Invalid for a file of another kind, Stale
    where it is used elsewhere by now, Forbidden. Galleries and backgrounds are held before files, as whoever adds to
    them holds them.
    """
    demand(actor, "galleries:update")
    held = [galleries.locked(gallery_id) for gallery_id in sorted(_galleries(old_id))]
    behind = sorted(each.background_id for each in uses.backdrops(old_id))
    for background_id in behind:
        keeping.locked(background_id)
    locked = {each: media.locked(each) for each in sorted({old_id, new_id})}
    old, new = locked[old_id], locked[new_id]
    if old.id == new.id or old.kind != new.kind:
        raise Invalid("with", "Choose another file of the same kind.", code="other_kind")
    now_behind = uses.backdrops(old_id)
    is_same = {gallery.id for gallery in held} == set(_galleries(old_id))
    is_same = is_same and behind == sorted(each.background_id for each in now_behind)
    if not is_same or seen not in (None, token(uses.places(old_id), now_behind)):
        raise Stale("This file is used elsewhere than when you looked. Look at the places once more.")
    places = sum(_in_gallery(gallery, old_id, new_id, actor=actor) for gallery in held)
    for background_id in behind:
        keeping.replace_picture(background_id, old_id, new_id, actor=actor)
    _in_trash(old_id, new_id)
    return Swapped(len(held), places, len(behind))


def _galleries(media_id: UUID) -> list[UUID]:
    """Return the living galleries that use a file now, whatever visitors still see of them."""
    shown = select(Item.gallery_id).where(_uses(media_id), Item.deleted_at.is_(None))
    used = or_(Gallery.id.in_(shown), Gallery.cover_media_id == media_id)
    return list(db.session.scalars(select(Gallery.id).where(used, Gallery.deleted_at.is_(None))))


def _uses(media_id: UUID) -> ColumnElement[bool]:
    return or_(*(getattr(Item, field) == media_id for field in FIELDS))


def _in_gallery(gallery: Gallery, old_id: UUID, new_id: UUID, *, actor: Actor) -> int:
    """Replace a file in a gallery, and return in how many places."""
    here = select(Item).where(Item.gallery_id == gallery.id, _uses(old_id), Item.deleted_at.is_(None))
    found = db.session.scalars(here.execution_options(populate_existing=True)).all()
    if len(found) > 1:
        revisions.keep(gallery, reason="before replacement", actor=actor)
    for item in found:
        changes = {field: (old_id, new_id) for field in FIELDS if getattr(item, field) == old_id}
        for field in changes:
            setattr(item, field, new_id)
        items.told(item, changes, actor=actor)
    is_cover = gallery.cover_media_id == old_id
    if is_cover:
        galleries.update(gallery, {"cover_media_id": new_id}, actor=actor)
    db.session.flush()
    return len(found) + is_cover


def _in_trash(old_id: UUID, new_id: UUID) -> None:
    """Let what is in the trash come back with the new file."""
    for field in FIELDS:
        column = getattr(Item, field)
        db.session.execute(update(Item).where(column == old_id).values({field: new_id}))
    db.session.execute(update(Gallery).where(Gallery.cover_media_id == old_id).values(cover_media_id=new_id))
    has = BackgroundPicture.media_id == old_id
    db.session.execute(update(BackgroundPicture).where(has).values(media_id=new_id))
