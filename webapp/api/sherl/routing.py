"""Routes of the Sherl dialect, below `/api`; ids in the path are texts, which may name nothing."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from flask import Blueprint
from pydantic import Field
from werkzeug.exceptions import HTTPException

from webapp.api.kinds import STORABLE
from webapp.api.operations import Fault, Routes
from webapp.domain.errors import NotFound

PREFIX: Final = "/api"
PREFIXES: Final = tuple(f"{PREFIX}/{each}" for each in ("galleries", "medias", "auth", "sherl"))
"""Below which all answers are the dialect's; other dialects stand beside them."""

Ident = Annotated[str, Field(max_length=255), STORABLE]
"""An id as programs write it."""


class Faulty(HTTPException):
    """The request has faults, each in pydantic's own shape."""

    code = HTTPStatus.BAD_REQUEST

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("The request has faults.")
        self.faults = faults


class Unknown(HTTPException):
    """Nothing has the id that was given."""

    code = HTTPStatus.NOT_FOUND

    def __init__(self, thing: str, ident: str) -> None:
        super().__init__(f"{thing} not found: {ident}")


blueprint = Blueprint("sherl", __name__, url_prefix=PREFIX)
ROUTES: Final = Routes(blueprint, Faulty)
OPERATIONS: Final = ROUTES.operations
route = ROUTES.route


@contextmanager
def named(thing: str, ident: str) -> Iterator[UUID]:
    """Give the id that a text spells; what is not found is said by its name. Raises Unknown."""
    try:
        yield UUID(ident)
    except (ValueError, NotFound):
        raise Unknown(thing, ident) from None
