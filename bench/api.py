"""What requests of programs cost the server: Vitrine beside Wagtail's API v2 and Directus, in one interleaved run.

All hold a library of 100,000, and a second Directus one of 1,000. Each is asked by one client on one connection, who
knows no cache; the cost is the processor time of all of a server's processes, Vitrine's worker included, which takes
up the events of each change meanwhile. Vitrine's list and Directus's stand in the order of coming, Wagtail's by id. A
gallery of 1,000 is read whole: in one answer over the CMS dialect, in five windows of 200 over Wix's. Directus writes
an audit of its own (activity and revisions); Wagtail's API writes nothing.

Vitrine keeps whole answers until somebody writes (`webapp/api/lasting.py`), as it comes; the others keep none as they
come. What is called anew is asked with a parameter that it has not seen, so that no answer is kept of it; whose key
it is, what languages there are and where a deep page begins (`webapp/domain/landmarks.py`) stay known until somebody
writes: the first deep page after a write counts through all before it.
"""

import contextlib
import hashlib
import http.client
import itertools
import json
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import click
from sqlalchemy import insert

from bench import directus, wagtail
from bench.client import EMAIL
from bench.directus import Directus
from bench.filling import command, make
from bench.goals import Row, at_least, at_most, report
from bench.live import Server, serving
from bench.load import cpu_of
from webapp import create_app
from webapp.config import Settings
from webapp.domain import making
from webapp.domain.models import Blob, Media
from webapp.domain.transaction import transaction
from webapp.infra.clock import now
from webapp.infra.db import db

LIBRARY, FEW = 100_000, 1_000
PAGE, WINDOW = 50, 200
LARGE, ORDERED = 1_000, 200
WARM = 3
"""Requests of each kind before anything is measured."""

ASK = "/files?limit=50&sort=uploaded_on&fields=" + ",".join(
    ("id", "title", "type", "filesize", "width", "height", "filename_disk", "filename_download", "uploaded_on")
)
WHOLE = "/items/galleries/2?fields=*,items.*,items.file.id,items.file.title,items.file.width,items.file.height"

Request = tuple[str, str, Any]


@dataclass
class Deed:
    """What is measured of one server: requests, as often as there is time for them."""

    port: int
    leader: int
    headers: Mapping[str, str]
    requests: Callable[[int], list[Request]]
    """Gives the requests of a turn by its number: what they cost is added up."""

    turn: Iterator[int] = field(default_factory=itertools.count)


@dataclass(frozen=True)
class Ours:
    """Vitrine, filled: galleries by their size, `media` an entry of the library."""

    server: Server
    key: str
    galleries: dict[int, str]
    ordered: list[str]
    media: str

    def deed(self, requests: Callable[[int], list[Request]]) -> Deed:
        """Ask as a program with a key."""
        assert self.server.process
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        return Deed(self.server.port, self.server.process.pid, headers, requests)


@click.command()
@click.option("--rounds", default=5, show_default=True, help="Rounds in which all are measured in turn.")
@click.option("--seconds", default=4.0, show_default=True, help="How long each is asked in a round, at the least.")
@click.option("--library", default=LIBRARY, show_default=True, help="Entries of the large libraries.")
@click.option("--peers", type=click.Path(path_type=Path), help="Folder of the peers' programs, kept for next time.")
def api(rounds: int, seconds: float, library: int, peers: Path | None) -> int:
    """Compare lists, a gallery of 1,000, an order and an edit with those of Wagtail and Directus."""
    with tempfile.TemporaryDirectory(prefix="vitrine-api-") as folder, contextlib.ExitStack() as stack:
        kept, here = (peers or Path(folder, "peers")).resolve(), Path(folder)
        programs, program = wagtail.installed(kept / "wagtail"), directus.installed(kept / "directus")
        ours = fill(stack.enter_context(serving(here / "home", WORKERS="2")), library)
        pages = stack.enter_context(
            wagtail.serving(programs, here / "wagtail", galleries=1, pictures=LARGE, library=library)
        )
        many, few = (
            stack.enter_context(directus.serving(program, here / name, files=files, sizes=(ORDERED, LARGE)))
            for name, files in (("many", library), ("few", FEW))
        )
        deeds = vitrine(ours, library) | of_wagtail(pages) | of_directus("directus", many) | of_directus("1k", few)
        found = measure(deeds, rounds=rounds, seconds=seconds)
    return report(f"The API beside Wagtail's and Directus's, {library:,} files, {rounds} rounds", rows_of(found))


