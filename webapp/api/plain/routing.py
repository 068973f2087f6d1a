"""Routes of the plain dialect."""

from typing import Final

from flask import Blueprint

from webapp.api.operations import Routes, Unprocessable

PREFIX: Final = "/api/vitrine/v1"


blueprint = Blueprint("plain", __name__, url_prefix=PREFIX)
ROUTES: Final = Routes(blueprint, Unprocessable)
OPERATIONS: Final = ROUTES.operations
route = ROUTES.route
