"""The order of galleries on the site: numbers to be changed, galleries to be put in and taken out (D5)."""

from uuid import UUID

from flask import Response, flash, jsonify, request, url_for
from flask_babel import gettext as _

from webapp.domain import listing
from webapp.domain import site_order as places
from webapp.domain.asking import Filter, Line
from webapp.domain.errors import Conflict
from webapp.domain.listing import Wanted
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.galleries import asked, blueprint
from webapp.web.galleries.cards import cards
from webapp.web.galleries.deeds import chosen_ids
from webapp.web.phrases import told

OFFERED = 24
"""Galleries without a place that are offered at once."""


@blueprint.get("/site-order")
@allows("galleries:update")
def site_order() -> Response:
    """Show the galleries that have a place on the site, in order, and those that could have one."""
    return _page()


@blueprint.post("/site-order/moves")
@allows("galleries:update")
def arrange_site() -> Response:
    """Put galleries at the numbers written beside them, or one of them a place up or down."""
    known = chosen_ids(request.form.getlist("known"))
    try:
        with transaction():
            places.move(_numbers(known), known=known, actor=actor())
    except Conflict as refused:
        return _refused(refused)
    if hx.wants_fragment():
        return hx.done()
    flash(_("The site's order is saved."))
    return hx.redirect(url_for("galleries.site_order"))


@blueprint.post("/site-order/places")
@allows("galleries:update")
def place_on_site() -> Response:
    """Give galleries places at the end of the site's order."""
    with transaction():
        places.add(chosen_ids(request.form.getlist("ids")), actor=actor())
    flash(_("Added at the end of the site's order."))
    return hx.redirect(url_for("galleries.site_order"))


@blueprint.post("/<uuid:gallery_id>/site-order/removal")
@allows("galleries:update")
def take_off_site(gallery_id: UUID) -> Response:
    """Take a gallery out of the site's order; its address still answers."""
    with transaction():
        places.remove(gallery_id, actor=actor())
    flash(_("Taken out of the site's order."))
    return hx.redirect(url_for("galleries.site_order"))


def _numbers(known: list[UUID]) -> dict[UUID, int]:
    """Return the numbers that were written, or that of the one gallery whose button was pressed."""
    for verb, step in (("up", -1), ("down", 1)):
        pressed = request.form.get(verb, "")
        stood = {str(each): number for number, each in enumerate(known, 1)}
        if pressed in stood:
            return {UUID(pressed): max(1, stood[pressed] + step)}
    written = {each: request.form.get(f"number-{each}", 0, type=int) for each in known}
    return {each: number for each, number in written.items() if 0 < number <= places.MOST}


def _refused(error: Conflict) -> Response:
    """Say why nothing was moved: to a script in a sentence, else on the page as it is now."""
    if not hx.wants_fragment():
        return _page(said=told(error), status=409)
    answer = jsonify(message=told(error))
    answer.status_code = 409
    return hx.vary(answer)


def _page(*, said: str = "", status: int = 200) -> Response:
    line = asked.line_of(request.args)
    wanted = Wanted(Line(line.words, (*line.filters, Filter("site", "unplaced"))), "title", actor().id)
    offered = listing.page(wanted, size=OFFERED)
    return hx.render(
        "galleries/site_order.html",
        status=status,
        placed=cards(listing.placed(), ()),
        offered=cards(offered.rows, ()),
        more=offered.after is not None,
        line=line,
        said=said,
    )
