"""Files that come many at once: out of an archive, or from addresses."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base

SAID: Final = 500
"""Letters of a sentence about an entry, packed."""


class Import(Base):
    """Files that somebody has asked for at once, into the library or to the end of a gallery.

    `kind` is `archive` or `addresses`, `name` the archive's own. With `reuse`, bytes that the library has are not
    added again. It ends at `finished_at`, when nothing of it waits any more.
    """

    __tablename__ = "imports"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(255), default="")
    gallery_id: Mapped[UUID | None] = mapped_column(ForeignKey("galleries.id", ondelete="CASCADE"), index=True)
    asked_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    door: Mapped[str] = mapped_column(String(16))
    reuse: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None] = mapped_column(default=None)

    __table_args__ = (Index("ix_imports_created", "created_at", "id"),)


class ImportEntry(Base):
    """One file of an import, and what became of it: `place` is its rank, from 0, in the order they are to stand in.

    Its bytes are those of `member`, a number in the archive's directory, or at `url`. `state` is waiting, taken,
    known (its bytes were there: `media_id` has them), refused, failed (it may be tried again) or stopped; `said` says
    why. A worker holds it until `lease_until`.
    """

    __tablename__ = "import_entries"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    import_id: Mapped[UUID] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    place: Mapped[int]
    name: Mapped[str] = mapped_column(String(255))
    member: Mapped[int | None] = mapped_column(default=None)
    url: Mapped[str | None] = mapped_column(Text, default=None)
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    media_id: Mapped[UUID | None] = mapped_column(ForeignKey("media.id", ondelete="SET NULL"), index=True)
    said: Mapped[str | None] = mapped_column(String(SAID), default=None)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(default=now)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)

    __table_args__ = (
        UniqueConstraint("import_id", "place"),
        Index("ix_import_entries_due", "state", "due_at", "import_id", "place"),
        Index("ix_import_entries_state", "import_id", "state"),
    )
