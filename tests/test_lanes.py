"""The test command itself: what it runs, what it leaves out, and that nothing passes by being skipped."""

import os
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import lane

INNER = """
import pytest

def test_short(): assert True

@pytest.mark.full
def test_long(): assert True
"""

DOOR = """
import pytest

@pytest.mark.parametrize("engine", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_engine(engine): assert True

@pytest.mark.both_engines
@pytest.mark.postgres
def test_race(): assert True
"""


@pytest.fixture
def run_inner(tmp_path):
    """Run pytest in a folder of its own with the lanes' plugin."""

    def run(text, *words, folder=".", named=False):
        inner = tmp_path / folder / "test_inner.py"
        inner.parent.mkdir(parents=True, exist_ok=True)
        inner.write_text(text)
        command = [sys.executable, "-m", "pytest", "-p", "tests.fixtures.lanes", "-c", "/dev/null"]
        command += [
            "-p",
            "no:cacheprovider",
            "-o",
            "markers=full\npostgres\nredis\nboth_engines\nmain_walk\nat_the_disk",
            f"--rootdir={tmp_path}",
            str(inner if named else tmp_path),
            *words,
        ]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=lane.ROOT)

    return run


def test_plain_lane_leaves_the_long_tests_out(run_inner):
    done = run_inner(INNER)

    assert done.returncode == 0
    assert "1 passed, 1 deselected" in done.stdout


def test_full_lane_runs_the_long_tests(run_inner):
    assert "2 passed" in run_inner(INNER, "--full").stdout


@pytest.mark.full
def test_long_tests_run_when_their_mark_is_asked_for(run_inner):
    assert "1 passed, 1 deselected" in run_inner(INNER, "-m", "full").stdout


@pytest.mark.full
@pytest.mark.parametrize("folder", ["tests/domain", "tests/web", "tests/api/cms"])
def test_plain_lane_leaves_twins_on_postgresql_out_but_for_what_an_engine_might_change(run_inner, folder):
    assert "2 passed, 1 deselected" in run_inner(DOOR, folder=folder).stdout
    assert "2 passed, 1 deselected" in run_inner(DOOR, "-m", "postgres", folder=folder).stdout
    assert "3 passed" in run_inner(DOOR, "--full", folder=folder).stdout


@pytest.mark.full
def test_plain_lane_leaves_browsers_out_but_for_the_main_walks_and_what_is_named(run_inner):
    walks = INNER.replace("mark.full", "mark.main_walk") + "\n@pytest.mark.full\ndef test_longer(): assert True\n"

    assert "1 passed, 2 deselected" in run_inner(walks, folder="tests/browser").stdout
    assert "2 passed, 1 deselected" in run_inner(walks, folder="tests/browser", named=True).stdout
    assert "3 passed" in run_inner(walks, "--full", folder="tests/browser").stdout


FILES = """
import pytest

@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request): return request.param

def test_upload(database_url): assert True

@pytest.mark.full
def test_long(database_url): assert True

@pytest.mark.at_the_disk
def test_folder(database_url): assert True

def test_nothing_kept(): assert True
"""


@pytest.mark.full
def test_what_is_about_files_runs_once_more_elsewhere(run_inner):
    inner = "tests/web/files"

    assert "2 passed, 5 deselected" in run_inner(FILES, "--elsewhere", folder=inner).stdout
    assert "2 passed, 5 deselected" in run_inner(FILES, "--elsewhere", folder="tests/infra").stdout, "and no others"


def test_full_lane_ends_with_files_elsewhere_and_plain_lane_does_not(monkeypatch):
    runs = quiet(monkeypatch, statuses={})

    assert lane.main([]) == lane.main(["--full"]) == 0

    assert [words[-1] for words in runs] == ["15", "--full", "--elsewhere"]
    assert all("--cache-clear" in words for words in runs)


@pytest.mark.parametrize("status", [1, 2, -9])
@pytest.mark.parametrize("failing", ["--full", "--elsewhere"])
def test_full_lane_fails_when_either_run_does(monkeypatch, failing, status):
    again = []
    runs = quiet(monkeypatch, statuses={failing: status})
    monkeypatch.setattr(lane, "once_more", lambda words: again.append(words[-1]) or 1)

    assert lane.main(["--full"]) == status

    assert [words[-1] for words in runs] == ["--full", "--elsewhere"]
    assert again == ([failing] if status == 1 else []), "the few that failed are tried once more, as they were run"


def quiet(monkeypatch, *, statuses):
    """Have nothing run; return a list of what pytest is asked for, which ends as `statuses` say by its last word."""
    runs = []
    monkeypatch.setattr(lane, "provide", lambda: None)
    monkeypatch.setattr(lane, "compiled", nullcontext)
    monkeypatch.setattr(lane, "passes", lambda *_words: True)
    monkeypatch.setattr(lane, "pytest", lambda words: runs.append(words) or statuses.get(words[-1], 0))
    return runs


@pytest.mark.full
def test_plain_lane_runs_the_tools_on_both_engines(run_inner):
    assert "3 passed" in run_inner(DOOR, folder="tests/infra").stdout


@pytest.mark.full
@pytest.mark.parametrize(
    "text",
    [
        "import pytest\ndef test_a(): pytest.skip('no reason')",
        "import pytest\n@pytest.mark.xfail\ndef test_a(): assert False",
        "import pytest\npytest.skip('all of it', allow_module_level=True)",
    ],
)
@pytest.mark.parametrize("words", [(), ("-n", "2")])
def test_skipped_test_fails_the_run(run_inner, text, words):
    done = run_inner("def test_good(): assert True\n" + text, *words)

    assert done.returncode != 0
    assert "skipped, which fails the run" in done.stdout


