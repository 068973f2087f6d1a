"""How often programs may ask: so many requests a second with a key, or from an address without one, and bursts above.

A token bucket, kept as one number for each who asks: the moment at which all that was asked is paid off. The table
lies in memory that forks share, so that the web's processes count together; no row is written. Where processes are
no forks of one, each counts for itself. Two processes that count at the same moment may let one request more pass.
"""

import math
import mmap
import threading
import time
from typing import Final

from flask import Flask, current_app, request
from werkzeug.exceptions import TooManyRequests

from webapp.config import Settings
from webapp.domain.lockout import network
from webapp.domain.permissions import Actor

SLOTS: Final = 1 << 16
NEAR: Final = 8
"""Slots that somebody's number may lie in; where all are taken, the one that is paid off first is given away."""
WORD: Final = 8
EXTENSION: Final = "vitrine-limits"


class Buckets:
    """Counts requests by subject: `rate` a second, `burst` at once."""

    def __init__(self, rate: float, burst: int) -> None:
        self.step, self.span = 1 / rate, burst / rate
        shared = memoryview(mmap.mmap(-1, 2 * SLOTS * WORD))
        self.marks, self.paid = shared[: SLOTS * WORD].cast("Q"), shared[SLOTS * WORD :].cast("d")
        self.lock = threading.Lock()

    def take(self, subject: str, moment: float) -> float:
        """Count a request and return 0, or count nothing and return in how many seconds one may come."""
        with self.lock:
            slot = self._slot(subject)
            paid = max(self.paid[slot], moment) + self.step
            wait = paid - moment - self.span
            if wait > self.step / 2:
                return wait
            self.paid[slot] = paid
        return 0.0

    def _slot(self, subject: str) -> int:
        """Find where somebody's number lies; forks hash alike."""
        mark = hash(subject) % (1 << 64) or 1
        near = [(mark + step) % SLOTS for step in range(NEAR)]
        for slot in near:
            if self.marks[slot] == mark:
                return slot
        slot = min(near, key=self.paid.__getitem__)
        self.marks[slot], self.paid[slot] = mark, 0.0
        return slot


def init(app: Flask, settings: Settings) -> None:
    """Make the table, unless the limits are off; to be called before the web's processes are forked."""
    on = settings.api_rate > 0 and settings.api_burst > 0
    app.extensions[EXTENSION] = Buckets(settings.api_rate, settings.api_burst) if on else None


def count(actor: Actor) -> None:
    """Count a request of a program. Raises TooManyRequests, which says when to come back."""
    buckets: Buckets | None = current_app.extensions[EXTENSION]
    wait = buckets.take(subject_of(actor), time.monotonic()) if buckets else 0.0
    if wait:
        seconds = math.ceil(wait)
        raise TooManyRequests("Too many requests. Wait a little before the next.", retry_after=seconds)


def subject_of(actor: Actor) -> str:
    """Say on whose account a request goes: a key's, a person's, else that of the address it came from."""
    if actor.key_id is not None:
        return f"key:{actor.key_id}"
    return f"user:{actor.id}" if actor.id is not None else f"address:{network(request.remote_addr or '')}"
