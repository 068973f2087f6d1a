"""`./run`: makes its environment when it must, never twice at once, and says in a sentence why it cannot."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from webapp.config import PROJECT_ROOT

TOOLS = ("sh", "dirname", "cat", "cksum", "readlink", "mv", "rm", "mkdir", "sleep", "flock", "env")
UV = f"""#!/bin/sh
echo "$*" >>"$HOME/uv.log"
[ "$1" != venv ] || exec {sys.executable} -m venv --without-pip "$6"
"""
SAYS = "import os, sys\nprint(sys.argv[1:], os.getcwd())\n"


pytestmark = pytest.mark.full


class Checkout:
    """A folder with `run`, empty lock files and commands that say what they were given."""

    def __init__(self, folder, tools):
        self.folder = folder
        self.tools = tools
        self.cwd = folder
        shutil.copy(PROJECT_ROOT / "run", folder / "run")
        for name, text in (
            ("requirements.lock", "# nothing\n"),
            ("requirements-dev.lock", "# nothing but tests\n"),
            ("requirements-video.lock", "# nothing but ffmpeg\n"),
            ("webapp/__main__.py", SAYS),
            ("tests/lane.py", "import sys\nprint('lane', sys.argv[1:])\n"),
        ):
            self.write(name, text)

    def write(self, name, text):
        """Write one file."""
        (self.folder / name).parent.mkdir(exist_ok=True)
        (self.folder / name).write_text(text)

    def have(self, name, path=None):
        """Put a program on the PATH."""
        (self.tools / name).unlink(missing_ok=True)
        (self.tools / name).symlink_to(path or shutil.which(name))

    def start(self, *words):
        """Start `run` with nothing else on the PATH."""
        return subprocess.Popen(
            [str(self.folder / "run"), *words],
            cwd=self.cwd,
            env={"PATH": str(self.tools), "HOME": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words):
        """Run it to its end and return status, output and errors."""
        process = self.start(*words)
        output, errors = process.communicate(timeout=300)
        return process.returncode, output, errors


@pytest.fixture
def bare(tmp_path):
    """A checkout on a machine without Python."""
    tools, folder = tmp_path / "tools", tmp_path / "a checkout"
    tools.mkdir()
    folder.mkdir()
    made = Checkout(folder, tools)
    for name in (*TOOLS, "ffmpeg"):
        made.have(name)
    return made


@pytest.fixture
def with_pip(bare):
    """A checkout on a machine with Python and without uv."""
    bare.have("python3", sys.executable)
    return bare


@pytest.fixture
def checkout(with_pip):
    """A checkout on a machine with Python and something that does for uv."""
    with_pip.write("uv", UV)
    (with_pip.folder / "uv").chmod(0o755)
    with_pip.have("uv", with_pip.folder / "uv")
    return with_pip


def test_run_makes_its_environment_once_and_serves(with_pip):
    first = with_pip.run()
    second = with_pip.run()

    assert first == (0, f"['serve'] {with_pip.folder}\n", "Preparing .venv from requirements.lock ...\n")
    assert second == (0, first[1], "")


def test_run_passes_words_on_and_stays_in_the_folder_it_was_called_from(checkout, tmp_path):
    checkout.cwd = tmp_path

    assert checkout.run("key", "add", "--name", "a b", "")[:2] == (
        0,
        f"['key', 'add', '--name', 'a b', ''] {tmp_path}\n",
    )


def test_run_test_takes_its_own_packages_and_the_lane(checkout):
    assert checkout.run("test", "--full") == (
        0,
        "lane ['--full']\n",
        "Preparing .venv from requirements-dev.lock ...\n",
    )
    assert checkout.run("test") == (0, "lane []\n", "")


def test_run_fetches_ffmpeg_where_there_is_none(with_pip):
    (with_pip.tools / "ffmpeg").unlink()

    assert with_pip.run()[::2] == (
        0,
        "Preparing .venv from requirements.lock ...\nThere is no ffmpeg here: fetching one for videos ...\n",
    )
    assert with_pip.run()[2] == "", "once"
    with_pip.have("ffmpeg")
    assert "fetching" not in with_pip.run()[2]


def test_run_serves_where_ffmpeg_cannot_be_fetched(with_pip):
    (with_pip.tools / "ffmpeg").unlink()
    with_pip.write("requirements-video.lock", "nothing-like-this==1 --hash=sha256:00\n")

    status, output, errors = with_pip.run()

    assert (status, output) == (0, f"['serve'] {with_pip.folder}\n")
    assert "videos are refused until it is installed" in errors


def test_run_installs_again_when_the_lock_changes(checkout):
    checkout.run()
    checkout.write("requirements.lock", "# something else\n")

    assert "Preparing" in checkout.run()[2]
    assert checkout.run()[2] == ""


def test_run_moved_elsewhere_finds_its_own_code(checkout, tmp_path):
    checkout.run()
    moved = tmp_path / "moved"
    checkout.folder.rename(moved)
    checkout.folder = checkout.cwd = moved

    assert checkout.run("x")[:2] == (0, f"['x'] {moved}\n")


def test_run_makes_a_broken_environment_anew(with_pip):
    with_pip.run()
    (with_pip.folder / ".venv/bin/python").unlink()
    (with_pip.folder / ".venv/bin/python").symlink_to(with_pip.folder / "gone")

    assert with_pip.run("x")[0] == 0
    assert with_pip.run("x") == (0, f"['x'] {with_pip.folder}\n", "")


@pytest.mark.parametrize("missing", [None, "flock"])
def test_starts_at_once_prepare_once(checkout, missing):
    if missing:
        (checkout.tools / missing).unlink()

    started = [checkout.start("x") for _ in range(4)]
    answers = [process.communicate(timeout=300) for process in started]

    assert [process.returncode for process in started] == [0] * 4
    assert "".join(errors for _, errors in answers).count("Preparing") == 1
    assert not (checkout.folder / ".venv.turn").exists()


def test_turn_of_a_dead_start_is_taken_over(checkout):
    (checkout.tools / "flock").unlink()
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    checkout.write(".venv.turn/pid", dead.stdout.decode())

    assert checkout.run("x")[0] == 0
    assert not (checkout.folder / ".venv.turn").exists()


def test_run_without_python_says_what_to_type(bare):
    status, output, errors = bare.run()

    assert (status, output) == (2, "")
    assert errors.splitlines()[1:] == [
        "Vitrine needs Python 3.11 or newer, or uv: on Debian or Ubuntu type 'apt-get install python3 python3-venv'."
    ]


def test_run_with_an_old_python_says_what_to_type(bare):
    bare.write("old", "#!/bin/sh\nexit 1\n")
    (bare.folder / "old").chmod(0o755)
    bare.have("python3", bare.folder / "old")

    assert bare.run()[0] == 2


def test_run_without_venv_says_what_to_type(bare):
    bare.write("python", f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"\n')
    (bare.folder / "python").chmod(0o755)
    bare.have("python3", bare.folder / "python")

    status, _, errors = bare.run()

    assert status == 2
    assert errors.splitlines()[1].endswith(
        "lacks venv: on Debian or Ubuntu type 'apt-get install python3-venv' and start again."
    )


def test_failed_installation_is_said_and_tried_again(with_pip):
    with_pip.write("requirements.lock", "./nothing.whl --hash=sha256:" + "0" * 64 + "\n")
    status, output, errors = with_pip.run()

    assert (status, output) == (2, "")
    assert errors.endswith("The packages of requirements.lock could not be installed; the reason stands above.\n")

    with_pip.write("requirements.lock", "# nothing\n")
    assert with_pip.run()[0] == 0


def test_run_takes_uv_where_it_is(checkout):
    assert checkout.run("x")[0] == 0

    venv = checkout.folder / ".venv"
    assert (checkout.folder / "uv.log").read_text().splitlines() == [
        "--version",
        f"venv --quiet --clear --python {checkout.tools}/python3 {venv}",
        f"pip install --quiet --python {venv}/bin/python --require-hashes -r {checkout.folder}/requirements.lock",
    ]


def test_shell_is_plain_posix():
    assert Path(PROJECT_ROOT / "run").read_text().startswith("#!/bin/sh\n")
    assert os.access(PROJECT_ROOT / "run", os.X_OK)
    assert os.access(PROJECT_ROOT / ".ci" / "run", os.X_OK)
