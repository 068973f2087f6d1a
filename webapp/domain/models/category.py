"""Categories of galleries: a small tree, each known to programs by a uri that stays, named in each language."""

from datetime import datetime
from typing import Final
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.infra.clock import now
from webapp.infra.db import Base

URI: Final = (1, 160)
"""Letters of a uri: short enough to be asked for in the line of the gallery list."""

NAME: Final = (1, 100)


class Category(Base):
    """What galleries are sorted into by their `category_uri`; `place` is that among its siblings, from 0."""

    __tablename__ = "categories"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    uri: Mapped[str] = mapped_column(String(160), unique=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("categories.id", ondelete="RESTRICT"), index=True)
    place: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime | None] = mapped_column(default=None)


class CategoryName(Base):
    """What a category is called in a language."""

    __tablename__ = "category_names"

    category_id: Mapped[UUID] = mapped_column(ForeignKey("categories.id", ondelete="CASCADE"), primary_key=True)
    language_id: Mapped[UUID] = mapped_column(
        ForeignKey("languages.id", ondelete="RESTRICT"), primary_key=True, index=True
    )
    name: Mapped[str] = mapped_column(String(100))
