"""The languages of a site, and the site itself."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, Index, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base

CODE: Final = (2, 35)
NAME: Final = (1, 100)
DIRECTIONS: Final = ("ltr", "rtl")
GATES: Final = ("off", "warn", "refuse")


class Language(Base):
    """A language by its BCP 47 code."""

    __tablename__ = "languages"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    code: Mapped[str] = mapped_column(String(35), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    native_name: Mapped[str] = mapped_column(String(100))
    direction: Mapped[str] = mapped_column(String(3), default="ltr")
    is_default: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    fallback_id: Mapped[UUID | None] = mapped_column(ForeignKey("languages.id", ondelete="SET NULL"), default=None)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime | None] = mapped_column(default=None)

    __table_args__ = (
        Index(
            "uq_languages_default",
            "is_default",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
    )


class Site(Base):
    """The one site of this installation (D33).

    `gate` says whether a gallery may be published before its texts are complete, in all languages or in those whose
    codes are in `gate_languages`; `reviews` whether an editor looks at what a translator has saved.
    `takes_texts` says whether what a file says of itself becomes its texts when it comes in, `shows_places` whether
    editors are shown where it was taken.
    """

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True, default=1)
    instance_id: Mapped[UUID] = mapped_column(default=uuid4)
    name: Mapped[str] = mapped_column(String(100), default="Vitrine")
    set_up_at: Mapped[datetime | None] = mapped_column(default=None)
    gate: Mapped[str] = mapped_column(String(8), default="off", server_default="off")
    gate_languages: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    reviews: Mapped[bool] = mapped_column(default=False, server_default=false())
    takes_texts: Mapped[bool] = mapped_column(default=False, server_default=false())
    shows_places: Mapped[bool] = mapped_column(default=False, server_default=false())
    version: Mapped[int] = mapped_column(default=1)
