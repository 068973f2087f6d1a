"""Sign-ins: a row each, of a browser or of a program, so that ending one ends it for every copy of its token.

Whoever signs in gets a random token; the row keeps its hash. A row is deleted when somebody signs out, and all
rows of a person when the password, the role or whether the account is active changes. No request puts its end off
but the one that asks to stay, so that a page left open does not keep its sign-in alive by asking what others do; and
nothing puts it off beyond a month after somebody gave the password.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, bindparam, delete, select, update

from webapp.domain import audit
from webapp.domain.errors import DomainError, NotFound
from webapp.domain.models import SignInSession, Site, User
from webapp.domain.permissions import Actor
from webapp.domain.recognition import PERSON, actor_from, with_person
from webapp.domain.sentences import Sentence
from webapp.infra import tokens
from webapp.infra.clock import now
from webapp.infra.db import db

REMEMBERED_LIFE: Final = timedelta(days=30)
BROWSER_LIFE: Final = timedelta(hours=24)
BEARER_LIFE: Final = timedelta(hours=12)
NOTICE: Final = timedelta(minutes=10)
"""How long before its end a sign-in may be prolonged and its browser says so: WCAG 2.2.1 asks for 20 seconds."""
PRESENCE_STEP: Final = timedelta(minutes=5)
BEARER_PREFIX: Final = "vs_"
BROWSER: Final = "browser"
BEARER: Final = "bearer"


class SignInRefused(DomainError):
    """These credentials let nobody in; the words are the same whatever was wrong."""

    code = "sign_in_refused"

    def __init__(self) -> None:
        super().__init__(Sentence("Email or password is wrong."))


@dataclass(frozen=True, kw_only=True)
class Verified:
    """Somebody who has just shown who they are; `epoch` changes with the password and with being let go."""

    id: UUID
    epoch: str

    @classmethod
    def of(cls, user: User) -> "Verified":
        """Take a user as verified who came by a link that works once."""
        return cls(id=user.id, epoch=user.fs_uniquifier)


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """A browser's sign-in and whose it is; `unseen` when being here has not been noted for a while.

    The name of the site stands on every page, so it comes along with the one query that every page needs, and so do
    the two moments that say when this ends.
    """

    id: UUID
    actor: Actor
    site_name: str
    unseen: bool
    opened_at: datetime
    ends_at: datetime

    @property
    def ends_soon(self) -> bool:
        """Whether it is time to say that this ends."""
        return self.ends_at - now() <= NOTICE

    @property
    def may_stay(self) -> bool:
        """Whether asking to stay would put the end off by more than a notice's time."""
        return _later(self.opened_at) - self.ends_at > NOTICE


def open_browser(
    verified: Verified, *, remembered: bool, address: str | None = None, agent: str | None = None
) -> str:
    """Open a sign-in of a browser and return its token. Raises SignInRefused."""
    life = REMEMBERED_LIFE if remembered else BROWSER_LIFE
    token = tokens.fresh()
    _open(verified, token, kind=BROWSER, life=life, address=address, agent=agent)
    return token


def open_bearer(verified: Verified, *, address: str | None = None, agent: str | None = None) -> str:
    """Open a sign-in of a program that gave a password, and return its token (D34). Raises SignInRefused."""
    token = BEARER_PREFIX + tokens.fresh()
    _open(verified, token, kind=BEARER, life=BEARER_LIFE, address=address, agent=agent)
    return token


def recognise(token: str) -> SignIn | None:
    """Say whose browser shows this token, by one query, or None."""
    rows = db.session.execute(_browsers(), _shown(token)).all()
    if not rows:
        return None
    return SignIn(
        id=rows[0].session_id,
        actor=actor_from(rows, door="dashboard"),
        site_name=rows[0].site_name,
        unseen=now() - rows[0].seen_at >= PRESENCE_STEP,
        opened_at=rows[0].created_at,
        ends_at=rows[0].expires_at,
    )


def recognise_bearer(token: str, *, door: str = "cms") -> Actor | None:
    """Say whose program shows this token, by one query, or None."""
    if not token.startswith(BEARER_PREFIX):
        return None
    rows = db.session.execute(_bearers(), _shown(token)).all()
    return actor_from(rows, door=door) if rows else None


def note_presence(session_id: UUID) -> None:
    """Write that somebody is here, unless it was written a moment ago."""
    moment = now()
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.seen_at <= moment - PRESENCE_STEP)
        .values(seen_at=moment)
    )


