"""The editor of one gallery: its texts in a language, its items in their order, and a panel for one of them."""

from flask import Blueprint

blueprint = Blueprint("editor", __name__, url_prefix="/galleries/<uuid:gallery_id>")

from webapp.web.editor import additions, items, moves, settings, show, texts, uploads  # noqa: E402, F401  they hold the routes
