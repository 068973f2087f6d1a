"""Words to use: what a word of the source is in a language, or that it stays as it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from webapp.domain import audit, languages
from webapp.domain.errors import Conflict, Invalid, NotFound
from webapp.domain.folding import IS_UNSPACED
from webapp.domain.models import Term
from webapp.domain.models.machine import TERM
from webapp.domain.permissions import Actor, demand
from webapp.infra.db import db

MOST: Final = 500
"""Terms of a language: all of them go along with each request."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word and its translation, none where it stays as it is."""

    term: str
    translation: str | None


def terms(language_id: UUID) -> list[Term]:
    """Return the terms of a language in their order."""
    statement = select(Term).where(Term.language_id == language_id).order_by(func.lower(Term.term), Term.id)
    return list(db.session.scalars(statement))


def words_of(found: Sequence[Term], source: str) -> list[Word]:
    """Return which of these terms a source text uses, whatever their case: what stands beside it as words to use."""
    return [Word(each.term, each.translation) for each in found if _uses(source, each.term)]


def add(language_id: UUID, term: str, translation: str | None, *, actor: Actor) -> Term:
    """Add a term; without a translation it is one that stays as it is. Raises Invalid, Conflict, NotFound."""
    demand(actor, "galleries:update")
    languages.get(language_id)
    if len(terms(language_id)) >= MOST:
        raise Conflict("There are as many words as a language may have.", code="terms")
    made = Term(
        language_id=language_id, term=_checked("term", term), translation=_checked("translation", translation or "")
    )
    if not made.term:
        raise Invalid("term", "Write a word.", code="missing")
    made.translation = made.translation or None
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict("This word is there already.", code="term_exists") from None
    audit.record(actor, "add", "term", made.id, changes={made.term: (None, made.translation)})
    return made


def remove(term_id: UUID, *, actor: Actor) -> None:
    """Take a term away. Raises NotFound."""
    demand(actor, "galleries:update")
    found = db.session.get(Term, term_id)
    if found is None:
        raise NotFound("Word")
    audit.record(actor, "remove", "term", found.id, changes={found.term: (found.translation, None)})
    db.session.delete(found)
    db.session.flush()


def _uses(source: str, term: str) -> bool:
    """Whether a text holds a term as a word of its own; in scripts without blanks anywhere."""
    before = r"(?<!\w)" if _is_spaced(term[0]) else ""
    after = r"(?!\w)" if _is_spaced(term[-1]) else ""
    return re.search(f"{before}{re.escape(term)}{after}", source, re.IGNORECASE) is not None


def _is_spaced(letter: str) -> bool:
    return letter.isalnum() and not IS_UNSPACED.match(letter)


def _checked(field: str, text: str) -> str:
    text = " ".join(text.split())
    if len(text) > TERM[1] or any(not letter.isprintable() for letter in text):
        raise Invalid(field, "Write a word of 100 characters at most.", code="term")
    return text
