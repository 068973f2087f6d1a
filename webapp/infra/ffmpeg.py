"""ffmpeg as a program beside Vitrine: found, started with limits, listened to, ended."""

import contextlib
import importlib
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Final

from webapp.infra.saying import Saying
from webapp.infra.spool import StorageFull

LAUNCH: Final = Path(__file__).with_name("launch.py")
GRACE: Final = 20.0
"""Seconds that the wall clock allows beyond the processor time, on a machine that is busy."""
WORDS: Final = 256 * 1024
"""Bytes that are read of what ffmpeg says: a file's own texts are among it."""
FULL: Final = "No space left on device"


class Absent(Saying):
    """There is no ffmpeg on this machine."""


class Failed(Exception):
    """ffmpeg could not do what it was asked; `limit` where it was ended by one of ours."""

    def __init__(self, ending: "Ending") -> None:
        super().__init__(ending.said.strip().rpartition("\n")[2])
        self.limit = ending.status < 0


@dataclass(frozen=True, slots=True)
class Room:
    """What one run may take: bytes of memory, seconds of processor time, bytes of a file that it writes."""

    memory: int
    seconds: int
    size: int


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended, and what was said on the way."""

    status: int
    said: str


@cache
def program() -> str:
    """Return the path of ffmpeg: the one on the PATH, else that of the extra `video`. Raises Absent."""
    if found := shutil.which("ffmpeg"):
        return found
    with contextlib.suppress(ImportError, RuntimeError):
        return str(importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe())
    raise Absent("Videos need the program ffmpeg, which is not on this machine.")


def there() -> bool:
    """Say whether there is an ffmpeg."""
    with contextlib.suppress(Absent):
        return bool(program())
    return False


def finished(words: Sequence[str], room: Room, *, loud: bool = False) -> Ending:
    """Run ffmpeg to its end; `loud` has it say what it finds in the file. Raises Absent, StorageFull."""
    with tempfile.TemporaryFile() as said:
        running = _started(["-v", "info" if loud else "error", "-nostats", *words], room, out=None, said=said)
        try:
            status = running.wait(room.seconds + GRACE)
        except subprocess.TimeoutExpired:
            status = -1
        finally:
            running.kill()
            running.wait()
        return _ended(status, said)


def progress(words: Sequence[str], room: Room, *, patience: float) -> Generator[int]:
    """Run ffmpeg and give the milliseconds that it has come to, again and again.

    Silence for `patience` seconds ends it, and so does closing the iterator. Raises Absent, Failed, StorageFull.
    """
    with tempfile.TemporaryFile() as said:
        loud = ["-v", "error", "-nostats", "-progress", "pipe:1", *words]
        running = _started(loud, room, out=subprocess.PIPE, said=said)
        assert running.stdout is not None  # noqa: S101  it was asked for
        try:
            for line in _lines(running.stdout, patience):
                name, _, value = line.partition("=")
                if name == "out_time_us" and value.isdigit():
                    yield int(value) // 1000
            running.wait(GRACE)
        finally:
            running.kill()
            running.wait()
            running.stdout.close()
        ending = _ended(running.returncode, said)
        if ending.status != 0:
            raise Failed(ending)


def _started(words: Sequence[str], room: Room, *, out: int | None, said: IO[bytes]) -> "subprocess.Popen[bytes]":
    limits = [str(each) for each in (room.memory, room.seconds, room.size, os.getpid())]
    command = [sys.executable, "-I", str(LAUNCH), *limits, program(), "-hide_banner", "-nostdin", *words]
    surroundings = {"PATH": os.defpath, "LANG": "C.UTF-8"}
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=out or subprocess.DEVNULL, stderr=said, env=surroundings, cwd="/"
    )


def _lines(stream: IO[bytes], patience: float) -> Iterator[str]:
    """Give each line as it comes, until the end, or until none has come for too long."""
    poll = select.poll()
    poll.register(stream, select.POLLIN)
    rest, until = b"", time.monotonic() + patience
    while poll.poll(max(0.0, until - time.monotonic()) * 1000):
        piece = os.read(stream.fileno(), 4096)
        if not piece:
            return
        *lines, rest = (rest + piece).split(b"\n")
        until = time.monotonic() + patience
        yield from (line.decode("ascii", "replace").strip() for line in lines)


def _ended(status: int, said: IO[bytes]) -> Ending:
    said.seek(0)
    words = said.read(WORDS).decode("utf-8", "replace")
    if status != 0 and FULL in words:
        raise StorageFull("The disk is full.")
    return Ending(status, words)
