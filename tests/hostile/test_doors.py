"""The hostile corpus through each door of a real server: outcome, memory, time, nothing left, and a door that works.

The worker is held still meanwhile, so that what is measured is the taking in; what is imported, by archive and by
address, is brought by a worker of the test's own. In the end the server's makes what is to be made of all that was
taken, and the installation checks itself.
"""

import contextlib
import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from urllib.parse import quote

import pytest

from bench import live
from tests import archives
from tests.faults import deeds
from tests.foreign_server import ForeignServer
from tests.hostile import carrying
from tests.hostile.archived import ARCHIVES, QUICK_ARCHIVES
from tests.hostile.cases import REFUSED, TAKEN, Case, Good
from tests.hostile.doors import DOORS, Answer, Door
from tests.hostile.films import refused_films, taken_films
from tests.hostile.large import large, too_heavy
from tests.hostile.watching import MEGABYTE, Watch
from tests.pictures import photo
from webapp.infra.outbound import LONGEST_URL

MEMORY = 256 * MEGABYTE
SECONDS = 5.0
SETTLE_SECONDS = 120
NAMES = (
    b"../../../../etc/passwd",
    b"..\\..\\windows\\system32\\evil.jpg",
    b"/etc/cron.d/evil.jpg",
    b"C:\\evil.jpg",
    b"a\0b.jpg",
    b"lake.jpg\0.php",
    b"\xe2\x80\xaegpj.exe",
    b"\xe2\x80\x8f\xe2\x81\xa6a.jpg",
    b"con.jpg",
    b"LPT1",
    b"NUL.tar.jpg",
    b".htaccess",
    b"...",
    b"   .jpg",
    b"x" * 2_500 + b".jpg",
    b"a." + b"b" * 400,
    b"<script>alert(1)</script>.jpg",
    b"'; drop table media; --.jpg",
    b"%2e%2e%2fevil.jpg",
    b"a\tb\x7fc\x1b[31m.jpg",
    "é́́́写真 ملف.jpg".encode(),
    b"-rf",
)
QUICK = (
    *("header-of-50000.png", "bomb-of-30000.png", "100000-frames.gif", "3000-frames.png", "bitmap.png"),
    *("svg.jpg", "paper-with-picture.jpg", "commands.jpg", "wrong-checksum-of-pixels.png", "cut-at-0.6.jpeg"),
    *("list.mp4", "cut-in-half.mp4", "stereo.jpg", "four-inks.jpg", "deep.png", "zip-behind.jpg", "film.gif"),
    *("canvas-of-65535.heic", "cut-at-0.9.heic"),
)
FILMS = [*refused_films(), *taken_films()]
PICTURES = [*REFUSED, *TAKEN]
LARGE = [*too_heavy(), *large()]
KNOWN = {case.name: case for case in (*FILMS, *PICTURES)}
UNREADABLE = (b"\xff\xfe\xfa.jpg", b"\xed\xa0\x80.jpg", b"")
"""Names that no browser sends: the file may be refused with them."""
LITTER = (b".htaccess", b"...")
"""Names of what systems leave in archives."""


