"""Backgrounds: made, changed, put into the trash and taken out of it, each time a version of their own.

Each verb belongs inside `transaction()`; it flushes, the door commits. A change, its audit entry and the version that
it leaves behind are one transaction.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final, cast
from uuid import UUID, uuid4

from sqlalchemy import select

from webapp.domain import audit, events, items, languages, texts
from webapp.domain.backgrounds import contents, versions
from webapp.domain.backgrounds.contents import Contents
from webapp.domain.backgrounds.fields import BackgroundFields, alike, check
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.models import Background
from webapp.domain.permissions import Actor, demand
from webapp.infra.clock import now
from webapp.infra.db import db

OWN: Final = ("name", "is_active", "starts_at", "ends_at", "turns", "metadatas")
"""What stands in the row of a background itself."""


def register(fields: BackgroundFields, *, actor: Actor) -> Background:
    """Make a background of at least one picture and one zone. Raises Invalid, NotFound (a picture), Forbidden."""
    demand(actor, "backgrounds:create")
    whole: BackgroundFields = {"media_ids": (), "zones": (), **fields}
    check(whole)
    moment = now()
    made = Background(id=uuid4(), created_at=moment, versioned_at=moment)
    made.created_by_id = made.updated_by_id = actor.id
    _set(made, whole)
    db.session.add(made)
    db.session.flush()
    contents.write(made, _with(Contents(), whole))
    events.publish(actor, "background.created", made.id)
    audit.record(actor, "background.create", "background", made.id, changes={"name": (None, made.name)})
    db.session.flush()
    return made


def change(background_id: UUID, fields: BackgroundFields, *, actor: Actor, version: int | None = None) -> Background:
    """Change what is given of a background; what it was is kept as a version, unless nothing changes.

    Raises NotFound, Stale where it is no longer `version`, Invalid, Forbidden.
    """
    demand(actor, "backgrounds:update")
    found = locked(background_id)
    if version is not None and version != found.version:
        raise Stale("Somebody else changed this background since you opened it.", background=found)
    check(fields)
    before = contents.of([found.id])[found.id]
    after = _with(before, fields)
    changes = _differing(found, fields) | _contents_differing(before, after)
    if not changes:
        return found
    _leave_behind(found, before, actor)
    _set(found, fields)
    contents.write(found, after)
    events.publish(actor, "background.updated", found.id)
    audit.record(actor, "background.update", "background", found.id, changes=changes)
    db.session.flush()
    return found


def replace_picture(background_id: UUID, old_id: UUID, new_id: UUID, *, actor: Actor) -> None:
    """Put another picture into the place of one. Raises NotFound, Invalid, Forbidden."""
    media_ids = contents.of([background_id])[background_id].media_ids
    change(
        background_id,
        {"media_ids": [new_id if each == old_id else each for each in media_ids]},
        actor=actor,
    )


def trash(background_id: UUID, *, actor: Actor) -> Background:
    """Put a background into the trash. Raises NotFound, Forbidden."""
    demand(actor, "backgrounds:delete")
    found = locked(background_id)
    found.deleted_at = found.updated_at = now()
    found.updated_by_id = actor.id
    events.publish(actor, "background.deleted", found.id)
    audit.record(actor, "background.trash", "background", found.id)
    db.session.flush()
    return found


def restore(background_id: UUID, *, actor: Actor) -> Background:
    """Take a background out of the trash. Raises NotFound, Forbidden."""
    demand(actor, "backgrounds:update")
    found = locked(background_id, trashed=True)
    found.deleted_at, found.updated_at, found.updated_by_id = None, now(), actor.id
    events.publish(actor, "background.created", found.id)
    audit.record(actor, "background.restore", "background", found.id)
    db.session.flush()
    return found


def purge(background_id: UUID, *, actor: Actor) -> None:
    """Delete a background of the trash for good, with all that it was. Raises NotFound, Forbidden."""
    demand(actor, "backgrounds:delete")
    found = locked(background_id, trashed=True)
    audit.record(actor, "background.purge", "background", found.id, changes={"name": (found.name, None)})
    db.session.delete(found)
    db.session.flush()


def reinstate(
    background_id: UUID, number: int, *, actor: Actor, version: int | None = None
) -> tuple[Background, int]:
    """Make a background what it was in a version, which is a version of its own.

    Returns it with how many of its pictures are left out because the library no longer has them. Raises NotFound,
    Stale, Forbidden, Conflict where none of its pictures is left.
    """
    demand(actor, "backgrounds:update")
    found, kept = locked(background_id), versions.get(background_id, number)
    kinds = items.kinds_of(kept.contents.media_ids)
    living = [media_id for media_id in kept.contents.media_ids if kinds.get(media_id) == "image"]
    if not living:
        raise Conflict("The library has none of the pictures of this version any more.", code="no_pictures")
    known = {each.id for each in languages.all_languages()}
    then, today = kept.contents.captions or {}, contents.of([found.id])[found.id].captions or {}
    own: dict[str, Any] = {"media_ids": living, "zones": kept.contents.zones, "areas": kept.contents.areas}
    own["captions"] = {each: then.get(each) for each in known & {*then, *today}}
    fields = cast(BackgroundFields, dict(kept.fields) | own)
    left_out = len(kept.contents.media_ids) - len(living)
    return change(background_id, fields, actor=actor, version=version), left_out


def get(background_id: UUID, *, trashed: bool = False) -> Background:
    """Return a living background, or one of the trash. Raises NotFound."""
    found = db.session.get(Background, background_id)
    if found is None or (found.deleted_at is not None) is not trashed:
        raise NotFound("Background")
    return found


def is_trashed(background_id: UUID) -> bool:
    """Say whether a background is in the trash."""
    found = db.session.get(Background, background_id)
    return found is not None and found.deleted_at is not None


def locked(background_id: UUID, *, trashed: bool = False) -> Background:
    """Return a living background, or one of the trash, under its row's lock. Raises NotFound."""
    statement = select(Background).where(Background.id == background_id).with_for_update()
    found = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if found is None or (found.deleted_at is not None) is not trashed:
        raise NotFound("Background")
    return found


