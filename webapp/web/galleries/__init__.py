"""The gallery list and what is done to whole galleries: made, cloned, published, thrown away, taken back."""

from flask import Blueprint

blueprint = Blueprint("galleries", __name__, url_prefix="/galleries")

from webapp.web.galleries import deeds, presence, routes, site_order, trash, views  # noqa: E402, F401  they hold the routes
