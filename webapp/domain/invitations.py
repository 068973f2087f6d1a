"""Invitations: a link by which somebody makes an account with the role and languages they were given."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from webapp.domain import accounts, audit
from webapp.domain.errors import Conflict, NotFound
from webapp.domain.links import LinkGone
from webapp.domain.models import Invitation, User
from webapp.domain.permissions import Actor, demand, system
from webapp.infra import tokens
from webapp.infra.clock import now
from webapp.infra.db import db

LIFE: Final = timedelta(days=7)


def pending() -> list[Invitation]:
    """List the invitations that can still be accepted, the newest first."""
    statement = select(Invitation).where(*_open()).order_by(Invitation.created_at.desc(), Invitation.id)
    return list(db.session.scalars(statement))


def invite(
    email: str, *, role: str, languages: Sequence[str] = (), base_url: str, actor: Actor
) -> tuple[Invitation, str]:
    """Invite somebody and return the link, which is shown or sent once; replaces an earlier invitation of theirs.

    Raises Invalid, Conflict where the address has an account.
    """
    demand(actor, "users:create")
    email = accounts.checked_email(email)
    if accounts.find_by_email(email) is not None:
        raise Conflict("Somebody with this email address has an account already.", code="email_taken")
    codes = accounts.checked_role(role, languages)
    db.session.execute(delete(Invitation).where(Invitation.email == email, *_open()))
    token, moment = tokens.fresh(), now()
    invitation = Invitation(
        email=email,
        role=role,
        languages=codes,
        token_hash=tokens.digest(token),
        invited_by_id=actor.id,
        created_at=moment,
        expires_at=moment + LIFE,
    )
    db.session.add(invitation)
    db.session.flush()
    changes: dict[str, tuple[Any, Any]] = {"email": (None, email), "role": (None, role), "languages": ([], codes)}
    audit.record(actor, "invite", "invitation", invitation.id, changes=changes)
    return invitation, f"{base_url}/invitations/{token}"


def revoke(invitation_id: UUID, *, actor: Actor) -> None:
    """Withdraw an invitation. Raises NotFound."""
    demand(actor, "users:create")
    found = db.session.get(Invitation, invitation_id, with_for_update=True)
    if found is None or found.accepted_at or found.revoked_at:
        raise NotFound("Invitation")
    found.revoked_at = now()
    audit.record(actor, "revoke", "invitation", found.id)


def check(token: str) -> Invitation:
    """Return the invitation that a link is for. Raises LinkGone."""
    statement = select(Invitation).where(Invitation.token_hash == tokens.digest(token), *_open())
    found = db.session.scalar(statement)
    if found is None:
        raise LinkGone("This invitation has been accepted or withdrawn, or is older than a week.")
    return found


def accept(token: str, *, name: str, password: str) -> User:
    """Make the account that somebody was invited to. Raises LinkGone, Invalid, Conflict."""
    invitation = check(token)
    taken = db.session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, *_open())
        .values(accepted_at=now())
        .returning(Invitation.id)
    ).first()
    if taken is None:
        raise LinkGone("This invitation has just been accepted.")
    return accounts.add(
        invitation.email,
        name=name,
        role=invitation.role,
        password=password,
        languages=invitation.languages,
        actor=system("dashboard"),
    )


def _open() -> tuple[ColumnElement[bool], ...]:
    return (Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None), Invitation.expires_at > now())
