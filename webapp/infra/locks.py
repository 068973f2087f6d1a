"""Locks between processes: a locked file says whose it is, and death frees it."""

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

POLL_SECONDS = 0.05


class Locked(Exception):
    """Somebody else holds the lock; `pid` is who took it, where that is known."""

    def __init__(self, path: Path, pid: int | None) -> None:
        super().__init__(f"{path} is locked by process {pid or 'unknown'}")
        self.path = path
        self.pid = pid


@contextlib.contextmanager
def hold(path: Path, *, patience: float = 0) -> Iterator[int]:
    """Hold the lock and give its descriptor; raises Locked.

    The lock belongs to the open file: a child that inherits the descriptor keeps it locked after its parent
    was killed. So a holder that is dead is waited for, `patience` seconds at most; one that lives is not.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        wait_for(descriptor, path, until=time.monotonic() + patience)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def wait_for(descriptor: int, path: Path, *, until: float) -> None:
    """Take the lock as soon as the dead holder's last child has gone."""
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = holder(descriptor)
            if (pid is not None and alive(pid)) or time.monotonic() >= until:
                raise Locked(path, pid) from None
            time.sleep(POLL_SECONDS)
        else:
            return


def holder(descriptor: int) -> int | None:
    """Read who wrote the lock file last."""
    written = os.pread(descriptor, 32, 0).strip()
    return int(written) if written.isdigit() else None


def alive(pid: int) -> bool:
    """Say whether a process exists, ours or not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
