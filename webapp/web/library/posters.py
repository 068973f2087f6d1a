"""The picture that stands for a video: taken out of it, sent, or what it shows by itself."""

from uuid import UUID

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _

from webapp import jobs
from webapp.domain import media, posters, stills
from webapp.domain.errors import Invalid
from webapp.domain.permissions import demand
from webapp.domain.transaction import release, transaction
from webapp.doors import actor, allows
from webapp.infra.storage import Storage
from webapp.web import hx
from webapp.web.editor.asked import fraction
from webapp.web.library import blueprint
from webapp.web.phrases import told


@blueprint.post("/<uuid:media_id>/poster")
@allows("media:update")
def set_poster(media_id: UUID) -> Response:
    """Let a picture stand for a video wherever an item has none of its own."""
    here = url_for("library.show", media_id=media_id)
    try:
        _choose(media_id)
    except Invalid as refused:
        flash(told(refused), "error")
        return hx.redirect(here)
    jobs.ring(current_app)
    return hx.after(here, said=_("The picture is being made. It shows in a minute."))


def _choose(media_id: UUID) -> None:
    intake = _taken(media_id) if {"at", "file"} & {*request.form, *request.files} else None
    with transaction():
        posters.choose(media_id, intake, actor=actor())


def _taken(media_id: UUID) -> media.Intake:
    """Take in the picture that is sent, or the one the video shows at a second; no transaction is open meanwhile."""
    demand(actor(), "media:upload")
    storage: Storage = current_app.extensions["vitrine-storage"]
    release()
    if "at" in request.form:
        return stills.take(media_id, fraction("at"), storage=storage)
    file = request.files.get("file")
    if not file or not file.filename:
        raise Invalid("file", _("Choose a file first."), code="missing")
    return media.take_in(file.stream, file.filename, storage=storage, only="image")
