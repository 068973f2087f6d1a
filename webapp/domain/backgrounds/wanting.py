"""Why nothing stands behind a zone here and now, and what comes nearest."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, or_, select

from webapp.domain import geo
from webapp.domain.backgrounds.resolving import Asked
from webapp.domain.geo import Point
from webapp.domain.models import Background, BackgroundArea, BackgroundZone
from webapp.infra.db import db

LOOKED_AT: Final = 2000
"""Circles among which the nearest is looked for, the newest first."""


@dataclass(frozen=True)
class Near:
    """A background whose circle ends so many metres before the place."""

    background_id: UUID
    short: float


@dataclass(frozen=True)
class Wanting:
    """How many backgrounds a zone has, how many of them are shown at the moment, and which comes nearest."""

    total: int
    shown: int
    nearest: Near | None


def look(asked: Asked) -> Wanting:
    """Say what there is for a zone behind which nothing stands; three statements."""
    total, shown = db.session.scalar(_counted(asked, all_=True)), db.session.scalar(_counted(asked, all_=False))
    return Wanting(total or 0, shown or 0, _nearest(asked, asked.place) if asked.place else None)


def _counted(asked: Asked, *, all_: bool) -> Any:
    return _here(asked, select(func.count()).select_from(Background), all_=all_)


def _nearest(asked: Asked, place: Point) -> Near | None:
    columns = (BackgroundArea.background_id, BackgroundArea.latitude, BackgroundArea.longitude, BackgroundArea.radius)
    circles: Any = select(*columns).join(Background, Background.id == BackgroundArea.background_id)
    circles = _here(asked, circles, all_=False).where(BackgroundArea.radius.is_not(None))
    rows = db.session.execute(circles.order_by(Background.created_at.desc(), BackgroundArea.place).limit(LOOKED_AT))
    short = [Near(each[0], geo.distance(Point(each[1], each[2]), place) - each[3]) for each in rows]
    return min(short, key=lambda near: near.short, default=None)


def _here(asked: Asked, statement: Any, *, all_: bool) -> Any:
    """Narrow a statement to the living backgrounds of the zone, or to those that are shown at the moment."""
    found = statement.join(BackgroundZone, BackgroundZone.background_id == Background.id)
    found = found.where(BackgroundZone.zone == asked.zone, Background.deleted_at.is_(None))
    if all_:
        return found
    begun = or_(Background.starts_at.is_(None), Background.starts_at <= asked.moment)
    going_on = or_(Background.ends_at.is_(None), Background.ends_at > asked.moment)
    return found.where(Background.is_active, begun, going_on)
