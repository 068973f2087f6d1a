"""What an editor's day costs the server: Vitrine beside Wagtail, in one interleaved run.

Both serve with two processes, sign an editor in, check rights and forgery, and write their audit. The list is of 50
galleries with cover, title, pictures, author, date and status. To open a gallery of 500 counts every request until
all tiles are there; to save and to move are done in each one's lightest way (Wagtail's is the JSON of its autosave,
which answers without the page). Bytes are bodies in both directions, uncompressed, without the pictures.
"""

import contextlib
import json
import re
import secrets
import statistics
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

import click
import psycopg

from bench import wagtail
from bench.filling import EDITOR, LIST, Filled, fill
from bench.floor import share_of_the_floor
from bench.goals import Row, at_least, at_most, none_of, report
from bench.live import Server, serving
from bench.load import Pace, cpu_of, pace
from bench.visitor import Visitor, fields_of

GALLERIES, LARGE = 60, 500
PEER_LIST = "/admin/galleries/"
MOVES = 10
"""Moves measured as one, for one alone is below the clock's grain."""
EDITORS, EDITOR_MOVES = 4, 50
JSON = {"Accept": "application/json"}
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}

Deed = Callable[[], None]


@dataclass
class Figures:
    """What was measured on one engine: the lists' paces, and for each deed (processor seconds, bytes) each time."""

    lists: dict[str, list[Pace]] = field(default_factory=dict)
    deeds: dict[tuple[str, str], list[tuple[float, int]]] = field(default_factory=dict)
    moves: dict[int, list[float]] = field(default_factory=dict)

    def pace(self, who: str, what: str) -> float:
        """Give the median of a list's figure."""
        return statistics.median(getattr(each, what) for each in self.lists[who])

    def times_less(self, deed: str, index: int) -> float:
        """Divide Wagtail's median by Vitrine's."""
        theirs, ours = (statistics.median(f[index] for f in self.deeds[who, deed]) for who in ("wagtail", "vitrine"))
        return theirs / ours


@click.command()
@click.option("--rounds", default=5, show_default=True, help="Rounds in which all are measured in turn.")
@click.option("--seconds", default=4.0, show_default=True, help="How long each list is asked for in a round.")
@click.option("--peer", type=click.Path(path_type=Path), help="Folder of the peer's environment, kept for next time.")
@click.option(
    "--postgres", help="Address of a PostgreSQL to measure on too; two databases are made there and dropped."
)
def dashboard(rounds: int, seconds: float, peer: Path | None, postgres: str | None) -> int:
    """Compare the list, the editor of 500 items and a move with Wagtail's, which is installed for it."""
    with tempfile.TemporaryDirectory(prefix="vitrine-dashboard-") as folder:
        programs = wagtail.installed((peer or Path(folder, "peer")).resolve())
        with houses(Path(folder, "sqlite"), programs, {}) as (filled, theirs):
            rows = rows_of(measure(filled, theirs, rounds=rounds, seconds=seconds), rate=15)
            rows.append(floor_row(filled.server, rounds))
        status = report(f"Dashboard beside Wagtail on SQLite, {rounds} rounds", rows)
        if postgres:
            with databases(postgres) as urls, houses(Path(folder, "postgresql"), programs, urls) as (filled, theirs):
                rows = rows_of(measure(filled, theirs, rounds=rounds, seconds=seconds), rate=6)
                rows.append(none_of(f"answers refused to {EDITORS} editors at once", crowd(filled)))
            status |= report(f"Dashboard beside Wagtail on PostgreSQL, {rounds} rounds", rows)
    return status


