"""How near a page is to its own template: the same list, asked for in one process, with and without the database.

The floor is what the page costs Flask and Jinja when every value is at hand: drawn whole at each request, nothing
remembered (`web/remembering.py`), no session looked up and no row read.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, template_rendered
from flask.testing import FlaskClient
from jinja2 import Template

from bench.client import EMAIL
from bench.filling import LIST, PASSWORD
from bench.live import Server
from bench.visitor import fields_of
from webapp import create_app, doors
from webapp.config import Settings
from webapp.domain.permissions import stranger
from webapp.web import remembering

REQUESTS = 100
FLOOR = "/floor"


def share_of_the_floor(server: Server, *, rounds: int) -> float:
    """Divide the list's requests a second by those of its template with all at hand; median of the rounds."""
    settings = Settings.from_environ(server.environ())
    served = signed_in(create_app(settings))
    floor = floor_of(create_app(settings))
    page = served.get(LIST).text
    if len(floor.get(FLOOR).text) < 0.98 * len(page):
        raise RuntimeError("the floor shows less than the list")
    return statistics.median(rate(lambda: served.get(LIST)) / rate(lambda: floor.get(FLOOR)) for _ in range(rounds))


def signed_in(app: Flask) -> FlaskClient:
    """Return a client of the app that is let in."""
    client = app.test_client()
    form = fields_of(client.get("/login").text, "<form")
    client.post("/login", data=form | {"email": EMAIL, "password": PASSWORD})
    return client


def floor_of(app: Flask) -> FlaskClient:
    """Return a client of an app that draws the list's template anew each time, of values it has kept."""
    remembering.init(app, keep=0)
    shown: dict[str, Any] = {}

    @app.get(FLOOR)
    @doors.allows(doors.PUBLIC)
    def floor() -> str:
        return str(shown["template"].render(shown["context"]))

    doors.assign(app, "", doors.Door("floor", lambda: stranger("floor")))
    client = signed_in(app)
    with captured(app) as seen:
        client.get(LIST)
    shown["template"], shown["context"] = seen[0]
    return client


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
