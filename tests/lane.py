"""`./run test`: everything a change has to pass, in one of two lanes, or any tests you name.

  ./run test                 the checks, then all tests but the long ones (8 minutes at most on two cores)
  ./run test --full          the long ones as well, and once more what is about files, kept in a bucket and
                             on PostgreSQL (30 minutes at most)
  ./run test tests/domain    only pytest, with whatever you give it

Programs the tests need are installed where that can be done (root on Debian or Ubuntu), else named.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
CHECKS = (
    ("ruff", ("-m", "ruff", "check", "--quiet", ".")),
    ("mypy", ("-m", "mypy")),
    (
        "import-linter",
        ("-c", "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"),
    ),
)
MOST_PROCESSES = 4
MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3
"""Bytes that a lane's files may come to; most of what tests wait for is a disk that has to say it has written."""
FEW = 5
"""Failures that the full lane tries again alone; more are no accident of a busy machine."""
FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"


def main(arguments: Sequence[str]) -> int:
    """Run a lane, or the tests asked for, and return the exit status."""
    if any(word in ("-h", "--help") for word in arguments):
        print(__doc__.strip())
        return 0
    os.chdir(ROOT)
    provide()
    with compiling():
        return pytest(arguments) if arguments and list(arguments) != ["--full"] else everything(arguments)


def everything(arguments: Sequence[str]) -> int:
    """Run the checks and then a lane, and return the exit status."""
    with compiled():
        failed = [name for name, words in CHECKS if not passes(name, words)]
    statuses = [shared(words) for words in ([[*arguments], ["--elsewhere"]] if arguments else [[]])]
    if failed:
        print(f"{' and '.join(failed)} found faults: see above the tests.", file=sys.stderr)
    return next(filter(None, statuses), 1 if failed else 0)


def shared(words: Sequence[str]) -> int:
    """Run tests in several processes, in the full lane the few that failed once more, and return the exit status."""
    with files() as where:
        among = ["-n", str(processes()), "--dist", "worksteal"]
        status = pytest(["--cache-clear", *where, *among, "--durations", "15", *words])
        return once_more([*where, *words]) if status == 1 and words else status


def passes(name: str, words: Sequence[str]) -> bool:
    """Run one check, which says itself what it found."""
    print(f"== {name}", flush=True)
    return subprocess.run([sys.executable, *words], check=False).returncode == 0


def pytest(arguments: Sequence[str]) -> int:
    """Run pytest, its summary last."""
    print("== pytest", flush=True)
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], check=False).returncode


@contextmanager
def compiling() -> Iterator[None]:
    """Have modules compiled once for the run where they may not be kept beside their sources.

    The tests start hundreds of processes, and compiling Vitrine and its packages is most of what each then does.
    """
    if not os.environ.get("PYTHONDONTWRITEBYTECODE"):
        yield
        return
    with (
        tempfile.TemporaryDirectory(prefix="vitrine-compiled-", ignore_cleanup_errors=True) as folder,
        mock.patch.dict(os.environ, {"PYTHONPYCACHEPREFIX": folder}),
    ):
        del os.environ["PYTHONDONTWRITEBYTECODE"]
        yield


@contextmanager
def compiled() -> Iterator[None]:
    """Compile the tests meanwhile, which each process of the lane would otherwise do for itself."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-p", "no:cacheprovider"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        yield


@contextmanager
def files() -> Iterator[list[str]]:
    """Keep the tests' files in memory where there is room, and say so in pytest's words."""
    if not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < ROOM:
        yield []
        return
    with tempfile.TemporaryDirectory(prefix="vitrine-tests-", dir=MEMORY, ignore_cleanup_errors=True) as folder:
        yield [f"--basetemp={folder}/base"]


def once_more(arguments: Sequence[str]) -> int:
    """Run a few failed tests again, one by one on a machine that does nothing else, and name those that now pass."""
    failed = sorted(json.loads(FAILED.read_text())) if FAILED.exists() else []
    if not 0 < len(failed) <= FEW:
        return 1
    print(f"== once more, alone: {' '.join(failed)}", flush=True)
    status = pytest(["--last-failed", "--durations", "0", *arguments])
    if status == 0:
        print(f"UNSTEADY, each one a fault to find: failed above, passed alone: {' '.join(failed)}", flush=True)
    return status


def processes() -> int:
    """Say how many processes the tests share: one more than there are cores, for tests wait half of their time."""
    return max(2, min(MOST_PROCESSES, (os.cpu_count() or 1) + 1))


def has(name: str) -> Callable[[], bool]:
    """Say whether a program is on the PATH."""
    return lambda: shutil.which(name) is not None


def has_postgres() -> bool:
    """Say whether there is a server to use, or one that can be started."""
    if os.environ.get("TEST_DATABASE_URL") or shutil.which("initdb"):
        return True
    return any(Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def has_font(language: str) -> Callable[[], bool]:
    """Say whether some font has the letters of a language."""

    def look() -> bool:
        if shutil.which("fc-list") is None:
            return False
        listed = subprocess.run(["fc-list", f":lang={language}"], capture_output=True, text=True, check=False)
        return bool(listed.stdout.strip())

    return look


NEEDS: dict[str, Callable[[], bool]] = {
    "chromium": has("chromium"),
    "postgresql": has_postgres,
    "redis-server": has("redis-server"),
    "nodejs": has("node"),
    "npm": has("npm"),
    "libimage-exiftool-perl": has("exiftool"),
    "ffmpeg": has("ffmpeg"),
    "fontconfig": has("fc-list"),
    "fonts-noto-core": has_font("ar"),
    "fonts-noto-cjk": has_font("ja"),
}


def provide() -> None:
    """Install what is missing, or leave with a sentence that says what to type."""
    missing = [package for package, there in NEEDS.items() if not there()]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        install(missing)
        missing = [package for package in missing if not NEEDS[package]()]
    if missing:
        names = " ".join(missing)
        print(
            f"The tests need {', '.join(missing)}: on Debian or Ubuntu type"
            f" 'sudo apt-get install -y --no-install-recommends {names}' and start again.",
            file=sys.stderr,
        )
        sys.exit(2)


def install(packages: Sequence[str]) -> None:
    """Install Debian packages, waiting for whoever else is installing."""
    print(f"== installing {' '.join(packages)}", flush=True)
    apt = ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=600"]
    environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*apt, "update"], env=environ, stdout=subprocess.DEVNULL, check=False)
    subprocess.run(
        [*apt, "install", "-y", "--no-install-recommends", *packages],
        env=environ,
        stdout=subprocess.DEVNULL,
        check=False,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
