"""A real server in a process group and a home of its own, to be measured, killed and started again."""

import contextlib
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 60
STOP_SECONDS = 30
COMMAND_SECONDS = 300


class NotServing(Exception):
    """The server did not come up, go down or die in time; the log says why."""


@dataclass
class Server:
    """One installation in `home`: started, killed and started again on the same port."""

    home: Path
    port: int
    variables: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Give the address that the server is reached by."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """Name the file that everything the server says goes to."""
        return self.home.parent / f"{self.home.name}.log"

    def environ(self) -> dict[str, str]:
        """Give a command the settings of this server and none of the caller's."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}
        own = {"VITRINE_HOME": str(self.home), "VITRINE_BIND": f"127.0.0.1:{self.port}", "VITRINE_API_RATE": "0"}
        return inherited | own | dict(self.variables)

    def command(self, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run `vitrine WORDS` on this installation and wait for it."""
        return subprocess.run(
            vitrine(*words),
            env=self.environ(),
            input=stdin,
            text=True,
            capture_output=True,
            check=False,
            timeout=COMMAND_SECONDS,
        )

    def start(self) -> None:
        """Start the server and wait until it says that it serves."""
        seen = self.log.stat().st_size if self.log.exists() else 0
        self.launch()
        until(lambda: self.spoke(seen) or self.ended(), START_SECONDS, self.log)
        if self.ended():
            raise NotServing(f"the server ended at once:\n{self.log.read_text()[-4000:]}")

    def launch(self) -> None:
        """Start the server, leader of a session of its own."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                vitrine("serve"),
                env=self.environ(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def spoke(self, since: int) -> bool:
        """Say whether the server has announced itself."""
        return b"Vitrine serves" in self.log.read_bytes()[since:]

    def ended(self) -> bool:
        """Say whether the main process is gone."""
        return self.process is None or self.process.poll() is not None

    def family(self) -> dict[int, str]:
        """List the server's living processes, with their names."""
        return family_of(self.process.pid) if self.process else {}

    def kill(self) -> None:
        """Kill the whole process group at once, as a power cut would, and wait until nothing of it is left."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        until(lambda: not self.family(), STOP_SECONDS, self.log)

    def stop(self) -> int:
        """Ask the server to stop and return its exit status."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise NotServing(f"the server did not stop:\n{self.log.read_text()[-4000:]}") from None
        finally:
            self.kill()


@contextlib.contextmanager
def serving(home: Path, **variables: str) -> Iterator[Server]:
    """Run a server for as long as the block lasts; nothing of it is left afterwards."""
    server = Server(home, free_port(), {f"VITRINE_{name}": value for name, value in variables.items()})
    try:
        server.start()
        yield server
    finally:
        server.kill()


def vitrine(*words: str) -> list[str]:
    """Call the command line of this checkout."""
    return [sys.executable, "-P", "-m", "webapp", *words]


def free_port() -> int:
    """Find a port nobody listens on, below those that clients are given."""
    while True:
        port = 20000 + secrets.randbelow(10000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def family_of(leader: int) -> dict[int, str]:
    """List the living processes of a session, with their names."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            state, _, _, session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(session) == leader and (state != "Z" or dying(entry)):
                found[int(entry.name)] = (entry / "comm").read_text().strip()
    return found


def dying(process: Path) -> bool:
    """Say whether threads of a zombie still hold its files and sockets."""
    return len(list((process / "task").iterdir())) > 1


def until(true: Callable[[], object], seconds: float, log: Path) -> None:
    """Wait until something is so. Raises NotServing."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise NotServing(f"nothing after {seconds} s:\n{log.read_text()[-4000:] if log.exists() else ''}")
        time.sleep(0.02)
