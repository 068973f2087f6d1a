"""What the templates of translating draw, of what the domain read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain import checks, languages, queues, translating
from webapp.domain.codes import Difference
from webapp.domain.completeness import Progress
from webapp.domain.editing import Segment, Tongues
from webapp.domain.listing import GalleryRow
from webapp.domain.models import Language
from webapp.domain.permissions import Actor, allow, allow_language
from webapp.domain.queues import Changed
from webapp.domain.texts import LIMITS
from webapp.domain.translating import Counts
from webapp.web import phrases
from webapp.web.editor.drawing import FIELD_WORDS
from webapp.web.shots import Shot, shot
from webapp.web.translations import addresses

SMALL: Final = 320
CARDS: Final = 3
"""Queues that are shown above the board; those of the other languages begin at the head of their columns."""

STATES: Final = ("done", "draft", "machine", "stale", "missing")


@dataclass(frozen=True)
class Cell:
    """A gallery in a language: `kind` is source, done, stale, none or nothing of these; `step` of 20 are done."""

    code: str
    url: str
    kind: str
    words: str
    left: int
    step: int


@dataclass(frozen=True)
class Line:
    """A gallery on the board."""

    id: UUID
    title: str
    lang: str
    dir: str
    url: str
    picture: Shot | None
    wanted: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Column:
    """A language on the board: its queue, and how many texts are left in it; `mine` where one translates into it."""

    code: str
    name: str
    url: str
    left: int
    mine: bool


@dataclass(frozen=True)
class Card:
    """A queue: how far it is, and where it begins."""

    id: str
    title: str
    said: str
    url: str
    bar: tuple[tuple[str, float, float], ...]


@dataclass(frozen=True)
class Place:
    """Where a field stands in the page; `errors` are what was wrong with it."""

    id: str
    errors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A text with its field; `stands` is its state, empty where it is not wanted and nothing is written."""

    field: Place
    segment: Segment
    label: Any
    limit: int
    text: str
    stands: str
    is_open: bool
    drafted_by: str | None
    lent: str
    checks: tuple[Difference, ...]
    dismissed: str


@dataclass(frozen=True)
class RowView:
    """A row of the table as `ui/text_row.html` draws it."""

    id: str
    name: str
    kind: str
    number: int
    url: str
    draft_url: str
    version: int
    parts: tuple[Part, ...]
    picture: Shot | None
    excerpt: str
    note: str
    decorative: bool
    is_picture: bool
    is_stale: bool


@dataclass(frozen=True)
class May:
    """What whoever looks may do with the texts of a language."""

    write: bool
    edit: bool

    @classmethod
    def of(cls, actor: Actor, language: Language) -> "May":
        """Ask once for the whole page."""
        return cls(write=allow_language(actor, language.id), edit=allow(actor, "galleries:update"))


def line(row: GalleryRow, columns: Sequence[Language]) -> Line:
    """Return a gallery with its state in each of these languages."""
    seen = row.thumbs[0].picture if row.thumbs else None
    small = {"widest": SMALL, "focal": row.thumbs[0].focal} if seen else {}
    picture = (
        shot(seen.sha256, width=seen.width, height=seen.height, colour=seen.colour, files=seen.files, **small)  # type: ignore[arg-type]
        if seen
        else None
    )
    return Line(
        id=row.id,
        title=row.title,
        lang=row.code,
        dir=row.direction,
        url=f"/galleries/{row.id}/",
        picture=picture,
        wanted=row.tally.wanted,
        cells=tuple(_cell(row, language) for language in columns),
    )


def columns(shown: Sequence[Language], spoken: Sequence[Language]) -> list[Column]:
    """Return the languages of the board with what is left in each."""
    totals = queues.totals(shown)
    return [
        Column(each.code, phrases.tongue(each), addresses.following(each.code), totals[each.id].left, each in spoken)
        for each in shown
    ]


def cards(spoken: Sequence[Language]) -> list[Card]:
    """Return the queues of somebody, those with most that has grown stale first."""
    totals = queues.totals(spoken)
    wanted = sorted((each for each in spoken if totals[each.id].left), key=lambda each: -totals[each.id].stale)
    return [
        Card(
            each.code,
            phrases.tongue(each),
            _left(totals[each.id]),
            addresses.following(each.code),
            bar(totals[each.id]),
        )
        for each in wanted[:CARDS]
    ]


def changed(found: Changed) -> Card | None:
    """Return what has grown stale in a week, where anything has."""
    if not found.galleries:
        return None
    said = ngettext("%(num)s field", "%(num)s fields", found.fields)
    where = ngettext("in %(num)s gallery", "in %(num)s galleries", len(found.galleries))
    url = f"{addresses.BOARD}?q=updated:7d"
    return Card("changed", _("Changed this week"), f"{said}, {where}", url, ())


