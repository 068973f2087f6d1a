"""The languages of the site. Taking one away only hides it: what was written in it is kept."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypedDict
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from webapp.domain import audit
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.models import Language
from webapp.domain.models.language import DIRECTIONS, NAME
from webapp.domain.permissions import Actor, demand
from webapp.domain.sentences import Sentence
from webapp.domain.tongues import look_up
from webapp.infra import kept, within
from webapp.infra.clock import now
from webapp.infra.db import db

ALL: Final = select(Language).order_by(Language.is_default.desc(), Language.name, Language.id)
DEFAULT: Final = select(Language).where(Language.is_default)
KNOWN: Final = "languages"
"""Under what a write transaction keeps the languages that it has read."""


class LanguageFields(TypedDict, total=False):
    """What may be changed of a language; its code is what it is. `is_default` can only be given, not taken."""

    name: str
    native_name: str
    direction: str
    is_active: bool
    is_default: bool
    fallback_id: UUID | None


def all_languages(*, active_only: bool = False) -> list[Language]:
    """List the languages, the default first, then by name; a change reads them once."""
    known: list[Language] | None = within.find(KNOWN)
    if known is None:
        known = list(db.session.scalars(ALL))
        within.keep(KNOWN, known)
    return [each for each in known if each.is_active or not active_only]


def get(language_id: UUID) -> Language:
    """Return a language. Raises NotFound."""
    found = db.session.get(Language, language_id)
    if found is None:
        raise NotFound("Language")
    return found


def find_by_code(code: str) -> Language | None:
    """Return the language with a code, however that is spelt."""
    try:
        spelt = look_up(code).code
    except Invalid:
        return None
    return db.session.scalar(select(Language).where(Language.code == spelt))


def default() -> Language:
    """Return the site's default language."""
    if db.session.info.get("writing"):
        return next(each for each in all_languages() if each.is_default)
    return db.session.scalars(DEFAULT).one()


def default_id() -> UUID:
    """Return the id of the site's default language, which is kept while the languages are as they are."""
    return kept.while_same("default language", ALL, {}, lambda: default().id)


def add(
    code: str,
    *,
    name: str | None = None,
    native_name: str | None = None,
    direction: str | None = None,
    actor: Actor,
) -> Language:
    """Add a language; what is not said of it, Babel knows. Raises Invalid, Conflict where the site has it."""
    demand(actor, "languages:create")
    tongue = look_up(code)
    language = Language(
        code=tongue.code,
        name=_name("name", name or tongue.name),
        native_name=_name("native_name", native_name or tongue.native_name),
        direction=_direction(direction or tongue.direction),
    )
    db.session.add(language)
    try:
        db.session.flush()
    except IntegrityError:
        raise Conflict(
            Sentence("%(name)s (%(code)s) is there already.", name=tongue.name, code=tongue.code),
            code="language_exists",
        ) from None
    audit.record(actor, "add", "language", language.id, changes={"code": (None, language.code)})
    return language


def update(language_id: UUID, fields: LanguageFields, *, version: int | None = None, actor: Actor) -> Language:
    """Change a language; an absent field is left alone.

    Raises NotFound, Stale, Invalid (a fallback that leads back to the language), Conflict (the default cannot be
    deactivated, an inactive language cannot be the default).
    """
    demand(actor, "languages:update")
    language = _locked(language_id, version)
    changes: dict[str, tuple[Any, Any]] = {
        field: (getattr(language, field), value)
        for field, value in _checked(language, fields).items()
        if value != getattr(language, field)
    }
    if "is_default" in changes:
        _take_default(actor)
    for field, (_, value) in changes.items():
        setattr(language, field, value)
    if changes:
        language.version += 1
        language.updated_at = now()
        db.session.flush()
        audit.record(actor, "update", "language", language.id, changes=changes)
    return language


def remove(language_id: UUID, *, version: int | None = None, actor: Actor) -> Language:
    """Take a language off the site. Its row and all texts are kept, so it can come back whole.

    Raises NotFound, Stale, Conflict for the default.
    """
    demand(actor, "languages:delete")
    language = _locked(language_id, version)
    _keep_default_active(language)
    if language.is_active:
        language.is_active = False
        language.version += 1
        language.updated_at = now()
        audit.record(actor, "deactivate", "language", language.id, changes={"is_active": (True, False)})
    return language


