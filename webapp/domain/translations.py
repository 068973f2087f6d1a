"""Texts in languages: values that visitors see, drafts that they do not, and what state each field is in.

A field is *missing*, *machine*, *done* or *stale*; one with a draft shows as *draft*. A change of the source text
makes a field stale only if the text really differs from what the translation was made from, and taking the change
back makes it done again (D16–D19).
"""

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from webapp.domain import audit, events, texts
from webapp.domain.errors import Invalid, NotFound, Stale
from webapp.domain.models import Gallery, GalleryText, Item, ItemText, Media, MediaText
from webapp.domain.models.translation import Texts
from webapp.domain.permissions import Actor, demand_language
from webapp.infra.clock import now
from webapp.infra.db import db

Owner = Gallery | Item | Media
Row = TypeVar("Row", bound=Texts)
Fields = Mapping[str, str | None]

ORIGINS = ("human", "machine", "import", "api")


def find(owner: Owner, language_id: UUID) -> Any:
    """Return the owner's texts in a language, or None."""
    model, key = _model(owner)
    return db.session.scalars(
        select(model).where(getattr(model, key) == owner.id, model.language_id == language_id)
    ).one_or_none()


def all_of(owner: Owner) -> list[Any]:
    """Return the owner's texts in every language, oldest first."""
    model, key = _model(owner)
    rows = select(model).where(getattr(model, key) == owner.id).order_by(model.created_at, model.id)
    return list(db.session.scalars(rows))


def state(row: Texts | None, field: str) -> str:
    """Say what state a field is in: missing, draft, machine, done or stale."""
    if row is None:
        return "missing"
    if field in row.drafts:
        return "draft"
    if not getattr(row, field):
        return "missing"
    return str(row.kept.get(field, {}).get("state", "done"))


def write(
    owner: Owner,
    language_id: UUID,
    fields: Fields,
    *,
    actor: Actor,
    origin: str = "human",
    version: int | None = None,
) -> Any:
    """Make these the values that visitors see, and let the drafts of these fields go; returns the row.

    An absent field is left alone. `version` is the row's token, 0 where none was read yet; raises Stale where it
    has changed since, Forbidden, Invalid.
    """
    demand_language(actor, language_id)
    row = _row(owner, language_id, version=version)
    source = _source(owner, language_id)
    changes: dict[str, tuple[Any, Any]] = {}
    for field, text in fields.items():
        _check_field(row, field)
        value = texts.clean(field, text)
        _drop_draft(row, field)
        if value != getattr(row, field):
            changes[field] = (getattr(row, field), value)
            setattr(row, field, value)
        _keep(row, field, source=source, actor=actor, origin=origin, changed=field in changes)
    if changes:
        _record(owner, row, changes, actor=actor)
        if source is row:
            _age(owner, row, changes)
    db.session.flush()
    return row


def draft(owner: Owner, language_id: UUID, fields: Fields, *, actor: Actor, version: int | None = None) -> Any:
    """Keep what was typed beside the values, seen by editors only; a text equal to the value is no draft (D8).

    Raises Stale, Forbidden, Invalid.
    """
    demand_language(actor, language_id)
    row = _row(owner, language_id, version=version)
    for field, text in fields.items():
        _check_field(row, field)
        typed = texts.clean(field, text)
        if (typed or "") == (getattr(row, field) or ""):
            _drop_draft(row, field)
        else:
            entry = {"text": typed or "", "by": _by(actor), "at": now().isoformat()}
            row.drafts = {**row.drafts, field: entry}
    db.session.flush()
    return row


def discard_drafts(owner: Owner, language_id: UUID, *, actor: Actor) -> None:
    """Forget what was typed and not saved in a language. Raises Forbidden."""
    demand_language(actor, language_id)
    row = find(owner, language_id)
    if row is not None:
        row.drafts = {}
        db.session.flush()


def still_right(owner: Owner, language_id: UUID, field: str, *, actor: Actor) -> Any:
    """Say that a stale text holds for the source as it is now. Raises NotFound, Forbidden."""
    demand_language(actor, language_id)
    row = find(owner, language_id)
    if row is None or not getattr(row, field, None):
        raise NotFound("Translation")
    source = _source(owner, language_id)
    _keep(row, field, source=source, actor=actor, origin=row.kept.get(field, {}).get("origin", "human"), changed=True)
    audit.record(actor, "translation.confirm", _kind(owner), owner.id, gallery_id=_gallery_id(owner))
    db.session.flush()
    return row


