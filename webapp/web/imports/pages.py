"""The pages of imports: the one that asks for files, and the one that says what became of them."""

from typing import Any, Final
from uuid import UUID

from flask import Response, current_app, request, url_for

from webapp.domain import headings
from webapp.domain.errors import NotFound
from webapp.domain.headings import Heading
from webapp.domain.imports import addresses, reports, tending
from webapp.domain.permissions import demand
from webapp.doors import actor, allows
from webapp.infra.storage import Storage
from webapp.infra.zips import MOST_ENTRIES
from webapp.web import hx
from webapp.web.imports import blueprint
from webapp.web.imports.forms import AddressesForm, ArchiveForm

MOST_LINES: Final = 1000
"""Lines of a report that are looked at again at once."""


@blueprint.get("/")
@allows("media:upload")
def index() -> Response:
    """List the imports that are still told of, the newest first."""
    after = request.args.get("after") or None
    page = reports.listed(after=after)
    following = url_for("imports.index", after=page.after) if page.after else ""
    first = url_for("imports.index") if after else ""
    days = tending.KEPT.days
    return hx.render("imports/index.html", listed=page.rows, next_url=following, first_url=first, kept_days=days)


@blueprint.get("/new")
@allows("media:upload")
def new() -> Response:
    """Offer to import an archive or addresses, into the library or a gallery."""
    return ask()


@blueprint.get("/<uuid:import_id>")
@allows("media:upload")
def show(import_id: UUID) -> Response:
    """Say how far an import is and what became of each of its files; htmx gets that part alone."""
    problems = request.args.get("show") == "problems"
    report = reports.find(import_id)
    page = reports.lines(import_id, problems=problems, after=request.args.get("after") or None, size=_size())
    show_alone = "problems" if problems else None
    following = url_for("imports.show", import_id=import_id, show=show_alone, after=page.after) if page.after else ""
    context: dict[str, Any] = {"report": report, "lines": page.rows, "next_url": following, "problems": problems}
    return hx.render("imports/show.html", "imports/_report.html", kept_days=tending.KEPT.days, **context)


def ask(*, archive: ArchiveForm | None = None, listed: AddressesForm | None = None, status: int = 200) -> Response:
    """Answer with the page that asks; a form that was refused stands in it as it was sent."""
    heading = gallery()
    context: dict[str, Any] = {
        "archive": archive or ArchiveForm(formdata=None),
        "listed": listed or AddressesForm(formdata=None),
        "heading": heading,
        "into": heading.id if heading else None,
        "most": storage().most.bytes // 1024**2,
        "most_entries": MOST_ENTRIES,
        "most_addresses": addresses.MOST,
    }
    return hx.render("imports/new.html", status=status, **context)


def _size() -> int:
    """Return how many lines to show: as many as a page that looks again has there, in all its parts."""
    return min(max(reports.SIZE, sum(request.args.getlist("shown", type=int))), MOST_LINES)


def gallery() -> Heading | None:
    """Return the gallery that files are to go into, none for the library alone. Raises NotFound, Forbidden."""
    given = request.args.get("gallery", "")
    if not given:
        return None
    demand(actor(), "galleries:update")
    try:
        return headings.of(UUID(given))
    except ValueError:
        raise NotFound("Gallery") from None


def storage() -> Storage:
    """Return where bytes are kept."""
    found: Storage = current_app.extensions["vitrine-storage"]
    return found
