"""Changes that visitors by a share link ask for: pinned to a picture, a text or the gallery; answered and solved.

Visitors of one link see each other's notes and what is answered; editors see all of a gallery.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypedDict
from uuid import UUID

from sqlalchemy import Select, func, select

from webapp.domain import audit, languages, visiting
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.lockout import LockedOut
from webapp.domain.models import Item, Language, Share, ShareAnswer, ShareNote, ShareVisit
from webapp.domain.models.sharing import ASKED, WORDS
from webapp.domain.permissions import Actor, demand
from webapp.domain.sentences import Sentence
from webapp.domain.visiting import Shared
from webapp.infra.clock import now
from webapp.infra.db import db

WINDOW: Final = timedelta(hours=1)
VISIT_NOTES: Final = 30
"""Notes of one session in an hour."""
SHARE_NOTES: Final = 200
"""Notes by one link in an hour, whoever wrote them, and answers of its visitors."""
MOST_LISTED: Final = 500


class NoteFields(TypedDict):
    """What a change is asked for: at a point of an item's picture, of one of its texts, or of the gallery."""

    item_id: UUID | None
    field: str | None
    code: str
    x: float | None
    y: float | None
    words: str
    name: str


@dataclass(frozen=True)
class Noted:
    """A note with its answers; `place` is the number of its item now, None where that is gone or it is about none."""

    note: ShareNote
    answers: tuple[ShareAnswer, ...]
    language: Language | None
    label: str
    place: int | None

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return self.note.solved_at is None


def ask(shared: Shared, fields: NoteFields) -> ShareNote:
    """Write down a change that a visitor asks for. Raises Invalid, NotFound, LockedOut."""
    visit, words = _speaking(shared, fields["name"]), _checked(fields["words"])
    language = languages.find_by_code(fields["code"])
    if language is None or (shared.code is not None and language.code != shared.code):
        raise NotFound("Language")
    _check_place(shared, fields)
    number = db.session.scalar(select(func.max(ShareNote.number)).where(ShareNote.share_id == shared.share.id))
    note = ShareNote(
        share_id=shared.share.id,
        gallery_id=shared.gallery.id,
        visit_id=visit.id,
        number=(number or 0) + 1,
        author=visit.name,
        words=words,
        language_id=language.id,
        **{name: fields[name] for name in ("item_id", "field", "x", "y")},
    )
    db.session.add(note)
    db.session.flush()
    return note


def answer_as_visitor(shared: Shared, note_id: UUID, words: str, *, name: str) -> ShareAnswer:
    """Write a visitor's answer to a note of the same link. Raises NotFound, Invalid, LockedOut."""
    note, visit = _of_share(shared, note_id), _speaking(shared, name)
    return _answered(note, ShareAnswer(note_id=note.id, author=visit.name, words=_checked(words)))


def solve_as_visitor(shared: Shared, note_id: UUID, *, name: str, solved: bool = True) -> ShareNote:
    """Have a note of the same link done with, or opened again. Raises NotFound, Invalid, LockedOut."""
    note, visit = _of_share(shared, note_id), _speaking(shared, name)
    return _settle(note, visit.name or "", solved=solved)


def answer(gallery_id: UUID, note_id: UUID, words: str, *, actor: Actor) -> ShareAnswer:
    """Write an editor's answer to a note. Raises NotFound, Invalid, Forbidden."""
    demand(actor, "galleries:update")
    note = _of_gallery(gallery_id, note_id)
    audit.record(actor, "note.answer", "note", note.id, gallery_id=gallery_id)
    return _answered(note, ShareAnswer(note_id=note.id, user_id=actor.id, author=actor.name, words=_checked(words)))


def solve(gallery_id: UUID, note_id: UUID, *, actor: Actor, solved: bool = True) -> ShareNote:
    """Have a note done with, or opened again. Raises NotFound, Forbidden."""
    demand(actor, "galleries:update")
    note = _of_gallery(gallery_id, note_id)
    audit.record(actor, "note.solve" if solved else "note.reopen", "note", note.id, gallery_id=gallery_id)
    return _settle(note, actor.name, solved=solved)


def of_share(shared: Shared) -> list[Noted]:
    """List the notes of a link for its visitors, open ones first, the newest of each first."""
    places = {item_id: number for number, item_id in enumerate(visiting.order(shared), 1)}
    return _listed(ShareNote.share_id == shared.share.id, places=places)