def vitrine(ours: Ours, library: int) -> dict[tuple[str, str], Deed]:
    """Say what is asked of Vitrine."""
    large, ordered = ours.galleries[LARGE], ours.galleries[ORDERED]
    window = f"/progallery/v2/galleries/{large}?itemLimit={WINDOW}&itemOffset="
    windows: list[Request] = [("GET", f"{window}{at}", None) for at in range(0, LARGE, WINDOW)]

    def reordered(turn: int) -> list[Request]:
        ids = ours.ordered[::-1] if turn % 2 else ours.ordered[7:] + ours.ordered[:7]
        return [("POST", f"/api/v1/galleries/{ordered}/media/reorder", {"media_ids": ids})]

    return {
        ("vitrine", "list"): ours.deed(lambda _: [("GET", f"/api/v1/media?limit={PAGE}", None)]),
        ("vitrine", "last page"): ours.deed(
            lambda _: [("GET", f"/api/v1/media?limit={PAGE}&skip={library - PAGE}", None)]
        ),
        ("vitrine", "list anew"): ours.deed(lambda turn: [("GET", f"/api/v1/media?limit={PAGE}&turn={turn}", None)]),
        ("vitrine", "last page anew"): ours.deed(
            lambda turn: [("GET", f"/api/v1/media?limit={PAGE}&skip={library - PAGE}&turn={turn}", None)]
        ),
        ("vitrine", "gallery anew"): ours.deed(
            lambda turn: [("GET", f"/api/v1/galleries/{large}?turn={turn}", None)]
        ),
        ("vitrine", "gallery"): ours.deed(lambda _: [("GET", f"/api/v1/galleries/{large}", None)]),
        ("vitrine", "windows"): ours.deed(lambda _: windows),
        ("vitrine", "order"): ours.deed(reordered),
        ("vitrine", "edit"): ours.deed(lambda _: [("PATCH", f"/api/v1/media/{ours.media}", {"alt_text": word()})]),
    }


def of_wagtail(peer: wagtail.Peer) -> dict[tuple[str, str], Deed]:
    """Say what is asked of Wagtail."""

    def deed(path: str) -> Deed:
        return Deed(peer.port, peer.leader, {}, lambda _: [("GET", path, None)])

    return {
        ("wagtail", "list"): deed(f"/api/v2/images/?limit={PAGE}&fields=width,height"),
        ("wagtail", "gallery"): deed(f"/api/v2/pages/{peer.large}/"),
    }


def of_directus(name: str, peer: Directus) -> dict[tuple[str, str], Deed]:
    """Say what is asked of a Directus."""
    ids = peer.galleries[ORDERED]

    def deed(requests: Callable[[int], list[Request]]) -> Deed:
        return Deed(peer.port, peer.leader, peer.headers, requests)

    def reordered(turn: int) -> list[Request]:
        places = ids[::-1] if turn % 2 else ids[7:] + ids[:7]
        rows = [{"id": item, "sort": place} for place, item in enumerate(places)]
        return [("PATCH", "/items/gallery_items?fields=id", rows)]

    return {
        (name, "list"): deed(lambda _: [("GET", ASK, None)]),
        (name, "gallery"): deed(lambda _: [("GET", f"{WHOLE}&deep[items][_limit]=-1", None)]),
        (name, "order"): deed(reordered),
        (name, "edit"): deed(lambda _: [("PATCH", f"/files/{peer.file}?fields=id,title", {"title": word()})]),
    }


def word() -> str:
    """Give a text unlike any before."""
    return f"Lanterns {secrets.token_hex(4)}"


