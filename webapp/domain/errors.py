"""What can go wrong in the words of the domain; each door maps these once."""

from typing import Any

from webapp.domain.sentences import Sentence


class DomainError(Exception):
    """A refusal with a stable code and a sentence for people."""

    code = "refused"

    def __init__(self, message: str, *, code: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message if isinstance(message, Sentence) else Sentence(message)
        self.code = code or type(self).code
        self.details = details


class NotFound(DomainError):
    """The thing is not there, or the actor may not know that it is."""

    code = "not_found"

    def __init__(self, thing: str, message: str | None = None) -> None:
        super().__init__(message or Sentence("%(thing)s not found", thing=Sentence(thing)), code="not_found")
        self.thing = thing


class Conflict(DomainError):
    """Something else already holds what was asked for (a slug, a place, an anchor that has gone)."""

    code = "conflict"


class Invalid(DomainError):
    """A value has no meaning here; `field` names it."""

    code = "invalid"

    def __init__(self, field: str, message: str, *, code: str = "invalid") -> None:
        super().__init__(message, code=code)
        self.field = field


class Forbidden(DomainError):
    """The actor may not do this; `permission` is what is missing."""

    code = "forbidden"

    def __init__(self, permission: str, message: str | None = None) -> None:
        denied = Sentence("Permission denied: %(permission)s", permission=permission)
        super().__init__(message or denied, code="forbidden")
        self.permission = permission


class Stale(DomainError):
    """The thing has changed since the actor read it."""

    code = "stale"
