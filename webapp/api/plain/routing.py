"""Routes of the plain dialect."""

from collections.abc import Sequence
from typing import Final

from flask import Blueprint
from werkzeug.exceptions import HTTPException

from webapp.api.operations import Fault, Routes

PREFIX: Final = "/api/vitrine/v1"


class Unprocessable(HTTPException):
    """The request has faults."""

    code = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("The request has faults.")
        self.faults = faults


blueprint = Blueprint("plain", __name__, url_prefix=PREFIX)
ROUTES: Final = Routes(blueprint, Unprocessable)
OPERATIONS: Final = ROUTES.operations
route = ROUTES.route
