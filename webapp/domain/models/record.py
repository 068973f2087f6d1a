"""What is recorded of changes: the audit, the outbox of events, and answers kept for retried requests."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base

Sequence = BigInteger().with_variant(Integer, "sqlite")
"""A number that grows with each row: order does not depend on the clock."""


class AuditEntry(Base):
    """Who did what to which thing; `changes` maps a field to `[before, after]`, `language_id` is that of a text."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=now)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    key_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_keys.id", ondelete="SET NULL"))
    door: Mapped[str] = mapped_column(String(16))
    verb: Mapped[str] = mapped_column(String(64))
    thing: Mapped[str] = mapped_column(String(32))
    thing_id: Mapped[str] = mapped_column(String(64))
    gallery_id: Mapped[UUID | None] = mapped_column(default=None)
    language_id: Mapped[UUID | None] = mapped_column(default=None)
    changes: Mapped[dict[str, Any]] = mapped_column(default=dict)

    __table_args__ = (
        Index("ix_audit_thing", "thing", "thing_id", "id"),
        Index("ix_audit_gallery", "gallery_id", "id"),
    )


class OutboxEvent(Base):
    """An event, written in the transaction of its change, waiting for delivery (D30, D31)."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=now)
    kind: Mapped[str] = mapped_column(String(64))
    entity: Mapped[str] = mapped_column(String(32))
    entity_id: Mapped[str] = mapped_column(String(64))
    gallery_id: Mapped[UUID | None] = mapped_column(default=None, index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    identity: Mapped[dict[str, Any]] = mapped_column(default=dict)
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)

    __table_args__ = (
        Index("ix_outbox_due", "delivered_at", "id"),
        Index("ix_outbox_entity", "entity", "entity_id", "id"),
    )


class IdempotencyKey(Base):
    """The answer to a request that carried an `Idempotency-Key`, given again when it is retried."""

    __tablename__ = "idempotency_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    scope: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(255))
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    content_type: Mapped[str] = mapped_column(String(100))
    headers: Mapped[dict[str, Any] | None]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (Index("uq_idempotency_keys_scope", "scope", "key", unique=True),)
