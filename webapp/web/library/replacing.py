"""Another file in the place of one: new bytes for an entry, or another entry wherever one is used."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp import jobs
from webapp.domain import library, media, replacing, swapping, uses
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.permissions import demand
from webapp.domain.sieve import sifting
from webapp.domain.swapping import Swapped
from webapp.domain.transaction import release, transaction
from webapp.doors import actor, allows
from webapp.infra.storage import Storage
from webapp.web import hx
from webapp.web.editor.asked import number, one_id
from webapp.web.library import blueprint, drawing
from webapp.web.library.forms import ReplaceForm
from webapp.web.library.routes import answer
from webapp.web.phrases import told


@blueprint.post("/<uuid:media_id>/file")
@allows("media:update")
def replace(media_id: UUID) -> Response:
    """Put another file into the place of one, wherever it is used."""
    demand(actor(), "media:upload")
    form = ReplaceForm()
    if not (form.validate() and form.attempt(lambda: _replace(media_id, form))):
        return answer(library.open_file(media_id), replacing=form, status=form.status)
    jobs.ring(current_app)
    return hx.after(url_for("library.show", media_id=media_id), said=_("The file was replaced."))


@blueprint.post("/<uuid:media_id>/file/restoration")
@allows("media:update")
def put_back(media_id: UUID) -> Response:
    """Put the file back that was there before."""
    try:
        with transaction():
            replacing.put_back(media_id, actor=actor(), version=number("version"))
    except (Stale, Conflict) as refused:
        flash(told(refused), "error")
        return hx.redirect(url_for("library.show", media_id=media_id))
    jobs.ring(current_app)
    return hx.after(url_for("library.show", media_id=media_id), said=_("The earlier file is back."))


@blueprint.get("/<uuid:media_id>/replacement")
@allows("galleries:update")
def choose(media_id: UUID) -> Response:
    """Offer the library's files of the same kind, and show where the file is used."""
    return _offer(media_id, chosen=_asked("with"))


@blueprint.post("/<uuid:media_id>/replacement")
@allows("galleries:update")
def swap(media_id: UUID) -> Response:
    """Put another file of the library into the place of one, wherever it is used."""
    chosen = one_id("with")
    if chosen is None:
        raise Invalid("with", _("Choose a file first."), code="missing")
    try:
        with transaction():
            done = swapping.everywhere(media_id, chosen, actor=actor(), seen=request.form.get("seen"))
            stays = "discard" in request.form and not _throw_away(media_id)
    except Stale as refused:
        return _offer(media_id, chosen=chosen, problem=told(refused), status=409)
    _say(done, stays=stays)
    return hx.redirect(url_for("library.show", media_id=chosen))


def _replace(media_id: UUID, form: ReplaceForm) -> None:
    file: Any = form.file.data
    if not file or not file.filename:
        raise Invalid("file", _("Choose a file first."), code="missing")
    kind = replacing.kind_of(media_id, form.version.data)
    release()
    storage: Storage = current_app.extensions["vitrine-storage"]
    intake = media.take_in(file.stream, file.filename, storage=storage, only=kind)
    with transaction():
        replacing.replace(media_id, intake, actor=actor(), version=form.version.data)


def _throw_away(media_id: UUID) -> bool:
    """Put the file into the trash where nobody sees it any more."""
    demand(actor(), "media:delete")
    if media.uses(media_id):
        return False
    media.trash(media.locked(media_id), actor=actor())
    return True


def _offer(media_id: UUID, *, chosen: UUID | None, problem: str = "", status: int = 200) -> Response:
    """Answer with the files to choose from, or with the question once one is chosen."""
    old = library.entry(media_id)
    query = " ".join(request.args.get("q", "")[: library.QUERY].split())
    found = library.sifted(sifting(query, {"kind": old.kind}), after=request.args.get("after") or None)
    places, behind = uses.places(media_id), uses.backdrops(media_id)
    context: dict[str, Any] = {
        "old": drawing.card(old),
        "new": drawing.card(library.entry(chosen)) if chosen else None,
        "places": places,
        "behind": behind,
        "seen": swapping.token(places, behind),
        "count": sum(place.times + place.cover for place in places) + len(behind),
        "cards": drawing.cards([each for each in found.rows if each.id != media_id]),
        "query": query,
        "after": found.after,
        "problem": problem,
    }
    return hx.render("library/replacement.html", status=status, **context)


def _say(done: Swapped, *, stays: bool) -> None:
    places = str(ngettext("%(num)s place", "%(num)s places", done.places))
    galleries = str(ngettext("%(num)s gallery", "%(num)s galleries", done.galleries))
    if done.galleries or not done.backgrounds:
        flash(_("Replaced in %(places)s of %(galleries)s.", places=places, galleries=galleries))
    if done.backgrounds:
        count = done.backgrounds
        flash(str(ngettext("Replaced in %(num)s background.", "Replaced in %(num)s backgrounds.", count)))
    if stays:
        flash(_("The old file stays: visitors still see it where changes are held."), "error")


def _asked(name: str) -> UUID | None:
    """Return the id in the query. Raises NotFound for what is none."""
    given = request.args.get(name, "")
    try:
        return UUID(given) if given else None
    except ValueError:
        raise NotFound("Media") from None
