"""One deed on several galleries at once; those that have gone meanwhile are passed over."""

from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from webapp.domain import cloning, galleries
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.models import Gallery
from webapp.domain.permissions import Actor, demand

MOST: Final = 200
"""Galleries at once."""

Deed = Callable[[Gallery, Actor], object]

DEEDS: Final[dict[str, tuple[str, Deed]]] = {
    "publish": ("galleries:update", lambda each, actor: galleries.set_status(each, "published", actor=actor)),
    "unpublish": ("galleries:update", lambda each, actor: galleries.set_status(each, "draft", actor=actor)),
    "archive": ("galleries:update", lambda each, actor: galleries.set_status(each, "archived", actor=actor)),
    "clone": ("galleries:create", lambda each, actor: cloning.clone(each, actor=actor)),
    "trash": ("galleries:delete", lambda each, actor: galleries.trash(each, actor=actor)),
    "restore": ("galleries:delete", lambda each, actor: galleries.restore(each, actor=actor)),
}
"""What may be done, with the permission it needs."""


def carry_out(deed: str, gallery_ids: Sequence[UUID], *, actor: Actor) -> list[UUID]:
    """Do it to each and return the ids of those it was done to. Raises Invalid, Forbidden.

    In one order for everybody, so that two who act at once wait for each other instead of stopping each other.
    """
    if deed not in DEEDS:
        raise Invalid("deed", "That cannot be done to galleries.", code="deed")
    if not 0 < len(gallery_ids) <= MOST:
        raise Invalid("ids", f"Choose 1 to {MOST} galleries.", code="count")
    permission, do = DEEDS[deed]
    demand(actor, permission)
    find = galleries.find_trashed if deed == "restore" else galleries.locked
    return [gallery_id for gallery_id in sorted(set(gallery_ids)) if _done(find, do, gallery_id, actor)]


def _done(find: Callable[[UUID], Gallery], do: Deed, gallery_id: UUID, actor: Actor) -> bool:
    try:
        gallery = find(gallery_id)
    except NotFound:
        return False
    do(gallery, actor)
    return True
