"""Several people at once, each in a thread of their own: all let go at the same moment, or one after another."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Thread

from flask import Flask

from webapp.infra.db import db

Deed = Callable[[], object]


def race(app: Flask, *deeds: Deed) -> list[object]:
    """Do all of it at once and return what each gave back, or the error it ended with, in the order named."""
    start = Barrier(len(deeds))

    def run(deed: Deed) -> object:
        with app.app_context():
            start.wait(timeout=30)
            try:
                return deed()
            except Exception as error:  # noqa: BLE001  the test looks at it
                return error

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def elsewhere(app: Flask, deed: Deed) -> None:
    """Do something in a thread of its own, and so on a connection of its own, and wait for it."""

    def work() -> None:
        with app.app_context():
            deed()
            db.session.remove()

    thread = Thread(target=work)
    thread.start()
    thread.join()
