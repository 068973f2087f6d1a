"""The library: bytes once, entries that use them, and what is made of them (D22)."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.infra.clock import now
from webapp.infra.db import Base

FILENAME: Final = (1, 255)
CAPTIONS: Final = ("captions", "subtitles")
STATES: Final = ("ready", "pending", "failed", "missing")


class Blob(Base):
    """Some bytes, stored once under their SHA-256; dimensions are pixels as shown (orientation applied).

    `duration` is how many milliseconds a video lasts, 0 where that cannot be told; a picture has none.
    `poster` is the SHA-256 of the picture that stands for a video, instead of what it shows after a second.
    `policy` is that by which its renditions were planned and made (`making.policy`); none is older than any.
    `taken_at` is the camera's wall clock, as ISO 8601 without a zone: it sorts, it is no moment of the world.
    `likeness` is the picture's difference hash (64 bits in hex), empty where it has nothing to tell it by, None until
    somebody has looked; `unused_since` is when the last entry let go of the bytes.
    `said` is what the file says of itself (`webapp.infra.image_process.said`), its place among it, which is for
    editors alone and where the site allows it; None while nobody has looked.
    """

    __tablename__ = "blobs"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    mime_type: Mapped[str] = mapped_column(String(100))
    width: Mapped[int]
    height: Mapped[int]
    frames: Mapped[int] = mapped_column(default=1)
    duration: Mapped[int | None] = mapped_column(BigInteger, default=None)
    has_alpha: Mapped[bool] = mapped_column(default=False)
    thumbhash: Mapped[bytes | None] = mapped_column(LargeBinary, default=None)
    colour: Mapped[str | None] = mapped_column(String(7), default=None)
    taken_at: Mapped[str | None] = mapped_column(String(23), default=None)
    likeness: Mapped[str | None] = mapped_column(String(16), default=None, index=True)
    said: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    poster: Mapped[str | None] = mapped_column(String(64), index=True, default=None)
    policy: Mapped[str | None] = mapped_column(String(16), index=True, default=None)
    missing_since: Mapped[datetime | None] = mapped_column(default=None)
    unused_since: Mapped[datetime | None] = mapped_column(default=None, index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Likeness(Base):
    """A quarter of a picture's difference hash, to find pictures by: its place (0 to 3) times 65,536 and its bits."""

    __tablename__ = "likenesses"

    band: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    blob_id: Mapped[UUID] = mapped_column(ForeignKey("blobs.id", ondelete="CASCADE"), primary_key=True, index=True)


class Media(Base):
    """An entry of the library with its own file name and texts; several may share one blob.

    One that a program named by its address has no blob until the bytes have been fetched: `state` is pending till
    then, missing where they cannot be had, and `told_width` and `told_height` are the pixels it was said to have.
    """

    __tablename__ = "media"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    blob_id: Mapped[UUID | None] = mapped_column(ForeignKey("blobs.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(16), default="image")
    state: Mapped[str] = mapped_column(String(16), default="ready", index=True)
    filename: Mapped[str] = mapped_column(String(255), unique=True)
    original_filename: Mapped[str] = mapped_column(String(255))
    source_url: Mapped[str | None] = mapped_column(Text, default=None)
    told_width: Mapped[int | None] = mapped_column(default=None)
    told_height: Mapped[int | None] = mapped_column(default=None)
    uploaded_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    uploaded_through: Mapped[str] = mapped_column(String(16), default="dashboard")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime | None] = mapped_column(default=None)
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)

    blob: Mapped[Blob | None] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        Index("ix_media_created", "deleted_at", "created_at", "id"),
        Index("ix_media_kind", "deleted_at", "kind", "created_at", "id"),
    )


class Caption(Base):
    """The captions of a video in one language, a WebVTT file stored under its SHA-256; several may share one file.

    `kind` is what the player calls them: captions tell sounds too, subtitles translate what is said. What was removed
    stays for a while, `deleted_at` from when, so that it can be taken back.
    """

    __tablename__ = "captions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"))
    language_id: Mapped[UUID] = mapped_column(ForeignKey("languages.id", ondelete="RESTRICT"), index=True)
    kind: Mapped[str] = mapped_column(String(16), default="captions")
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime | None] = mapped_column(default=None)
    deleted_at: Mapped[datetime | None] = mapped_column(default=None)

    __table_args__ = (UniqueConstraint("media_id", "language_id"),)


class Fetch(Base):
    """A media whose bytes are still to be fetched from its `source_url`; the row goes once they are there.

    A worker holds it until `lease_until`; after the last try it stays with `state` failed and the reason.
    """

    __tablename__ = "fetches"

    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), primary_key=True)
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(16), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    error: Mapped[str | None] = mapped_column(String(500), default=None)

    __table_args__ = (Index("ix_fetches_due", "state", "due_at"),)


class MediaAlias(Base):
    """An id that a client chose for a media in its own dialect."""

    __tablename__ = "media_aliases"

    dialect: Mapped[str] = mapped_column(String(16), primary_key=True)
    domain: Mapped[str] = mapped_column(String(255), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    media_id: Mapped[UUID] = mapped_column(ForeignKey("media.id", ondelete="CASCADE"), index=True)


class Rendition(Base):
    """One file made of a blob; the row is the truth of the job that makes it.

    `batch` groups what one decode makes: `web` (WebP and JPEG), `avif`; of a video also `480p`, `720p`, `1080p` and
    `clean`, the original without its metadata; of an animation `moving`; `crop:<ratio>:<x>:<y>` is a cut. What ends
    in `+` is made anew, and takes its place once all of it is ready. A worker holds a batch until `lease_until` and
    says in `progress` how many hundredths are done; five failed attempts end in the state `failed` with the reason.
    """

    __tablename__ = "renditions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    blob_id: Mapped[UUID] = mapped_column(ForeignKey("blobs.id", ondelete="CASCADE"))
    batch: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(64))
    format: Mapped[str] = mapped_column(String(8))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int | None] = mapped_column(BigInteger, default=None)
    state: Mapped[str] = mapped_column(String(16), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    progress: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    error: Mapped[str | None] = mapped_column(String(500), default=None)

    __table_args__ = (
        UniqueConstraint("blob_id", "name"),
        Index("ix_renditions_due", "state", "due_at"),
        Index("ix_renditions_shown", "blob_id", "state", "batch"),
    )
