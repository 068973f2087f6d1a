"""The machine at work: a worker holds some texts of an order by a lease, asks for them and writes what may be taken.

The truth is in the rows: if a worker dies, its lease ends and another takes the texts up; a machine that is away is
asked again later and later, and after five times the texts fail with the reason. What comes back is checked as a file
is (`webapp.domain.exchange.judging`), and what a person has written or begun meanwhile stays.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select, update

from webapp.domain import glossary, languages, texts, translations
from webapp.domain.errors import Invalid
from webapp.domain.exchange import facts
from webapp.domain.exchange.gathering import value_state
from webapp.domain.exchange.judging import Known, broken_codes
from webapp.domain.exchange.units import Returned
from webapp.domain.exchange.uploads import OWNERS
from webapp.domain.machine import asking, settings
from webapp.domain.machine.settings import Outfit
from webapp.domain.models import Language, Machine, MachineOrder, MachineTask
from webapp.domain.models.machine import DETAIL
from webapp.domain.permissions import system
from webapp.domain.sentences import Sentence, packed
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db

GONE: Final = Sentence("It is not there any more.")
AT_ONCE: Final = 20
"""Texts of one request."""

LETTERS: Final = 30_000
"""Letters of one request; one text alone may have more."""

MOST_CODES: Final = 300
"""Letters of what differs, that are kept."""

LEASE: Final = timedelta(seconds=120)
"""Longer than a request may take; whoever overruns it has lost the texts and writes nothing of them."""

MOST_ATTEMPTS: Final = 5
BACK_OFF: Final = timedelta(seconds=15)


@dataclass(frozen=True)
class Batch:
    """Texts of one order and one source language that a worker holds until `lease`."""

    order_id: UUID
    language: Language
    source: Language
    again: bool
    units: tuple[str, ...]
    lease: datetime


def work_off(outfit: Outfit, *, most: int = 100, go_on: Callable[[], bool] = lambda: True) -> int:
    """Ask for what is due and return how many requests that took; no transaction may be open."""
    done = 0
    while done < most and go_on() and (batch := _claim()) is not None:
        _translate(batch, outfit)
        done += 1
    return done


def _claim() -> Batch | None:
    """Take up the texts that are due longest, None where none are."""
    while (first := _longest_due()) is not None:
        with transaction():
            batch = _take(first)
        if batch is not None:
            return batch
    return None


def _longest_due() -> MachineTask | None:
    found = db.session.scalars(
        select(MachineTask).where(_is_due()).order_by(MachineTask.due_at, MachineTask.id).limit(1)
    ).first()
    if found is not None:
        db.session.expunge(found)
    release()
    return found


def _take(first: MachineTask) -> Batch | None:
    """Hold texts of one order, unless somebody else does by now."""
    order = db.session.get(MachineOrder, first.order_id, with_for_update=True, populate_existing=True)
    if order is None:
        return None
    lease = now() + LEASE
    alike = select(MachineTask.id).where(
        MachineTask.order_id == first.order_id, MachineTask.source_id == first.source_id, _is_due()
    )
    ids = list(db.session.scalars(alike.order_by(MachineTask.due_at, MachineTask.id).limit(AT_ONCE)))
    held = db.session.execute(
        update(MachineTask)
        .where(MachineTask.id.in_(ids))
        .values(lease_until=lease, attempts=MachineTask.attempts + 1)
        .returning(MachineTask.unit, MachineTask.attempts),
        execution_options={"synchronize_session": False},
    ).all()
    spent = [unit for unit, attempts in held if attempts > MOST_ATTEMPTS]
    _end(order.id, spent, "failed", Sentence("The work on this text was cut off too often."))
    units = tuple(unit for unit, attempts in held if attempts <= MOST_ATTEMPTS)
    language, source = languages.get(order.language_id), languages.get(first.source_id)
    return Batch(order.id, language, source, order.again, units, lease) if units else None


def _is_due() -> ColumnElement[bool]:
    moment = now()
    free = or_(MachineTask.lease_until.is_(None), MachineTask.lease_until < moment)
    return and_(MachineTask.state == "waiting", MachineTask.due_at <= moment, free)


def _translate(batch: Batch, outfit: Outfit) -> None:
    wanted = _still_wanted(batch)
    machine = settings.find()
    words = glossary.terms(batch.language.id)
    if machine is not None:
        db.session.expunge(machine)
    release()
    try:
        answers = _asked(batch, wanted, words, machine, outfit)
    except asking.NotNow as error:
        _put_off(batch, error.why)
    except asking.Never as error:
        _give_up(batch, error.why)
    else:
        _finish(batch, wanted, answers)


def _still_wanted(batch: Batch) -> dict[str, Known]:
    """Return what is known of the texts that are still to be translated."""
    known = _facts(batch)
    return {unit: each for unit, each in known.items() if not _objection(each, batch)}


def _facts(batch: Batch) -> dict[str, Known]:
    asked = [Returned(id=unit, language=batch.language.code) for unit in batch.units]
    return {unit: each for (unit, _), each in facts.of(asked, [batch.language]).items()}


def _objection(known: Known, batch: Batch) -> str:
    """Say why a text is not translated by a machine any more, empty where it is."""
    wanted = ("missing", "stale") if batch.again else ("missing",)
    if known.gone or not known.source.strip():
        return Sentence("There is nothing to translate any more.")
    if known.drafted or value_state(known.target, dict(known.kept or {})) not in wanted:
        return Sentence("Somebody has written it meanwhile.")
    return ""


def _asked(
    batch: Batch, wanted: Mapping[str, Known], terms: Sequence[Any], machine: Machine | None, outfit: Outfit
) -> dict[str, str]:
    """Ask the machine, in several requests where the texts are long. Raises NotNow, Never."""
    if machine is None:
        raise asking.Never(Sentence("There is no machine for this site any more."))
    answers: dict[str, str] = {}
    words = [glossary.Word(each.term, each.translation) for each in terms]
    spoken = (batch.source.code, batch.language.code)
    for part in _parts(wanted):
        answers |= asking.translate(part, words, languages=spoken, machine=machine, outfit=outfit)
    return answers


def _parts(wanted: Mapping[str, Known]) -> list[list[dict[str, Any]]]:
    parts: list[list[dict[str, Any]]] = []
    room = 0
    for unit, known in wanted.items():
        if len(known.source) > room:
            parts.append([])
            room = LETTERS
        room -= len(known.source)
        said = {"id": unit, "text": known.source, "format": "html" if known.field == "html" else "text"}
        parts[-1].append({**said, "limit": texts.LIMITS[known.field][1], "context": known.place})
    return parts


def _finish(batch: Batch, wanted: Mapping[str, Known], answers: Mapping[str, str]) -> None:
    """Write what may be taken, each text judged by what stands there now."""
    with transaction():
        held = _held(batch)
        known = _facts(batch)
        for task in held:
            each, text = known.get(task.unit), answers.get(task.unit)
            if each is None or task.unit not in wanted:
                task.state, task.detail = "refused", _objection(each, batch) if each else GONE
            elif text is None:
                task.state, task.detail = "refused", Sentence("The machine left it out.")
            else:
                why = _refused(each, wanted[task.unit], text, batch) or _written(each, text, batch)
                task.state, task.detail = "refused" if why else "done", packed(why, DETAIL[1])
            task.lease_until = None


def _refused(known: Known, before: Known, text: str, batch: Batch) -> str:
    """Say why an answer is not taken, empty where it is."""
    if known.source != before.source:
        return Sentence("The source has changed meanwhile.")
    if not text.strip():
        return Sentence("The machine left it out.")
    if broken := broken_codes(known.source, text, field=known.field):
        return Sentence("Placeholders, links or tags differ from the source: %(codes)s", codes=broken[:MOST_CODES])
    return _objection(known, batch)


def _written(known: Known, text: str, batch: Batch) -> str:
    """Write an answer as a machine's, and return why it cannot be, empty where it is."""
    owner = db.session.get_one(OWNERS[known.thing], known.thing_id)
    try:
        texts.clean(known.field, text)
    except Invalid as error:
        return error.message
    translations.write(owner, batch.language.id, {known.field: text}, actor=system("job"), origin="machine")
    return ""


