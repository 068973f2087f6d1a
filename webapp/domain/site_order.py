"""The order of galleries on the site, set by hand (D5): those with a place, the highest key first.

Every change writes fresh keys above all others, because keys that change places one by one would meet. Whoever
changes the order says which one was looked at.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, func, select, update

from webapp.domain import audit, editing, events, galleries, ordering, site
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.models import Gallery
from webapp.domain.permissions import Actor, demand
from webapp.domain.sentences import Sentence
from webapp.infra.db import db

MOST: Final = 1000
"""Galleries that have a place on the site."""


def ids() -> list[UUID]:
    """Return the living galleries that have a place, first to last."""
    return list(db.session.scalars(_placed(Gallery.id)))


def place(gallery: Gallery) -> tuple[int, int] | None:
    """Return a gallery's number in the order, from 1, and how many have one; None where it has none itself."""
    if gallery.sort_order is None or gallery.deleted_at is not None:
        return None
    before = func.count().filter(Gallery.sort_order >= gallery.sort_order)
    living = (Gallery.sort_order.is_not(None), Gallery.deleted_at.is_(None))
    number, count = db.session.execute(select(before, func.count()).where(*living)).one()
    return number, count


def add(gallery_ids: Sequence[UUID], *, actor: Actor) -> None:
    """Give galleries places at the end; those that have one keep it. Raises Invalid, Forbidden."""
    order = _locked()
    known = db.session.scalars(select(Gallery.id).where(Gallery.id.in_(gallery_ids), Gallery.deleted_at.is_(None)))
    living = set(known)
    fresh = [each for each in dict.fromkeys(gallery_ids) if each in living and each not in order]
    if len(order) + len(fresh) > MOST:
        raise Invalid("ids", Sentence("The site's order holds %(most)s galleries.", most=MOST), code="too_many")
    _write([*order, *fresh], order, actor=actor)


def put(gallery: Gallery, key: float, *, actor: Actor) -> None:
    """Give a gallery the place that its key says (D5). Raises Invalid, Conflict where it is taken, Forbidden."""
    demand(actor, "galleries:update")
    try:
        wanted = ordering.check_key(key)
    except ValueError as error:
        raise Invalid("sort_order", str(error), code="sort_order") from None
    _locked()
    taken = select(Gallery.id).where(Gallery.sort_order == wanted, Gallery.deleted_at.is_(None))
    if db.session.scalars(taken.where(Gallery.id != gallery.id)).first() is not None:
        raise Conflict("Another gallery has this place on the site.", code="sort_order_taken")
    if gallery.sort_order == wanted:
        return
    changes = {"sort_order": (gallery.sort_order, wanted)}
    gallery.sort_order = wanted
    galleries.touch(gallery)
    events.publish(actor, "gallery.updated", gallery.id, gallery_id=gallery.id)
    audit.record(actor, "site.place", "gallery", gallery.id, changes=changes, gallery_id=gallery.id)
    db.session.flush()


def remove(gallery_id: UUID, *, actor: Actor) -> None:
    """Take a gallery out of the site's order. Raises NotFound, Forbidden."""
    galleries.get(gallery_id)
    order = _locked()
    if gallery_id in order:
        demand(actor, "galleries:update")
        db.session.execute(update(Gallery).where(Gallery.id == gallery_id).values(sort_order=None))
        events.publish(actor, "gallery.updated", gallery_id, gallery_id=gallery_id)
        audit.record(actor, "site.unplace", "gallery", gallery_id, gallery_id=gallery_id)
        db.session.flush()


def move(numbers: Mapping[UUID, int], *, known: Sequence[UUID], actor: Actor) -> None:
    """Put galleries at these numbers, from 1, the others around them as before.

    `known` is the order that was looked at. Raises Conflict where it has changed since, Forbidden.
    """
    order = _locked()
    if list(known) != order:
        raise Conflict("Somebody changed the order since you opened it. Nothing was moved.", code="order_changed")
    _write(editing.arranged(order, numbers), order, actor=actor)


def _write(wanted: Sequence[UUID], order: Sequence[UUID], *, actor: Actor) -> None:
    demand(actor, "galleries:update")
    if list(wanted) == list(order):
        return
    highest = db.session.scalars(select(func.max(Gallery.sort_order)).where(Gallery.deleted_at.is_(None))).one()
    keys = ordering.fresh(len(wanted), above=highest)
    if keys is None:
        raise Conflict("There is no room above the highest place.", code="no_room")
    rows = [{"id": each, "sort_order": key} for each, key in zip(wanted, keys, strict=True)]
    db.session.execute(update(Gallery), rows)
    stood = {each: place for place, each in enumerate(order)}
    for place, each in enumerate(wanted):
        if stood.get(each) != place:
            events.publish(actor, "gallery.updated", each, gallery_id=each)
    audit.record(actor, "site.reorder", "site", "1", changes={"galleries": (_names(order), _names(wanted))})
    db.session.flush()


def _locked() -> list[UUID]:
    """Return the order, held still until the transaction ends by the lock of the site's row.

    It is read after the lock is there: what waits in PostgreSQL would see rows as they stood before.
    """
    site.lock()
    return ids()


def _placed(column: Any) -> Select[Any]:
    return (
        select(column)
        .where(Gallery.sort_order.is_not(None), Gallery.deleted_at.is_(None))
        .order_by(Gallery.sort_order.desc())
        .limit(MOST)
    )


def _names(order: Sequence[UUID]) -> list[str]:
    return [str(each) for each in order]
