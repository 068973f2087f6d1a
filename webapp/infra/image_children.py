"""Children that decode: started when needed, asked one thing at a time, killed when they stop answering."""

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final, cast

from webapp.infra.image_process.rules import damaged, too_heavy
from webapp.infra.saying import Saying

MEMORY: Final = 1024**3
"""Address space of a child: a 100-megapixel WebP, progressive JPEG or interlaced PNG needs half of it."""
WAIT_SECONDS: Final = 60.0
START_SECONDS: Final = 30.0
GRACE_SECONDS: Final = 9.0
"""What the wall clock allows beyond the processor time, on a machine that is busy."""
ANSWER_BYTES: Final = 1024**2
HOME: Final = Path(__file__).parent
START: Final = "import runpy, sys; sys.path.append(sys.argv.pop()); runpy.run_module('image_process')"
SURROUNDINGS: Final = {
    "PATH": os.defpath,
    "LANG": "C.UTF-8",
    "VIPS_CONCURRENCY": "1",
    "VIPS_WARNING": "0",
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "67108864",
    "MALLOC_TRIM_THRESHOLD_": "67108864",
}
"""One heap that is used again for every picture: with several, a child grows from one to the next."""


Hook = Callable[[], None]


def nothing() -> None:
    """Do nothing."""


class Overloaded(Saying):
    """All children were busy for too long; trying again later helps."""


class Gone(Exception):
    """The child left before it answered, by its own rules or killed by somebody else; another may be asked."""


class Crew:
    """As many children as there are places, each kept for the next question."""

    def __init__(self, *, places: int | None = None, memory: int = MEMORY) -> None:
        self.places = places or os.cpu_count() or 1
        self.memory = memory
        self._begin()
        os.register_at_fork(after_in_child=self._forget)
        atexit.register(self.close)

    def ask(
        self,
        question: dict[str, Any],
        *,
        seconds: float,
        patience: float = WAIT_SECONDS,
        begun: Hook = nothing,
    ) -> dict[str, Any]:
        """Have a child answer; raises Overloaded without a free place, Refused when the child was given up.

        `begun` is called once there is a place, before anything is asked; what it raises passes through.
        """
        if not self._free.acquire(timeout=patience):
            raise Overloaded("All picture processes are busy; please try again in a moment.")
        try:
            begun()
            return self._ask(question, seconds=seconds)
        finally:
            self._free.release()

    def close(self) -> None:
        """End the children that have nothing to do."""
        with self._lock:
            idle = self._idle.copy()
            self._idle.clear()
        for child in idle:
            child.end()

    def _ask(self, question: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        waiting = self._waiting_child()
        if waiting is not None:
            with contextlib.suppress(Gone):
                return self._ask_child(waiting, question, seconds=seconds)
        try:
            return self._ask_child(Child(memory=self.memory), question, seconds=seconds)
        except Gone:
            raise too_heavy() from None

    def _ask_child(self, child: "Child", question: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        """Ask and keep the child for the next time; whatever goes wrong, one that may still work is ended."""
        with contextlib.ExitStack() as undo:
            undo.callback(child.end)
            self._all.add(child)
            undo.callback(self._all.discard, child)
            answer = child.ask(question, seconds=seconds)
            undo.pop_all()
        with self._lock:
            self._idle.append(child)
        return answer

    def _waiting_child(self) -> "Child | None":
        while True:
            with self._lock:
                child = self._idle.pop() if self._idle else None
            if child is None or child.alive():
                return child
            self._all.discard(child)
            child.end()

    def _begin(self) -> None:
        self._free = threading.BoundedSemaphore(self.places)
        self._lock = threading.Lock()
        self._idle: list[Child] = []
        self._all: set[Child] = set()

    def _forget(self) -> None:
        """A fork starts without children: their pipes are the first process's, and must end with it."""
        for child in self._all:
            child.forget()
        self._begin()


class Child:
    """One decoding process and the two pipes to it."""

    def __init__(self, *, memory: int) -> None:
        """Start it; raises RuntimeError when it does not come up."""
        command = [sys.executable, "-I", "-c", START, str(memory), str(HOME)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=SURROUNDINGS, cwd="/", bufsize=0
        )
        self._stdin = cast(IO[bytes], self.process.stdin)
        self._stdout = cast(IO[bytes], self.process.stdout)
        if self._read_line(time.monotonic() + START_SECONDS) is None:
            self.end()
            raise RuntimeError("The process that decodes pictures does not start.")

    def ask(self, question: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        """Put a question and wait for the answer; raises Gone, or Refused when the child was given up."""
        line = json.dumps(question | {"seconds": seconds}).encode() + b"\n"
        try:
            self._stdin.write(line)
        except BrokenPipeError:
            raise Gone from None
        grace = max(GRACE_SECONDS, question.get("grace", 0.0))
        answer = self._read_line(time.monotonic() + seconds + grace)
        if answer is None:
            raise self._silence()
        return dict(json.loads(answer))

    def alive(self) -> bool:
        """Say whether it still runs."""
        return self.process.poll() is None

    def end(self) -> None:
        """Kill it, if need be, and clear up after it."""
        self.process.kill()
        self.process.wait()
        self._stdin.close()
        self._stdout.close()

    def forget(self) -> None:
        """Close the pipes of another process's child, which is not ours to wait for."""
        self._stdin.close()
        self._stdout.close()
        self.process.returncode = 0

    def _read_line(self, until: float) -> bytes | None:
        """Collect a line; None when the pipe ends, the time is over or the line grows beyond sense."""
        poll = select.poll()
        poll.register(self._stdout, select.POLLIN)
        line = b""
        while not line.endswith(b"\n"):
            ready = poll.poll(max(0.0, until - time.monotonic()) * 1000)
            piece = self._stdout.read(65_536) if ready else b""
            if not piece or len(line) > ANSWER_BYTES:
                return None
            line += piece
        return line

    def _silence(self) -> Exception:
        """Read from the way it ended why it did not answer; one that has not ended hangs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(0.5)
        code = self.process.poll()
        if code in (0, -signal.SIGKILL):
            return Gone()
        return damaged() if code is not None and code > 0 else too_heavy()
