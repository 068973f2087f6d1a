"""Files that come back: received, looked through on a page, taken or thrown away."""

import csv
import io
from typing import Any, Final
from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.domain.errors import Invalid
from webapp.domain.exchange import formats, tables, uploads
from webapp.domain.exchange.units import MOST_BYTES
from webapp.domain.models import ExchangeUpload
from webapp.domain.transaction import release, transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.exchange import blueprint, words
from webapp.web.exchange.forms import UploadForm
from webapp.web.exchange.routes import page

OVERHEAD: Final = 64 * 1024
SHOWN: Final = 200
"""Texts of each outcome that the page of a report holds; its table holds all."""


@blueprint.before_request
def make_room() -> None:
    """Let a file of texts be larger than other forms: this stands before the token is looked for in the body."""
    if request.endpoint == "exchange.receive":
        request.max_content_length = MOST_BYTES + OVERHEAD


@blueprint.post("/uploads")
@allows("translations:update")
def receive() -> Response:
    """Keep a file and show what would become of its texts."""
    release()
    form = UploadForm()
    kept: list[ExchangeUpload] = []
    if not form.carry_out(lambda: kept.append(_received(form))):
        return page(upload=form, status=form.status)
    return hx.redirect(url_for("exchange.show", upload_id=kept[0].id))


@blueprint.get("/uploads/<uuid:upload_id>")
@allows("translations:update")
def show(upload_id: UUID) -> Response:
    """Say what would become, or became, of each text of a file."""
    report = uploads.look(upload_id, actor=actor())
    context: dict[str, Any] = {
        "upload": report.upload,
        "format": formats.FORMATS[report.upload.format].label,
        "counts": report.counts,
        "so_far": report.so_far,
        "left": report.left,
        "at_once": min(report.left, uploads.AT_ONCE),
        "refusals": {words.REASONS[reason]: count for reason, count in report.refusals.items()},
    }
    listed = {outcome: [words.row(each) for each in report.of(outcome)[:SHOWN]] for outcome in ("change", "refused")}
    return hx.render("exchange/report.html", listed=listed, shown=SHOWN, **context)


@blueprint.get("/uploads/<uuid:upload_id>/report.csv")
@allows("translations:update")
def table(upload_id: UUID) -> Response:
    """Send what is said of all texts as a table."""
    report = uploads.look(upload_id, actor=actor())
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    for cells in (words.columns(), *(words.cells(each) for each in report.verdicts)):
        writer.writerow([tables.marked(cell) for cell in cells])
    answer = Response(tables.BOM + written.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="report.csv"'
    return answer


@blueprint.post("/uploads/<uuid:upload_id>/application")
@allows("translations:update")
def apply(upload_id: UUID) -> Response:
    """Write the texts that can be taken."""
    with transaction():
        count = uploads.apply(upload_id, actor=actor()).written
    flash(ngettext("%(num)s text was written.", "%(num)s texts were written.", count))
    return hx.redirect(url_for("exchange.show", upload_id=upload_id))


@blueprint.post("/uploads/<uuid:upload_id>/removal")
@allows("translations:update")
def discard(upload_id: UUID) -> Response:
    """Throw a file away."""
    with transaction():
        written = uploads.discard(upload_id, actor=actor())
    flash(_("Thrown away. What was written of it stays.") if written else _("Thrown away. No text was changed."))
    return hx.redirect(url_for("exchange.index"))


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Response:
    """Say how large a file may be."""
    form = UploadForm(formdata=None)
    form.refuse("file", _("This file is larger than %(most)s MiB: split it.", most=formats.MOST_MIB))
    return page(upload=form, status=413)


def _received(form: UploadForm) -> ExchangeUpload:
    content: bytes = form.file.data.read(MOST_BYTES + 1)
    if not content:
        raise Invalid("file", "This file is empty.")
    return uploads.receive(content, form.file.data.filename or "", replace=bool(form.replace.data), actor=actor())
