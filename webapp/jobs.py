"""The worker's door: what is done outside requests, through Huey.

Huey loses a task that runs while its worker is killed, so it is only the bell: what is to be done stands in rows,
and a sweep each minute rings again for all that is due. A bell that cannot be rung is no failure of a request.
"""

import signal
import sqlite3
import threading
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

import structlog
from flask import Flask
from huey import Huey, SqliteHuey, crontab
from huey.consumer import Consumer

from webapp.config import Settings
from webapp.domain import alike, crops, fetching, metadata, missing, remaking, renditions, schedules, upkeep
from webapp.domain.imports import aims
from webapp.domain.imports import work as importing
from webapp.domain.machine import work
from webapp.domain.machine.settings import Outfit
from webapp.domain.making import QUICK, SLOW
from webapp.domain.permissions import system
from webapp.infra.outbound import Way
from webapp.infra.storage import Storage
from webapp.lookout import Lookout
from webapp.post import Post

THREADS: Final = 5
"""Slow renditions, files and videos to fetch, and archives take one each at most; a fifth does what is left."""
SHARE: Final = 16
"""How many batches a task makes before others get their turn."""
LOOK_SECONDS: Final = 1.0
"""How long an idle thread looks away from a queue that cannot call it (SQLite's)."""
CONNECT_SECONDS: Final = 5
FINISH_SECONDS: Final = 10
"""What a task in hand is given when the worker is told to stop; what is cut off then comes due again."""

Task = Callable[..., Any]

log = structlog.get_logger(__name__)


class Jobs:
    """The tasks of one app, and the queue they wait in; `faults` is what the queue raises when it is away."""

    def __init__(self, app: Flask, queue: Huey, faults: tuple[type[Exception], ...]) -> None:
        self.app = app
        self.queue = queue
        self.faults = faults
        self.stopping = threading.Event()
        self.post = Post(app, self.stopping)
        self.slow_in_hand = threading.Lock()
        self.make_renditions: Task = queue.task()(self._make_renditions)
        self.fetch_in_hand = threading.Lock()
        self.fetch: Task = queue.task()(self._fetch)
        self.import_in_hand = threading.Lock()
        self.unpack: Task = queue.task()(self._unpack)
        self.video_in_hand = threading.Lock()
        self.fetch_videos: Task = queue.task()(self._fetch_videos)
        self.machine_in_hand = threading.Lock()
        self.translate: Task = queue.task()(self._translate)
        self.healing_in_hand = threading.Lock()
        self.beyond_healing: set[UUID] = set()
        self.liken: Task = queue.task()(self._liken)
        self.load_samples: Task = queue.task()(self._load_samples)
        self.tidy: Task = queue.task()(self._tidy)
        queue.periodic_task(crontab(minute="*"), name="sweep")(self._sweep)
        queue.periodic_task(crontab(hour="3", minute="0"), name="daily")(self._tidy)
        queue.periodic_task(crontab(hour="4", minute="0"), name="missing")(self._miss)

    def _make_renditions(self) -> None:
        """Make a share of what is due and ring again where there may be more.

        Videos and AVIF files take long: one thread at a time makes them, and asks for what is quick first.
        """
        with self.app.app_context():
            more = self._work_off(*QUICK)
            if not more and self.slow_in_hand.acquire(blocking=False):
                try:
                    more = self._work_off(*QUICK, *SLOW)
                finally:
                    self.slow_in_hand.release()
        if more:
            ring(self.app)

    def _work_off(self, *batches: str) -> bool:
        return renditions.work_off(self._storage, batches=batches, most=SHARE, go_on=self._goes_on) == SHARE

    def _fetch(self) -> None:
        """Fetch a share of the files that were named by address; one thread at a time waits for others' servers."""
        if not self.fetch_in_hand.acquire(blocking=False):
            return
        try:
            with self.app.app_context():
                made = fetching.work_off(self._outfit, most=SHARE, go_on=self._goes_on)
                came = importing.work_off(self._outfit, aims.ADDRESSES, most=SHARE, go_on=self._goes_on)
        finally:
            self.fetch_in_hand.release()
        if made or came:
            ring(self.app)
        if SHARE in (made, came):
            enqueue(self.app, self.fetch)

    def _unpack(self) -> None:
        """Bring a share of the files that wait in archives; one thread at a time does, and lets others go between."""
        if not self.import_in_hand.acquire(blocking=False):
            return
        try:
            with self.app.app_context():
                came = importing.work_off(self._outfit, aims.ARCHIVE, most=SHARE, go_on=self._goes_on)
        finally:
            self.import_in_hand.release()
        if came:
            ring(self.app)
        if came == SHARE:
            enqueue(self.app, self.unpack)

    def _goes_on(self) -> bool:
        return not self.stopping.is_set()

    @property
    def _outfit(self) -> fetching.Outfit:
        return fetching.Outfit(self._storage, Way(allow=self._settings.outbound_allow))

    def _fetch_videos(self) -> None:
        """Fetch the videos that programs have named, one thread at a time: each may take an hour."""
        if not self.video_in_hand.acquire(blocking=False):
            return
        try:
            with self.app.app_context():
                while fetching.work_off(self._outfit, kind="video", most=1, go_on=self._goes_on):
                    ring(self.app)
        finally:
            self.video_in_hand.release()

    def _translate(self) -> None:
        """Ask the machine for a share of what is due; one thread at a time waits for it."""
        if not self.machine_in_hand.acquire(blocking=False):
            return
        try:
            with self.app.app_context():
                found = self._settings
                outfit = Outfit.of(key=found.secret_key, way=Way(allow=found.outbound_allow))
                made = work.work_off(outfit, most=SHARE, go_on=self._goes_on)
        finally:
            self.machine_in_hand.release()
        if made == SHARE:
            enqueue(self.app, self.translate)

    def _liken(self) -> None:
        """Look at a share of the pictures that came in before anybody asked what they look like."""
        with self.app.app_context():
            seen = alike.work_off(self._storage, most=SHARE, go_on=self._goes_on)
        if seen == SHARE:
            enqueue(self.app, self.liken)

    def _load_samples(self, user_id: str) -> None:
        from webapp.domain import samples  # noqa: PLC0415  its pictures and texts are wanted once in a life

        with self.app.app_context():
            samples.load(actor=system("job"), owner_id=UUID(user_id), storage=self._storage)
        ring(self.app)

    def _sweep(self) -> None:
        """Publish and take back what is due, then make the files that are, and ask for the texts."""
        self.post.revive()
        with self.app.app_context():
            schedules.work_off()
            remaking.work_off(self._storage)
            crops.plan()
        self._make_renditions()
        self._translate()
        for task in (self.unpack, self.fetch, self.fetch_videos):
            enqueue(self.app, task)
        self._describe()
        self._heal()

    def _describe(self) -> None:
        """Read what files say of themselves that came in before anybody looked."""
        with self.app.app_context():
            metadata.work_off(self._storage, go_on=self._goes_on)

    def _heal(self) -> None:
        """Heal originals that are back; one thread at a time reads them."""
        if not self.healing_in_hand.acquire(blocking=False):
            return
        try:
            with self.app.app_context():
                if missing.heal_found(self._storage, beyond=self.beyond_healing):
                    ring(self.app)
        finally:
            self.healing_in_hand.release()

    def _miss(self) -> None:
        """Look which originals are gone or back; what could not be made of those is tried again."""
        with self.app.app_context():
            self.beyond_healing.clear()
            if missing.look(self._storage):
                ring(self.app)

    def _tidy(self) -> None:
        with self.app.app_context():
            upkeep.tidy(self._storage)
            crops.forget(self._storage)
        self._liken()

    @property
    def _settings(self) -> Settings:
        found: Settings = self.app.extensions["vitrine-settings"]
        return found

    @property
    def _storage(self) -> Storage:
        found: Storage = self.app.extensions["vitrine-storage"]
        return found