class Ground:
    """A server with an editor's browser and key; the worker stands still."""

    def __init__(self, server: live.Server, desk: deeds.Desk) -> None:
        self.server, self.desk, self.seed = server, desk, 0
        assert server.process is not None
        self.leader = server.process.pid
        self.workers = frozenset(pid for pid, name in server.family().items() if "worker" in name)
        assert self.workers
        for pid in self.workers:
            os.kill(pid, signal.SIGSTOP)
        for door in DOORS:
            assert self.bring(door, self.good()).status == door.taken
            assert self.bring(door, KNOWN["plain.mp4"].content() + bytes(self.seed)).status == door.taken
        with Watch(self.leader, self.workers) as watch:
            time.sleep(0.05)
        self.before = watch.peak

    def good(self) -> bytes:
        """A picture that was not sent before."""
        self.seed += 1
        return photo(60, 40, seed=self.seed)

    def another(self) -> Case:
        """A good picture as a file of the corpus."""
        content = self.good()
        return Good(f"good-{self.seed}.jpg", lambda: content)

    def bring(self, door: Door, content: bytes, name: bytes = b"lake.jpg") -> Answer:
        """Send a file through a door."""
        return door.bring(self.desk, content, name)

    def rows(self) -> tuple[int, ...]:
        """Count media, blobs, renditions and begun uploads."""
        with sqlite3.connect(f"file:{self.server.home / 'vitrine.db'}?mode=ro", uri=True) as connection:
            tables = ("media", "blobs", "renditions", "partial_uploads where finished_at is null")
            counted = tuple(connection.execute(f"select count(*) from {each}").fetchone()[0] for each in tables)
        connection.close()
        return counted

    def names(self) -> list[str]:
        """List the names that files are known by."""
        with sqlite3.connect(f"file:{self.server.home / 'vitrine.db'}?mode=ro", uri=True) as connection:
            found = [name for (name,) in connection.execute("select original_filename from media")]
        connection.close()
        return found

    def files(self) -> list[str]:
        """List all files of the store."""
        media = self.server.home / "media"
        return sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())

    def go_on(self) -> None:
        """Let the worker make what is to be made, and wait until it has."""
        for pid in self.workers:
            os.kill(pid, signal.SIGCONT)
        until = time.monotonic() + SETTLE_SECONDS
        while self.waiting() and time.monotonic() < until:
            time.sleep(0.5)

    def waiting(self) -> int:
        """Count what is not made yet."""
        with sqlite3.connect(f"file:{self.server.home / 'vitrine.db'}?mode=ro", uri=True) as connection:
            (count,) = connection.execute("select count(*) from renditions where state = 'pending'").fetchone()
        connection.close()
        return int(count)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    home = tmp_path_factory.mktemp("hostile") / "home"
    url = f"sqlite:///{home / 'vitrine.db'}"
    variables = {"WORKERS": "1", "OUTBOUND_ALLOW": carrying.LOOPBACK}
    with live.serving(home, **variables) as server, deeds.installed(server, url, ()) as (desk, _deeds):
        yield Ground(server, desk)


class Hall:
    """Where imports come in: the worker that brings them, and somebody else's server."""

    def __init__(self, ground: Ground, porter: carrying.Porter, elsewhere: ForeignServer) -> None:
        self.ground, self.porter, self.elsewhere = ground, porter, elsewhere
        self.judged(0, "archive", [ground.another(), KNOWN["plain.mp4"]])
        with Watch(porter.leader, frozenset()) as watch:
            time.sleep(0.05)
        self.before = watch.peak

    def files(self) -> list[str]:
        """List the files of the store that are no archives which wait."""
        return [each for each in self.ground.files() if not each.startswith("imports/")]

    def judged(self, before: int, kind: str, cases: list[Case]) -> dict[str, list[str]]:
        """Have files asked for, bring them one by one and say what was not as it has to be, by file."""
        sent = [(case.name, case.content()) for case in cases]
        import_ids = carrying.WAYS[kind](self.ground.desk, sent, self.elsewhere)
        found = {}
        for place, case in enumerate(cases):
            had = (self.ground.rows(), self.files())
            with Watch(self.porter.leader, frozenset()) as watch:
                self.porter.bring(kind)
            wrong = costly(watch, before)
            answer = carrying.entries(import_ids)[place]
            if case.codes and (answer.status != 422 or answer.code not in case.codes):
                wrong.append(f"{answer.status} {answer.code} {answer.said}")
            if case.codes and (self.ground.rows(), self.files()) != had:
                wrong.append("something was left")
            if not case.codes and (answer.status != 201 or self.ground.rows()[0] != had[0][0] + 1):
                wrong.append(f"refused: {answer.said}")
            found |= {case.name: wrong} if wrong else {}
        assert not [each for each in self.ground.files() if each.startswith("imports/")], "needed no more"
        return found

    def storm(self, kind: str, cases: list[Case]) -> dict[str, list[str]]:
        """Bring files at once, every tenth followed by a good one; return what was wrong, by file."""
        mixed = [each for at in range(0, len(cases), 10) for each in (*cases[at : at + 10], self.ground.another())]
        return self.judged(self.before, kind, mixed)


