"""Which background stands behind a zone, here and now: the smallest circle round the place, or an address, or all.

The index gives the smallest few of each size of circle, and distances say which of them hold the place; where none of
a few does, the next few are asked for. Of several that fit as well, the newest wins, unless it takes turns: then each
has its turn, as has each of its pictures.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Float,
    Select,
    Subquery,
    bindparam,
    case,
    or_,
    select,
    tuple_,
    union_all,
)

from webapp.domain import geo
from webapp.domain.backgrounds import areas
from webapp.domain.geo import Point
from webapp.domain.models import Background, BackgroundPicture, BackgroundSpot, Media
from webapp.infra.db import db

NEAREST: Final = 16
"""Circles of a size that are looked at in the index at once."""

SHOWN: Final = 10
"""Backgrounds that are named, the one that wins among them."""

ADDRESSED: Final = 32
"""Backgrounds of an address that are looked at."""

ABOUT: Final = (Background.id.label("background_id"), Background.name, Background.turns, Background.created_at)
SPOT: Final[Any] = (
    BackgroundSpot.id,
    BackgroundSpot.background_id,
    BackgroundSpot.cell,
    BackgroundSpot.latitude,
    BackgroundSpot.longitude,
    BackgroundSpot.radius,
)

PERIODS: Final[Mapping[str, timedelta]] = {"hour": timedelta(hours=1), "day": timedelta(days=1)}


@dataclass(frozen=True)
class Asked:
    """Who asks: for a zone at a moment, from a place or an address where those are known; `visit` is any text."""

    zone: str
    moment: datetime
    place: Point | None = None
    address: Mapping[str, Any] | None = None
    visit: str = ""


@dataclass(frozen=True, order=True)
class Rank:
    """How well a background fits: circles before addresses before the whole zone, the smaller and closer first."""

    kind: int
    size: float

    @property
    def why(self) -> str:
        """Name the kind: circle, address, or zone."""
        return ("circle", "address", "zone")[self.kind]


@dataclass(frozen=True)
class Candidate:
    """A background that may be shown; `distance` is how far the middle of its circle is, in metres."""

    background_id: UUID
    name: str
    rank: Rank
    turns: str
    newest: float
    """When it was made, in seconds of Unix time."""

    distance: float | None = None


@dataclass(frozen=True)
class Chosen:
    """What wins: the background, which of its pictures, until when that lasts, and who else would have fitted."""

    background_id: UUID
    media_id: UUID
    number: int
    count: int
    until: datetime | None
    candidates: Sequence[Candidate]


def resolve(asked: Asked) -> Chosen | None:
    """Return the background to show, None where there is none for this zone."""
    candidates = _candidates(asked)
    if not candidates:
        return None
    best = [each for each in candidates if each.rank == candidates[0].rank]
    winner = best[_turn(best[0].turns, asked, len(best))]
    pictures = _pictures(winner.background_id)
    number = _turn(winner.turns, asked, len(pictures))
    others = tuple(each for each in candidates if each is not winner)[: SHOWN - 1]
    takes_turns = len(pictures) > 1 or len(best) > 1
    until = _until(winner.turns, asked.moment) if takes_turns else None
    return Chosen(winner.background_id, pictures[number], number, len(pictures), until, (winner, *others))


def _candidates(asked: Asked) -> list[Candidate]:
    """Return who fits, the best first: each background once, by what fits best of it."""
    circles = _circles(asked, asked.place) if asked.place else []
    fitting = sorted((*circles, *_addressed(asked)), key=lambda each: (each.rank, -each.newest, each.background_id))
    first: dict[UUID, Candidate] = {}
    for each in fitting:
        first.setdefault(each.background_id, each)
    return list(first.values())


def _circles(asked: Asked, place: Point) -> list[Candidate]:
    """Return backgrounds of circles that hold the place: the smallest is among them."""
    found: list[Candidate] = []
    after = dict.fromkeys(geo.cells_at(place), (0.0, 0))
    while after:
        rows = _smallest(asked.zone, after)
        found += _holding([each for of_cell in rows.values() for each in of_cell], asked, place)
        least = min((each.rank.size for each in found), default=math.inf)
        after = {
            cell: (of_cell[-1].radius, of_cell[-1].id)
            for cell, of_cell in rows.items()
            if len(of_cell) == NEAREST and of_cell[-1].radius <= least
        }
    return found


def _smallest(zone: str, after: Mapping[int, tuple[float, int]]) -> dict[int, list[Any]]:
    """Return the next smallest circles of each cell, behind the one that was last seen there; one statement."""
    known: dict[str, Any] = {"zone": zone}
    for nth, (cell, (radius, last)) in enumerate(after.items()):
        known |= {f"cell_{nth}": cell, f"radius_{nth}": radius, f"last_{nth}": last}
    rows: dict[int, list[Any]] = {}
    for row in db.session.execute(_next(len(after)), known):
        rows.setdefault(row.cell, []).append(row)
    return rows


@cache
def _next(cells: int) -> CompoundSelect[*tuple[Any, ...]]:
    """Build the statement once for each number of cells: putting it together takes longer than running it."""
    return union_all(*(select(_of_cell(nth)) for nth in range(cells)))


def _of_cell(nth: int) -> Subquery:
    here = (BackgroundSpot.zone == bindparam("zone"), BackgroundSpot.cell == bindparam(f"cell_{nth}"))
    last = tuple_(bindparam(f"radius_{nth}", type_=Float()), bindparam(f"last_{nth}", type_=BigInteger()))
    beyond = tuple_(BackgroundSpot.radius, BackgroundSpot.id) > last
    statement = select(*SPOT).where(*here, beyond)
    return statement.order_by(BackgroundSpot.radius, BackgroundSpot.id).limit(NEAREST).subquery()


def _holding(rows: Sequence[Any], asked: Asked, place: Point) -> list[Candidate]:
    """Return the backgrounds that are shown of circles that hold a place; one statement, none where none does."""
    away = {row.id: geo.distance(Point(row.latitude, row.longitude), place) for row in rows}
    held = [row for row in rows if away[row.id] <= row.radius]
    if not held:
        return []
    known = {"moment": asked.moment, "ids": [row.background_id for row in held]}
    shown = {row.background_id: row for row in db.session.execute(_among(), known)}
    return [
        _candidate(shown[row.background_id], Rank(0, row.radius), away[row.id])
        for row in held
        if row.background_id in shown
    ]


@cache
def _among() -> Select[*tuple[Any, ...]]:
    return _shown(select(*ABOUT).where(Background.id.in_(bindparam("ids", expanding=True))))


def _addressed(asked: Asked) -> list[Candidate]:
    """Return backgrounds of addresses that this one lies in, and of the whole zone: the newest; one statement."""
    keys = [*areas.keys_for(asked.address or {}), ""]
    known = {"zone": asked.zone, "moment": asked.moment} | {f"key_{nth}": key for nth, key in enumerate(keys)}
    rows = db.session.execute(_newest(len(keys)), known)
    return [_candidate(row, Rank(1, -row.parts) if row.parts else Rank(2, 0)) for row in rows]


@cache
def _newest(keys: int) -> CompoundSelect[*tuple[Any, ...]]:
    return union_all(*(select(_of_key(nth)) for nth in range(keys)))


def _of_key(nth: int) -> Subquery:
    here = (BackgroundSpot.zone == bindparam("zone"), BackgroundSpot.address == bindparam(f"key_{nth}"))
    newest = (BackgroundSpot.made_at.desc(), BackgroundSpot.background_id)
    found = select(BackgroundSpot.parts, *ABOUT).join(Background, Background.id == BackgroundSpot.background_id)
    return _shown(found).where(*here).order_by(*newest).limit(ADDRESSED).subquery()


def _candidate(row: Any, rank: Rank, distance: float | None = None) -> Candidate:
    return Candidate(row.background_id, row.name, rank, row.turns, row.created_at.timestamp(), distance)


def _shown(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return a statement for those backgrounds that are shown at the `moment`, and have something to show.

    A picture is looked for background by background, as PostgreSQL does for no EXISTS where it takes those for few.
    """
    seen = (
        select(BackgroundPicture.place)
        .join(Media, Media.id == BackgroundPicture.media_id)
        .where(BackgroundPicture.background_id == Background.id)
        .where(Media.deleted_at.is_(None), Media.blob_id.is_not(None))
        .limit(1)
        .correlate(Background)
    )
    moment = bindparam("moment", type_=Background.starts_at.type)
    return statement.where(seen.scalar_subquery().is_not(None), *stands(moment))


