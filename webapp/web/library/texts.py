"""What is said of a file in a language: saved, live at once wherever the file is used (D15)."""

from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from flask_babel import gettext as _

from webapp.domain import library, media, translations
from webapp.domain.library import Folio
from webapp.domain.merging import Merged
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.editor import conflicts
from webapp.web.editor.forms import sent, taking
from webapp.web.editor.saving import Values, or_none, save
from webapp.web.library import blueprint, drawing
from webapp.web.library.forms import MediaTextForm
from webapp.web.library.routes import answer, context_of


@blueprint.post("/<uuid:media_id>/texts/<code>")
@allows("translations:update")
def save_texts(media_id: UUID, code: str) -> Response:
    """Save a file's texts in a language."""
    folio = library.open_file(media_id, code)
    form = MediaTextForm(taking(sent(), drawing.offers(folio)))
    outcome: list[Merged | None] = []
    if not (form.validate() and form.attempt(lambda: outcome.append(_save(folio, form)))):
        return _again(folio, form)
    return _ask(library.open_file(media_id, code), outcome[0]) if outcome[0] else _saved(media_id, code)


@blueprint.post("/<uuid:media_id>/texts/<code>/confirmation")
@allows("translations:update")
def confirm(media_id: UUID, code: str) -> Response:
    """Say that a text is still right although its source has changed."""
    folio = library.open_file(media_id, code)
    with transaction():
        for field in request.form.getlist("field"):
            translations.still_right(media.get(media_id), folio.tongues.current.id, field, actor=actor())
    return _saved(media_id, code)


def _save(folio: Folio, form: MediaTextForm) -> Merged | None:
    media_id, language_id = folio.media.id, folio.tongues.current.id

    def write(changed: Values, version: int | None) -> None:
        translations.write(media.get(media_id), language_id, or_none(changed), actor=actor(), version=version)

    def read() -> tuple[Values, int]:
        row = translations.find(media.get(media_id), language_id)
        return {name: (getattr(row, name) if row else None) or "" for name in form.FIELDS}, row.version if row else 0

    return save(form.typed(), form.base(), form.version.data, write=write, read=read)


def _saved(media_id: UUID, code: str) -> Response:
    url = url_for("library.show", media_id=media_id, lang=code)
    if not hx.wants_fragment():
        return hx.after(url, said=_("Saved."))
    return hx.after(url, "library/_texts.html", said=_("Saved."), **context_of(library.open_file(media_id, code)))


def _again(folio: Folio, form: MediaTextForm) -> Response:
    if hx.wants_fragment():
        return hx.render("library/_texts.html", status=form.status, **context_of(folio, form))
    return answer(folio, texts=form, status=form.status)


def _ask(folio: Folio, merged: Merged) -> Response:
    row: Any = folio.rows.get(folio.tongues.current.id)
    url = url_for("library.show", media_id=folio.media.id, lang=folio.tongues.current.code)
    return conflicts.ask(
        merged,
        what=folio.media.original_filename,
        language=folio.tongues.current,
        spoken=MediaTextForm.FIELDS,
        tokens={"version": row.version if row else 0},
        theirs=conflicts.of_text(row, merged),
        steps=[(_("Library"), url_for("library.index")), (folio.media.original_filename, url)],
    )
