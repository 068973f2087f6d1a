"""Parents and children: no process of ours outlives the one that started it."""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
LOOK_SECONDS = 1


def die_with(parent: int) -> None:
    """Have this process killed when its parent ends, however that ends.

    The kernel says nothing of a parent that was gone before, so the parent is looked at once more.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        leave_if_orphan(parent)
    else:
        threading.Thread(target=watch, args=(parent,), daemon=True).start()


def leave_if_orphan(parent: int) -> None:
    """End at once, without clearing up, where the parent is gone."""
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def watch(parent: int) -> None:
    """Look for the parent again and again, where the kernel does not tell."""
    while True:
        leave_if_orphan(parent)
        time.sleep(LOOK_SECONDS)


def call_this(name: str) -> None:
    """Name this process, and what it forks, in the lists of `ps` and `top`; 15 characters count."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_NAME, name.encode(), 0, 0, 0)


def forks_die_with_us() -> None:
    """Extend the rule to every fork of this process, and to theirs.

    To the kernel the parent is the thread that forked, so only what the main thread forks is bound: other threads
    come and go.
    """
    os.register_at_fork(before=_note_parent, after_in_child=_bind_child)


_parents: list[int] = []


def _note_parent() -> None:
    _parents[:] = [os.getpid()] if threading.current_thread() is threading.main_thread() else []


def _bind_child() -> None:
    for parent in _parents:
        die_with(parent)
