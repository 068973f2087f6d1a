"""The trash: galleries to be taken back, or deleted for good after a question."""

from typing import Any
from uuid import UUID

from flask import Response, flash, request, url_for

from webapp.domain import galleries, listing
from webapp.domain.transaction import transaction
from webapp.doors import actor, allows
from webapp.web import hx
from webapp.web.galleries import blueprint, saying
from webapp.web.galleries.cards import cards
from webapp.web.galleries.deeds import back


@blueprint.get("/trash")
@allows("galleries:delete")
def trash() -> Response:
    """List the galleries in the trash, the last thrown away first."""
    page = listing.trash(after=request.args.get("after") or None)
    following = url_for("galleries.trash", after=page.after) if page.after else ""
    context: dict[str, Any] = {"cards": cards(page.rows, ()), "next_url": following}
    return hx.render("galleries/trash.html", "galleries/_trash.html", **context)


@blueprint.post("/<uuid:gallery_id>/restoration")
@allows("galleries:delete")
def restore(gallery_id: UUID) -> Response:
    """Take a gallery out of the trash."""
    with transaction():
        gallery = galleries.find_trashed(gallery_id)
        title, slug = galleries.title_of(gallery), gallery.trashed_slug
        now = galleries.restore(gallery, actor=actor())
    flash(saying.restored(title, now, changed=now != slug))
    return hx.redirect(back())


@blueprint.get("/<uuid:gallery_id>/removal")
@allows("galleries:delete")
def ask(gallery_id: UUID) -> Response:
    """Ask before a gallery is deleted for good."""
    return hx.render("galleries/removal.html", card=cards([listing.trashed(gallery_id)], ())[0])


@blueprint.post("/<uuid:gallery_id>/removal")
@allows("galleries:delete")
def purge(gallery_id: UUID) -> Response:
    """Delete a gallery for good."""
    with transaction():
        gallery = galleries.find_trashed(gallery_id)
        title = galleries.title_of(gallery)
        galleries.purge(gallery, actor=actor())
    flash(saying.purged(title))
    return hx.redirect(url_for("galleries.trash"))
