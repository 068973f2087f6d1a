"""The page of the exchange, and the files that are sent out."""

from typing import Any
from uuid import UUID

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.http import dump_options_header

from webapp.domain import headings, languages
from webapp.domain.errors import Invalid, NotFound
from webapp.domain.exchange import formats, gathering, uploads
from webapp.domain.exchange.units import MOST_UNITS, STATES
from webapp.domain.headings import Heading
from webapp.domain.permissions import allow
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.exchange import blueprint
from webapp.web.exchange.forms import UNFINISHED, ExportForm, UploadForm


@blueprint.get("/")
@allows("galleries:read")
def index() -> Response:
    """Offer to send texts out and to take them in."""
    return page()


@blueprint.get("/file")
@allows("galleries:read")
def download() -> Response:
    """Send texts out as a file."""
    form = _form(request.args)
    if not form.validate():
        return page(form=form, status=form.status)
    try:
        document = gathering.gather(form.scope(), actor=actor())
        if not document.units:
            raise Invalid("state", _("There are no such texts."))
        content = formats.written(document, form.given("format"))
    except Invalid as error:
        form.refuse("state" if error.field == "file" else error.field, error.message)
        return page(form=form, status=form.status)
    return _sent(content, formats.FORMATS[form.given("format")], form.given("language"))


def page(*, form: ExportForm | None = None, upload: UploadForm | None = None, status: int = 200) -> Response:
    """Answer with the page of the exchange."""
    may_import = allow(actor(), "translations:update")
    context: dict[str, Any] = {
        "form": form or _form(None),
        "upload": (upload or UploadForm(formdata=None)) if may_import else None,
        "waiting": uploads.waiting(actor()) if may_import else [],
        "heading": _heading(),
        "most": formats.MOST_MIB,
        "most_units": MOST_UNITS,
    }
    return hx.render("exchange/index.html", status=status, **context)


def _form(given: Any) -> ExportForm:
    """Return the form as it was sent, or as an address begins it."""
    heading = _heading()
    into = languages.all_languages(active_only=True)
    written = set(gathering.sources([heading.id] if heading else None))
    out_of = [each for each in languages.all_languages() if each.id in written] or [languages.default()]
    wanted = request.args.get("language") or next((each.code for each in into if each.id != out_of[0].id), "")
    begun = {"language": wanted, "source": out_of[0].code, "format": "xliff12"}
    states = [state for state in request.args.getlist("state") if state in STATES] or list(UNFINISHED)
    if given is not None:
        return ExportForm(into, out_of, formdata=given)
    return ExportForm(into, out_of, formdata=None, gallery=str(heading.id) if heading else "", state=states, **begun)


def _heading() -> Heading | None:
    """Return the gallery that the address names. Raises NotFound."""
    given = request.args.get("gallery", "")
    try:
        return headings.of(UUID(given)) if given else None
    except ValueError:
        raise NotFound("Gallery") from None


def _sent(content: bytes, chosen: formats.Format, language: str) -> Response:
    answer = Response(content, mimetype=chosen.mime_type)
    name = "-".join(part for part in (_slug(), language) if part)
    named = dump_options_header("attachment", {"filename": f"{name}.{chosen.ending}"})
    answer.headers["Content-Disposition"] = named
    return answer


def _slug() -> str:
    heading = _heading()
    return heading.slug if heading else "texts"
