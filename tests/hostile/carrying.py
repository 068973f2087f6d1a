"""The doors behind which a worker stands: an archive, and addresses. What comes of each file the import says.

The web takes what is asked for, and a worker of the test's own brings it, one file at each word, so that what each
costs can be measured.
"""

import ast
import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import func, select

from bench import live
from tests import archives
from tests.faults.deeds import Desk
from tests.foreign_server import ForeignServer
from tests.hostile.doors import Answer, ask, wrapped
from webapp.domain.models import Import, ImportEntry
from webapp.domain.sentences import unpacked
from webapp.domain.transaction import release
from webapp.infra.db import db

ROOT = Path(__file__).parents[2]
LOOPBACK = "127.0.0.0/8"
MOST_ADDRESSES = 100
WORKER = """
import os, sys
from webapp import create_app
from webapp.config import Settings
from webapp.domain.fetching import Outfit
from webapp.domain.imports import work
from webapp.infra.outbound import Way
settings = Settings.from_environ(os.environ)
app = create_app(settings)
with app.app_context():
    outfit = Outfit(app.extensions["vitrine-storage"], Way(allow=settings.outbound_allow))
    print("ready", flush=True)
    for line in sys.stdin:
        print(work.work_off(outfit, line.strip(), most=1), flush=True)
"""

File = tuple[str, bytes]


class Porter:
    """A worker that brings the next file of an import when it is told to; leader of a session of its own."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process, self.leader = process, process.pid
        assert self._line() == "ready"

    def bring(self, kind: str) -> None:
        """Bring one file of an import of a kind."""
        assert self.process.stdin
        self.process.stdin.write(f"{kind}\n")
        self.process.stdin.flush()
        assert self._line() == "1", "a file was due, and one was brought"

    def _line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()


@contextlib.contextmanager
def porter(server: live.Server) -> Iterator[Porter]:
    """Run such a worker beside a server, on the same home."""
    command = [sys.executable, "-P", "-c", WORKER]
    environ = server.environ() | {"VITRINE_OUTBOUND_ALLOW": LOOPBACK}
    streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, env=environ, text=True, start_new_session=True, **streams) as process:
        try:
            yield Porter(process)
        finally:
            process.kill()


def send(desk: Desk, content: bytes) -> Answer:
    """Ask for the files of an archive."""
    body, headers = wrapped(content, b"many.zip")
    said = ask(desk, "POST", "/imports/archives", body, **headers)
    return Answer(said.status, said.headers.get("Location", ""), said.body.decode())


def by_archive(desk: Desk, files: Sequence[File], _elsewhere: ForeignServer) -> list[UUID]:
    """Ask for files in one archive, in this order; returns the import."""
    names = [f"{number:05}/{name}" for number, (name, _content) in enumerate(files)]
    answer = send(desk, archives.packed(*zip(names, (content for _name, content in files), strict=True)))
    assert answer.status == 303, answer
    return [UUID(answer.code.rpartition("/")[2])]


def by_address(desk: Desk, files: Sequence[File], elsewhere: ForeignServer) -> list[UUID]:
    """Ask for files at addresses of a server of the test's own, in this order; returns the imports."""
    paths = [f"/{number:05}/{quote(name)}" for number, (name, _content) in enumerate(files)]
    elsewhere.says |= {path: (200, content) for path, (_name, content) in zip(paths, files, strict=True)}
    made = []
    for at in range(0, len(paths), MOST_ADDRESSES):
        lines = "\n".join(f"{elsewhere.root}{path}" for path in paths[at : at + MOST_ADDRESSES])
        status, place = desk.form("/imports/addresses", addresses=lines)
        assert status == 303, place
        made.append(newest())
    return made


Asking = Callable[[Desk, Sequence[File], ForeignServer], list[UUID]]
WAYS: dict[str, Asking] = {"archive": by_archive, "addresses": by_address}


def newest() -> UUID:
    """Return the import that was asked for last."""
    release()
    found = db.session.scalars(select(ImportEntry.import_id).order_by(ImportEntry.due_at.desc()).limit(1)).one()
    release()
    return found


def count() -> int:
    """Count the imports."""
    release()
    found = db.session.scalars(select(func.count()).select_from(Import)).one()
    release()
    return found


def entries(import_ids: Sequence[UUID]) -> list[Answer]:
    """Return what became of each file: 201 where it was taken, 202 while it waits, else 422; code and sentence."""
    release()
    found: list[Answer] = []
    for import_id in import_ids:
        chosen = select(ImportEntry.state, ImportEntry.said).where(ImportEntry.import_id == import_id)
        rows = db.session.execute(chosen.order_by(ImportEntry.place)).all()
        found += [verdict(state, said or "") for state, said in rows]
    release()
    return found


def verdict(state: str, said: str) -> Answer:
    """Read what is kept of a file of an import as the answer of a door."""
    sentence = unpacked(said)
    return Answer(
        {"taken": 201, "waiting": 202}.get(state, 422), codes().get(sentence.pattern, ""), f"{state}: {sentence}"
    )


@cache
def codes() -> dict[str, str]:
    """Return the code of each sentence that a file is refused with, as the code has it."""
    found = {}
    for path in (*(ROOT / "webapp/infra").rglob("*.py"), ROOT / "webapp/domain/media.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused" and len(node.args) > 1:
                words = [each.value for each in node.args[:2] if isinstance(each, ast.Constant)]
                found |= {str(words[1]): str(words[0])} if len(words) == 2 else {}
    return found
