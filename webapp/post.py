"""The worker's door for deliveries: it looks each second what is to be told, and tells it.

Huey's clock counts in minutes and its threads are few; the second try comes after five seconds, and an address may
take ten to answer. So a thread of its own hands messages to some others, and never waits for one of them.
"""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import structlog
from flask import Flask

from webapp.config import Settings
from webapp.domain.delivering import fanning, sending, writing
from webapp.domain.delivering.sending import Outcome, Parcel
from webapp.domain.transaction import DatabaseError
from webapp.domain.webhooks import Outfit
from webapp.infra.clock import now
from webapp.infra.outbound import Way

HANDS: Final = 8
"""Messages that are on their way at a time."""

LOOK_SECONDS: Final = 1.0
ENDED: Final = "vitrine-webhook-ended"
"""Where an app has what is done when a webhook was disabled by what its address answered."""

log = structlog.get_logger(__name__)


class Post:
    """Tells others what has happened, until `stopping`; what is cut off then comes due again."""

    def __init__(self, app: Flask, stopping: threading.Event) -> None:
        self.app = app
        self.stopping = stopping
        self.outfit = outfit_of(app)
        self.out: set[Future[None]] = set()
        self.back = threading.Event()
        self.thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look."""
        self.thread = threading.Thread(target=self._run, name="post", daemon=True)
        self.thread.start()

    def revive(self) -> None:
        """Begin anew where a defect has ended it."""
        if self.thread is not None and not self.thread.is_alive() and not self.stopping.is_set():
            self.start()

    def wait(self, seconds: float) -> None:
        """Give the messages in hand so long to arrive, once `stopping` is set."""
        self.back.set()
        if self.thread is not None:
            self.thread.join(seconds)

    def _run(self) -> None:
        with ThreadPoolExecutor(HANDS, thread_name_prefix="post") as hands:
            while not self.stopping.is_set():
                self.back.clear()
                if not self._round(hands):
                    self.back.wait(LOOK_SECONDS)

    def _round(self, hands: ThreadPoolExecutor) -> bool:
        """Hand out what is due; False where there is nothing more to do until something changes."""
        self.out = {each for each in self.out if not each.done()}
        try:
            with self.app.app_context():
                prepared = prepare(self.app)
                taken = sending.claim(HANDS - len(self.out), outfit=self.outfit, moment=now())
        except DatabaseError as error:
            log.warning("the database does not answer", fault=type(error).__name__)
            return False
        for parcel in taken:
            sent = hands.submit(self._deliver, parcel)
            self.out.add(sent)
            sent.add_done_callback(lambda _done: self.back.set())
        return bool(prepared or taken)

    def _deliver(self, parcel: Parcel) -> None:
        try:
            deliver(self.app, parcel, outfit=self.outfit)
        except DatabaseError as error:
            log.warning("how a message went could not be noted", fault=type(error).__name__)


def outfit_of(app: Flask) -> Outfit:
    """Return what the app reaches others with."""
    settings: Settings = app.extensions["vitrine-settings"]
    return Outfit(settings.secret_key, Way(allow=settings.outbound_allow))


def prepare(app: Flask) -> int:
    """Make and write the messages that there are to be told, a share of them, and return how many that were."""
    return fanning.fan_out(moment=now()) + writing.write_up(app.extensions["vitrine-event-writers"])


def deliver(app: Flask, parcel: Parcel, *, outfit: Outfit) -> None:
    """Send one message and note how that went."""
    outcome = sending.send(parcel, outfit=outfit, moment=now())
    with app.app_context():
        _note(app, parcel, outcome)
    if not outcome.is_good:
        log.info("not delivered", webhook=str(parcel.webhook_id), status=outcome.status, why=outcome.error)


def work_off(app: Flask, *, most: int = 1000) -> int:
    """Tell all that is due now, one after the other, and return how many messages were sent."""
    outfit, sent = outfit_of(app), 0
    with app.app_context():
        while prepare(app):
            pass
        while sent < most and (taken := sending.claim(1, outfit=outfit, moment=now())):
            outcome = sending.send(taken[0], outfit=outfit, moment=now())
            _note(app, taken[0], outcome)
            sent += 1
    return sent


def _note(app: Flask, parcel: Parcel, outcome: Outcome) -> None:
    if sending.settle(parcel, outcome, moment=now()).ended:
        app.extensions[ENDED](parcel.webhook_id)
