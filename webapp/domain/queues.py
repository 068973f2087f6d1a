"""What is left to translate: in all galleries, by language, and which gallery comes next.

How a gallery stands is worked out again only when something in it has changed since: `touched_at` moves with each
change of a gallery, its items and their texts, and the texts of the library, which many galleries show, are counted
beside it. So the numbers of a thousand galleries cost one statement, and one more for those that have changed.
"""

from collections import OrderedDict
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Final
from uuid import UUID

from sqlalchemy import func, select, true, union_all

from webapp.domain import completeness, languages
from webapp.domain.completeness import Progress, Tally
from webapp.domain.models import AuditEntry, Gallery, GalleryText, Item, ItemText, Language, MediaText, Site
from webapp.domain.permissions import Actor, allow_language
from webapp.domain.translating import is_for_review
from webapp.infra import kept
from webapp.infra.clock import now
from webapp.infra.db import db

MOST: Final = 20_000
"""Galleries whose numbers a process keeps."""

WEEK: Final = timedelta(days=7)
NOTHING: Final = Progress(0, 0)


@dataclass(frozen=True)
class Standing:
    """A living gallery and how its texts stand."""

    id: UUID
    created_at: datetime
    tally: Tally


@dataclass(frozen=True)
class Changed:
    """Texts that have grown stale since a moment: how many, and in which galleries, first to last."""

    fields: int
    galleries: tuple[UUID, ...]


_tallies: Final[OrderedDict[Hashable, Tally]] = OrderedDict()
_lock: Final = Lock()


def standings() -> tuple[Standing, ...]:
    """Return how all living galleries stand, the newest first; kept until somebody writes."""
    return kept.until_written("standings of galleries", _standings)


def totals(wanted: Collection[Language]) -> dict[UUID, Progress]:
    """Return how far all galleries are together in each of these languages, those written in it first left out."""
    found = standings()
    return {language.id: _total(found, language.id) for language in wanted}


def spoken(actor: Actor) -> list[Language]:
    """Return the languages of the site that the actor may translate into, the site's default one last."""
    known = languages.all_languages(active_only=True)
    return [each for each in [*known[1:], *known[:1]] if allow_language(actor, each.id)]


def to_do(actor: Actor) -> int:
    """Return how many texts are left in the languages that the actor may translate into."""
    mine = (actor.languages, actor.permissions)
    return kept.until_written(("to do", mine), lambda: sum(each.left for each in totals(spoken(actor)).values()))


def following(language_id: UUID, *, after: UUID | None = None) -> Standing | None:
    """Return the gallery to go on with in a language: one with stale texts first, else the next with any left.

    What comes `after` a gallery stands behind it, from the newest to the oldest and round again; never itself.
    """
    found = standings()
    place = next((number for number, each in enumerate(found, 1) if each.id == after), 0)
    ring = [each for each in (*found[place:], *found[:place]) if each.id != after]
    open_ones = [each for each in ring if _is_translated(each, language_id) and _left(each, language_id)]
    stale = (each for each in open_ones if each.tally.progress(language_id).stale)
    return next(stale, open_ones[0] if open_ones else None)


def changed(wanted: Sequence[Language], *, since: datetime | None = None) -> Changed:
    """Return what is stale in these languages of galleries whose source texts changed since (in the last week)."""
    moment = since or now() - WEEK
    touched = set(
        db.session.scalars(
            select(AuditEntry.gallery_id)
            .join(Gallery, Gallery.id == AuditEntry.gallery_id)
            .where(AuditEntry.verb == "translation.update", AuditEntry.at >= moment)
            .where(AuditEntry.language_id == Gallery.source_language_id, Gallery.touched_at >= moment)
            .distinct()
        )
    )
    stale = {
        each.id: sum(each.tally.progress(language.id).stale for language in wanted)
        for each in standings()
        if each.id in touched
    }
    return Changed(sum(stale.values()), tuple(gallery_id for gallery_id, count in stale.items() if count))


def for_review() -> list[tuple[UUID, UUID, int]]:
    """Return how many owners of texts an editor should look at, by gallery and language, if reviews are wanted."""
    if not db.session.get_one(Site, 1).reviews:
        return []
    own = select(GalleryText.gallery_id, GalleryText.language_id).where(is_for_review(GalleryText))
    of_items = (
        select(Item.gallery_id, ItemText.language_id)
        .join(Item, Item.id == ItemText.item_id)
        .where(is_for_review(ItemText), Item.deleted_at.is_(None))
    )
    found = union_all(own, of_items).subquery()
    living = select(Gallery.id).where(Gallery.deleted_at.is_(None))
    counted = select(*found.c, func.count()).where(found.c.gallery_id.in_(living)).group_by(*found.c)
    rows = db.session.execute(counted.order_by(found.c.gallery_id, found.c.language_id))
    return [(row[0], row[1], row[2]) for row in rows]


def _standings() -> tuple[Standing, ...]:
    library = (
        select(
            func.count(MediaText.id), func.coalesce(func.sum(MediaText.version), 0), func.max(MediaText.created_at)
        )
    ).subquery()
    living = (
        select(Gallery.id, Gallery.created_at, Gallery.touched_at, library)
        .join(library, true())
        .where(Gallery.deleted_at.is_(None))
        .order_by(Gallery.created_at.desc(), Gallery.id.desc())
    )
    rows = db.session.execute(living).all()
    tallies = _of({row.id: tuple(row) for row in rows})
    return tuple(Standing(row.id, row.created_at, tallies[row.id]) for row in rows if row.id in tallies)


def _of(stamps: Mapping[UUID, Hashable]) -> dict[UUID, Tally]:
    """Return the tallies of galleries as they are at these stamps; one statement for those that are not known."""
    with _lock:
        known = {gallery_id: _tallies[stamp] for gallery_id, stamp in stamps.items() if stamp in _tallies}
    fresh = completeness.of([each for each in stamps if each not in known]) if len(known) < len(stamps) else {}
    with _lock:
        for gallery_id, tally in fresh.items():
            _tallies[stamps[gallery_id]] = tally
        while len(_tallies) > MOST:
            _tallies.popitem(last=False)
    return known | fresh


def _total(found: Sequence[Standing], language_id: UUID) -> Progress:
    each = (standing.tally.progress(language_id) for standing in found if _is_translated(standing, language_id))
    return sum(each, NOTHING)


def _is_translated(standing: Standing, language_id: UUID) -> bool:
    """Whether a gallery is not written in the language first."""
    return standing.tally.source_id != language_id


def _left(standing: Standing, language_id: UUID) -> int:
    return standing.tally.progress(language_id).left
