"""The revisions of a gallery, one of them beside what is now or beside another, and its restoring."""

from typing import Any, Final
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from webapp.domain import headings, reinstating, reviewing, revisions
from webapp.domain.errors import Invalid, NotFound, Stale
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.changes import drawing, words
from webapp.web.editor.addresses import editor_url
from webapp.web.phrases import told
from webapp.web.revisions import blueprint

REASONS: Final = {
    "published": _l("Published"),
    "hold published": _l("Held changes published"),
    "before discard": _l("Before held changes were discarded"),
    "before bulk change": _l("Before several items were changed"),
    "before removal": _l("Before several items were removed"),
    "before replacement": _l("Before a file was replaced everywhere"),
    "before bulk": _l("Before something was done to several galleries"),
    "before import": _l("Before translations were taken in from a file"),
    "before restoring": _l("Before a revision was restored"),
}
LARGEST: Final = 2**31 - 1


@blueprint.get("")
@allows("galleries:update")
def index(gallery_id: UUID) -> Response:
    """List the revisions, newest first."""
    heading = headings.of(gallery_id)
    after = request.args.get("after") or None
    found = revisions.page(gallery_id, after=after)
    url = url_for("revisions.index", gallery_id=gallery_id)
    context: dict[str, Any] = {
        "heading": heading,
        "rows": found.rows,
        "oldest": revisions.oldest(gallery_id),
        "first_url": url if after else "",
        "reason": reason,
    }
    return hx.render("revisions/index.html", next_url=f"{url}?after={found.after}" if found.after else "", **context)


@blueprint.get("/<int:number>")
@allows("galleries:update")
def show(gallery_id: UUID, number: int) -> Response:
    """Show what restoring a revision would change, or what became of it until another one."""
    return _page(gallery_id, _checked(number))


@blueprint.post("/<int:number>/restoration")
@allows("galleries:update")
def restore(gallery_id: UUID, number: int) -> Response:
    """Make the gallery what a revision says."""
    try:
        with transaction():
            done = reinstating.restore(gallery_id, _checked(number), actor=actor(), seen=request.form.get("seen"))
            kept = revisions.page(gallery_id, size=1).rows[0].number
    except Stale as refused:
        return _page(gallery_id, number, problem=told(refused))
    undo = url_for("revisions.restore", gallery_id=gallery_id, number=kept)
    text = words.said_of(done, _("Revision %(number)s is back.", number=number))
    said: Any = {"text": text, "action_url": undo, "action_label": _("Undo")}
    flash(said, "undo")
    return hx.redirect(editor_url(gallery_id))


def reason(code: str) -> str:
    """Say why a revision was kept."""
    return str(REASONS.get(code) or code.capitalize())


def _page(gallery_id: UUID, number: int, *, problem: str = "") -> Response:
    other, everything = _other(), bool(request.args.get("all"))
    heading, row, second, found = reviewing.revision(gallery_id, number, other=other, everything=everything)
    context: dict[str, Any] = {
        "heading": heading,
        "row": row,
        "other": second,
        "view": drawing.view(heading, found),
        "choices": [each.number for each in revisions.page(gallery_id).rows if each.number != number],
        "reason": reason,
        "problem": problem,
    }
    return hx.render("revisions/show.html", status=409 if problem else 200, **context)


def _other() -> int | None:
    """Return the revision to compare with, None for what is now. Raises Invalid."""
    given = request.args.get("with", "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Invalid("with", _("A revision is a number."), code="number")
    return int(given)


def _checked(number: int) -> int:
    if number > LARGEST:
        raise NotFound("Revision")
    return number
