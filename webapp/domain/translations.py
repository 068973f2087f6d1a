"""Texts in languages: values that visitors see, drafts that they do not, and what state each field is in.

A field is *missing*, *machine*, *done* or *stale*; one with a draft shows as *draft*. A change of the source text
makes a field stale only if the text really differs from what the translation was made from, and taking the change
back makes it done again (D16–D19).
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from webapp.domain import audit, events, owners, texts
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.models import Gallery, Item, Media, Site, User
from webapp.domain.models.translation import Texts
from webapp.domain.owners import Owner
from webapp.domain.permissions import Actor, demand, demand_language
from webapp.domain.sentences import Sentence
from webapp.infra.clock import now
from webapp.infra.db import db

Fields = Mapping[str, str | None]
Seen = Mapping[str, str | None]

ORIGINS = ("human", "machine", "import", "api")


def find(owner: Owner, language_id: UUID) -> Any:
    """Return the owner's texts in a language, or None."""
    return owners.text_of(owner, language_id)


def all_of(owner: Owner) -> list[Any]:
    """Return the owner's texts in every language, oldest first."""
    return owners.texts_of(owner)


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
    seen: Seen | None = None,
    held: Sequence[Any] | None = None,
) -> Any:
    """Make these the values that visitors see and return the row; an absent field is left alone.

    The drafts of these fields go, but for one that somebody else typed meanwhile, which stays beside the value:
    `seen` maps a field to the `at` of the draft that the actor was shown. `version` is the row's token, 0 where there
    was none, `held` what `owners.hold` has given where it was asked. Raises Stale where the row has changed since,
    Forbidden, Invalid.
    """
    demand_language(actor, language_id, of=owners.domain_of(owner))
    rows = owners.hold(owner) if held is None else held
    source_id = owners.source_language_of(owner)
    row = _among(rows, language_id) or fresh(owner, language_id)
    _check_version(row, version)
    source = row if language_id == source_id else _among(rows, source_id)
    changes: dict[str, tuple[Any, Any]] = {}
    kept = row.kept
    for field, text in fields.items():
        _check_field(row, field)
        value = texts.clean(field, text)
        if _is_done_with(row, field, value, actor, seen):
            _drop_draft(row, field)
        if value != getattr(row, field):
            changes[field] = (getattr(row, field), value)
            setattr(row, field, value)
        _keep(row, field, source=source, actor=actor, origin=origin, changed=field in changes)
    if changes:
        _record(owner, row, changes, actor=actor, in_source=source is row)
        if source is row:
            _age(rows, row, changes)
    elif row.kept is not kept:
        _stir(owner, row)
    db.session.flush()
    return row


def draft(
    owner: Owner,
    language_id: UUID,
    fields: Fields,
    *,
    actor: Actor,
    seen: Seen | None = None,
    base: Fields | None = None,
    version: int | None = None,
) -> Any:
    """Keep what was typed beside the values, seen by editors only; a text equal to the value is no draft (D8).

    `base` and `version` are the values and the token that it was typed over, so that a value saved by somebody else
    since is noticed; without them they are the present ones. Raises Conflict where somebody else drafts a field and
    the actor has not `seen` that, Forbidden, Invalid.
    """
    demand_language(actor, language_id, of=owners.domain_of(owner))
    row = _locked(owner, language_id)
    for field, text in fields.items():
        _check_field(row, field)
        typed = texts.clean(field, text) or ""
        value = getattr(row, field) or ""
        if seen is not None and not _is_done_with(row, field, typed, actor, seen):
            raise _drafted_elsewhere(row, field)
        before = row.drafts.get(field) or {
            "base": texts.clean(field, (base or {}).get(field, value)) or "",
            "version": row.version if version is None else version,
        }
        if typed == value:
            _drop_draft(row, field)
        else:
            db.session.add(row)
            entry = {**before, "text": typed, "by": _by(actor), "at": now().isoformat()}
            row.drafts = {**row.drafts, field: entry}
    db.session.flush()
    return row


def discard_drafts(owner: Owner, language_id: UUID, *, actor: Actor, fields: Collection[str] | None = None) -> None:
    """Forget what was typed and not saved in a language, all of it or in some fields. Raises Forbidden."""
    demand_language(actor, language_id, of=owners.domain_of(owner))
    row = _locked(owner, language_id)
    row.drafts = {} if fields is None else {name: kept for name, kept in row.drafts.items() if name not in fields}
    db.session.flush()


