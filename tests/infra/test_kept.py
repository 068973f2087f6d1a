"""What is kept until somebody writes: never older than the last commit, on both engines."""

import subprocess
import sys
import threading

import pytest
from sqlalchemy import func, select

from tests import factories
from tests.races import elsewhere
from webapp.config import PROJECT_ROOT
from webapp.domain.models import User
from webapp.domain.transaction import transaction
from webapp.infra import kept
from webapp.infra.db import db

ADMIT = """
import sys
import webapp.domain.models
from tests import factories
from tests.fixtures.databases import on
from webapp.domain.transaction import transaction

with on(sys.argv[1]).app_context(), transaction():
    factories.actor("Ed", "editor")
"""
"""A process of its own that writes."""
TRIES = 50
"""A server of PostgreSQL counts what is written to any of its databases, and other tests write to theirs."""


class Asker:
    """Asks how many people there are, and counts how often that was read."""

    def __init__(self):
        self.readings = 0

    def __call__(self, key="people"):
        found = kept.until_written(key, self.read)
        db.session.rollback()
        return found

    def read(self):
        self.readings += 1
        return db.session.scalar(select(func.count()).select_from(User))


def admit(name):
    with transaction():
        factories.actor(name, "editor")


@pytest.fixture
def ask(domain):
    return Asker()


def test_an_answer_is_read_once_while_nobody_writes(ask):
    admit("Ada")

    def once():
        before = ask.readings
        assert [ask(), ask(), ask()] == [1, 1, 1]
        return ask.readings <= before + 1

    assert any(once() for _ in range(TRIES))
    before = ask.readings
    ask("another")
    assert ask.readings == before + 1


def test_what_this_connection_writes_is_seen(ask):
    admit("Ada")
    assert ask() == 1

    admit("Ed")

    assert ask() == 2


def test_what_another_connection_writes_is_seen(ask, domain):
    admit("Ada")
    assert (ask(), ask()) == (1, 1)

    elsewhere(domain, lambda: admit("Ed"))

    assert (ask(), ask()) == (2, 2)


def test_what_another_process_writes_is_seen(ask, database_url):
    admit("Ada")
    assert ask() == 1

    subprocess.run([sys.executable, "-c", ADMIT, database_url], cwd=PROJECT_ROOT, check=True)

    assert ask() == 2


def test_what_was_taken_back_is_not_seen(ask):
    admit("Ada")
    assert ask() == 1

    with transaction():
        factories.actor("Ed", "editor")
        assert kept.until_written("people", ask.read) == 2, "one's own writing is read, and not kept"
        db.session.rollback()

    assert ask() == 1


def test_a_write_under_way_elsewhere_is_not_seen_before_it_is_done(ask, domain):
    admit("Ada")
    begun, go_on = threading.Event(), threading.Event()

    def slowly():
        with transaction():
            factories.actor("Ed", "editor")
            begun.set()
            go_on.wait(20)

    thread = threading.Thread(target=lambda: elsewhere(domain, slowly))
    thread.start()
    assert begun.wait(20)
    before = ask()
    go_on.set()
    thread.join()

    assert (before, ask()) == (1, 2)


def test_only_so_many_answers_are_kept(ask, monkeypatch):
    monkeypatch.setattr(kept.VALUES, "most", 3)
    admit("Ada")

    def last_is_kept():
        for key in "abcd":
            ask(key)
        before = ask.readings
        ask("d")
        return ask.readings == before

    assert any(last_is_kept() for _ in range(TRIES))
    before = ask.readings
    ask("a")
    assert ask.readings == before + 1
