"""What a server's processes take while something is asked of them: memory beyond what they had, processor time."""

import contextlib
import os
import threading
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
SECONDS = 0.004
MEGABYTE = 1024**2


class Watch:
    """Watches the processes of a session, but for those named; `peak` in bytes, `seconds` of processor time."""

    def __init__(self, leader: int, without: frozenset[int]) -> None:
        self.leader, self.without = leader, without
        self.others: set[str] = set()
        self.peak = 0
        self.seconds = 0.0
        self.began = 0.0
        self.over = threading.Event()

    def __enter__(self) -> "Watch":
        self.began = self.used()
        self.thread = threading.Thread(target=self._look)
        self.thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.over.set()
        self.thread.join()
        self.peak = max(self.peak, self.resident())
        self.seconds = self.used() - self.began

    def resident(self) -> int:
        """Add up the memory that is held now."""
        total = 0
        for process in self.family():
            with contextlib.suppress(OSError, IndexError):
                total += int(Path(f"/proc/{process}/statm").read_text().split()[1]) * PAGE
        return total

    def used(self) -> float:
        """Add up the processor time of the living, and of the dead they have waited for."""
        ticks = 0
        for process in self.family():
            with contextlib.suppress(OSError):
                words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
                ticks += sum(map(int, words[11:15]))
        return ticks / TICKS

    def family(self) -> list[int]:
        """List the processes of the leader's session; what is none of them is not asked again."""
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit() and name not in self.others:
                with contextlib.suppress(OSError):
                    session = int(Path(f"/proc/{name}/stat").read_text().rpartition(")")[2].split()[3])
                    if session == self.leader and int(name) not in self.without:
                        found.append(int(name))
                    else:
                        self.others.add(name)
        return found

    def _look(self) -> None:
        while not self.over.is_set():
            self.peak = max(self.peak, self.resident())
            time.sleep(SECONDS)
