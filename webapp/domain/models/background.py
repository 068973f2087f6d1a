"""Backgrounds: pictures for zones of a program and places on the earth, and what they were before (seed 000)."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, Float, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.models.record import Sequence
from webapp.infra.clock import now
from webapp.infra.db import Base

NAME: Final = (0, 200)
ADDRESS_PART: Final = (0, 255)

ZONES: Final = ("HOME_PAGE", "MENU", "EVENTS_LIST", "MAP_LIST", "LAUNCHSCREEN", "ACTIVITY_FORM")
"""Where a program shows a background: Sherl's DisplayZoneEnum."""

TURNS: Final = ("never", "hour", "day", "visit")
"""When the next of several pictures has its turn; at each visit it is chosen by what the visitor's program sends."""


class Background(Base):
    """Pictures that stand behind a zone, here or everywhere, always or for a time.

    `version` counts what it was; `versioned_at` is when it last became something else, `updated_by_id` by whom.
    """

    __tablename__ = "backgrounds"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(200), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
    starts_at: Mapped[datetime | None] = mapped_column(default=None)
    ends_at: Mapped[datetime | None] = mapped_column(default=None)
    turns: Mapped[str] = mapped_column(String(8), default="never")
    metadatas: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    versioned_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime | None] = mapped_column(default=None)
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    updated_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)

    __table_args__ = (Index("ix_backgrounds_created", "deleted_at", "created_at", "id"),)


class BackgroundPicture(Base):
    """One of a background's pictures; `place` counts from 0."""

    __tablename__ = "background_pictures"

    background_id: Mapped[UUID] = mapped_column(ForeignKey("backgrounds.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), index=True)


class BackgroundZone(Base):
    """A zone that a background is for."""

    __tablename__ = "background_zones"

    background_id: Mapped[UUID] = mapped_column(ForeignKey("backgrounds.id", ondelete="CASCADE"), primary_key=True)
    zone: Mapped[str] = mapped_column(String(16), primary_key=True)

    __table_args__ = (Index("ix_background_zones_zone", "zone", "background_id"),)


class BackgroundText(Base):
    """What is said under a background in one language."""

    __tablename__ = "background_texts"

    background_id: Mapped[UUID] = mapped_column(ForeignKey("backgrounds.id", ondelete="CASCADE"), primary_key=True)
    language_id: Mapped[UUID] = mapped_column(
        ForeignKey("languages.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    caption: Mapped[str] = mapped_column(String(500))


class BackgroundArea(Base):
    """Where a background is for: an address, a circle, or an address in the middle of one.

    `kind` is `location` or `circle`, as it came. `address` is Sherl's IAddress as it was given; its parts stand
    beside it folded (`folding.fold`), to be found by. `distance` is the radius as written, `radius` in metres.
    """

    __tablename__ = "background_areas"

    background_id: Mapped[UUID] = mapped_column(ForeignKey("backgrounds.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(8))
    address: Mapped[dict[str, Any]] = mapped_column(default=dict)
    distance: Mapped[str | None] = mapped_column(String(32), default=None)
    latitude: Mapped[float | None] = mapped_column(Float(53), default=None)
    longitude: Mapped[float | None] = mapped_column(Float(53), default=None)
    radius: Mapped[float | None] = mapped_column(Float(53), default=None)
    country: Mapped[str | None] = mapped_column(String(255), default=None)
    region: Mapped[str | None] = mapped_column(String(255), default=None)
    department: Mapped[str | None] = mapped_column(String(255), default=None)
    locality: Mapped[str | None] = mapped_column(String(255), default=None)
    postal_code: Mapped[str | None] = mapped_column(String(255), default=None)
    street_address: Mapped[str | None] = mapped_column(String(255), default=None)
    complementary_street_address: Mapped[str | None] = mapped_column(String(255), default=None)
    name: Mapped[str | None] = mapped_column(String(255), default=None)
    origin_id: Mapped[str | None] = mapped_column(String(255), default=None)


class BackgroundSpot(Base):
    """Where a background is looked for in a zone: a cell of the grid that its circle touches, or an address.

    `cell` is an H3 index, `radius` that of the circle in metres; `address` is the key of so many `parts` of one, of
    none for what stands behind the whole zone. `made_at` is when the background was made.
    """

    __tablename__ = "background_spots"

    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    background_id: Mapped[UUID] = mapped_column(ForeignKey("backgrounds.id", ondelete="CASCADE"), index=True)
    zone: Mapped[str] = mapped_column(String(16))
    cell: Mapped[int | None] = mapped_column(BigInteger, default=None)
    latitude: Mapped[float | None] = mapped_column(Float(53), default=None)
    longitude: Mapped[float | None] = mapped_column(Float(53), default=None)
    radius: Mapped[float | None] = mapped_column(Float(53), default=None)
    address: Mapped[str | None] = mapped_column(String(64), default=None)
    parts: Mapped[int | None] = mapped_column(default=None)
    made_at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (
        Index("ix_background_spots_cell", "zone", "cell", "radius"),
        Index("ix_background_spots_address", "zone", "address", "made_at"),
    )


class BackgroundVersion(Base):
    """What a background was, from version `number` on, until it became something else."""

    __tablename__ = "background_versions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    background_id: Mapped[UUID] = mapped_column(ForeignKey("backgrounds.id", ondelete="CASCADE"))
    number: Mapped[int]
    snapshot: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)

    __table_args__ = (UniqueConstraint("background_id", "number"),)
