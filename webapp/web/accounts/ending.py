"""How a sign-in ends: told a while before on every page, put off by a button, and no word is lost when it is over."""

from flask import Response, request
from flask_babel import gettext as _

from webapp.domain import sessions
from webapp.domain.transaction import transaction
from webapp.doors import PUBLIC, actor, allows
from webapp.web import door, hx, paths
from webapp.web.accounts import blueprint
from webapp.web.endings import GONE, Ending

FRAGMENT = "accounts/_ending.html"


@blueprint.get("/login/ending")
@allows(PUBLIC)
def ending() -> Response:
    """Say how long a sign-in lasts, or that it is over, without making it last."""
    if not hx.asks():
        return hx.redirect(paths.HOME)
    found = door.found_sign_in()
    return hx.render(FRAGMENT, FRAGMENT, ending=Ending.of(found) if found else GONE, back=hx.page())


@blueprint.post("/login/ending")
@allows(PUBLIC)
def stay() -> Response:
    """Put the end off."""
    found = door.found_sign_in()
    if found is None:
        return ending()
    with transaction():
        ends_at = sessions.prolong(found.id, actor=actor())
    back = paths.after_sign_in(request.form.get("back"))
    return hx.after(back, FRAGMENT, said=_("You stay signed in."), ending=Ending.of(found, ends_at), back=back)