def test_missing_program_is_named_with_the_command_to_type(monkeypatch, capsys):
    monkeypatch.setitem(lane.NEEDS, "chromium", lambda: False)
    monkeypatch.setattr(lane.os, "geteuid", lambda: 1000)

    with pytest.raises(SystemExit) as left:
        lane.provide()

    assert left.value.code == 2
    sentence = capsys.readouterr().err
    assert sentence.count("\n") == 1
    assert "The tests need chromium" in sentence
    assert "apt-get install -y --no-install-recommends chromium'" in sentence


def test_missing_program_is_installed_where_it_can_be(monkeypatch):
    installed = []
    monkeypatch.setitem(lane.NEEDS, "chromium", lambda: "chromium" in installed)
    monkeypatch.setattr(lane.os, "geteuid", lambda: 0)
    monkeypatch.setattr(lane.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(lane, "install", installed.extend)

    lane.provide()

    assert installed == ["chromium"]


@pytest.mark.parametrize(
    ("arguments", "ran"),
    [([], True), (["--full"], True), (["tests/domain"], False), (["tests/domain", "--full"], False)],
)
def test_checks_run_before_a_lane_and_not_before_named_tests(monkeypatch, arguments, ran):
    calls = []
    monkeypatch.setattr(lane, "provide", lambda: None)
    monkeypatch.setattr(lane, "compiled", nullcontext)
    monkeypatch.setattr(lane, "passes", lambda name, _words: calls.append(name) or True)
    monkeypatch.setattr(lane, "pytest", lambda words: calls.append(words[-len(arguments) :]) or 0)

    assert lane.main(arguments) == 0

    assert (calls[:3] == ["ruff", "mypy", "import-linter"]) is ran
    assert not arguments or arguments in calls


def test_lane_fails_when_a_check_does(monkeypatch, capsys):
    monkeypatch.setattr(lane, "provide", lambda: None)
    monkeypatch.setattr(lane, "compiled", nullcontext)
    monkeypatch.setattr(lane, "passes", lambda name, _words: name != "mypy")
    monkeypatch.setattr(lane, "pytest", lambda _words: 0)

    assert lane.main([]) == 1
    assert "mypy found faults" in capsys.readouterr().err


def test_lane_says_how_it_is_used(capsys):
    assert lane.main(["--help"]) == 0
    assert "./run test --full" in capsys.readouterr().out


@pytest.mark.parametrize(("room", "used"), [(lane.ROOM, True), (lane.ROOM - 1, False)])
def test_files_are_kept_in_memory_where_there_is_room(tmp_path, monkeypatch, room, used):
    monkeypatch.setattr(lane, "MEMORY", tmp_path)
    monkeypatch.setattr(lane.shutil, "disk_usage", lambda _: SimpleNamespace(free=room))

    with lane.files() as words:
        assert [word.startswith(f"--basetemp={tmp_path}/") for word in words] == [True] * used

    assert list(tmp_path.iterdir()) == []


def test_modules_are_compiled_once_where_they_may_not_be_kept_beside_their_sources(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    before = dict(os.environ)

    with lane.compiling():
        prefix = os.environ["PYTHONPYCACHEPREFIX"]
        subprocess.run([sys.executable, "-c", "import bench.goals"], cwd=lane.ROOT, check=True)
        written = [path.name for path in Path(prefix).rglob("goals.*.pyc")]

    assert len(written) == 1
    assert not Path(prefix).exists()
    assert dict(os.environ) == before


def test_modules_are_compiled_as_usual_where_nothing_is_said(monkeypatch):
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    before = dict(os.environ)

    with lane.compiling():
        assert dict(os.environ) == before


@pytest.mark.full
def test_tests_are_compiled_while_the_checks_run(folder, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")

    with lane.compiling():
        with lane.compiled():
            pass
        assert [path.name for path in Path(os.environ["PYTHONPYCACHEPREFIX"]).rglob("test_inner.*.pyc")] != []


UNSTEADY = """
from pathlib import Path

HERE = Path(__file__).parent

def test_steady(): assert True

def test_unsteady():
    known = (HERE / "known").exists()
    (HERE / "known").touch()
    assert known

def test_broken(): assert not (HERE / "broken").exists()
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with tests of its own, one of which passes only at its second run."""
    (tmp_path / "test_inner.py").write_text(UNSTEADY)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(lane, "FAILED", tmp_path / ".pytest_cache" / "v" / "cache" / "lastfailed")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    return tmp_path


@pytest.mark.full
def test_a_test_that_fails_under_load_is_tried_alone_and_named(folder, capfd):
    assert lane.pytest(["--cache-clear"]) == 1

    assert lane.once_more([]) == 0

    said = capfd.readouterr().out
    assert "UNSTEADY" in said
    assert said.rstrip().endswith("test_inner.py::test_unsteady")


@pytest.mark.full
def test_a_test_that_fails_alone_as_well_fails_the_lane(folder):
    (folder / "broken").touch()
    assert lane.pytest(["--cache-clear"]) == 1

    assert lane.once_more([]) == 1


@pytest.mark.full
def test_many_failures_are_no_accident_and_not_tried_again(folder, monkeypatch, capfd):
    monkeypatch.setattr(lane, "FEW", 0)
    assert lane.pytest(["--cache-clear"]) == 1
    capfd.readouterr()

    assert lane.once_more([]) == 1
    assert capfd.readouterr().out == ""
