"""The gallery list, and making a gallery."""

from flask import Response, request

from webapp.domain import galleries
from webapp.domain.models import Gallery
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.galleries import addresses, asked, blueprint, listed
from webapp.web.galleries.forms import NewForm


@blueprint.get("/")
@allows("galleries:read")
def index() -> Response:
    """List galleries: all or those asked for, as cards or in a table."""
    wanted = asked.read()
    shown = listed.context(wanted)
    if request.if_none_match.contains(shown["tag"]):
        return hx.vary(Response(status=304))
    if hx.wants_fragment():
        return asked.remember(hx.replace_url(listed.fragment(shown), wanted.url()))
    return asked.remember(hx.render("galleries/index.html", **shown))


@blueprint.get("/new")
@allows("galleries:create")
def new() -> Response:
    """Ask how a gallery is to be called."""
    return _new(NewForm())


@blueprint.post("/")
@allows("galleries:create")
def create() -> Response:
    """Make a gallery, and lead to where pictures are added."""
    form = NewForm()
    made: list[Gallery] = []
    if not form.carry_out(lambda: made.append(galleries.create(form.fields(), texts=form.texts(), actor=actor()))):
        return _new(form, status=form.status)
    return hx.redirect(addresses.editor(made[0].id))


def _new(form: NewForm, *, status: int = 200) -> Response:
    return hx.render("galleries/new.html", "galleries/_new.html", status=status, form=form)
