"""Sorting a gallery once: by when pictures were taken, by name, by when they were added, or the other way round.

What comes out is an order made by hand like any other: nothing is sorted again later.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select

from webapp.domain import galleries, items
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.folding import fold
from webapp.domain.models import Blob, Gallery, Item, ItemText, Media
from webapp.domain.permissions import Actor
from webapp.infra.db import db

REVERSE: Final = "reverse"
DIGITS: Final = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Card:
    """What an item is sorted by; `taken` is its camera's wall clock, `name` its file's name, else its title."""

    id: UUID
    taken: str | None
    name: str
    added: Any


def by_name(name: str) -> tuple[Any, ...]:
    """Return what names are compared by: IMG_2 stands before IMG_10, case and accents do not count."""
    path = PurePosixPath(fold(name))
    return (*map(_natural, (path.stem, path.suffix)), name)


KEYS: Final[dict[str, Callable[[Card], Any]]] = {
    "taken": lambda card: card.taken or None,
    "name": lambda card: by_name(card.name) if card.name else None,
    "added": lambda card: card.added,
}
"""What is sorted by; an item that has none of it comes last."""


def sort(
    gallery_id: UUID,
    by: str,
    *,
    actor: Actor,
    order_version: int | None,
    ids: Sequence[UUID] = (),
    descending: bool = False,
) -> int:
    """Sort all items, or those named among the places that they have, and return the gallery's order version.

    `by` is a key of KEYS, or "reverse". Equal ones, and those without what is sorted by, which come last, stay in the
    order they stand in. Raises Stale where the order is not the one that was looked at (D3), NotFound, Invalid.
    """
    if by != REVERSE and by not in KEYS:
        raise Invalid("by", "Sort by when pictures were taken, by name, or by when they were added.", code="by")
    gallery = galleries.locked(gallery_id)
    items.check_order_version(gallery, order_version)
    order = items.ids_in_order(gallery.id)
    chosen = set(ids) or set(order)
    if not chosen <= set(order):
        raise NotFound("Item")
    standing = [item_id for item_id in order if item_id in chosen]
    dealt = iter(standing[::-1] if by == REVERSE else _sorted(gallery, standing, KEYS[by], descending=descending))
    wanted = [next(dealt) if item_id in chosen else item_id for item_id in order]
    return items.reorder(gallery.id, wanted, actor=actor, how=f"-{by}" if descending and by != REVERSE else by)


def _sorted(
    gallery: Gallery, standing: Iterable[UUID], key: Callable[[Card], Any], *, descending: bool
) -> list[UUID]:
    cards = _cards(gallery)
    keys = {item_id: key(cards[item_id]) for item_id in standing}
    told = [item_id for item_id, found in keys.items() if found is not None]
    untold = [item_id for item_id, found in keys.items() if found is None]
    return sorted(told, key=keys.__getitem__, reverse=descending) + untold


def _cards(gallery: Gallery) -> dict[UUID, Card]:
    """Return the cards of all living items, in one statement."""
    words = [func.nullif(text, "") for text in (Media.original_filename, ItemText.title, ItemText.caption)]
    mine = (ItemText.item_id == Item.id) & (ItemText.language_id == gallery.source_language_id)
    rows = db.session.execute(
        select(Item.id, Blob.taken_at, func.coalesce(*words, ""), Item.created_at)
        .join(Media, Media.id == Item.media_id, isouter=True)
        .join(Blob, Blob.id == Media.blob_id, isouter=True)
        .join(ItemText, mine, isouter=True)
        .where(Item.gallery_id == gallery.id, Item.deleted_at.is_(None))
    )
    return {row[0]: Card(*row) for row in rows}


def _natural(text: str) -> list[tuple[int, int | str]]:
    """Return the runs of letters and the numbers of a text, so that numbers compare as such."""
    runs = enumerate(DIGITS.split(text))
    return [(1, int(run)) if place % 2 else (2, run) for place, run in runs if run]
