"""Who is there: users, their roles and languages, their sessions, and what lets a program in."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.domain.models.language import Language
from webapp.infra.clock import now
from webapp.infra.db import Base
from webapp.infra.identity import RoleMixin, UserMixin

EMAIL: Final = (3, 254)
NAME: Final = (1, 100)
PASSWORD: Final = (10, 200)
KEY_NAME: Final = (1, 100)
THEMES: Final = ("system", "light", "dark")
DENSITIES: Final = ("comfortable", "compact")
LANGUAGES: Final = ("en", "fr", "de", "ar")
"""What the dashboard is written in; a user who has chosen none gets what the browser asks for."""


class Role(RoleMixin, Base):
    """A named set of permissions; the four of Vitrine are made with the database."""

    __tablename__ = "roles"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)  # type: ignore[assignment]
    name: Mapped[str] = mapped_column(String(32), unique=True)


class UserRole(Base):
    """A role that a user has."""

    __tablename__ = "user_roles"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role_id: Mapped[UUID] = mapped_column(ForeignKey("roles.id", ondelete="RESTRICT"), primary_key=True)


class UserLanguage(Base):
    """A language that a translator is given."""

    __tablename__ = "user_languages"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    language_id: Mapped[UUID] = mapped_column(ForeignKey("languages.id", ondelete="CASCADE"), primary_key=True)


class User(UserMixin, Base):
    """A person with an account."""

    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)  # type: ignore[assignment]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    password: Mapped[str | None] = mapped_column(String(255), default=None)
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True, default=lambda: uuid4().hex)
    theme: Mapped[str] = mapped_column(String(8), default="system")
    density: Mapped[str] = mapped_column(String(12), default="comfortable")
    shortcuts: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(8), default="", server_default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime | None] = mapped_column(default=None)
    signed_in_at: Mapped[datetime | None] = mapped_column(default=None)

    roles: Mapped[list[Role]] = relationship(secondary="user_roles", lazy="selectin")  # type: ignore[assignment]
    languages: Mapped[list[Language]] = relationship(secondary="user_languages", lazy="selectin")


class SignInSession(Base):
    """A sign-in that is still good: of a browser, or of a program that gave a password at an API door (D34)."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(16), default="browser")
    address: Mapped[str | None] = mapped_column(String(64), default=None)
    agent: Mapped[str | None] = mapped_column(String(255), default=None)
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class OneTimeToken(Base):
    """A link that works once: the first set-up, or a password reset."""

    __tablename__ = "tokens"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    purpose: Mapped[str] = mapped_column(String(16))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None] = mapped_column(default=None)


class Invitation(Base):
    """A link by which an invited person makes an account."""

    __tablename__ = "invitations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(32))
    languages: Mapped[list[str]] = mapped_column(default=list)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class ApiKey(Base):
    """A program's key `vk_<public_id>.<secret>`: a subset of its maker's permissions, the secret stored hashed."""

    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    public_id: Mapped[str] = mapped_column(String(32), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100))
    permissions: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None] = mapped_column(default=None)
    used_at: Mapped[datetime | None] = mapped_column(default=None)
    revoked_at: Mapped[datetime | None] = mapped_column(default=None)


class SignInFailure(Base):
    """A failed sign-in, or a letter asked for, counted by account and by address for the lock-out."""

    __tablename__ = "sign_in_failures"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    subject: Mapped[str] = mapped_column(String(270))
    at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (Index("ix_sign_in_failures_subject", "subject", "at"),)
