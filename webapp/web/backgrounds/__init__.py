"""Backgrounds: pictures for zones of programs and places, what they were before, and their trash."""

from flask import Blueprint

blueprint = Blueprint("backgrounds", __name__, url_prefix="/backgrounds")

from webapp.web.backgrounds import (  # noqa: E402  they hold the routes
    routes,  # noqa: F401
    trash,  # noqa: F401
    trying,  # noqa: F401
    versions,  # noqa: F401
)
