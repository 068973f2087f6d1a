"""What backgrounds were: one compressed snapshot for each version that a change has left behind."""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import select

from webapp.domain.backgrounds.areas import Area
from webapp.domain.backgrounds.contents import Contents
from webapp.domain.errors import NotFound
from webapp.domain.geo import Circle, Point
from webapp.domain.models import Background, BackgroundVersion, User
from webapp.domain.paging import Order, Page
from webapp.infra.db import db

SIZE: Final = 30
FIELDS: Final = ("name", "is_active", "starts_at", "ends_at", "turns", "metadatas")


@dataclass(frozen=True)
class Row:
    """A version in the list: from when it was so, and who had made it so."""

    number: int
    made_at: datetime
    by: str
    by_id: UUID | None = None


@dataclass(frozen=True)
class Version:
    """A background as it was."""

    row: Row
    fields: Mapping[str, Any]
    contents: Contents


def keep(background: Background, contents: Contents) -> None:
    """Keep a background as it is, before it becomes something else."""
    said = {name: getattr(background, name) for name in FIELDS} | {"contents": _plain(contents)}
    db.session.add(
        BackgroundVersion(
            background_id=background.id,
            number=background.version,
            snapshot=zlib.compress(orjson.dumps(said), 6),
            made_at=background.versioned_at,
            made_by_id=background.updated_by_id,
        )
    )


def page(background_id: UUID, *, after: str | None = None, size: int = SIZE) -> Page[Row]:
    """Return a page of what a background was, newest first. Raises Invalid for a cursor."""
    order = Order("background versions", (BackgroundVersion.number,), (int,))
    statement = _rows(background_id).where(*order.beyond(after)).order_by(*order.by()).limit(size + 1)
    rows = [_row(row) for row in db.session.execute(statement)]
    return order.page(rows, size, lambda row: (row.number,))


def get(background_id: UUID, number: int) -> Version:
    """Return a background as it was in a version. Raises NotFound."""
    statement = _rows(background_id).add_columns(BackgroundVersion.snapshot)
    found = db.session.execute(statement.where(BackgroundVersion.number == number)).one_or_none()
    if found is None:
        raise NotFound("Version")
    said = orjson.loads(zlib.decompress(found.snapshot))
    fields = {name: _moment(said[name]) if name.endswith("_at") else said[name] for name in FIELDS}
    return Version(_row(found), fields, _contents(said["contents"]))


def _row(found: Any) -> Row:
    return Row(found.number, found.made_at, found.name or "", found.made_by_id)


def author(user_id: UUID | None) -> str:
    """Return the name of whoever made a version, nothing where nobody is known to have."""
    return (db.session.scalar(select(User.name).where(User.id == user_id)) or "") if user_id else ""


def _rows(background_id: UUID) -> Any:
    return (
        select(BackgroundVersion.number, BackgroundVersion.made_at, BackgroundVersion.made_by_id, User.name)
        .join(User, User.id == BackgroundVersion.made_by_id, isouter=True)
        .where(BackgroundVersion.background_id == background_id)
    )


def _plain(contents: Contents) -> dict[str, Any]:
    return {
        "media_ids": [str(each) for each in contents.media_ids],
        "zones": list(contents.zones),
        "areas": [_plain_area(each) for each in contents.areas],
        "captions": {str(language): text for language, text in (contents.captions or {}).items()},
    }


def _plain_area(area: Area) -> dict[str, Any]:
    said: dict[str, Any] = {"kind": area.kind, "address": dict(area.address), "distance": area.distance}
    if area.circle is not None:
        centre = area.circle.centre
        said["circle"] = [centre.latitude, centre.longitude, area.circle.radius]
    return said


def _contents(said: Mapping[str, Any]) -> Contents:
    return Contents(
        media_ids=tuple(UUID(each) for each in said["media_ids"]),
        zones=tuple(said["zones"]),
        areas=tuple(_area(each) for each in said["areas"]),
        captions={UUID(language): text for language, text in said["captions"].items()},
    )


def _area(said: Mapping[str, Any]) -> Area:
    circle = said.get("circle")
    placed = Circle(Point(circle[0], circle[1]), circle[2]) if circle else None
    return Area(said["kind"], said["address"], said["distance"], placed)


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
