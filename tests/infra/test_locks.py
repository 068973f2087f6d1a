"""Locks between processes: death frees them, and a child that lives on keeps them."""

import os
import subprocess
import sys

import pytest

from webapp.infra import locks

SLEEPER = "import sys; sys.stdin.read()"
HOLDER = """
import subprocess, sys
from pathlib import Path
from webapp.infra import locks
with locks.hold(Path(sys.argv[1])) as descriptor:
    child = subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()"], pass_fds=(descriptor,), stdout=subprocess.DEVNULL
    )
    print(child.pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def held(tmp_path):
    """A lock held by a process whose child has inherited it."""
    path = tmp_path / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    holder.stdout.readline()
    yield path, holder
    holder.stdin.close()
    holder.kill()
    holder.wait()
    holder.stdout.close()


def test_lock_says_whose_it_is_and_is_free_afterwards(tmp_path):
    path = tmp_path / "lock"

    with locks.hold(path):
        assert path.read_text() == f"{os.getpid()}\n"
        with pytest.raises(locks.Locked) as refused, locks.hold(path):
            pass

    assert refused.value.pid == os.getpid()
    with locks.hold(path):
        assert path.read_text() == f"{os.getpid()}\n"


def test_lock_of_a_living_process_is_refused_at_once_however_patient_one_is(held):
    path, holder = held

    with pytest.raises(locks.Locked) as refused, locks.hold(path, patience=3600):
        pass

    assert refused.value.pid == holder.pid


def test_lock_stays_while_a_child_of_the_killed_holder_lives(held):
    path, holder = held
    holder.kill()
    holder.wait()

    with pytest.raises(locks.Locked), locks.hold(path):
        pass


def test_lock_is_had_when_the_last_child_of_the_killed_holder_ends(held):
    path, holder = held
    holder.kill()
    holder.wait()
    holder.stdin.close()  # the child reads the same pipe to its end, and leaves

    with locks.hold(path, patience=60):
        assert path.read_text() == f"{os.getpid()}\n"


def test_lock_file_without_a_number_has_no_holder(tmp_path):
    path = tmp_path / "lock"
    path.write_text("who knows")

    with locks.hold(path):
        assert path.read_text() == f"{os.getpid()}\n"


def test_lock_is_not_inherited_by_accident(tmp_path):
    with locks.hold(tmp_path / "lock") as descriptor:
        assert os.get_inheritable(descriptor) is False


def test_processes_are_told_living_from_dead():
    child = subprocess.Popen([sys.executable, "-c", SLEEPER], stdin=subprocess.PIPE)
    living = locks.alive(child.pid)
    child.stdin.close()
    child.wait()

    assert (living, locks.alive(child.pid), locks.alive(1)) == (True, False, True)
