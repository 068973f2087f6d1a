"""`demo`, `check`, `backup` and `restore` as processes, beside a server that serves."""

import os
import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.uploads import files_in
from webapp.infra import locks

ROOT = Path(__file__).parents[2]
KEY = "a key of this test's own, long enough"


@pytest.fixture
def vitrine(tmp_path):
    """Run a command on a home; gives status, output and errors."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}

    def run(*words, home="home", **variables):
        settings = {f"VITRINE_{name}": value for name, value in variables.items()}
        ran = subprocess.run(
            [sys.executable, "-m", "webapp", *map(str, words)],
            cwd=ROOT,
            env=inherited | {"VITRINE_HOME": str(tmp_path / home)} | settings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        return ran.returncode, ran.stdout, ran.stderr

    return run


def ask(home, sql):
    engine = create_engine(f"sqlite:///{home}/vitrine.db")
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]
    finally:
        engine.dispose()


def dump(home):
    """Return every row of every table."""
    tables = [name for (name,) in ask(home, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: sorted(map(repr, ask(home, f"SELECT * FROM {name}"))) for name in tables}


@pytest.mark.full
def test_an_installation_is_filled_checked_backed_up_and_restored_beside_its_server(server, vitrine, tmp_path):
    """The samples come in, the worker makes their renditions or not, and the copy elsewhere is served."""
    here, archive = tmp_path / "home", tmp_path / "vitrine.tar"
    assert server.home == here

    assert vitrine("demo", "--no-renditions") == (0, "Loaded 5 sample galleries.\n", "")
    assert vitrine("demo") == (0, "Loaded 0 sample galleries.\n", "")
    assert ask(here, "SELECT count(*) FROM renditions WHERE state <> 'ready'") == [(0,)]
    assert vitrine("check", "--deep") == (0, "Rows and files agree.\n", "")

    status, out, err = vitrine("backup", archive)
    assert (status, err) == (0, "")
    assert out.endswith(" bytes, checksums written.\n")
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    assert vitrine("backup", archive) == (2, "", f"{archive} is there already: name a new file.\n")
    status, _, err = vitrine("restore", archive)
    assert (status, err) == (2, f"Process {server.process.pid} serves {here}: stop it first.\n")
    assert server.stop() == 0

    status, out, err = vitrine("restore", archive, home="there")
    assert (status, err) == (0, "")
    assert out.endswith("are back, checksums verified.\n")
    there = tmp_path / "there"
    assert (there / "secret_key").read_bytes() == (here / "secret_key").read_bytes()
    assert stat.S_IMODE((there / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in there.glob("secret_key*")] == ["secret_key"]
    assert dump(there) == dump(here)
    assert files_in(there / "media") == files_in(here / "media")
    assert vitrine("check", "--deep", "--grace", "0", home="there") == (0, "Rows and files agree.\n", "")


@pytest.mark.full
def test_a_restored_installation_serves(make_server, vitrine, tmp_path):
    first = make_server("first")
    first.start()
    archive = tmp_path / "vitrine.tar"
    assert (
        first.command("user", "add", "ada@example.org", "--role", "admin", "--password-stdin", stdin="x" * 12).stderr
        == ""
    )
    assert first.command("backup", str(archive)).returncode == 0
    first.stop()
    second = make_server("second")

    assert second.command("restore", str(archive)).stderr == ""
    second.start()

    with urllib.request.urlopen(f"{second.url}/readyz", timeout=30) as answer:
        assert (answer.status, answer.read()) == (200, b'{"status":"ok"}\n')
    assert "Nobody has an account yet" not in second.log.read_text()


@pytest.mark.full
def test_a_key_of_the_environment_is_backed_up_and_restored_into_the_home(vitrine, tmp_path):
    archive = tmp_path / "vitrine.tar"
    assert vitrine("migrate", SECRET_KEY=KEY)[0] == 0
    assert not (tmp_path / "home" / "secret_key").exists()
    assert vitrine("backup", archive, SECRET_KEY=KEY)[0] == 0

    assert vitrine("restore", archive, home="there", SECRET_KEY=KEY)[::2] == (0, "")
    assert (tmp_path / "there" / "secret_key").read_text() == f"{KEY}\n"
    status, _, err = vitrine(
        "restore", archive, home="elsewhere", SECRET_KEY="another key that is long enough to be one"
    )
    assert status == 0
    assert err == (
        "The environment names another secret key than the backup's: unset VITRINE_SECRET_KEY and"
        f" VITRINE_SECRET_KEY_FILE, so that the one in {tmp_path}/elsewhere is used.\n"
    )
    assert (tmp_path / "elsewhere" / "secret_key").read_text() == f"{KEY}\n"
    status, out, err = vitrine("restore", archive, home="nowhere", SECRET_KEY="short")
    assert (status, out) == (2, "")
    assert err.startswith("VITRINE_SECRET_KEY holds a secret key of 5 characters")
    assert not (tmp_path / "nowhere" / "vitrine.db").exists()


@pytest.mark.full
def test_a_key_that_an_empty_home_has_made_is_no_obstacle(vitrine, tmp_path):
    """Any command makes one; what is restored is the backup's, and the other is kept."""
    archive = tmp_path / "vitrine.tar"
    assert vitrine("migrate")[0] == 0
    assert vitrine("backup", archive)[0] == 0
    there = tmp_path / "there"
    assert vitrine("backup", tmp_path / "nothing.tar", home="there")[::2] == (
        2,
        f"There is no database yet at {there}/vitrine.db.\n",
    )
    made = (there / "secret_key").read_text()

    assert vitrine("restore", archive, home="there")[::2] == (0, "")

    assert (there / "secret_key").read_text() == (tmp_path / "home" / "secret_key").read_text()
    assert (there / "secret_key.old-1").read_text() == made
    assert sorted(files_in(there)) == ["secret_key", "secret_key.old-1", "serve.lock", "vitrine.db"]