@pytest.fixture(scope="module")
def hall(ground: Ground) -> Iterator[Hall]:
    with carrying.porter(ground.server) as porter, contextlib.closing(ForeignServer()) as elsewhere:
        yield Hall(ground, porter, elsewhere)


def judge(ground: Ground, door: Door, case: Case) -> list[str]:
    """Bring one file and say what was not as it has to be."""
    content, before = case.content(), (ground.rows(), ground.files())
    with Watch(ground.leader, ground.workers) as watch:
        answer = ground.bring(door, content, case.name.encode())
    wrong = costly(watch, ground.before)
    if not case.codes:
        taken = answer.status in (door.taken, 200) and ground.rows()[0] == before[0][0] + 1
        return wrong if taken else [*wrong, f"refused: {answer.status} {answer.said[-300:]}"]
    if answer.status != door.refused or (answer.code and answer.code not in case.codes):
        wrong.append(f"{answer.status} {answer.code} {answer.said[-300:]}")
    if "Traceback" in answer.said:
        wrong.append("a traceback")
    if (ground.rows(), ground.files()) != before:
        wrong.append("something was left")
    return wrong


def costly(watch: Watch, before: int) -> list[str]:
    """Say what took more memory or time than a file may."""
    wrong = []
    if watch.peak - before > MEMORY:
        wrong.append(f"{(watch.peak - before) / MEGABYTE:.0f} MiB more")
    if watch.seconds > SECONDS:
        wrong.append(f"{watch.seconds:.1f} s of processor time")
    return wrong


def storm(ground: Ground, door: Door, cases: list[Case]) -> dict[str, list[str]]:
    """Bring file after file, every tenth followed by a good one; return what was wrong, by file."""
    found = {}
    for nth, case in enumerate(cases):
        if wrong := judge(ground, door, case):
            found[case.name] = wrong
        if nth % 10 == 0:
            assert ground.bring(door, ground.good()).status == door.taken, f"after {case.name}"
    assert ground.bring(door, ground.good()).status == door.taken
    return found


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_the_core_of_the_corpus_through_each_door(ground: Ground, door: Door) -> None:
    shares = {each.name: QUICK[nth :: len(DOORS)] for nth, each in enumerate(DOORS)}

    assert storm(ground, door, [KNOWN[name] for name in shares[door.name]]) == {}


@pytest.mark.full
@pytest.mark.parametrize("door", DOORS, ids=str)
def test_pictures_through_each_door(ground: Ground, door: Door) -> None:
    assert len(PICTURES) >= 150
    assert storm(ground, door, PICTURES) == {}


@pytest.mark.full
@pytest.mark.parametrize("door", DOORS, ids=str)
def test_films_through_each_door(ground: Ground, door: Door) -> None:
    assert storm(ground, door, FILMS) == {}


@pytest.mark.full
def test_what_is_as_large_as_may_be_through_the_doors_in_turn(ground: Ground) -> None:
    found = [judge(ground, door, case) for door, case in zip(cycle(DOORS), LARGE, strict=False)]

    assert [wrong for wrong in found if wrong] == []


@pytest.mark.parametrize("kind", carrying.WAYS)
def test_the_core_of_the_corpus_by_import(hall: Hall, kind: str) -> None:
    share = QUICK[list(carrying.WAYS).index(kind) :: len(carrying.WAYS)]

    assert hall.storm(kind, [KNOWN[name] for name in share]) == {}


@pytest.mark.full
@pytest.mark.parametrize("kind", carrying.WAYS)
def test_the_corpus_by_import(hall: Hall, kind: str) -> None:
    share = LARGE[list(carrying.WAYS).index(kind) :: len(carrying.WAYS)]

    assert hall.storm(kind, [*PICTURES, *FILMS, *share]) == {}