class Worker(Consumer):  # type: ignore[misc]
    """Huey's consumer, to which every signal means: finish what is in hand, take nothing more, end.

    Its own answers differ: SIGINT or SIGTERM would drop what is in hand, SIGHUP start the command line again.
    """

    def __init__(self, jobs: Jobs) -> None:
        super().__init__(jobs.queue, workers=THREADS, max_delay=LOOK_SECONDS, shutdown_timeout=FINISH_SECONDS)
        self.jobs = jobs
        self._signal_actions = dict.fromkeys((signal.SIGTERM, signal.SIGINT, signal.SIGHUP), (False, True))

    def run(self) -> None:
        """Work until told to stop; needs the main thread of a process."""
        enqueue(self.jobs.app, self.jobs.tidy)
        lookout = Lookout(self.jobs.app, self.jobs.stopping)
        self.jobs.post.start()
        lookout.start()
        super().run()
        self.jobs.post.wait(FINISH_SECONDS)
        lookout.wait(FINISH_SECONDS)
        self.jobs.queue.storage.close()

    def stop(self, graceful: bool = False) -> None:
        """Let the tasks in hand end with the batch they are at."""
        self.jobs.stopping.set()
        super().stop(graceful)


def init(app: Flask) -> None:
    """Give the app its queue: SQLite's in the home, PostgreSQL's or Redis's where those are set."""
    app.extensions["vitrine-jobs"] = Jobs(app, *open_queue(app.extensions["vitrine-settings"]))


def open_queue(settings: Settings) -> tuple[Huey, tuple[type[Exception], ...]]:
    """Return the queue that fits the settings, and what it raises when it is away; results are not kept."""
    if settings.redis_url:
        from huey import RedisHuey  # noqa: PLC0415  an optional extra
        from redis import RedisError  # noqa: PLC0415

        return RedisHuey("vitrine", url=settings.redis_url, results=False), (RedisError, OSError)
    if settings.database_url.startswith("postgresql"):
        from huey import PostgresHuey  # noqa: PLC0415  an optional extra
        from psycopg import Error  # noqa: PLC0415

        address = {"dsn": settings.database_url, "connect_timeout": CONNECT_SECONDS}
        return PostgresHuey("vitrine", results=False, **address), (Error, OSError)
    return SqliteHuey("vitrine", filename=str(settings.home / "jobs.db"), results=False), (sqlite3.Error, OSError)


def of(app: Flask) -> Jobs:
    """Return an app's jobs."""
    found: Jobs = app.extensions["vitrine-jobs"]
    return found


def ring(app: Flask) -> bool:
    """Tell the worker that rows are due; belongs after the commit. Says whether the bell could be rung."""
    return enqueue(app, of(app).make_renditions)


def ring_to_fetch(app: Flask) -> bool:
    """Tell the worker that pictures are to be fetched; belongs after the commit."""
    return enqueue(app, of(app).fetch) and enqueue(app, of(app).fetch_videos)


def ring_to_import(app: Flask) -> bool:
    """Tell the worker that files of an import are to be brought; belongs after the commit."""
    return enqueue(app, of(app).unpack) and ring_to_fetch(app)


def enqueue(app: Flask, task: Task, *words: Any) -> bool:
    """Have the worker do a task; where the queue is away, note it, go on and answer False."""
    try:
        task(*words)
    except of(app).faults as fault:
        log.warning("the queue of jobs does not answer", fault=str(fault))
        return False
    return True


def consumer(app: Flask) -> Worker:
    """Return what works until told to stop; its `run` needs the main thread of a process of its own."""
    return Worker(of(app))
