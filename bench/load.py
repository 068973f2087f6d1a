"""Requests as fast as a server answers them, and the processor time it spends."""

import os
import socket
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from bench.live import family_of

TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Pace:
    """Requests a second, and the server's processor milliseconds for each."""

    rate: float
    cpu: float


def cpu_of(leader: int) -> float:
    """Give the processor seconds that a session's processes have used, their dead children's included."""
    total = 0
    for pid in family_of(leader):
        try:
            total += sum(
                int(word) for word in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]
            )
        except OSError:
            continue
    return total / TICKS


def pace(port: int, path: str, cookies: dict[str, str], leader: int, *, seconds: float, clients: int = 4) -> Pace:
    """Ask for one page over and over on `clients` connections. Raises RuntimeError on any answer but 200."""
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    asked = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nAccept: text/html\r\n\r\n".encode()
    end = time.monotonic() + seconds
    counts: list[int] = []
    faults: list[str] = []

    def ask() -> None:
        count = 0
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            while time.monotonic() < end:
                connection.sendall(asked)
                head = receive(connection)
                if not head.startswith(b"HTTP/1.1 200"):
                    faults.append(head[:120].decode("latin-1"))
                    return
                count += 1
        counts.append(count)

    before, began = cpu_of(leader), time.monotonic()
    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, used = time.monotonic() - began, cpu_of(leader) - before
    if faults or not sum(counts):
        raise RuntimeError(f"GET {path}: {faults[:1]}")
    return Pace(sum(counts) / took, used * 1000 / sum(counts))


def receive(connection: socket.socket) -> bytes:
    """Read one whole answer and give its beginning; understands lengths and chunks."""
    got = bytearray()
    while (split := got.find(b"\r\n\r\n")) < 0:
        got += some(connection)
    head = bytes(got[:split]).lower()
    if b"transfer-encoding: chunked" in head:
        while not got.endswith(b"0\r\n\r\n"):
            got += some(connection)
        return bytes(got[:split])
    length = int(head.split(b"content-length:")[1].split(b"\r\n")[0])
    missing = length - (len(got) - split - 4)
    while missing > 0:
        missing -= len(some(connection))
    return bytes(got[:split])


def some(connection: socket.socket) -> bytes:
    """Read what has come. Raises ConnectionError at the end."""
    piece = connection.recv(262_144)
    if not piece:
        raise ConnectionError("the server closed the connection")
    return piece