def prolong(session_id: UUID, *, actor: Actor) -> datetime:
    """Let one of the actor's own sign-ins last another day, within its month, and return its end. Raises NotFound."""
    found = db.session.get(SignInSession, session_id, with_for_update=True, populate_existing=True)
    if found is None or found.user_id != actor.id:
        raise NotFound("Sign-in")
    found.expires_at = max(found.expires_at, _later(found.created_at))
    return found.expires_at


def of_user(user_id: UUID) -> list[SignInSession]:
    """List a person's good sign-ins, the last used first."""
    statement = (
        select(SignInSession)
        .where(SignInSession.user_id == user_id, SignInSession.expires_at > now())
        .order_by(SignInSession.seen_at.desc(), SignInSession.id)
    )
    return list(db.session.scalars(statement))


def close(session_id: UUID, *, actor: Actor) -> None:
    """End one of the actor's own sign-ins. Raises NotFound."""
    found = db.session.get(SignInSession, session_id)
    if found is None or found.user_id != actor.id:
        raise NotFound("Sign-in")
    db.session.delete(found)
    audit.record(actor, "sign_out", "user", found.user_id)


def renew_bearer(token: str) -> str | None:
    """Give a program's sign-in another token and another life, within its month; None where it has ended.

    The token that was shown is worth nothing from then on.
    """
    found = db.session.scalars(
        select(SignInSession)
        .where(
            SignInSession.token_hash == tokens.digest(token),
            SignInSession.kind == BEARER,
            SignInSession.expires_at > now(),
        )
        .with_for_update()
    ).one_or_none()
    if found is None:
        return None
    fresh = BEARER_PREFIX + tokens.fresh()
    found.token_hash = tokens.digest(fresh)
    found.expires_at = min(now() + BEARER_LIFE, found.created_at + REMEMBERED_LIFE)
    return fresh


def close_bearer(token: str) -> None:
    """End the sign-in of a program; a token that is no good is no error."""
    db.session.execute(delete(SignInSession).where(SignInSession.token_hash == tokens.digest(token)))


def close_others(session_id: UUID, *, actor: Actor) -> None:
    """End all of the actor's sign-ins but this one, programs' too."""
    db.session.execute(delete(SignInSession).where(SignInSession.user_id == actor.id, SignInSession.id != session_id))
    assert actor.id is not None  # noqa: S101  who has a sign-in is a person
    audit.record(actor, "sign_out_elsewhere", "user", actor.id)


def close_all(user_id: UUID) -> None:
    """End every sign-in of a person."""
    db.session.execute(delete(SignInSession).where(SignInSession.user_id == user_id))


def _open(
    verified: Verified, token: str, *, kind: str, life: timedelta, address: str | None, agent: str | None
) -> None:
    """Write the row, if what was verified still holds: the password may have changed a moment ago."""
    user = db.session.get(User, verified.id, with_for_update=True, populate_existing=True)
    if user is None or not user.active or user.fs_uniquifier != verified.epoch:
        raise SignInRefused
    moment = now()
    user.signed_in_at = moment
    _drop_expired(user.id, moment)
    db.session.add(
        SignInSession(
            user_id=user.id,
            token_hash=tokens.digest(token),
            kind=kind,
            address=address,
            agent=agent[:255] if agent else None,
            created_at=moment,
            seen_at=moment,
            expires_at=moment + life,
        )
    )
    db.session.flush()


def _later(opened_at: datetime) -> datetime:
    """Return when a sign-in would end that is prolonged now."""
    return min(now() + BROWSER_LIFE, opened_at + REMEMBERED_LIFE)


def _drop_expired(user_id: UUID, moment: datetime) -> None:
    db.session.execute(
        delete(SignInSession).where(SignInSession.user_id == user_id, SignInSession.expires_at <= moment)
    )


@cache
def _browsers() -> Select[*tuple[Any, ...]]:
    """Build the statement once, for every page asks it: putting it together takes longer than running it."""
    named = select(Site.name).where(Site.id == 1).scalar_subquery().label("site_name")
    moments = (SignInSession.seen_at, SignInSession.created_at, SignInSession.expires_at)
    return _good(select(SignInSession.id.label("session_id"), *moments, named, *PERSON), BROWSER)


@cache
def _bearers() -> Select[*tuple[Any, ...]]:
    return _good(select(*PERSON).select_from(SignInSession), BEARER)


def _good(statement: Select[*tuple[Any, ...]], kind: str) -> Select[*tuple[Any, ...]]:
    return with_person(statement, SignInSession.user_id).where(
        SignInSession.token_hash == bindparam("token_hash"),
        SignInSession.kind == kind,
        SignInSession.expires_at > bindparam("moment"),
    )


def _shown(token: str) -> dict[str, Any]:
    return {"token_hash": tokens.digest(token), "moment": now()}
