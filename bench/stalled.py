"""What stalled clients cost the others: half of the uploads send a byte a second, half stop; downloads never read.

Quiet and stalled phases alternate, so that whatever else the machine does falls on both. Each ratio is the median
over the rounds of the others' 95th percentile beside stalled clients, divided by that without them.
"""

import contextlib
import http.client
import socket
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from bench.client import Client, admit, picture
from bench.goals import Row, below, none_of, report
from bench.live import Server, serving

LIMIT = 2.0
WARM_REQUESTS = 50
SETTLE_SECONDS = 1.0
LONGEST_SECONDS = 120.0
UPLOAD_BYTES = 1_000_000
RECEIVE_BUFFER = 4096
PATHS = ("/healthz", "/login", "/api/v1/galleries")


@dataclass(frozen=True)
class Target:
    """A server with an administrator's key and a file too large for any buffer on the way."""

    server: Server
    client: Client
    large: str


@dataclass(frozen=True)
class Pair:
    """The others' 95th percentiles in seconds, without and with stalled clients, and what was not answered."""

    kind: str
    quiet: float
    beside: float
    failures: int


@click.command()
@click.option("--rounds", default=7, show_default=True, help="Pairs of a quiet and a stalled phase, of each kind.")
@click.option("--clients", default=50, show_default=True, help="Stalled clients of each kind.")
@click.option("--requests", default=200, show_default=True, help="The others' requests in a phase.")
def stalled(rounds: int, clients: int, requests: int) -> int:
    """Compare others' waiting time beside stalled clients with that without them; goal: p95 below 2x."""
    with (
        tempfile.TemporaryDirectory(prefix="vitrine-stalled-") as folder,
        serving(Path(folder, "home")) as server,
    ):
        target = prepare(server)
        pairs = [pair(target, kind, clients, requests) for _ in range(rounds) for kind in KINDS]
    return tell(pairs, clients=clients)


def prepare(server: Server) -> Target:
    """Make a key, upload the large file and warm every path."""
    client = admit(server)
    status, media = client.upload(picture(2400, 2000), "large.png")
    if status != 201:
        raise click.ClickException(f"The large picture was not taken: {status} {media}")
    target = Target(server, client, "/" + media["path"])
    measure(target, WARM_REQUESTS)
    return target


def pair(target: Target, kind: str, clients: int, requests: int) -> Pair:
    """Measure without and with stalled clients, one right after the other."""
    quiet, failed = measure(target, requests)
    with KINDS[kind](target, clients):
        time.sleep(SETTLE_SECONDS)
        beside, failed_beside = measure(target, requests)
    return Pair(kind, quiet, beside, failed + failed_beside)


def measure(target: Target, requests: int) -> tuple[float, int]:
    """Ask one thing after another, each on a connection of its own; return the 95th percentile and the failures."""
    waited, failures = [], 0
    for number in range(requests):
        began = time.perf_counter()
        failures += not answered(target, PATHS[number % len(PATHS)])
        waited.append(time.perf_counter() - began)
    return statistics.quantiles(waited, n=20)[-1], failures


def answered(target: Target, path: str) -> bool:
    """Say whether a request got what it asked for."""
    connection = http.client.HTTPConnection("127.0.0.1", target.server.port, timeout=30)
    try:
        connection.request("GET", path, headers={"Authorization": f"Bearer {target.client.key}"})
        answer = connection.getresponse()
        answer.read()
        return answer.status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextlib.contextmanager
def uploads(target: Target, clients: int) -> Iterator[None]:
    """Hold uploads that never end: every other one drips, the rest are silent."""
    head = (
        "POST /api/v1/media/upload HTTP/1.1\r\nHost: vitrine\r\n"
        f"Authorization: Bearer {target.client.key}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {UPLOAD_BYTES}\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="file"; filename="slow.jpg"\r\n\r\n'
    ).encode() + b"\xff\xd8\xff"
    with sockets(target, clients, head) as held, dripping(held[::2]):
        yield


@contextlib.contextmanager
def downloads(target: Target, clients: int) -> Iterator[None]:
    """Hold downloads of the large file that nobody reads."""
    head = (
        f"GET {target.large} HTTP/1.1\r\nHost: vitrine\r\nAuthorization: Bearer {target.client.key}\r\n\r\n"
    ).encode()
    with sockets(target, clients, head):
        yield


@contextlib.contextmanager
def both(target: Target, clients: int) -> Iterator[None]:
    """Hold uploads and downloads at once."""
    with uploads(target, clients), downloads(target, clients):
        yield


KINDS: dict[str, Callable[[Target, int], contextlib.AbstractContextManager[None]]] = {
    "uploads": uploads,
    "downloads": downloads,
    "both": both,
}


@contextlib.contextmanager
def sockets(target: Target, clients: int, head: bytes) -> Iterator[Sequence[socket.socket]]:
    """Open connections that have sent the same beginning, and close them all."""
    with contextlib.ExitStack() as stack:
        held = []
        for _ in range(clients):
            connection = stack.enter_context(socket.socket())
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            connection.settimeout(30)
            connection.connect(("127.0.0.1", target.server.port))
            connection.sendall(head)
            held.append(connection)
        yield held


@contextlib.contextmanager
def dripping(held: Sequence[socket.socket]) -> Iterator[None]:
    """Send one byte a second on each, for as long as the block lasts and never longer than two minutes."""
    over = threading.Event()
    end = time.monotonic() + LONGEST_SECONDS

    def drip() -> None:
        while not over.wait(1) and time.monotonic() < end:
            for connection in held:
                with contextlib.suppress(OSError):
                    connection.send(b"\x00")

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def tell(pairs: Sequence[Pair], *, clients: int) -> int:
    """Print the table and return the exit status."""
    rows = [
        Row(
            "p95 of the others, nobody stalled",
            f"{statistics.median(pair.quiet for pair in pairs) * 1000:.1f} ms",
        )
    ]
    for kind in KINDS:
        ratios = [pair.beside / pair.quiet for pair in pairs if pair.kind == kind]
        stalling = f"{clients} uploads and {clients} downloads" if kind == "both" else f"{clients} {kind}"
        rows.append(below(f"p95 beside {stalling}, times that", statistics.median(ratios), LIMIT))
    rows.append(none_of("requests of the others not answered", sum(pair.failures for pair in pairs)))
    return report(f"Stalled clients, {len(pairs)} pairs of phases", rows)
