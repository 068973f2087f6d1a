"""The processes that decode: confined, replaced, killed when they hang, and gone with their parent."""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.hostile import makers
from tests.pictures import photo
from webapp.infra import image_children
from webapp.infra.image_children import Crew, Overloaded
from webapp.infra.image_process import serving
from webapp.infra.image_process.rules import Limits, Refused

ROOT = Path(__file__).parents[2]
MIB = 1024**2
LIMITS = {name: getattr(Limits(), name) for name in Limits.__slots__}


@pytest.fixture
def crew() -> Iterator[Crew]:
    made = Crew(places=2)
    yield made
    made.close()


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "good.jpg"
    path.write_bytes(photo(60, 40))
    return path


def asked(path: Path, **other: Any) -> dict[str, Any]:
    return {"verb": "probe", "path": str(path), "limits": LIMITS, **other}


def probe(crew: Crew, path: Path, *, seconds: float = 20) -> dict[str, Any]:
    return crew.ask(asked(path), seconds=seconds)


def pids(crew: Crew) -> set[int]:
    return {child.process.pid for child in crew._idle}


def only_pid(crew: Crew) -> int:
    (pid,) = pids(crew)
    return pid


def running(pid: int) -> bool:
    """Whether a process still does anything; one that waits to be buried does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"


def gone(pid: int) -> bool:
    """Whether a process ends within a while that no machine needs."""
    for _ in range(400):
        if not running(pid):
            return True
        time.sleep(0.05)
    return False


def heavy_film(side: int, frames: int) -> bytes:
    """A few bytes that keep a decoder busy: many frames on a large canvas (libnsgif trusts it up to 2048)."""
    return makers.gif(side, side, [makers.gif_frame()] * frames)


# What a child may


def test_a_child_is_limited_before_it_reads_a_picture(crew: Crew, picture: Path) -> None:
    probe(crew, picture)
    limits = Path(f"/proc/{only_pid(crew)}/limits").read_text()
    found = {line[:26].strip(): line[26:].split()[:2] for line in limits.splitlines()}
    memory = str(image_children.MEMORY)
    assert found["Max address space"] == [memory, memory]
    assert found["Max core file size"] == ["0", "0"]
    assert found["Max open files"] == [str(serving.OPEN_FILES)] * 2
    assert found["Max file size"] == [str(serving.OUTPUT_BYTES)] * 2
    assert int(found["Max cpu time"][0]) <= 25


def test_a_child_gains_no_rights(crew: Crew, picture: Path) -> None:
    probe(crew, picture)
    assert "NoNewPrivs:\t1" in Path(f"/proc/{only_pid(crew)}/status").read_text()


def test_a_child_knows_no_secret_of_the_parent(crew: Crew, picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_SECRET_KEY", "very-secret")
    probe(crew, picture)
    surroundings = Path(f"/proc/{only_pid(crew)}/environ").read_bytes()
    assert b"VIPS_CONCURRENCY=1" in surroundings
    assert b"very-secret" not in surroundings


def test_a_child_inherits_no_file_of_the_parent(crew: Crew, picture: Path, tmp_path: Path) -> None:
    with (tmp_path / "database").open("w") as file:
        os.set_inheritable(file.fileno(), True)
        probe(crew, picture)
        opened = [os.readlink(f"/proc/{only_pid(crew)}/fd/{fd}") for fd in os.listdir(f"/proc/{only_pid(crew)}/fd")]
    assert len(opened) >= 3
    assert not [name for name in opened if name.endswith("database")]
    assert not [name for name in opened if name.startswith("socket:")]


def test_a_child_holds_no_picture_open_after_its_answer(crew: Crew, picture: Path) -> None:
    probe(crew, picture)
    pid = only_pid(crew)
    opened = [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in os.listdir(f"/proc/{pid}/fd")]
    assert str(picture) not in opened


def test_the_parent_loads_no_decoder() -> None:
    program = "import sys, webapp.infra.images; print([n for n in ('pyvips', 'PIL') if n in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_a_child_loads_nothing_of_the_house() -> None:
    """What it holds in memory is the picture's, and what is not there cannot be turned against it."""
    program = "import sys; sys.path.append(sys.argv[1]); import image_process.pixels; print(*sys.modules)"
    command = [sys.executable, "-I", "-c", program, str(image_children.HOME)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert {"flask", "jinja2", "sqlalchemy", "werkzeug", "webapp.config"} & {*ran.stdout.split()} == set()


def test_only_the_child_opens_pictures() -> None:
    """One way in: whatever is decoded, is decoded behind the child's limits."""
    library = re.compile(r"^\s*(import|from) (pyvips|PIL)\b", re.M)
    opening = re.compile(r"new_from_(file|buffer|source)|thumbnail(_source|_buffer)?\(|load_source|Image\.open\(")
    folder = ROOT / "webapp"
    texts = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.py")}
    opens = {name for name, text in texts.items() if library.search(text) and opening.search(text)}
    assert opens == {"infra/image_process/pixels.py"}


# Coming and going


def test_a_child_is_asked_again(crew: Crew, picture: Path) -> None:
    probe(crew, picture)
    first = only_pid(crew)
    probe(crew, picture)
    assert only_pid(crew) == first


def test_a_large_parent_does_not_make_a_child_leave(picture: Path) -> None:
    """The kernel's peak of a process begins with the peak of the one that started it."""
    program = """
import json, sys
from webapp.infra.image_children import Crew
ballast = bytearray(b"x") * (400 * 1024**2)
crew = Crew(places=1)
pids = []
for _ in range(3):
    crew.ask(json.loads(sys.argv[1]), seconds=20)
    pids.append(crew._idle[0].process.pid)
print(len(set(pids)))
"""
    command = [sys.executable, "-c", program, json.dumps(asked(picture))]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "1"


def test_a_child_leaves_after_so_many_answers_and_another_comes(crew: Crew, picture: Path) -> None:
    probe(crew, picture)
    first = only_pid(crew)
    for _ in range(serving.MOST_ANSWERS - 1):
        assert only_pid(crew) == first
        probe(crew, picture)
    assert gone(first)
    assert probe(crew, picture)["done"]["width"] == 60
    assert only_pid(crew) != first


def test_a_child_that_was_killed_while_it_waited_is_replaced(crew: Crew, picture: Path) -> None:
    probe(crew, picture)
    first = only_pid(crew)
    os.kill(first, signal.SIGKILL)
    assert probe(crew, picture)["done"]["width"] == 60
    assert only_pid(crew) != first


def test_a_child_that_somebody_kills_at_work_is_replaced_once(crew: Crew, picture: Path) -> None:
    """The kernel short of memory may choose any process: the picture is tried again before it is blamed."""
    probe(crew, picture)
    first = only_pid(crew)
    os.kill(first, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(probe, crew, picture)
        while crew._idle:
            time.sleep(0.01)
        os.kill(first, signal.SIGKILL)
        assert waiting.result()["done"]["width"] == 60
    assert only_pid(crew) != first


def test_a_child_that_leaves_just_when_it_is_asked_is_replaced(
    crew: Crew, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking and writing it may go: seen here as alive, it has gone."""
    probe(crew, picture)
    child = crew._idle[0]
    child.process.stdin.close()  # type: ignore[union-attr]
    child.process.stdin = child._stdin = open(os.devnull, "wb", buffering=0)  # noqa: SIM115
    assert gone(child.process.pid)
    monkeypatch.setattr(child, "alive", lambda: True)
    assert probe(crew, picture)["done"]["width"] == 60


def test_a_child_outlives_the_thread_that_started_it(crew: Crew, picture: Path) -> None:
    thread = threading.Thread(target=probe, args=(crew, picture))
    thread.start()
    thread.join()
    first = only_pid(crew)
    assert probe(crew, picture)["done"]["width"] == 60
    assert only_pid(crew) == first


def test_there_are_never_more_children_than_places(crew: Crew, picture: Path) -> None:
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda _: probe(crew, picture)["done"]["width"], range(40)))
    assert found == [60] * 40
    assert len(pids(crew)) <= 2
    assert len(crew._all) == len(pids(crew))


def test_closing_ends_the_children(picture: Path) -> None:
    crew = Crew(places=1)
    probe(crew, picture)
    pid = only_pid(crew)
    crew.close()
    assert not Path(f"/proc/{pid}").exists()
    assert probe(crew, picture)["done"]["width"] == 60
    crew.close()


def test_a_decoder_that_does_not_start_is_no_fault_of_the_picture(
    picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="does not start"):
        probe(Crew(places=1), picture)


# Limits at work


def test_a_child_that_hangs_is_killed_and_the_next_picture_passes(
    crew: Crew, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_children, "GRACE_SECONDS", 0.3)
    probe(crew, picture)
    hanging = only_pid(crew)
    os.kill(hanging, signal.SIGSTOP)
    with pytest.raises(Refused) as caught:
        probe(crew, picture, seconds=0.2)
    assert caught.value.code == "too_heavy"
    assert not running(hanging)
    assert pids(crew) == crew._all == set()
    assert probe(crew, picture)["done"]["width"] == 60


def test_a_busy_machine_is_given_more_time_where_that_was_asked_for(
    crew: Crew, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_children, "GRACE_SECONDS", 0.1)
    probe(crew, picture)
    held = only_pid(crew)
    os.kill(held, signal.SIGSTOP)
    waking = threading.Timer(1.0, os.kill, (held, signal.SIGCONT))
    waking.start()

    assert crew.ask(asked(picture) | {"grace": 30.0}, seconds=0.5)["done"]["width"] == 60

    waking.join()


def test_a_child_that_uses_too_much_time_is_killed_by_the_kernel(crew: Crew, picture: Path, tmp_path: Path) -> None:
    """Processor time is counted anew for each picture; a busy machine does not use it up."""
    film = tmp_path / "film.gif"
    film.write_bytes(heavy_film(2_000, 500))
    many = asked(film) | {"limits": LIMITS | {"animation_pixels": 10**12}}
    with pytest.raises(Refused) as caught:
        crew.ask(many, seconds=0.01)
    assert caught.value.code == "too_heavy"
    assert pids(crew) == set()
    assert probe(crew, picture)["done"]["width"] == 60


def test_a_picture_that_needs_too_much_memory_is_refused(picture: Path, tmp_path: Path) -> None:
    crew = Crew(places=1, memory=200 * MIB)
    large = tmp_path / "large.gif"
    large.write_bytes(makers.gif(6_200, 6_200, [makers.gif_frame(6_200, 6_200)]))
    with pytest.raises(Refused) as caught:
        probe(crew, large)
    assert caught.value.code == "too_heavy"
    assert probe(crew, picture)["done"]["width"] == 60
    crew.close()


def test_a_progressive_picture_that_needs_too_much_memory_is_refused(picture: Path, tmp_path: Path) -> None:
    """libjpeg keeps all coefficients of a progressive picture; it says so itself and the child lives on."""
    crew = Crew(places=1, memory=220 * MIB)
    large = tmp_path / "large.jpg"
    large.write_bytes(makers.resized_header(photo(60, 40, gps=False, progressive=True), 9_000, 9_000))
    assert probe(crew, large)["refused"]["code"] == "too_heavy"
    first = only_pid(crew)
    assert probe(crew, picture)["done"]["width"] == 60
    assert only_pid(crew) == first
    crew.close()


def test_a_child_that_stumbles_is_replaced_and_the_file_refused(crew: Crew, picture: Path) -> None:
    with pytest.raises(Refused) as caught:
        crew.ask({"verb": "no such verb", "path": str(picture)}, seconds=5)
    assert caught.value.code == "damaged"
    assert probe(crew, picture)["done"]["width"] == 60


def test_with_all_places_taken_one_is_told_to_come_again(picture: Path) -> None:
    crew = Crew(places=1)
    probe(crew, picture)
    pid = only_pid(crew)
    os.kill(pid, signal.SIGSTOP)
    waiting = threading.Thread(target=probe, args=(crew, picture))
    waiting.start()
    while crew._idle:
        time.sleep(0.01)
    with pytest.raises(Overloaded):
        crew.ask(asked(picture), seconds=5, patience=0.05)
    os.kill(pid, signal.SIGCONT)
    waiting.join()
    assert probe(crew, picture)["done"]["width"] == 60
    crew.close()


# Parents


BUSY_PARENT = """
import json, sys, threading, time
from pathlib import Path
from webapp.infra import images
from webapp.infra.image_children import Child
images.probe(Path(sys.argv[1]))
idle = images.CREW._idle[0].process.pid
busy = Child(memory=2**30)
limits = {"size": 10**9, "pixels": 10**9, "frames": 10**6, "animation_pixels": 10**15, "side": 10**6}
question = {"verb": "probe", "path": sys.argv[2], "limits": limits}
threading.Thread(target=busy.ask, args=(question,), kwargs={"seconds": 600}, daemon=True).start()
print(json.dumps([idle, busy.process.pid]), flush=True)
time.sleep(600)
"""


def test_children_idle_and_busy_die_with_a_killed_parent(picture: Path, tmp_path: Path) -> None:
    film = tmp_path / "film.gif"
    film.write_bytes(heavy_film(2_000, 100_000))
    with subprocess.Popen(
        [sys.executable, "-c", BUSY_PARENT, picture, film], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        idle, busy = json.loads(parent.stdout.readline())
        time.sleep(0.5)
        assert running(idle)
        assert running(busy)
        parent.kill()
    assert gone(idle)
    assert gone(busy)


FORKING = """
import json, os, sys
from pathlib import Path
from webapp.infra import images
path = Path(sys.argv[1])
images.probe(path)
first = images.CREW._idle[0].process.pid
reading, writing = os.pipe()
if os.fork() == 0:
    started = len(images.CREW._idle)
    images.probe(path)
    os.write(writing, json.dumps([started, images.CREW._idle[0].process.pid]).encode())
    images.CREW.close()
    os._exit(0)
os.wait()
images.probe(path)
print(json.dumps([first, images.CREW._idle[0].process.pid, *json.loads(os.read(reading, 1000))]))
"""


def test_a_fork_starts_children_of_its_own(picture: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKING, picture],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    first, still, started, forked = json.loads(ran.stdout)
    assert first == still
    assert started == 0
    assert forked != first
    assert ran.stderr == ""


def test_an_interrupt_from_the_keyboard_is_the_parents_business(crew: Crew, picture: Path) -> None:
    probe(crew, picture)
    pid = only_pid(crew)
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    probe(crew, picture)
    assert only_pid(crew) == pid
