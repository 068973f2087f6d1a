"""All that belongs to a background, read and written together: pictures, zones, areas, captions, and its index."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from webapp.domain.backgrounds import areas
from webapp.domain.backgrounds.areas import Area
from webapp.domain.folding import fold
from webapp.domain.geo import Circle, Point
from webapp.domain.models import (
    Background,
    BackgroundArea,
    BackgroundPicture,
    BackgroundSpot,
    BackgroundText,
    BackgroundZone,
)
from webapp.domain.models.background import ZONES
from webapp.infra.db import Base, db


@dataclass(frozen=True)
class Contents:
    """What belongs to a background; `captions` are by language id."""

    media_ids: Sequence[UUID] = ()
    zones: Sequence[str] = ()
    areas: Sequence[Area] = ()
    captions: Mapping[UUID, str] | None = None


def of(background_ids: Iterable[UUID]) -> dict[UUID, Contents]:
    """Return what belongs to each of these backgrounds; four statements."""
    ids = list(background_ids)
    pictures = _grouped(
        select(BackgroundPicture.background_id, BackgroundPicture.media_id)
        .where(BackgroundPicture.background_id.in_(ids))
        .order_by(BackgroundPicture.place)
    )
    zones = _grouped(
        select(BackgroundZone.background_id, BackgroundZone.zone).where(BackgroundZone.background_id.in_(ids))
    )
    where = select(BackgroundArea).where(BackgroundArea.background_id.in_(ids)).order_by(BackgroundArea.place)
    placed: dict[UUID, list[Area]] = {}
    for row in db.session.scalars(where):
        placed.setdefault(row.background_id, []).append(_area(row))
    said: dict[UUID, dict[UUID, str]] = {}
    for text in db.session.scalars(select(BackgroundText).where(BackgroundText.background_id.in_(ids))):
        said.setdefault(text.background_id, {})[text.language_id] = text.caption
    return {
        each: Contents(
            tuple(pictures.get(each, ())),
            tuple(sorted(zones.get(each, ()), key=ZONES.index)),
            tuple(placed.get(each, ())),
            said.get(each, {}),
        )
        for each in ids
    }


def write(background: Background, contents: Contents) -> None:
    """Let this be all that belongs to a background, and write its index anew."""
    for table in (BackgroundPicture, BackgroundZone, BackgroundArea, BackgroundText, BackgroundSpot):
        db.session.execute(delete(table).where(table.background_id == background.id))
    for written, found in rows(background.id, contents, made_at=background.created_at).items():
        if found:
            db.session.execute(insert(written), found)


def rows(background_id: UUID, contents: Contents, *, made_at: datetime) -> dict[type[Base], list[dict[str, Any]]]:
    """Return the rows of all that belongs to a background, those of its index among them, by table."""
    me, said = {"background_id": background_id}, (contents.captions or {}).items()
    spots = [spot | {"made_at": made_at} for spot in _spots(contents.areas)]
    return {
        BackgroundPicture: [me | {"place": at, "media_id": each} for at, each in enumerate(contents.media_ids)],
        BackgroundZone: [me | {"zone": each} for each in dict.fromkeys(contents.zones)],
        BackgroundArea: [me | _row(at, each) for at, each in enumerate(contents.areas)],
        BackgroundText: [me | {"language_id": language, "caption": text} for language, text in said if text],
        BackgroundSpot: [me | {"zone": zone} | spot for zone in contents.zones for spot in spots],
    }


def _spots(of_areas: Sequence[Area]) -> list[dict[str, Any]]:
    return [
        {"cell": spot.cell, "address": spot.address, "parts": spot.parts, **_circle(spot.circle)}
        for spot in areas.spots(of_areas)
    ]


def _row(at: int, area: Area) -> dict[str, Any]:
    parts = {column: fold(str(area.address.get(name) or "")) or None for name, column in areas.KNOWN_BY.items()}
    about = {"place": at, "kind": area.kind, "address": dict(area.address), "distance": area.distance}
    return about | parts | _circle(area.circle)


def _circle(circle: Circle | None) -> dict[str, float | None]:
    if circle is None:
        return {"latitude": None, "longitude": None, "radius": None}
    return {"latitude": circle.centre.latitude, "longitude": circle.centre.longitude, "radius": circle.radius}


def _area(row: BackgroundArea) -> Area:
    if row.latitude is None or row.longitude is None or row.radius is None:
        return Area(row.kind, row.address, row.distance)
    return Area(row.kind, row.address, row.distance, Circle(Point(row.latitude, row.longitude), row.radius))


def _grouped(statement: Any) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for owner, value in db.session.execute(statement):
        found.setdefault(owner, []).append(value)
    return found
