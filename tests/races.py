"""Several people at once: each deed in a thread of its own, all let go at the same moment."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from flask import Flask

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
