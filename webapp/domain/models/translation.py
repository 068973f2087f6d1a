"""Texts: one row per owner and language, the values as columns, what is kept of each field beside them (D16)."""

from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, validates

from webapp.domain.folding import fold
from webapp.infra.clock import now
from webapp.infra.db import Base

TITLE: Final = (1, 255)
DESCRIPTION: Final = (0, 20_000)
META_TITLE: Final = (0, 255)
META_DESCRIPTION: Final = (0, 500)
CAPTION: Final = (0, 500)
ALT: Final = (0, 250)
CREDIT: Final = (0, 255)
HTML: Final = (0, 50_000)


class Texts:
    """What the texts of a gallery, an item and a media have in common.

    `drafts` maps a field to `{"text", "by", "at"}`: typed, not saved, seen by editors only (D8).
    `kept` maps a field to `{"state", "source", "origin", "by", "at"}`: `state` is machine, done or stale (a field
    without a value is missing), `source` the source text that the value was made from, `origin` one of human,
    machine, import, api.
    """

    fields: ClassVar[tuple[str, ...]]

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)

    @declared_attr
    def language_id(cls) -> Mapped[UUID]:  # noqa: N805
        return mapped_column(ForeignKey("languages.id", ondelete="RESTRICT"), index=True)

    drafts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    kept: Mapped[dict[str, Any]] = mapped_column(default=dict)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime | None] = mapped_column(default=None)


class GalleryText(Texts, Base):
    """A gallery's texts in one language; `title_key` is what its title is searched and sorted by."""

    __tablename__ = "gallery_texts"
    fields: ClassVar[tuple[str, ...]] = ("title", "description", "meta_title", "meta_description")

    gallery_id: Mapped[UUID] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"))
    title: Mapped[str | None] = mapped_column(String(255), default=None)
    description: Mapped[str | None] = mapped_column(Text, default=None)
    meta_title: Mapped[str | None] = mapped_column(String(255), default=None)
    meta_description: Mapped[str | None] = mapped_column(String(500), default=None)
    title_key: Mapped[str | None] = mapped_column(String(255), default=None)

    __table_args__ = (UniqueConstraint("gallery_id", "language_id"),)

    @validates("title")
    def _fold_title(self, _name: str, title: str | None) -> str | None:
        """Keep the key in step, whoever sets the title."""
        self.title_key = None if title is None else fold(title)
        return title


class ItemText(Texts, Base):
    """An item's texts in one language; `html` is what a text item says, exactly as it was given (D21)."""

    __tablename__ = "item_texts"
    fields: ClassVar[tuple[str, ...]] = ("title", "description", "caption", "alt", "html")

    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"))
    title: Mapped[str | None] = mapped_column(String(255), default=None)
    description: Mapped[str | None] = mapped_column(Text, default=None)
    caption: Mapped[str | None] = mapped_column(String(500), default=None)
    alt: Mapped[str | None] = mapped_column(String(250), default=None)
    html: Mapped[str | None] = mapped_column(Text, default=None)

    __table_args__ = (UniqueConstraint("item_id", "language_id"),)


class MediaText(Texts, Base):
    """A media's texts in one language, live wherever it is used (D15)."""

    __tablename__ = "media_texts"
    fields: ClassVar[tuple[str, ...]] = ("title", "caption", "alt", "credit")

    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"))
    title: Mapped[str | None] = mapped_column(String(255), default=None)
    caption: Mapped[str | None] = mapped_column(String(500), default=None)
    alt: Mapped[str | None] = mapped_column(String(250), default=None)
    credit: Mapped[str | None] = mapped_column(String(255), default=None)

    __table_args__ = (UniqueConstraint("media_id", "language_id"),)
