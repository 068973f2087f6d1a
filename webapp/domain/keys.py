"""Keys of programs: `vk_<public id>.<secret>`, with some or all of their maker's permissions (D34).

The secret is shown once and kept as a hash. What a key may do is what it was given *and* its maker may still do:
a maker who loses a right, or is deactivated, takes it from their keys at once. A key never makes or changes keys.
"""

import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select

from webapp.domain import audit
from webapp.domain.errors import Forbidden, Invalid, NotFound
from webapp.domain.models import ApiKey, User
from webapp.domain.models.account import KEY_NAME
from webapp.domain.permissions import PERMISSIONS, ROLES, Actor
from webapp.domain.recognition import PERSON, actor_from, with_person
from webapp.domain.sentences import Sentence
from webapp.infra import tokens
from webapp.infra.clock import now
from webapp.infra.db import db

PREFIX: Final = "vk_"
PUBLIC_BYTES: Final = 9
PUBLIC: Final = re.compile(r"[0-9a-f]{18}")
NO_KEY: Final = tokens.digest("")


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


def revoke(key_id: UUID, *, actor: Actor) -> None:
    """Make a key worthless at once. Raises NotFound, Forbidden for a key and for somebody else's."""
    key = db.session.get(ApiKey, key_id, with_for_update=True)
    if key is None or key.revoked_at is not None:
        raise NotFound("Key")
    _demand_person(actor, key.user_id)
    key.revoked_at = now()
    audit.record(actor, "revoke", "key", key.id)


def recognise(presented: str, *, door: str = "cms") -> Actor | None:
    """Say whose key this is, by one query, or None."""
    public_id, secret = split(presented)
    if not PUBLIC.fullmatch(public_id):
        return None
    statement = select(ApiKey.id.label("key_id"), ApiKey.secret_hash, ApiKey.permissions, *PERSON)
    rows = db.session.execute(
        with_person(statement, ApiKey.user_id).where(
            ApiKey.public_id == public_id,
            ApiKey.revoked_at.is_(None),
            or_(ApiKey.expires_at.is_(None), ApiKey.expires_at > now()),
        )
    ).all()
    kept = rows[0].secret_hash if rows else NO_KEY
    if not tokens.same(tokens.digest(secret), kept) or not rows:
        return None
    narrowed = frozenset(rows[0].permissions)
    return actor_from(rows, door=door, key_id=rows[0].key_id, narrowed_to=narrowed)


def split(presented: str) -> tuple[str, str]:
    """Take a key apart into what stands before the dot and what stands behind it."""
    public_id, _, secret = presented.removeprefix(PREFIX).partition(".")
    return public_id, secret


def _checked(user: User, permissions: Sequence[str] | None) -> list[str]:
    """Return the permissions in their usual order. Raises Invalid where the user has not got them all."""
    held = frozenset[str]().union(*(ROLES.get(role.name, frozenset()) for role in user.roles))
    wanted = held if permissions is None else frozenset(permissions)
    for permission in sorted(wanted - held):
        if permission in PERMISSIONS:
            lacks = Sentence("%(who)s has no right to %(permission)s.", who=user.email, permission=permission)
            raise Invalid("permissions", lacks)
        raise Invalid("permissions", Sentence("There is no right %(permission)s.", permission=repr(permission)))
    return [permission for permission in PERMISSIONS if permission in wanted]


def _demand_person(actor: Actor, owner_id: UUID) -> None:
    """Keys are made and revoked by their owner, an administrator or the command line; never by a key."""
    if actor.key_id is not None or (actor.id != owner_id and "users:update" not in actor.permissions):
        raise Forbidden("users:update")
