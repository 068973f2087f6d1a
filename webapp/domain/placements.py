"""The places of media in a gallery, as the CMS dialect sees them: the first use of each media, ranked from 0 (D7).

Text items, external videos and second uses have no place of their own here; they follow the place before them.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from webapp.domain import galleries, items, media
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.models import Item
from webapp.domain.permissions import Actor
from webapp.domain.sentences import Sentence
from webapp.infra.db import db


def of(gallery_id: UUID) -> list[tuple[UUID, UUID]]:
    """Return (media id, item id) of each place, first to last."""
    return [(media_id, block[0]) for media_id, block in _blocks(items.uses(gallery_id))[1]]


def find(gallery_id: UUID, media_id: UUID) -> Item:
    """Return the item at a media's place. Raises NotFound."""
    for found, item_id in of(gallery_id):
        if found == media_id:
            return items.get(gallery_id, item_id)
    raise NotFound("Media", Sentence("Media not found in this gallery"))


def add(gallery_id: UUID, media_id: UUID, *, actor: Actor, rank: int = 0) -> Item:
    """Add a media that is not there yet, at the end, or at `rank` where that is more than 0.

    Raises NotFound, Conflict where it is there already.
    """
    media.get(media_id)
    items.lock(gallery_id)
    if any(found == media_id for found, _ in of(gallery_id)):
        raise Conflict("Media is already in this gallery", code="already_there")
    item = items.add(gallery_id, [media_id], actor=actor)[0]
    if rank > 0:
        _put(gallery_id, item.id, rank, actor=actor)
    return item


def put(gallery_id: UUID, media_id: UUID, rank: int, *, actor: Actor) -> None:
    """Move a media to `rank`, out of range meaning the end; the others close up. Raises NotFound."""
    items.lock(gallery_id)
    _put(gallery_id, find(gallery_id, media_id).id, rank, actor=actor)


def remove(gallery_id: UUID, media_id: UUID, *, actor: Actor) -> None:
    """Put every use of a media in this gallery into the trash. Raises NotFound."""
    items.lock(gallery_id)
    find(gallery_id, media_id)
    uses = select(Item.id).where(Item.gallery_id == gallery_id, Item.media_id == media_id, Item.deleted_at.is_(None))
    items.trash(gallery_id, list(db.session.scalars(uses)), actor=actor)


def reorder(gallery_id: UUID, media_ids: Sequence[UUID], *, actor: Actor) -> None:
    """Show the places in this order. Raises NotFound (an unknown id wins), Invalid (one missing or twice)."""
    gallery = galleries.locked(gallery_id)
    shown = items.uses(gallery_id)
    leading, blocks = _blocks(shown)
    by_media = dict(blocks)
    if any(media_id not in by_media for media_id in media_ids):
        raise NotFound("Media", Sentence("One or more media IDs not found in gallery"))
    if len(media_ids) != len(by_media) or len(set(media_ids)) != len(media_ids):
        raise Invalid("media_ids", "Not all media items included in reorder request", code="incomplete_order")
    order = [*leading, *(item_id for media_id in media_ids for item_id in by_media[media_id])]
    items.deal(gallery, order, {item_id: key for item_id, _, key in shown}, actor=actor)


def _put(gallery_id: UUID, item_id: UUID, rank: int, *, actor: Actor) -> None:
    blocks = [block for _, block in _blocks(items.uses(gallery_id))[1]]
    moving = next(block for block in blocks if block[0] == item_id)
    rest = [block for block in blocks if block is not moving]
    if 0 <= rank < len(rest):
        items.move(gallery_id, moving, before=rest[rank][0], actor=actor)
    else:
        items.move(gallery_id, moving, place="end", actor=actor)


def _blocks(shown: Sequence[items.Use]) -> tuple[list[UUID], list[tuple[UUID, list[UUID]]]]:
    """Return what stands before the first place, and each place's media with its item and those that follow it."""
    leading: list[UUID] = []
    blocks: list[tuple[UUID, list[UUID]]] = []
    seen: set[UUID] = set()
    for item_id, media_id, _ in shown:
        if media_id is not None and media_id not in seen:
            seen.add(media_id)
            blocks.append((media_id, [item_id]))
        elif blocks:
            blocks[-1][1].append(item_id)
        else:
            leading.append(item_id)
    return leading, blocks
