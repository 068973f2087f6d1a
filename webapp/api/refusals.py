"""What all dialects refuse alike: what the machine cannot do just now, and the headers that an HTTP error brings.

Each says it in a shape of its own.
"""

from dataclasses import dataclass, field
from typing import Final

from werkzeug.exceptions import HTTPException

from webapp.domain.transaction import Collision, Trouble, trouble
from webapp.infra.images import Overloaded
from webapp.infra.storage import StorageError, StorageFull

RETRY_SECONDS: Final = 5
BUSY: Final = "Busy just now. Nothing was changed; try again in a few seconds."
FULL: Final = "There is no room left on the disk. Nothing was saved."
COLLISION: Final = "Somebody else changed this at the same moment. Try again."


@dataclass(frozen=True)
class Refusal:
    """Why nothing was done that can be done another time; `code` is ours, not a dialect's."""

    status: int
    code: str
    message: str
    headers: dict[str, str] = field(default_factory=dict)


def away(error: Exception) -> Refusal:
    """Return what the machine cannot do just now. Raises the error again where it is a defect of ours."""
    if isinstance(error, StorageFull) or trouble(error) is Trouble.FULL:
        return Refusal(507, "full", FULL)
    if isinstance(error, StorageError | Overloaded) or trouble(error) is not None:
        return Refusal(503, "busy", BUSY, {"Retry-After": str(RETRY_SECONDS)})
    if isinstance(error, Collision):
        return Refusal(409, "collision", COLLISION)
    raise error


def headers_of(error: HTTPException) -> dict[str, str]:
    """Return the headers that belong to an HTTP error, but those of the body that is not sent."""
    return {name: value for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")}
