"""The history of a gallery, and one earlier text or order put back from it."""

from typing import Any
from uuid import UUID

from flask import Response, flash, request
from flask_babel import gettext as _

from webapp.domain import editing, headings, history, languages, translations
from webapp.domain.errors import Conflict, NotFound, Stale
from webapp.domain.merging import Merged, merge
from webapp.domain.models import Item
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.changes import words
from webapp.web.editor import conflicts
from webapp.web.editor.asked import number
from webapp.web.history import asked, blueprint, drawing
from webapp.web.phrases import told

LARGEST = 2**63 - 1


@blueprint.get("")
@allows("audit:read")
def index(gallery_id: UUID) -> Response:
    """Show who changed what and when, all of it or what is asked for."""
    return _page(gallery_id)


@blueprint.post("/<int:entry_id>/texts/<field>")
@allows("audit:read")
def put_text_back(gallery_id: UUID, entry_id: int, field: str) -> Response:
    """Save the text that stood before a change, or show it beside what somebody has written since."""
    try:
        with transaction():
            history.put_text_back(
                gallery_id, _checked(entry_id), field, actor=actor(), seen=request.form.get("seen", "")
            )
    except Stale:
        return _ask(gallery_id, entry_id, field)
    except Conflict as refused:
        return _page(gallery_id, problem=told(refused))
    flash(_("The earlier text is back."))
    return hx.redirect(asked.back(gallery_id))


@blueprint.post("/<int:entry_id>/order")
@allows("galleries:update")
def put_order_back(gallery_id: UUID, entry_id: int) -> Response:
    """Show the items as they stood before a change of their order."""
    version = number("order_version") or 0
    try:
        with transaction():
            history.put_order_back(gallery_id, _checked(entry_id), actor=actor(), order_version=version)
    except (Stale, Conflict) as refused:
        return _page(gallery_id, problem=told(refused))
    flash(_("The earlier order is back."))
    return hx.redirect(asked.back(gallery_id))


def _page(gallery_id: UUID, *, problem: str = "") -> Response:
    heading, wanted = headings.of(gallery_id), asked.read()
    found = history.page(heading, wanted, actor=actor(), after=request.args.get("after") or None)
    context: dict[str, Any] = {
        "heading": heading,
        "days": drawing.days(heading, found),
        "wanted": wanted,
        "fields": [(each, drawing.field_words(each)) for each in history.FIELDS],
        "people": history.people(gallery_id),
        "languages": languages.all_languages(),
        "next_url": asked.url(gallery_id, after=found.page.after) if found.page.after else "",
        "query": asked.query(),
        "first_url": asked.url(gallery_id) if request.args.get("after") else "",
        "problem": problem,
    }
    return hx.render("history/index.html", status=409 if problem else 200, **context)


def _ask(gallery_id: UUID, entry_id: int, field: str) -> Response:
    """Show the earlier text and the one of now side by side; what is chosen is saved as in the editor."""
    owner, language, before = history.text_before(gallery_id, entry_id, field)
    row = translations.find(owner, language.id)
    merged: Merged = merge({field: before or ""}, {}, {field: (getattr(row, field) if row else None) or ""})
    if not merged.choices:
        return hx.redirect(asked.back(gallery_id))
    desk = editing.open_desk(gallery_id, language.code)
    item = str(owner.id) if isinstance(owner, Item) else ""
    return conflicts.show(
        desk,
        merged,
        what=words.label(field),
        tokens={"version": row.version if row else 0},
        theirs=conflicts.of_text(row, merged),
        spoken=(field,),
        action=asked.editor_action(gallery_id, language.code, item),
    )


def _checked(entry_id: int) -> int:
    if entry_id > LARGEST:
        raise NotFound("Entry")
    return entry_id
