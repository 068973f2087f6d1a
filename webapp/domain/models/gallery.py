"""A gallery, the slugs it answers to, and the copy that visitors keep seeing while changes are held."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.domain.models.account import User
from webapp.domain.models.language import Language
from webapp.domain.models.media import Media
from webapp.infra.clock import now
from webapp.infra.db import Base

SLUG: Final = (2, 255)
"""Shortest and longest slug, seed 002."""

CATEGORY: Final = (0, 2048)

STATUSES: Final = ("draft", "published", "archived")
"""The life of a gallery, seed 002."""

LAYOUTS: Final = ("justified", "masonry", "grid", "columns", "slider", "slideshow")
"""How visitors see the items, by the names that Wix gives its presets."""

TILE_SIZES: Final = ("small", "medium", "large")
TILE_SHAPES: Final = ("square", "landscape", "portrait")
"""The shape of a grid's tiles; no other layout cuts a picture."""


class Gallery(Base):
    """An ordered collection of items."""

    __tablename__ = "galleries"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    status: Mapped[str] = mapped_column(String(16), default="draft")
    source_language_id: Mapped[UUID] = mapped_column(ForeignKey("languages.id", ondelete="RESTRICT"))
    cover_media_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id", ondelete="SET NULL"), index=True)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    sort_order: Mapped[float | None] = mapped_column(default=None)
    category_uri: Mapped[str | None] = mapped_column(String(2048), default=None)
    layout: Mapped[str] = mapped_column(String(16), default="justified", server_default="justified")
    tile_size: Mapped[str] = mapped_column(String(16), default="medium", server_default="medium")
    tile_shape: Mapped[str] = mapped_column(String(16), default="square", server_default="square")
    publish_at: Mapped[datetime | None] = mapped_column(default=None)
    unpublish_at: Mapped[datetime | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    order_version: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime | None] = mapped_column(default=None)
    touched_at: Mapped[datetime] = mapped_column(default=now)
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)
    trashed_slug: Mapped[str | None] = mapped_column(String(255), default=None)

    source_language: Mapped[Language] = relationship(lazy="raise_on_sql")
    cover: Mapped[Media | None] = relationship(lazy="raise_on_sql")
    author: Mapped[User | None] = relationship(lazy="raise_on_sql", foreign_keys=author_id)

    __table_args__ = (
        Index(
            "uq_galleries_sort_order_living",
            "sort_order",
            unique=True,
            sqlite_where=text("deleted_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("ix_galleries_touched", "deleted_at", "touched_at", "id"),
        Index("ix_galleries_created", "deleted_at", "created_at", "id"),
        Index("ix_galleries_status", "deleted_at", "status", "touched_at", "id"),
    )


class GallerySlug(Base):
    """A slug that leads to a gallery: its current one, or a former one that redirects (D11)."""

    __tablename__ = "gallery_slugs"

    slug: Mapped[str] = mapped_column(String(255), primary_key=True)
    gallery_id: Mapped[UUID] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"), index=True)
    current: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (
        Index(
            "uq_gallery_slugs_current",
            "gallery_id",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )


class Hold(Base):
    """The state that visitors keep seeing of a gallery whose changes are held (D9)."""

    __tablename__ = "holds"

    gallery_id: Mapped[UUID] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"), primary_key=True)
    held_at: Mapped[datetime] = mapped_column(default=now)
    held_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    order_version: Mapped[int]
    gallery: Mapped[dict[str, Any]]
    texts: Mapped[dict[str, Any]]


class HeldItem(Base):
    """One item as it stood when the changes of its gallery were held."""

    __tablename__ = "held_items"

    gallery_id: Mapped[UUID] = mapped_column(ForeignKey("holds.gallery_id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[UUID] = mapped_column(primary_key=True)
    sort_order: Mapped[float]
    kind: Mapped[str] = mapped_column(String(16))
    media_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id", ondelete="SET NULL"), index=True)
    poster_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id", ondelete="SET NULL"), index=True)
    item: Mapped[dict[str, Any]]
    texts: Mapped[dict[str, Any]]

    __table_args__ = (Index("ix_held_items_order", "gallery_id", "sort_order", "item_id"),)


class Revision(Base):
    """A whole gallery as it stood at an explicit publication, a hold's end or before a bulk act (D10)."""

    __tablename__ = "revisions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    gallery_id: Mapped[UUID] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"))
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    snapshot: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("gallery_id", "number"),)
