"""Held changes: begun, looked at, taken back one by one, published or discarded (D9)."""

from flask import Blueprint

blueprint = Blueprint("changes", __name__, url_prefix="/galleries/<uuid:gallery_id>")

from webapp.web.changes import routes  # noqa: E402, F401  it holds the routes
