"""Which background stands behind a zone, of very many and of a thousand, in one interleaved run.

Both serve alike and are asked in turn over real HTTP, each time from another place, so that no answer is one that
was kept.
"""

import random
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import click

from bench.client import EMAIL
from bench.filling import PASSWORD, command
from bench.goals import Row, at_most, report
from bench.library import middle, p95
from bench.live import Server, serving
from bench.placing import EDGES, TOWNS, ZONE, address, near, place
from bench.stocking import stock
from webapp import create_app
from webapp.config import Settings
from webapp.domain.geo import Point
from webapp.infra.db import db

SMALL = 1_000
PICTURES = 20
LIMIT = 3.0
WARM = 20
"""Rounds that are not looked at."""

Query = dict[str, str]


def at(point: Point) -> Query:
    """Ask from a place."""
    return {"lat": f"{point.latitude:.6f}", "lon": f"{point.longitude:.6f}"}


def anywhere(chance: random.Random) -> Query:
    """Ask from any place on the earth."""
    return at(Point(chance.uniform(-90, 90), chance.uniform(-180, 180)))


def nowhere(chance: random.Random) -> Query:
    """Ask without a place."""
    return {"visit": str(chance.random())}


PLACES: dict[str, Callable[[random.Random], Query]] = {
    "in a town": lambda chance: at(near(chance.choice(TOWNS), chance)),
    "anywhere": anywhere,
    "at the date line and the poles": lambda chance: at(near(chance.choice(EDGES), chance)),
    "an address": lambda chance: address(chance) | {"visit": str(chance.random())},
    "the whole zone": nowhere,
}


@click.command()
@click.option("--zones", default=100_000, show_default=True, help="Zones with a background, of the many.")
@click.option("--rounds", default=200, show_default=True, help="Times that each place is asked from.")
@click.option("--postgres", multiple=True, help="Addresses of two empty PostgreSQL databases, to measure on those.")
def resolve(zones: int, rounds: int, postgres: tuple[str, ...]) -> int:
    """Compare the p95 of asking among very many backgrounds with that among few."""
    with tempfile.TemporaryDirectory(prefix="vitrine-resolve-") as folder, ExitStack() as stack:
        servers = []
        for number, size in enumerate((SMALL, zones)):
            own = {"DATABASE_URL": postgres[number]} if postgres else {}
            server = stack.enter_context(serving(Path(folder, f"home-{size}"), WORKERS="1", **own))
            fill(server, size)
            servers.append(server)
        waits = measured(servers, rounds)
    return report(f"A background of {zones:,} beside one of {SMALL:,}, {rounds} rounds", list(rows_of(waits)))


def fill(server: Server, zones: int) -> None:
    """Keep a few pictures, and backgrounds that show them."""
    command(server, "user", "add", EMAIL, "--role", "admin", "--password-stdin", stdin=PASSWORD)
    app = create_app(Settings.from_environ(server.environ()))
    with app.app_context():
        place(zones, stock(PICTURES, EMAIL))
        db.session.remove()
        db.engine.dispose()


def measured(servers: list[Server], rounds: int) -> dict[str, list[list[float]]]:
    """Give the waits in ms from each kind of place, among few and among many."""
    waits: dict[str, list[list[float]]] = {name: [[], []] for name in PLACES}
    chance = random.Random(rounds)
    connections = [HTTPConnection("127.0.0.1", each.port, timeout=60) for each in servers]
    for number in range(WARM + rounds):
        for name, query_of in PLACES.items():
            query = query_of(chance)
            for connection, kept in list(zip(connections, waits[name], strict=True))[:: -1 if number % 2 else 1]:
                wait = asked(connection, query)
                if number >= WARM:
                    kept.append(wait)
    for connection in connections:
        connection.close()
    return waits


def asked(connection: HTTPConnection, query: Query) -> float:
    """Ask once and give the wait in ms. Raises RuntimeError for anything but a background."""
    began = time.perf_counter()
    connection.request("GET", f"/api/backgrounds/resolve?{urlencode({'zone': ZONE, **query})}")
    answer = connection.getresponse()
    said = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{query}: {answer.status} {said[:200]!r}")
    return (time.perf_counter() - began) * 1000


def rows_of(waits: dict[str, list[list[float]]]) -> list[Row]:
    """State the p95 among many as times that among few, by the kind of place."""
    rows = []
    for name, (few, many) in waits.items():
        rows += [
            Row(f"{name}: p95 of {SMALL:,} zones, of the many, ms", f"{p95(few):.1f}, {p95(many):.1f}"),
            Row(f"{name}: median, ms", f"{middle(few):.1f}, {middle(many):.1f}"),
            at_most(f"{name}: times the p95", p95(many) / p95(few), LIMIT),
        ]
    return rows