@contextlib.contextmanager
def databases(postgres: str) -> Iterator[dict[str, str]]:
    """Make a database for each of the two, and give their addresses."""
    names = {who: f"{who}_{secrets.token_hex(4)}" for who in ("vitrine", "wagtail")}
    with psycopg.connect(postgres, autocommit=True) as connection:
        for name in names.values():
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            yield {who: urlunsplit(urlsplit(postgres)._replace(path=f"/{name}")) for who, name in names.items()}
        finally:
            for name in names.values():
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def houses(folder: Path, programs: Path, urls: dict[str, str]) -> Iterator[tuple[Filled, wagtail.Peer]]:
    """Serve both, filled alike."""
    folder.mkdir()
    own = {"WORKERS": "2"} | ({"DATABASE_URL": urls["vitrine"]} if urls else {})
    postgres = django_words(urls["wagtail"]) if urls else ""
    with serving(folder / "home", **own) as server:
        filled = fill(server, small=GALLERIES, large=LARGE)
        with wagtail.serving(
            programs, folder / "peer", galleries=GALLERIES, pictures=LARGE, postgres=postgres
        ) as peer:
            yield filled, peer


def django_words(url: str) -> str:
    """Write a database's address as Django's settings name its parts."""
    parts = urlsplit(url)
    host = parts.hostname or parse_qs(parts.query).get("host", [""])[0]
    named = {"NAME": parts.path[1:], "USER": parts.username, "PASSWORD": parts.password, "HOST": host}
    named["PORT"] = str(parts.port or "")
    return " ".join(f"{name}={value}" for name, value in named.items() if value)


def measure(filled: Filled, peer: wagtail.Peer, *, rounds: int, seconds: float) -> Figures:
    """Measure everything in turn, round after round, so that the machine's moods fall on all."""
    figures = Figures()
    ours, theirs = filled.signed_in(), peer.signed_in()
    lists = {"vitrine": (ours, LIST, filled.leader), "wagtail": (theirs, PEER_LIST, peer.leader)}
    deeds: dict[tuple[str, str], tuple[Visitor, int, Deed]] = {
        ("vitrine", "open, save"): (ours, filled.leader, lambda: open_and_save(ours, filled.large, filled.item)),
        ("wagtail", "open, save"): (theirs, peer.leader, lambda: peer_open_and_save(theirs, peer)),
        ("vitrine", "move"): (ours, filled.leader, lambda: moves(ours, filled.large, filled.ends(LARGE))),
        ("wagtail", "move"): (theirs, peer.leader, lambda: peer_moves(theirs, peer)),
    }
    for number in range(rounds + 1):
        for who, (visitor, path, leader) in lists.items():
            figure = pace(visitor.port, path, visitor.cookies, leader, seconds=seconds if number else 1)
            figures.lists.setdefault(who, []).append(figure)
        for name, (visitor, leader, deed) in deeds.items():
            figures.deeds.setdefault(name, []).append(spent(visitor, leader, deed))
        for size, gallery in filled.sized.items():
            used, _ = spent(ours, filled.leader, partial(moves, ours, gallery, filled.ends(size), times=100))
            figures.moves.setdefault(size, []).append(used)
    for found in (figures.lists, figures.deeds, figures.moves):
        for each in found.values():
            del each[0]  # the first round warms
    return figures


def spent(visitor: Visitor, leader: int, deed: Deed) -> tuple[float, int]:
    """Do it, and give the server's processor seconds and the bytes that went over the line."""
    before, bytes_before = cpu_of(leader), visitor.sent + visitor.received
    deed()
    return cpu_of(leader) - before, visitor.sent + visitor.received - bytes_before


def open_and_save(visitor: Visitor, gallery: str, item: str) -> None:
    """Open the editor until all tiles are there, open an item and save its caption."""
    path = EDITOR.format(gallery)
    page = visitor.get(path)
    visitor.get(f"{path}order.json", **JSON)
    while more := re.search(r'data-next="([^"]+)"', page):
        page = visitor.get(more[1].replace("&amp;", "&"), **PARTIAL)
    form = fields_of(
        visitor.get(f"{path}?item={item}", **PARTIAL, **{"HX-Target": "editor-inspector"}), 'id="item-form"'
    )
    form["caption"] = f"Caption {secrets.token_hex(4)}"
    visitor.post(f"{path}items/{item}", form, **PARTIAL)


