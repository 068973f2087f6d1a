"""Parents and children: no process of ours outlives the one that started it."""

import ctypes
import os
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1
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


def forks_die_with_us() -> None:
    """Extend the rule to every child that this process forks."""
    own = os.getpid()
    os.register_at_fork(after_in_child=lambda: die_with(own))
