"""The commands about accounts and keys, and the list of routes, as a shell sees them."""

import io

import pytest

from tests.fixtures.app import PASSWORD, on_sqlite
from webapp import cli
from webapp.domain import accounts, keys
from webapp.domain.models import AuditEntry
from webapp.domain.permissions import ROLES
from webapp.infra.db import db


@pytest.fixture
def shell(app, environ, monkeypatch, capsys):
    """Run a command; gives status, output and errors."""
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    for module in ("opened", "routes"):
        monkeypatch.setattr(f"webapp.cli.{module}.create_app", lambda _settings=None: app)

    def run(*words, stdin=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        status = cli.main(words)
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def house(shell, inside):
    """The app, in which what a command did can be seen."""
    return inside


def add(shell, email="ada@example.org", role="admin", *more):
    return shell("user", "add", email, "--role", role, *more, "--password-stdin", stdin=f"{PASSWORD}\n")


def test_user_add_makes_an_account_that_can_sign_in(shell, house):
    assert add(shell, "Ada@Example.org", "admin", "--name", "Ada Lovelace") == (
        0,
        "ada@example.org can sign in as admin.\n",
        "",
    )
    verified = accounts.authenticate("ada@example.org", PASSWORD, address=None)
    assert accounts.get(verified.id).name == "Ada Lovelace"
    assert db.session.query(AuditEntry.door, AuditEntry.user_id).all() == [("cli", None)]


def test_user_add_names_somebody_by_the_address(shell, house):
    add(shell)
    assert accounts.find_by_email("ada@example.org").name == "ada"


def test_user_add_gives_a_translator_languages(shell, house):
    add(shell, "t@example.org", "translator", "--language", "en")
    assert shell("user", "list")[1] == "t@example.org\ttranslator\ten\tactive\n"


@on_sqlite
@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        (
            ["nobody", "--role", "admin", "--password-stdin"],
            PASSWORD,
            "Write an email address, such as ada@example.org.",
        ),
        (["a@b.c", "--role", "admin", "--password-stdin"], "short", "Use 10 to 200 characters"),
        (["a@b.c", "--role", "admin", "--password-stdin"], "", "Use 10 to 200 characters"),
        (["a@b.c", "--role", "owner", "--password-stdin"], PASSWORD, "'owner' is not one of"),
        (["a@b.c", "--role", "translator", "--password-stdin"], PASSWORD, "Choose the languages"),
        (["a@b.c", "--role", "admin"], PASSWORD, "add --password-stdin"),
        (["a@b.c"], PASSWORD, "Missing option '--role'"),
    ],
)
def test_user_add_says_what_is_wrong_in_one_line(shell, house, words, stdin, said):
    status, out, err = shell("user", "add", *words, stdin=stdin)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err
    assert not accounts.exist()


def test_user_add_refuses_an_address_twice(shell, house):
    add(shell)
    status, _, err = add(shell)
    assert (status, err) == (2, "Somebody with this email address has an account already.\n")


def test_user_list_shows_role_and_state(shell, house):
    add(shell)
    add(shell, "ed@example.org", "editor")
    shell("user", "deactivate", "ED@example.org")
    assert shell("user", "list")[1].splitlines() == [
        "ada@example.org\tadmin\t-\tactive",
        "ed@example.org\teditor\t-\tdeactivated",
    ]


def test_user_set_role_and_deactivate_keep_an_administrator(shell, house):
    add(shell)
    for words in (["set-role", "ada@example.org", "viewer"], ["deactivate", "ada@example.org"]):
        status, _, err = shell("user", *words)
        assert (status, err) == (2, "This is the last administrator. Make somebody else one first.\n")
    add(shell, "ed@example.org", "admin")
    assert shell("user", "set-role", "ada@example.org", "viewer") == (0, "ada@example.org is viewer now.\n", "")


@on_sqlite
@pytest.mark.parametrize("words", [["deactivate"], ["reset-link"], ["set-role"]])
def test_who_is_not_there_is_said(shell, house, words):
    status, _, err = shell("user", *words, "nobody@example.org", *(["viewer"] if words == ["set-role"] else []))
    assert status == 2
    assert err.startswith("Nobody has an account with nobody@example.org")