def still_right(owner: Owner, language_id: UUID, field: str, *, actor: Actor) -> Any:
    """Say that a stale text holds for the source as it is now. Raises NotFound, Forbidden."""
    demand_language(actor, language_id, of=owners.domain_of(owner))
    row = _locked(owner, language_id)
    if field not in row.fields or not getattr(row, field):
        raise NotFound("Translation")
    origin = row.kept.get(field, {}).get("origin", "human")
    note(row, field, source=_source(owner), actor=actor, origin=origin)
    _audit(actor, "confirm", owner, row)
    _stir(owner, row)
    db.session.flush()
    return row


def note_about(owner: Owner, language_id: UUID, field: str, noted: Mapping[str, Any], *, actor: Actor) -> Any:
    """Keep something about a text until it says something else; None takes it away. Raises NotFound, Forbidden."""
    demand_language(actor, language_id, of=owners.domain_of(owner))
    row = _locked(owner, language_id)
    if field not in row.fields or not getattr(row, field):
        raise NotFound("Translation")
    if field not in row.kept:
        note(row, field, source=_source(owner), actor=actor, origin="human")
    entry = {**row.kept[field], **noted}
    row.kept = {**row.kept, field: {name: said for name, said in entry.items() if said is not None}}
    db.session.flush()
    return row


def approve(owner: Owner, language_id: UUID, field: str, *, actor: Actor) -> Any:
    """Say that an editor has looked at what a translator saved. Raises NotFound, Forbidden."""
    demand(actor, f"{owners.domain_of(owner)}:update")
    row = note_about(owner, language_id, field, {"review": None}, actor=actor)
    _audit(actor, "approve", owner, row)
    return row


def remove(owner: Owner, language_id: UUID, *, actor: Actor) -> None:
    """Delete the owner's texts in a language. Raises NotFound, Forbidden."""
    demand_language(actor, language_id, of=owners.domain_of(owner))
    row = _locked(owner, language_id)
    if row not in db.session:
        raise NotFound("Translation")
    was_source = language_id == owners.source_language_of(owner)
    changes = {field: (getattr(row, field), None) for field in row.fields if getattr(row, field) is not None}
    _audit(actor, "delete", owner, row, changes)
    db.session.delete(row)
    _tell(owner, row, actor=actor, kind="deleted", in_source=was_source)
    _touch(owner)
    db.session.flush()


def put_back(
    rows: Sequence[Any], wanted: Mapping[UUID, Fields], *, source_id: UUID, actor: Actor
) -> dict[UUID, dict[str, tuple[Any, Any]]]:
    """Make one owner's texts, in all languages, what they were, and return what changed by language.

    What was shown then counts as done. Drafts stay beside the values. The caller tells and records it, and gives a
    row for each language that is wanted, new ones with the version 0.
    """
    source = next((row for row in rows if row.language_id == source_id), None)
    changed: dict[UUID, dict[str, tuple[Any, Any]]] = {}
    for row in rows:
        fields = {field: (getattr(row, field), wanted.get(row.language_id, {}).get(field)) for field in row.fields}
        if changes := {field: pair for field, pair in fields.items() if pair[0] != pair[1]}:
            changed[row.language_id] = changes
            row.version, row.updated_at = row.version + 1, now()
        for field, (_, value) in changes.items():
            setattr(row, field, value)
    for row in rows:
        for field in changed.get(row.language_id, {}):
            note(row, field, source=source, actor=actor, origin="human")
    if source is not None and source_id in changed:
        _age(rows, source, changed[source_id])
    return changed


def note(row: Texts, field: str, *, source: Any, actor: Actor, origin: str) -> None:
    """Keep what a field's value was made from, by whom and when."""
    entry = {
        "state": "machine" if origin == "machine" else "done",
        "source": None if source is None or source is row else getattr(source, field),
        "origin": origin,
        "by": _by(actor),
        "at": now().isoformat(),
    }
    row.kept = {**row.kept, field: entry | _review(actor)}


def fresh(owner: Owner, language_id: UUID) -> Any:
    """Return a row without texts that is in no session yet."""
    model, key = owners.model_of(owner)
    new = {"id": uuid4(), "drafts": {}, "kept": {}, "version": 0, "created_at": now()}
    return model(**{key: owner.id}, language_id=language_id, **new)


def _by(actor: Actor) -> str | None:
    return str(actor.id) if actor.id else None


def _locked(owner: Owner, language_id: UUID) -> Any:
    """Return the row, or a new one that is in no session yet, while nobody else can write texts of this owner."""
    return _among(owners.hold(owner), language_id) or fresh(owner, language_id)


def _among(rows: Sequence[Any], language_id: UUID) -> Any:
    return next((row for row in rows if row.language_id == language_id), None)


