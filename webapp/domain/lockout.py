"""The lock-out: so many tries of an account, and from an address, and then a pause.

A try is written down before the password is looked at, and counted again after that: of many tries at the same
moment no more than the limit get to the password, on both engines and without a lock. Accounts that do not exist
are counted alike, so being locked out tells nothing. Letters that anybody may ask for are counted in the same way.
"""

import ipaddress
import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select

from webapp.domain.errors import DomainError
from webapp.domain.models import SignInFailure
from webapp.domain.sentences import counted
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db

WINDOW: Final = timedelta(minutes=15)
ACCOUNT_TRIES: Final = 10
ADDRESS_TRIES: Final = 50
LETTER_WINDOW: Final = timedelta(hours=1)
ACCOUNT_LETTERS: Final = 3
ADDRESS_LETTERS: Final = 20
KEPT: Final = max(WINDOW, LETTER_WINDOW)
"""How long a row may still count."""
IPV6_PREFIX: Final = 64


class LockedOut(DomainError):
    """Too many tries; `details["retry_after"]` says in how many seconds the next may come."""

    code = "locked_out"

    def __init__(self, until: datetime) -> None:
        seconds = max(1, math.ceil((until - now()).total_seconds()))
        minutes = math.ceil(seconds / 60)
        sentence = counted(
            "Too many tries. Try again in a minute.", "Too many tries. Try again in %(num)s minutes.", minutes
        )
        super().__init__(sentence, retry_after=seconds)


def note_try(email: str, address: str | None) -> list[UUID]:
    """Write down a try before it is made; returns its rows. Raises LockedOut.

    Opens its own transaction: what is written must stay although the request is refused.
    """
    return _note(_limits(email, address), WINDOW)


def note_letter(email: str, address: str | None) -> bool:
    """Write down that a letter is asked for, and say whether it may be sent: so many an hour to one, and for one.

    Opens its own transaction. Whether the account exists makes no difference, so that asking tells nothing.
    """
    limits = [(f"letter:{email}", ACCOUNT_LETTERS)]
    if address:
        limits.append((f"letters:{network(address)}", ADDRESS_LETTERS))
    try:
        _note(limits, LETTER_WINDOW)
    except LockedOut:
        return False
    return True


def forgive(email: str, ids: Sequence[UUID]) -> None:
    """Forget an account's failures, and the tries given, after a sign-in that worked."""
    db.session.execute(delete(SignInFailure).where(SignInFailure.subject == _account(email)))
    db.session.execute(delete(SignInFailure).where(SignInFailure.id.in_(ids)))
    db.session.execute(delete(SignInFailure).where(SignInFailure.at <= now() - KEPT))


def _note(limits: list[tuple[str, int]], window: timedelta) -> list[UUID]:
    """Write a row for each subject, counted before and after. Raises LockedOut."""
    _refuse_beyond(limits, window, spare=0)
    with transaction():
        rows = [SignInFailure(subject=subject) for subject, _ in limits]
        db.session.add_all(rows)
        db.session.flush()
        ids = [row.id for row in rows]
    _refuse_beyond(limits, window, spare=1)
    return ids


def _refuse_beyond(limits: list[tuple[str, int]], window: timedelta, *, spare: int) -> None:
    """Raise LockedOut where a subject has its limit of tries, `spare` of them being this very one."""
    since = now() - window
    for subject, limit in limits:
        decisive = db.session.scalar(
            select(SignInFailure.at)
            .where(SignInFailure.subject == subject, SignInFailure.at > since)
            .order_by(SignInFailure.at.desc())
            .offset(limit - 1 + spare)
            .limit(1)
        )
        if decisive is not None:
            raise LockedOut(decisive + window)


def _limits(email: str, address: str | None) -> list[tuple[str, int]]:
    limits = [(_account(email), ACCOUNT_TRIES)]
    if address:
        limits.append((f"address:{network(address)}", ADDRESS_TRIES))
    return limits


def _account(email: str) -> str:
    return f"account:{email}"


def network(address: str) -> str:
    """Return what an address is counted as: an IPv6 site is one, for everybody has 2^64 addresses of it."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((parsed, IPV6_PREFIX), strict=False))
    return str(parsed)
