"""The editor's addresses: put together by hand where there is one a tile, for `url_for` costs more than a tile."""

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from flask import request

KEPT = ("lang", "item", "arrange", "after", "size")
"""What of an address stays when something was done: the language, the item in the panel, how the grid is shown."""


def editor_url(gallery_id: UUID, **query: object) -> str:
    """Return the address of the editor with those parts of a query that say something."""
    said = {name: str(value) for name, value in query.items() if value}
    return f"/galleries/{gallery_id}/{f'?{urlencode(said)}' if said else ''}"


def back(gallery_id: UUID, **query: object) -> str:
    """Return the address of the editor as it was when something was asked of it, but for what is given."""
    return editor_url(gallery_id, **(_kept() | query))


def undo_url(gallery_id: UUID, order_version: int) -> str:
    """Return where the last move is taken back, unless the order has changed since it was this one."""
    return f"/galleries/{gallery_id}/undos?{urlencode({'order_version': order_version, **_kept()})}"


def note_url(gallery_id: UUID) -> Callable[[str, UUID], str]:
    """Return the function that gives the address of a deed on a note of a gallery."""
    ends = {"reply": "answers", "settle": "solution"}
    return lambda deed, note_id: f"/galleries/{gallery_id}/notes/{note_id}/{ends[deed]}"


def here() -> str:
    """Return the query that leads back to how the editor is now."""
    kept = _kept()
    return f"?{urlencode(kept)}" if kept else ""


def _kept() -> dict[str, object]:
    return {name: value for name in KEPT if (value := request.args.get(name))}
