"""No process outlives the one that started it, even where that one was killed."""

import os
import signal
import subprocess
import sys
import time

import pytest

PARENT = """
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", sys.argv[1], str(os.getpid())], stdout=subprocess.PIPE)
print(child.stdout.readline().decode().strip(), flush=True)
sys.stdin.read()
"""
BOUND = """
import os, sys, time
from webapp.infra import processes
processes.die_with(int(sys.argv[1]))
print(os.getpid(), flush=True)
time.sleep(600)
"""
WATCHED = BOUND.replace("from webapp", "sys.platform = 'elsewhere'\nfrom webapp")
FORKING = """
import os, sys, time
from webapp.infra import processes
processes.forks_die_with_us()
if (child := os.fork()):
    print(child, flush=True)
time.sleep(600)
"""


def ended(pid):
    """Wait until a process is gone, half a minute at most."""
    for _ in range(600):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                if stat.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False


def start(*words):
    process = subprocess.Popen(
        [sys.executable, "-c", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process.stdout:
        return process, int(process.stdout.readline())


def kill(process):
    process.stdin.close()
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize("child", [BOUND, WATCHED], ids=["told by the kernel", "looking itself"])
def test_child_of_a_killed_parent_is_killed(child):
    parent, pid = start(PARENT, child)
    os.kill(pid, 0)

    kill(parent)

    assert ended(pid)


def test_forked_child_of_a_killed_process_is_killed():
    parent, pid = start(FORKING)
    os.kill(pid, 0)

    kill(parent)

    assert ended(pid)


def test_orphan_does_not_even_start():
    done = subprocess.run([sys.executable, "-c", BOUND, "999999999"], capture_output=True, text=True, check=False)

    assert done.returncode == -signal.SIGKILL
    assert done.stdout == ""
