"""The web server's process: granian over the application, and the application for any other WSGI server."""

import functools
import os
from collections.abc import Callable
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from webapp.config import Settings
from webapp.infra.processes import die_with

BACKLOG = 1024
CONNECTIONS = 1024
"""Connections a worker holds at most, idle ones among them; more wait in the backlog."""
HEADER_MILLISECONDS = 15_000
"""How long a client may take for a request's head, and be idle between two requests."""
HEADER_BYTES = 64 * 1024
STOP_SECONDS = 10


def run(settings: Settings) -> None:
    """Serve on the settings' address with one process a core until told to stop."""
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
    server.serve(target_loader=functools.partial(load, parent=os.getpid()), wrap_loader=False)


def load(*, parent: int) -> Callable[..., Any]:
    """Make the application inside a worker, which dies with granian's main process."""
    die_with(parent)
    return application()


def application() -> Callable[..., Any]:
    """Make the WSGI application from the environment."""
    from webapp import create_app  # noqa: PLC0415  the main process serves nothing and stays small

    made: Callable[..., Any] = create_app().wsgi_app
    return made
