"""What a background was: its versions, one beside another or beside what is now, and its restoring."""

from typing import Any, Final
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.domain import languages
from webapp.domain.backgrounds import comparing, keeping, versions
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.backgrounds import blueprint, drawing
from webapp.web.phrases import told

LARGEST: Final = 2**31 - 1


@blueprint.get("/<uuid:background_id>/versions")
@allows("backgrounds:read")
def history(background_id: UUID) -> Response:
    """List what a background was, newest first."""
    found, after = keeping.get(background_id), request.args.get("after") or None
    page = versions.page(background_id, after=after)
    url = url_for("backgrounds.history", background_id=background_id)
    context: dict[str, Any] = {
        "row": drawing.row(found),
        "now": comparing.current(found).row if after is None else None,
        "versions": page.rows,
        "first_url": url if after else "",
        "next_url": f"{url}?after={page.after}" if page.after else "",
    }
    return hx.render("backgrounds/versions.html", **context)


@blueprint.get("/<uuid:background_id>/versions/<int:number>")
@allows("backgrounds:read")
def compare(background_id: UUID, number: int) -> Response:
    """Show a version beside what is now, or beside another one."""
    return _page(background_id, _checked(number))


@blueprint.post("/<uuid:background_id>/versions/<int:number>/restoration")
@allows("backgrounds:update")
def reinstate(background_id: UUID, number: int) -> Response:
    """Make a background what it was in a version."""
    seen = request.form.get("version", type=int)
    try:
        with transaction():
            _done, left_out = keeping.reinstate(background_id, _checked(number), actor=actor(), version=seen)
    except (Conflict, Stale) as refused:
        return _page(background_id, number, problem=told(refused))
    said = _("Version %(number)s is back, as a version of its own.", number=number)
    gone = ngettext(
        "%(num)s picture is no longer in the library.", "%(num)s pictures are no longer in the library.", left_out
    )
    flash(f"{said} {gone}" if left_out else said)
    return hx.redirect(url_for("backgrounds.show", background_id=background_id))


def _page(background_id: UUID, number: int, *, problem: str = "") -> Response:
    found, other = keeping.get(background_id), _other()
    older = comparing.at(found, number)
    newer = comparing.at(found, found.version if other is None else other)
    if newer.row.number < older.row.number:
        older, newer = newer, older
    differences = comparing.compare(comparing.of(older), comparing.of(newer))
    context: dict[str, Any] = {
        "row": drawing.row(found),
        "number": number,
        "older": older.row,
        "newer": newer.row,
        "sides": drawing.sides(differences, languages.all_languages()),
        "choices": [each.number for each in versions.page(background_id).rows if each.number != number],
        "problem": problem,
    }
    return hx.render("backgrounds/version.html", status=409 if problem else 200, **context)


def _other() -> int | None:
    """Return the version to compare with, None for what is now. Raises Invalid."""
    given = request.args.get("with", "")
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise Invalid("with", _("A version is a number."), code="number")
    return int(given)


def _checked(number: int) -> int:
    if number > LARGEST:
        raise NotFound("Version")
    return number
