"""Each request has an id: the client's own where it sends a sane one, said in every answer and in the log.

It is put on outside of everything else, so that also what no route answers, and a refusal for want of room, have one.
"""

import logging
import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any, Final

import structlog
from flask import Flask, request
from flask.logging import default_handler

HEADER: Final = "X-Request-Id"
KEY: Final = "vitrine.request-id"
SANE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}")
LINE: Final = "[%(asctime)s] %(levelname)s in %(module)s (%(request_id)s): %(message)s"

Environ = dict[str, Any]
Application = Callable[..., Iterable[bytes]]


def init(app: Flask) -> None:
    """Name every request, and have the log say the name; to be called after all else that stands round the app."""
    app.wsgi_app = Named(app.wsgi_app)  # type: ignore[method-assign]
    default_handler.setFormatter(logging.Formatter(LINE, defaults={"request_id": "-"}))
    app.logger.addFilter(note)


def current() -> str:
    """Return the id of this request."""
    found: str = request.environ.setdefault(KEY, fresh())
    return found


class Named:
    """Takes over or makes an id, and sends it with the answer."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        named = environ[KEY] = given if SANE.fullmatch(given) else fresh()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=named)

        def begin(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            return start_response(status, [*headers, (HEADER, named)], *failure)

        return self.application(environ, begin)


def fresh() -> str:
    """Make an id."""
    return secrets.token_hex(16)


def note(record: logging.LogRecord) -> bool:
    """Write the id into a line of the log."""
    record.request_id = structlog.contextvars.get_contextvars().get("request_id", "-")
    return True
