"""`vitrine serve`: one supervisor that starts, watches and stops the web server and the job worker.

Four facts shape it. granian's main process, killed, leaves workers that go on serving, so every process here dies
with its parent, and the home is locked for as long as any of them lives. Huey's consumer needs a main thread of
its own, so it is a process. A crashed child comes back, later each time, while the other one works on. And loading
the application takes most of a start and of the memory, so the supervisor loads it once and its children are forks.
"""

import contextlib
import gc
import multiprocessing
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING

from webapp.config import WILDCARDS, ConfigError, Settings
from webapp.infra import locks, processes

if TYPE_CHECKING:
    from flask import Flask

OPEN_FILES = 8192
READY_SECONDS = 60
STOP_SECONDS = 12
LOCK_PATIENCE = 10.0
ADDRESS_PATIENCE = 1.0
FIRST_DELAY, LONGEST_DELAY, STEADY_SECONDS = 0.5, 30.0, 60.0
LEFT_OVER = timedelta(hours=1)
"""Unfinished work that old is nobody's: another machine may be at work in the same storage."""


class StartFailed(Exception):
    """The server could not be started; the sentence says why."""


@dataclass
class Child:
    """A process kept running: `delay` doubles with each death and falls back after a steady minute."""

    name: str
    work: Callable[[], None]
    process: BaseProcess | None = None
    started: float = 0.0
    due: float = 0.0
    delay: float = FIRST_DELAY

    def start(self) -> None:
        """Fork; the child inherits the lock of the home and dies with this process."""
        self.process = multiprocessing.get_context("fork").Process(target=self.run, name=self.name)
        self.process.start()
        self.started = time.monotonic()

    def run(self) -> None:
        """Work, in the child: its name and its signals are its own, and Ctrl+C is for the supervisor alone."""
        processes.call_this(f"vitrine {self.name}")
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        self.work()

    def running(self) -> bool:
        """Say whether the process lives."""
        return self.process is not None and self.process.is_alive()

    def note_death(self) -> None:
        """Set when to come back."""
        now = time.monotonic()
        if now - self.started > STEADY_SECONDS:
            self.delay = FIRST_DELAY
        status = self.process.exitcode if self.process else None
        say(f"The {self.name} process ended ({status}); it starts again in {self.delay:g} s.")
        self.process = None
        self.due = now + self.delay
        self.delay = min(self.delay * 2, LONGEST_DELAY)


def serve(settings: Settings) -> None:
    """Serve until told to stop.

    Raises ConfigError where another server holds the home or the address, StartFailed where a part does not
    come up.
    """
    with home_lock(settings), stop_requests() as (stop, wake):
        refuse_taken_address(settings)
        raise_file_limit()
        processes.forks_die_with_us()
        web, worker, link = prepare(settings)
        try:
            if not stop.is_set() and start_web(settings, web, stop):
                announce(settings, link)
                supervise([web, worker], stop=stop, wake=wake)
        finally:
            stop_all([web, worker])


@contextlib.contextmanager
def home_lock(settings: Settings) -> Iterator[int]:
    """Hold the home for as long as any process of this server lives."""
    try:
        with locks.hold(settings.home / "serve.lock", patience=LOCK_PATIENCE) as descriptor:
            yield descriptor
    except locks.Locked as taken:
        raise ConfigError(
            f"Process {taken.pid} already serves {settings.home}: stop it first, or give this server its own"
            " VITRINE_HOME and VITRINE_BIND."
        ) from None


@contextlib.contextmanager
def stop_requests() -> Iterator[tuple[threading.Event, threading.Event]]:
    """Turn SIGTERM, SIGINT and SIGHUP into `stop`, and a child's death into `wake`."""
    stop, wake = threading.Event(), threading.Event()

    def ask_to_stop(_number: int, _frame: object) -> None:
        stop.set()
        wake.set()

    handlers = dict.fromkeys((signal.SIGTERM, signal.SIGINT, signal.SIGHUP), ask_to_stop)
    handlers[signal.SIGCHLD] = lambda _number, _frame: wake.set()
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield stop, wake
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def refuse_taken_address(settings: Settings) -> None:
    """Refuse an address somebody listens on: granian shares ports, so it would bind beside them.

    The kernel may close the sockets of a server that was just killed a moment after its lock.
    """
    until = time.monotonic() + ADDRESS_PATIENCE
    while fault := listening_fault(settings):
        if time.monotonic() >= until:
            raise ConfigError(f"VITRINE_BIND is {settings.bind}, but that address cannot be listened on: {fault}.")
        time.sleep(locks.POLL_SECONDS)


