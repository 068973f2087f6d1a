"""One place in a gallery."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.domain.models.media import Media
from webapp.infra.clock import now
from webapp.infra.db import Base

KINDS: Final = ("image", "video", "text")
LINK: Final = (0, 2048)
LINK_TEXT: Final = (0, 255)
NOTE: Final = (0, 2000)


class Item(Base):
    """A picture, a video or a text at its place in one gallery, shown by `(sort_order desc, id desc)` (D1).

    `style` is the box of a text, exactly as it was given (D21); `video` is a video somewhere else
    (webapp/domain/videos.py), `poster_id` the picture of the library that stands for it. `given` is what a program
    keeps with the item and no other door shows: how it came in, by the dialect's own names.
    """

    __tablename__ = "items"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    gallery_id: Mapped[UUID] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16), default="image")
    media_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id", ondelete="RESTRICT"), index=True)
    sort_order: Mapped[float]
    link_url: Mapped[str | None] = mapped_column(String(2048), default=None)
    link_text: Mapped[str | None] = mapped_column(String(255), default=None)
    focal_x: Mapped[float | None] = mapped_column(default=None)
    focal_y: Mapped[float | None] = mapped_column(default=None)
    decorative: Mapped[bool] = mapped_column(default=False)
    note: Mapped[str | None] = mapped_column(Text, default=None)
    style: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    video: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    poster_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id", ondelete="RESTRICT"), index=True)
    given: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    added_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    added_through: Mapped[str] = mapped_column(String(16), default="dashboard")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime | None] = mapped_column(default=None)
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)

    media: Mapped[Media | None] = relationship(lazy="raise_on_sql", foreign_keys=media_id)

    __table_args__ = (
        Index("ix_items_order", "gallery_id", "deleted_at", "sort_order", "id"),
        Index("ix_items_neighbours", "gallery_id", "sort_order", "id"),
        Index("ix_items_deleted_at", "deleted_at"),
    )


class Arrival(Base):
    """Where a file of an upload came to stand: `place` is its rank, from 0, among the files chosen at once.

    It tells a file that is sent again from a new one, and an item that somebody has moved since by its key.
    """

    __tablename__ = "arrivals"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    gallery_id: Mapped[UUID] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"))
    batch: Mapped[UUID]
    place: Mapped[int]
    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"), index=True)
    sort_order: Mapped[float]
    arrived_at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (UniqueConstraint("gallery_id", "batch", "place"),)
