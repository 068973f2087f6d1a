"""The library of very many files beside one of a thousand, in one interleaved run.

Both serve alike and are asked in turn over real HTTP, so that the machine's moods fall on both. Before each round
something is written to both, so that nothing that was counted before is kept.
"""

import math
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from uuid import UUID

import click
from flask import Flask
from sqlalchemy import update

from bench.client import EMAIL
from bench.filling import PASSWORD, command
from bench.goals import Row, at_most, report
from bench.live import Server, serving
from bench.stocking import TAGS, stock
from bench.visitor import Visitor, fields_of
from webapp import create_app
from webapp.config import Settings
from webapp.domain.models import Site
from webapp.domain.transaction import transaction
from webapp.infra.db import db

SMALL = 1_000
LIMIT = 1.2
WARM = TAGS
"""Rounds that are not looked at: the tiles of each tag are drawn once, for what is drawn is remembered."""


@dataclass(frozen=True)
class House:
    """A library that is served: who asks, what writes to it, and its files."""

    visitor: Visitor
    app: Flask
    ids: list[UUID]
    turns: Iterator[int] = field(default_factory=count)


Path_of = Callable[[House, random.Random], str]


def at(path: str) -> Path_of:
    """Ask for the same each time."""
    return lambda house, chance: f"/library/{path}"


DEEDS: dict[str, Path_of] = {
    "list": at(""),
    "not used": at("?used=no"),
    "videos": at("?kind=video"),
    "squares": at("?shape=square"),
    "large files": at("?size=large"),
    "of seven days": at("?added=7d"),
    "a tag": lambda house, chance: f"/library/?tag=tag+{next(house.turns) % TAGS:02}",
    "without alt text": at("?lacking=en"),
    "missing (none)": at("?file=missing"),
    "two choices": at("?used=no&shape=portrait"),
    "search, one hit": lambda house, chance: f"/library/?q={chance.randrange(len(house.ids)):06}",
    "search, a word of every eighth": at("?q=lantern"),
    "search, a word of all": at("?q=jpg"),
    "search, none": at("?q=zebra"),
    "details": lambda house, chance: f"/library/{chance.choice(house.ids)}",
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


def filled(server: Server, size: int) -> House:
    """Stock a library, and sign in."""
    command(server, "user", "add", EMAIL, "--role", "admin", "--password-stdin", stdin=PASSWORD)
    app = create_app(Settings.from_environ(server.environ()))
    with app.app_context():
        ids = stock(size, EMAIL)
        db.session.remove()
    visitor = Visitor(server.port)
    form = fields_of(visitor.get("/login"), "<form")
    visitor.post("/login", form | {"email": EMAIL, "password": PASSWORD})
    return House(visitor, app, ids)


def measured(houses: list[House], rounds: int) -> dict[str, list[list[float]]]:
    """Give the waits in ms of each deed, at the small library and at the large one.

    Deeds come in another order each round, so that no pause of the server (its garbage, a checkpoint) keeps time with
    one of them.
    """
    waits: dict[str, list[list[float]]] = {deed: [[], []] for deed in DEEDS}
    chance = random.Random(rounds)
    for number in range(WARM + rounds):
        for house in houses:
            write(house)
        for deed, path_of in chance.sample(list(DEEDS.items()), len(DEEDS)):
            for house, kept in list(zip(houses, waits[deed], strict=True))[:: -1 if number % 2 else 1]:
                path = path_of(house, chance)
                began = time.perf_counter()
                house.visitor.get(path)
                if number >= WARM:
                    kept.append((time.perf_counter() - began) * 1000)
    return waits


def write(house: House) -> None:
    """Write something, so that whatever is kept until somebody writes is not."""
    with house.app.app_context():
        with transaction():
            db.session.execute(update(Site).values(name=Site.name))
        db.session.remove()


def rows_of(waits: dict[str, list[list[float]]]) -> list[Row]:
    """State each deed's p95 in the large library as times that in the small one."""
    rows = []
    for deed, (small, large) in waits.items():
        rows += [
            Row(f"{deed}: p95 of {SMALL:,} files, of the large library, ms", f"{p95(small):.1f}, {p95(large):.1f}"),
            Row(f"{deed}: median, ms", f"{middle(small):.1f}, {middle(large):.1f}"),
            at_most(f"{deed}: times the p95", p95(large) / p95(small), LIMIT),
        ]
    return rows


def p95(waits: list[float]) -> float:
    """Give the wait that 95 of 100 do not exceed."""
    return sorted(waits)[math.ceil(0.95 * len(waits)) - 1]


def middle(waits: list[float]) -> float:
    """Give the wait that half do not exceed."""
    return sorted(waits)[len(waits) // 2]
