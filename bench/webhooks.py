"""SIGKILL the server, or its worker alone, while galleries change and others are told of it; then compare.

What was committed stands in the outbox: from it follows which messages there must be, with which ids. Each must have
arrived, at least once and always with the same words; nothing else may have. Afterwards, many deliveries to many
receivers, of whom one hangs, which may not hold up the others.
"""

import contextlib
import os
import random
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4, uuid5

import click
import jwt
from flask import Flask
from sqlalchemy import func, select, update
from standardwebhooks.webhooks import Webhook as Verifier
from standardwebhooks.webhooks import WebhookVerificationError

from bench import kill
from bench.client import Client, admit
from bench.goals import Row, at_most, none_of, report
from bench.live import Server, serving
from bench.receivers import Got, Receiver, hang
from bench.writers import Writer
from webapp import create_app, jobs, migrations, post
from webapp.config import Settings
from webapp.domain import events, signing_keys, webhooks
from webapp.domain.delivering import fanning
from webapp.domain.delivering.sending import TYPES
from webapp.domain.models import Delivery, OutboxEvent, Webhook
from webapp.domain.permissions import system
from webapp.domain.transaction import release, transaction
from webapp.domain.webhooks import KINDS
from webapp.infra.clock import now
from webapp.infra.db import db

LOOPBACK = "127.0.0.0/8"
BY = system("cli")
SETTLE_SECONDS = 120
ROUND_SECONDS = 10.0
LAST_SECONDS = 1.5
MOST = 20
"""Answers, and messages that arrive, between two kills."""

PACE_SECONDS = 0.2
"""Between two changes of a writer: there are not to be many more than can be told of between two kills."""

EVERY_TENTH = 10
RECEIVERS, EVENTS = 20, 50
TIMES = 2.0


@dataclass
class Found:
    """What a storm left: how much there was, and what was wrong."""

    committed: int = 0
    expected: int = 0
    received: int = 0
    again: int = 0
    lost: list[str] = field(default_factory=list)
    invented: list[str] = field(default_factory=list)
    reworded: list[str] = field(default_factory=list)
    forged: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)
    untold: list[str] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)

    @property
    def faults(self) -> dict[str, list[str]]:
        """What was wrong, by what it is called."""
        return {
            "committed changes that were never told": self.lost + self.untold,
            "messages of nothing that was committed": self.invented,
            "messages with other words on another try": self.reworded,
            "messages that do not verify": self.forged,
            "messages still waiting in the end": self.unfinished,
            "answers that were neither done nor busy": self.surprises,
        }


@click.command()
@click.option("--kills", default=200, show_default=True, help="How many times the server or its worker is killed.")
@click.option("--seed", type=int, default=None, help="Repeat the moments of an earlier run.")
@click.option("--database-url", default=None, help="An empty PostgreSQL database, in the place of SQLite.")
def kill_and_hang(kills: int, seed: int | None, database_url: str | None) -> int:
    """Kill while others are told of changes: none may be lost; then let one of twenty receivers hang."""
    seed = random.SystemRandom().randrange(2**32) if seed is None else seed
    variables = {"DATABASE_URL": database_url} if database_url else {}
    with tempfile.TemporaryDirectory(prefix="vitrine-told-") as folder:
        with serving(Path(folder, "home"), OUTBOUND_ALLOW=LOOPBACK, **variables) as server:
            found = storm(server, kills=kills, seed=seed)
        beside = hanging(Path(folder, "crowd"))
    for kind, sentences in found.faults.items():
        for sentence in sentences[:20]:
            print(f"{kind}: {sentence}", file=sys.stderr)
    return report(f"{kills} kills while others are told, seed {seed}", [*rows_of(found), *beside])


def rows_of(found: Found) -> list[Row]:
    """Make the table of a storm."""
    return [
        Row("events committed", str(found.committed)),
        Row("messages expected, received, received again", f"{found.expected}, {found.received}, {found.again}"),
        *(none_of(kind, len(sentences)) for kind, sentences in found.faults.items()),
    ]


