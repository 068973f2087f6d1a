"""What a gallery of thousands costs its visitors: the first page of 5,000 items beside that of 50, in turn.

Both pages are asked for one after the other, so that whatever else the machine does falls on both; the ratio is of
their 95th percentiles. A later page and one that has not changed (304) are measured beside them.
"""

import contextlib
import http.client
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click

from bench.client import EMAIL, Client
from bench.filling import PASSWORD, PICTURES, command, make, repeated, upload
from bench.goals import Row, at_most, report
from bench.live import Server, serving
from webapp import create_app
from webapp.config import Settings
from webapp.domain import renditions
from webapp.infra.db import db

SMALL, LARGE = 50, 5_000
LIMIT = 1.5
WARM = 20


@click.command()
@click.option("--requests", default=400, show_default=True, help="Requests of each page.")
def public(requests: int) -> int:
    """Compare the public page of 5,000 items with that of 50; goal: p95 at most 1.5x."""
    with tempfile.TemporaryDirectory(prefix="vitrine-public-") as folder, serving(Path(folder, "home")) as server:
        fill(server)
        later = next_page(server, f"/g/{LARGE}-evenings")
        paths = (f"/g/{SMALL}-evenings", f"/g/{LARGE}-evenings", later)
        taken = measure(server, paths, requests)
        again = measure(server, (f"/g/{LARGE}-evenings",), requests, changed=False)[f"/g/{LARGE}-evenings"]
    return report(f"Public page, {requests} requests each", rows_of([taken[path] for path in paths], again))


def fill(server: Server) -> None:
    """Make the two galleries, of the same few pictures."""
    command(server, "user", "add", EMAIL, "--role", "admin", "--password-stdin", stdin=PASSWORD)
    client = Client(server.port, command(server, "key", "add", "--user", EMAIL, "--name", "bench"))
    media = [upload(client, number) for number in range(PICTURES)]
    app = create_app(Settings.from_environ(server.environ()))
    with app.app_context():
        renditions.work_off(app.extensions["vitrine-storage"])
        for size in (SMALL, LARGE):
            make(f"{size} evenings", repeated(media, size))
        db.session.remove()
        db.engine.dispose()


def next_page(server: Server, path: str) -> str:
    """Find where the pictures after the first page are. Raises RuntimeError."""
    _, body, _ = asked(server, path)
    _, found, rest = body.decode().partition(f'href="{path}?after=')
    if not found:
        raise RuntimeError(f"{path} has no second page")
    return f"{path}?after={rest.partition(chr(34))[0]}"


def measure(server: Server, paths: Sequence[str], requests: int, *, changed: bool = True) -> dict[str, list[float]]:
    """Give the milliseconds of each answer; of pages that have not changed where `changed` is false."""
    tags = {} if changed else {path: asked(server, path)[2] for path in paths}
    taken: dict[str, list[float]] = {path: [] for path in paths}
    for number in range(WARM + requests):
        for path in paths:
            began = time.perf_counter()
            status, _, _ = asked(server, path, tag=tags.get(path, ""))
            if status != (200 if changed else 304):
                raise RuntimeError(f"{path} answered {status}")
            if number >= WARM:
                taken[path].append((time.perf_counter() - began) * 1000)
    return taken


def asked(server: Server, path: str, *, tag: str = "") -> tuple[int, bytes, str]:
    """Ask for a page and give status, body and tag."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
        connection.request("GET", path, headers={"Accept": "text/html"} | ({"If-None-Match": tag} if tag else {}))
        answer = connection.getresponse()
        return answer.status, answer.read(), answer.headers.get("ETag", "")


def rows_of(taken: Sequence[list[float]], again: list[float]) -> list[Row]:
    """State the figures and whether the goal is met."""
    small, large, later = (p95(each) for each in taken)
    return [
        Row(f"{SMALL} items: p50 / p95", f"{statistics.median(taken[0]):.1f} / {small:.1f} ms"),
        Row(f"{LARGE:,} items: p50 / p95", f"{statistics.median(taken[1]):.1f} / {large:.1f} ms"),
        Row(f"{LARGE:,} items, second page: p95", f"{later:.1f} ms"),
        Row(f"{LARGE:,} items, not changed: p95", f"{p95(again):.1f} ms"),
        at_most(f"p95 of {LARGE:,} items, times that of {SMALL}", large / small, LIMIT),
    ]


def p95(values: Sequence[float]) -> float:
    """Return the 95th percentile."""
    return statistics.quantiles(values, n=20)[-1]
