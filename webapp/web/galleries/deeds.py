"""What is done to galleries from the list: to one by its menu, to several by the bar."""

from typing import Any, Final
from uuid import UUID

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _

from webapp import jobs
from webapp.domain import bulk, cloning, galleries
from webapp.domain.errors import Invalid
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx, paths
from webapp.web.galleries import addresses, blueprint, saying

UNDOABLE: Final = 24
"""Galleries whose ids fit into the address behind "Undo", which a cookie carries to the next page."""


@blueprint.post("/<uuid:gallery_id>/copies")
@allows("galleries:create")
def clone(gallery_id: UUID) -> Response:
    """Clone a gallery, and lead to the copy."""
    with transaction():
        original = galleries.get(gallery_id)
        copy_id = cloning.clone(original, actor=actor()).id
        title = galleries.title_of(original)
    flash(saying.cloned(title))
    return hx.redirect(addresses.editor(copy_id))


@blueprint.post("/<uuid:gallery_id>/status")
@allows("galleries:update")
def set_status(gallery_id: UUID) -> Response:
    """Publish, unpublish or archive a gallery."""
    status = request.form.get("status", "")
    with transaction():
        gallery = galleries.get(gallery_id)
        galleries.set_status(gallery, status, actor=actor())
        said = saying.set_to(status, galleries.title_of(gallery))
    flash(said)
    return hx.redirect(back())


@blueprint.post("/<uuid:gallery_id>/trash")
@allows("galleries:delete")
def discard(gallery_id: UUID) -> Response:
    """Put a gallery into the trash; the message that says so takes it back."""
    with transaction():
        gallery = galleries.get(gallery_id)
        title = galleries.title_of(gallery)
        galleries.trash(gallery, actor=actor())
    _offer_undo(saying.discarded(title), [gallery_id])
    return hx.redirect(back())


@blueprint.post("/bulk")
@allows("galleries:read")
def carry_out() -> Response:
    """Do something to all galleries that are chosen; the domain asks who may."""
    deed, chosen = request.form.get("deed", ""), _ids(request.form.getlist("ids"))
    if not chosen:
        flash(_("Choose galleries first."), "error")
        return hx.redirect(back())
    with transaction():
        done = bulk.carry_out(deed, chosen, actor=actor())
    _say_done(deed, done)
    return hx.redirect(back())


@blueprint.post("/restorations")
@allows("galleries:delete")
def take_back() -> Response:
    """Take the galleries of the address out of the trash; behind "Undo"."""
    with transaction():
        done = bulk.carry_out("restore", _ids(request.args.getlist("id")), actor=actor())
    _say_done("restore", done)
    return hx.redirect(back())


@blueprint.post("/samples")
@allows("settings:update")
def load_samples() -> Response:
    """Have the sample galleries made."""
    jobs.enqueue(current_app, jobs.of(current_app).load_samples, str(actor().id))
    flash(_("The sample galleries are being made. Load this page again in a minute."))
    return hx.redirect(url_for("galleries.index"))


def back() -> str:
    """Return where the form says that it stood, if that is one of our own pages; else the list."""
    return paths.own(request.values.get("next")) or url_for("galleries.index")


def _ids(given: list[str]) -> list[UUID]:
    """Return the ids that were sent. Raises Invalid for what is none."""
    try:
        return [UUID(each) for each in given]
    except ValueError:
        raise Invalid("ids", _("Choose galleries of the list.")) from None


def _offer_undo(said: str, gallery_ids: list[UUID]) -> None:
    if len(gallery_ids) > UNDOABLE:
        flash(said)
        return
    url = url_for("galleries.take_back", id=[str(each) for each in gallery_ids], next=back())
    message: Any = {"text": said, "action_url": url, "action_label": _("Undo")}
    flash(message)


def _say_done(deed: str, done: list[UUID]) -> None:
    said = saying.done(deed, len(done))
    if deed == "trash" and done:
        _offer_undo(said, done)
    else:
        flash(said)
