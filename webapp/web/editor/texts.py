"""The gallery's texts: saved, and those of gallery and items as drafts while they are typed."""

from uuid import UUID

from flask import Response, request
from flask_babel import gettext as _

from webapp.domain import editing, galleries, items, translations
from webapp.domain.editing import Desk
from webapp.domain.merging import Merged
from webapp.domain.models import Gallery, Item, Language
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx, phrases
from webapp.web.editor import blueprint, conflicts, drawing, pages
from webapp.web.editor.addresses import back
from webapp.web.editor.forms import GalleryTextForm, ItemForm, TextForm, sent
from webapp.web.editor.saving import Values, or_none, save


@blueprint.post("/texts/<code>")
@allows("translations:update")
def save_texts(gallery_id: UUID, code: str) -> Response:
    """Make what was typed the values that visitors see."""
    desk = editing.open_desk(gallery_id, code)
    form = GalleryTextForm(sent(), named=desk.tongues.in_source)
    outcome: list[Merged | None] = []
    if not (form.validate() and form.attempt(lambda: outcome.append(_save(desk, form)))):
        return pages.texts_again(editing.open_desk(gallery_id, code), form)
    desk = editing.open_desk(gallery_id, code)
    return _ask(desk, outcome[0]) if outcome[0] else pages.texts_saved(desk)


@blueprint.post("/texts/<code>/draft")
@blueprint.post("/items/<uuid:item_id>/texts/<code>/draft")
@allows("translations:update")
def draft(gallery_id: UUID, code: str, item_id: UUID | None = None) -> Response:
    """Keep what was typed, for editors only."""
    with transaction():
        owner, language = _owner(gallery_id, item_id, code)
        _keep(owner, language, _form(item_id))
    return hx.done()


@blueprint.post("/texts/<code>/discard")
@blueprint.post("/items/<uuid:item_id>/texts/<code>/discard")
@allows("translations:update")
def discard(gallery_id: UUID, code: str, item_id: UUID | None = None) -> Response:
    """Forget the draft of a field, and keep what was typed in the others."""
    fields, form = request.form.getlist("field"), _form(item_id)
    with transaction():
        owner, language = _owner(gallery_id, item_id, code)
        _keep(owner, language, form, but=fields)
        translations.discard_drafts(owner, language.id, actor=actor(), fields=fields)
    return _again(gallery_id, code, item_id, form)


@blueprint.post("/texts/<code>/confirmation")
@blueprint.post("/items/<uuid:item_id>/texts/<code>/confirmation")
@allows("translations:update")
def confirm(gallery_id: UUID, code: str, item_id: UUID | None = None) -> Response:
    """Say that a text is still right although its source has changed, and keep what was typed elsewhere."""
    form = _form(item_id)
    with transaction():
        owner, language = _owner(gallery_id, item_id, code)
        _keep(owner, language, form)
        for field in request.form.getlist("field"):
            translations.still_right(owner, language.id, field, actor=actor())
    return _again(gallery_id, code, item_id, form)


def _save(desk: Desk, form: GalleryTextForm) -> Merged | None:
    gallery_id, language_id = desk.gallery.id, desk.tongues.current.id

    def write(changed: Values, version: int | None) -> None:
        values = or_none(changed)
        gallery = galleries.get(gallery_id)
        translations.write(gallery, language_id, values, actor=actor(), version=version, seen=form.seen())

    def read() -> tuple[Values, int]:
        row = translations.find(galleries.get(gallery_id), language_id)
        return {name: (getattr(row, name) if row else None) or "" for name in form.FIELDS}, row.version if row else 0

    return save(form.typed(), form.base(), form.version.data, write=write, read=read)


def _ask(desk: Desk, merged: Merged) -> Response:
    row = desk.rows.get(desk.tongues.current.id)
    return conflicts.show(
        desk,
        merged,
        what=_("Gallery text, %(language)s", language=phrases.tongue(desk.tongues.current)),
        tokens={"version": row.version if row else 0},
        theirs=conflicts.of_text(row, merged),
        spoken=GalleryTextForm.FIELDS,
    )


def _form(item_id: UUID | None) -> TextForm:
    return GalleryTextForm(sent()) if item_id is None else ItemForm(sent())


def _owner(gallery_id: UUID, item_id: UUID | None, code: str) -> tuple[Gallery | Item, Language]:
    gallery = galleries.get(gallery_id)
    language = editing.speak(gallery, code).current
    return (gallery, language) if item_id is None else (items.get(gallery_id, item_id), language)


def _keep(owner: Gallery | Item, language: Language, form: TextForm, *, but: list[str] | None = None) -> None:
    typed = {name: text for name, text in form.typed(form.TEXTS).items() if name not in (but or [])}
    over = {"base": form.base(), "seen": form.seen(), "version": form.version.data}
    translations.draft(owner, language.id, typed, actor=actor(), **over)


def _again(gallery_id: UUID, code: str, item_id: UUID | None, form: TextForm) -> Response:
    """Show the region anew; what was typed into fields that have no drafts stays there."""
    desk = editing.open_desk(gallery_id, code)
    url = back(gallery_id, lang="" if desk.tongues.in_source else code, item=item_id)
    if item_id is None or not isinstance(form, ItemForm):
        return hx.after(url, "editor/_texts.html", **pages.around(desk), **pages.text_region(desk))
    panel = editing.panel(desk, item_id)
    region = pages.inspector(desk, panel, item=drawing.item_form(panel, own=form.typed(form.OWN)))
    return hx.after(url, "editor/_inspector.html", **pages.around(desk), **region)
