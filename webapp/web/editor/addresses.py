"""The editor's addresses: put together by hand where there is one a tile, for `url_for` costs more than a tile."""

from urllib.parse import urlencode
from uuid import UUID

from flask import request

KEPT = ("lang", "item", "arrange", "after")
"""What of an address stays when something was done: the language, the item in the panel, how the grid is shown."""


def editor_url(gallery_id: UUID, **query: object) -> str:
    """Return the address of the editor with those parts of a query that say something."""
    said = {name: str(value) for name, value in query.items() if value}
    return f"/galleries/{gallery_id}/{f'?{urlencode(said)}' if said else ''}"


def back(gallery_id: UUID, **query: object) -> str:
    """Return the address of the editor as it was when something was asked of it, but for what is given."""
    kept = {name: request.args.get(name) for name in KEPT}
    return editor_url(gallery_id, **(kept | query))


def here() -> str:
    """Return the query that leads back to how the editor is now."""
    kept = {name: value for name in KEPT if (value := request.args.get(name))}
    return f"?{urlencode(kept)}" if kept else ""