def listening_fault(settings: Settings) -> str | None:
    """Say why an address cannot be listened on, None where it can."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return error.strerror or str(error)
    return None


def prepare(settings: Settings) -> tuple[Child, Child, str | None]:
    """Migrate and load what both children are forked from; return them and the link for the first administrator."""
    from webapp import create_app, jobs, migrations, wsgi  # noqa: PLC0415  a refusal need not wait for all that

    migrations.upgrade(settings.database_url)
    app = create_app(settings)
    app.extensions["vitrine-storage"].sweep(LEFT_OVER)
    link = setup_link(settings, app)
    let_go(app)
    web = Child("web", lambda: wsgi.run(settings, app))
    worker = Child("worker", lambda: jobs.consumer(app).run())
    return web, worker, link


def setup_link(settings: Settings, app: "Flask") -> str | None:
    """Make the link by which the first administrator comes in, None where there is one."""
    from webapp.domain import accounts  # noqa: PLC0415
    from webapp.domain.transaction import transaction  # noqa: PLC0415

    with app.app_context(), transaction():
        return accounts.setup_link(settings.base_url)


def let_go(app: "Flask") -> None:
    """Close every connection, for none may pass through a fork, and keep what is loaded where forks share it."""
    from webapp import jobs  # noqa: PLC0415
    from webapp.infra.db import db  # noqa: PLC0415

    with app.app_context():
        db.engine.dispose()
    jobs.of(app).queue.storage.close()
    gc.collect()
    gc.freeze()


def raise_file_limit() -> None:
    """Allow as many open files as many waiting clients need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def start_web(settings: Settings, web: Child, stop: threading.Event) -> bool:
    """Start the web server and wait until it accepts connections; False where it was told to stop meanwhile."""
    web.start()
    until = time.monotonic() + READY_SECONDS
    while not stop.is_set():
        if not web.running():
            raise StartFailed("The web server did not start; the reason stands above.")
        with contextlib.suppress(OSError), socket.create_connection(reachable(settings), timeout=1):
            return True
        if time.monotonic() > until:
            raise StartFailed(f"The web server did not answer within {READY_SECONDS} seconds.")
        stop.wait(0.05)
    return False


def reachable(settings: Settings) -> tuple[str, int]:
    """Give an address of this machine that the server listens on."""
    return WILDCARDS.get(settings.host, settings.host), settings.port


def announce(settings: Settings, link: str | None) -> None:
    """Say where Vitrine is, and what to do first."""
    if link:
        say(f"Nobody has an account yet. Make the first administrator here; the link works once:\n{link}")
    say(f"Vitrine serves {settings.base_url}")


def say(line: str) -> None:
    """Write a line that is seen at once, in a pipe as well."""
    print(line, flush=True)


def supervise(children: list[Child], *, stop: threading.Event, wake: threading.Event) -> None:
    """Start again what dies, until told to stop."""
    while not stop.is_set():
        now = time.monotonic()
        for child in children:
            if child.process is not None and not child.running():
                child.note_death()
            if child.process is None and child.due <= now:
                child.start()
        waits = [child.due - now for child in children if child.process is None]
        wake.wait(max(0.0, min(waits)) if waits else None)
        wake.clear()


def stop_all(children: list[Child]) -> None:
    """Ask every child to finish what it has in hand, and end those that do not."""
    until = time.monotonic() + STOP_SECONDS
    asked = [child.process for child in children if child.process is not None]
    for process in asked:
        process.terminate()
    for process in asked:
        process.join(max(0.1, until - time.monotonic()))
        if process.is_alive():
            process.kill()
            process.join()
