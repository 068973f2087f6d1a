"""The items of the site as documents that programs search: by words, and by conditions on a few fields (seed 001).

Only title and description are searched, those of the gallery's source language as they are worked on (D29); who may
not update galleries finds nothing of one whose changes are held, strangers nothing that is not published (D13).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select, true

from webapp.domain import showing
from webapp.domain.folding import terms, wanted
from webapp.domain.models import Gallery, Hold, Item, ItemText, SearchEntry
from webapp.domain.permissions import Actor, allow
from webapp.domain.search import QUERY, TERMS, matching
from webapp.infra.db import db

SEARCHED: Final = ("title", "description")
OPERATORS: Final = {
    "title": ("eq", "ne", "in", "gt", "ge", "lt", "le"),
    "isVideo": ("eq", "ne", "exists"),
}
"""What may be asked of each field that can be filtered."""

MOST: Final = 10_000
"""Items with all words of an expression that are looked at, the newest first."""


@dataclass(frozen=True)
class Condition:
    """One thing asked of a field."""

    field: str
    operator: str
    value: Any


@dataclass(frozen=True)
class Compound:
    """Conditions of which all have to hold, or any, or not the one there is: `and`, `or`, `not`."""

    how: str
    parts: Sequence["Condition | Compound"]


@dataclass(frozen=True)
class Document:
    """An item as it is found."""

    id: UUID
    gallery_id: UUID
    title: str
    description: str
    is_video: bool


@dataclass(frozen=True)
class Found:
    """A window of what is found, and how many there are."""

    documents: tuple[Document, ...]
    total: int


def find(
    expression: str = "",
    *,
    actor: Actor,
    fields: Sequence[str] = SEARCHED,
    condition: Condition | Compound | None = None,
    skip: int = 0,
    limit: int = 50,
) -> Found:
    """Return the items with all words of an expression in these fields that meet a condition, the newest first."""
    statement = _readable(actor)
    if condition is not None:
        statement = statement.where(_said(condition))
    order = (Item.created_at.desc(), Item.id.desc())
    asked = list(dict.fromkeys(wanted(expression[:QUERY])))[:TERMS]
    if not expression.strip():
        total = db.session.scalars(select(func.count()).select_from(statement.subquery())).one()
        rows = db.session.execute(statement.order_by(*order).offset(skip).limit(limit))
        return Found(tuple(_document(row) for row in rows), total)
    found = matching(expression) if asked else None
    if found is None:
        return Found((), 0)
    indexed = statement.join(SearchEntry, SearchEntry.item_id == Item.id).where(found)
    rows = db.session.execute(indexed.order_by(*order).limit(MOST))
    hits = [row for row in rows if _has(asked, " ".join(getattr(row, name) or "" for name in fields))]
    return Found(tuple(_document(row) for row in hits[skip : skip + limit]), len(hits))


def _readable(actor: Actor) -> Select[Any]:
    in_source = and_(ItemText.item_id == Item.id, ItemText.language_id == Gallery.source_language_id)
    columns: Any = (Item.id, Item.gallery_id, Item.kind, ItemText.title, ItemText.description)
    statement: Select[Any] = (
        select(*columns)
        .join(Gallery, Gallery.id == Item.gallery_id)
        .join(ItemText, in_source, isouter=True)
        .where(Item.deleted_at.is_(None))
    )
    if not allow(actor, "galleries:update"):
        statement = statement.where(~select(Hold.gallery_id).where(Hold.gallery_id == Gallery.id).exists())
    if allow(actor, "galleries:read"):
        return statement.where(Gallery.deleted_at.is_(None))
    return statement.where(showing.is_public())


def _said(condition: Condition | Compound) -> ColumnElement[bool]:
    if isinstance(condition, Compound):
        parts = [_said(each) for each in condition.parts]
        if condition.how == "not":
            return not_(and_(true(), *parts))
        return and_(true(), *parts) if condition.how == "and" else or_(*parts)
    operator, value = condition.operator, condition.value
    if condition.field == "isVideo":
        return _is_video(operator, bool(value))
    title = func.coalesce(ItemText.title, "")
    compare = {
        "eq": title.__eq__,
        "ne": title.__ne__,
        "gt": title.__gt__,
        "ge": title.__ge__,
        "lt": title.__lt__,
        "le": title.__le__,
        "in": title.in_,
    }
    found: ColumnElement[bool] = compare[operator](value)
    return found


def _is_video(operator: str, value: bool) -> ColumnElement[bool]:
    """Every item says whether it is a video, so that the field always exists."""
    if operator == "exists":
        return true() if value else false()
    return Item.kind == "video" if value is (operator == "eq") else Item.kind != "video"


def _has(asked: Sequence[tuple[str, bool]], text: str) -> bool:
    """Say whether a text has all these terms, each perhaps as the beginning of a word."""
    has = set(terms(text))
    return all(term in has or (begins and any(each.startswith(term) for each in has)) for term, begins in asked)


def _document(row: Any) -> Document:
    return Document(row.id, row.gallery_id, row.title or "", row.description or "", row.kind == "video")
