"""Alembic's entry: runs on a connection that `webapp.migrations` has opened and prepared."""

from typing import Any

from alembic import context

import webapp.domain.models  # noqa: F401  the metadata is whole only when all models are known
from webapp.infra.db import Base, UtcDateTime


def render(kind: str, thing: Any, _context: Any) -> Any:
    """Write our types into a new migration as what they are in the database."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def is_ours(name: str | None, _kind: str, _parents: Any) -> bool:
    """Leave out what searches the words: each engine has it in its own way, and no model describes it."""
    return not (name or "").startswith("search_index")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    render_item=render,
    include_name=is_ours,
    compare_type=True,
    transactional_ddl=True,
)
context.run_migrations()