def of_gallery(gallery_id: UUID, *, item_id: UUID | None = None) -> list[Noted]:
    """List the notes of a gallery or of one item for editors, open ones first, the newest of each first."""
    about = [ShareNote.gallery_id == gallery_id, *([ShareNote.item_id == item_id] if item_id else [])]
    living = select(Item.id).where(Item.gallery_id == gallery_id, Item.deleted_at.is_(None))
    ids = db.session.scalars(living.order_by(Item.sort_order.desc(), Item.id.desc()))
    return _listed(*about, places={each: number for number, each in enumerate(ids, 1)})


def _listed(*about: Any, places: dict[UUID, int]) -> list[Noted]:
    rows = db.session.execute(
        select(ShareNote, Language, Share.label)
        .join(Share, Share.id == ShareNote.share_id)
        .join(Language, Language.id == ShareNote.language_id, isouter=True)
        .where(*about)
        .order_by(ShareNote.solved_at.is_not(None), ShareNote.created_at.desc(), ShareNote.number.desc())
        .limit(MOST_LISTED)
    ).all()
    said = _answers([note.id for note, *_ in rows])
    return [
        Noted(note, said.get(note.id, ()), language, label, places.get(note.item_id) if note.item_id else None)
        for note, language, label in rows
    ]


def _answers(note_ids: Sequence[UUID]) -> dict[UUID, tuple[ShareAnswer, ...]]:
    found: dict[UUID, tuple[ShareAnswer, ...]] = {}
    statement = select(ShareAnswer).where(ShareAnswer.note_id.in_(note_ids))
    for each in db.session.scalars(statement.order_by(ShareAnswer.created_at, ShareAnswer.id)):
        found[each.note_id] = (*found.get(each.note_id, ()), each)
    return found


def _speaking(shared: Shared, name: str) -> ShareVisit:
    """Return the session of a visitor who has a name and may write just now, under the link's lock.

    Raises NotFound, Invalid, LockedOut.
    """
    if shared.visit is None:
        raise NotFound("Visit")
    db.session.get(Share, shared.share.id, with_for_update=True, populate_existing=True)
    by_link = ShareNote.share_id == shared.share.id
    answered = select(ShareAnswer.created_at).join(ShareNote, ShareNote.id == ShareAnswer.note_id)
    _refuse_beyond(select(ShareNote.created_at).where(ShareNote.visit_id == shared.visit.id), VISIT_NOTES)
    _refuse_beyond(select(ShareNote.created_at).where(by_link), SHARE_NOTES)
    _refuse_beyond(answered.where(by_link, ShareAnswer.user_id.is_(None)), SHARE_NOTES)
    visit = db.session.get_one(ShareVisit, shared.visit.id)
    if not visit.name:
        visit.name = visiting.checked_name(name)
    return visit


def _refuse_beyond(written: Select[datetime], most: int) -> None:
    """Raise LockedOut where so much was written within an hour; the statement asks when."""
    (moment,) = written.selected_columns
    newest = written.where(moment > now() - WINDOW).order_by(moment.desc())
    decisive = db.session.scalar(newest.offset(most - 1).limit(1))
    if decisive is not None:
        raise LockedOut(decisive + WINDOW)


def _check_place(shared: Shared, fields: NoteFields) -> None:
    item_id, point = fields["item_id"], (fields["x"], fields["y"])
    if item_id is not None and item_id not in visiting.order(shared):
        raise NotFound("Item")
    if fields["field"] is not None and fields["field"] not in ASKED:
        raise Invalid("field", "Choose a text.")
    if point == (None, None):
        return
    if item_id is None or not all(part is not None and 0 <= part <= 1 for part in point):
        raise Invalid("x", "A point of a picture is two numbers from 0 to 100.")


def _checked(words: str) -> str:
    told = words.strip()
    if not WORDS[0] <= len(told) <= WORDS[1]:
        raise Invalid("words", Sentence("Write what you ask for, in at most %(most)s characters.", most=WORDS[1]))
    return told


def _of_share(shared: Shared, note_id: UUID) -> ShareNote:
    note = db.session.get(ShareNote, note_id)
    if note is None or note.share_id != shared.share.id:
        raise NotFound("Note")
    return note


def _of_gallery(gallery_id: UUID, note_id: UUID) -> ShareNote:
    note = db.session.get(ShareNote, note_id)
    if note is None or note.gallery_id != gallery_id:
        raise NotFound("Note")
    return note


def _answered(note: ShareNote, made: ShareAnswer) -> ShareAnswer:
    db.session.add(made)
    db.session.flush()
    return made


def _settle(note: ShareNote, who: str, *, solved: bool) -> ShareNote:
    note.solved_at, note.solved_by = (now(), who) if solved else (None, None)
    db.session.flush()
    return note
