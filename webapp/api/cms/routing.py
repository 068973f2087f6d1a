"""Routes of the CMS dialect, below `/api/v1`; what is wrong with a request is said in pydantic's own shape."""

from collections.abc import Sequence
from typing import Final

from flask import Blueprint
from werkzeug.exceptions import HTTPException

from webapp.api.operations import Fault, Operation, Routes, fault

__all__ = ["OPERATIONS", "PREFIX", "Fault", "Operation", "Unprocessable", "blueprint", "fault", "route"]

PREFIX: Final = "/api/v1"


class Unprocessable(HTTPException):
    """The request has faults, each in pydantic's own shape."""

    code = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("The request has faults.")
        self.faults = faults


blueprint = Blueprint("cms", __name__, url_prefix=PREFIX)
ROUTES: Final = Routes(blueprint, Unprocessable)
OPERATIONS: Final = ROUTES.operations
route = ROUTES.route