def _differing(found: Background, fields: BackgroundFields) -> dict[str, tuple[Any, Any]]:
    given: Any = fields
    pairs = {name: (getattr(found, name), given[name]) for name in OWN if name in given}
    return {name: pair for name, pair in pairs.items() if not alike(*pair)}


def _contents_differing(before: Contents, after: Contents) -> dict[str, tuple[Any, Any]]:
    """Return how many of each there were and are, where they are others."""
    names = [each.name for each in dataclasses.fields(Contents)]
    pairs = {name: (getattr(before, name), getattr(after, name)) for name in names}
    return {name: (len(was or ()), len(is_ or ())) for name, (was, is_) in pairs.items() if was != is_}


def _leave_behind(found: Background, before: Contents, actor: Actor) -> None:
    """Keep what a background was, and count it."""
    versions.keep(found, before)
    found.version += 1
    found.versioned_at = found.updated_at = now()
    found.updated_by_id = actor.id


def _set(found: Background, fields: BackgroundFields) -> None:
    given: Any = fields
    for name in OWN:
        if name in given:
            setattr(found, name, given[name])
    if found.starts_at and found.ends_at and found.ends_at <= found.starts_at:
        raise Invalid("ends_at", "The end must come after the beginning.", code="schedule")


def _with(before: Contents, fields: BackgroundFields) -> Contents:
    """Return contents with what is given in the place of what was. Raises NotFound, Invalid."""
    after = before
    if "media_ids" in fields:
        after = replace(after, media_ids=tuple(_pictures(fields["media_ids"])))
    if "zones" in fields:
        after = replace(after, zones=tuple(dict.fromkeys(fields["zones"])))
    if "areas" in fields:
        after = replace(after, areas=tuple(fields["areas"]))
    if "captions" in fields:
        said = dict(before.captions or {})
        for language_id, text in fields["captions"].items():
            languages.get(language_id)
            said[language_id] = texts.clean("caption", text) or ""
        after = replace(after, captions={each: text for each, text in said.items() if text})
    return after


def _pictures(media_ids: Sequence[UUID]) -> Sequence[UUID]:
    """Return pictures that stay in the library until the transaction ends. Raises NotFound, Invalid for a video."""
    kinds = items.kinds_of(media_ids)
    for media_id in media_ids:
        if media_id not in kinds:
            raise NotFound("Media")
        if kinds[media_id] != "image":
            raise Invalid("medias", "Only pictures can stand behind a zone.", code="no_picture")
    return media_ids