def fill(server: Server, library: int) -> Ours:
    """Make an administrator, a library of pictures that need no bytes, and the two galleries."""
    command(server, "user", "add", EMAIL, "--role", "admin", "--password-stdin", stdin=secrets.token_urlsafe(24))
    key = command(server, "key", "add", "--user", EMAIL, "--name", "bench")
    app = create_app(Settings.from_environ(server.environ()))
    with app.app_context():
        with transaction():
            media = stock(library)
        made = {size: make(f"{size} evenings", media[:size]) for size in (LARGE, ORDERED)}
        db.session.remove()
        db.engine.dispose()
    return Ours(server, key, made, [str(each) for each in media[:ORDERED]], str(media[library // 2]))


def stock(library: int) -> list[UUID]:
    """Write the rows of a library whose files are made, each a second younger than the last, and give their ids."""
    begun, ids = now() - timedelta(seconds=library), []
    for first in range(0, library, 1000):
        numbers = range(first, min(first + 1000, library))
        blobs = [
            {"id": uuid4(), "sha256": hashlib.sha256(b"%d" % number).hexdigest(), "size": 2_100_000, "width": 1600}
            | {"height": 1200, "mime_type": "image/jpeg", "frames": 1, "has_alpha": False, "created_at": begun}
            | {"policy": making.policy(), "said": {}, "likeness": ""}
            for number in numbers
        ]
        rows = [
            {"id": uuid4(), "blob_id": blob["id"], "kind": "image", "state": "ready", "filename": f"{uuid4()}.jpg"}
            | {"original_filename": f"lantern-{number}.jpg", "uploaded_through": "dashboard", "version": 1}
            | {"created_at": begun + timedelta(seconds=number)}
            for number, blob in zip(numbers, blobs, strict=True)
        ]
        db.session.execute(insert(Blob), blobs)
        db.session.execute(insert(Media), rows)
        ids += [row["id"] for row in rows]
    return ids


def measure(deeds: dict[tuple[str, str], Deed], *, rounds: int, seconds: float) -> dict[tuple[str, str], float]:
    """Measure everything in turn, round after round, and give the median milliseconds of each by server and deed."""
    found: dict[tuple[str, str], list[float]] = {name: [] for name in deeds}
    for deed in deeds.values():
        cost(deed, seconds=0)
    for _ in range(rounds):
        for name, deed in deeds.items():
            found[name].append(cost(deed, seconds=seconds))
    return {name: statistics.median(each) for name, each in found.items()}


def cost(deed: Deed, *, seconds: float) -> float:
    """Ask for so long, and give the processor milliseconds of a turn. Raises RuntimeError on any answer but 2xx."""
    connection = http.client.HTTPConnection("127.0.0.1", deed.port, timeout=300)
    with contextlib.closing(connection):
        before, end, turns = cpu_of(deed.leader), time.monotonic() + seconds, 0
        while turns < WARM or time.monotonic() < end:
            for method, path, body in deed.requests(next(deed.turn)):
                connection.request(method, path, None if body is None else json.dumps(body), dict(deed.headers))
                answer = connection.getresponse()
                said = answer.read()
                if answer.status // 100 != 2:
                    raise RuntimeError(f"{method} {path} answered {answer.status}: {said[:500]!r}")
            turns += 1
        return (cpu_of(deed.leader) - before) * 1000 / turns


def rows_of(found: Mapping[tuple[str, str], float]) -> list[Row]:
    """State every figure beside its goal."""

    def times(who: str, what: str, than: str = "") -> float:
        return found[who, what] / found["vitrine", than or what]

    shown = [Row(f"{who}, {what}: ms of processor time", f"{each:.2f}") for (who, what), each in found.items()]
    return [
        *shown,
        at_least("list of 50: Wagtail, times Vitrine's", times("wagtail", "list"), 10),
        at_least("list of 50: Directus, times Vitrine's", times("directus", "list"), 10),
        at_least("list of 50: Directus with 1,000 files, times", times("1k", "list"), 4),
        at_least("list of 50 anew: Wagtail, times Vitrine's", times("wagtail", "list", "list anew"), 10),
        at_least("list of 50 anew: Directus, times Vitrine's", times("directus", "list", "list anew"), 10),
        at_least("gallery of 1,000: Wagtail, times Vitrine's", times("wagtail", "gallery"), 10),
        at_least("gallery of 1,000: Directus, times Vitrine's", times("directus", "gallery"), 4),
        at_least("gallery of 1,000 in windows: Wagtail, times", times("wagtail", "gallery", "windows"), 10),
        at_least("gallery of 1,000 in windows: Directus, times", times("directus", "gallery", "windows"), 4),
        at_least("order of 200: Directus, times Vitrine's", times("directus", "order"), 40),
        at_least("edit of one field: Directus, times Vitrine's", times("directus", "edit"), 2.5),
        at_most("page 2,000, times page 1", found["vitrine", "last page"] / found["vitrine", "list"], 1.2),
        at_most(
            "page 2,000 anew, times page 1", found["vitrine", "last page anew"] / found["vitrine", "list anew"], 1.2
        ),
    ]
