"""The worker's door: what is done outside requests, through Huey.

Huey loses a task that runs while its worker is killed, so it is only the bell: what is to be done stands in rows,
and a sweep each minute rings again for all that is due.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Flask
from huey import Huey, SqliteHuey, crontab
from huey.consumer import Consumer

from webapp.config import Settings
from webapp.domain import renditions
from webapp.domain.permissions import system

THREADS: Final = 1
"""One at a time: pictures are made in child processes, one core's worth each."""

Task = Callable[..., Any]


class Jobs:
    """The tasks of one app, and the queue they wait in."""

    def __init__(self, app: Flask, queue: Huey) -> None:
        self.app = app
        self.queue = queue
        self.make_renditions: Task = queue.task()(self._make_renditions)
        self.load_samples: Task = queue.task()(self._load_samples)
        queue.periodic_task(crontab(minute="*"), name="sweep")(self._make_renditions)

    def _make_renditions(self) -> None:
        with self.app.app_context():
            renditions.work_off(self.app.extensions["vitrine-storage"])

    def _load_samples(self, user_id: str) -> None:
        from webapp.domain import samples  # noqa: PLC0415  its pictures and texts are wanted once in a life

        with self.app.app_context():
            samples.load(actor=system("job"), owner_id=UUID(user_id), storage=self.app.extensions["vitrine-storage"])
            renditions.work_off(self.app.extensions["vitrine-storage"])


def init(app: Flask) -> None:
    """Give the app its queue: SQLite's in the home, PostgreSQL's or Redis's where those are set."""
    settings: Settings = app.extensions["vitrine-settings"]
    app.extensions["vitrine-jobs"] = Jobs(app, open_queue(settings))


def open_queue(settings: Settings) -> Huey:
    """Return the queue that fits the settings; results are not kept."""
    if settings.redis_url:
        from huey import RedisHuey  # noqa: PLC0415  an optional extra

        return RedisHuey("vitrine", url=settings.redis_url, results=False)
    if settings.database_url.startswith("postgresql"):
        from huey import PostgresHuey  # noqa: PLC0415  an optional extra

        return PostgresHuey("vitrine", dsn=settings.database_url, results=False)
    return SqliteHuey("vitrine", filename=str(settings.home / "jobs.db"), results=False, fsync=False)


def of(app: Flask) -> Jobs:
    """Return an app's jobs."""
    found: Jobs = app.extensions["vitrine-jobs"]
    return found


def consumer(app: Flask) -> Consumer:
    """Return what works until SIGTERM; its `run` needs the main thread of a process of its own."""
    return of(app).queue.create_consumer(
        workers=THREADS, periodic=True, check_worker_health=True, graceful_signal="TERM"
    )
