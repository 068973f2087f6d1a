"""Whether a text that comes back is taken: each judged by itself, by what stands in the database now."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from uuid import UUID

from webapp.domain import codes, texts
from webapp.domain.errors import Invalid
from webapp.domain.exchange.units import Returned, fingerprint
from webapp.domain.models import Language
from webapp.domain.permissions import Actor, allow_language

Outcome = Literal["change", "same", "empty", "refused"]

REASONS: Final = (
    "damaged",
    "unknown",
    "gone",
    "language",
    "source",
    "forbidden",
    "twice",
    "unfinished",
    "stale",
    "codes",
    "too_long",
    "characters",
    "drafted",
    "person",
)
"""Why a text is refused, in the order in which it is looked for."""

BY_PEOPLE: Final = ("human", "api")
"""Where texts come from that are not written over unasked; those of another import or a machine are."""


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a unit stands for now: its texts, what is kept of the translation, and where it is shown."""

    thing: str
    thing_id: UUID
    field: str
    source_id: UUID
    source: str
    target: str
    kept: Mapping[str, Any] | None
    drafted: bool
    gone: bool
    gallery_id: UUID | None
    place: str


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What becomes of one text; `reason` is one of `REASONS`, `detail` names what it is about."""

    id: str
    outcome: Outcome
    language: str
    reason: str = ""
    detail: str = ""
    place: str = ""
    field: str = ""
    before: str = ""
    after: str = ""
    gallery_id: UUID | None = None
    item_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A verdict and what it was given for."""

    verdict: Verdict
    known: Known | None
    language: Language | None


Facts = Mapping[tuple[str, UUID], Known]
"""What is known of a unit, by its id and the language of its translation."""


def judge(
    returned: Sequence[Returned],
    facts: Facts,
    *,
    spoken: Mapping[str, Language],
    actor: Actor,
    replace: bool,
) -> Iterator[Judged]:
    """Give a verdict on each text, in the order of the file; `spoken` are the site's languages by code."""
    taken: set[tuple[str, UUID]] = set()
    for unit in returned:
        language = spoken.get(unit.language.lower())
        known = _known(unit, facts, language)
        reason, detail = next(_hopeless(unit, known, language, actor), ("", ""))
        outcome: Outcome = "refused"
        if not reason and known and language:
            outcome, reason, detail = _compared(unit, known, replace=replace)
            if outcome == "change" and (unit.id, language.id) in taken:
                outcome, reason = "refused", "twice"
            taken.add((unit.id, language.id))
        yield Judged(verdict=_verdict(unit, known, outcome, reason, detail), known=known, language=language)


def _known(unit: Returned, facts: Facts, language: Language | None) -> Known | None:
    """Return what is known of a unit, in whatever language where its own is none of ours."""
    if language is not None:
        return facts.get((unit.id, language.id))
    return next((known for (unit_id, _), known in facts.items() if unit_id == unit.id), None)


Objection = tuple[str, str]
"""A reason, and what it is about."""


def _hopeless(unit: Returned, known: Known | None, language: Language | None, actor: Actor) -> Iterator[Objection]:
    """Give what no text of the unit could mend, the first thing first."""
    if unit.trouble:
        yield "damaged", unit.trouble
    if language is None:
        yield "language", unit.language
    elif known is None:
        yield "unknown", unit.id
    elif known.gone:
        yield "gone", ""
    elif language.id == known.source_id:
        yield "source", language.name
    elif not allow_language(actor, language.id, of="media" if known.thing == "media" else "galleries"):
        yield "forbidden", language.name


def _compared(unit: Returned, known: Known, *, replace: bool) -> tuple[Outcome, str, str]:
    try:
        target = texts.clean(known.field, unit.target) or ""
    except Invalid as error:
        return "refused", "too_long" if error.code == "too_long" else "characters", error.message
    if target == known.target:
        return "same" if target else "empty", "", ""
    if not target.strip():
        return "empty", "", ""
    for reason, detail in _objections(unit, known, target, replace=replace):
        return "refused", reason, detail
    return "change", "", ""


def _objections(unit: Returned, known: Known, target: str, *, replace: bool) -> Iterator[Objection]:
    """Give what speaks against a text that would change something, the first thing first."""
    if not unit.finished:
        yield "unfinished", ""
    if unit.left_with != fingerprint(known.source):
        yield "stale", known.source
    if broken := broken_codes(known.source, target, field=known.field):
        yield "codes", broken
    if not replace and known.drafted:
        yield "drafted", ""
    if not replace and known.target and (known.kept or {}).get("origin", "human") in BY_PEOPLE:
        yield "person", known.target


def broken_codes(source: str, target: str, *, field: str) -> str:
    """Name the placeholders, links and elements that a text has too much (+) or too little (−), empty where none."""
    found = codes.differences(source, target, html=field == "html")
    wrong = [each for each in found if each.kind in codes.HARD]
    return ", ".join(f"{'+' if each.more > 0 else '−'} {each.code}" for each in wrong[:20])


def _verdict(unit: Returned, known: Known | None, outcome: Outcome, reason: str, detail: str) -> Verdict:
    said: dict[str, Any] = {"place": known.place, "field": known.field, "before": known.target} if known else {}
    if known:
        said |= {"gallery_id": known.gallery_id, "item_id": known.thing_id if known.thing == "item" else None}
    said |= {"id": unit.id[:120], "language": unit.language[:40], "after": unit.target}
    return Verdict(**said, outcome=outcome, reason=reason, detail=detail[:2000])
