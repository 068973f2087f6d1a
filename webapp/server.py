"""`vitrine serve`: one supervisor that starts, watches and stops the web server and the job worker.

Three facts shape it. granian's main process, killed, leaves workers that go on serving, so every process
here dies with its parent and the home is locked for as long as any of them lives. Huey's consumer needs a
main thread of its own, so it is a process. A crashed child comes back, later each time, while the other one
works on.
"""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

from webapp.config import WILDCARDS, ConfigError, Settings
from webapp.infra import locks

OPEN_FILES = 8192
REFUSED = 2
READY_SECONDS = 60
STOP_SECONDS = 12
LOCK_PATIENCE = 10.0
FIRST_DELAY, LONGEST_DELAY, STEADY_SECONDS = 0.5, 30.0, 60.0


class StartFailed(Exception):
    """The server could not be started; the sentence says why."""


@dataclass
class Child:
    """A command kept running: `delay` doubles with each death and falls back after a steady minute."""

    name: str
    stop_signal: signal.Signals
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    delay: float = FIRST_DELAY

    def start(self, lock: int) -> None:
        """Start the command; it inherits the lock of the home and dies with this process."""
        self.process = subprocess.Popen(command_line(self.name), pass_fds=(lock,), stdin=subprocess.DEVNULL)
        self.started = time.monotonic()

    def running(self) -> bool:
        """Say whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def note_death(self) -> None:
        """Set when to come back."""
        now = time.monotonic()
        if now - self.started > STEADY_SECONDS:
            self.delay = FIRST_DELAY
        status = self.process.returncode if self.process else None
        say(f"The {self.name} process ended ({status}); it starts again in {self.delay:g} s.")
        self.process = None
        self.due = now + self.delay
        self.delay = min(self.delay * 2, LONGEST_DELAY)


def serve(settings: Settings) -> None:
    """Serve until told to stop.

    Raises ConfigError where another server holds the home or the address, StartFailed where a part does not
    come up.
    """
    with home_lock(settings) as lock, stop_requests() as (stop, wake):
        refuse_taken_address(settings)
        raise_file_limit()
        message = prepare(lock)
        children = [Child("web", signal.SIGTERM), Child("worker", signal.SIGINT)]
        try:
            for child in children:
                child.start(lock)
            if await_web(settings, children[0], stop):
                announce(settings, message)
                supervise(children, lock=lock, stop=stop, wake=wake)
        finally:
            stop_all(children)


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
    """Refuse an address somebody listens on: granian shares ports, so it would bind beside them."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise ConfigError(
                f"VITRINE_BIND is {settings.bind}, but that address cannot be listened on: {error.strerror}."
            ) from None


def prepare(lock: int) -> str:
    """Migrate before anything listens, and return what the administrator should read.

    A process of its own does it, so that the supervisor stays small for as long as it lives.
    """
    done = subprocess.run(
        command_line("prepare"), pass_fds=(lock,), capture_output=True, text=True, check=False
    )
    if done.returncode == REFUSED:
        raise StartFailed(done.stderr)
    sys.stderr.write(done.stderr)
    if done.returncode:
        raise StartFailed("The database could not be brought to this version; the reason stands above.")
    return done.stdout


def command_line(name: str) -> list[str]:
    """Call one of our own commands, which dies with this process."""
    safe_path = ["-P"] if sys.flags.safe_path else []
    return [sys.executable, *safe_path, "-m", "webapp", name, "--parent", str(os.getpid())]


def raise_file_limit() -> None:
    """Allow as many open files as many waiting clients need."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def await_web(settings: Settings, web: Child, stop: threading.Event) -> bool:
    """Wait until the web server accepts connections; False where it was told to stop meanwhile."""
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


def announce(settings: Settings, message: str) -> None:
    """Say where Vitrine is, and what the administrator should do first."""
    say(f"Vitrine serves {settings.base_url}")
    for line in message.splitlines():
        say(line)


def say(line: str) -> None:
    """Write a line that is seen at once, in a pipe as well."""
    print(line, flush=True)


def supervise(children: list[Child], *, lock: int, stop: threading.Event, wake: threading.Event) -> None:
    """Start again what dies, until told to stop."""
    while not stop.is_set():
        now = time.monotonic()
        for child in children:
            if child.process is not None and not child.running():
                child.note_death()
            if child.process is None and child.due <= now:
                child.start(lock)
        waits = [child.due - now for child in children if child.process is None]
        wake.wait(max(0.0, min(waits)) if waits else None)
        wake.clear()


def stop_all(children: list[Child]) -> None:
    """Ask every child to finish what it has in hand, and end those that do not."""
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        if child.process is not None and child.running():
            child.process.send_signal(child.stop_signal)
    for child in children:
        if child.process is None:
            continue
        try:
            child.process.wait(timeout=max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()