def moves(visitor: Visitor, gallery: str, ids: tuple[str, str], *, times: int = MOVES) -> None:
    """Move the last item behind the first and back to the end, `times` times in all."""
    path = EDITOR.format(gallery)
    token = token_on(visitor.get(path))
    for number in range(times):
        where = {"place": "end"} if number % 2 else {"after": ids[0]}
        visitor.post(f"{path}moves", {"ids": ids[1], **where, "csrf_token": token}, **PARTIAL, **JSON)


def token_on(page: str) -> str:
    """Find the token against forgery on a page."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    if not found:
        raise RuntimeError("the page has no token")
    return found[1]


def peer_open_and_save(visitor: Visitor, peer: wagtail.Peer) -> None:
    """Open the page with all its rows and save one caption, as its autosave does."""
    form = fields_of(visitor.get(peer.edit_path), 'id="page-edit-form"')
    form["pictures-3-caption"] = f"Caption {secrets.token_hex(4)}"
    peer.form = form
    peer_save(visitor, peer)


def peer_moves(visitor: Visitor, peer: wagtail.Peer) -> None:
    """Move the last row behind the first and back, each saved."""
    for number in range(MOVES):
        for row in range(1, LARGE):
            place = row if number % 2 else (1 if row == LARGE - 1 else row + 1)
            peer.form[f"pictures-{row}-ORDER"] = str(place + 1)
        peer_save(visitor, peer)


def peer_save(visitor: Visitor, peer: wagtail.Peer) -> None:
    """Save as its autosave does, which writes over the revision it made before."""
    answer = json.loads(visitor.post(peer.edit_path, peer.form, **JSON))
    peer.form["loaded_revision_id"] = peer.form["overwrite_revision_id"] = str(answer["revision_id"])


def crowd(filled: Filled) -> int:
    """Let editors move items of one gallery at once; give how many answers were no success."""
    refused = []

    def edit(number: int) -> None:
        visitor = filled.signed_in()
        path, ids = EDITOR.format(filled.large), filled.ids[filled.large]
        token = token_on(visitor.get(path))
        for turn in range(EDITOR_MOVES):
            chosen = ids[(number * EDITOR_MOVES + turn) % len(ids)]
            fields = {"ids": chosen, "place": "end" if turn % 2 else "top", "csrf_token": token}
            try:
                visitor.post(f"{path}moves", fields, **PARTIAL, **JSON)
            except RuntimeError as error:
                refused.append(str(error))

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(EDITORS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(refused)


def floor_row(server: Server, rounds: int) -> Row:
    """State how near the list is to its own template rendered without the database."""
    share = share_of_the_floor(server, rounds=rounds)
    return at_least("list of 50: requests/s, times its template's drawn anew", share, 0.85)


def rows_of(figures: Figures, *, rate: float) -> list[Row]:
    """State every figure beside its goal."""
    ratio = figures.pace("vitrine", "rate") / figures.pace("wagtail", "rate")
    large, small = (statistics.median(figures.moves[size]) for size in (10_000, 200))
    return [
        Row("list of 50: Vitrine, requests/s", f"{figures.pace('vitrine', 'rate'):.0f}"),
        Row("list of 50: Wagtail, requests/s", f"{figures.pace('wagtail', 'rate'):.1f}"),
        at_least("list of 50: requests/s, times Wagtail's", ratio, rate),
        at_least(
            "list of 50: processor time, times less",
            1 / (figures.pace("vitrine", "cpu") / figures.pace("wagtail", "cpu")),
            10,
        ),
        at_least("open 500, save one: processor time, times less", figures.times_less("open, save", 0), 30),
        at_least("open 500, save one: bytes, times less", figures.times_less("open, save", 1), 15),
        at_least("move one of 500: processor time, times less", figures.times_less("move", 0), 100),
        at_most("move one of 10,000: processor time, times one of 200", large / small, 1.5),
    ]
