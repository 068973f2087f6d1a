"""The JSON doors that are told about: each with the document of all that it does, which pages are made from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Flask, current_app

EXTENSION: Final = "vitrine-dialects"

Document = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """A JSON door: `document` makes its OpenAPI 3.1 document, which answers at `address` too."""

    name: str
    address: str
    document: Callable[[], Document]


def publish(app: Flask, name: str, *, address: str, document: Callable[[], Document]) -> None:
    """Tell about a dialect."""
    made = Dialect(name=name, address=address, document=document)
    app.extensions.setdefault(EXTENSION, {})[name] = made


def published() -> dict[str, Dialect]:
    """Return all that are told about, by name."""
    found: dict[str, Dialect] = current_app.extensions.get(EXTENSION, {})
    return found
