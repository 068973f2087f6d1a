"""The worker's door: what is done outside requests, through Huey.

Huey loses a task that runs while its worker is killed, so it is only the bell: what is to be done stands in rows,
and a sweep each minute rings again for all that is due. A bell that cannot be rung is no failure of a request.
"""

import signal
import sqlite3
import threading
from collections.abc import Callable
from functools import partial
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

KINDS: Final = ("slow", "pictures", "videos", "addresses", "archives", "machine", "looking")
"""Kinds of work that take long, or wait for others: one thread at most is at each of them.

Slow renditions; pictures and videos that programs name, and files of imports, by address; archives; translations by
machine; originals that are read again: to be healed, described and likened.
"""
THREADS: Final = len(KINDS) + 2
"""One for each kind, one for what is done by the day, and one that is free for what has just come in."""
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
        self.in_hand = {kind: threading.Lock() for kind in KINDS}
        self.make_renditions: Task = queue.task()(self._make_renditions)
        self.fetch: Task = queue.task()(self._fetch)
        self.fetch_videos: Task = queue.task()(self._fetch_videos)
        self.call: Task = queue.task()(self._call)
        self.unpack: Task = queue.task()(self._unpack)
        self.translate: Task = queue.task()(self._translate)
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
            more = self._make(*QUICK) == SHARE
        if more:
            ring(self.app)
        else:
            self._alone("slow", lambda: self._make(*QUICK, *SLOW), again=self.make_renditions, rings=False)

    def _make(self, *batches: str) -> int:
        return renditions.work_off(self._storage, batches=batches, most=SHARE, go_on=self._goes_on)

    def _alone(
        self, kind: str, work: Callable[[], int], *, again: Task | None = None, most: int = 0, rings: bool = True
    ) -> None:
        """Do a share of a kind of work, unless another thread is at it.

        `work` says how much it did: where that is the whole share (`most`, or SHARE), `again` follows once others
        have had their turn; where it is anything, the bell rings for what is to be made of it.
        """
        if not self.in_hand[kind].acquire(blocking=False):
            return
        try:
            with self.app.app_context():
                done = work()
        finally:
            self.in_hand[kind].release()
        if done and rings:
            ring(self.app)
        if again and done == (most or SHARE):
            enqueue(self.app, again)

    def _fetch(self) -> None:
        """Fetch a share of the pictures that were named by address."""
        fetched = partial(fetching.work_off, self._outfit, most=SHARE, go_on=self._goes_on)
        self._alone("pictures", fetched, again=self.fetch)

    def _fetch_videos(self) -> None:
        """Fetch a video that a program has named; it may take an hour, and is shown before the next one comes."""
        fetched = partial(fetching.work_off, self._outfit, kind="video", most=1, go_on=self._goes_on)
        self._alone("videos", fetched, again=self.fetch_videos, most=1)

    def _call(self) -> None:
        """Bring a share of the files of imports that stand at addresses, videos among them."""
        came = partial(importing.work_off, self._outfit, aims.ADDRESSES, most=SHARE, go_on=self._goes_on)
        self._alone("addresses", came, again=self.call)

    def _unpack(self) -> None:
        """Bring a share of the files that wait in archives."""
        came = partial(importing.work_off, self._outfit, aims.ARCHIVE, most=SHARE, go_on=self._goes_on)
        self._alone("archives", came, again=self.unpack)

    def _goes_on(self) -> bool:
        return not self.stopping.is_set()

    @property
    def _outfit(self) -> fetching.Outfit:
        return fetching.Outfit(self._storage, Way(allow=self._settings.outbound_allow))

    def _translate(self) -> None:
        """Ask the machine for a share of what is due."""
        found = self._settings
        outfit = Outfit.of(key=found.secret_key, way=Way(allow=found.outbound_allow))
        asked = partial(work.work_off, outfit, most=SHARE, go_on=self._goes_on)
        self._alone("machine", asked, again=self.translate, rings=False)

    def _liken(self) -> None:
        """Look at a share of the pictures that came in before anybody asked what they look like."""
        seen = partial(alike.work_off, self._storage, most=SHARE, go_on=self._goes_on)
        self._alone("looking", seen, again=self.liken, rings=False)

    def _load_samples(self, user_id: str) -> None:
        from webapp.domain import samples  # noqa: PLC0415  its pictures and texts are wanted once in a life

        with self.app.app_context():
            samples.load(actor=system("job"), owner_id=UUID(user_id), storage=self._storage)
        ring(self.app)

    def _sweep(self) -> None:
        """Publish and take back what is due, then make the files that are, and ask for the texts.

        Then read what files say that came in before anybody looked, and heal originals that are back.
        """
        self.post.revive()
        with self.app.app_context():
            schedules.work_off()
            remaking.work_off(self._storage)
            crops.plan()
        self._make_renditions()
        self._translate()
        for task in (self.unpack, self.call, self.fetch, self.fetch_videos):
            enqueue(self.app, task)
        self._alone("looking", lambda: metadata.work_off(self._storage, go_on=self._goes_on), rings=False)
        self._alone("looking", lambda: missing.heal_found(self._storage, beyond=self.beyond_healing))

    def _miss(self) -> None:
        """Look which originals are gone or back, and remove those that nobody knows.

        What could not be made of what is back is tried again.
        """
        with self.app.app_context():
            self.beyond_healing.clear()
            if missing.look(self._storage):
                ring(self.app)
            upkeep.sweep(self._storage)

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
        """Work until told to stop; needs the main thread of a process. Signals are answered before work begins."""
        self._set_signal_handlers()
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
    return enqueue(app, of(app).unpack) and enqueue(app, of(app).call)


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
