"""Another peer: Directus, of npm, in a folder of its own, with a library of any number of files and two galleries.

Its files and items stand in SQLite; what is not asked for is switched off: its own app, telemetry, caches, limits.
"""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.live import free_port, until

PACKAGES = {
    "private": True,
    "dependencies": {"directus": "12.4.1"},
    "overrides": {"@directus/app": "18.0.0"},
}
"""Its app, which is not served here, is overridden: the version that Directus names was never published."""

INSTALL = ("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error")
TOKEN = "a-token-of-no-worth-for-this-measurement"
DAY = 86_400_000
START_SECONDS = 180
ITEM_FIELDS = ("caption", "alt")


@dataclass
class Directus:
    """One that is running; `leader` is its session's first process, `galleries` are the ids of each one's items."""

    port: int
    leader: int
    galleries: dict[int, list[int]] = field(default_factory=dict)
    file: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Say who asks: its administrator."""
        return {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}

    def send(self, method: str, path: str, body: Any) -> Any:
        """Have something made. Raises RuntimeError."""
        wanted = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", json.dumps(body).encode(), self.headers
        )
        wanted.method = method
        try:
            with urllib.request.urlopen(wanted, timeout=300) as answer:
                return json.loads(answer.read())["data"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.code} {error.read()[:500]!r}") from None


def installed(folder: Path) -> Path:
    """Install it unless it is there, which takes minutes, and give the path of its program. Raises RuntimeError."""
    program = folder / "node_modules" / "directus" / "cli.js"
    if not program.exists():
        if not shutil.which("npm"):
            raise RuntimeError("Directus needs Node and npm: on Debian or Ubuntu type 'apt-get install nodejs npm'.")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(json.dumps(PACKAGES))
        subprocess.run(INSTALL, cwd=folder, check=True)
    return program


@contextlib.contextmanager
def serving(program: Path, home: Path, *, files: int, sizes: tuple[int, ...]) -> Iterator[Directus]:
    """Fill one and serve it for as long as the block lasts; its galleries are of these sizes."""
    home.mkdir()
    (home / "extensions").mkdir()
    port = free_port()
    environ = os.environ | settings(home, port)
    run = {"cwd": home, "env": environ, "stdin": subprocess.DEVNULL}
    done = subprocess.run(["node", str(program), "bootstrap"], capture_output=True, text=True, check=False, **run)
    if done.returncode:
        raise RuntimeError(f"Directus could not be set up:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    file = fill(home / "peer.db", files)
    log = home / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["node", str(program), "start"], stdout=output, stderr=output, start_new_session=True, **run
        )
    try:
        peer = Directus(port, process.pid, file=file)
        until(lambda: answers(peer), START_SECONDS, log)
        curate(peer, sizes)
        yield peer
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def settings(home: Path, port: int) -> dict[str, str]:
    """Name what it is told in its environment."""
    return {
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DB_CLIENT": "sqlite3",
        "DB_FILENAME": str(home / "peer.db"),
        "STORAGE_LOCATIONS": "local",
        "STORAGE_LOCAL_DRIVER": "local",
        "STORAGE_LOCAL_ROOT": str(home / "uploads"),
        "EXTENSIONS_PATH": str(home / "extensions"),
        "KEY": str(uuid4()),
        "SECRET": uuid4().hex,
        "ADMIN_EMAIL": "ada@example.org",
        "ADMIN_PASSWORD": "correct horse battery",
        "ADMIN_TOKEN": TOKEN,
        "SERVE_APP": "false",
        "TELEMETRY": "false",
        "CACHE_ENABLED": "false",
        "RATE_LIMITER_ENABLED": "false",
        "PRESSURE_LIMITER_ENABLED": "false",
        "WEBSOCKETS_ENABLED": "false",
        "LOG_LEVEL": "error",
        "NODE_ENV": "production",
    }


def fill(database: Path, files: int) -> str:
    """Write files' rows, each a day after the one before, and give the id of one."""
    ids = [str(uuid4()) for _ in range(files)]
    rows = [
        (file, "local", f"{file}.jpg", f"lantern-{number}.jpg", f"Lantern {number}", "image/jpeg", number * DAY)
        for number, file in enumerate(ids)
    ]
    with contextlib.closing(sqlite3.connect(database)) as connection, connection:
        connection.executemany(
            "INSERT INTO directus_files (id, storage, filename_disk, filename_download, title, type, uploaded_on,"
            " filesize, width, height) VALUES (?, ?, ?, ?, ?, ?, ?, 2100000, 1600, 1200)",
            rows,
        )
    return ids[files // 2]


def answers(peer: Directus) -> bool:
    """Say whether it answers yet."""
    try:
        peer.send("SEARCH", "/files", {"query": {"limit": 1}})
    except (OSError, RuntimeError):
        return False
    return True


def curate(peer: Directus, sizes: tuple[int, ...]) -> None:
    """Make galleries of files as its guide does: items with a place, each in one gallery and showing one file."""
    key = {"field": "id", "type": "integer", "schema": {"is_primary_key": True, "has_auto_increment": True}}
    texts = [{"field": name, "type": "string", "schema": {}} for name in ITEM_FIELDS]
    made = [
        ("galleries", [key, {"field": "title", "type": "string", "schema": {}}]),
        (
            "gallery_items",
            [
                key,
                *texts,
                {"field": "sort", "type": "integer", "schema": {}},
                {"field": "gallery", "type": "integer", "schema": {}},
                {"field": "file", "type": "uuid", "schema": {}},
            ],
        ),
    ]
    for name, fields in made:
        peer.send("POST", "/collections", {"collection": name, "schema": {}, "meta": {}, "fields": fields})
    peer.send("POST", "/fields/galleries", {"field": "items", "type": "alias", "meta": {"special": ["o2m"]}})
    for name, related, one in (("gallery", "galleries", "items"), ("file", "directus_files", None)):
        relation = {"collection": "gallery_items", "field": name, "related_collection": related, "schema": {}}
        peer.send(
            "POST", "/relations", relation | {"meta": {"one_field": one, "sort_field": "sort" if one else None}}
        )
    peer.galleries = {size: gallery(peer, size) for size in sizes}


def gallery(peer: Directus, size: int) -> list[int]:
    """Make a gallery, whose id is the number of those before it and one, and give the ids of its items."""
    made = peer.send("POST", "/items/galleries", {"title": f"{size} evenings"})["id"]
    found = peer.send("SEARCH", "/files", {"query": {"limit": size, "fields": ["id"]}})
    files = [each["id"] for each in found]
    rows = [
        {"gallery": made, "file": files[place % len(files)], "sort": place, "caption": f"Caption {place}"}
        | {"alt": f"Alt {place}"}
        for place in range(size)
    ]
    return [each["id"] for each in peer.send("POST", "/items/gallery_items", rows)]