def delete(language_id: UUID, *, actor: Actor) -> None:
    """Delete a language that nothing is written in.

    Raises NotFound, Conflict for the default and where texts or galleries need it: those can be deactivated.
    """
    demand(actor, "languages:delete")
    language = _locked(language_id, None)
    _keep_default_active(language)
    try:
        with db.session.begin_nested():
            db.session.delete(language)
    except IntegrityError:
        raise Conflict(
            Sentence(
                "There are galleries and texts in %(language)s. Deactivate it instead: they are kept.",
                language=language.name,
            ),
            code="language_used",
        ) from None
    audit.record(actor, "delete", "language", language_id, changes={"code": (language.code, None)})


def fallback_chain(
    language: Language, *, source: Language | None = None, known: Sequence[Language] | None = None
) -> list[Language]:
    """List the languages that a missing text is looked for in: this one, its fallbacks, the site's default, `source`.

    `source` is the gallery's, in which there is always something to be found (D17, D20). Inactive ones are passed
    over, but for this one and the source: a visitor is not shown what has been taken off the site. `known` are all
    languages, where the caller has them.
    """
    by_id = {each.id: each for each in (all_languages() if known is None else known)}
    chain, each = [language], by_id.get(language.fallback_id) if language.fallback_id else None
    while each is not None and each not in chain:
        chain.append(each)
        each = by_id.get(each.fallback_id) if each.fallback_id else None
    ends = [*(each for each in by_id.values() if each.is_default), *([source] if source else [])]
    chain.extend(end for end in dict.fromkeys(ends) if end not in chain)
    return [each for each in chain if each.is_active or each in (language, source)]


def _locked(language_id: UUID, version: int | None) -> Language:
    """Lock all languages, in one order: a fallback may lead from any to any, and there is one default."""
    db.session.scalars(select(Language.id).order_by(Language.id).with_for_update()).all()
    within.forget(KNOWN)
    language = db.session.get(Language, language_id, populate_existing=True)
    if language is None:
        raise NotFound("Language")
    if version is not None and language.version != version:
        raise Stale("Somebody else has changed this language since you opened it.")
    return language


def _checked(language: Language, fields: LanguageFields) -> Mapping[str, Any]:
    """Return the fields as they are kept. Raises Invalid, Conflict."""
    checked: dict[str, Any] = dict(fields)
    for field in ("name", "native_name"):
        if field in checked:
            checked[field] = _name(field, checked[field])
    if "direction" in checked:
        _direction(checked["direction"])
    if checked.get("fallback_id") is not None:
        _check_fallback(language, checked["fallback_id"])
    if checked.get("is_active") is False:
        _keep_default_active(language)
    if checked.get("is_default") is False and language.is_default:
        raise Conflict("Make another language the default instead.", code="language_default")
    if checked.get("is_default") and not checked.get("is_active", language.is_active):
        raise Conflict("Activate the language before it becomes the default.", code="language_inactive")
    return checked


def _check_fallback(language: Language, fallback_id: UUID) -> None:
    """Refuse a fallback from which the way leads back to the language. Raises Invalid."""
    known = {each.id: each for each in all_languages()}
    each = known.get(fallback_id)
    if each is None:
        raise Invalid("fallback_id", "Choose a language of this site.")
    while each is not None:
        if each.id == language.id:
            raise Invalid("fallback_id", "That language falls back to this one already.", code="fallback_cycle")
        each = known.get(each.fallback_id) if each.fallback_id else None


def _keep_default_active(language: Language) -> None:
    if language.is_default:
        raise Conflict("This is the default language. Make another one the default first.", code="language_default")


def _take_default(actor: Actor) -> None:
    """Take the default from the language that has it, before another gets it: there is never more than one."""
    was = default()
    was.is_default = False
    was.version += 1
    was.updated_at = now()
    db.session.flush()
    audit.record(actor, "update", "language", was.id, changes={"is_default": (True, False)})


def _name(field: str, name: str) -> str:
    name = " ".join(name.split())
    if not NAME[0] <= len(name) <= NAME[1] or any(each < " " or each == "\x7f" for each in name):
        raise Invalid(
            field, Sentence("Write a name of %(least)s to %(most)s characters.", least=NAME[0], most=NAME[1])
        )
    return name


def _direction(direction: str) -> str:
    if direction not in DIRECTIONS:
        raise Invalid("direction", "Text runs ltr or rtl.")
    return direction


@event.listens_for(db.session, "after_flush")
def _forget(session: Session, _context: object) -> None:
    """Read the languages anew where one of them has been written."""
    if any(isinstance(row, Language) for row in (*session.new, *session.dirty, *session.deleted)):
        within.forget(KNOWN)
