"""Who else has a gallery open: told and asked by the editor's page every few seconds."""

from uuid import UUID

from flask import Response, request

from webapp.domain import presence
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.galleries import blueprint


@blueprint.post("/<uuid:gallery_id>/presence")
@allows("galleries:read")
def be_present(gallery_id: UUID) -> Response:
    """Note that somebody has the gallery open, or has left it, and show who else is there."""
    change = presence.leave if "left" in request.form else presence.note
    with transaction():
        change(gallery_id, actor=actor())
    people = presence.others([gallery_id], actor=actor())[gallery_id]
    return hx.render("galleries/_presence.html", "galleries/_presence.html", people=people)