@pytest.mark.full
def test_a_home_that_is_being_served_is_not_restored_into(vitrine, tmp_path):
    archive = tmp_path / "vitrine.tar"
    vitrine("migrate")
    vitrine("backup", archive)
    there = tmp_path / "there"
    there.mkdir()

    with locks.hold(there / "serve.lock"):
        answer = vitrine("restore", archive, home="there")

    assert answer == (2, "", f"Process {os.getpid()} serves {there}: stop it first.\n")
    assert files_in(there) == ["serve.lock"]


@pytest.mark.full
def test_check_says_what_it_found_and_repairs_what_it_may(vitrine, tmp_path):
    assert vitrine("check") == (0, "Rows and files agree.\n", "")
    left = tmp_path / "home" / "media" / "renditions" / ("ab" * 32) / "w320.jpg"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"left over")
    said = f"leftover: renditions/{'ab' * 32}/w320.jpg"

    assert vitrine("check") == (0, "Rows and files agree.\n", "")
    assert vitrine("check", "--grace", "0") == (1, f"{said}\n1 finding.\n", "")
    assert vitrine("check", "--grace", "0", "--repair") == (0, f"{said} (repaired)\nRows and files agree.\n", "")
    assert not left.exists()


def test_a_backup_without_a_database_leaves_no_file(vitrine, tmp_path):
    status, out, err = vitrine("backup", tmp_path / "vitrine.tar")

    assert (status, out, err) == (2, "", f"There is no database yet at {tmp_path}/home/vitrine.db.\n")
    assert files_in(tmp_path / "home") == ["secret_key"]
    assert not list(tmp_path.glob("*.tar*"))


def test_a_foreign_file_is_refused_in_one_sentence(vitrine, tmp_path):
    foreign = tmp_path / "foreign.tar"
    foreign.write_bytes(b"no backup at all")

    status, out, err = vitrine("restore", foreign)

    assert (status, out) == (2, "")
    assert err == f"{foreign} is no backup, or only a part of one: nothing was restored.\n"
    assert files_in(tmp_path / "home") == ["serve.lock"]
