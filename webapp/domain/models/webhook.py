"""Webhooks: who wants to be told of what, what they are told, each try of it, and the keys that sign it."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.models.record import Sequence
from webapp.infra.clock import now
from webapp.infra.db import Base

NAME: Final = (1, 100)
ADDRESS: Final = (1, 2048)
FORMATS: Final = ("wix", "plain")
STATES: Final = ("new", "waiting", "delivered", "failed", "dropped")
"""A delivery is new until its content is written, failed after its last try, dropped where somebody gave it up."""

DETAIL: Final = (0, 500)


class Webhook(Base):
    """Somebody's address that is told of events; `own_key_id` is a program whose own deeds it is not told of.

    The secret is sealed; during a rotation the one before signs too, until `old_until`. Where it is disabled, `ended`
    says why: a person paused it, the address said that it is gone, or it has failed for days.
    """

    __tablename__ = "webhooks"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(String(100))
    url: Mapped[str] = mapped_column(String(2048))
    format: Mapped[str] = mapped_column(String(8))
    kinds: Mapped[list[str]] = mapped_column(default=list)
    own_key_id: Mapped[UUID | None] = mapped_column(ForeignKey("api_keys.id", ondelete="SET NULL"), index=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    secret_end: Mapped[str] = mapped_column(String(8))
    old_secret: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    old_until: Mapped[datetime | None] = mapped_column(default=None)
    enabled: Mapped[bool] = mapped_column(default=True)
    ended: Mapped[str | None] = mapped_column(String(16), default=None)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    failing_since: Mapped[datetime | None] = mapped_column(default=None)
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime | None] = mapped_column(default=None)


class Delivery(Base):
    """One message to one webhook; `message_id` is the same on every try, and so is `content` once it is written.

    `format` is the one that the content is written in. Messages of one `lane` (a gallery, or a media) go out in the
    order of their ids. A worker holds a row until `lease_until`. `event` is what it tells, kept until it is written:
    the outbox forgets.
    """

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    message_id: Mapped[UUID] = mapped_column(unique=True)
    webhook_id: Mapped[UUID] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(64))
    lane: Mapped[str] = mapped_column(String(64))
    entity_id: Mapped[str] = mapped_column(String(64))
    event: Mapped[dict[str, Any]] = mapped_column(default=dict)
    content: Mapped[str | None] = mapped_column(Text, default=None)
    format: Mapped[str | None] = mapped_column(String(8), default=None)
    state: Mapped[str] = mapped_column(String(16), default="new")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    created_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    status: Mapped[int | None] = mapped_column(default=None)
    took: Mapped[int | None] = mapped_column(default=None)

    __table_args__ = (
        Index("ix_deliveries_due", "state", "due_at", "id"),
        Index("ix_deliveries_lane", "webhook_id", "lane", "state", "id"),
        Index("ix_deliveries_log", "webhook_id", "id"),
    )


class DeliveryTry(Base):
    """One try of a delivery: what was sent besides the content, and what came back, or why nothing did.

    `took` is in milliseconds; of the answer's body the beginning is kept.
    """

    __tablename__ = "delivery_tries"

    id: Mapped[int] = mapped_column(Sequence, primary_key=True, autoincrement=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    took: Mapped[int]
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[int | None] = mapped_column(default=None)
    answer_headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answer: Mapped[str | None] = mapped_column(Text, default=None)
    error: Mapped[str | None] = mapped_column(String(DETAIL[1]), default=None)


class SigningKey(Base):
    """A pair of keys that signs events from a moment on, until a newer one does; the private half is sealed."""

    __tablename__ = "signing_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    private: Mapped[bytes] = mapped_column(LargeBinary)
    public: Mapped[str] = mapped_column(Text)
    signs_from: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(default=now)