def stands(moment: Any) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions under which a background is shown at a moment, be there a zone or a place for it.

    That it is not in the trash is written so that SQLite does not look through all that are not.
    """
    return (
        case((Background.deleted_at.is_(None), 1), else_=0) == 1,
        Background.is_active.is_(True),
        or_(Background.starts_at.is_(None), Background.starts_at <= moment),
        or_(Background.ends_at.is_(None), Background.ends_at > moment),
    )


def _pictures(background_id: UUID) -> list[UUID]:
    statement = (
        select(BackgroundPicture.media_id)
        .join(Media, Media.id == BackgroundPicture.media_id)
        .where(BackgroundPicture.background_id == background_id)
        .where(Media.deleted_at.is_(None), Media.blob_id.is_not(None))
    )
    return list(db.session.scalars(statement.order_by(BackgroundPicture.place)))


def _turn(turns: str, asked: Asked, count: int) -> int:
    """Return whose turn it is, from 0."""
    if turns == "visit" and asked.visit:
        return int.from_bytes(hashlib.sha256(asked.visit.encode()).digest()[:8], "big") % count
    if period := PERIODS.get(turns):
        return int(asked.moment.timestamp() // period.total_seconds()) % count
    return 0


def _until(turns: str, moment: datetime) -> datetime | None:
    """Return when the next has its turn."""
    period = PERIODS.get(turns)
    if period is None:
        return None
    turn = moment.timestamp() // period.total_seconds()
    return datetime.fromtimestamp((turn + 1) * period.total_seconds(), UTC)
