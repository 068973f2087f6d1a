"""Addresses of the board and of a gallery's table."""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from flask import request

BOARD: Final = "/translations/"
KEPT: Final = ("only", "first", "after")
"""What of a table's address stays when something was done to it."""


def table(gallery_id: UUID, code: str, **query: object) -> str:
    """Return the address of a gallery's texts in a language, with those parts of a query that say something."""
    said = {name: str(value) for name, value in query.items() if value}
    return f"/galleries/{gallery_id}/translations/{code}{f'?{urlencode(said)}' if said else ''}"


def row(gallery_id: UUID, code: str, item_id: UUID | None) -> str:
    """Return where the texts of an item, or of the gallery itself, are saved."""
    return f"{table(gallery_id, code)}/{f'items/{item_id}' if item_id else 'texts'}"


def drafts(gallery_id: UUID, code: str, item_id: UUID | None) -> str:
    """Return where drafts of them are kept."""
    return f"/galleries/{gallery_id}/{f'items/{item_id}/' if item_id else ''}texts/{code}/draft"


def following(code: str, after: UUID | None = None) -> str:
    """Return where the next gallery of a language's queue is found."""
    return f"{BOARD}{code}/next{f'?after={after}' if after else ''}"


def here(**changes: object) -> dict[str, object]:
    """Return what of the table's address stays, but for what is changed."""
    return {name: request.args.get(name, "") for name in KEPT} | changes


def query() -> str:
    """Return the query that leads back to the table as it is now."""
    kept = {name: str(value) for name, value in here().items() if value}
    return f"?{urlencode(kept)}" if kept else ""


def id_of(item_id: UUID | None) -> str:
    """Return what the row of an item is called in the page, or that of the gallery itself."""
    return f"row-{item_id or 'gallery'}"
