"""What an order was before it changed, kept so compactly in the audit that any earlier one can be had back (D10).

A change that took items out of their places keeps runs `[who stood before, item, item …]`; one that dealt all places
anew keeps the places they had had; one that changed which items there are as well keeps the whole order.
"""

import base64
import binascii
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import aliased

from webapp.domain.models import Item
from webapp.infra.db import db

DEALT: Final = "places:"
WHOLE: Final = "whole:"

Runs = list[list[str | None]]


def places(gallery_id: UUID, ids: Iterable[UUID]) -> Runs:
    """Return where living items stand, in their order: each run behind the item that stays; one statement."""
    runs: Runs = []
    last: UUID | None = None
    for item_id, before in db.session.execute(_standing(), {"gallery": gallery_id, "ids": list(ids)}):
        if not runs or before != last:
            runs.append([str(before) if before else None])
        runs[-1].append(str(item_id))
        last = item_id
    return runs


@cache
def _standing() -> Select[*tuple[Any, ...]]:
    """Build the statement once, for every move asks it: items, each with the one that stands before it."""
    other = aliased(Item)
    ahead = select(other.id).where(
        other.gallery_id == bindparam("gallery"), other.deleted_at.is_(None), other.sort_order > Item.sort_order
    )
    nearest = ahead.order_by(other.sort_order).limit(1).correlate(Item).scalar_subquery()
    chosen = Item.id.in_(bindparam("ids", expanding=True))
    return (
        select(Item.id, nearest)
        .where(Item.gallery_id == bindparam("gallery"), chosen)
        .order_by(Item.sort_order.desc())
    )


def dealt(before: Sequence[UUID], after: Sequence[UUID]) -> str:
    """Return the places, from 0, that the items of `after` had in the order before; both name the same items."""
    stood = {item_id: place for place, item_id in enumerate(before)}
    steps = [to - start for start, to in pairwise([0, *(stood[item_id] for item_id in after)])]
    return DEALT + _pack(array("i", steps).tobytes())


def whole(order: Sequence[UUID]) -> str:
    """Return an order with all its items."""
    return WHOLE + _pack(b"".join(item_id.bytes for item_id in order))


def undo(order: Sequence[UUID], verb: str, changes: Mapping[str, Any]) -> list[UUID] | None:
    """Return the order before a change that led to this one; None where the change did not."""
    stood = changes.get("order", [None])[0]
    if stood is None:
        named = [UUID(each) for each in changes["items"][1]] if verb in ("item.add", "item.restore") else None
        return _without(order, named) if named else None
    try:
        if isinstance(stood, list):
            return _put_back(order, stood)
        return _unpack_whole(stood) if stood.startswith(WHOLE) else _deal_back(order, stood)
    except (ValueError, IndexError, binascii.Error, zlib.error):
        return None


def like(living: Sequence[UUID], wanted: Sequence[UUID]) -> list[UUID]:
    """Return the living items as they stood in `wanted`; those it does not name stay behind whom they follow."""
    stood = {item_id: place for place, item_id in enumerate(wanted)}
    blocks: dict[UUID | None, list[UUID]] = {None: []}
    leader: UUID | None = None
    for item_id in living:
        if item_id in stood:
            leader = item_id
            blocks[item_id] = []
        blocks[leader].append(item_id)
    leaders = sorted((each for each in blocks if each is not None), key=stood.__getitem__)
    return [item_id for each in (None, *leaders) for item_id in blocks[each]]


def _pack(stored: bytes) -> str:
    return base64.b64encode(zlib.compress(stored, 9)).decode()


def _unpack(packed: str) -> bytes:
    return zlib.decompress(base64.b64decode(packed, validate=True))


def _without(order: Sequence[UUID], added: Sequence[UUID]) -> list[UUID] | None:
    gone = set(added)
    return [item_id for item_id in order if item_id not in gone] if gone <= set(order) else None


def _put_back(order: Sequence[UUID], runs: Runs) -> list[UUID] | None:
    behind = {UUID(head) if head else None: [UUID(each) for each in run if each] for head, *run in runs}
    moved = {item_id for run in behind.values() for item_id in run}
    staying = [item_id for item_id in order if item_id not in moved]
    if not {head for head in behind if head} <= set(staying):
        return None
    before = list(behind.get(None, []))
    for item_id in staying:
        before += [item_id, *behind.get(item_id, [])]
    return before


def _deal_back(order: Sequence[UUID], packed: str) -> list[UUID] | None:
    steps = array("i")
    steps.frombytes(_unpack(packed.removeprefix(DEALT)))
    if len(steps) != len(order):
        return None
    before: dict[int, UUID] = {}
    place = 0
    for item_id, step in zip(order, steps, strict=True):
        place += step
        before[place] = item_id
    return [before[place] for place in sorted(before)]


def _unpack_whole(packed: str) -> list[UUID]:
    stored = _unpack(packed.removeprefix(WHOLE))
    return [UUID(bytes=stored[start : start + 16]) for start in range(0, len(stored), 16)]
