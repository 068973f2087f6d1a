"""Routes of a dialect: a view says what it takes in its signature, and gets it judged.

Path, query and body are checked together, so that the client is told every fault at once. The same registry makes
the OpenAPI document.
"""

import functools
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import NoneType
from typing import Any, Final, get_args, get_type_hints

from flask import Blueprint, Response, request
from pydantic import BaseModel, TypeAdapter, ValidationError
from werkzeug.exceptions import HTTPException

from webapp.api import http
from webapp.api.lasting import lasting
from webapp.doors import allows

JUDGED: Final = ("query", "body", "return")
"""What a view annotates beside the path's ids."""

View = Callable[..., Response]
Fault = dict[str, Any]


class Unprocessable(HTTPException):
    """The request has faults, each in pydantic's own shape."""

    code = 422

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("The request has faults.")
        self.faults = faults


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked for, as the registry knows it.

    `kinds` are those of the path's ids, `also` statuses that not all operations have.
    """

    method: str
    path: str
    name: str
    summary: str
    permission: str
    status: int
    answer: Any
    query: type[BaseModel] | None
    body: Any
    kinds: tuple[Any, ...]
    also: tuple[int, ...] = ()

    @property
    def ids(self) -> list[str]:
        """Return the names of the ids in the path, in their order."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def body_is_optional(self) -> bool:
        """Whether the request may come without a body."""
        return NoneType in get_args(self.body)


@dataclass(frozen=True)
class Routes:
    """The routes of one dialect; `refuse` makes its error of all that is wrong with a request."""

    blueprint: Blueprint
    refuse: Callable[[Sequence[Fault]], Exception]
    operations: list[Operation] = field(default_factory=list)

    def route(
        self,
        method: str,
        path: str,
        permission: str,
        *,
        status: int = 200,
        answer: Any = None,
        also: tuple[int, ...] = (),
        lasts: bool = False,
    ) -> Callable[[View], View]:
        """Declare a view: it gets the path's ids in their order, then what it annotates `query` and `body` with.

        `lasts` where the answer is the same until something is written, for all who may do the same.
        """

        def register(view: View) -> View:
            said: dict[str, Any] = {"method": method, "path": path, "permission": permission, "status": status}
            operation = _operation(view, **said, answer=answer, also=also)
            self.operations.append(operation)

            @functools.wraps(view)
            def handle(**raw: str) -> Response:
                taken, faults = judge(operation, raw)
                if faults:
                    raise self.refuse(faults)
                return lasting(lambda: view(*taken)) if lasts else view(*taken)

            self.blueprint.add_url_rule(
                re.sub(r"{(\w+)}", r"<\1>", path),
                endpoint=view.__name__,
                view_func=allows(permission)(handle),
                methods=[method],
                provide_automatic_options=False,
            )
            return view

        return register


def fault(kind: str, loc: Sequence[str | int], message: str, given: Any, **ctx: Any) -> Fault:
    """Put a fault that pydantic does not know into its shape."""
    found = {"type": kind, "loc": list(loc), "msg": message, "input": given}
    return found | {"ctx": ctx} if ctx else found


def judge(operation: Operation, raw: Mapping[str, str]) -> tuple[list[Any], list[Fault]]:
    """Return what the view takes, and all that is wrong with it."""
    taken: list[Any] = []
    faults: list[Fault] = []
    for name, kind in zip(operation.ids, operation.kinds, strict=True):
        _take(_adapter(kind), raw[name], ("path", name), taken, faults)
    if operation.query:
        _take(_adapter(operation.query), _arguments(), ("query",), taken, faults)
    if operation.body:
        _take_body(operation, taken, faults)
    return taken, faults


def _operation(view: View, **declared: Any) -> Operation:
    """Describe a view by what it declares, its name, its docstring and what it annotates."""
    hints = get_type_hints(view, include_extras=True)
    return Operation(
        **declared,
        name=view.__name__,
        summary=(inspect.getdoc(view) or "").partition("\n")[0],
        query=hints.get("query"),
        body=hints.get("body"),
        kinds=tuple(kind for name, kind in hints.items() if name not in JUDGED),
    )


def _take_body(operation: Operation, taken: list[Any], faults: list[Fault]) -> None:
    try:
        body = http.read_json()
    except http.Malformed as wrong:
        faults.append(fault("json_invalid", ("body", wrong.offset), "JSON decode error", {}, error=wrong.reason))
        return
    if body is http.NOTHING and operation.body_is_optional:
        taken.append(None)
    elif body is http.NOTHING:
        faults.append(fault("missing", ("body",), "Field required", None))
    else:
        _take(_adapter(operation.body), body, ("body",), taken, faults)


@functools.cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Return what validates a kind, made once: making it costs more than most requests."""
    return TypeAdapter(kind)


def _take(kind: TypeAdapter[Any], given: Any, loc: tuple[str, ...], taken: list[Any], faults: list[Fault]) -> None:
    try:
        taken.append(kind.validate_python(given, from_attributes=True))
    except ValidationError as error:
        for found in error.errors(include_url=False):
            faults.append({"type": found["type"], "loc": [*loc, *found["loc"]], **_rest(found)})


def _rest(found: Mapping[str, Any]) -> Fault:
    return {name: found[name] for name in ("msg", "input", "ctx") if name in found}


def _arguments() -> dict[str, Any]:
    """Return the query: a parameter that is repeated is a list, which is no number and no text."""
    return {name: values[0] if len(values) == 1 else values for name, values in request.args.lists()}