def remove(owner: Owner, language_id: UUID, *, actor: Actor) -> None:
    """Delete the owner's texts in a language. Raises NotFound, Forbidden."""
    demand_language(actor, language_id)
    row = find(owner, language_id)
    if row is None:
        raise NotFound("Translation")
    was_source = language_id == source_language_of(owner)
    changes = {field: (getattr(row, field), None) for field in row.fields if getattr(row, field) is not None}
    audit.record(
        actor, "translation.delete", _kind(owner), owner.id, changes=changes, gallery_id=_gallery_id(owner)
    )
    db.session.delete(row)
    _tell(owner, language_id, actor=actor, kind="deleted", in_source=was_source)
    _touch(owner)
    db.session.flush()


def source_language_of(owner: Owner) -> UUID:
    """Return the language that the owner's texts are written in first (D17)."""
    if isinstance(owner, Gallery):
        return owner.source_language_id
    if isinstance(owner, Item):
        return db.session.scalars(select(Gallery.source_language_id).where(Gallery.id == owner.gallery_id)).one()
    return _default_language_id()


def _default_language_id() -> UUID:
    from webapp.domain import languages  # noqa: PLC0415

    return languages.default().id


def _model(owner: Owner) -> tuple[Any, str]:
    if isinstance(owner, Gallery):
        return GalleryText, "gallery_id"
    return (ItemText, "item_id") if isinstance(owner, Item) else (MediaText, "media_id")


def _kind(owner: Owner) -> str:
    return type(owner).__name__.lower()


def _gallery_id(owner: Owner) -> UUID | None:
    if isinstance(owner, Gallery):
        return owner.id
    return owner.gallery_id if isinstance(owner, Item) else None


def _by(actor: Actor) -> str | None:
    return str(actor.id) if actor.id else None


def _row(owner: Owner, language_id: UUID, *, version: int | None) -> Any:
    row = find(owner, language_id)
    if version is not None and version != (row.version if row else 0):
        raise Stale("Somebody else changed these texts since you opened them.", row=row)
    if row is None:
        model, key = _model(owner)
        row = model(**{key: owner.id}, language_id=language_id, drafts={}, kept={}, version=0, created_at=now())
        db.session.add(row)
    row.version += 1
    return row


def _check_field(row: Texts, field: str) -> None:
    if field not in row.fields:
        raise Invalid(field, "This has no such text.", code="unknown_field")


def _source(owner: Owner, language_id: UUID) -> Any:
    """Return the texts in the source language: the row itself where it is that."""
    return find(owner, source_language_of(owner))


def _drop_draft(row: Texts, field: str) -> None:
    row.drafts = {name: entry for name, entry in row.drafts.items() if name != field}


def _keep(row: Texts, field: str, *, source: Any, actor: Actor, origin: str, changed: bool) -> None:
    """Note what a field's value was made from; an unchanged, unread machine text becomes done once saved."""
    before = row.kept.get(field, {})
    if not changed and before.get("state", "done") == "done":
        return
    text = None if source is None or source is row else getattr(source, field)
    entry = {
        "state": "machine" if origin == "machine" else "done",
        "source": text,
        "origin": origin,
        "by": _by(actor),
        "at": now().isoformat(),
    }
    row.kept = {**row.kept, field: entry}


def _age(owner: Owner, source: Texts, changes: Mapping[str, Any]) -> None:
    """Mark the other languages' fields stale where the source now differs from what they were made from."""
    for row in all_of(owner):
        if row is source:
            continue
        kept = dict(row.kept)
        for field in changes:
            if getattr(row, field) and field in kept and kept[field].get("state") != "machine":
                fresh = (kept[field].get("source") or "") == (getattr(source, field) or "")
                kept[field] = {**kept[field], "state": "done" if fresh else "stale"}
        row.kept = kept


def _record(owner: Owner, row: Texts, changes: Mapping[str, tuple[Any, Any]], *, actor: Actor) -> None:
    row.updated_at = now() if row in db.session and row.version > 1 else None
    audit.record(
        actor, "translation.update", _kind(owner), owner.id, changes=changes, gallery_id=_gallery_id(owner)
    )
    in_source = row.language_id == source_language_of(owner)
    _tell(owner, row.language_id, actor=actor, kind="updated", in_source=in_source)
    _touch(owner)


def _tell(owner: Owner, language_id: UUID, *, actor: Actor, kind: str, in_source: bool) -> None:
    gallery_id = _gallery_id(owner)
    if in_source:
        events.publish(actor, f"{_kind(owner)}.updated", owner.id, gallery_id=gallery_id)
    else:
        thing = f"{owner.id}/{language_id}"
        events.publish(actor, f"translation.{kind}", thing, gallery_id=gallery_id, owner=_kind(owner))


def _touch(owner: Owner) -> None:
    """Let the gallery know that something in it has changed."""
    moment = now()
    owner.updated_at = moment
    gallery = owner if isinstance(owner, Gallery) else None
    if isinstance(owner, Item):
        gallery = db.session.get(Gallery, owner.gallery_id)
    if gallery is not None:
        gallery.updated_at = gallery.touched_at = moment
