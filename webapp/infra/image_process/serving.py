"""The child's day: confine itself, then answer one line for each line it is asked."""

import contextlib
import ctypes
import json
import math
import os
import queue
import resource
import signal
import sys
import threading
from typing import Final

IDLE_SECONDS: Final = 60
MOST_ANSWERS: Final = 50
MOST_RESIDENT: Final = 300 * 1024
"""In KiB: a child whose memory has once been so large makes room for a fresh one."""
OUTPUT_BYTES: Final = 256 * 1024**2
OPEN_FILES: Final = 64
PR_SET_NO_NEW_PRIVS: Final = 38


def main() -> None:
    """Serve until told to stop, idle too long, used too often, or without a parent."""
    answers = _private_stdout()
    memory = int(sys.argv[1])
    confine(memory)
    questions: queue.Queue[str] = queue.Queue()
    threading.Thread(target=listen, args=(questions,), daemon=True).start()
    serve(questions, answers)
    os._exit(0)


def confine(memory: int) -> None:
    """Give up memory, files, rights and the keyboard's interrupt; the time a question may take comes with it."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)


def listen(questions: "queue.Queue[str]") -> None:
    """Pass questions on; the end of the pipe is the end of the parent, and then of everything here at once.

    The kernel's parent-death signal would not do: it fires when the *thread* that started the child ends.
    """
    for line in sys.stdin:
        questions.put(line)
    os._exit(0)


def serve(questions: "queue.Queue[str]", answers: int) -> None:
    """Answer until there is a reason to go; who finds the child gone without an answer starts another."""
    from .answering import answer, prepare  # noqa: PLC0415  libvips comes in only when the limits hold

    prepare()
    os.write(answers, b"ready\n")
    for _ in range(MOST_ANSWERS):
        try:
            question = json.loads(questions.get(timeout=IDLE_SECONDS))
        except queue.Empty:
            return
        allow_seconds(question["seconds"])
        line = json.dumps(answer(question)).encode() + b"\n"
        grown = most_resident() > MOST_RESIDENT
        os.write(answers, line)
        if grown:
            return


def most_resident() -> int:
    """Say how much memory this process has held at most, in KiB.

    Not ru_maxrss, where there is another way: that one is handed down from the process that started this one, however
    large it was.
    """
    with contextlib.suppress(OSError), open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def allow_seconds(seconds: float) -> None:
    """Let the process use that much processor time from now on."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = math.ceil(used.ru_utime + used.ru_stime + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def _private_stdout() -> int:
    """Keep the way of the answers to ourselves: what a library prints goes nowhere."""
    answers = os.dup(1)
    with contextlib.closing(os.fdopen(os.open(os.devnull, os.O_WRONLY), "wb")) as nowhere:
        os.dup2(nowhere.fileno(), 1)
    return answers
