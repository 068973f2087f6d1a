"""granian over the application; `webapp.wsgi:application()` is there for any other WSGI server."""

import functools
import multiprocessing
import os
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from webapp import create_app
from webapp.config import Settings
from webapp.infra.processes import die_with

BACKLOG = 1024
CONNECTIONS = 1024
"""Connections a worker holds at most, idle ones among them; more wait in the backlog."""
HEADER_MILLISECONDS = 15_000
"""How long a client may take for a request's head, and be idle between two requests."""
HEADER_BYTES = 64 * 1024
STOP_SECONDS = 10

Application = Callable[..., Any]


def run(settings: Settings, app: Flask) -> None:
    """Serve on the settings' address with one process a core until told to stop.

    The workers are forks that share the application's memory; where forking is no habit of the platform, each
    makes its own.
    """
    shared = app if sys.platform == "linux" else None
    if shared:
        multiprocessing.set_start_method("fork", force=True)
    server = Granian(
        target="webapp.wsgi:application",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        workers=settings.workers,
        blocking_threads=settings.blocking_threads,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=HEADER_BYTES),
        websockets=False,
        backlog=BACKLOG,
        backpressure=CONNECTIONS,
        log_level=LogLevels.error,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
    )
    server.serve(target_loader=functools.partial(load, shared, parent=os.getpid()), wrap_loader=False)


def load(shared: Flask | None, *, parent: int) -> Application:
    """Give a worker its application; the worker dies with granian's main process."""
    die_with(parent)
    return Announced(shared.wsgi_app if shared else application())


def application() -> Application:
    """Make the WSGI application from the environment."""
    made: Application = create_app().wsgi_app
    return made


class Announced:
    """Has a body that ends before its announced length be an error; granian ends it quietly where a client went.

    Werkzeug watches the length itself, unless the server vouches that the end of the input is the body's.
    """

    def __init__(self, made: Application) -> None:
        self.made = made

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ.get("CONTENT_LENGTH"):
            environ.pop("wsgi.input_terminated", None)
        return self.made(environ, start_response)
