"""The editor of one gallery: its texts in a language, its items in their order, and a panel for one of them."""

from flask import Blueprint

blueprint = Blueprint("editor", __name__, url_prefix="/galleries/<uuid:gallery_id>")

from webapp.web.editor import (  # noqa: E402  they hold the routes
    additions,  # noqa: F401
    items,  # noqa: F401
    moves,  # noqa: F401
    selection,  # noqa: F401
    settings,  # noqa: F401
    show,  # noqa: F401
    texts,  # noqa: F401
    uploads,  # noqa: F401
)
