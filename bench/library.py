"""The library of very many files beside one of a thousand: list, facets, search and details, in one interleaved run.

Both serve alike and are asked in turn over real HTTP, so that the machine's moods fall on both. All but the search is
asked for once before it is timed: what the facets count is kept until something is written.
"""

import math
import random
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import click

from bench.client import EMAIL
from bench.filling import PASSWORD, command
from bench.goals import Row, at_most, report
from bench.live import Server, serving
from bench.stocking import stock
from bench.visitor import Visitor, fields_of
from webapp import create_app
from webapp.config import Settings
from webapp.infra.db import db

SMALL = 1_000
LIMIT = 1.2

Path_of = Callable[[list[UUID], random.Random], str]
DEEDS: dict[str, Path_of] = {
    "list": lambda ids, chance: "/library/",
    "facets": lambda ids, chance: f"/library/?{chance.choice(('used=no', 'kind=video', 'tag=tag+07', 'lacking=en'))}",
    "search": lambda ids, chance: f"/library/?q={chance.randrange(len(ids)):06}",
    "details": lambda ids, chance: f"/library/{chance.choice(ids)}",
}


@click.command()
@click.option("--files", default=100_000, show_default=True, help="Files of the large library.")
@click.option("--rounds", default=60, show_default=True, help="Times that each is asked for at either.")
@click.option("--postgres", multiple=True, help="Addresses of two empty PostgreSQL databases, to measure on those.")
def library(files: int, rounds: int, postgres: tuple[str, ...]) -> int:
    """Compare the p95 of a large library with that of a small one."""
    with tempfile.TemporaryDirectory(prefix="vitrine-library-") as folder, ExitStack() as stack:
        houses = []
        for number, size in enumerate((SMALL, files)):
            own = {"DATABASE_URL": postgres[number]} if postgres else {}
            server = stack.enter_context(serving(Path(folder, f"home-{size}"), WORKERS="1", **own))
            houses.append(filled(server, size))
        waits = measured(houses, rounds)
    return report(f"Library of {files:,} files beside one of {SMALL:,}, {rounds} rounds", list(rows_of(waits)))


def filled(server: Server, size: int) -> tuple[Visitor, list[UUID]]:
    """Stock a library, and sign in."""
    command(server, "user", "add", EMAIL, "--role", "admin", "--password-stdin", stdin=PASSWORD)
    with create_app(Settings.from_environ(server.environ())).app_context():
        ids = stock(size, EMAIL)
        db.session.remove()
        db.engine.dispose()
    visitor = Visitor(server.port)
    form = fields_of(visitor.get("/login"), "<form")
    visitor.post("/login", form | {"email": EMAIL, "password": PASSWORD})
    return visitor, ids


def measured(houses: list[tuple[Visitor, list[UUID]]], rounds: int) -> dict[str, list[list[float]]]:
    """Give the waits in ms of each deed, at the small library and at the large one."""
    waits: dict[str, list[list[float]]] = {deed: [[], []] for deed in DEEDS}
    chance = random.Random(rounds)
    for _ in range(rounds):
        for deed, path_of in DEEDS.items():
            for (visitor, ids), kept in zip(houses, waits[deed], strict=True):
                path = path_of(ids, chance)
                if deed != "search":
                    visitor.get(path)
                began = time.perf_counter()
                visitor.get(path)
                kept.append((time.perf_counter() - began) * 1000)
    return waits


def rows_of(waits: dict[str, list[list[float]]]) -> list[Row]:
    """State each deed's p95 in the large library as times that in the small one."""
    rows = []
    for deed, (small, large) in waits.items():
        rows += [
            Row(f"{deed}: p95 of {SMALL:,} files, ms", f"{p95(small):.1f}"),
            Row(f"{deed}: p95 of the large library, ms", f"{p95(large):.1f}"),
            at_most(f"{deed}: times", p95(large) / p95(small), LIMIT),
        ]
    return rows


def p95(waits: list[float]) -> float:
    """Give the wait that 95 of 100 do not exceed."""
    return sorted(waits)[math.ceil(0.95 * len(waits)) - 1]
