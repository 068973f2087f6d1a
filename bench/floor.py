"""How near a page is to its own template: the same list, asked for in one process, with and without the database."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, template_rendered
from jinja2 import Template

from bench.client import EMAIL
from bench.filling import LIST, PASSWORD
from bench.live import Server
from bench.visitor import fields_of
from webapp import create_app, doors
from webapp.config import Settings
from webapp.domain.permissions import stranger

REQUESTS = 100
FLOOR = "/floor"


def share_of_the_floor(server: Server, *, rounds: int) -> float:
    """Divide the list's requests a second by those of its template with all at hand; median of the rounds."""
    app = create_app(Settings.from_environ(server.environ()))
    shown: dict[str, Any] = {}

    @app.get(FLOOR)
    @doors.allows(doors.PUBLIC)
    def floor() -> str:
        return str(shown["template"].render(shown["context"]))

    doors.assign(app, "", doors.Door("floor", lambda: stranger("floor")))
    client = app.test_client()
    form = fields_of(client.get("/login").text, "<form")
    client.post("/login", data=form | {"email": EMAIL, "password": PASSWORD})
    with captured(app) as seen:
        page = client.get(LIST).text
    shown["template"], shown["context"] = seen[0]
    if len(client.get(FLOOR).text) < 0.98 * len(page):
        raise RuntimeError("the floor shows less than the list")
    return statistics.median(rate(lambda: client.get(LIST)) / rate(lambda: client.get(FLOOR)) for _ in range(rounds))


def rate(ask: Callable[[], object]) -> float:
    """Give requests a second of processor time."""
    began = time.process_time()
    for _ in range(REQUESTS):
        ask()
    return REQUESTS / (time.process_time() - began)


@contextmanager
def captured(app: Flask) -> Iterator[list[tuple[Template, dict[str, Any]]]]:
    """Collect the templates that are rendered, with what they are given."""
    seen: list[tuple[Template, dict[str, Any]]] = []

    def keep(_: Flask, template: Template, context: dict[str, Any], **__: Any) -> None:
        seen.append((template, context))

    with template_rendered.connected_to(keep, app):
        yield seen
