"""The library as programs list it, in the order of its coming: one statement for a page, however deep it lies.

The statements are built once, for putting them together takes longer than running them; they name tables rather than
models, and rows become plain values at once.
"""

from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Select, and_, bindparam, func, or_, select, tuple_

from webapp.domain import landmarks, languages
from webapp.domain.catalogue import ORIGINALS, UNKNOWN_TYPE
from webapp.domain.models import Blob, Media, MediaText
from webapp.infra import kept
from webapp.infra.db import db

MEDIA: Final = Media.__table__
BLOBS: Final = Blob.__table__
TEXTS: Final = MediaText.__table__


class Listed(NamedTuple):
    """A media of a list; `alt` is resolved from the site's default language, `size` counts bytes."""

    created_at: datetime
    id: UUID
    filename: str
    original_filename: str
    mime_type: str
    size: int
    alt: str | None

    @property
    def path(self) -> str:
        """Return where the original answers, below the root."""
        return f"{ORIGINALS}/{self.filename}"


def page(*, skip: int, limit: int, search: str | None = None, kind: str | None = None) -> list[Listed]:
    """List media in the order of their coming, with `search` in a name, of a `kind` of file such as `image`."""
    chain = kept.until_written("default chain", _default_chain)
    wanted = _wanted(search, kind) | {"limit": limit} | {f"language_{nth}": each for nth, each in enumerate(chain)}

    def read(begin: tuple[datetime, UUID] | None, skip: int) -> list[Listed]:
        asked = wanted | {"skip": skip}
        if begin is not None:
            asked |= {"since": begin[0], "first": begin[1]}
        statement = _page(search=bool(search), kind=bool(kind), seeks=begin is not None, languages=len(chain))
        return [Listed._make(row) for row in db.session.connection().execute(statement, asked)]

    return landmarks.page(("library", search, kind), skip, read, lambda row: (row.created_at, row.id))


def count(*, search: str | None = None, kind: str | None = None) -> int:
    """Return how many media the whole list has; kept until somebody writes."""
    statement = _count(search=bool(search), kind=bool(kind))

    def read() -> int:
        found: int = db.session.connection().execute(statement, _wanted(search, kind)).scalar_one()
        return found

    return kept.until_written(("media counted", search, kind), read)


def _default_chain() -> tuple[UUID, ...]:
    known = languages.all_languages()
    default = next(each for each in known if each.is_default)
    return tuple(each.id for each in languages.fallback_chain(default, known=known))


def _wanted(search: str | None, kind: str | None) -> dict[str, Any]:
    """Return what a list's conditions compare with."""
    literally = search and search.replace("/", "//").replace("%", "/%").replace("_", "/_")
    return ({"search": literally} if literally else {}) | ({"kind": f"{kind}/"} if kind else {})


@cache
def _page(*, search: bool, kind: bool, seeks: bool, languages: int) -> Select[Any]:
    """Return a page's statement: its window is found by the index of the order, and only its rows are looked up."""
    window = _narrowed(select(MEDIA.c.created_at, MEDIA.c.id), search=search, kind=kind)
    if seeks:
        first = (bindparam("since", type_=MEDIA.c.created_at.type), bindparam("first", type_=MEDIA.c.id.type))
        window = window.where(tuple_(MEDIA.c.created_at, MEDIA.c.id) >= tuple_(*first))
    window = window.order_by(MEDIA.c.created_at, MEDIA.c.id)
    place = window.limit(bindparam("limit", type_=Integer)).offset(bindparam("skip", type_=Integer)).subquery()
    statement = (
        select(place.c.created_at, place.c.id, MEDIA.c.filename, MEDIA.c.original_filename)
        .add_columns(func.coalesce(BLOBS.c.mime_type, UNKNOWN_TYPE), func.coalesce(BLOBS.c.size, 0))
        .select_from(place)
        .join(MEDIA, MEDIA.c.id == place.c.id)
        .outerjoin(BLOBS, BLOBS.c.id == MEDIA.c.blob_id)
    )
    return _worded(statement, languages).order_by(place.c.created_at, place.c.id)


def _worded(statement: Select[Any], languages: int) -> Select[Any]:
    """Add the alt text: the first that says something along the chain, else what its first language has."""
    texts = [TEXTS.alias(f"texts_{nth}") for nth in range(languages)]
    for nth, text in enumerate(texts):
        spoken = text.c.language_id == bindparam(f"language_{nth}", type_=text.c.language_id.type)
        statement = statement.outerjoin(text, and_(text.c.media_id == MEDIA.c.id, spoken))
    return statement.add_columns(func.coalesce(*(func.nullif(text.c.alt, "") for text in texts), texts[0].c.alt))


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
