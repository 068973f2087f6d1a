"""Give up memory, time, room on the disk and rights, then become another program.

Run as a script: `python -I launch.py MEMORY SECONDS SIZE PARENT PROGRAM …`, the limits in bytes, seconds of processor
time, and bytes of a file; the program dies with the process that is named as the parent.
"""

import ctypes
import os
import resource
import signal
import sys
from typing import Final

PR_SET_PDEATHSIG: Final = 1
PR_SET_NO_NEW_PRIVS: Final = 38
NICENESS: Final = 5
OPEN_FILES: Final = 64


def main(words: list[str]) -> None:
    """Confine this process and put the program in its place."""
    memory, seconds, size, parent = map(int, words[:4])
    for limit, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, size),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        resource.setrlimit(limit, (most, most))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    os.execv(words[4], words[4:])  # noqa: S606  no shell is what is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
