"""What the plain dialect answers with."""

from typing import Any, Final

import orjson
from flask import Response, request

from webapp.api import http
from webapp.api.plain.errors import JSON
from webapp.domain.models import Delivery, Webhook

OPEN: Final = ("new", "waiting")


def send(content: Any, status: int = 200) -> Response:
    """Answer with JSON that nobody keeps."""
    answer = Response(pack(content), status=status, mimetype=JSON)
    answer.cache_control.no_store = True
    return answer


def send_tagged(content: Any) -> Response:
    """Answer with JSON and its entity tag; a GET that names the tag gets 304, one on a condition 412 (Stale)."""
    shown = pack(content)
    if request.method != "GET":
        return http.tagged(Response(shown, mimetype=JSON), shown)
    http.demand_match(shown)
    if http.is_known(shown):
        return http.tagged(nothing(304), shown)
    return http.tagged(Response(shown, mimetype=JSON), shown)


def nothing(status: int = 204) -> Response:
    """Answer without a body."""
    answer = Response(status=status)
    del answer.headers["Content-Type"]
    return answer


def demand_match(content: Any) -> None:
    """Refuse a change of what looks different from what the client has read. Raises Stale."""
    http.demand_match(pack(content))


def pack(content: Any) -> bytes:
    """Write JSON; moments are UTC and end in Z."""
    return orjson.dumps(content, option=orjson.OPT_UTC_Z)


def webhook(found: Webhook, *, secret: str | None = None) -> dict[str, Any]:
    """Return a webhook; its secret only where it has just been made."""
    names = ("id", "name", "url", "format", "kinds", "own_key_id", "enabled", "ended", "failing_since")
    shown = {name: getattr(found, name) for name in names}
    return shown | {
        "secret": secret,
        "secret_end": found.secret_end,
        "created_at": found.created_at,
        "updated_at": found.updated_at,
    }


def delivery(found: Delivery) -> dict[str, Any]:
    """Return a delivery."""
    is_open = found.state in OPEN
    return {
        "id": found.message_id,
        "kind": found.kind,
        "state": "waiting" if is_open else found.state,
        "attempts": found.attempts,
        "status": found.status,
        "took": found.took,
        "created_at": found.created_at,
        "due_at": found.due_at if is_open else None,
    }
