"""The library as programs list it, in the order of its coming: one statement for a page, however deep it lies.

The statements are built once (`entries.py`).
"""

from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, bindparam, func, or_, select, tuple_

from webapp.domain import entries, landmarks
from webapp.domain.entries import BLOBS, MEDIA, SHOWN, Entry
from webapp.infra import kept


def page(*, skip: int, limit: int, search: str | None = None, kind: str | None = None) -> list[Entry]:
    """List media in the order of their coming, with `search` in a name, of a `kind` of file such as `image`."""
    chain, deep = entries.chain_of(None), skip > landmarks.STEP
    wanted = _wanted(search, kind) | {"limit": limit} | entries.spoken(chain)

    def read(begin: tuple[datetime, UUID] | None, skip: int) -> list[Any]:
        asked = wanted | {"skip": skip}
        if begin is not None:
            asked |= {"since": begin[0], "first": begin[1]}
        narrowed = {"search": bool(search), "kind": bool(kind)}
        statement = _page(**narrowed, seeks=begin is not None, noted=deep, languages=len(chain))
        return list(entries.rows(statement, asked).all())

    found = landmarks.page(("library", search, kind), skip, read, lambda row: (row.created_at, row.id))
    return [Entry._make(row[:6]) for row in found]


def count(*, search: str | None = None, kind: str | None = None) -> int:
    """Return how many media the whole list has; kept until somebody writes."""
    statement = _count(search=bool(search), kind=bool(kind))

    def read() -> int:
        found: int = entries.rows(statement, _wanted(search, kind)).scalar_one()
        return found

    return kept.until_written(("media counted", search, kind), read)


def _wanted(search: str | None, kind: str | None) -> dict[str, Any]:
    """Return what a list's conditions compare with."""
    literally = search and search.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return ({"search": literally} if literally else {}) | ({"kind": f"{kind}/"} if kind else {})


@cache
def _page(*, search: bool, kind: bool, seeks: bool, noted: bool, languages: int) -> Select[Any]:
    """Return a page's statement: its window is found by the index of the order, and only its rows are looked up.

    It `seeks` where it begins at a landmark, and gives also the moments where one may be `noted`.
    """
    window = _narrowed(select(MEDIA.c.created_at, MEDIA.c.id), search=search, kind=kind)
    if seeks:
        first = (bindparam("since", type_=MEDIA.c.created_at.type), bindparam("first", type_=MEDIA.c.id.type))
        window = window.where(tuple_(MEDIA.c.created_at, MEDIA.c.id) >= tuple_(*first))
    window = window.order_by(MEDIA.c.created_at, MEDIA.c.id)
    place = window.limit(bindparam("limit", type_=Integer)).offset(bindparam("skip", type_=Integer)).subquery()
    found = place.join(MEDIA, MEDIA.c.id == place.c.id).outerjoin(BLOBS, BLOBS.c.id == MEDIA.c.blob_id)
    statement = entries.worded(select(*SHOWN).select_from(found), alt=entries.alts(range(languages)))
    if noted:
        statement = statement.add_columns(place.c.created_at)
    return statement.order_by(place.c.created_at, place.c.id)


@cache
def _count(*, search: bool, kind: bool) -> Select[Any]:
    return _narrowed(select(func.count()).select_from(MEDIA), search=search, kind=kind)


def _narrowed(statement: Select[Any], *, search: bool, kind: bool) -> Select[Any]:
    statement = statement.where(MEDIA.c.deleted_at.is_(None))
    if kind:
        statement = statement.join(BLOBS, BLOBS.c.id == MEDIA.c.blob_id)
        statement = statement.where(BLOBS.c.mime_type.startswith(bindparam("kind")))
    if search:
        names = (MEDIA.c.filename, MEDIA.c.original_filename)
        statement = statement.where(or_(*(name.icontains(bindparam("search"), escape="/") for name in names)))
    return statement
