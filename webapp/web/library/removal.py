"""Files of the trash, deleted for good after a question."""

from uuid import UUID

from flask import Response, flash, url_for
from flask_babel import gettext as _

from webapp.domain import library, removal
from webapp.domain.errors import Conflict
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.galleries.saying import named
from webapp.web.library import blueprint, drawing
from webapp.web.phrases import told


@blueprint.get("/<uuid:media_id>/removal")
@allows("media:delete")
def ask(media_id: UUID) -> Response:
    """Ask before a file is deleted for good."""
    return _ask(media_id)


@blueprint.post("/<uuid:media_id>/removal")
@allows("media:delete")
def purge(media_id: UUID) -> Response:
    """Delete a file for good, unless a gallery in the trash still has it."""
    try:
        with transaction():
            name = removal.purge(media_id, actor=actor())
    except Conflict as refused:
        return _ask(media_id, problem=told(refused), status=409)
    flash(_("“%(name)s” is deleted for good.", name=named(name)))
    return hx.redirect(url_for("library.trash"))


def _ask(media_id: UUID, *, problem: str = "", status: int = 200) -> Response:
    card, rest = drawing.card(library.trashed(media_id)), removal.rest(media_id)
    return hx.render("library/removal.html", status=status, card=card, rest=rest, problem=problem)
