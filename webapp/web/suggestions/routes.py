"""The translations that a text of the table could take over: a fragment for the script, a page with forms without."""

from typing import Any
from uuid import UUID

from flask import Response, flash, request
from flask_babel import format_percent
from flask_babel import gettext as _

from webapp.domain import editing, galleries, glossary, headings, items, suggesting, translations
from webapp.domain.errors import NotFound
from webapp.domain.exchange.units import FIELDS
from webapp.domain.glossary import Word
from webapp.domain.models import Gallery, Item, Language
from webapp.domain.suggesting import Suggestion
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.changes.words import label
from webapp.web.editor.addresses import editor_url
from webapp.web.suggestions import blueprint
from webapp.web.translations import addresses

BASE = "/galleries/<uuid:gallery_id>/translations/<code>"


@blueprint.get(f"{BASE}/texts/suggestions")
@blueprint.get(f"{BASE}/items/<uuid:item_id>/suggestions")
@allows("translations:update")
def index(gallery_id: UUID, code: str, item_id: UUID | None = None) -> Response:
    """Show where the same source is translated already."""
    owner, language, field = _asked(gallery_id, code, item_id, request.args)
    found = suggesting.find(owner, field, language.id, actor=actor())
    context: dict[str, Any] = {
        "terms": _words(owner, field, language),
        "found": [(each, _place(each, language), format_percent(each.likeness / 100)) for each in found],
        "language": language,
        "field": field,
        "url": f"{addresses.row(gallery_id, language.code, item_id)}/suggestions",
        "back": _back(gallery_id, language, item_id),
    }
    titles = {"heading": None, "label": label(field)} if hx.wants_fragment() else _titles(gallery_id, field)
    return hx.render("suggestions/index.html", "suggestions/_found.html", **context, **titles)


@blueprint.post(f"{BASE}/texts/suggestions")
@blueprint.post(f"{BASE}/items/<uuid:item_id>/suggestions")
@allows("translations:update")
def take(gallery_id: UUID, code: str, item_id: UUID | None = None) -> Response:
    """Put a suggestion into the field as a draft, to be read and saved there."""
    with transaction():
        owner, language, field = _asked(gallery_id, code, item_id, request.form)
        taken = {field: request.form.get("text", "")}
        translations.draft(owner, language.id, taken, actor=actor(), seen={})
    flash(_("Taken as a draft. Read it, then save it."))
    return hx.redirect(_back(gallery_id, language, item_id))


def _asked(gallery_id: UUID, code: str, item_id: UUID | None, given: Any) -> tuple[Gallery | Item, Language, str]:
    """Return whose text it is, in which language, and which. Raises NotFound."""
    gallery = galleries.get(gallery_id)
    language = editing.speak(gallery, code).current
    owner = gallery if item_id is None else items.get(gallery.id, item_id)
    field = given.get("field", "")
    if field not in FIELDS["item" if item_id else "gallery"]:
        raise NotFound("Text")
    return owner, language, field


def _words(owner: Gallery | Item, field: str, language: Language) -> list[Word]:
    """Return the words to use that stand in the source."""
    terms = glossary.terms(language.id)
    return glossary.words_of(terms, suggesting.source_of(owner, field)[0]) if terms else []


def _titles(gallery_id: UUID, field: str) -> dict[str, Any]:
    return {"heading": headings.of(gallery_id), "label": label(field)}


def _back(gallery_id: UUID, language: Language, item_id: UUID | None) -> str:
    return f"{addresses.table(gallery_id, language.code)}#{addresses.id_of(item_id)}"


def _place(found: Suggestion, language: Language) -> str:
    if found.gallery_id is None:
        return f"/library/{found.media_id}"
    return editor_url(found.gallery_id, lang=language.code, item=found.item_id)
