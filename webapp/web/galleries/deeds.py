"""What is done to galleries from the list: to one by its menu, to several by the bar."""

from typing import Any, Final
from uuid import UUID

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _

from webapp import jobs
from webapp.domain import bulk, cloning, galleries, languages, tags
from webapp.domain.asking import Line
from webapp.domain.bulk import Done
from webapp.domain.errors import Conflict, Invalid
from webapp.domain.models import Gallery
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx, paths
from webapp.web.categories.drawing import choices
from webapp.web.galleries import addresses, asked, blueprint, listed, saying
from webapp.web.phrases import told
from webapp.web.translations import gate

DEED_OF: Final = {"published": "publish", "draft": "unpublish", "archived": "archive"}


@blueprint.post("/<uuid:gallery_id>/copies")
@allows("galleries:create")
def clone(gallery_id: UUID) -> Response:
    """Clone a gallery, and lead to the copy; the message there takes it back."""
    copies: list[Gallery] = []
    with transaction():
        original = galleries.get(gallery_id)
        done = bulk.note("clone", lambda: copies.append(cloning.clone(original, actor=actor())))
        said, copy_id = saying.cloned(galleries.title_of(original)), copies[0].id
    _say_done(done, said)
    return hx.redirect(addresses.editor(copy_id))


@blueprint.post("/<uuid:gallery_id>/status")
@allows("galleries:update")
def set_status(gallery_id: UUID) -> Response:
    """Publish, unpublish or archive a gallery; the message that says so takes it back."""
    status = request.form.get("status", "")
    if asking := gate.ask(gallery_id, addresses.editor(gallery_id), {"next": request.form.get("next", "")}):
        return asking
    with transaction():
        gallery = galleries.get(gallery_id)
        done = bulk.note(DEED_OF.get(status, status), lambda: galleries.set_status(gallery, status, actor=actor()))
        said = saying.set_to(status, galleries.title_of(gallery))
    return _answer(done, said)


@blueprint.post("/<uuid:gallery_id>/trash")
@allows("galleries:delete")
def discard(gallery_id: UUID) -> Response:
    """Put a gallery into the trash; the message that says so takes it back."""
    with transaction():
        gallery = galleries.get(gallery_id)
        said = saying.discarded(galleries.title_of(gallery))
        done = bulk.note("trash", lambda: galleries.trash(gallery, actor=actor()))
    return _answer(done, said)


@blueprint.post("/bulk")
@allows("galleries:read")
def carry_out() -> Response:
    """Do something to all galleries that are chosen; the domain asks who may."""
    deed, chosen = request.form.get("deed", ""), chosen_ids(request.form.getlist("ids"))
    if not chosen:
        flash(_("Choose galleries first."), "error")
        return _shown()
    if asking := gate.ask_about_many(deed, chosen, back(), {"next": back()}):
        return asking
    with transaction():
        done = bulk.carry_out(deed, chosen, actor=actor(), labels=_labels())
    return _answer(done)


@blueprint.get("/matching")
@allows("galleries:read")
def matching() -> Response:
    """Ask what is to be done to all galleries that are asked for, however many pages they fill."""
    return _ask_about_all(asked.line_of(request.args))


@blueprint.post("/matching")
@allows("galleries:read")
def carry_out_all() -> Response:
    """Do something to all galleries that are asked for, if they are as many as was said."""
    line, deed = asked.line_of(request.form), request.form.get("deed", "")
    count = request.form.get("count", 0, type=int)
    if asking := _ask_about_incomplete(line, deed, count):
        return asking
    try:
        with transaction():
            done = bulk.carry_out_all(deed, line, count=count, actor=actor(), labels=_labels())
    except Conflict as refused:
        return _ask_about_all(line, said=told(refused), status=409)
    _say_done(done)
    return hx.redirect(url_for("galleries.index", q=str(line)))


@blueprint.post("/undo")
@allows("galleries:update")
def take_back() -> Response:
    """Take back what was done to galleries; behind "Undo"."""
    with transaction():
        done = bulk.undo(*(request.args.get(name, 0, type=int) for name in ("first", "last")), actor=actor())
    return _answer(done)


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


def chosen_ids(given: list[str]) -> list[UUID]:
    """Return the ids that were sent. Raises Invalid for what is none."""
    try:
        return [UUID(each) for each in given]
    except ValueError:
        raise Invalid("ids", _("Choose galleries of the list.")) from None


def _labels() -> list[str]:
    """Return the tags that were typed, or the category that was chosen."""
    if request.form.get("deed") == "category":
        return [each for each in (request.form.get("into", ""),) if each]
    return tags.parse(request.form.get("tags", ""))


def _ask_about_incomplete(line: Line, deed: str, count: int) -> Response | None:
    """Ask about what is incomplete among all that match; of more or fewer than was said, the deed itself tells."""
    found = bulk.matching(line, actor=actor()) if deed == "publish" else []
    if len(found) != count:
        return None
    back = url_for("galleries.matching", q=str(line))
    return gate.ask_about_many(deed, found, back, {"q": str(line), "count": str(count)})


def _ask_about_all(line: Line, *, said: str = "", status: int = 200) -> Response:
    found = bulk.matching(line, actor=actor())
    context: dict[str, Any] = {"line": line, "count": len(found), "most": bulk.MOST, "said": said}
    context["categories"] = choices(languages.all_languages(active_only=True))
    return hx.render("galleries/matching.html", status=status, **context)


def _answer(done: Done, said: str = "") -> Response:
    """Say what was done, on the list as it is now."""
    _say_done(done, said)
    return _shown()


def _shown() -> Response:
    """Give a page that is open the list as it is now, and lead browsers without scripts back to it."""
    return listed.after_deed() if hx.wants_fragment() else hx.redirect(back())


def _say_done(done: Done, said: str = "") -> None:
    said = said or saying.done(done.deed, len(done.ids))
    if not done.undoable:
        flash(said)
        return
    url = url_for("galleries.take_back", first=done.first, last=done.last, next=back())
    message: Any = {"text": said, "action_url": url, "action_label": _("Undo")}
    flash(message)