def _put_off(batch: Batch, reason: str) -> None:
    with transaction():
        for task in _held(batch):
            task.state = "failed" if task.attempts >= MOST_ATTEMPTS else "waiting"
            task.due_at = now() + BACK_OFF * 2**task.attempts
            task.lease_until, task.detail = None, packed(reason, DETAIL[1])


def _give_up(batch: Batch, reason: str) -> None:
    with transaction():
        for task in _held(batch):
            task.state, task.lease_until, task.detail = "failed", None, packed(reason, DETAIL[1])


def _held(batch: Batch) -> list[MachineTask]:
    """Return the rows that are still this worker's: not taken over, and not cancelled; their order locked first."""
    db.session.get(MachineOrder, batch.order_id, with_for_update=True)
    statement = select(MachineTask).where(
        MachineTask.order_id == batch.order_id,
        MachineTask.unit.in_(batch.units),
        MachineTask.lease_until == batch.lease,
        MachineTask.state == "waiting",
    )
    return list(db.session.scalars(statement.order_by(MachineTask.unit).execution_options(populate_existing=True)))


def _end(order_id: UUID, units: Sequence[str], state: str, detail: str) -> None:
    db.session.execute(
        update(MachineTask)
        .where(MachineTask.order_id == order_id, MachineTask.unit.in_(units))
        .values(state=state, detail=detail, lease_until=None),
        execution_options={"synchronize_session": False},
    )
