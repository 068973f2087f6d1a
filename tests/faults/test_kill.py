"""Nothing that was answered is lost when the whole server is killed, and the search for losses finds them."""

import json
import random

import pytest

from bench import kill
from bench.client import Client, Unanswered, Unreadable, admit, picture
from bench.writers import Creations, OneState, Uploads, pixels

KILLS = 10


@pytest.mark.kill
def test_ten_kills_lose_nothing(server):
    outcome = kill.storm(server, kills=KILLS, seed=20261121)

    assert outcome.faults == {}
    assert outcome.kills == KILLS
    assert min(outcome.acknowledged.values()) > 0
    assert sum(outcome.unanswered.values()) > 0


@pytest.mark.kill
@pytest.mark.full
@pytest.mark.postgres
def test_ten_kills_lose_nothing_on_postgres(make_server, postgres_url):
    server = make_server(DATABASE_URL=postgres_url)
    server.start()

    outcome = kill.storm(server, kills=KILLS, seed=20261122)

    assert outcome.faults == {}
    assert min(outcome.acknowledged.values()) > 0


@pytest.mark.full
def test_audit_finds_a_row_without_its_whole_file(server):
    client = admit(server)
    assert client.upload(picture(64, 48), "cut.png")[0] == 201
    server.stop()
    (blob,) = [path for path in (server.home / "media" / "blobs").rglob("*") if path.is_file()]
    blob.write_bytes(blob.read_bytes()[:-1])
    outcome = kill.Outcome()

    kill.audit(server, outcome)

    assert outcome.count("rows without their whole file") == 1
    assert kill.report("planted", kill.rows_of(outcome)) == 1


@pytest.mark.full
def test_audit_of_a_sound_installation_finds_nothing(server):
    client = admit(server)
    assert client.upload(picture(64, 48), "whole.png")[0] == 201
    server.stop()
    outcome = kill.Outcome()

    kill.audit(server, outcome)

    assert outcome.faults == {}
    assert kill.report("sound", kill.rows_of(outcome)) == 0


class Number(OneState[int]):
    """Writes a number to a place that may lose it."""

    kind = "texts"

    def __init__(self):
        super().__init__(0)
        self.there = 0
        self.answers = []

    def set(self, wanted, *, status=200, reaches=True):
        def ask():
            if reaches:
                self.there = wanted
            if status is None:
                raise Unanswered
            return status, "an answer"

        return self.change(wanted, ask, good=200)

    def read(self, _client):
        return self.there


def test_acknowledged_change_that_is_there_is_no_fault():
    number = Number()
    number.set(1)

    assert (number.check(None), number.acknowledged) == ([], 1)


def test_acknowledged_change_that_is_lost_is_found():
    number = Number()
    number.set(1)
    number.set(2, reaches=False)

    assert number.check(None) == ["1 is none of [2]"]


@pytest.mark.parametrize("reaches", [True, False])
def test_unanswered_change_may_be_there_or_not(reaches):
    number = Number()
    number.set(1)
    with pytest.raises(Unanswered):
        number.set(2, status=None, reaches=reaches)

    assert number.check(None) == []
    assert number.possible == [2 if reaches else 1]


def test_half_of_an_unanswered_change_is_found():
    number = Number()
    with pytest.raises(Unanswered):
        number.set(2, status=None)
    number.there = 1

    assert number.check(None) == ["1 is none of [0, 2]"]


def test_busy_answer_changes_nothing_and_is_no_surprise():
    number = Number()
    number.set(1, status=503, reaches=False)

    assert (number.check(None), number.surprises, number.acknowledged) == ([], [], 0)


def test_other_answers_are_surprises():
    number = Number()
    number.set(1, status=500, reaches=False)

    assert number.surprises == ["texts: 500 an answer"]


class Shelf(Client):
    """Answers for a server that holds what it is given to hold."""

    def __init__(self, answers):
        super().__init__(port=0, key="")
        self.answers = answers

    def exchange(self, _method, path, _body, _headers):
        found = self.answers.get(path)
        return (
            (404, b"") if found is None else (200, found if isinstance(found, bytes) else json.dumps(found).encode())
        )


def test_upload_that_is_gone_or_another_picture_is_found():
    total = {"/api/v1/media?page=1&per_page=1": {"pagination": {"total": 0}}}
    uploads = Uploads(Shelf(total), random.Random(1))
    one, other = picture(8, 8), picture(8, 8)
    uploads.fresh = {name: (f"{name}.png", pixels(one)) for name in ("kept", "gone", "changed", "fileless")}
    shelf = Shelf(
        {f"/api/v1/media/{name}": {} for name in ("kept", "changed", "fileless")}
        | {"/kept.png": one, "/changed.png": other}
    )

    assert uploads.check(shelf) == [
        "GET /api/v1/media/gone: 404 b''",
        "changed.png is not what was uploaded",
        "GET /fileless.png: 404 b''",
    ]


@pytest.mark.parametrize(("total", "found"), [(2, 0), (3, 0), (1, 1), (4, 1)])
def test_media_that_nobody_asked_for_or_that_are_missing_are_found(total, found):
    path = "/api/v1/media?page=1&per_page=1"
    uploads = Uploads(Shelf({path: {"pagination": {"total": 0}}}), random.Random(1))
    uploads.unanswered = 1
    one = picture(8, 8)
    uploads.kept = {name: (f"{name}.png", pixels(one)) for name in "ab"}
    shelf = Shelf(
        {path: {"pagination": {"total": total}}}
        | {f"/api/v1/media/{name}": {} for name in "ab"}
        | {f"/{name}.png": one for name in "ab"}
    )

    assert len(uploads.check_all(shelf)) == found


def test_work_that_is_not_answered_at_all_is_a_fault():
    def check(_client):
        raise Unreadable("GET /api/v1/galleries/1: 404")

    assert kill.faults_of(check, None) == ["GET /api/v1/galleries/1: 404"]


def test_gallery_that_is_lost_or_half_made_is_found():
    languages = {"/api/v1/languages": [{"id": "en"}]}
    creations = Creations(Shelf(languages), random.Random(1))
    creations.made = {"made-1": "1", "made-2": "2"}
    rows = [{"slug": "made-1", "id": "1"}, {"slug": "made-3", "id": "3"}, {"slug": "orders", "id": "9"}]
    shelf = Shelf(
        {
            "/api/v1/galleries?skip=0&limit=1000": rows,
            "/api/v1/galleries?skip=3&limit=1000": [],
            "/api/v1/galleries/3": {"translations": []},
        }
    )

    assert creations.check(shelf) == ["made-2 was answered and is not there", "made-3 is half made"]
