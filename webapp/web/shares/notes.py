"""The changes that visitors asked for, as editors see them: of a gallery or one item, answered and solved."""

from typing import Any
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.domain import headings, notes
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx, paths
from webapp.web.editor.addresses import note_url
from webapp.web.editor.drawing import FIELD_WORDS
from webapp.web.shares import blueprint
from webapp.web.shares.forms import AnswerForm, item_id


@blueprint.get("/galleries/<uuid:gallery_id>/notes")
@allows("galleries:update")
def listed(gallery_id: UUID) -> Response:
    """List what was asked for; htmx gets that of one item for the panel."""
    heading, asked = headings.of(gallery_id), item_id(request.args.get("item"))
    found = notes.of_gallery(gallery_id, item_id=asked)
    return hx.render("shares/notes.html", "shares/_notes.html", heading=heading, noted=found, **_around(gallery_id))


@blueprint.post("/galleries/<uuid:gallery_id>/notes/<uuid:note_id>/answers")
@allows("galleries:update")
def reply(gallery_id: UUID, note_id: UUID) -> Response:
    """Answer a note."""
    form = AnswerForm()
    if not form.carry_out(lambda: notes.answer(gallery_id, note_id, form.given("words"), actor=actor())):
        flash(_("Write an answer."), "error")
    return _back(gallery_id, note_id)


@blueprint.post("/galleries/<uuid:gallery_id>/notes/<uuid:note_id>/solution")
@allows("galleries:update")
def settle(gallery_id: UUID, note_id: UUID) -> Response:
    """Say that a note is done with, or open it again."""
    with transaction():
        notes.solve(gallery_id, note_id, actor=actor(), solved=request.form.get("solved") != "no")
    return _back(gallery_id, note_id)


def _around(gallery_id: UUID) -> dict[str, Any]:
    return {"gallery_id": gallery_id, "names": FIELD_WORDS, "note_url": note_url(gallery_id)}


def _back(gallery_id: UUID, note_id: UUID) -> Response:
    """Lead back to the page that the form stood on, by default that of all notes."""
    asked = paths.own(request.form.get("back"))
    return hx.redirect(asked or url_for("shares.listed", gallery_id=gallery_id, _anchor=f"note-{note_id}"))
