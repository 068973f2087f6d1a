"""Many files of the library at once: tags, alt texts, the trash, and places in a gallery.

Files are named one by one and keep the order they are named in; those that have gone meanwhile are passed over and
counted. All of one change is one transaction, and each file that really changes is told of once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from webapp.domain import galleries, items, media, pictures, tags, translations
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.media import Use
from webapp.domain.models import Media, MediaText
from webapp.domain.permissions import Actor
from webapp.domain.pictures import Picture
from webapp.domain.sentences import Sentence
from webapp.infra.db import db

MOST: Final = 200
"""Files at once."""


@dataclass(frozen=True)
class Chosen:
    """A living file among those that are chosen."""

    id: UUID
    name: str
    picture: Picture | None


@dataclass(frozen=True)
class Alt:
    """What is to be the alt text of a file, and the version of the texts it was written upon, 0 where none were."""

    text: str
    version: int


@dataclass(frozen=True)
class Row:
    """A file with its alt text in a language; `version` is the token of its texts, 0 where there are none."""

    file: Chosen
    alt: str
    version: int


@dataclass(frozen=True)
class Thrown:
    """How many files went into the trash, how many had gone, and which stayed because galleries show them."""

    done: int
    gone: int
    used: Mapping[UUID, tuple[str, Sequence[Use]]]


def chosen(ids: Sequence[UUID]) -> list[Chosen]:
    """Return those of these files that are there, in this order; two statements. Raises Invalid."""
    _check(ids)
    rows = db.session.execute(
        select(Media.id, Media.original_filename).where(Media.id.in_(ids), Media.deleted_at.is_(None))
    )
    names: dict[UUID, str] = dict(iter(rows))
    if not names:
        raise Invalid("ids", "These files have all gone meanwhile.", code="gone")
    known = pictures.small(names)
    return [Chosen(each, names[each], known.get(each)) for each in ids if each in names]


def label(ids: Sequence[UUID], labels: Sequence[str], *, off: bool, actor: Actor) -> int:
    """Put tags on files, or take them `off`, and return how many files there were. Raises Invalid."""
    if not labels:
        raise Invalid("tags", "Write at least one tag.", code="tags")
    found = _locked(ids)
    named = {name.casefold(): name for name in labels}
    for file in found:
        had = {name.casefold(): name for name in tags.of(file)}
        kept = {key: name for key, name in had.items() if not (off and key in named)}
        media.label(file, list((kept if off else named | had).values()), actor=actor)
    return len(found)


def alts(ids: Sequence[UUID], language_id: UUID) -> list[Row]:
    """Return files with their alt texts in a language; three statements. Raises Invalid."""
    files = chosen(ids)
    wanted = MediaText.media_id.in_([file.id for file in files]), MediaText.language_id == language_id
    said = {row.media_id: row for row in db.session.scalars(select(MediaText).where(*wanted))}
    return [_row(file, said.get(file.id)) for file in files]


def describe(wanted: Mapping[UUID, Alt], language_id: UUID, *, actor: Actor) -> tuple[int, dict[UUID, str]]:
    """Write alt texts; return how many files now say something else, and why others do not, each with its reason.

    A text that somebody else changed meanwhile is left as it is. Raises Forbidden, Invalid (too many).
    """
    done, refused = 0, dict[UUID, str]()
    rows = {row.file.id: row for row in alts(list(wanted), language_id)}
    for media_id, alt in sorted(wanted.items()):
        if media_id not in rows:
            refused[media_id] = Sentence("This file has gone meanwhile.")
        elif alt.text.strip() != rows[media_id].alt:
            try:
                _describe(media_id, alt, language_id, actor)
                done += 1
            except (Stale, Invalid) as reason:
                refused[media_id] = reason.message
    return done, refused


def trash(ids: Sequence[UUID], *, actor: Actor) -> Thrown:
    """Put files into the trash, but for those that galleries show. Raises Invalid."""
    found, used = _locked(ids), dict[UUID, tuple[str, Sequence[Use]]]()
    for file in found:
        try:
            media.trash(file, actor=actor)
        except Conflict:
            used[file.id] = file.original_filename, media.uses(file.id)
    return Thrown(len(found) - len(used), len(ids) - len(found), used)


def place(
    ids: Sequence[UUID],
    gallery_id: UUID,
    place: str,
    position: int | None,
    *,
    actor: Actor,
    order_version: int | None = None,
) -> int:
    """Show files in a gallery in this order, and return how many.

    `place` is `top`, `end`, or `before` or `after` the item at a `position` from 1, past the end meaning the end;
    a position needs the `order_version` it was chosen in (D3). Raises NotFound (the gallery), Stale, Invalid.
    """
    files = chosen(ids)
    where: dict[str, str | UUID] = {"place": place}
    if place in ("before", "after"):
        if position is None or position < 1:
            raise Invalid("position", "Write a position from 1.", code="position")
        items.check_order_version(galleries.locked(gallery_id), order_version)
        shown = items.ids_in_order(gallery_id)
        where = {place: shown[position - 1]} if position <= len(shown) else {"place": "end"}
    elif place not in ("top", "end"):
        raise Invalid("place", "Choose a place.", code="place")
    return len(items.add(gallery_id, [file.id for file in files], actor=actor, **where))  # type: ignore[arg-type]


def _row(file: Chosen, said: MediaText | None) -> Row:
    return Row(file, said.alt or "", said.version) if said else Row(file, "", 0)


def _describe(media_id: UUID, alt: Alt, language_id: UUID, actor: Actor) -> None:
    with db.session.begin_nested():
        text = {"alt": alt.text.strip() or None}
        translations.write(media.get(media_id), language_id, text, actor=actor, version=alt.version)


def _locked(ids: Sequence[UUID]) -> list[Media]:
    """Return those that are there under their locks, taken in one order by everybody. Raises Invalid."""
    _check(ids)
    found = []
    for media_id in sorted(set(ids)):
        try:
            found.append(media.locked(media_id))
        except NotFound:
            continue
    if not found:
        raise Invalid("ids", "These files have all gone meanwhile.", code="gone")
    return found


def _check(ids: Sequence[UUID]) -> None:
    if not 0 < len(ids) <= MOST:
        raise Invalid("ids", Sentence("Choose 1 to %(most)s files.", most=MOST), code="count")
