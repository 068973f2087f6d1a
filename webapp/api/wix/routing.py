"""Routes of the Wix dialect, below the three paths that its clients know (contract, finding 7)."""

from collections.abc import Sequence
from typing import Final

from flask import Blueprint
from werkzeug.exceptions import HTTPException

from webapp.api.operations import Fault, Routes, fault

__all__ = ["BASES", "OPERATIONS", "PREFIXES", "Violations", "blueprint", "fault", "other", "route"]

BASES: Final = {
    "wix": "/progallery/v2",
    "wix-documented": "/pro-gallery/v2",
    "wix-hosted": "/_api/pro-gallery-server/v2",
}
"""The SDK's path, that of today's documents, and the SDK's for a host of one's own; by the blueprint's names."""

OTHER: Final = ("/oauth2", "/oauth", "/site-search/v1")
"""Where tokens are given, and where the site is searched."""

PREFIXES: Final = (*BASES.values(), *OTHER)


class Violations(HTTPException):
    """The request has faults, each at a path of its fields."""

    code = 400

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("The request has faults.")
        self.faults = faults


blueprint = Blueprint("wix", __name__)
ROUTES: Final = Routes(blueprint, Violations)
OPERATIONS: Final = ROUTES.operations
route = ROUTES.route

other = Blueprint("wix-other", __name__)
"""What stands outside of the three paths."""