def reviews(found: Sequence[tuple[UUID, UUID, int]]) -> Card | None:
    """Return what an editor should look at, where there is anything: the first gallery and language of it."""
    if not found:
        return None
    codes = {each.id: each.code for each in languages.all_languages()}
    gallery_id, language_id, _count = found[0]
    items = sum(row[2] for row in found)
    said = ngettext("texts of %(num)s item", "texts of %(num)s items", items)
    url = addresses.table(gallery_id, codes[language_id], only="review")
    return Card("reviews", _("Ready for review"), said, url, ())


def bar(progress: Progress) -> tuple[tuple[str, float, float], ...]:
    """Return the parts of a bar from 0 to 100: what they mean, where they begin and how long they are."""
    return _parts({"d": progress.done, "f": progress.unread, "s": progress.stale}, progress.wanted)


def counted(counts: Counts) -> tuple[tuple[str, float, float], ...]:
    """Return the parts of a table's bar."""
    parts = {"d": counts.done, "f": counts.draft + counts.machine, "s": counts.stale}
    return _parts(parts, counts.wanted)


def row(
    found: translating.Row, gallery_id: UUID, tongues: Tongues, actor: Actor, people: Mapping[UUID, str]
) -> RowView:
    """Return a row of the table to draw."""
    item, code = found.item, tongues.current.code
    item_id, seen = (item.id if item else None), found.picture
    return RowView(
        id=addresses.id_of(item_id),
        name=_("item %(n)s", n=found.number) if item else _("the gallery"),
        kind=item.kind if item else "gallery",
        number=found.number,
        url=addresses.row(gallery_id, code, item_id),
        draft_url=addresses.drafts(gallery_id, code, item_id),
        version=found.sheet.version,
        parts=tuple(_part(name, found, actor, people) for name in found.sheet.segments),
        picture=_shot(found) if seen else None,
        excerpt=found.excerpt,
        note=(item.note or "") if item else "",
        decorative=item.decorative if item else False,
        is_picture=item is not None and item.media_id is not None,
        is_stale=any(found.stands(name) == "stale" for name in found.sheet.segments),
    )


def drafters(rows: Sequence[translating.Row]) -> set[UUID | None]:
    """Return who has typed what stands in fields of these rows."""
    return {each.draft.by for row in rows for each in row.sheet.segments.values() if each.draft}


def _part(name: str, row: translating.Row, actor: Actor, people: Mapping[UUID, str]) -> Part:
    segment, owner = row.sheet.segments[name], row.item.id if row.item else "gallery"
    by = segment.draft.by if segment.draft else None
    return Part(
        field=Place(f"{name}-{owner}"),
        segment=segment,
        label=FIELD_WORDS[name],
        limit=LIMITS[name][1],
        text=segment.shown,
        stands=row.stands(name),
        is_open=row.is_unfinished(name),
        drafted_by=people.get(by) if by and by != actor.id else None,
        lent=row.lent if name == "alt" and not segment.value else "",
        checks=tuple(found := checks.found(segment)),
        dismissed=(segment.dismissed or {}).get("reason", "") if segment.value and not found else "",
    )


def _shot(row: translating.Row) -> Shot | None:
    seen, item = row.picture, row.item
    if seen is None or item is None:
        return None
    focal = None if item.focal_x is None or item.focal_y is None else (item.focal_x, item.focal_y)
    sizes = {"width": seen.width, "height": seen.height, "colour": seen.colour}
    return shot(seen.sha256, files=seen.files, focal=focal, widest=SMALL, **sizes)  # type: ignore[arg-type]


def _cell(row: GalleryRow, language: Language) -> Cell:
    progress, named = row.tally.progress(language.id), phrases.tongue(language)
    url, step = addresses.table(row.id, language.code), progress.percent // 5 * 5
    if language.id == row.tally.source_id:
        without = row.tally.without_alt
        said = ngettext("%(num)s picture without alt text", "%(num)s pictures without alt text", without)
        words = _("%(language)s: source", language=named)
        return Cell(language.code, url, "source", f"{words}, {said}" if without else words, without, step)
    if not progress.left:
        words = _("%(language)s: all %(number)s done", language=named, number=progress.wanted)
        return Cell(language.code, url, "done", words, 0, 100)
    kind = "stale" if progress.stale else "" if progress.filled else "none"
    words = f"{named}: {_left(progress)}" + ("" if progress.filled else f", {_('nothing started')}")
    return Cell(language.code, url, kind, words, progress.left, step)


def _left(progress: Progress) -> str:
    left = ngettext("%(num)s field left", "%(num)s fields left", progress.left)
    stale = ngettext("%(num)s stale first", "%(num)s stale first", progress.stale)
    return f"{left}, {stale}" if progress.stale else str(left)


def _parts(parts: Mapping[str, int], whole: int) -> tuple[tuple[str, float, float], ...]:
    made, begin = [], 0.0
    for name, number in parts.items():
        length = 100 * number / whole if whole else 0
        if length:
            made.append((name, round(begin, 2), round(length, 2)))
        begin += length
    return tuple(made)
