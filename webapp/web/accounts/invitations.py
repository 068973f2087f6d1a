"""An invitation becomes an account."""

from flask import Response

from webapp.domain import invitations, site
from webapp.domain.sessions import Verified
from webapp.doors import PUBLIC, allows
from webapp.web import hx, paths
from webapp.web.accounts import blueprint
from webapp.web.accounts.forms import AcceptForm
from webapp.web.accounts.sign_in import welcome


@blueprint.get("/invitations/<token>")
@allows(PUBLIC)
def invitation(token: str) -> Response:
    """Ask for a name and a password."""
    return _page(AcceptForm(), token)


@blueprint.post("/invitations/<token>")
@allows(PUBLIC)
def accept(token: str) -> Response:
    """Make the account and let its owner in."""
    form = AcceptForm()
    invitations.check(token)
    if not form.carry_out(lambda: _accept(token, form)):
        return _page(form, token, status=form.status)
    welcome(form.verified)
    return hx.redirect(paths.HOME)


def _accept(token: str, form: AcceptForm) -> None:
    user = invitations.accept(token, name=form.given("name"), password=form.given("password"))
    form.verified = Verified.of(user)


def _page(form: AcceptForm, token: str, *, status: int = 200) -> Response:
    found = invitations.check(token)
    return hx.render(
        "accounts/invitation.html",
        status=status,
        form=form,
        token=token,
        invitation=found,
        site_name=site.get().name,
    )
