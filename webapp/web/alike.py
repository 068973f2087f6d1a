"""What uploads are told of files that look like theirs; nothing is merged unasked."""

from uuid import UUID

from webapp.domain import alike

PATH = "/library/"


def likenesses(media_id: UUID | None) -> list[dict[str, str]]:
    """Return the name and the address of each file that looks like one, the most alike first."""
    found = alike.to(media_id) if media_id else []
    return [{"name": each.name, "url": f"{PATH}{each.media_id}"} for each in found]
