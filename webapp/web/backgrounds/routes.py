"""Backgrounds: the list, the form, and what it saves."""

from uuid import UUID

from flask import Response, flash, request, url_for
from flask_babel import gettext as _

from webapp.domain import languages
from webapp.domain.backgrounds import comparing, keeping
from webapp.domain.backgrounds.comparing import Merged
from webapp.domain.models import Background
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.backgrounds import blueprint, pages, sheets
from webapp.web.backgrounds.forms import BackgroundForm
from webapp.web.backgrounds.sheets import Sheet

SAVE = "save"


@blueprint.get("/")
@allows("backgrounds:read")
def index() -> Response:
    """List the backgrounds, narrowed as the address says."""
    return pages.index()


@blueprint.get("/new")
@allows("backgrounds:create")
def new() -> Response:
    """Ask what a background is to be."""
    return pages.form_page(_form(sheets.blank()), None)


@blueprint.post("/")
@allows("backgrounds:create")
def make() -> Response:
    """Make a background, or work on its form."""
    sheet, made = sheets.sent(request.form), list[Background]()
    if request.form.get("do", SAVE) != SAVE:
        return _worked(sheet, None)
    form = _form(sheet)
    if not form.carry_out(lambda: made.append(keeping.register(form.fields(), actor=actor()))):
        return pages.form_page(form, None, status=form.status)
    return _back(made[0].id, _("The background is made."))


@blueprint.get("/<uuid:background_id>")
@allows("backgrounds:read")
def show(background_id: UUID) -> Response:
    """Show a background, to be changed by those who may."""
    return pages.show(keeping.get(background_id))


@blueprint.post("/<uuid:background_id>")
@allows("backgrounds:update")
def change(background_id: UUID) -> Response:
    """Change a background, or work on its form; what both have changed is asked about."""
    sheet = sheets.sent(request.form)
    if keeping.is_trashed(background_id):
        return _thrown_away(sheet)
    if request.form.get("do", SAVE) != SAVE:
        return _worked(sheet, keeping.get(background_id))
    form, outcome = _settled(background_id, sheet), list[Merged | None]()
    if not (form.validate() and form.attempt(lambda: outcome.append(_save(background_id, form)))):
        return pages.form_page(form, keeping.get(background_id), status=form.status)
    if outcome[0]:
        return pages.conflict(background_id, outcome[0], sheet, form.languages)
    return _back(background_id, _("Saved."))


def _settled(background_id: UUID, sheet: Sheet) -> BackgroundForm:
    """Return the form with theirs wherever that was chosen on the page of a conflict. Raises NotFound."""
    tongues = languages.all_languages(active_only=True)
    pages.chosen_between(keeping.get(background_id).id, sheet, tongues)
    return BackgroundForm(sheet, tongues)


def _save(background_id: UUID, form: BackgroundForm) -> Merged | None:
    version = form.version.data or keeping.get(background_id).version
    return comparing.save(background_id, form.fields(), version=version, actor=actor())


def _form(sheet: Sheet) -> BackgroundForm:
    return BackgroundForm(sheet, languages.all_languages(active_only=True))


def _worked(sheet: Sheet, found: Background | None) -> Response:
    """Answer with the form after one of its buttons; nothing is saved."""
    deed = request.form["do"]
    if deed in ("find", "next"):
        sheet["library-at"] = sheet.get("library-after", "") if deed == "next" else ""
    focus = sheets.worked(sheet, deed)
    return pages.form_page(_form(sheet), found, focus=focus)


def _thrown_away(sheet: Sheet) -> Response:
    """Answer with what was written of a background that is in the trash by now: it can be made anew."""
    form = _form(sheet)
    form.form_errors.append(
        _(
            "Somebody moved this background to the trash meanwhile. What you wrote still stands here: save it as a "
            "new one, or take the other one out of the trash first."
        )
    )
    return pages.form_page(form, None, status=409)


def _back(background_id: UUID, said: str) -> Response:
    flash(said)
    return hx.redirect(url_for("backgrounds.show", background_id=background_id))
