"""Links that work once: who opens one may do one thing, whoever they are. The row keeps the hash of its token."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select, update

from webapp.domain.errors import DomainError
from webapp.domain.models import OneTimeToken
from webapp.infra import tokens
from webapp.infra.clock import now
from webapp.infra.db import db

SET_UP: Final = "set-up"
RESET: Final = "reset"
LIVES: Final = {SET_UP: timedelta(days=7), RESET: timedelta(hours=24)}


class LinkGone(DomainError):
    """The link has been used or withdrawn, is too old, or never was one."""

    code = "link_gone"


def issue(purpose: str, user_id: UUID | None = None) -> str:
    """Make a link's token; earlier ones for the same purpose and person no longer work."""
    withdraw(purpose, user_id)
    token, moment = tokens.fresh(), now()
    db.session.add(
        OneTimeToken(
            purpose=purpose,
            user_id=user_id,
            token_hash=tokens.digest(token),
            created_at=moment,
            expires_at=moment + LIVES[purpose],
        )
    )
    db.session.flush()
    return token


def check(purpose: str, token: str) -> OneTimeToken:
    """Return the row of a link that still works. Raises LinkGone."""
    found = db.session.scalar(
        select(OneTimeToken).where(
            OneTimeToken.purpose == purpose,
            OneTimeToken.token_hash == tokens.digest(token),
            OneTimeToken.used_at.is_(None),
            OneTimeToken.expires_at > now(),
        )
    )
    if found is None:
        raise LinkGone("This link has been used, has been replaced by a newer one, or is too old.")
    return found


def use(purpose: str, token: str) -> OneTimeToken:
    """Use a link up; of two at the same moment only one succeeds. Raises LinkGone."""
    found = check(purpose, token)
    taken = db.session.execute(
        update(OneTimeToken)
        .where(OneTimeToken.id == found.id, OneTimeToken.used_at.is_(None))
        .values(used_at=now())
        .returning(OneTimeToken.id)
    ).first()
    if taken is None:
        raise LinkGone("This link has just been used.")
    return found


def withdraw(purpose: str, user_id: UUID | None = None) -> None:
    """Make all links for a purpose and a person void."""
    whose = OneTimeToken.user_id.is_(None) if user_id is None else OneTimeToken.user_id == user_id
    db.session.execute(delete(OneTimeToken).where(OneTimeToken.purpose == purpose, whose))
