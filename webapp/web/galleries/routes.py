"""The gallery list, and making a gallery."""

from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from webapp.domain import galleries, languages, listing, presence
from webapp.domain.models import Gallery
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.galleries import addresses, asked, blueprint, choices
from webapp.web.galleries.asked import Asked
from webapp.web.galleries.cards import cards, tag_of
from webapp.web.galleries.forms import NewForm
from webapp.web.galleries.views import tabs


@blueprint.get("/")
@allows("galleries:read")
def index() -> Response:
    """List galleries: all or those asked for, as cards or in a table."""
    wanted = asked.read()
    context = {"asked": wanted, **_listed(wanted)}
    if request.if_none_match.contains(context["tag"]):
        return hx.vary(Response(status=304))
    if hx.wants_fragment():
        answer = hx.render("galleries/_list.html", **context)
        return asked.remember(hx.replace_url(answer, wanted.url()))
    return asked.remember(hx.render("galleries/index.html", tabs=tabs(wanted), **context))


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


def _listed(wanted: Asked) -> dict[str, Any]:
    page = listing.page(wanted.wanted, after=wanted.after)
    known = languages.all_languages(active_only=True)
    shown = cards(page.rows, known, presence.others([row.id for row in page.rows], actor=actor()))
    return {
        "cards": shown,
        "tag": tag_of(shown),
        "next_url": wanted.url(after=page.after) if page.after else "",
        "languages": known,
        "sorts": _sorts(wanted),
        "chips": choices.chips(wanted, known),
        "filters": choices.sections(wanted, known),
        "faults": [choices.complaint(each) for each in wanted.line.faults],
    }


def _sorts(wanted: Asked) -> list[tuple[str, str, bool]]:
    """Return what the list can be sorted by: words, address, whether it is."""
    words = {"edited": _("Last edited"), "created": _("Newest"), "title": _("Title")}
    return [(words[order], wanted.url(order=order), order == wanted.order) for order in listing.ORDERS]


def _new(form: NewForm, *, status: int = 200) -> Response:
    return hx.render("galleries/new.html", "galleries/_new.html", status=status, form=form)
