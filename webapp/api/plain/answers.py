"""What the plain dialect answers with."""

from typing import Any, Final

from webapp.api.sending import demand_match, nothing, pack, send, send_tagged
from webapp.domain.models import Delivery, Webhook

__all__ = ["delivery", "demand_match", "nothing", "pack", "send", "send_tagged", "webhook"]

OPEN: Final = ("new", "waiting")


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
