"""The command line as a process: help everywhere, and one sentence and status 2 for whatever is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from webapp.cli import COMMANDS

ROOT = Path(__file__).parents[2]
PLACES = {"backup": ("x.tar",), "restore": (str(ROOT / "pyproject.toml"),)}
"""The words that a command cannot do without."""


def few(names):
    """Leave all but the first two to the full lane: each costs the start of a program."""
    return [*names[:2], *(pytest.param(name, marks=pytest.mark.full) for name in names[2:])]


@pytest.fixture
def vitrine(tmp_path):
    """Run a command with these settings alone; gives status, output and errors."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}

    def run(*words, **variables):
        given = {"HOME": str(tmp_path / "home")} | variables
        settings = {f"VITRINE_{name}": value for name, value in given.items()}
        ran = subprocess.run(
            [sys.executable, "-m", "webapp", *words],
            cwd=ROOT,
            env=inherited | settings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return ran.returncode, ran.stdout, ran.stderr

    return run


def refused(answer):
    """See that a command said one sentence and ended with 2, and return the sentence."""
    status, out, err = answer
    assert (status, out) == (2, ""), err
    assert err.endswith("\n")
    assert err.count("\n") == 1, err
    assert err[:-1].endswith((".", "?", ")")), err
    return err[:-1]


@pytest.mark.parametrize("name", few(list(COMMANDS)))
def test_every_command_has_help_and_makes_nothing_for_it(vitrine, tmp_path, name):
    status, out, err = vitrine(name, "--help")

    assert (status, err) == (0, "")
    assert out.startswith(f"Usage: vitrine {name}")
    assert not (tmp_path / "home").exists()


def test_help_names_every_command(vitrine):
    for words in (("--help",), ("-h",)):
        status, out, _ = vitrine(*words)

        assert status == 0
        assert [line.split()[0] for line in out.partition("Commands:\n")[2].splitlines() if line[2] != " "] == list(
            COMMANDS
        )


def test_no_word_at_all_is_answered_with_help(vitrine):
    status, out, err = vitrine()

    assert status == 2
    assert "Usage: vitrine" in out + err


def test_the_version_is_the_projects(vitrine):
    assert vitrine("--version") == (0, "Vitrine 0.1.0\n", "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("bakcup",), "There is no command 'bakcup': did you mean backup?"),
        (("xyzzy",), "There is no command 'xyzzy': there are serve,"),
        (("backup",), "Missing argument 'FILE'."),
        (("backup", "a", "b"), "Got unexpected extra argument (b)"),
        (("backup", "/nowhere/at/all/x.tar"), "Nothing was written: No such file or directory."),
        (("backup", "/tmp"), "Invalid value for 'FILE': File '/tmp' is a directory."),
        (("restore", "/nowhere.tar"), "Invalid value for 'FILE': File '/nowhere.tar' does not exist."),
        (("check", "--deeep"), "No such option '--deeep'."),
        (("check", "--grace", "-1"), "Invalid value for '--grace': -1 is not in the range x>=0."),
        (("demo", "more"), "Got unexpected extra argument (more)"),
    ],
)
def test_wrong_words_are_refused(vitrine, words, said):
    assert refused(vitrine(*words)).startswith(said)


@pytest.mark.parametrize("name", few(("serve", "worker", "migrate", "demo", "backup", "restore", "check", "routes")))
def test_a_wrong_setting_is_refused_by_every_command(vitrine, name):
    said = refused(vitrine(name, *PLACES.get(name, ()), DATABASE_URL="mysql://u:pw@h/x"))

    assert said.startswith("VITRINE_DATABASE_URL is 'mysql://…@h/x', but it must be sqlite:///FILE")


@pytest.mark.full
@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("check", "s3://b/p?x=1", "VITRINE_STORAGE_URL cannot be used: The storage URL has an unknown option: x."),
        ("backup", "file:///proc/no", "The folder that VITRINE_STORAGE_URL names cannot be written to: "),
        ("restore", "file:///proc/no", "The folder that VITRINE_STORAGE_URL names cannot be written to: "),
    ],
)
def test_a_store_that_cannot_be_opened_is_said(vitrine, name, value, said):
    assert refused(vitrine(name, *PLACES.get(name, ()), STORAGE_URL=value)).startswith(said)


@pytest.mark.full
@pytest.mark.parametrize("name", ["migrate", "worker"])
def test_a_database_that_is_away_is_said(vitrine, name):
    said = refused(vitrine(name, DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing"))

    assert said.startswith("The database does not answer: connection failed: ")


def test_a_file_that_is_no_database_is_said(vitrine, tmp_path):
    (tmp_path / "vitrine.db").write_bytes(b"words and no tables " * 1000)

    said = refused(vitrine("check", DATABASE_URL=f"sqlite:///{tmp_path}/vitrine.db"))

    assert said == "The database does not answer: file is not a database."


def test_a_database_of_a_newer_version_is_left_alone(vitrine, sqlite_template, tmp_path):
    path = tmp_path / "vitrine.db"
    path.write_bytes(sqlite_template.read_bytes())
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()

    said = refused(vitrine("migrate", DATABASE_URL=f"sqlite:///{path}"))

    assert said == "The database is at revision 9999, of a newer version of Vitrine: install that one."