def test_user_reset_link_prints_a_link_that_works(shell, house):
    add(shell)
    status, out, _ = shell("user", "reset-link", "ada@example.org")
    assert status == 0
    assert out.startswith("http://localhost/reset/")
    assert accounts.check_reset(out.strip().rpartition("/")[2]).email == "ada@example.org"


def test_key_add_prints_the_key_alone(shell, house):
    add(shell, "ed@example.org", "editor")
    status, out, err = shell("key", "add", "--user", "ed@example.org", "--name", "Site")
    assert (status, err, out.count("\n")) == (0, "", 1)
    assert keys.recognise(out.strip()).permissions == ROLES["editor"]


def test_key_add_narrows_by_scope(shell, house):
    add(shell, "ed@example.org", "editor")
    words = ["--user", "ed@example.org", "--name", "Site", "--scope", "media:read", "--scope", "galleries:read"]
    _, out, _ = shell("key", "add", *words)
    assert keys.recognise(out.strip()).permissions == {"media:read", "galleries:read"}


@on_sqlite
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--user", "nobody@example.org", "--name", "x"], "Nobody has an account"),
        (["--user", "ed@example.org", "--name", ""], "Name the key"),
        (["--user", "ed@example.org", "--name", "x", "--scope", "users:read"], "has no right to users:read"),
        (["--user", "ed@example.org", "--name", "x", "--scope", "nonsense"], "is not one of"),
        (["--name", "x"], "Missing option '--user'"),
    ],
)
def test_key_add_says_what_is_wrong_in_one_line(shell, house, words, said):
    add(shell, "ed@example.org", "editor")
    status, out, err = shell("key", "add", *words)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert said in err


@on_sqlite
def test_routes_lists_every_route_with_its_door_and_permission(shell, house):
    status, out, _ = shell("routes")
    rows = [tuple(line.split("\t")) for line in out.splitlines()]
    assert status == 0
    assert ("POST", "/login", "dashboard", "public") in rows
    assert ("GET", "/users/", "dashboard", "users:read") in rows
    assert ("POST", "/logout", "dashboard", "signed-in") in rows
    assert len(rows) == len(list(house.url_map.iter_rules()))


@on_sqlite
def test_key_list_tells_keys_apart_and_key_revoke_ends_one(shell, house):
    add(shell, "ed@example.org", "editor")
    wholes = {name: shell("key", "add", "--user", "ed@example.org", "--name", name)[1].strip() for name in ("A", "B")}
    handles = {name: whole.partition(".")[0] for name, whole in wholes.items()}

    status, out, err = shell("key", "list")
    assert (status, err) == (0, "")
    assert set(out.splitlines()) == {f"{handles[name]}\ted@example.org\t{name}\tactive\t-" for name in "AB"}
    assert all(whole.partition(".")[2] not in out for whole in wholes.values())

    assert shell("key", "revoke", handles["A"]) == (0, "A opens nothing any more.\n", "")
    assert (keys.recognise(wholes["A"]), keys.recognise(wholes["B"]) is None) == (None, False)
    assert f"{handles['A']}\ted@example.org\tA\trevoked\t-" in shell("key", "list")[1].splitlines()
    assert db.session.scalars(db.select(AuditEntry.door).where(AuditEntry.verb == "revoke")).all() == ["cli"]


@on_sqlite
@pytest.mark.parametrize("named", ["vk_", "vk_000000000000000000", "x"])
def test_key_revoke_names_what_is_not_there(shell, house, named):
    status, out, err = shell("key", "revoke", named)

    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "There is no such key: `vitrine key list` shows which there are." in err


@pytest.mark.parametrize("words", [["user"], ["key"], ["user", "add"], ["routes"]])
def test_help_is_everywhere(shell, words):
    status, out, _ = shell(*words, "--help")
    assert status == 0
    assert out.startswith("Usage: vitrine")
