"""A forgotten password: a link by letter, or one that an administrator makes."""

from flask import Response, current_app, flash, request
from flask_babel import gettext as _

from webapp import jobs
from webapp.domain import accounts
from webapp.doors import PUBLIC, allows
from webapp.web import hx, paths, phrases
from webapp.web.accounts import blueprint, letters
from webapp.web.accounts.forms import AskResetForm, NewPasswordForm


@blueprint.get("/reset")
@allows(PUBLIC)
def ask_reset() -> Response:
    """Ask whose password is forgotten."""
    return hx.render("accounts/ask_reset.html", form=AskResetForm(), sent=False, by_letter=letters.can_be_sent())


@blueprint.post("/reset")
@allows(PUBLIC)
def send_reset() -> Response:
    """Have a link sent; the answer is the same and as quick whether or not there is such an account, or a limit."""
    form = AskResetForm()
    sent = form.validate()
    if sent and letters.can_be_sent() and accounts.may_ask_reset(form.given("email"), address=request.remote_addr):
        jobs.enqueue(current_app, letters.of(current_app).send_reset, form.given("email"), phrases.language())
    return hx.render(
        "accounts/ask_reset.html",
        status=200 if sent else form.status,
        form=form,
        sent=sent,
        by_letter=letters.can_be_sent(),
    )


@blueprint.get("/reset/<token>")
@allows(PUBLIC)
def reset(token: str) -> Response:
    """Ask for a new password."""
    user = accounts.check_reset(token)
    return hx.render("accounts/reset.html", form=NewPasswordForm(), token=token, email=user.email)


@blueprint.post("/reset/<token>")
@allows(PUBLIC)
def set_password(token: str) -> Response:
    """Set it, and lead to signing in with it."""
    form = NewPasswordForm()
    email = accounts.check_reset(token).email
    if not form.carry_out(lambda: accounts.reset_password(token, form.given("password"))):
        return hx.render("accounts/reset.html", status=form.status, form=form, token=token, email=email)
    flash(_("Your new password is set. Sign in with it."))
    return hx.redirect(paths.sign_in(None))
