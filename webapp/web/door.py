"""How the dashboard knows who is there: by a random id in the session cookie, and the row it leads to.

Flask-Security's own cookie names the user and stays good after signing out (see `infra.identity`). So the cookie
holds a random id; the row that its hash leads to is the sign-in, and without the row the cookie is worth nothing.
Recognising is one query and writes nothing: when somebody was last seen is written after the answer has been
sent, at most every five minutes.
"""

from typing import Final
from uuid import UUID

import structlog
from flask import Flask, Response, current_app, g, session

from webapp.domain import sessions
from webapp.domain.permissions import Actor, stranger
from webapp.domain.sessions import SignIn
from webapp.domain.transaction import DatabaseError, transaction

COOKIE_KEY: Final = "sign-in"

log = structlog.get_logger(__name__)


def init(app: Flask) -> None:
    """Note when people were last seen; leave a cookie that has not changed alone."""
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    app.after_request(_note_presence)


def recognise() -> Actor:
    """Say who asks, by the cookie."""
    token = session.get(COOKIE_KEY)
    found = sessions.recognise(token) if isinstance(token, str) else None
    g.sign_in = found
    return found.actor if found else stranger("dashboard")


def sign_in() -> SignIn:
    """Return the sign-in by which the actor was recognised; for views that are not public."""
    found: SignIn = g.sign_in
    return found


def found_sign_in() -> SignIn | None:
    """Return the sign-in by which the actor was recognised, None where nobody was."""
    found: SignIn | None = g.get("sign_in")
    return found


def let_in(token: str, *, remembered: bool) -> None:
    """Give this browser a new cookie and forget everything that the old one said."""
    session.clear()
    g.pop("csrf_token", None)
    session[COOKIE_KEY] = token
    session.permanent = remembered


def show_out() -> None:
    """Take the cookie away."""
    session.clear()
    g.pop("csrf_token", None)


def _note_presence(answer: Response) -> Response:
    found = found_sign_in()
    if found and found.unseen:
        app = current_app._get_current_object()  # type: ignore[attr-defined]
        answer.call_on_close(lambda: _write_presence(app, found.id))
    return answer


def _write_presence(app: Flask, session_id: UUID) -> None:
    """Write it after the answer; a busy database is no reason to trouble anybody."""
    with app.app_context():
        try:
            with transaction():
                sessions.note_presence(session_id)
        except DatabaseError:
            log.info("presence not noted", session=str(session_id))
