"""The way in and out."""

from typing import Any

from flask import Response, request

from webapp.domain import accounts, sessions, site
from webapp.domain.sessions import Verified
from webapp.domain.transaction import transaction
from webapp.doors import PUBLIC, SIGNED_IN, actor, allows
from webapp.web import door, hx, kept, paths
from webapp.web.accounts import blueprint
from webapp.web.accounts.forms import SignInForm


@blueprint.get("/")
@allows(PUBLIC)
def start() -> Response:
    """Lead to the galleries."""
    return hx.redirect(paths.HOME)


@blueprint.get("/login")
@allows(PUBLIC)
def sign_in() -> Response:
    """Ask who is there."""
    back_to = request.args.get("next")
    if actor().known:
        return hx.redirect(paths.after_sign_in(back_to))
    return hx.render("accounts/sign_in.html", **context(next_path=back_to))


@blueprint.post("/login")
@allows(PUBLIC)
def enter() -> Response:
    """Let somebody in, to where they were going."""
    form = SignInForm()
    verified = form.verify()
    if verified is None:
        return _ask_again(form)
    welcome(verified, remembered=form.remember.data)
    found = kept.read(form.kept.data)
    if found:
        return Response(kept.continue_page(found))
    return hx.redirect(paths.after_sign_in(form.next.data))


@blueprint.post("/logout")
@allows(SIGNED_IN)
def sign_out() -> Response:
    """End this sign-in, for every copy of its cookie."""
    with transaction():
        sessions.close(door.sign_in().id, actor=actor())
    door.show_out()
    return hx.redirect(paths.sign_in(None))


def welcome(verified: Verified, *, remembered: bool = False) -> None:
    """Open a sign-in and give the browser its cookie."""
    with transaction():
        token = sessions.open_browser(
            verified, remembered=remembered, address=request.remote_addr, agent=request.user_agent.string
        )
    door.let_in(token, remembered=remembered)


def context(
    form: SignInForm | None = None, *, next_path: str | None = None, kept: str = "", late: bool = False
) -> dict[str, Any]:
    """Return what the sign-in page shows."""
    if form is None:
        form = SignInForm(formdata=None, next=paths.own(next_path) or "", kept=kept)
    return {"form": form, "late": late, "site_name": site.get().name, "set_up": accounts.exist()}


def _ask_again(form: SignInForm) -> Response:
    answer = hx.render("accounts/sign_in.html", status=form.status, **context(form))
    if form.retry_after:
        answer.headers["Retry-After"] = str(form.retry_after)
    return answer
