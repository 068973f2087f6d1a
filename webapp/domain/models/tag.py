"""Tags, on galleries, items and media."""

from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.db import Base

TAG: Final = (1, 64)
KEY: Final = 128
"""Letters of a tag's key: of one letter up to three come when it is case-folded."""


class Tag(Base):
    """A word that things are found by; `key` is its case-folded form, so that Lake and lake are one tag."""

    __tablename__ = "tags"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(KEY), unique=True)


class GalleryTag(Base):
    """A tag on a gallery."""

    __tablename__ = "gallery_tags"

    gallery_id: Mapped[UUID] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True)


class ItemTag(Base):
    """A tag on an item."""

    __tablename__ = "item_tags"

    item_id: Mapped[UUID] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True)


class MediaTag(Base):
    """A tag on a media."""

    __tablename__ = "media_tags"

    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
    tag_id: Mapped[UUID] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True, index=True)
