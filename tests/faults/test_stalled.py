"""Clients that stall or leave: the others are served, and nothing of the bodies that were cut stays."""

import contextlib
import http.client
import socket

import pytest

from bench import live, stalled
from bench.client import Client, multipart, picture

CLIENTS = 50
CROWD = 100


pytestmark = pytest.mark.full


@pytest.fixture
def target(make_server):
    """A server with one web process, the hardest case, and a large file in it."""
    server = make_server(WORKERS="1")
    server.start()
    return stalled.prepare(server)


def total(client: Client) -> int:
    return client.send("GET", "/api/v1/media?page=1&per_page=1")[1]["pagination"]["total"]


def spooled(target):
    return [path.name for path in (target.server.home / "media" / "tmp").iterdir()]


def test_fifty_stalled_uploads_and_downloads_leave_all_others_served(target):
    with stalled.both(target, CLIENTS):
        _, failures = stalled.measure(target, 60)

        assert failures == 0
        assert target.client.upload(picture(64, 48), "beside.png")[0] == 201


def test_any_number_of_stalled_uploads_costs_only_other_uploads(target):
    with stalled.uploads(target, CROWD):
        _, failures = stalled.measure(target, 60)
        crowded = Client(target.server.port, target.client.key).upload(picture(8, 8), "one-too-many.png")

    assert failures == 0
    assert crowded[0] == 503
    assert "detail" in crowded[1]
    live.until(lambda: target.client.upload(picture(8, 8), "again.png")[0] == 201, 60, target.server.log)
    assert total(target.client) == 2


def test_downloads_that_are_left_give_their_places_back(target):
    for _ in range(3):
        with stalled.downloads(target, CROWD):
            pass

    def downloads():
        return target.client.exchange("GET", target.large, None, {})[0] == 200

    live.until(downloads, 60, target.server.log)
    assert [downloads() for _ in range(5)] == [True] * 5


def test_upload_that_is_cut_leaves_nothing(target):
    body, content_type = multipart(picture(200, 150), "cut.png")
    before = total(target.client)

    for part in range(1, 10):
        send_part(target, body, content_type, length=len(body) * part // 10)

    live.until(lambda: not spooled(target), 60, target.server.log)
    assert total(target.client) == before


def send_part(target, body, content_type, *, length):
    """Announce a whole body, send the beginning of it and leave."""
    connection = http.client.HTTPConnection("127.0.0.1", target.server.port, timeout=20)
    with contextlib.closing(connection):
        connection.putrequest("POST", "/api/v1/media/upload")
        for name, value in (
            ("Authorization", f"Bearer {target.client.key}"),
            ("Content-Type", content_type),
            ("Content-Length", str(len(body))),
        ):
            connection.putheader(name, value)
        connection.endheaders(body[:length])
        connection.sock.shutdown(socket.SHUT_RDWR)
