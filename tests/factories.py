"""Rows that tests begin with: the cast, and galleries with pictures that need no bytes.

All of it writes with the session and must stand in a transaction.
"""

import hashlib
from itertools import count
from uuid import UUID

from sqlalchemy import select

from webapp.domain import galleries, items, languages, tags, translations
from webapp.domain.models import Blob, Gallery, Item, Language, Media, Rendition, Role, User, UserLanguage, UserRole
from webapp.domain.permissions import ROLES, Actor
from webapp.infra.db import db

_number = count(1)


def user(name: str, role: str, *, speaks: tuple[str, ...] = ()) -> User:
    """Make an account without a password; `speaks` are the codes of a translator's languages."""
    person = User(email=f"{name.lower()}@example.org", name=name)
    db.session.add(person)
    db.session.flush()
    role_id = db.session.scalars(select(Role.id).where(Role.name == role)).one()
    db.session.add(UserRole(user_id=person.id, role_id=role_id))
    for code in speaks:
        db.session.add(UserLanguage(user_id=person.id, language_id=language(code).id))
    db.session.flush()
    return person


def actor(name: str, role: str, *, speaks: tuple[str, ...] = (), door: str = "dashboard") -> Actor:
    """Make somebody with an account, as a door would recognise them."""
    person = user(name, role, speaks=speaks)
    given = frozenset(language(code).id for code in speaks) if role == "translator" else None
    return Actor(
        id=person.id,
        name=name,
        email=person.email,
        role=role,
        permissions=ROLES[role],
        door=door,
        languages=given,
    )


def language(code: str, **fields: object) -> Language:
    """Return the language with a code, made where it is missing."""
    found = languages.find_by_code(code)
    if found is None:
        from webapp.domain.tongues import look_up

        tongue = look_up(code)
        names = {"name": tongue.name, "native_name": tongue.native_name}
        found = Language(code=tongue.code, direction=tongue.direction, **names)
        db.session.add(found)
    for name, value in fields.items():
        setattr(found, name, value)
    db.session.flush()
    return found


def picture(
    name: str = "",
    *,
    width: int = 1600,
    height: int = 1200,
    state: str = "ready",
    sha256: str = "",
    colour: str | None = "#556677",
) -> Media:
    """Make a library entry on a blob that has no bytes; its web renditions are in `state`."""
    number = next(_number)
    digest = sha256 or hashlib.sha256(f"{number}".encode()).hexdigest()
    blob = Blob(sha256=digest, size=2_100_000, mime_type="image/jpeg", width=width, height=height, colour=colour)
    db.session.add(blob)
    db.session.flush()
    entry = Media(blob=blob, filename=f"{digest[:32]}.jpg", original_filename=name or f"IMG_{number:04}.jpg")
    db.session.add(entry)
    for size in (320, 640, 1280):
        for ending in ("webp", "jpg"):
            db.session.add(
                Rendition(
                    blob_id=blob.id,
                    batch="web",
                    name=f"w{size}.{ending}",
                    format=ending,
                    width=size,
                    height=round(size * height / width),
                    size=1000 if state == "ready" else None,
                    state=state,
                )
            )
    db.session.flush()
    return entry


def gallery(
    by: Actor, title: str = "Summer", *, pictures: int = 0, status: str = "draft", source: str = "en", **texts: str
) -> Gallery:
    """Make a gallery with a title in its source language and so many pictures."""
    spoken = language(source)
    made = galleries.create(
        {"source_language_id": spoken.id, "status": status},
        texts={spoken.id: {"title": title, **texts}},
        actor=by,
    )
    if pictures:
        fill(made, pictures, by=by)
    return made


def fill(into: Gallery, number: int, *, by: Actor) -> list[Item]:
    """Add pictures to a gallery, at its end."""
    return items.add(into.id, [picture().id for _ in range(number)], actor=by)


def write(owner: Gallery | Item | Media, code: str, by: Actor, **fields: str | None) -> object:
    """Write an owner's texts in a language."""
    return translations.write(owner, language(code).id, fields, actor=by)


def tag(thing: Gallery | Item | Media, *names: str) -> None:
    """Put tags on a thing."""
    tags.put(thing, names)


def order(gallery_id: UUID) -> list[UUID]:
    """Return the ids of a gallery's items as they are shown, from the database itself."""
    db.session.expire_all()
    return items.ids_in_order(gallery_id)
