"""How things are found again: the words of each, views of the list that people keep, and who is at work where."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base

VIEW_NAME: Final = (1, 40)


class SearchEntry(Base):
    """The words of a gallery, an item or a media in all languages, folded, each once, set apart by blanks.

    An item's entry names its gallery too. What searches the words stands beside the table and follows it by itself:
    on SQLite the FTS5 table `search_index` by triggers, on PostgreSQL the index `search_index_words`.
    """

    __tablename__ = "search_entries"

    id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    gallery_id: Mapped[UUID | None] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"), index=True)
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("items.id", ondelete="CASCADE"), unique=True)
    media_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), unique=True)
    words: Mapped[str] = mapped_column(Text)

    __table_args__ = (
        Index(
            "uq_search_entries_gallery",
            "gallery_id",
            unique=True,
            sqlite_where=text("item_id IS NULL"),
            postgresql_where=text("item_id IS NULL"),
        ),
    )


class Tally(Base):
    """One choice of what the library is filtered by, and how many living files have it; kept by `domain/shelving.py`.

    `value` is an id without dashes where the choice is a tag, a language or somebody; a day stands as `2026-11-22`.
    """

    __tablename__ = "tallies"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    facet: Mapped[str] = mapped_column(String(16))
    value: Mapped[str] = mapped_column(String(64))
    files: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("facet", "value"), Index("ix_tallies_most", "facet", "files"))


class Shelved(Base):
    """The choices that a file has: ids of tallies, set apart by blanks; none while it is in the trash.

    `created_at` is the file's, as its marks have it.
    """

    __tablename__ = "shelved"

    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[datetime]
    tallies: Mapped[str] = mapped_column(Text, default="")

    __table_args__ = ({"sqlite_with_rowid": False},)


class Mark(Base):
    """A file that has a choice, in the order of the library's pages, so that those of one choice stand together."""

    __tablename__ = "marks"

    tally_id: Mapped[int] = mapped_column(
        ForeignKey("tallies.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    created_at: Mapped[datetime] = mapped_column(primary_key=True)
    media_id: Mapped[UUID] = mapped_column(primary_key=True)

    __table_args__ = ({"sqlite_with_rowid": False},)


class SavedView(Base):
    """What somebody asks of the list again and again, under a name; `query` is as it is typed."""

    __tablename__ = "saved_views"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(255))
    query: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (UniqueConstraint("user_id", "key"),)


class Presence(Base):
    """Somebody who has a gallery open in the editor, and when that was last heard of."""

    __tablename__ = "presences"

    gallery_id: Mapped[UUID] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(default=now)
