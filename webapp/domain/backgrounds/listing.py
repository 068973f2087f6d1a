"""Lists of backgrounds: by zone, words of an address, place on the earth, day (the filters of seed 000, D32)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import JSON, ColumnElement, Select, Uuid, cast, exists, func, literal, select

from webapp.domain import geo
from webapp.domain.backgrounds.areas import KNOWN_BY
from webapp.domain.folding import fold
from webapp.domain.geo import Point
from webapp.domain.models import Background, BackgroundArea, BackgroundSpot, BackgroundZone
from webapp.infra.db import db


@dataclass(frozen=True)
class Wanted:
    """What a list is to hold: `address` maps Sherl's names of parts to texts, `place` lies in what is found."""

    ids: Sequence[UUID] | None = None
    address: Mapping[str, str] = field(default_factory=dict)
    zones: Sequence[str] = ()
    place: Point | None = None
    day: date | None = None
    with_deleted: bool = False
    only_deleted: bool = False


def page(wanted: Wanted, *, first: int, size: int) -> tuple[list[Background], int]:
    """Return backgrounds from the `first` (from 0), the newest first, and how many there are; two statements.

    Three where a place is asked for.
    """
    conditions = _conditions(wanted)
    total = db.session.scalars(select(func.count()).select_from(Background).where(*conditions)).one()
    statement: Select[Background] = select(Background).where(*conditions)
    newest = statement.order_by(Background.created_at.desc(), Background.id.desc())
    return list(db.session.scalars(newest.offset(first).limit(size))), total


def per_zone() -> dict[str, int]:
    """Return how many living backgrounds there are for each zone that has any; one statement."""
    living = select(BackgroundZone.zone, func.count()).join(Background, Background.id == BackgroundZone.background_id)
    rows = db.session.execute(living.where(Background.deleted_at.is_(None)).group_by(BackgroundZone.zone))
    return {zone: count for zone, count in rows}  # noqa: C416  rows are no pairs


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.only_deleted:
        found.append(Background.deleted_at.is_not(None))
    elif not wanted.with_deleted:
        found.append(Background.deleted_at.is_(None))
    if wanted.ids is not None:
        found.append(Background.id.in_(wanted.ids))
    if wanted.day is not None:
        first, last = (datetime.combine(wanted.day, each, UTC) for each in (time.min, time.max))
        found.append(Background.created_at.between(first, last))
    if wanted.zones:
        zones = BackgroundZone.zone.in_(wanted.zones)
        found.append(exists().where(BackgroundZone.background_id == Background.id, zones))
    if wanted.address:
        parts = [getattr(BackgroundArea, KNOWN_BY[name]) == fold(text) for name, text in wanted.address.items()]
        found.append(exists().where(BackgroundArea.background_id == Background.id, *parts))
    if wanted.place is not None:
        found.append(_one_of(_holding(wanted.place)))
    return found


def _holding(place: Point) -> set[UUID]:
    """Return the backgrounds with a circle that holds a place."""
    columns: tuple[Any, ...] = (BackgroundSpot.background_id, BackgroundSpot.latitude, BackgroundSpot.longitude)
    near = select(*columns, BackgroundSpot.radius).where(BackgroundSpot.cell.in_(geo.cells_at(place))).distinct()
    return {
        row.background_id
        for row in db.session.execute(near)
        if geo.distance(Point(row.latitude, row.longitude), place) <= row.radius
    }


def _one_of(ids: Iterable[UUID]) -> ColumnElement[bool]:
    """Say that a background is one of these, however many: as one value, for an engine counts its parameters."""
    if db.session.get_bind().dialect.name == "postgresql":
        given = func.json_array_elements_text(cast(literal([str(each) for each in ids], JSON()), JSON()))
        return Background.id.in_(select(cast(given.column_valued("given"), Uuid())))
    known = orjson.dumps([each.hex for each in ids]).decode()
    return Background.id.in_(select(func.json_each(known).table_valued("value").c.value))
