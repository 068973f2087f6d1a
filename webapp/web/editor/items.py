"""One item: saved, made the cover, removed, brought back, tried again."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from webapp import jobs
from webapp.domain import editing, fetching, galleries, items, media, offering, renditions, tags, translations
from webapp.domain.editing import Desk
from webapp.domain.errors import Invalid
from webapp.domain.item_fields import ItemFields
from webapp.domain.merging import Merged
from webapp.domain.permissions import demand
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx, phrases
from webapp.web.editor import blueprint, conflicts, drawing, kinds, pages
from webapp.web.editor.addresses import back
from webapp.web.editor.asked import chosen_ids, moment, number, one_id
from webapp.web.editor.forms import ItemForm, sent, taking
from webapp.web.editor.saving import Values, or_none, save

Tokens = tuple[int | None, int | None]
"""An item's token, and that of its texts in a language."""


@blueprint.post("/items/<uuid:item_id>")
@allows("translations:update")
def save_item(gallery_id: UUID, item_id: UUID) -> Response:
    """Save an item's texts in the language that is edited, and its own fields."""
    language_id = editing.speak(galleries.get(gallery_id), request.args.get("lang")).current.id
    form = ItemForm(_sent(gallery_id, item_id))
    if form.touches_own:
        demand(actor(), "galleries:update")
    outcome: list[Merged | None] = []
    if not (form.validate() and form.attempt(lambda: outcome.append(_save(gallery_id, item_id, language_id, form)))):
        return pages.item_again(_desk(gallery_id), item_id, form)
    desk = _desk(gallery_id)
    return _ask(desk, item_id, outcome[0]) if outcome[0] else pages.item_saved(desk, item_id)


@blueprint.post("/cover")
@allows("galleries:update")
def set_cover(gallery_id: UUID) -> Response:
    """Use an item's picture as the cover, or none."""
    chosen = one_id("item")
    with transaction():
        media_id = _picture_of(gallery_id, chosen) if chosen else None
        gallery = galleries.get(gallery_id)
        galleries.update(gallery, {"cover_media_id": media_id}, actor=actor(), version=number("version"))
    return hx.redirect(back(gallery_id))


@blueprint.post("/items/trash")
@allows("galleries:update")
def trash(gallery_id: UUID) -> Response:
    """Remove items, with the way to bring them back."""
    ids = chosen_ids()
    with transaction():
        at = items.trash(gallery_id, ids, actor=actor())
    text = ngettext("%(num)s item is in the trash.", "%(num)s items are in the trash.", len(ids))
    undo = url_for("editor.restore", gallery_id=gallery_id, at=at.isoformat())
    said: Any = {"text": text, "action_url": undo, "action_label": _("Undo")}
    flash(said, "undo")
    return hx.redirect(back(gallery_id, item=""))


@blueprint.post("/items/restore")
@allows("galleries:update")
def restore(gallery_id: UUID) -> Response:
    """Bring items back: those that are named, or all that were removed at one moment."""
    with transaction():
        ids = chosen_ids(least=0) or items.trashed_at(gallery_id, moment("at"))
        items.restore(gallery_id, ids, actor=actor())
    flash(ngettext("%(num)s item is back.", "%(num)s items are back.", len(ids)))
    return hx.redirect(back(gallery_id))


@blueprint.post("/items/<uuid:item_id>/renditions")
@allows("media:update")
def retry(gallery_id: UUID, item_id: UUID) -> Response:
    """Try once more to fetch a file, or to make smaller pictures of it."""
    with transaction():
        item = items.get(gallery_id, item_id)
        for media_id in filter(None, (item.media_id, item.poster_id)):
            fetching.again(media_id)
            for blob in media.blobs_of([media_id]).values():
                renditions.retry(blob.id)
    jobs.ring(current_app)
    return hx.redirect(back(gallery_id, item=item_id))


def _sent(gallery_id: UUID, item_id: UUID) -> MultiDict[str, str]:
    """Return what was sent, and what the file says where it was asked for."""
    fields = sent()
    if "use" not in fields:
        return fields
    desk = _desk(gallery_id)
    return taking(fields, offering.for_item(editing.panel(desk, item_id), desk.tongues))


def _save(gallery_id: UUID, item_id: UUID, language_id: UUID, form: ItemForm) -> Merged | None:
    def write(changed: Values, tokens: Tokens) -> None:
        item, typed = items.get(gallery_id, item_id), form.typed()
        own = {name: text for name, text in changed.items() if name in form.OWN}
        texts = {name: text for name, text in changed.items() if name in form.TEXTS}
        if own:
            labels = tags.parse(own["tags"]) if "tags" in own else None
            fields = item_fields_of(own, typed) | kinds.own_fields(item, own, typed)
            items.change(item, fields, actor=actor(), version=tokens[0], labels=labels)
        if texts:
            told, seen = or_none({name: kinds.kept(name, text) for name, text in texts.items()}), form.seen()
            translations.write(item, language_id, told, actor=actor(), version=tokens[1], seen=seen)

    def read() -> tuple[Values, Tokens]:
        item = items.get(gallery_id, item_id)
        row = translations.find(item, language_id)
        texts = {name: (getattr(row, name) if row else None) or "" for name in form.TEXTS}
        return texts | drawing.own_values(item, tags.of(item)), (item.version, row.version if row else 0)

    tokens = (form.item_version.data, form.version.data)
    return save(form.typed(), form.base(), tokens, write=write, read=read)


def item_fields_of(changed: Values, typed: Values) -> ItemFields:
    """Return an item's own fields of what its form says. Raises Invalid."""
    fields: ItemFields = {}
    if "link_url" in changed:
        fields["link_url"] = changed["link_url"] or None
    if "link_text" in changed:
        fields["link_text"] = changed["link_text"] or None
    if "note" in changed:
        fields["note"] = changed["note"] or None
    if "decorative" in changed:
        fields["decorative"] = changed["decorative"] == "yes"
    if "focal_x" in changed or "focal_y" in changed:
        fields["focal_x"], fields["focal_y"] = _focal(typed.get("focal_x", ""), typed.get("focal_y", ""))
    return fields


def _focal(x: str, y: str) -> tuple[float, float] | tuple[None, None]:
    if not x and not y:
        return None, None
    for name, text in (("focal_x", x), ("focal_y", y)):
        if not text:
            raise Invalid(name, _("A focal point needs both numbers, or none."), code="focal")
    try:
        return float(x.replace(",", ".")), float(y.replace(",", "."))
    except ValueError:
        raise Invalid("focal_x", _("Write the focal point as numbers from 0 to 1."), code="focal") from None


def _picture_of(gallery_id: UUID, item_id: UUID) -> UUID:
    media_id = items.get(gallery_id, item_id).media_id
    if media_id is None:
        raise Invalid("item", _("Only a picture can be the cover."), code="no_picture")
    return media_id


def _desk(gallery_id: UUID) -> Desk:
    return editing.open_desk(gallery_id, request.args.get("lang"))


def _ask(desk: Desk, item_id: UUID, merged: Merged) -> Response:
    panel = editing.panel(desk, item_id)
    row = translations.find(panel.item, desk.tongues.current.id)
    by_text = conflicts.of_text(row, merged)
    return conflicts.show(
        desk,
        merged,
        what=_("Item %(n)s, %(language)s", n=panel.number, language=phrases.tongue(desk.tongues.current)),
        tokens={"version": row.version if row else 0, "item_version": panel.item.version},
        theirs=by_text if by_text.name else conflicts.of_thing("item", item_id),
        spoken=ItemForm.TEXTS,
    )
