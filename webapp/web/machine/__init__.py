"""Translation by a machine: what it is asked for, the words it has to use, and where it is."""

from flask import Blueprint

blueprint = Blueprint("machine", __name__, url_prefix="/translations/machine")

from webapp.web.machine import routes, words  # noqa: E402, F401  they hold the routes
