"""What is kept until somebody writes: never older than the last commit, on both engines."""

import subprocess
import sys
import threading
from uuid import uuid4

import pytest
from sqlalchemy import bindparam, delete, func, insert, select, text, update

from tests import factories
from tests.races import elsewhere
from webapp.config import PROJECT_ROOT
from webapp.domain.models import Role, Tag, User
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


# ---- what is made of a few rows ----

NAMES = select(Role.name).order_by(Role.name)


class Namer(Asker):
    """Asks what roles there are, and counts how often something was made of that."""

    def __call__(self):
        found = self.within()
        db.session.rollback()
        return found

    def within(self):
        return kept.while_same("roles", NAMES, {}, self.read)

    def read(self):
        self.readings += 1
        return tuple(db.session.scalars(NAMES))


@pytest.fixture
def roles(domain):
    asker = Namer()
    asker()
    return asker


def add(name):
    with transaction():
        db.session.add(Role(name=name))


def by_statement(name):
    with transaction():
        db.session.execute(insert(Role), [{"name": name}])


def by_words(name):
    with transaction():
        db.session.execute(text(f"INSERT INTO roles (id, name) VALUES ('{uuid4().hex}', '{name}')"))


def by_the_driver(name):
    with transaction():
        words = f"INSERT INTO roles (id, name) VALUES ('{uuid4().hex}', '{name}')"
        db.session.connection().exec_driver_sql(words)


@pytest.mark.parametrize("write", [add, by_statement, by_words, by_the_driver])
def test_rows_are_seen_however_they_were_written(roles, write):
    add("zeroth")
    before = roles()

    write("zzz")

    assert roles() == (*before, "zzz")


def test_rows_that_others_write_are_seen(roles, domain):
    before = roles()

    elsewhere(domain, lambda: add("zzz"))

    assert roles() == (*before, "zzz")


@pytest.mark.parametrize("write", [lambda _, do: do(), elsewhere], ids=["here", "elsewhere"])
def test_what_is_written_elsewhere_leaves_it(roles, domain, write):
    before = roles.readings
    for number in range(3):
        write(domain, lambda number=number: add_tag(number))
        roles()

    is_sqlite = db.engine.dialect.name == "sqlite"
    assert (roles.readings == before) is is_sqlite, "PostgreSQL tells only that somebody wrote"


def add_tag(number):
    with transaction():
        db.session.add(Tag(name=f"tag {number}", key=f"tag {number}"))


def test_what_was_taken_back_leaves_it_as_it_was(roles):
    before = roles()
    for number in (1, 2):
        with transaction():
            db.session.add(Role(name="zzz"))
            assert roles.within() == (*before, "zzz"), f"try {number}: it sees what is not committed"
            db.session.rollback()

        assert roles() == before


def test_a_changed_and_a_deleted_row_are_seen(roles):
    add("first")
    assert "first" in roles()

    with transaction():
        db.session.execute(update(Role).where(Role.name == "first").values(name="second"))
    assert {"first", "second"} & set(roles()) == {"second"}

    with transaction():
        db.session.execute(delete(Role).where(Role.name == "second"))
    assert "second" not in roles()


@pytest.mark.parametrize("name", ["zzz", "nobody"])
def test_what_is_asked_for_by_name_is_found_by_name(roles, name):
    statement = select(Role.name).where(Role.name == bindparam("name"))

    def ask(wanted):
        return kept.while_same(
            wanted, statement, {"name": wanted}, lambda: db.session.scalar(statement, {"name": wanted})
        )

    add("zzz")
    assert [ask(name), ask(name)] == ["zzz" if name == "zzz" else None] * 2
