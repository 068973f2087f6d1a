"""The peer: Wagtail with a gallery page, in an environment of its own, filled and served like a live site."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.live import free_port, until
from bench.visitor import Visitor, fields_of

PROJECT = Path(__file__).parent / "wagtail_peer"


@dataclass
class Peer:
    """A running Wagtail; `large` is the page with many pictures, `leader` its session's first process.

    `form` is what the page of the large gallery last sent.
    """

    port: int
    leader: int
    large: str
    form: dict[str, str] = field(default_factory=dict, repr=False)

    def signed_in(self) -> Visitor:
        """Sign in as the administrator."""
        visitor = Visitor(self.port)
        fields = fields_of(visitor.get("/admin/login/"), "<form")
        visitor.post("/admin/login/", fields | {"username": "ada", "password": "correct horse battery"})
        return visitor

    @property
    def edit_path(self) -> str:
        """Name the page on which the many pictures are edited."""
        return f"/admin/pages/{self.large}/edit/"


def installed(folder: Path) -> Path:
    """Make the environment unless it is there, and give its programs' folder."""
    programs = folder / "bin"
    if (programs / "gunicorn").exists():
        return programs
    if uv := shutil.which("uv"):
        run(uv, "venv", "--quiet", "--python", sys.executable, str(folder))
        run(
            uv,
            "pip",
            "install",
            "--quiet",
            "--python",
            str(programs / "python"),
            "-r",
            str(PROJECT / "requirements.txt"),
        )
    else:
        run(sys.executable, "-m", "venv", str(folder))
        run(str(programs / "pip"), "install", "--quiet", "-r", str(PROJECT / "requirements.txt"))
    return programs


@contextlib.contextmanager
def serving(
    programs: Path, home: Path, *, galleries: int, pictures: int, library: int = 0, postgres: str = ""
) -> Iterator[Peer]:
    """Fill a site, its library with so many more, and serve it with two processes of four threads meanwhile."""
    home.mkdir()
    environ = os.environ | {"PEER_HOME": str(home), "PEER_POSTGRES": postgres, "PYTHONDONTWRITEBYTECODE": "1"}
    words = [str(programs / "python"), "fill.py", str(galleries), str(pictures), str(library)]
    filled = subprocess.run(words, cwd=PROJECT, env=environ, capture_output=True, text=True, check=False)
    if filled.returncode:
        raise RuntimeError(f"the peer could not be filled:\n{filled.stderr[-3000:]}")
    port, log = free_port(), home / "log"
    serve = [str(programs / "gunicorn"), "site_wsgi", "-w", "2", "--threads", "4", "-b", f"127.0.0.1:{port}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            serve, cwd=PROJECT, env=environ, stdout=output, stderr=output, start_new_session=True
        )
    try:
        until(lambda: b"Booting worker" in log.read_bytes(), 60, log)
        yield Peer(port, process.pid, filled.stdout.split()[-1])
    finally:
        process.terminate()
        process.wait()


def run(*words: str) -> None:
    """Run a program. Raises CalledProcessError."""
    subprocess.run(words, check=True)
