"""Files that come in pieces."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base


class PartialUpload(Base):
    """A file on its way in, piece by piece; how much of it is here the disk says, never this row.

    `told` is the metadata as it was sent. Where the file is in, `media_id` is what it became, or with `known` what
    has the same bytes already, and `item_id` where a gallery shows it; where it was refused, `refusal` says why.
    One that is an `archive` of files becomes an import.
    """

    __tablename__ = "partial_uploads"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    length: Mapped[int] = mapped_column(BigInteger)
    filename: Mapped[str] = mapped_column(String(255))
    told: Mapped[str] = mapped_column(String(4000))
    again: Mapped[bool] = mapped_column(default=False)
    archive: Mapped[bool] = mapped_column(default=False)
    gallery_id: Mapped[UUID | None] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"), index=True)
    batch: Mapped[UUID | None] = mapped_column(default=None)
    place: Mapped[int | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)
    media_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id", ondelete="SET NULL"), index=True)
    item_id: Mapped[UUID | None] = mapped_column(ForeignKey("items.id", ondelete="SET NULL"), index=True)
    import_id: Mapped[UUID | None] = mapped_column(ForeignKey("imports.id", ondelete="SET NULL"), index=True)
    known: Mapped[bool] = mapped_column(default=False)
    refusal: Mapped[str | None] = mapped_column(String(500), default=None)
    refusal_code: Mapped[str | None] = mapped_column(String(32), default=None)

    __table_args__ = (Index("ix_partial_uploads_user", "user_id", "finished_at"),)