class Changes(Writer):
    """Makes galleries and changes their titles."""

    kind = "changes"

    def __init__(self, client: Client) -> None:
        super().__init__()
        (self.language,) = (row["id"] for row in client.read("/api/v1/languages") if row["is_default"])
        self.made: list[str] = []

    def write(self, client: Client) -> int:
        """Make a gallery, or change one of the last, or delete one."""
        time.sleep(PACE_SECONDS)
        turn = (self.acknowledged + self.unanswered) % 4
        if turn == 0 or not self.made:
            status, answer = client.send("POST", "/api/v1/galleries", {"slug": f"told-{uuid4().hex}"})
            if self.told(status, answer, good=201):
                self.made.append(answer["id"])
            return status
        body = {"language_id": self.language, "title": f"Title {uuid4().hex[:8]}"}
        status, answer = client.send("PUT", f"/api/v1/galleries/{self.made[-turn:][0]}/translations", body)
        self.told(status, answer, good=200)
        return status


class Listener:
    """Takes messages of two webhooks, verifies each as it comes, and refuses every tenth."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.secrets: dict[str, str] = {}
        self.forged: list[str] = []
        self.receiver = Receiver(self.answer)

    def answer(self, got: Got) -> int:
        """Verify a message by the secret of the address that it came to."""
        try:
            Verifier(self.secrets[got.path]).verify(got.body, got.headers, json_parse=False)
        except WebhookVerificationError as error:
            self.forged.append(f"{got.id}: {error}")
        return 500 if self.chance.randrange(EVERY_TENTH) == 0 else 200

    def listen(self, app: Flask) -> None:
        """Have both formats told here."""
        outfit = post.outfit_of(app)
        for dialect in ("plain", "wix"):
            address = webhooks.judged(f"{self.receiver.url}/{dialect}", way=outfit.way)
            said = {"name": dialect, "address": address, "kinds": KINDS[dialect], "own_key_id": None}
            with transaction():
                _, self.secrets[f"/hook/{dialect}"] = webhooks.add(said, dialect=dialect, outfit=outfit, actor=BY)


def storm(server: Server, *, kills: int, seed: int, last: float = LAST_SECONDS) -> Found:
    """Kill while changes are made and told, then wait until all has arrived and compare.

    `last` is how many seconds at most pass between the last answer waited for and the kill.
    """
    moments, client, found = random.Random(seed), admit(server), Found()
    writers = [Changes(client) for _ in range(2)]
    listener = Listener(random.Random(seed))
    app = create_app(Settings.from_environ(server.environ()))
    with app.app_context(), contextlib.closing(listener.receiver):
        listener.listen(app)
        release()
        for number in range(kills):
            alone = number % 3 == 2
            live_and_die(server, client, writers, listener.receiver, moments, last=last, worker_alone=alone)
            let_time_pass()
            if server.ended():
                server.start()
        settle()
        compare(found, listener.receiver.got, [each for writer in writers for each in writer.made])
        db.session.remove()
        db.engine.dispose()
    found.forged = listener.forged
    found.surprises = [each for writer in writers for each in writer.surprises]
    return found


def live_and_die(
    server: Server,
    client: Client,
    writers: list[Changes],
    receiver: Receiver,
    moments: random.Random,
    *,
    last: float,
    worker_alone: bool,
) -> None:
    """Let all write at once, then kill everything, or the worker, after some number of answers and of messages."""
    answered = kill.answers(writers) + moments.randrange(MOST)
    arrived = len(receiver.got) + moments.randrange(MOST)
    rest, over = moments.uniform(0, last), threading.Event()
    latest = time.monotonic() + ROUND_SECONDS
    with kill.writing(client, writers, over):
        while (kill.answers(writers) < answered or len(receiver.got) < arrived) and time.monotonic() < latest:
            time.sleep(kill.POLL_SECONDS)
        time.sleep(rest)
        if worker_alone:
            for process in [each for each, name in server.family().items() if "worker" in name]:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
        else:
            server.kill()
        over.set()


def let_time_pass() -> None:
    """Let the leases of the dead end, and what waits for another try come due."""
    release()
    with transaction():
        waiting = update(Delivery).where(Delivery.state == "waiting")
        db.session.execute(waiting.values(lease_until=None, due_at=now()))


def settle() -> None:
    """Wait until nothing waits any more, for as long as it gets less."""
    latest, least = time.monotonic() + SETTLE_SECONDS, left()
    while any(least) and time.monotonic() < latest:
        time.sleep(1)
        let_time_pass()
        if (now_left := left()) < least:
            latest, least = time.monotonic() + SETTLE_SECONDS, now_left


def left() -> tuple[int, int]:
    """Count the events that are not fanned out, and the messages that have not arrived."""
    release()
    events_left = select(func.count()).select_from(OutboxEvent).where(OutboxEvent.delivered_at.is_(None))
    open_ = select(func.count()).select_from(Delivery).where(Delivery.state.in_(("new", "waiting")))
    return db.session.scalars(events_left).one(), db.session.scalars(open_).one()


def compare(found: Found, got: list[Got], made: list[str]) -> None:
    """Hold what has arrived against what was committed."""
    release()
    hooks = db.session.scalars(select(Webhook)).all()
    outbox = db.session.scalars(select(OutboxEvent).order_by(OutboxEvent.id)).all()
    expected = {
        uuid5(hook.id, f"{event.id}/{event.at.isoformat()}/{told.kind}/{told.entity_id}")
        for event in outbox
        for told in fanning.things(event)
        for hook in hooks
        if told.kind in hook.kinds
    }
    arrived: dict[UUID, set[str]] = defaultdict(set)
    for each in got:
        arrived[UUID(each.id)].add(words(each))
    found.committed, found.expected, found.received = len(outbox), len(expected), len(arrived)
    found.again = len(got) - len(arrived)
    found.lost = [str(each) for each in expected - arrived.keys()]
    found.invented = [str(each) for each in arrived.keys() - expected]
    found.reworded = [str(each) for each, said in arrived.items() if len(said) > 1]
    told = {event.entity_id for event in outbox if event.kind == "gallery.created"}
    found.untold = [f"gallery {each} has no event" for each in made if each not in told]
    rest = db.session.scalars(select(Delivery.message_id).where(Delivery.state != "delivered"))
    found.unfinished = [str(each) for each in rest]


def words(got: Got) -> str:
    """Return what a message says: a token is signed anew for each try, what it carries is not.

    It may have come longer ago than a token is good for.
    """
    if got.headers["content-type"] != TYPES["wix"]:
        return got.body
    (key,) = signing_keys.published()
    said: str = jwt.decode(got.body, key.public, algorithms=["RS256"], options={"verify_exp": False})["data"]
    return said


def hanging(home: Path) -> list[Row]:
    """Measure how long messages to many receivers take, with and without one of them that hangs."""
    alone, beside = crowd(home / "all", hangs=False), crowd(home / "one", hangs=True)
    return [
        Row(f"p95 of {RECEIVERS - 1} receivers, none hangs", f"{alone * 1000:.0f} ms"),
        at_most("p95 beside one that hangs, times that", beside / alone, TIMES),
    ]


def crowd(home: Path, *, hangs: bool) -> float:
    """Tell twenty receivers of fifty things at once; return the 95th percentile of all but the last, in seconds."""
    home.mkdir(parents=True)
    environ = {
        "VITRINE_HOME": str(home),
        "VITRINE_OUTBOUND_ALLOW": LOOPBACK,
        "VITRINE_SECRET_KEY": "no secret at all, for a measurement",
    }
    settings = Settings.from_environ(environ)
    migrations.upgrade(settings.database_url)
    app = create_app(settings)
    receivers = [Receiver() for _ in range(RECEIVERS)]
    if hangs:
        receivers[-1].answer = lambda _got: hang
    with app.app_context():
        _gather(app, receivers)
        begun = time.monotonic()
    at_work = jobs.of(app).post
    at_work.start()
    others = receivers[:-1]
    latest = begun + SETTLE_SECONDS
    while any(len(each.got) < EVENTS for each in others) and time.monotonic() < latest:
        time.sleep(0.05)
    jobs.of(app).stopping.set()
    for each in receivers:
        each.close()
    at_work.wait(SETTLE_SECONDS)
    took = sorted(got.at - begun for each in others for got in each.got)
    if len(took) < EVENTS * len(others):
        raise RuntimeError(f"{len(took)} messages of {EVENTS * len(others)} arrived")
    return statistics.quantiles(took, n=20)[-1]


def _gather(app: Flask, receivers: list[Receiver]) -> None:
    outfit = post.outfit_of(app)
    for number, each in enumerate(receivers):
        address = webhooks.judged(each.url, way=outfit.way)
        said = {"name": f"{number}", "address": address, "kinds": ["gallery.created"], "own_key_id": None}
        with transaction():
            webhooks.add(said, dialect="plain", outfit=outfit, actor=BY)
    with transaction():
        for _ in range(EVENTS):
            events.publish(BY, "gallery.created", uuid4())
