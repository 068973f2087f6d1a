"""SIGKILL the worker's process group while it makes renditions, posters and videos and fetches pictures; compare.

What comes in is what a worker has to do. Each file that is to be made must be there in the end, once, whole and as
its row says; nothing else may be there; and nothing may wait longer than a minute for a worker that is no more.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import click
from sqlalchemy import update

from bench.client import picture
from bench.goals import Row, at_most, none_of, report
from bench.work import Found, Work, compare
from webapp import create_app, jobs, migrations
from webapp.config import PROJECT_ROOT, Settings
from webapp.domain.models import Fetch, Rendition
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db

LOOPBACK = "127.0.0.0/8"
ROUND_SECONDS = 20.0
LAST_SECONDS = 1.0
POLL_SECONDS = 0.02
SETTLE_SECONDS = 300
STUCK_SECONDS = 60.0
MOST_DONE = 3
"""Pieces of work that are done between two kills, at most: the next one is killed in its midst."""

WAITING = 6
"""Pieces of work that lie ready for a worker at any time: enough to be killed in, and few enough to be done."""

NURSERY = """
import os, signal, sys
from webapp import create_app, jobs
from webapp.config import Settings
from webapp.server import let_go
app = create_app(Settings.from_environ(os.environ))
let_go(app)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for _line in sys.stdin:
    child = os.fork()
    if child == 0:
        os.setsid()
        jobs.consumer(app).run()
        os._exit(0)
    print(child, flush=True)
"""
"""Loads the app once and forks a worker, leader of a group of its own, for each line: as `vitrine serve` does."""


@click.command("jobs")
@click.option("--kills", default=200, show_default=True, help="How many times the worker's group is killed.")
@click.option("--seed", type=int, default=None, help="Repeat the moments of an earlier run.")
@click.option("--database-url", default=None, help="An empty PostgreSQL database, in the place of SQLite.")
@click.option("--redis-url", default=None, help="A Redis for the queue.")
def kill_workers(kills: int, seed: int | None, database_url: str | None, redis_url: str | None) -> int:
    """Kill the worker while it works: each effect must happen once, and none be stuck."""
    seed = random.SystemRandom().randrange(2**32) if seed is None else seed
    variables = {"VITRINE_DATABASE_URL": database_url, "VITRINE_REDIS_URL": redis_url}
    with tempfile.TemporaryDirectory(prefix="vitrine-jobs-") as folder:
        found = storm(Path(folder, "home"), variables, kills=kills, seed=seed)
    for kind, sentences in found.faults.items():
        for sentence in sentences[:20]:
            print(f"{kind}: {sentence}", file=sys.stderr)
    return report(f"{kills} kills of the worker, seed {seed}", rows_of(found))


def rows_of(found: Found) -> list[Row]:
    """Make the table of a storm."""
    cut = ", ".join(f"{count} {name}" for name, count in sorted(found.cut.items()))
    return [
        Row("files made, pictures fetched", f"{found.made}, {found.fetched}"),
        Row("work in hand when it was killed", cut or "none"),
        *(none_of(kind, len(sentences)) for kind, sentences in found.faults.items()),
        at_most("seconds that work of a dead worker waited", found.slowest, STUCK_SECONDS),
    ]


def storm(
    home: Path, variables: dict[str, str | None], *, kills: int, seed: int, hurry: bool = False, clips: bool = True
) -> Found:
    """Kill workers, then let one finish, and compare; `hurry` ends the leases of the dead by hand."""
    home.mkdir(parents=True, exist_ok=True)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}
    environ |= {name: value for name, value in variables.items() if value}
    environ |= {"VITRINE_HOME": str(home), "VITRINE_OUTBOUND_ALLOW": LOOPBACK}
    settings = Settings.from_environ(environ)
    migrations.upgrade(settings.database_url)
    app, found = create_app(settings), Found()
    with app.app_context(), shelf() as address, nursery(environ) as workers:
        work = Work(app, random.Random(seed), address, clips=clips)
        for _ in range(kills):
            live_and_die(workers, work, found, hurry=hurry)
        settle(workers, work, found, hurry=hurry)
        compare(work, found)
        db.session.remove()
        db.engine.dispose()
        jobs.of(app).queue.storage.close()
    return found


class Workers:
    """Starts worker groups, one at a time, and kills them."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.group = 0

    def start(self) -> None:
        """Fork a worker."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.group = int(self.process.stdout.readline())

    def kill(self) -> None:
        """Kill the worker and all that it has started, at once."""
        if self.group:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.group, signal.SIGKILL)
            while alive(self.group):
                time.sleep(POLL_SECONDS)
        self.group = 0


def alive(group: int) -> bool:
    """Say whether there is anybody in a process group."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@contextlib.contextmanager
def nursery(environ: dict[str, str]) -> Iterator[Workers]:
    """Load the app in a process that forks workers, and leave none of them behind."""
    command = [sys.executable, "-P", "-c", NURSERY]
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=PROJECT_ROOT, env=environ, text=True, **streams) as process:  # type: ignore[call-overload]
        workers = Workers(process)
        try:
            yield workers
        finally:
            workers.kill()
            process.kill()


@contextlib.contextmanager
def shelf() -> Iterator[str]:
    """Serve pictures to whoever fetches them, another one at each address."""

    class Shelf(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = picture(48, 32)
            self.send_response(200)
            self.send_header("Content-Type", "image/png")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  as the library has it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Shelf)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def live_and_die(workers: Workers, work: Work, found: Found, *, hurry: bool) -> None:
    """Let a worker do a few things, and kill its group a moment later."""
    while work.waiting() < WAITING:
        work.bring()
    workers.start()
    enough, latest = work.done() + work.chance.randrange(1, MOST_DONE + 1), time.monotonic() + ROUND_SECONDS
    rest = work.chance.uniform(0, LAST_SECONDS)
    while work.done() < enough and time.monotonic() < latest:
        look(work, found)
        time.sleep(POLL_SECONDS)
    time.sleep(rest)
    while work.is_at_a_last_try() and time.monotonic() < latest:
        time.sleep(POLL_SECONDS)
    workers.kill()
    found.kills += 1
    found.cut.update(work.note_cut())
    if hurry:
        end_leases()


def look(work: Work, found: Found) -> None:
    """Note how long the work of the dead has waited."""
    found.slowest = max([found.slowest, *work.taken_up_again()])


def end_leases() -> None:
    """Let the leases of the dead end."""
    release()
    with transaction():
        db.session.execute(update(Rendition).values(lease_until=None))
        db.session.execute(update(Fetch).values(lease_until=None))


def settle(workers: Workers, work: Work, found: Found, *, hurry: bool) -> None:
    """Let a last worker do all that is left, and end."""
    if hurry:
        end_leases()
    workers.start()
    jobs.ring(work.app)
    jobs.ring_to_fetch(work.app)
    latest = time.monotonic() + SETTLE_SECONDS
    while work.waiting() and time.monotonic() < latest:
        look(work, found)
        time.sleep(0.2)
    look(work, found)
    workers.kill()
