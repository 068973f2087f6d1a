"""Translation by a machine: where it is, which words it has to use, and what it has been asked for."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base

ADDRESS: Final = (0, 2048)
HEADER: Final = (1, 64)
SECRET: Final = (0, 1000)
TERM: Final = (1, 100)
DETAIL: Final = (0, 500)


class Machine(Base):
    """The one machine of the site: what it is called at, and the header that lets one in, its value sealed."""

    __tablename__ = "machine"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    address: Mapped[str] = mapped_column(String(2048))
    header: Mapped[str] = mapped_column(String(64), default="Authorization")
    secret: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    version: Mapped[int] = mapped_column(default=1)


class Term(Base):
    """A word of a source and what it is in a language; without a translation it stays as it is."""

    __tablename__ = "terms"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    language_id: Mapped[UUID] = mapped_column(ForeignKey("languages.id", ondelete="CASCADE"))
    term: Mapped[str] = mapped_column(String(100))
    translation: Mapped[str | None] = mapped_column(String(100), default=None)
    created_at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (UniqueConstraint("language_id", "term"),)


class MachineOrder(Base):
    """Texts that somebody has asked the machine for; `again` where also those whose source has changed."""

    __tablename__ = "machine_orders"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    language_id: Mapped[UUID] = mapped_column(ForeignKey("languages.id", ondelete="CASCADE"))
    gallery_id: Mapped[UUID | None] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    again: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    cancelled_at: Mapped[datetime | None] = mapped_column(default=None)


class MachineTask(Base):
    """One text of an order: waiting (held by a worker until `lease_until`), done, refused, failed or cancelled."""

    __tablename__ = "machine_tasks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("machine_orders.id", ondelete="CASCADE"))
    source_id: Mapped[UUID] = mapped_column(ForeignKey("languages.id", ondelete="CASCADE"))
    unit: Mapped[str] = mapped_column(String(100))
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    detail: Mapped[str | None] = mapped_column(String(DETAIL[1]), default=None)

    __table_args__ = (UniqueConstraint("order_id", "unit"), Index("ix_machine_tasks_due", "state", "due_at"))
