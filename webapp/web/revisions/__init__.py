"""Revisions of a gallery: listed, compared with what is now or with each other, restored (D10)."""

from flask import Blueprint

blueprint = Blueprint("revisions", __name__, url_prefix="/galleries/<uuid:gallery_id>/revisions")

from webapp.web.revisions import routes  # noqa: E402, F401  it holds the routes
