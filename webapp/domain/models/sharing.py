"""Share links: what people without an account may see of a gallery, who has been there, and what they said of it."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base

STATES: Final = ("held", "working", "drafts")
"""What a link shows: what visitors see or would see now, what editors work on, and that with unsaved drafts."""

LABEL: Final = (1, 100)
SHARE_PASSWORD: Final = (6, 200)
USES: Final = (1, 1000)
WORDS: Final = (1, 2000)
ASKED: Final = ("title", "description", "caption", "alt", "html")
"""The texts that a change can be asked for."""


class Share(Base):
    """A link to one gallery; the token is kept as a hash, `language_id` is None where all languages are shown.

    `uses` counts the sessions that were opened by it, `max_uses` is how many may be.
    """

    __tablename__ = "shares"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    gallery_id: Mapped[UUID] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(100))
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    language_id: Mapped[UUID | None] = mapped_column(ForeignKey("languages.id", ondelete="CASCADE"), index=True)
    state: Mapped[str] = mapped_column(String(16), default="working")
    password: Mapped[str | None] = mapped_column(String(255), default=None)
    downloads: Mapped[bool] = mapped_column(default=False)
    max_uses: Mapped[int | None] = mapped_column(default=None)
    uses: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class ShareVisit(Base):
    """A visitor's session by a link: when it was opened and last used, and how many pages it looked at.

    The hash of its cookie leads here. No address is kept.
    """

    __tablename__ = "share_visits"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    share_id: Mapped[UUID] = mapped_column(ForeignKey("shares.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str | None] = mapped_column(String(100), default=None)
    pages: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)


class ShareNote(Base):
    """A change that a visitor asked for: of the gallery, of an item, or at a point of its picture.

    `x` and `y` are fractions from the left and the top; `field` is the text it is about, `language_id` its language.
    `number` counts the notes of a link from 1.
    """

    __tablename__ = "share_notes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    share_id: Mapped[UUID] = mapped_column(ForeignKey("shares.id", ondelete="CASCADE"))
    gallery_id: Mapped[UUID] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"))
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("share_visits.id", ondelete="SET NULL"), index=True)
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("items.id", ondelete="SET NULL"), index=True)
    language_id: Mapped[UUID | None] = mapped_column(ForeignKey("languages.id", ondelete="SET NULL"), index=True)
    number: Mapped[int]
    field: Mapped[str | None] = mapped_column(String(32), default=None)
    x: Mapped[float | None] = mapped_column(default=None)
    y: Mapped[float | None] = mapped_column(default=None)
    author: Mapped[str] = mapped_column(String(100))
    words: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)
    solved_at: Mapped[datetime | None] = mapped_column(default=None)
    solved_by: Mapped[str | None] = mapped_column(String(100), default=None)

    __table_args__ = (
        UniqueConstraint("share_id", "number"),
        Index("ix_share_notes_gallery", "gallery_id", "solved_at"),
    )


class ShareAnswer(Base):
    """What somebody said to a note; `user_id` is an editor's, None where a visitor wrote it."""

    __tablename__ = "share_answers"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    note_id: Mapped[UUID] = mapped_column(ForeignKey("share_notes.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    author: Mapped[str] = mapped_column(String(100))
    words: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)


class ShareApproval(Base):
    """What somebody approved: `prints` are fingerprints of the texts, the order, the media and the rest."""

    __tablename__ = "share_approvals"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    share_id: Mapped[UUID] = mapped_column(ForeignKey("shares.id", ondelete="CASCADE"), index=True)
    visit_id: Mapped[UUID | None] = mapped_column(ForeignKey("share_visits.id", ondelete="SET NULL"), index=True)
    author: Mapped[str] = mapped_column(String(100))
    prints: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
