"""Ids that programs choose for files, each in its own dialect and domain, and the files that they mean (D22)."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp.domain.errors import Conflict, Invalid
from webapp.domain.models import Media, MediaAlias
from webapp.domain.sentences import Sentence
from webapp.infra.db import db

LENGTH: Final = (1, 255)
"""Of an id that a program chooses, and at most of a domain."""

NO_IDS: Final = (".", "..")
"""What addresses cannot end in."""


@dataclass(frozen=True)
class Name:
    """What a program calls a file: an id, in a domain or in none."""

    id: str
    domain: str = ""


def find(names: Collection[Name], *, dialect: str) -> dict[Name, UUID]:
    """Return the living files that these names mean: by our own id, by the name, by an id whatever its domain.

    Two statements. Raises Conflict where an id without its domain means several.
    """
    called: dict[str, dict[str, UUID]] = {}
    rows = (
        select(MediaAlias.external_id, MediaAlias.domain, MediaAlias.media_id)
        .join(Media, Media.id == MediaAlias.media_id)
        .where(MediaAlias.dialect == dialect, MediaAlias.external_id.in_({each.id for each in names}))
        .where(Media.deleted_at.is_(None))
    )
    for external_id, domain, media_id in db.session.execute(rows):
        called.setdefault(external_id, {})[domain] = media_id
    ours = _ours({each.id for each in names})
    meant = {each: ours.get(each.id) or _meant(each, called.get(each.id, {})) for each in names}
    return {name: media_id for name, media_id in meant.items() if media_id}


def give(media_id: UUID, name: Name, *, dialect: str) -> None:
    """Let a file be called by a name; that of one in the trash goes over. Raises Invalid, Conflict."""
    check(name)
    if _ours({name.id}, trashed=True):
        raise _taken(name)
    key = {"dialect": dialect, "domain": name.domain, "external_id": name.id}
    known = db.session.get(MediaAlias, key, with_for_update=True, populate_existing=True)
    if known is None:
        try:
            with db.session.begin_nested():
                db.session.add(MediaAlias(**key, media_id=media_id))
        except IntegrityError:
            raise _taken(name) from None
        return
    if db.session.get_one(Media, known.media_id).deleted_at is None:
        raise _taken(name)
    known.media_id = media_id
    db.session.flush()


def check(name: Name) -> None:
    """Raise Invalid for a name that cannot be given."""
    most = Sentence("Use at most %(most)s characters.", most=LENGTH[1])
    for field, text in (("id", name.id), ("domain", name.domain)):
        if len(text) > LENGTH[1]:
            raise Invalid(field, most, code="length")
        if not (text.isprintable() or not text):
            raise Invalid(field, "Use letters that can be seen.", code="letters")
    if not name.id or "/" in name.id or name.id in NO_IDS:
        raise Invalid("id", "An id has at most 255 characters and no slash.", code="media_id")


def _meant(name: Name, called: dict[str, UUID]) -> UUID | None:
    """Choose among the files that have an id by their domains. Raises Conflict."""
    if name.domain in called:
        return called[name.domain]
    if len(set(called.values())) > 1:
        several = Sentence("Several files are called %(id)s: name the domain.", id=name.id)
        raise Conflict(several, code="ambiguous")
    return next(iter(called.values()), None)


def _ours(ids: Collection[str], *, trashed: bool = False) -> dict[str, UUID]:
    """Return which of these are ids of our own, as they are spelt."""
    spelt = {each: found for each in ids if (found := _as_uuid(each))}
    if not spelt:
        return {}
    statement = select(Media.id).where(Media.id.in_(spelt.values()))
    known = set(db.session.scalars(statement if trashed else statement.where(Media.deleted_at.is_(None))))
    return {text: found for text, found in spelt.items() if found in known}


def _as_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _taken(name: Name) -> Conflict:
    return Conflict(Sentence("Another file is called %(id)s.", id=name.id), code="taken")
