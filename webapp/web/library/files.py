"""What is done to a file as a whole: named, thrown away, taken back."""

from typing import Any
from uuid import UUID

from flask import Response, flash, url_for
from flask_babel import gettext as _

from webapp.domain import library, media, tags
from webapp.domain.errors import Conflict
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.editor.asked import one_id
from webapp.web.galleries.saying import named
from webapp.web.library import blueprint
from webapp.web.library.forms import NameForm, TagsForm
from webapp.web.library.routes import answer


@blueprint.post("/<uuid:media_id>/name")
@allows("media:update")
def rename(media_id: UUID) -> Response:
    """Give a file another name."""
    form = NameForm()
    if not form.carry_out(lambda: _rename(media_id, form)):
        return answer(library.open_file(media_id), name=form, status=form.status)
    return hx.after(url_for("library.show", media_id=media_id), said=_("Saved."))


@blueprint.post("/<uuid:media_id>/tags")
@allows("media:update")
def label(media_id: UUID) -> Response:
    """Give a file other tags."""
    form = TagsForm()
    if not form.carry_out(lambda: _label(media_id, form)):
        return answer(library.open_file(media_id), tags=form, status=form.status)
    return hx.after(url_for("library.show", media_id=media_id), said=_("Saved."))


@blueprint.post("/<uuid:media_id>/trash")
@allows("media:delete")
def discard(media_id: UUID) -> Response:
    """Put a file into the trash, unless a gallery shows it: then say where."""
    try:
        name = _discard(media_id)
    except Conflict:
        return answer(library.open_file(media_id), in_use=True, status=409)
    undo: Any = {
        "text": _("“%(name)s” is in the trash.", name=named(name)),
        "action_url": url_for("library.restore", media_id=media_id),
        "action_label": _("Undo"),
    }
    flash(undo)
    return hx.redirect(url_for("library.index"))


@blueprint.post("/<uuid:media_id>/restoration")
@allows("media:delete")
def restore(media_id: UUID) -> Response:
    """Take a file out of the trash, maybe instead of one that was added anew."""
    instead = one_id("instead")
    with transaction():
        found = media.find_trashed(media_id)
        media.restore(found, actor=actor())
        name = found.original_filename
        if instead is not None and not media.uses(instead):
            media.trash(media.locked(instead), actor=actor())
    flash(_("“%(name)s” is back.", name=named(name)))
    return hx.redirect(url_for("library.show", media_id=media_id))


def _rename(media_id: UUID, form: NameForm) -> None:
    found = media.locked(media_id)
    media.change(found, {"original_filename": form.given("name")}, actor=actor(), version=form.version.data)


def _label(media_id: UUID, form: TagsForm) -> None:
    found = media.locked(media_id)
    media.label(found, tags.parse(form.given("tags")), actor=actor(), version=form.version.data)


def _discard(media_id: UUID) -> str:
    with transaction():
        found = media.locked(media_id)
        media.trash(found, actor=actor())
        return found.original_filename
