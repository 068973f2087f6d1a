"""One deed on several galleries at once; those that have gone meanwhile are passed over.

What is done to a gallery is kept as a revision first (D10), and can be taken back by who did it: the audit knows
what was done, and which status each had before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from webapp.domain import asking, cloning, galleries, revisions, tags
from webapp.domain.asking import Line
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.models import AuditEntry, Gallery
from webapp.domain.permissions import Actor, demand
from webapp.domain.sentences import Sentence
from webapp.infra.db import db

MOST: Final = 500
"""Galleries at once."""

REASON: Final = "before bulk"
Deed = Callable[[Gallery, Actor, Sequence[str]], object]


def _set(status: str) -> Deed:
    return lambda each, actor, _: galleries.set_status(each, status, actor=actor)


def _label(each: Gallery, actor: Actor, labels: Sequence[str]) -> None:
    had = tags.of(each)
    known = {name.casefold() for name in had}
    galleries.label(each, [*had, *(name for name in labels if name.casefold() not in known)], actor=actor)


def _unlabel(each: Gallery, actor: Actor, labels: Sequence[str]) -> None:
    gone = {name.casefold() for name in labels}
    galleries.label(each, [name for name in tags.of(each) if name.casefold() not in gone], actor=actor)


def _categorise(each: Gallery, actor: Actor, labels: Sequence[str]) -> None:
    uri = labels[0]
    galleries.update(each, {"category_uri": None if uri == asking.NO_CATEGORY else uri}, actor=actor)


DEEDS: Final[dict[str, tuple[str, Deed]]] = {
    "publish": ("galleries:update", _set("published")),
    "unpublish": ("galleries:update", _set("draft")),
    "archive": ("galleries:update", _set("archived")),
    "tag": ("galleries:update", _label),
    "untag": ("galleries:update", _unlabel),
    "category": ("galleries:update", _categorise),
    "clone": ("galleries:create", lambda each, actor, _: cloning.clone(each, actor=actor)),
    "trash": ("galleries:delete", lambda each, actor, _: galleries.trash(each, actor=actor)),
    "restore": ("galleries:delete", lambda each, actor, _: galleries.restore(each, actor=actor)),
}
"""What may be done, with the permission it needs."""

CHANGING: Final = frozenset(DEEDS) - {"clone", "restore"}
UNDOABLE: Final = frozenset(DEEDS) - {"restore"}


@dataclass(frozen=True)
class Done:
    """What was done to which galleries, and the entries of the audit it stands in."""

    deed: str
    ids: list[UUID]
    first: int
    last: int

    @property
    def undoable(self) -> bool:
        """Whether it can be taken back."""
        return self.deed in UNDOABLE and self.last >= self.first


def matching(line: Line, *, actor: Actor) -> list[UUID]:
    """Return the living galleries that are asked for, up to one more than can be acted on at once."""
    where = (Gallery.deleted_at.is_(None), *asking.conditions(line, by=actor.id))
    return list(db.session.scalars(select(Gallery.id).where(*where).order_by(Gallery.id).limit(MOST + 1)))


def carry_out_all(deed: str, line: Line, *, count: int, actor: Actor, labels: Sequence[str] = ()) -> Done:
    """Do it to all galleries that are asked for. Raises Conflict where they are not `count`, Invalid, Forbidden."""
    found = matching(line, actor=actor)
    if len(found) != count:
        raise Conflict(
            Sentence(
                "Now %(found)s galleries match, not %(count)s. Nothing was changed.", found=len(found), count=count
            ),
            code="count_changed",
        )
    return carry_out(deed, found, actor=actor, labels=labels)


def carry_out(deed: str, gallery_ids: Sequence[UUID], *, actor: Actor, labels: Sequence[str] = ()) -> Done:
    """Do it to each, and say to which it was done. Raises Invalid, Forbidden.

    In one order for everybody, so that two who act at once wait for each other instead of stopping each other.
    """
    if deed not in DEEDS:
        raise Invalid("deed", "That cannot be done to galleries.", code="deed")
    permission, do = DEEDS[deed]
    demand(actor, permission)
    if not 0 < len(gallery_ids) <= MOST:
        raise Invalid("ids", Sentence("Choose 1 to %(most)s galleries.", most=MOST), code="count")
    if deed in ("tag", "untag") and not labels:
        raise Invalid("tags", "Write at least one tag.", code="tags")
    if deed == "category" and not labels:
        raise Invalid("category", "Choose a category.", code="category")
    first = _newest() + 1
    if deed in CHANGING:
        do = _kept_first(do)
    find = galleries.find_trashed if deed == "restore" else galleries.locked
    ids = [each for each in sorted(set(gallery_ids)) if _done(find, do, each, actor, labels)]
    db.session.flush()
    return Done(deed, ids, first, _newest())


def note(deed: str, do: Callable[[], object]) -> Done:
    """Do something to one gallery, so that it can be taken back like what is done to many."""
    first = _newest() + 1
    do()
    db.session.flush()
    return Done(deed, [], first, _newest())


def undo(first: int, last: int, *, actor: Actor) -> Done:
    """Take back what the actor did to galleries in these entries of the audit, where nobody has changed it since.

    Copies go into the trash, which is said as the deed "unclone". Returns the galleries that are as they were.
    Raises Forbidden.
    """
    demand(actor, "galleries:update")
    entries = db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.id.between(first, last), AuditEntry.user_id == actor.id, AuditEntry.thing == "gallery")
        .where(AuditEntry.verb.in_(tuple(WAYS_BACK)))
        .order_by(AuditEntry.gallery_id)
        .limit(MOST)
    ).all()
    cloned = any(entry.verb == "gallery.clone" for entry in entries)
    ids = [entry.gallery_id for entry in entries if entry.gallery_id and WAYS_BACK[entry.verb](entry, actor)]
    return Done("unclone" if cloned else "undo", ids, first=0, last=-1)


def _out_of_trash(entry: AuditEntry, actor: Actor) -> bool:
    return _done(galleries.find_trashed, DEEDS["restore"][1], _of(entry), actor, ())


def _copy_discarded(entry: AuditEntry, actor: Actor) -> bool:
    permission, trash = DEEDS["trash"]
    demand(actor, permission)
    return _done(galleries.locked, trash, _of(entry), actor, ())


def _as_before(entry: AuditEntry, actor: Actor) -> bool:
    """Give a gallery the status it had, or take the tags off that were put on and the other way round."""
    try:
        gallery = galleries.locked(_of(entry))
    except NotFound:
        return False
    if "tags" in entry.changes:
        return _tags_put_back(gallery, *entry.changes["tags"], actor=actor)
    if "category_uri" in entry.changes:
        return _category_put_back(gallery, *entry.changes["category_uri"], actor=actor)
    before, after = entry.changes.get("status", (None, None))
    if before is None or gallery.status != after:
        return False
    galleries.set_status(gallery, before, actor=actor)
    return True


def _tags_put_back(gallery: Gallery, before: Sequence[str], after: Sequence[str], *, actor: Actor) -> bool:
    """Take the difference back, so that what others have added since stays."""
    had = tags.of(gallery)
    known = {name.casefold() for name in had}
    added = {name.casefold() for name in after} - {name.casefold() for name in before}
    kept = {name.casefold() for name in after}
    lost = [name for name in before if name.casefold() not in kept | known]
    if not (added & known or lost):
        return False
    galleries.label(gallery, [*(name for name in had if name.casefold() not in added), *lost], actor=actor)
    return True


def _category_put_back(gallery: Gallery, before: str | None, after: str | None, *, actor: Actor) -> bool:
    if gallery.category_uri != after:
        return False
    galleries.update(gallery, {"category_uri": before}, actor=actor)
    return True


def _of(entry: AuditEntry) -> UUID:
    assert entry.gallery_id is not None  # noqa: S101  entries of galleries name them
    return entry.gallery_id


WAYS_BACK: Final[dict[str, Callable[[AuditEntry, Actor], bool]]] = {
    "gallery.trash": _out_of_trash,
    "gallery.clone": _copy_discarded,
    "gallery.update": _as_before,
}
"""How what stands in the audit is taken back."""


def _kept_first(do: Deed) -> Deed:
    """Return the deed that first keeps the gallery as it stands (D10)."""

    def deed(gallery: Gallery, actor: Actor, labels: Sequence[str]) -> None:
        revisions.keep(gallery, reason=REASON, actor=actor)
        do(gallery, actor, labels)

    return deed


def _done(find: Callable[[UUID], Gallery], do: Deed, gallery_id: UUID, actor: Actor, labels: Sequence[str]) -> bool:
    try:
        gallery = find(gallery_id)
    except NotFound:
        return False
    do(gallery, actor, labels)
    return True


def _newest() -> int:
    return db.session.scalars(select(func.max(AuditEntry.id))).one() or 0