@pytest.mark.parametrize(
    ("made", "states"),
    [
        pytest.param(*each, id=name, marks=() if name in QUICK_ARCHIVES else pytest.mark.full)
        for name, each in ARCHIVES.items()
    ],
)
def test_a_hostile_archive(hall: Hall, made: Callable[[], bytes], states: tuple[str, ...]) -> None:
    ground, content = hall.ground, made()
    had, imports = (ground.rows(), ground.files()), carrying.count()
    with Watch(ground.leader, ground.workers) as watch:
        answer = carrying.send(ground.desk, content)
    wrong = costly(watch, ground.before)
    if answer.status == 303:
        with Watch(hall.porter.leader, frozenset()) as watch:
            for _ in states:
                hall.porter.bring("archive")
        wrong += costly(watch, hall.before)

    assert wrong == []
    assert "Traceback" not in answer.said
    if states:
        assert answer.status == 303
        told = carrying.entries([carrying.newest()])
        assert tuple(each.code or each.said.partition(":")[0] for each in told) == states
        assert ground.rows()[0] == had[0][0] + states.count("taken")
        assert not [each for each in ground.files() if not each.startswith("blobs/")]
    else:
        assert (answer.status, (ground.rows(), ground.files()), carrying.count()) == (422, had, imports)
    assert hall.storm("archive", [ground.another()]) == {}


@pytest.mark.parametrize("kind", carrying.WAYS)
def test_a_name_is_mended_and_leads_nowhere_by_import(hall: Hall, kind: str) -> None:
    ground, sent = hall.ground, [name for name in NAMES if b"\0" not in name and name not in LITTER]
    before = ground.rows()[0]
    if kind == "archive":
        answer = carrying.send(ground.desk, archives.written(*((name, ground.good()) for name in sent), flags=0x800))
        assert answer.status == 303, answer
    else:
        sent = [name for name in sent if len(quote(name)) < LONGEST_URL - 50]
        lines = [f"{hall.elsewhere.root}/{number}/{quote(name)}" for number, name in enumerate(sent)]
        hall.elsewhere.says |= {line.removeprefix(hall.elsewhere.root): (200, ground.good()) for line in lines}
        assert ground.desk.form("/imports/addresses", addresses="\n".join(lines))[0] == 303
    for _ in sent:
        hall.porter.bring(kind)

    assert ground.rows()[0] == before + len(sent)
    leads_nowhere(ground)


@pytest.mark.parametrize("door", DOORS, ids=str)
def test_a_name_is_mended_and_leads_nowhere(ground: Ground, door: Door, request: pytest.FixtureRequest) -> None:
    full = request.config.getoption("--full")
    wrong = []
    for name in NAMES if full else NAMES[DOORS.index(door) :: len(DOORS)]:
        answer = ground.bring(door, ground.good(), name)
        if answer.status not in (door.taken, 200):  # a page that says what it looks like, where it looks like another
            wrong.append((name, answer.status, answer.said[-300:]))
    refused = [ground.bring(door, ground.good(), name).status for name in UNREADABLE]

    assert wrong == []
    assert all(status < 500 for status in refused)
    leads_nowhere(ground)


def leads_nowhere(ground: Ground) -> None:
    """Look at the names that files have by now."""
    for name in ground.names():
        assert name == name.strip(), name
        assert len(name) <= 200
        assert not set(name) & set("/\\\0\x1b\u202e\u200f\u2066"), name
    assert [each for each in ground.files() if ".." in each or not each.startswith("blobs/")] == []


@pytest.mark.full
def test_afterwards_all_is_made_and_rows_and_files_agree(ground: Ground) -> None:
    ground.go_on()

    checked = ground.server.command("check", "--deep", "--grace", "0")

    assert ground.waiting() == 0
    assert checked.stdout == "Rows and files agree.\n"
