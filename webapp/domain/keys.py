"""Keys of programs: `vk_<public id>.<secret>`, with some or all of their maker's permissions (D34).

The secret is shown once and kept as a hash. What a key may do is what it was given *and* its maker may still do:
a maker who loses a right, or is deactivated, takes it from their keys at once. A key never makes or changes keys.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, bindparam, or_, select, update

from webapp.domain import audit
from webapp.domain.errors import Forbidden, Invalid, NotFound
from webapp.domain.models import ApiKey, User
from webapp.domain.models.account import KEY_NAME
from webapp.domain.permissions import PERMISSIONS, ROLES, Actor
from webapp.domain.recognition import PERSON, actor_from, with_person
from webapp.domain.sentences import Sentence
from webapp.infra import kept, tokens
from webapp.infra.clock import now
from webapp.infra.db import db

PREFIX: Final = "vk_"
PUBLIC_BYTES: Final = 9
PUBLIC: Final = re.compile(r"[0-9a-f]{18}")
NO_KEY: Final = tokens.digest("")
USE_STEP: Final = timedelta(minutes=1)
"""How long a use stands for those after it, so that not every request is a write."""
REMEMBERED: Final = timedelta(days=30)
"""How long a key is listed that was revoked."""
READ: Final = ("galleries:read", "media:read", "backgrounds:read", "languages:read")
WRITE: Final = ("galleries:create", "galleries:update", "galleries:delete")
SUPPLY: Final = ("media:upload", "media:create", "media:update")
BEHIND: Final = ("backgrounds:create", "backgrounds:update", "backgrounds:delete")
PRESETS: Final = {
    "read": frozenset(READ),
    "manage": frozenset(READ + WRITE + SUPPLY),
    "backgrounds": frozenset((*READ, *WRITE, *SUPPLY, "media:delete", *BEHIND)),
}
"""What programs are given: Wix's READ-GALLERIES and MANAGE-GALLERIES with pictures; all that Sherl's SDK needs."""


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """Whose key was shown; `unnoted` when its use has not been written for a while."""

    actor: Actor
    unnoted: bool


@dataclass(frozen=True, kw_only=True)
class _Held:
    """What the database says of a key that has not been revoked, until somebody writes to it."""

    secret_hash: str
    expires_at: datetime | None
    used_at: datetime | None
    actor: Actor


SHELF: Final = kept.Shelf(1024)
"""The keys that have been shown; those of nobody push out no answers."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A key of a list: whose it is, how it `ended` (revoked, expired, away, or not), and what its maker has lost."""

    key: ApiKey
    owner: User
    ended: str
    lost: tuple[str, ...]

    @property
    def handle(self) -> str:
        """As much of the key as tells it from others."""
        return f"{PREFIX}{self.key.public_id[:6]}…"


def add(
    user: User,
    *,
    name: str,
    permissions: Sequence[str] | None = None,
    expires_at: datetime | None = None,
    actor: Actor,
) -> tuple[ApiKey, str]:
    """Make a key for somebody and return it whole, which is the only time it can be seen.

    Without `permissions` it has all that the user has. Raises Invalid, Forbidden for a key and for somebody else.
    """
    _demand_person(actor, user.id)
    name = name.strip()
    if expires_at is not None and expires_at <= now():
        raise Invalid("expires_at", Sentence("Choose a day that is still to come."))
    if not KEY_NAME[0] <= len(name) <= KEY_NAME[1] or not name.isprintable():
        span = {"least": KEY_NAME[0], "most": KEY_NAME[1]}
        raise Invalid("name", Sentence("Name the key in %(least)s to %(most)s characters.", **span))
    public_id, secret = secrets.token_hex(PUBLIC_BYTES), tokens.fresh()
    key = ApiKey(
        public_id=public_id,
        secret_hash=tokens.digest(secret),
        user_id=user.id,
        name=name,
        permissions=_checked(user, permissions),
        expires_at=expires_at,
    )
    db.session.add(key)
    db.session.flush()
    audit.record(actor, "add", "key", key.id, changes={"name": (None, name), "permissions": ([], key.permissions)})
    return key, f"{PREFIX}{public_id}.{secret}"


def of_user(user_id: UUID) -> list[ApiKey]:
    """List somebody's keys that have not been revoked, the newest first."""
    statement = (
        select(ApiKey)
        .where(ApiKey.user_id == user_id, ApiKey.revoked_at.is_(None))
        .order_by(ApiKey.created_at.desc(), ApiKey.id)
    )
    return list(db.session.scalars(statement))


def listed(actor: Actor) -> list[Row]:
    """List the actor's keys, an administrator's everybody's: those that work first, each the newest first."""
    moment = now()
    statement = (
        select(ApiKey, User)
        .join(User, User.id == ApiKey.user_id)
        .where(or_(ApiKey.revoked_at.is_(None), ApiKey.revoked_at > moment - REMEMBERED))
        .order_by(ApiKey.created_at.desc(), ApiKey.id)
    )
    if "users:update" not in actor.permissions:
        statement = statement.where(ApiKey.user_id == actor.id)
    rows = [_row(key, owner, moment) for key, owner in db.session.execute(statement)]
    return sorted(rows, key=lambda row: bool(row.ended))


