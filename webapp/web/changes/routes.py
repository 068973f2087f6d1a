"""Holding the changes of a gallery, and the review of what is held."""

from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain import headings, holds, reviewing
from webapp.domain.errors import Conflict, Invalid, Stale
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.changes import blueprint, drawing, words
from webapp.web.editor.addresses import editor_url
from webapp.web.phrases import told


@blueprint.post("/hold")
@allows("galleries:update")
def hold(gallery_id: UUID) -> Response:
    """Freeze what visitors see."""
    with transaction():
        holds.hold(gallery_id, actor=actor())
    flash(_("Changes are held from now on: visitors see the gallery as it is now."))
    return hx.redirect(editor_url(gallery_id))


@blueprint.get("/changes")
@allows("galleries:update")
def show(gallery_id: UUID) -> Response:
    """Show what is held back, change by change."""
    return _page(gallery_id)


@blueprint.get("/changes/count")
@allows("galleries:update")
def count(gallery_id: UUID) -> Response:
    """Say how many changes are held; a browser without a script gets their page."""
    if not hx.wants_fragment():
        return hx.redirect(url_for("changes.show", gallery_id=gallery_id))
    _heading, found = reviewing.held(gallery_id)
    return hx.render("changes/_count.html", count=found.comparison.count)


@blueprint.post("/hold/reversals")
@allows("galleries:update")
def undo(gallery_id: UUID) -> Response:
    """Take single changes back to what visitors see."""
    chosen = _chosen()
    try:
        with transaction():
            done = holds.undo(gallery_id, chosen, actor=actor())
    except (Stale, Conflict) as refused:
        return _page(gallery_id, problem=told(refused))
    flash(ngettext("%(num)s change is taken back.", "%(num)s changes are taken back.", done))
    return hx.redirect(url_for("changes.show", gallery_id=gallery_id, _anchor=request.form.get("section") or None))


@blueprint.post("/hold/publication")
@allows("galleries:update")
def publish(gallery_id: UUID) -> Response:
    """Let visitors see all changes."""
    try:
        with transaction():
            holds.publish(gallery_id, actor=actor(), seen=request.form.get("seen"))
    except (Stale, Conflict) as refused:
        return _page(gallery_id, problem=told(refused))
    flash(_("The changes are public."))
    return hx.redirect(editor_url(gallery_id))


@blueprint.get("/hold/discard")
@allows("galleries:update")
def ask(gallery_id: UUID) -> Response:
    """Ask before the changes are discarded, and say what goes."""
    heading, found = reviewing.held(gallery_id)
    return hx.render(
        "changes/discard.html", heading=heading, found=found.comparison, sums=words.sums(found.comparison)
    )


@blueprint.post("/hold/discard")
@allows("galleries:update")
def discard(gallery_id: UUID) -> Response:
    """Take the gallery back to what visitors see."""
    try:
        with transaction():
            done = holds.discard(gallery_id, actor=actor(), seen=request.form.get("seen"))
    except (Stale, Conflict) as refused:
        return _page(gallery_id, problem=told(refused))
    flash(words.said_of(done, _("The gallery is back at what visitors see. A revision keeps what was discarded.")))
    return hx.redirect(editor_url(gallery_id))


def _page(gallery_id: UUID, *, problem: str = "") -> Response:
    """Answer with the review; `problem` is why something was not done."""
    status, everything = 409 if problem else 200, bool(request.args.get("all"))
    if headings.of(gallery_id).holding is None:
        return hx.render("changes/none.html", heading=headings.of(gallery_id), problem=problem, status=status)
    heading, found = reviewing.held(gallery_id, everything=everything)
    view = drawing.view(heading, found)
    return hx.render("changes/show.html", heading=heading, view=view, problem=problem, status=status)


def _chosen() -> dict[str, str]:
    """Return the changes that a button names, each with its token. Raises Invalid."""
    named = [each.partition(" ") for each in request.form.get("change", "").split(",") if each]
    if not named:
        raise Invalid("change", _("Choose a change to take back."), code="change")
    return {key: token for key, _space, token in named}
