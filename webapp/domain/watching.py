"""What is noted of a session so that `shelving` can count: files, their tags and alt texts, and where they are shown.

Rows that were changed one by one are looked at when they are flushed; one statement for many is asked, before it is
sent, whose rows it changes.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from webapp.domain import shelving
from webapp.domain.models import Background, BackgroundPicture, Gallery, Item, Language, Media, MediaTag, MediaText
from webapp.infra.db import db

WATCHED: Final[Mapping[type, tuple[str, tuple[str, ...], tuple[str, ...]]]] = {
    Media: ("own", ("id",), ("blob_id", "created_at", "deleted_at", "kind", "state", "uploaded_by_id")),
    MediaText: ("lacking", ("media_id",), ("alt", "language_id")),
    MediaTag: ("tag", ("media_id",), ("tag_id",)),
    Item: ("used", ("media_id", "poster_id"), ("deleted_at", "gallery_id")),
    Gallery: ("used", ("cover_media_id",), ("deleted_at",)),
    Background: ("used", (), ("deleted_at",)),
    BackgroundPicture: ("used", ("media_id",), ("background_id",)),
    Language: ("language", ("id",), ("id",)),
}
"""For each kind of row what it tells of files, the columns that name them, and what else of it matters."""

WHOLES: Final[Mapping[type, tuple[str, Callable[[Collection[UUID]], set[UUID]]]]] = {
    Gallery: ("gallery", shelving.shown_in),
    Background: ("background", shelving.behind),
}
"""What is thrown away and brought back with all that it shows: the name it is noted by, and what finds its files."""

NOTED: Final = "files whose choices have changed"

Noted = dict[str, set[UUID]]


def _noted(session: Any) -> Noted:
    found: Noted = session.info.setdefault(NOTED, {})
    return found


def _note(session: Any, aspect: str, ids: Any) -> None:
    if named := {each for each in ids if each is not None}:
        _noted(session).setdefault(aspect, set()).update(named)


@event.listens_for(db.session, "after_flush")
def _note_rows(session: Session, _context: Any) -> None:
    """Note the files of rows that were made, changed or deleted one by one."""
    whole = {*session.new, *session.deleted}
    for row in (*whole, *session.dirty):
        watched = WATCHED.get(type(row))
        if watched is None:
            continue
        aspect, named, others = watched
        changed = {name for name in (*named, *others) if _matters(row, name)}
        if changed or row in whole:
            _note(session, aspect, (value for name in named for value in _values(row, name)))
        if type(row) in WHOLES and "deleted_at" in changed:
            _note(session, WHOLES[type(row)][0], [row.id])


def _matters(row: Any, name: str) -> bool:
    """Whether a column was changed; of an alt text, whether there is one now and was none, or the other way round."""
    history = inspect(row).attrs[name].history
    if name == "alt" and history.deleted:
        return bool(history.added and history.added[0]) is not bool(history.deleted[0])
    return bool(history.has_changes())


def _values(row: Any, name: str) -> Sequence[Any]:
    """Return what a column holds and held."""
    history = inspect(row).attrs[name].history
    return (*(history.added or ()), *(history.unchanged or ()), *(history.deleted or ())) or (getattr(row, name),)


@event.listens_for(db.session, "do_orm_execute")
def _note_statement(state: ORMExecuteState) -> None:
    """Note the files of rows that one statement makes, changes or deletes."""
    model: Any = state.bind_mapper.class_ if state.bind_mapper else None
    if model not in WATCHED or not (state.is_insert or state.is_update or state.is_delete):
        return
    aspect, named, others = WATCHED[model]
    written = _written(state)
    if state.is_update and not any(set(row) & {*named, *others} - {"id"} for row in written):
        return
    _note(state.session, aspect, (row.get(name) for row in written for name in named))
    if named and not state.is_insert:
        for found in _matching(state, model, named):
            _note(state.session, aspect, found)
    if model in WHOLES and any("deleted_at" in row for row in written):
        _note(state.session, WHOLES[model][0], (found[0] for found in _matching(state, model, ("id",))))


def _written(state: ORMExecuteState) -> Sequence[Mapping[str, Any]]:
    """Return what a statement writes, by column, for each of its rows."""
    statement: Any = state.statement
    return _rows(state) or ([] if state.is_delete else [statement.compile().params])


def _rows(state: ORMExecuteState) -> Sequence[Mapping[str, Any]]:
    found = state.parameters
    return [row for row in ([found] if isinstance(found, Mapping) else found or []) if row]


def _matching(state: ORMExecuteState, model: Any, named: Sequence[str]) -> Iterator[Any]:
    """Return the values in these columns of the rows that a statement changes or deletes."""
    statement: Any = state.statement
    before, rows = select(*(getattr(model, name) for name in named)), _rows(state)
    if statement.whereclause is None and rows:
        before, rows = before.where(model.id.in_([row["id"] for row in rows])), []
    elif statement.whereclause is not None:
        before = before.where(statement.whereclause)
    for asked in rows or [{}]:
        yield from state.session.connection().execute(before, asked)


@event.listens_for(db.session, "before_commit")
def _write_what_was_noted(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    noted = session.info.pop(NOTED, None) or {}
    for name, files_of in WHOLES.values():
        if wholes := noted.pop(name, None):
            noted.setdefault("used", set()).update(files_of(wholes))
    if noted.pop("language", None):
        shelving.refresh_all(("lacking",))
    whole = noted.pop("own", set())
    if whole:
        shelving.refresh(whole)
    for aspect, ids in sorted(noted.items()):
        shelving.refresh(ids - whole, (aspect,))


@event.listens_for(db.session, "after_transaction_end")
def _forget(session: Session, ended: SessionTransaction) -> None:
    if ended.parent is None:
        session.info.pop(NOTED, None)