def revoke(key_id: UUID, *, actor: Actor) -> None:
    """Make a key worthless at once. Raises NotFound, Forbidden for a key and for somebody else's."""
    key = db.session.get(ApiKey, key_id, with_for_update=True)
    if key is None or key.revoked_at is not None:
        raise NotFound("Key")
    _demand_person(actor, key.user_id)
    key.revoked_at = now()
    audit.record(actor, "revoke", "key", key.id)


def named(presented: str) -> ApiKey:
    """Return the key that is named by itself or by its half before the dot. Raises NotFound where it is no good."""
    public_id, _ = split(presented)
    wanted = select(ApiKey).where(ApiKey.public_id == public_id, ApiKey.revoked_at.is_(None))
    found = db.session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound("Key")
    return found


def recognise(presented: str, *, door: str = "cms") -> Actor | None:
    """Say whose key this is, or None."""
    found = find(presented, door=door)
    return found.actor if found else None


def find(presented: str, *, door: str) -> Recognised | None:
    """Say whose key this is and whether its use is to be noted, or None; one query where any of that has changed."""
    public_id, secret = split(presented)
    if not PUBLIC.fullmatch(public_id):
        return None
    moment = now()
    held = kept.while_same(
        (public_id, door), _statement(), {"public_id": public_id}, lambda: _held_by(public_id, door), shelf=SHELF
    )
    if held is not None and held.expires_at is not None and held.expires_at <= moment:
        held = None
    if not tokens.same(tokens.digest(secret), held.secret_hash if held else NO_KEY) or held is None:
        return None
    return Recognised(actor=held.actor, unnoted=held.used_at is None or moment - held.used_at >= USE_STEP)


def note_use(key_id: UUID) -> None:
    """Write that a key is being used, unless it was written a moment ago; inside a transaction."""
    moment = now()
    db.session.execute(
        update(ApiKey)
        .where(ApiKey.id == key_id, or_(ApiKey.used_at.is_(None), ApiKey.used_at <= moment - USE_STEP))
        .values(used_at=moment)
    )


def split(presented: str) -> tuple[str, str]:
    """Take a key apart into what stands before the dot and what stands behind it."""
    public_id, _, secret = presented.removeprefix(PREFIX).partition(".")
    return public_id, secret


def _held_by(public_id: str, door: str) -> _Held | None:
    rows = db.session.execute(_statement(), {"public_id": public_id}).all()
    if not rows:
        return None
    first = rows[0]
    actor = actor_from(rows, door=door, key_id=first.key_id, narrowed_to=frozenset(first.permissions))
    return _Held(secret_hash=first.secret_hash, expires_at=first.expires_at, used_at=first.used_at, actor=actor)


@cache
def _statement() -> Select[*tuple[Any, ...]]:
    """Build the statement once: putting it together takes longer than running it."""
    own = (ApiKey.id.label("key_id"), ApiKey.secret_hash, ApiKey.permissions, ApiKey.expires_at, ApiKey.used_at)
    return with_person(select(*own, *PERSON), ApiKey.user_id).where(
        ApiKey.public_id == bindparam("public_id"), ApiKey.revoked_at.is_(None)
    )


def _checked(user: User, permissions: Sequence[str] | None) -> list[str]:
    """Return the permissions in their usual order. Raises Invalid where the user has not got them all."""
    held = _held(user)
    wanted = held if permissions is None else frozenset(permissions)
    for permission in sorted(wanted - held):
        if permission in PERMISSIONS:
            lacks = Sentence("%(who)s has no right to %(permission)s.", who=user.email, permission=permission)
            raise Invalid("permissions", lacks)
        raise Invalid("permissions", Sentence("There is no right %(permission)s.", permission=repr(permission)))
    return [permission for permission in PERMISSIONS if permission in wanted]


def _row(key: ApiKey, owner: User, moment: datetime) -> Row:
    held = _held(owner)
    expired = key.expires_at is not None and key.expires_at <= moment
    ended = "revoked" if key.revoked_at else "expired" if expired else "" if owner.active else "away"
    lost = tuple(permission for permission in key.permissions if permission not in held)
    return Row(key=key, owner=owner, ended=ended, lost=lost)


def _held(user: User) -> frozenset[str]:
    return frozenset[str]().union(*(ROLES.get(role.name, frozenset()) for role in user.roles))


def _demand_person(actor: Actor, owner_id: UUID) -> None:
    """Keys are made and revoked by their owner, an administrator or the command line; never by a key."""
    if actor.key_id is not None or (actor.id != owner_id and "users:update" not in actor.permissions):
        raise Forbidden("users:update")
