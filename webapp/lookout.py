"""The worker's eye on what has come due: work that a dead worker held, and tries that were put off.

Huey's clock counts in minutes. A thread of its own looks every few seconds and rings, so that nothing waits longer
for a worker than its lease and that moment.
"""

import threading
from typing import Final

import structlog
from flask import Flask

from webapp.domain import fetching, renditions
from webapp.domain.imports import work as importing
from webapp.domain.transaction import DatabaseError, release

LOOK_SECONDS: Final = 5.0

log = structlog.get_logger(__name__)


class Lookout:
    """Rings for what is due and not on its way, until `stopping`."""

    def __init__(self, app: Flask, stopping: threading.Event) -> None:
        self.app = app
        self.stopping = stopping
        self.thread = threading.Thread(target=self._run, name="lookout", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self.thread.start()

    def wait(self, seconds: float) -> None:
        """Wait until it has ended, once `stopping` is set."""
        self.thread.join(seconds)

    def look(self) -> None:
        """Ring for what is due, unless a bell is still to be heard."""
        from webapp import jobs  # noqa: PLC0415  that module starts this one

        found = jobs.of(self.app)
        try:
            with self.app.app_context():
                made, imported = renditions.is_due(), importing.is_due()
                fetched = fetching.is_due() or fetching.is_due("video")
                release()
        except DatabaseError as error:
            log.warning("the database does not answer", fault=type(error).__name__)
            return
        try:
            waiting = found.queue.pending_count()
        except found.faults as error:
            log.warning("the queue of jobs does not answer", fault=str(error))
            return
        if made and not waiting:
            jobs.ring(self.app)
        if fetched and not waiting:
            jobs.ring_to_fetch(self.app)
        if imported and not waiting:
            jobs.ring_to_import(self.app)

    def _run(self) -> None:
        while not self.stopping.wait(LOOK_SECONDS):
            self.look()
