"""The history of a gallery, field by field, and the way back to one earlier text or order (D10)."""

from flask import Blueprint

blueprint = Blueprint("history", __name__, url_prefix="/galleries/<uuid:gallery_id>/history")

from webapp.web.history import routes  # noqa: E402, F401  it holds the routes
