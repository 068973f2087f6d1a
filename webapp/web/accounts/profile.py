"""One's own account: name, looks, password, and where one is signed in."""

from typing import Any, Final
from uuid import UUID

from flask import Response, flash, session
from flask_babel import gettext as _

from webapp.domain import accounts, lockout, sessions
from webapp.domain.sessions import Verified
from webapp.domain.transaction import transaction
from webapp.doors import SIGNED_IN, actor, allows
from webapp.web import door, hx, phrases
from webapp.web.accounts import blueprint
from webapp.web.accounts.forms import ChangePasswordForm, ProfileForm
from webapp.web.accounts.sign_in import welcome

CHOICES: Final = ("theme", "density", "shortcuts", "language")


@blueprint.get("/profile")
@allows(SIGNED_IN)
def profile() -> Response:
    """Show one's own account."""
    return _page()


@blueprint.post("/profile")
@allows(SIGNED_IN)
def change_profile() -> Response:
    """Change name, looks, language and whether letters are shortcuts."""
    form = ProfileForm()
    me = _me()
    said: dict[str, Any] = {field: form[field].data for field in CHOICES}
    if not form.carry_out(lambda: accounts.change_profile(me, name=form.given("name"), **said, actor=actor())):
        return _page(status=form.status, you=form)
    phrases.speak(form.language.data or phrases.of_browser())
    flash(_("Saved."))
    return hx.redirect("/profile")


@blueprint.post("/profile/password")
@allows(SIGNED_IN)
def change_password() -> Response:
    """Change the password, which signs every other browser and program out."""
    form = ChangePasswordForm()
    verified = _change_password(form)
    if verified is None:
        return _page(status=form.status, secret=form)
    welcome(verified, remembered=session.permanent)
    flash(_("Your password is changed. Everywhere else you have been signed out."))
    return hx.redirect("/profile")


@blueprint.post("/profile/sessions/<uuid:session_id>/end")
@allows(SIGNED_IN)
def end_session(session_id: UUID) -> Response:
    """Sign out elsewhere, or here."""
    with transaction():
        sessions.close(session_id, actor=actor())
    if session_id == door.sign_in().id:
        door.show_out()
        return hx.redirect("/login")
    return _sessions_again(_("Signed out there."))


@blueprint.post("/profile/sessions/end-others")
@allows(SIGNED_IN)
def end_other_sessions() -> Response:
    """Sign out everywhere but here."""
    with transaction():
        sessions.close_others(door.sign_in().id, actor=actor())
    return _sessions_again(_("Signed out everywhere else."))


def _change_password(form: ChangePasswordForm) -> Verified | None:
    changed: list[Verified] = []
    if not form.validate():
        return None
    try:
        done = form.attempt(
            lambda: changed.append(
                accounts.change_password(
                    _me(), old=form.given("password"), new=form.given("new_password"), actor=actor()
                )
            )
        )
    except lockout.LockedOut as error:
        form.status = 429
        form.refuse("password", error.message)
        return None
    return changed[0] if done else None


def _sessions_again(said: str) -> Response:
    context = {"sessions": sessions.of_user(_me()), "here": door.sign_in().id}
    return hx.after("/profile", "accounts/_sessions.html", said=said, **context)


def _page(*, status: int = 200, you: Any = None, secret: Any = None) -> Response:
    return hx.render(
        "accounts/profile.html",
        status=status,
        you=you or ProfileForm(None, name=actor().name, **{field: getattr(actor(), field) for field in CHOICES}),
        secret=secret or ChangePasswordForm(formdata=None),
        sessions=sessions.of_user(_me()),
        here=door.sign_in().id,
        email=actor().email,
    )


def _me() -> UUID:
    found = actor().id
    assert found is not None  # noqa: S101  who is signed in has an account
    return found
