"""The captions of a video: attached in a language, put into the place of others, removed, taken back."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _

from webapp.domain import captions, library, media
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.models import Language
from webapp.domain.permissions import demand_language
from webapp.domain.transaction import release, transaction
from webapp.doors import actor, allows
from webapp.infra import webvtt
from webapp.infra.storage import Storage
from webapp.web import hx, phrases
from webapp.web.galleries.saying import named
from webapp.web.library import blueprint, routes
from webapp.web.library.forms import CaptionsForm

OVERHEAD = 64 * 1024
"""Bytes that a form adds to its file."""


@blueprint.before_request
def make_room() -> None:
    """Let captions come whole that are a little too large, so that it can be said in words."""
    if request.endpoint == "library.attach_captions":
        request.max_content_length = 2 * webvtt.MOST_BYTES + OVERHEAD


@blueprint.post("/<uuid:media_id>/captions")
@allows("translations:update")
def attach_captions(media_id: UUID) -> Response:
    """Give a video captions in a language."""
    folio = library.open_file(media_id)
    form = CaptionsForm().offer(folio.tongues.offered, actor())
    if not (form.validate() and form.attempt(lambda: _attach(media_id, form, folio.tongues.offered))):
        return routes.answer(library.open_file(media_id), caption=form, status=form.status)
    return hx.after(f"{url_for('library.show', media_id=media_id)}#library-captions", said=_("Saved."))


@blueprint.post("/<uuid:media_id>/captions/<code>/removal")
@allows("translations:update")
def remove_captions(media_id: UUID, code: str) -> Response:
    """Take captions from a video, with the way to bring them back."""
    language = _language(media_id, code)
    with transaction():
        captions.remove(media_id, language, actor=actor(), version=request.form.get("version", type=int))
    undo: Any = {
        "text": _("The captions in %(language)s are removed.", language=named(phrases.tongue(language))),
        "action_url": url_for("library.restore_captions", media_id=media_id, code=code),
        "action_label": _("Undo"),
    }
    flash(undo)
    return hx.redirect(url_for("library.show", media_id=media_id))


@blueprint.post("/<uuid:media_id>/captions/<code>/restoration")
@allows("translations:update")
def restore_captions(media_id: UUID, code: str) -> Response:
    """Take removed captions back."""
    language = _language(media_id, code)
    with transaction():
        captions.restore(media_id, language, actor=actor())
    flash(_("The captions are back."))
    return hx.redirect(url_for("library.show", media_id=media_id))


def _attach(media_id: UUID, form: CaptionsForm, offered: tuple[Language, ...]) -> None:
    """Take the file in, and only then open a transaction."""
    language = next(each for each in offered if each.code == form.language.data)
    demand_language(actor(), language.id, of="media")
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("file", "Choose a file of captions (.vtt or .srt).", code="missing")
    if media.get(media_id).kind != "video":
        raise Invalid("file", "Only a video has captions.", code="no_video")
    release()
    storage: Storage = current_app.extensions["vitrine-storage"]
    stream: Any = file.stream
    kept = captions.take_in(stream, storage=storage)
    with transaction():
        captions.attach(media_id, language, kept, kind=form.kind.data or "", actor=actor(), version=form.version)


def _language(media_id: UUID, code: str) -> Language:
    found = next((row.language for row in captions.rows(media_id) if row.language.code == code), None)
    offered = library.open_file(media_id).tongues.offered
    language = found or next((each for each in offered if each.code == code), None)
    if language is None:
        raise NotFound("Language")
    return language
