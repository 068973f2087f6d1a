"""Backgrounds in the trash: put in, taken out, and deleted for good after a question."""

from typing import Any
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.domain.backgrounds import keeping
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.backgrounds import blueprint, drawing, pages
from webapp.web.backgrounds.asked import MOST_PAGE


@blueprint.get("/trash")
@allows("backgrounds:delete")
def trash() -> Response:
    """List the backgrounds in the trash."""
    page = request.args.get("page", 1, type=int)
    return pages.trash(page if 0 < page < MOST_PAGE else 1)


@blueprint.post("/<uuid:background_id>/trash")
@allows("backgrounds:delete")
def discard(background_id: UUID) -> Response:
    """Put a background into the trash."""
    with transaction():
        keeping.trash(background_id, actor=actor())
    undo = url_for("backgrounds.restore", background_id=background_id)
    said: Any = {"text": _("The background is in the trash."), "action_url": undo, "action_label": _("Undo")}
    flash(said)
    return hx.redirect(url_for("backgrounds.index"))


@blueprint.post("/<uuid:background_id>/restoration")
@allows("backgrounds:update")
def restore(background_id: UUID) -> Response:
    """Take a background out of the trash."""
    with transaction():
        keeping.restore(background_id, actor=actor())
    flash(_("The background is back."))
    return hx.redirect(url_for("backgrounds.show", background_id=background_id))


@blueprint.get("/<uuid:background_id>/removal")
@allows("backgrounds:delete")
def ask(background_id: UUID) -> Response:
    """Ask before a background is deleted for good."""
    return hx.render("backgrounds/removal.html", row=drawing.row(keeping.get(background_id, trashed=True)))


@blueprint.post("/<uuid:background_id>/removal")
@allows("backgrounds:delete")
def purge(background_id: UUID) -> Response:
    """Delete a background for good, with all its versions."""
    with transaction():
        keeping.purge(background_id, actor=actor())
    flash(_("The background is deleted for good."))
    return hx.redirect(url_for("backgrounds.trash"))
