"""The supervised server: started once, watched, and gone as a whole."""

import contextlib
import http.client
import os
import re
import signal
import socket
import time

import pytest

from bench import live


def ask(server, path="/healthz"):
    """Ask on a connection of its own and return the status, None where the connection broke."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (ConnectionError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def pids(server, name):
    """List the living processes of one part; granian's workers are named like their parent."""
    return {pid for pid, called in server.family().items() if called == f"vitrine {name}"}


def parent_of(pid):
    """Return the parent of a process, None where it has gone since it was listed."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError), open(f"/proc/{pid}/stat") as stat:
        return int(stat.read().rpartition(")")[2].split()[1])
    return None


def granian(server):
    """Return granian's main process and its workers."""
    web = pids(server, "web")
    (main,) = {pid for pid in web if parent_of(pid) == server.process.pid}
    return main, web - {main}


def wait(server, true):
    live.until(true, 30, server.log)


def test_server_says_where_it_is_and_leaves_nothing_behind(server):
    assert ask(server) == 200
    wait(server, lambda: pids(server, "worker"))
    assert len(pids(server, "web")) == 3
    assert len(server.family()) == 5

    assert server.stop() == 0

    assert server.family() == {}
    said = server.log.read_text()
    assert f"Vitrine serves {server.url}\n" in said
    assert "Traceback" not in said
    assert ask(server) is None


def test_first_start_prints_the_link_that_makes_the_first_administrator(server):
    (link,) = re.findall(rf"^{server.url}(/set-up/\S+)$", server.log.read_text(), re.MULTILINE)

    assert ask(server, link) == 200
    assert ask(server, link + "x") != 200


@pytest.mark.full
def test_start_sweeps_what_a_kill_left_long_ago(server):
    server.kill()
    spool = server.home / "media" / "tmp"
    for name, age in (("upload-old", 7200), ("upload-new", 60)):
        (spool / name).write_bytes(b"half")
        os.utime(spool / name, (time.time() - age,) * 2)

    server.start()

    assert [path.name for path in spool.iterdir()] == ["upload-new"]


@pytest.mark.full
def test_server_stops_at_ctrl_c(server):
    os.killpg(server.process.pid, signal.SIGINT)

    assert server.process.wait(live.STOP_SECONDS) == 0
    wait(server, lambda: not server.family())
    assert "Traceback" not in server.log.read_text()


@pytest.mark.full
def test_server_that_is_stopped_while_it_starts_never_serves(make_server):
    server = make_server()
    lock = server.home / "serve.lock"

    server.launch()
    wait(server, lambda: lock.exists() and lock.read_text() == f"{server.process.pid}\n")

    assert server.stop() == 0
    assert "Vitrine serves" not in server.log.read_text()
    assert "Traceback" not in server.log.read_text()


@pytest.mark.full
def test_second_start_in_one_home_is_refused_naming_the_first(server):
    second = server.command("serve")

    assert second.returncode == 2
    assert second.stderr.count("\n") == 1
    assert f"Process {server.process.pid} already serves {server.home}" in second.stderr
    assert ask(server) == 200


@pytest.mark.full
def test_second_start_on_one_address_is_refused(server, make_server):
    other = make_server("other")
    other.port = server.port

    second = other.command("serve")

    assert second.returncode == 2
    assert second.stderr == (
        f"VITRINE_BIND is 127.0.0.1:{server.port}, but that address cannot be listened on: Address already in use.\n"
    )
    assert ask(server) == 200


@pytest.mark.full
def test_killed_supervisor_takes_everything_with_it(server):
    wait(server, lambda: len(server.family()) == 5)

    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()

    wait(server, lambda: not server.family())
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", server.port))


@pytest.mark.full
def test_start_right_after_a_kill_works(server):
    for _ in range(3):
        os.kill(server.process.pid, signal.SIGKILL)
        server.process.wait()
        server.start()

        assert ask(server) == 200
        wait(server, lambda: len(server.family()) == 5)


def test_killed_web_worker_comes_back_while_the_other_serves(server):
    wait(server, lambda: len(pids(server, "web")) == 3)
    _, (victim, other) = granian(server)

    os.kill(victim, signal.SIGKILL)
    answers = []
    wait(server, lambda: answers.append(ask(server)) or (200 in answers and len(granian(server)[1] - {victim}) == 2))

    assert 200 in answers
    assert set(answers) <= {200, None}
    assert other in granian(server)[1]
    assert [ask(server) for _ in range(10)] == [200] * 10


@pytest.mark.full
def test_killed_granian_comes_back_without_its_old_workers(server):
    wait(server, lambda: len(pids(server, "web")) == 3)
    main, old = granian(server)

    os.kill(main, signal.SIGKILL)

    wait(server, lambda: len(pids(server, "web")) == 3 and ask(server) == 200)
    assert granian(server)[0] != main
    assert not old & pids(server, "web")


@pytest.mark.full
def test_killed_job_worker_comes_back_and_nobody_notices(server):
    wait(server, lambda: pids(server, "worker"))
    (victim,) = pids(server, "worker")
    web = pids(server, "web")

    os.kill(victim, signal.SIGKILL)

    wait(server, lambda: pids(server, "worker") - {victim})
    assert web <= pids(server, "web"), "a worker that is being made may still be called as they are"
    assert ask(server) == 200


@pytest.mark.full
def test_server_without_its_database_refuses_in_a_sentence(make_server):
    server = make_server(DATABASE_URL="postgresql://nobody:hush@127.0.0.1:1/vitrine")

    done = server.command("serve")

    assert done.returncode == 2
    assert done.stderr.startswith("The database does not answer: ")
    assert done.stderr.count("\n") == 1
    assert "hush" not in done.stderr


@pytest.mark.parametrize("command", ["serve", "worker", "migrate"])
def test_bad_setting_refuses_every_command_in_a_sentence(make_server, command):
    done = make_server(BIND="nowhere").command(command)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("VITRINE_BIND is 'nowhere', but it must be HOST:PORT")
    assert done.stderr.count("\n") == 1


def test_no_database_is_open_across_a_fork(server):
    kept = [os.readlink(entry.path) for entry in os.scandir(f"/proc/{server.process.pid}/fd")]

    assert any(name.endswith("serve.lock") for name in kept)
    assert not [name for name in kept if ".db" in name]
