"""The first administrator, by a link that works once."""

from flask import Response, current_app

from webapp import jobs
from webapp.domain import site
from webapp.domain.sessions import Verified
from webapp.doors import PUBLIC, allows
from webapp.web import hx, paths
from webapp.web.accounts import blueprint
from webapp.web.accounts.forms import SetUpForm
from webapp.web.accounts.sign_in import welcome


@blueprint.get("/set-up/<token>")
@allows(PUBLIC)
def set_up(token: str) -> Response:
    """Ask for the site's name and who you are."""
    site.check_setup(token)
    return hx.render("accounts/set_up.html", form=SetUpForm(site_name=site.get().name), token=token)


@blueprint.post("/set-up/<token>")
@allows(PUBLIC)
def begin(token: str) -> Response:
    """Make the administrator and let them in."""
    site.check_setup(token)
    form = SetUpForm()
    if not form.carry_out(lambda: _set_up(token, form)):
        return hx.render("accounts/set_up.html", status=form.status, form=form, token=token)
    welcome(form.verified)
    if form.samples.data:
        jobs.enqueue(current_app, jobs.of(current_app).load_samples, str(form.verified.id))
    return hx.redirect(paths.HOME)


def _set_up(token: str, form: SetUpForm) -> None:
    user = site.set_up(
        token,
        site_name=form.given("site_name"),
        name=form.given("name"),
        email=form.given("email"),
        password=form.given("password"),
    )
    form.verified = Verified.of(user)
