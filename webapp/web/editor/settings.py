"""The gallery's own fields, and whether visitors see it."""

from datetime import UTC, datetime
from uuid import UUID

from flask import Response, flash, request
from flask_babel import gettext as _

from webapp.domain import editing, galleries, slugs
from webapp.domain.editing import Desk
from webapp.domain.galleries import GalleryFields
from webapp.domain.merging import Merged
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.editor import blueprint, conflicts, drawing, pages
from webapp.web.editor.addresses import back
from webapp.web.editor.asked import number
from webapp.web.editor.forms import SettingsForm, sent
from webapp.web.editor.saving import Values, save
from webapp.web.translations import gate


@blueprint.post("/settings")
@allows("galleries:update")
def save_settings(gallery_id: UUID) -> Response:
    """Save a gallery's address, status, author and source language."""
    form = drawing.settings_form(_desk(gallery_id), sent())
    outcome: list[Merged | None] = []
    if not (form.validate() and form.attempt(lambda: outcome.append(_save(gallery_id, form)))):
        return pages.settings_again(_desk(gallery_id), form)
    return _ask(_desk(gallery_id), outcome[0]) if outcome[0] else pages.settings_saved(_desk(gallery_id))


@blueprint.post("/publication")
@allows("galleries:update")
def publish(gallery_id: UUID) -> Response:
    """Let visitors see the gallery, or no longer."""
    status = request.form.get("status", "")
    if asked := gate.ask(gallery_id, back(gallery_id), {"version": request.form.get("version", "")}):
        return asked
    with transaction():
        gallery = galleries.get(gallery_id)
        galleries.update(gallery, {"status": status}, actor=actor(), version=number("version"))
    flash(_("The gallery is public.") if status == "published" else _("Visitors no longer see the gallery."))
    return hx.redirect(back(gallery_id))


def _desk(gallery_id: UUID) -> Desk:
    return editing.open_desk(gallery_id, request.args.get("lang"))


def _save(gallery_id: UUID, form: SettingsForm) -> Merged | None:
    def write(changed: Values, version: int | None) -> None:
        galleries.update(galleries.get(gallery_id), gallery_fields_of(changed), actor=actor(), version=version)

    def read() -> tuple[Values, int]:
        gallery = galleries.get(gallery_id)
        return drawing.settings_values(gallery, slugs.of(gallery_id)), gallery.version

    return save(form.typed(), form.base(), form.version.data, write=write, read=read)


def gallery_fields_of(changed: Values) -> GalleryFields:
    """Return a gallery's own fields of what its form says. Raises Invalid."""
    fields: GalleryFields = {}
    if "slug" in changed:
        fields["slug"] = changed["slug"].strip()
    if "standing" in changed:
        fields["status"] = changed["standing"]
    for name in ("publish_at", "unpublish_at"):
        if name in changed:
            fields[name] = datetime.fromisoformat(changed[name]).replace(tzinfo=UTC) if changed[name] else None
    if "category_uri" in changed:
        fields["category_uri"] = changed["category_uri"].strip() or None
    if "author" in changed:
        fields["author_id"] = UUID(changed["author"]) if changed["author"] else None
    if "source_language" in changed:
        fields["source_language_id"] = UUID(changed["source_language"])
    return fields | looks_of(changed)


def looks_of(changed: Values) -> GalleryFields:
    """Return how visitors are to see a gallery, of what its form says."""
    fields: GalleryFields = {}
    if "layout" in changed:
        fields["layout"] = changed["layout"]
    if "tile_size" in changed:
        fields["tile_size"] = changed["tile_size"]
    if "tile_shape" in changed:
        fields["tile_shape"] = changed["tile_shape"]
    return fields


def _ask(desk: Desk, merged: Merged) -> Response:
    return conflicts.show(
        desk,
        merged,
        what=_("Gallery settings"),
        tokens={"version": desk.gallery.version},
        theirs=conflicts.of_thing("gallery", desk.gallery.id),
        spoken=(),
    )
