"""The languages page and the page of one language."""

from typing import Any
from uuid import UUID

from flask import Response, url_for
from flask_babel import gettext as _

from webapp.domain import languages
from webapp.domain.languages import LanguageFields
from webapp.domain.models import Language
from webapp.doors import actor, allows
from webapp.web import hx, phrases
from webapp.web.languages import blueprint
from webapp.web.languages.forms import AddForm, LanguageForm, VersionForm


@blueprint.get("/")
@allows("languages:read")
def index() -> Response:
    """List the languages."""
    return _index(AddForm(formdata=None))


@blueprint.post("/")
@allows("languages:create")
def add() -> Response:
    """Add a language by its code."""
    form = AddForm()
    if not form.carry_out(lambda: languages.add(form.given("code"), actor=actor())):
        return _index(form, status=form.status)
    return _list_again(_("Added."))


@blueprint.get("/<uuid:language_id>")
@allows("languages:update")
def show(language_id: UUID) -> Response:
    """Show what is said of a language."""
    return _page(languages.get(language_id))


@blueprint.post("/<uuid:language_id>")
@allows("languages:update")
def change(language_id: UUID) -> Response:
    """Change what is said of it."""
    language = languages.get(language_id)
    form = LanguageForm(language=language)
    if not form.carry_out(
        lambda: languages.update(language_id, form.fields(), version=form.version.data, actor=actor())
    ):
        return _page(language, form, status=form.status)
    return hx.after(url_for("languages.index"), said=_("Saved."))


@blueprint.post("/<uuid:language_id>/default")
@allows("languages:update")
def make_default(language_id: UUID) -> Response:
    """Make it the language that new galleries are written in, and that missing texts fall back to."""
    return _update(language_id, {"is_default": True}, _("This is the default language now."))


@blueprint.post("/<uuid:language_id>/deactivate")
@allows("languages:update")
def deactivate(language_id: UUID) -> Response:
    """Take it off the site; its texts are kept."""
    return _update(language_id, {"is_active": False}, _("Deactivated. Its texts are kept."))


@blueprint.post("/<uuid:language_id>/reactivate")
@allows("languages:update")
def reactivate(language_id: UUID) -> Response:
    """Put it back."""
    return _update(language_id, {"is_active": True}, _("Reactivated."))


def _update(language_id: UUID, fields: LanguageFields, said: str) -> Response:
    form = VersionForm()
    done = form.carry_out(lambda: languages.update(language_id, fields, version=form.version.data, actor=actor()))
    return _list_again(said) if done else _index(AddForm(formdata=None), trouble=form.form_errors, status=form.status)


def _list_again(said: str) -> Response:
    return hx.after(url_for("languages.index"), "languages/_list.html", said=said, **_listed())


def _index(form: AddForm, *, trouble: Any = (), status: int = 200) -> Response:
    return hx.render(
        "languages/index.html", "languages/_list.html", status=status, form=form, trouble=trouble, **_listed()
    )


def _listed() -> dict[str, Any]:
    found = languages.all_languages()
    return {"languages": found, "names": {each.id: phrases.tongue(each, inside=True) for each in found}}


def _page(language: Language, form: LanguageForm | None = None, *, status: int = 200) -> Response:
    form = form or LanguageForm(
        formdata=None,
        language=language,
        name=language.name,
        native_name=language.native_name,
        direction=language.direction,
        fallback_id=str(language.fallback_id or ""),
        version=language.version,
    )
    return hx.render("languages/show.html", status=status, form=form, language=language)
