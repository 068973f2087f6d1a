"""Routes of the CMS dialect, below `/api/v1`; what is wrong with a request is said in pydantic's own shape."""

from typing import Final

from flask import Blueprint

from webapp.api.operations import Fault, Operation, Routes, Unprocessable, fault

__all__ = ["OPERATIONS", "PREFIX", "Fault", "Operation", "Unprocessable", "blueprint", "fault", "route"]

PREFIX: Final = "/api/v1"


blueprint = Blueprint("cms", __name__, url_prefix=PREFIX)
ROUTES: Final = Routes(blueprint, Unprocessable)
OPERATIONS: Final = ROUTES.operations
route = ROUTES.route
