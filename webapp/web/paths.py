"""Where people are led: to paths of our own and nowhere else."""

import re
from typing import Final
from urllib.parse import urlencode

from flask import request, url_for

LONGEST: Final = 2000
OWN: Final = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f-\xa0\u2028\u2029]*")
"""One slash first, then neither backslashes (browsers take them for slashes) nor blanks and control characters
(browsers drop some of them, and what follows could be another host)."""
NOT_AFTER_SIGN_IN: Final = ("/login", "/logout", "/set-up/", "/reset", "/invitations/")
LANGUAGE: Final = "vitrine-language"
"""The cookie with the language that somebody has edited in last: the list leads back to it."""

HOME: Final = "/galleries/"


def own(path: str | None) -> str | None:
    """Return the path if it surely stays with us."""
    if not path or len(path) > LONGEST or not OWN.fullmatch(path):
        return None
    return path


def after_sign_in(path: str | None) -> str:
    """Return where to go after signing in: where somebody was going, if that is ours, else home."""
    wanted = own(path)
    return HOME if wanted is None or wanted.startswith(NOT_AFTER_SIGN_IN) else wanted


def sign_in(back_to: str | None) -> str:
    """Return the address of the sign-in page that leads back afterwards."""
    path = url_for("accounts.sign_in")
    return f"{path}?{urlencode({'next': back_to})}" if own(back_to) else path


def here() -> str:
    """Return the path asked for, with its query."""
    return request.full_path if request.query_string else request.path
