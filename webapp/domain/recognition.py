"""From rows to an actor: who somebody is, what they may do and in which languages, in one query.

A sign-in and a key both lead to a person. Their statements are joined here with the person's roles and languages,
so that recognising never needs a second query.
"""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, Select

from webapp.domain.models import Role, User, UserLanguage, UserRole
from webapp.domain.permissions import ROLES, Actor

PERSON: Final = (
    User.id.label("user_id"),
    User.name.label("user_name"),
    User.email.label("email"),
    User.theme.label("theme"),
    User.density.label("density"),
    User.shortcuts.label("shortcuts"),
    User.language.label("language"),
    Role.name.label("role"),
    UserLanguage.language_id.label("language_id"),
)


def with_person(statement: Select[*tuple[Any, ...]], user_id: Any) -> Select[*tuple[Any, ...]]:
    """Join the person, active ones only, with one row for each role and language."""
    return (
        statement.join(User, User.id == user_id)
        .outerjoin(UserRole, UserRole.user_id == User.id)
        .outerjoin(Role, Role.id == UserRole.role_id)
        .outerjoin(UserLanguage, UserLanguage.user_id == User.id)
        .where(User.active)
    )


def actor_from(
    rows: Sequence[Row[*tuple[Any, ...]]],
    *,
    door: str,
    key_id: UUID | None = None,
    narrowed_to: frozenset[str] | None = None,
) -> Actor:
    """Make the actor of a person's rows; a key's permissions are those of its list that its maker still has."""
    first = rows[0]
    roles = sorted({row.role for row in rows if row.role in ROLES})
    permissions = frozenset[str]().union(*(ROLES[role] for role in roles))
    given = frozenset(row.language_id for row in rows if row.language_id is not None)
    return Actor(
        id=first.user_id,
        name=first.user_name,
        email=first.email,
        theme=first.theme,
        density=first.density,
        shortcuts=first.shortcuts,
        language=first.language,
        role=roles[0] if roles else "",
        permissions=permissions if narrowed_to is None else permissions & narrowed_to,
        languages=given if roles == ["translator"] else None,
        door=door,
        key_id=key_id,
    )
