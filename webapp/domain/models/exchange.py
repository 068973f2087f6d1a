"""What is exchanged with translators' tools, and stands here while somebody decides about it."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base

FILENAME: Final = (1, 255)


class ExchangeUpload(Base):
    """A file of translations that its owner has sent and not yet taken, or has taken: `content` is packed.

    Before it is taken that is the file itself, afterwards the report on it (`webapp.domain.exchange.uploads`).
    `written` is the report on what earlier goes wrote of a file that takes several.
    """

    __tablename__ = "exchange_uploads"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    filename: Mapped[str] = mapped_column(String(255))
    format: Mapped[str] = mapped_column(String(16))
    replace: Mapped[bool] = mapped_column(default=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    written: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    applied_at: Mapped[datetime | None] = mapped_column(default=None)

    __table_args__ = (Index("ix_exchange_uploads_user", "user_id", "created_at"),)
