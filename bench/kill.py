"""SIGKILL the whole server again and again while clients write, and look for what was lost.

Every client notes what it asked for and what it was told: an answered change must be there after the restart, an
unanswered one may be there whole or not at all.
"""

import contextlib
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from bench.client import Client, Unanswered, Unreadable, admit
from bench.goals import Row, none_of, report
from bench.live import Server, serving
from bench.writers import Contents, Creations, Orders, Texts, Uploads, Writer

MOST_ANSWERS = 60
LONGEST_SECONDS = 20.0
LAST_SECONDS = 0.05
POLL_SECONDS = 0.002
SECONDS_AFTER_A_BUSY_ANSWER = 0.05


@dataclass
class Outcome:
    """What a storm of kills left: `faults` by kind, each with its sentences."""

    kills: int = 0
    acknowledged: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    faults: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, sentences: Sequence[str]) -> None:
        """Note what was found."""
        if sentences:
            self.faults.setdefault(kind, []).extend(sentences)

    def count(self, kind: str) -> int:
        """Count the faults of a kind."""
        return len(self.faults.get(kind, ()))


@click.command()
@click.option("--kills", default=50, show_default=True, help="How many times the process group is killed.")
@click.option("--seed", type=int, default=None, help="Repeat the moments of an earlier run.")
@click.option("--database-url", default=None, help="An empty PostgreSQL database, in the place of SQLite.")
def kill(kills: int, seed: int | None, database_url: str | None) -> int:
    """Kill the server's process group while clients upload, order, save, add and create; nothing may be lost."""
    seed = random.SystemRandom().randrange(2**32) if seed is None else seed
    variables = {"DATABASE_URL": database_url} if database_url else {}
    with (
        tempfile.TemporaryDirectory(prefix="vitrine-kill-") as folder,
        serving(Path(folder, "home"), **variables) as server,
    ):
        outcome = storm(server, kills=kills, seed=seed)
    for kind, sentences in outcome.faults.items():
        for sentence in sentences:
            print(f"{kind}: {sentence}", file=sys.stderr)
    return report(f"{kills} kills, seed {seed}", rows_of(outcome))


def storm(server: Server, *, kills: int, seed: int) -> Outcome:
    """Let clients write and kill the server `kills` times, then compare what is there with what was answered."""
    outcome, moments = Outcome(), random.Random(seed)
    client = admit(server)
    writers = [make(client, moments) for make in (Orders, Texts, Contents, Creations, Uploads)]
    for _ in range(kills):
        live_and_die(server, client, writers, moments)
        outcome.kills += 1
        server.start()
        for writer in writers:
            outcome.add(writer.kind, faults_of(writer.check, client))
    for writer in writers:
        outcome.add(writer.kind, faults_of(writer.check_all, client))
        outcome.add("answered otherwise", writer.surprises)
        outcome.acknowledged[writer.kind] += writer.acknowledged
        outcome.unanswered[writer.kind] += writer.unanswered
    server.stop()
    audit(server, outcome)
    return outcome


def faults_of(check: Callable[[Client], list[str]], client: Client) -> list[str]:
    """Check one writer's work; what is not answered at all is a fault too."""
    try:
        return check(client)
    except Unreadable as fault:
        return [str(fault)]


def live_and_die(server: Server, client: Client, writers: Sequence[Writer], moments: random.Random) -> None:
    """Let every writer write at once, then kill everything a moment after some number of answers.

    Answers, not seconds, so that a slow machine is killed in the middle of its work as well.
    """
    enough = answers(writers) + moments.randrange(MOST_ANSWERS)
    rest = moments.uniform(0, LAST_SECONDS)
    latest = time.monotonic() + LONGEST_SECONDS
    over = threading.Event()
    with writing(client, writers, over):
        while answers(writers) < enough and time.monotonic() < latest:
            time.sleep(POLL_SECONDS)
        time.sleep(rest)
        server.kill()
        over.set()


def answers(writers: Sequence[Writer]) -> int:
    """Count what was acknowledged so far."""
    return sum(writer.acknowledged for writer in writers)


@contextlib.contextmanager
def writing(client: Client, writers: Sequence[Writer], over: threading.Event) -> Iterator[None]:
    """Run every writer in a thread until it is over or its server is gone."""
    threads = [threading.Thread(target=write, args=(writer, client, over)) for writer in writers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def write(writer: Writer, client: Client, over: threading.Event) -> None:
    """Write one change after another; the first that is not answered ends it."""
    while not over.is_set():
        try:
            status = writer.write(client)
        except Unanswered:
            writer.unanswered += 1
            return
        if status == 503:
            over.wait(SECONDS_AFTER_A_BUSY_ANSWER)


def audit(server: Server, outcome: Outcome) -> None:
    """Have the installation check itself, sweep, and check itself again."""
    kinds = {"original": "rows without their whole file", "leftover": "", "order": "half orders"}
    for line in server.command("check", "--deep", "--grace", "0").stdout.splitlines():
        kind = kinds.get(line.partition(":")[0], "rows that do not agree") if ": " in line else ""
        outcome.add(kind, [line] if kind else [])
    server.command("check", "--repair", "--grace", "0")
    left = server.command("check", "--deep", "--grace", "0")
    if left.returncode:
        outcome.add("leftovers after a sweep", (left.stdout + left.stderr).splitlines())
    spooled = [str(path) for path in server.home.glob("media/tmp/*")]
    outcome.add("leftovers after a sweep", spooled)


def rows_of(outcome: Outcome) -> list[Row]:
    """Make the table: what was done, and what must not have happened."""
    lost = ("uploads", "orders", "texts", "contents", "creations")
    done = [
        Row(f"{kind}: acknowledged, not answered", f"{outcome.acknowledged[kind]}, {outcome.unanswered[kind]}")
        for kind in lost
    ]
    return [
        *done,
        none_of("acknowledged changes lost or half made", sum(outcome.count(kind) for kind in lost)),
        none_of("answers that were neither done nor busy", outcome.count("answered otherwise")),
        none_of("rows without their whole file", outcome.count("rows without their whole file")),
        none_of("half orders", outcome.count("half orders")),
        none_of("rows that do not agree", outcome.count("rows that do not agree")),
        none_of("leftovers after a sweep", outcome.count("leftovers after a sweep")),
    ]
