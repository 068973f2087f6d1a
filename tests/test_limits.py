"""How often programs may ask: a bucket for each key and address, shared by forks, refused in the dialect's words."""

import multiprocessing
import threading
from dataclasses import replace

import pytest

from tests.api.cms.conftest import Program
from tests.fixtures.app import on_sqlite
from webapp import doors, limits
from webapp.domain import keys
from webapp.domain.lockout import network
from webapp.domain.models import ApiKey, SignInFailure, User
from webapp.domain.permissions import stranger
from webapp.domain.transaction import transaction
from webapp.infra.db import db
from webapp.limits import NEAR, SLOTS, Buckets

BURST = 3


@pytest.fixture
def environ(environ):
    """So slow a refilling that no test lives to see it."""
    return environ | {"VITRINE_API_RATE": "0.001", "VITRINE_API_BURST": str(BURST)}


@pytest.fixture
def key_of(app):
    """Make a key of somebody."""

    def make(person):
        with app.app_context(), transaction():
            return keys.add(db.session.get(User, person.id), name="Site", actor=person)[1]

    return make


def statuses(app, *, key=None, times=BURST + 1, path="/galleries", **options):
    program = Program(app, key)
    return [program.ask("GET", path, **options).status_code for _ in range(times)]


def test_a_bucket_gives_a_burst_and_then_the_rate():
    buckets = Buckets(100, 1000)

    assert [buckets.take("a", 50.0) for _ in range(1000)] == [0.0] * 1000
    assert buckets.take("a", 50.0) == pytest.approx(0.01)
    assert [buckets.take("a", 50.1) for _ in range(10)] == [0.0] * 10
    assert buckets.take("a", 50.1) > 0
    assert sum(not buckets.take("a", 60.0) for _ in range(2000)) == 990


def test_a_bucket_counts_nothing_that_it_refuses():
    buckets = Buckets(1, 2)
    waits = [buckets.take("a", 10.0) for _ in range(9)]

    assert waits == [0.0, 0.0] + [1.0] * 7
    assert buckets.take("a", 11.0) == 0.0


def test_buckets_are_each_subjects_own():
    buckets = Buckets(1, 1)

    assert [buckets.take(str(each), 5.0) for each in range(2000)] == [0.0] * 2000
    assert all(buckets.take(str(each), 5.0) for each in range(2000))


def test_buckets_never_outgrow_their_table():
    buckets = Buckets(1, 1)
    crowd = NEAR + 3
    same = [str(each) for each in range(400_000) if hash(str(each)) % (1 << 64) % SLOTS < 2][:crowd]

    passed = [not buckets.take(each, 5.0 + nth / 100) for nth, each in enumerate(same)]
    assert passed == [True] * len(same)
    assert buckets.take(same[-1], 5.2) > 0


def test_buckets_are_one_for_all_forks():
    buckets = Buckets(1, 4)
    told = multiprocessing.get_context("fork").SimpleQueue()

    def ask():
        told.put([buckets.take("a", 7.0) == 0.0 for _ in range(2)])

    for _ in range(3):
        fork = multiprocessing.get_context("fork").Process(target=ask)
        fork.start()
        fork.join()
    assert [told.get() for _ in range(3)] == [[True, True], [True, True], [False, False]]


def test_buckets_count_threads_exactly():
    buckets, passed = Buckets(1, 50), []

    def ask():
        passed.extend(buckets.take("a", 3.0) == 0.0 for _ in range(40))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sum(passed), len(passed)) == (50, 320)


@on_sqlite
def test_a_key_is_refused_beyond_its_burst_in_the_dialects_words(app, cast, key_of):
    key = key_of(cast.ed)

    assert statuses(app, key=key) == [200] * BURST + [429]
    answer = Program(app, key).get("/galleries", status=429)
    assert answer.json == {"detail": "Too many requests. Wait a little before the next."}
    assert 900 < int(answer.headers["Retry-After"]) <= 1000
    assert answer.headers["Cache-Control"] == "no-store"
    Program(app, key).post("/galleries", {"slug": "summer"}, status=429)


@on_sqlite
def test_keys_do_not_use_up_each_others_share_nor_the_address(app, cast, key_of):
    assert statuses(app, key=key_of(cast.ed))[-1] == 429

    assert statuses(app, key=key_of(cast.ed), times=BURST) == [200] * BURST
    assert statuses(app, times=1) == [401]


@on_sqlite
def test_strangers_and_wrong_keys_are_counted_by_address(app, cast, key_of):
    key = key_of(cast.ed)
    wrong = [f"{key[:-4]}{nth:04}" for nth in range(BURST - 1)]
    here = {"environ_base": {"REMOTE_ADDR": "198.51.100.7"}}

    tried = [statuses(app, key=each, times=1, **here)[0] for each in (*wrong, "vs_none", None)]
    assert tried == [401] * BURST + [429]
    assert statuses(app, times=1, path="/openapi.json", **here) == [429]
    assert statuses(app, key=key, times=1, **here) == [200]
    assert statuses(app, times=1, environ_base={"REMOTE_ADDR": "198.51.100.8"}) == [401]


@on_sqlite
def test_a_person_with_a_password_has_a_share_of_their_own(app, cast):
    stranger_here = {"environ_base": {"REMOTE_ADDR": "198.51.100.9"}}
    body = {"email": "ed@example.org", "password": "correct horse battery"}
    token = Program(app).ask("POST", "/auth/login", body, status=200, **stranger_here).json["access_token"]

    assert statuses(app, key=token) == [200] * BURST + [429]


@on_sqlite
def test_an_ipv6_site_is_one_address(app):
    def subject(address):
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return limits.subject_of(stranger("cms"))

    assert subject("2001:db8:1:2::1") == subject("2001:db8:1:2:ffff::9") == f"address:{network('2001:db8:1:2::')}"
    assert subject("2001:db8:1:3::1") != subject("2001:db8:1:2::1")


@on_sqlite
def test_people_in_the_dashboard_are_not_counted(app, ed):
    assert [ed.get("/galleries/").status_code for _ in range(BURST + 2)] == [200] * (BURST + 2)


@on_sqlite
def test_counting_writes_no_row(app, cast, key_of):
    key = key_of(cast.ed)
    with app.app_context():
        before = db.session.query(SignInFailure).count(), db.session.query(ApiKey).count()

    statuses(app, key=key)
    statuses(app, times=5)
    with app.app_context():
        assert (db.session.query(SignInFailure).count(), db.session.query(ApiKey).count()) == before


@on_sqlite
def test_every_json_door_counts(app):
    made = app.extensions["vitrine-doors"]
    dialects = {name for name, blueprint in app.blueprints.items() if blueprint.import_name.startswith("webapp.api.")}

    assert "cms" in dialects
    assert {name for name, door in made.items() if door.counts} == dialects
    assert not doors.Door("dashboard", lambda: stranger("dashboard")).counts


@on_sqlite
@pytest.mark.parametrize("off", [{"api_rate": 0.0}, {"api_burst": 0}])
def test_limits_can_be_off(app, settings, off):
    limits.init(app, replace(settings, **off))

    assert app.extensions[limits.EXTENSION] is None
    assert set(statuses(app, times=BURST * 3)) == {401}
