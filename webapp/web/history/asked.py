"""What is asked of the history, read from its address and written into it."""

from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from flask import request

from webapp.domain.history import FIELDS, Wanted

KEPT: Final = ("field", "who", "language")


def read() -> Wanted:
    """Read what is asked for; what makes no sense is left out."""
    field, code = request.args.get("field", ""), request.args.get("language", "")
    try:
        who = UUID(request.args.get("who", ""))
    except ValueError:
        who = None
    return Wanted(field=field if field in FIELDS else "", who=who, code=code if code.isprintable() else "")


def url(gallery_id: UUID, *, after: str | None = None) -> str:
    """Return the address of this history, from its first page or behind a cursor."""
    kept = [(name, value) for name in KEPT if (value := request.args.get(name))]
    written = urlencode([*kept, *([("after", after)] if after else [])])
    return f"/galleries/{gallery_id}/history{f'?{written}' if written else ''}"


def query() -> str:
    """Return the query that leads back to this page when something was done on it."""
    kept = [(name, value) for name in (*KEPT, "after") if (value := request.args.get(name))]
    return f"?{urlencode(kept)}" if kept else ""


def back(gallery_id: UUID) -> str:
    """Return the address of the history as it was when something was asked of it, from its newest entry."""
    return url(gallery_id)


def editor_action(gallery_id: UUID, code: str, item_id: str) -> str:
    """Return where the editor saves a text."""
    if item_id:
        return f"/galleries/{gallery_id}/items/{item_id}?{urlencode({'lang': code, 'item': item_id})}"
    return f"/galleries/{gallery_id}/texts/{code}?{urlencode({'lang': code})}"
