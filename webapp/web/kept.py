"""Nothing typed is lost to a session that ends: a form sent too late is kept while its writer signs in.

What was sent goes, signed, into a hidden field of the sign-in page and back to the server with the password.
Then the same form is shown once more, filled and with a token that is good, to be sent by whoever signed in.
It is kept only where the browser vouches that one of our own pages sent it, or another site could have words put
into our visitors' mouths. Passwords and files are never kept.
"""

from dataclasses import dataclass
from typing import Any, Final

from flask import Response, current_app, render_template, request
from itsdangerous import BadData, URLSafeTimedSerializer

from webapp.web import forgery, hx, paths

FIELD: Final = "kept"
SECONDS: Final = 60 * 60
LARGEST: Final = 256 * 1024
NEVER: Final = ("password", "token", FIELD)


@dataclass(frozen=True)
class Kept:
    """A form that was sent to `path` and not taken in."""

    path: str
    fields: tuple[tuple[str, str], ...]


def ask_to_sign_in() -> Response:
    """Lead to the sign-in page and back again, with what was sent."""
    if hx.asks():
        return hx.ask_to_sign_in(paths.sign_in(hx.page()))
    if request.method in forgery.SAFE:
        return hx.redirect(paths.sign_in(paths.here()))
    if not may_keep():
        return hx.redirect(paths.sign_in(None))
    return hx.render("accounts/sign_in.html", status=401, **_sign_in_context())


def offer_again() -> Response:
    """Show a form from before the last signing in once more, with a token that is good."""
    return Response(continue_page(_taken()), status=400, mimetype="text/html")


def may_keep() -> bool:
    """Say whether what was sent may be sent again by its writer."""
    return request.method == "POST" and not hx.asks() and forgery.is_proven() and bool(_taken().fields)


def read(sealed: str | None) -> Kept | None:
    """Open what came back from the sign-in page."""
    if not sealed:
        return None
    try:
        path, fields = _seal().loads(sealed, max_age=SECONDS)
    except BadData:
        return None
    return Kept(path, tuple((name, value) for name, value in fields))


def continue_page(found: Kept) -> str:
    """Write the page on which the form stands once more."""
    return render_template("accounts/continue.html", kept=found)


def _sign_in_context() -> dict[str, Any]:
    from webapp.web.accounts.sign_in import context  # noqa: PLC0415  its blueprint stands above this module

    taken = _taken()
    size = sum(len(name) + len(value) for name, value in taken.fields)
    sealed = _seal().dumps([taken.path, taken.fields]) if size <= LARGEST else ""
    return context(kept=sealed, late=True)


def _taken() -> Kept:
    fields = (
        (name, value)
        for name, value in request.form.items(multi=True)
        if not any(part in name.lower() for part in NEVER)
    )
    return Kept(paths.here(), tuple(fields))


def _seal() -> URLSafeTimedSerializer:
    secret = current_app.secret_key
    assert secret is not None  # noqa: S101  the settings always have one
    return URLSafeTimedSerializer(secret, salt="kept-form")
