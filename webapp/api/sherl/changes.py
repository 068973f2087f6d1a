"""Changes over the Sherl dialect: one transaction each, and once however often they are sent."""

from collections.abc import Callable

from flask import Response

from webapp.api.once import once as sent_once
from webapp.api.sending import JSON


def once(change: Callable[[], Response], *, content: bytes | None = None, mimetype: str = JSON) -> Response:
    """Run a change in its transaction, once however often it is sent (`webapp.api.once`)."""
    return sent_once(change, mimetype=mimetype, content=content)
