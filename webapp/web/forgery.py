"""Requests that another site had a browser send: refused by where they come from, and by the token they lack.

The token is checked after the door has looked who is there (so that a form sent after the session has ended
leads to the sign-in page with what was typed, see `kept`), and only for blueprints with a cookie: the JSON doors
never look at one.
"""

from typing import Final

from flask import Flask, current_app, request
from flask_wtf.csrf import CSRFProtect

from webapp.config import Settings
from webapp.domain.errors import Forbidden
from webapp.domain.sentences import Sentence

csrf = CSRFProtect()

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
NEAR: Final = frozenset({"same-origin", "none"})


class ForeignRequest(Forbidden):
    """Another site had the browser send this."""

    code = "foreign_request"

    def __init__(self) -> None:
        super().__init__(
            "same-origin",
            Sentence("This request came from another site, so nothing was done. Open the page here and try again."),
        )


def init(app: Flask) -> None:
    """Make tokens that live as long as the session they belong to."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.config["WTF_CSRF_SSL_STRICT"] = False
    csrf.init_app(app)


def guard(app: Flask, blueprint: str) -> None:
    """Check every change that a blueprint is asked for."""
    app.before_request_funcs.setdefault(blueprint, []).append(check)


def check() -> None:
    """Raise ForeignRequest or CSRFError unless one of our own pages asks."""
    if request.method in SAFE:
        return
    if not is_near():
        raise ForeignRequest
    csrf.protect()


def is_near() -> bool:
    """Say whether nothing speaks against this being one of our own pages."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in NEAR
    origin = request.headers.get("Origin")
    return origin is None or origin in _own_origins()


def is_proven() -> bool:
    """Say whether the browser itself vouches that one of our own pages asks."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") in _own_origins()


def _own_origins() -> tuple[str, str]:
    settings: Settings = current_app.extensions["vitrine-settings"]
    return settings.base_url, request.host_url.rstrip("/")
