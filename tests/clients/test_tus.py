"""A video of 500 MB by other people's tus clients, as their makers left them, while the server is killed twice."""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from bench import live
from tests import clips, factories
from tests.faults.deeds import Desk, installed
from tests.fixtures.node import Program
from tests.hostile.watching import MEGABYTE, Watch
from webapp.domain.models import Blob, Media
from webapp.infra.spool import PARTS
from webapp.infra.storage import TEMPORARY, blob_key

ROOT = Path(__file__).resolve().parents[2]
SIZE = 500 * 1000**2
PIECE = 32 * MEGABYTE
KILLED_AT = (SIZE // 3, SIZE * 2 // 3)
MOST_MORE = (64 * MEGABYTE, 64 * MEGABYTE, 200 * MEGABYTE)
"""Bytes of memory beyond those of a server at rest, in each of its lives; in the last, ffmpeg looks at the video."""
PATIENCE = 120
"""Seconds for what takes some ten on a machine that does nothing else."""

Send = Callable[[Path, str, dict[str, str]], str]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A clip with a box behind it that players pass over (`free`, ISO 14496-12), full of noise."""
    path = tmp_path_factory.mktemp("large") / "large.mp4"
    content = clips.clip(64, 48)
    room = SIZE - len(content)
    with path.open("wb") as file:
        file.write(content + room.to_bytes(4, "big") + b"free")
        while (left := SIZE - file.tell()) > 0:
            file.write(os.urandom(min(left, PIECE)))
    yield path
    path.unlink()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[live.Server]:
    """A server with as many processes as it has by itself; its files go with it."""
    with live.serving(tmp_path / "home") as made:
        yield made
    for path in made.home.rglob("*"):
        if path.is_file():
            path.unlink()


@pytest.fixture
def tus_js(start_program: Callable[..., Program]) -> Send:
    """tus-js-client, which goes on by itself."""
    program = start_program("tus")

    def send(path: Path, home: str, headers: dict[str, str]) -> str:
        done = program("send", str(path), home, headers)
        assert done["again"] >= len(KILLED_AT)
        return str(done["url"])

    return send


def tuspy(path: Path, home: str, headers: dict[str, str]) -> str:
    """Send a file with tuspy, which goes on by itself and adds a checksum to each piece."""
    from tusclient.client import TusClient

    client = TusClient(home, headers=headers)
    with path.open("rb") as file:
        uploader = client.uploader(
            file_stream=file,
            chunk_size=PIECE,
            metadata={"filename": path.name},
            retries=PATIENCE,
            retry_delay=1,
            upload_checksum=True,
        )
        uploader.upload()
    return str(uploader.url)


def arrived(server: live.Server) -> int:
    """Count the bytes that have come and wait for the rest."""
    parts = server.home / "media" / TEMPORARY / PARTS
    return sum(each.stat().st_size for each in parts.iterdir()) if parts.is_dir() else 0


def killing(server: live.Server, sending: "Future[str]") -> tuple[str, list[int]]:
    """Kill the server twice while something is sent; return what came of it and the most memory of each life."""
    peaks = []
    for share in KILLED_AT:
        with Watch(server.process.pid, frozenset()) as watch:
            live.until(lambda least=share: arrived(server) > least or sending.done(), PATIENCE, server.log)
        peaks.append(watch.peak)
        assert not sending.done(), sending.result()
        server.kill()
        server.start()
    with Watch(server.process.pid, frozenset()) as watch:
        address = sending.result(PATIENCE)
    return address, [*peaks, watch.peak]


def told_to(desk: Desk) -> dict[str, str]:
    """Give a client what a person's browser says of itself."""
    own = {name: value for name, value in desk.headers.items() if name != "Content-Type"}
    return own | {"X-CSRFToken": desk.token}


@pytest.mark.kill
@pytest.mark.full
@pytest.mark.parametrize("client", ["tus-js-client", "tuspy"])
def test_a_large_video_is_whole_though_the_server_is_killed_twice(
    request: pytest.FixtureRequest, server: live.Server, film: Path, client: str
) -> None:
    send: Send = tuspy if client == "tuspy" else request.getfixturevalue("tus_js")
    url = f"sqlite:///{server.home / 'vitrine.db'}"
    with installed(server, url, ()) as (desk, _deeds), ThreadPoolExecutor(1) as pool:
        with Watch(server.process.pid, frozenset()) as idle:
            desk.form("/login")
        sending = pool.submit(send, film, f"{server.url}/library/uploads/tus", told_to(desk))
        address, peaks = killing(server, sending)

        status, answer = desk.exchange("GET", address.removeprefix(server.url), b"", desk.headers)
        became = json.loads(answer)
        assert (status, became["offset"], became["length"]) == (200, SIZE, SIZE)
        more = [each - idle.peak for each in peaks]
        assert [each for each, most in zip(more, MOST_MORE, strict=True) if each > most] == []
        rows = factories.db.session.execute(select(Media.id, Blob.sha256).join(Blob, Blob.id == Media.blob_id)).all()
    with film.open("rb") as sent, (server.home / "media" / blob_key(rows[0].sha256)).open("rb") as kept:
        hashes = [hashlib.file_digest(each, "sha256").hexdigest() for each in (sent, kept)]
    assert [(str(row.id), row.sha256) for row in rows] == [(became["media"], hashes[0])]
    assert hashes[1] == hashes[0]


def test_the_client_is_the_one_that_the_dashboard_has(packages: Path) -> None:
    wanted = json.loads((packages / "package.json").read_text())["dependencies"]["tus-js-client"]
    listed = json.loads((ROOT / "static" / "vendor" / "MANIFEST.json").read_text())["files"]

    assert [each["version"] for each in listed if each["name"] == "tus-js-client"] == [wanted]