def _check_version(row: Texts, version: int | None) -> None:
    if version is not None and version != row.version:
        raise Stale("Somebody else changed these texts since you opened them.", row=row)


def _check_field(row: Texts, field: str) -> None:
    if field not in row.fields:
        raise Invalid(field, "This has no such text.", code="unknown_field")


def _source(owner: Owner) -> Any:
    """Return the texts in the source language, or None."""
    return find(owner, owners.source_language_of(owner))


def _is_done_with(row: Texts, field: str, text: str | None, actor: Actor, seen: Seen | None) -> bool:
    """Whether nothing that somebody else typed is lost with the draft of a field."""
    draft = row.drafts.get(field)
    if draft is None or draft["by"] == _by(actor) or draft["text"] == (text or ""):
        return True
    return bool(draft["at"] == (seen or {}).get(field))


def _drafted_elsewhere(row: Texts, field: str) -> Conflict:
    by = row.drafts[field]["by"]
    name = db.session.scalars(select(User.name).where(User.id == UUID(by))).one_or_none() if by else None
    sentence = Sentence(
        "%(who)s is writing here too and has not saved yet. What you typed stays in the field.",
        who=name or Sentence("Somebody else"),
    )
    return Conflict(sentence, code="drafted_elsewhere", field=field)


def _drop_draft(row: Texts, field: str) -> None:
    if field in row.drafts:
        row.drafts = {name: entry for name, entry in row.drafts.items() if name != field}


def _keep(row: Texts, field: str, *, source: Any, actor: Actor, origin: str, changed: bool) -> None:
    """Note what a changed value was made from; a machine's text that is saved as it stands has been read."""
    if changed or row.kept.get(field, {}).get("state") == "machine":
        note(row, field, source=source, actor=actor, origin=origin)


def _review(actor: Actor) -> dict[str, str]:
    """Note that an editor should look at what a translator writes, where the site wants that."""
    is_own = actor.door != "dashboard" or "galleries:update" in actor.permissions
    return {} if is_own or not db.session.get_one(Site, 1).reviews else {"review": "wanted"}


def _age(rows: Sequence[Any], source: Texts, changes: Mapping[str, Any]) -> None:
    """Mark the other languages' fields stale where the source now differs from what they were made from."""
    for row in rows:
        if row is source:
            continue
        kept = dict(row.kept)
        for field in changes:
            if getattr(row, field) and field in kept and kept[field].get("state") != "machine":
                fresh = (kept[field].get("source") or "") == (getattr(source, field) or "")
                kept[field] = {**kept[field], "state": "done" if fresh else "stale"}
        row.kept = kept


def _record(
    owner: Owner, row: Texts, changes: Mapping[str, tuple[Any, Any]], *, actor: Actor, in_source: bool
) -> None:
    db.session.add(row)
    row.version += 1
    row.updated_at = now() if row.version > 1 else None
    _audit(actor, "update", owner, row, changes)
    _tell(owner, row, actor=actor, kind="updated", in_source=in_source)
    _touch(owner)


def _audit(
    actor: Actor, verb: str, owner: Owner, row: Texts, changes: Mapping[str, tuple[Any, Any]] | None = None
) -> None:
    where = {"gallery_id": owners.gallery_id_of(owner), "language_id": row.language_id}
    audit.record(actor, f"translation.{verb}", owners.kind_of(owner), owner.id, changes=changes, **where)


def _tell(owner: Owner, row: Texts, *, actor: Actor, kind: str, in_source: bool) -> None:
    gallery_id = owners.gallery_id_of(owner)
    if in_source:
        events.publish(actor, f"{owners.kind_of(owner)}.updated", owner.id, gallery_id=gallery_id)
    else:
        said = {"owner": owners.kind_of(owner), "owner_id": str(owner.id), "language_id": str(row.language_id)}
        events.publish(actor, f"translation.{kind}", row.id, gallery_id=gallery_id, **said)


def _touch(owner: Owner) -> None:
    """Let the gallery know that something in it has changed."""
    moment = now()
    owner.updated_at = moment
    if not isinstance(owner, Media):
        gallery = _gallery_of(owner)
        gallery.updated_at = gallery.touched_at = moment


def _gallery_of(owner: Gallery | Item) -> Gallery:
    return owners.gallery_of(owner) if isinstance(owner, Item) else owner


def _stir(owner: Owner, row: Texts) -> None:
    """Let whoever counts (webapp/domain/queues.py) know that a text stands otherwise, though it says the same."""
    if isinstance(owner, Media):
        row.version += 1
    else:
        _gallery_of(owner).touched_at = now()
