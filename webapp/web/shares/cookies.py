"""A visitor's cookie: of one link, sent below its address alone, worth nothing without the row that it leads to.

`__Host-` would mean the path `/`, and every link's cookie with every request; on https it is `__Secure-`.
"""

from flask import Response, current_app, request

from webapp.config import Settings
from webapp.domain import visiting
from webapp.domain.errors import NotFound
from webapp.domain.visiting import Shared
from webapp.web import forgery
from webapp.web.shares import shared


def found(token: str) -> Shared:
    """Return the link of a token, with the session that the request's cookie leads to. Raises LinkGone."""
    return visiting.find(token, request.cookies.get(_name()))


def inside(token: str) -> Shared:
    """Return the link of whoever has come in. Raises LinkGone, NotFound."""
    shown = found(token)
    if shown.visit is None:
        raise NotFound("Visit")
    return shown


def give(answer: Response, token: str, value: str, shown: Shared) -> Response:
    """Give a visitor's browser its cookie, good for as long as the link is."""
    answer.set_cookie(
        _name(),
        value,
        path=f"/s/{token}",
        expires=shown.share.expires_at,
        secure=_settings().https,
        httponly=True,
        samesite="Lax",
    )
    return answer


def take(answer: Response, token: str) -> Response:
    """Take the cookie away."""
    answer.delete_cookie(_name(), path=f"/s/{token}", secure=_settings().https, httponly=True, samesite="Lax")
    return answer


@shared.before_request
def refuse_foreign_requests() -> None:
    """Look where a change is asked from; `no-referrer` has browsers without Sec-Fetch-Site say no origin at all."""
    if request.method in forgery.SAFE:
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in forgery.NEAR:
        raise forgery.ForeignRequest
    forgery.csrf.protect()


@shared.after_request
def keep_to_oneself(answer: Response) -> Response:
    """Have nobody keep, index or name what a link shows."""
    answer.headers.setdefault("Cache-Control", "private, no-store")
    answer.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive, noimageindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _name() -> str:
    return "__Secure-share" if _settings().https else "share"


def _settings() -> Settings:
    kept: Settings = current_app.extensions["vitrine-settings"]
    return kept
