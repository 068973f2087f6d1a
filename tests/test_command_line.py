"""The command line itself: help everywhere, and errors of one sentence with exit status 2."""

import subprocess
import sys

import pytest

import webapp.cli
from webapp.cli import COMMANDS, main
from webapp.cli.measuring import BENCHES, FAULTS
from webapp.config import PROJECT_ROOT
from webapp.domain.errors import Conflict

EVERY = [[name] for name in COMMANDS]
EVERY += [["bench", name] for name in BENCHES] + [["faults", name] for name in FAULTS]


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_every_command_explains_itself(capsys, words):
    assert main([*words, "--help"]) == 0

    said = capsys.readouterr()
    assert said.out.startswith(f"Usage: vitrine {' '.join(words)}")
    assert said.err == ""


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_lists_every_command(capsys, word):
    assert main([word]) == 0

    said = capsys.readouterr().out
    assert all(f"\n  {name} " in said for name in COMMANDS)


def test_nothing_asked_for_is_answered_with_the_list(capsys):
    assert main([]) == 2
    assert "Commands:" in capsys.readouterr().out


def test_version_is_told(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("Vitrine 0.")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["sevre"], "There is no command 'sevre': did you mean serve?"),
        (["bench", "stall"], "There is no command 'stall': did you mean stalled?"),
        (["serve", "--fast"], "No such option '--fast'."),
        (["faults", "kill", "--kills", "many"], "Invalid value for '--kills': 'many' is not a valid integer."),
    ],
)
def test_wrong_words_are_refused_in_a_sentence(capsys, words, sentence):
    assert main(words) == 2

    said = capsys.readouterr()
    assert (said.out, said.err) == ("", sentence + "\n")


def test_unknown_command_far_from_all_is_answered_with_all(capsys):
    assert main(["zzz"]) == 2
    assert capsys.readouterr().err == f"There is no command 'zzz': there are {', '.join(COMMANDS)}.\n"


def test_bad_setting_is_refused_in_a_sentence(capsys, monkeypatch):
    monkeypatch.setenv("VITRINE_WORKERS", "none")

    assert main(["migrate"]) == 2
    assert capsys.readouterr().err == "VITRINE_WORKERS is 'none', but it must be a whole number from 1 to 64.\n"


def test_refusal_of_the_domain_is_one_line(capsys, monkeypatch):
    def refuse(**_options):
        raise Conflict("This slug is taken.\nTake another.")

    monkeypatch.setattr(webapp.cli.vitrine, "main", refuse)

    assert main([]) == 2
    assert capsys.readouterr().err == "This slug is taken. Take another.\n"


def test_interrupt_is_no_error_message(capsys, monkeypatch):
    def interrupt(**_options):
        raise webapp.cli.click.Abort

    monkeypatch.setattr(webapp.cli.vitrine, "main", interrupt)

    assert main([]) == 130
    assert capsys.readouterr().err == ""


def test_measurements_are_missed_politely_where_only_the_package_is(capsys, monkeypatch, tmp_path):
    monkeypatch.setattr("webapp.cli.measuring.PROJECT_ROOT", tmp_path)

    assert main(["bench", "stalled"]) == 2
    assert "come with the source" in capsys.readouterr().err


def test_help_loads_no_application():
    loaded = "import sys; from webapp.cli import main; main(['--help']); print('sqlalchemy' in sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True, cwd=PROJECT_ROOT
    )

    assert done.stdout.endswith("False\n")
