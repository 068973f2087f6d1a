"""The texts of a gallery in one language, as a page."""

from uuid import UUID

from flask import Response

from webapp.domain import editing, headings
from webapp.doors import allows
from webapp.web import hx
from webapp.web.translations import blueprint, table


@blueprint.get("/galleries/<uuid:gallery_id>/translations/<code>")
@allows("galleries:read")
def show(gallery_id: UUID, code: str) -> Response:
    """Show the texts of a gallery and its items, their source beside them."""
    heading = headings.of(gallery_id)
    tongues = editing.speak(heading.gallery, code)
    return hx.render("translations/show.html", **table.page(heading, tongues))
