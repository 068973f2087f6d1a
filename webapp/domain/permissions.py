"""Who may do what: the one place that says so.

Permissions are strings `<thing>:<verb>`. Roles hold permissions, a key holds some of its maker's. An actor is a
plain value made by the door, so that the domain never asks who is signed in.
"""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from webapp.domain.errors import Forbidden
from webapp.domain.models import GalleryText, ItemText, MediaText

PERMISSIONS: Final = (
    "galleries:read",
    "galleries:create",
    "galleries:update",
    "galleries:delete",
    "media:read",
    "media:upload",
    "media:create",
    "media:update",
    "media:delete",
    "backgrounds:read",
    "backgrounds:create",
    "backgrounds:update",
    "backgrounds:delete",
    "translations:update",
    "languages:read",
    "languages:create",
    "languages:update",
    "languages:delete",
    "users:read",
    "users:create",
    "users:update",
    "users:delete",
    "audit:read",
    "webhooks:read",
    "webhooks:create",
    "webhooks:update",
    "webhooks:delete",
    "settings:update",
)

_EDITOR: Final = frozenset(
    {
        "galleries:read",
        "galleries:create",
        "galleries:update",
        "galleries:delete",
        "media:read",
        "media:upload",
        "media:create",
        "media:update",
        "media:delete",
        "backgrounds:read",
        "backgrounds:create",
        "backgrounds:update",
        "backgrounds:delete",
        "translations:update",
        "languages:read",
        "audit:read",
    }
)

ROLES: Final[dict[str, frozenset[str]]] = {
    "admin": frozenset(PERMISSIONS),
    "editor": _EDITOR,
    "translator": frozenset({"galleries:read", "media:read", "languages:read", "translations:update"}),
    "viewer": frozenset({"galleries:read", "media:read", "backgrounds:read", "languages:read"}),
}


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Whoever asks: a person, a program with a key, or Vitrine itself.

    `door` is what they came by (dashboard, cms, cli, job); `languages` are the ids of those whose texts they may
    write, None meaning all. `language` is what they are spoken to in, empty where they have not chosen.
    """

    id: UUID | None
    name: str
    permissions: frozenset[str]
    door: str
    languages: frozenset[UUID] | None = None
    key_id: UUID | None = None
    email: str = ""
    role: str = ""
    theme: str = "system"
    density: str = "comfortable"
    shortcuts: bool = True
    language: str = ""

    @property
    def known(self) -> bool:
        """Whether anybody signed in."""
        return self.id is not None or bool(self.permissions)


def stranger(door: str) -> Actor:
    """Return the actor that nobody signed in as."""
    return Actor(id=None, name="", permissions=frozenset(), door=door)


def system(door: str) -> Actor:
    """Return Vitrine itself, at work on the command line or in a job."""
    return Actor(id=None, name="Vitrine", permissions=frozenset(PERMISSIONS), door=door)


def allow(actor: Actor, permission: str, thing: Any = None) -> bool:
    """Say whether the actor may do this, to this thing where one is given.

    A text is a thing with a language: whoever may update galleries may write all of them, a translator those of
    the languages given.
    """
    if isinstance(thing, GalleryText | ItemText | MediaText):
        return allow_language(actor, thing.language_id, of="media" if isinstance(thing, MediaText) else "galleries")
    return permission in actor.permissions


def allow_language(actor: Actor, language_id: UUID, *, of: str = "galleries") -> bool:
    """Say whether the actor may write texts of a language, of galleries and their items or of media."""
    if actor.permissions & {f"{of}:update", f"{of}:create"}:
        return True
    if "translations:update" not in actor.permissions:
        return False
    return actor.languages is None or language_id in actor.languages


def demand(actor: Actor, permission: str, thing: Any = None) -> None:
    """Raise Forbidden unless the actor may do this."""
    if not allow(actor, permission, thing):
        raise Forbidden(permission)


def demand_language(actor: Actor, language_id: UUID, *, of: str = "galleries") -> None:
    """Raise Forbidden unless the actor may write texts of this language."""
    if not allow_language(actor, language_id, of=of):
        raise Forbidden("translations:update")
