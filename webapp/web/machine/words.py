"""The words to use in a language: for the machine and for people."""

from uuid import UUID

from flask import Response, url_for
from flask_babel import gettext as _

from webapp.domain import glossary, languages
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.machine import blueprint
from webapp.web.machine.forms import TermForm
from webapp.web.machine.routes import language_or_missing


@blueprint.get("/words/<code>")
@allows("galleries:read")
def words(code: str) -> Response:
    """List the words of a language."""
    return _page(code)


@blueprint.post("/words/<code>")
@allows("galleries:update")
def add(code: str) -> Response:
    """Add a word."""
    form = TermForm()
    language = language_or_missing(code)
    if not form.carry_out(
        lambda: glossary.add(language.id, form.given("term"), form.given("translation"), actor=actor())
    ):
        return _page(code, form, status=form.status)
    return hx.after(url_for("machine.words", code=code), said=_("Added."))


@blueprint.post("/words/<code>/<uuid:term_id>/removal")
@allows("galleries:update")
def remove(code: str, term_id: UUID) -> Response:
    """Take a word away."""
    with transaction():
        glossary.remove(term_id, actor=actor())
    return hx.after(url_for("machine.words", code=code), said=_("Taken away."))


def _page(code: str, form: TermForm | None = None, *, status: int = 200) -> Response:
    language = language_or_missing(code)
    return hx.render(
        "machine/words.html",
        status=status,
        form=form or TermForm(formdata=None),
        language=language,
        languages=languages.all_languages(active_only=True),
        terms=glossary.terms(language.id),
    )
