"""The worker on each kind of queue: what one process asks for another does, and nothing is lost with a queue."""

import io
import os
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from huey import Huey
from huey.consumer import Consumer
from sqlalchemy import select, update

from tests import archives, factories, pictures
from tests.fixtures.postgres import PostgresServer
from tests.uploads import blob_of, let_time_pass, rows_of, states_of, upload
from webapp import create_app, jobs
from webapp.config import Settings
from webapp.domain import galleries, samples
from webapp.domain.imports import archives as taking
from webapp.domain.imports.aims import Aim
from webapp.domain.models import Fetch, Gallery, ImportEntry, Media, Rendition, SignInSession
from webapp.domain.permissions import system
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import blob_key
from webapp.lookout import Lookout

ROOT = Path(__file__).parents[1]
SECONDS = 90
LONG_AGO = timedelta(hours=1)
NOON = datetime(2026, 5, 1, 12, 30)
AT_THREE = datetime(2026, 5, 1, 3, 0)
WORKER = """
import sys
from webapp import create_app, jobs

app = create_app()
if "without-clock" in sys.argv:
    jobs.of(app).queue._registry._periodic_tasks.clear()
print("ready", flush=True)
jobs.consumer(app).run()
print("ended", flush=True)
"""
QUEUES = pytest.mark.parametrize(
    ("database_url", "bell"),
    [
        pytest.param("sqlite", "database", id="sqlite"),
        pytest.param("postgres", "database", id="postgres", marks=pytest.mark.postgres),
        pytest.param("sqlite", "redis", id="redis", marks=(pytest.mark.redis, pytest.mark.full)),
    ],
    indirect=True,
)
ON_ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def bell(request):
    """The address of a Redis, where the queue is to be there."""
    found = getattr(request, "param", "database")
    return request.getfixturevalue("redis_url") if found == "redis" else None


@pytest.fixture
def environ(environ, bell):
    return environ | ({"VITRINE_REDIS_URL": bell} if bell else {})


@pytest.fixture
def storage(inside):
    return inside.extensions["vitrine-storage"]


@pytest.fixture
def queue(app):
    return jobs.of(app).queue


@pytest.fixture
def worker(environ, tmp_path):
    """Start workers in processes of their own; what is left of them is killed in the end."""
    started = []
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}

    def start(*words):
        log = tmp_path / f"worker-{len(started)}.log"
        with log.open("wb") as said:
            command = [sys.executable, "-c", WORKER, *words]
            started.append(subprocess.Popen(command, cwd=ROOT, env=inherited | environ, stdout=said, stderr=said))
        started[-1].log = log
        until(lambda: "ready" in log.read_text(), log)
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def until(true, log):
    """Wait until something is so; nothing that is tested depends on how long that takes."""
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.01)


def small(storage, seed=1):
    return upload(storage, width=400, height=300, seed=seed)


def leases():
    release()
    return {lease for lease in db.session.scalars(select(Rendition.lease_until)) if lease is not None}


def leased(model, until):
    """Have a worker hold all of these until then."""
    with transaction():
        db.session.execute(update(model).values(lease_until=until))


def due_tasks(queue, moment):
    return sorted(task.name for task in queue.read_periodic(moment))


def sweep(queue):
    """Do what the clock's bell asks for each minute."""
    (task,) = queue.read_periodic(NOON)
    queue.execute(task)
    while (task := queue.storage.dequeue()) is not None:
        queue.execute(queue.deserialize_task(task))


# Between processes


@QUEUES
def test_what_one_process_asks_for_is_done_by_another(inside, storage, queue, worker):
    """A task that nobody knows any more, and one that fails, come first and stop nothing."""
    process = worker("without-clock")
    stranger = Huey("vitrine", storage_class=lambda *_words, **_options: queue.storage, results=False)
    stranger.task(name="of_another_version")(print)()
    jobs.enqueue(inside, jobs.of(inside).load_samples, "no user's id")
    media_id = small(storage)

    assert jobs.ring(inside)

    until(lambda: states_of(media_id) == {"ready"}, process.log)
    assert {row.attempts for row in rows_of(media_id)} == {1}
    assert queue.pending_count() == 0
    assert queue.result_count() == 0
    process.send_signal(signal.SIGTERM)
    assert process.wait(SECONDS) == 0
    assert process.log.read_text().endswith("ended\n")


@pytest.mark.full
@QUEUES
def test_a_killed_worker_loses_nothing_because_the_clock_rings_again(inside, storage, queue, worker):
    process = worker("without-clock")
    media_id = upload(storage, width=6000, height=4000)
    jobs.ring(inside)
    until(leases, process.log)

    process.kill()

    assert process.wait() == -signal.SIGKILL
    assert states_of(media_id) == {"pending"}
    assert queue.pending_count() == 0, "the bell is lost with the worker"
    let_time_pass(lease_until=now() - LONG_AGO)
    sweep(queue)
    assert states_of(media_id) == {"ready"}


@pytest.fixture
def signals():
    """Puts back what answers signals."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    yield
    for number, answer in before.items():
        signal.signal(number, answer)


@ON_ONE_ENGINE
@pytest.mark.usefixtures("signals")
def test_a_signal_is_answered_before_anything_is_in_hand(inside, monkeypatch):
    answers = []
    monkeypatch.setattr(Consumer, "run", lambda _self: answers.append(signal.getsignal(signal.SIGTERM)))
    worker = jobs.consumer(inside)
    worker.jobs.stopping.set()

    worker.run()

    assert answers == [worker._handle_signal]


@QUEUES
def test_a_new_worker_takes_up_what_is_due_without_a_bell(storage, worker):
    media_id = small(storage)
    process = worker()

    until(lambda: states_of(media_id) == {"ready"}, process.log)

    assert {row.attempts for row in rows_of(media_id)} == {1}


@ON_ONE_ENGINE
@pytest.mark.parametrize(
    "number",
    [
        signal.SIGTERM,
        pytest.param(signal.SIGINT, marks=pytest.mark.full),
        pytest.param(signal.SIGHUP, marks=pytest.mark.full),
    ],
    ids=["SIGTERM", "SIGINT", "SIGHUP"],
)
def test_every_signal_lets_the_worker_finish_what_it_has_in_hand(inside, storage, worker, number):
    media_ids = [upload(storage, width=1600, height=1200, seed=seed) for seed in range(6)]
    process = worker("without-clock")
    jobs.ring(inside)
    until(leases, process.log)

    process.send_signal(number)

    assert process.wait(SECONDS) == 0
    assert process.log.read_text() == "ready\nended\n"
    assert leases() == set(), "nothing is left half-way"
    states = [row.state for media_id in media_ids for row in rows_of(media_id)]
    assert set(states) == {"ready", "pending"}, "it took nothing more"


@pytest.mark.full
@ON_ONE_ENGINE
def test_a_worker_tidies_when_it_starts(storage, worker):
    with transaction():
        person = factories.user("Ed", "editor")
        db.session.add(SignInSession(user_id=person.id, token_hash="x", expires_at=now() - LONG_AGO))

    process = worker("without-clock")

    until(lambda: (release(), db.session.scalars(select(SignInSession)).all())[1] == [], process.log)
    assert process.poll() is None


# The bell


@QUEUES
def test_the_clock_rings_each_minute_and_tidies_each_day(queue):
    assert due_tasks(queue, NOON) == ["sweep"]
    assert due_tasks(queue, NOON + timedelta(minutes=1)) == ["sweep"]
    assert due_tasks(queue, AT_THREE) == ["daily", "sweep"]


@pytest.mark.at_the_disk
@QUEUES
def test_the_queue_is_the_one_that_the_settings_name(request, queue):
    kinds = {"sqlite": "SqliteStorage", "postgres": "PostgresStorage", "redis": "RedisStorage"}
    assert type(queue.storage).__name__ == kinds[request.node.callspec.id.split("-")[0]]
    assert queue.results is False


@QUEUES
def test_a_bell_waits_until_somebody_comes(app, queue):
    assert jobs.ring(app)
    assert jobs.ring(app)

    assert [task.name for task in queue.pending()] == ["_make_renditions"] * 2


@pytest.mark.at_the_disk
@ON_ONE_ENGINE
def test_a_queue_in_a_file_that_is_broken_fails_no_request(app, settings, queue, capfd):
    path = settings.home / "jobs.db"
    for file in settings.home.glob("jobs.db*"):
        file.unlink()
    path.write_bytes(b"this is no database" * 1000)

    assert not jobs.ring(app)
    assert "the queue of jobs does not answer" in capfd.readouterr().out


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_queue_in_a_database_that_is_gone_fails_no_request(
    app, database_url, postgres_server: PostgresServer, capfd
):
    postgres_server.drop(database_url)

    assert not jobs.ring(app)
    assert not jobs.enqueue(app, jobs.of(app).load_samples, str(uuid4()))
    assert urlsplit(database_url).path[1:] in capfd.readouterr().out


@ON_ONE_ENGINE
@pytest.mark.parametrize("address", ["unix:///nowhere/redis.sock", "redis://127.0.0.1:1/0"])
def test_a_redis_that_is_away_fails_neither_the_start_nor_a_request(environ, address, capfd):
    app = create_app(Settings.from_environ(environ | {"VITRINE_REDIS_URL": address}))

    assert not jobs.ring(app)
    assert "the queue of jobs does not answer" in capfd.readouterr().out
    with app.app_context():
        db.engine.dispose()


@ON_ONE_ENGINE
def test_a_defect_of_ours_is_not_taken_for_a_queue_that_is_away(app):
    def broken():
        raise KeyError("a defect")

    with pytest.raises(KeyError):
        jobs.enqueue(app, broken)


# The tasks


def test_avif_in_one_hand_leaves_the_other_for_what_has_just_come(inside, storage):
    tasks = jobs.of(inside)
    media_id = small(storage)
    with tasks.in_hand["slow"]:
        tasks._make_renditions()
        assert (states_of(media_id, "web"), states_of(media_id, "avif")) == ({"ready"}, {"pending"})
        later = small(storage, seed=2)
        tasks._make_renditions()
        assert (states_of(later, "web"), states_of(later, "avif")) == ({"ready"}, {"pending"})

    tasks._make_renditions()

    assert states_of(media_id) == states_of(later) == {"ready"}
    assert not tasks.in_hand["slow"].locked()


@ON_ONE_ENGINE
def test_whatever_takes_long_leaves_a_thread_for_what_has_just_come(inside, storage, cast):
    """Each task but the quick one gives up its thread where another is at its kind of work."""
    tasks, content = jobs.of(inside), archives.packed(("a.jpg", pictures.photo(40, 30, seed=1, corners=False)))
    taking.take(io.BytesIO(content), "a.zip", Aim(), storage=storage, actor=cast.ed)
    media_id = small(storage)
    for lock in tasks.in_hand.values():
        assert lock.acquire(blocking=False)

    for task in (tasks._fetch, tasks._fetch_videos, tasks._call, tasks._unpack, tasks._translate, tasks._liken):
        task()
    tasks._sweep()

    release()
    assert db.session.scalars(select(ImportEntry.state)).all() == ["waiting"]
    assert (states_of(media_id, "web"), states_of(media_id, "avif")) == ({"ready"}, {"pending"})
    assert len(tasks.in_hand) + 1 < jobs.THREADS, "what is done by the day, and what has just come"


@ON_ONE_ENGINE
def test_a_thread_that_fails_leaves_its_kind_of_work_to_others(inside):
    tasks = jobs.of(inside)

    def broken():
        raise KeyError("a defect")

    with pytest.raises(KeyError):
        tasks._alone("archives", broken)
    assert not tasks.in_hand["archives"].locked()


@ON_ONE_ENGINE
def test_a_task_makes_its_share_and_rings_for_the_rest(inside, storage, queue, monkeypatch):
    monkeypatch.setattr(jobs, "SHARE", 2)
    media_ids = [small(storage, seed) for seed in range(3)]

    jobs.of(inside)._make_renditions()

    assert sorted(len(states_of(media_id, "web") & {"ready"}) for media_id in media_ids) == [0, 1, 1]
    assert queue.pending_count() == 1
    sweep(queue)
    assert {state for media_id in media_ids for state in states_of(media_id)} == {"ready"}
    assert queue.pending_count() == 0


@ON_ONE_ENGINE
def test_a_worker_that_stops_takes_up_nothing_more(inside, storage, queue):
    media_id = small(storage)
    jobs.of(inside).stopping.set()

    jobs.of(inside)._make_renditions()

    assert states_of(media_id) == {"pending"}
    assert queue.pending_count() == 0


@ON_ONE_ENGINE
def test_samples_are_loaded_once_and_their_renditions_asked_for(inside, storage, queue):
    """All but one are there already, so that little has to be painted."""
    with transaction():
        person = factories.user("Ada", "admin")
        for slug in ("lanterns-on-the-quay", "le-lac-en-hiver", "werkstatt-am-hang", "umi-no-asa"):
            galleries.create({"slug": slug}, actor=system("cli"))

    jobs.of(inside)._load_samples(str(person.id))

    release()
    assert len(db.session.scalars(select(Gallery)).all()) == 5
    assert galleries.find_by_slug("masa-al-wahat")[0].author_id == person.id
    assert [task.name for task in queue.pending()] == ["_make_renditions"]
    assert samples.load(actor=system("cli"), owner_id=None, storage=storage) == 0


@ON_ONE_ENGINE
def test_the_sweep_waits_for_no_server_and_no_archive(inside, storage, queue, cast):
    content = archives.packed(("a.jpg", pictures.photo(40, 30, seed=1, corners=False)))
    taking.take(io.BytesIO(content), "a.zip", Aim(), storage=storage, actor=cast.ed)

    jobs.of(inside)._sweep()

    release()
    assert db.session.scalars(select(ImportEntry.state)).all() == ["waiting"]
    assert {"_unpack", "_call", "_fetch", "_fetch_videos"} <= {task.name for task in queue.pending()}
    sweep(queue)
    release()
    assert db.session.scalars(select(ImportEntry.state)).all() == ["taken"]


@ON_ONE_ENGINE
def test_a_picture_that_fails_does_not_stop_the_others(inside, storage, queue):
    broken, whole = small(storage), small(storage, seed=2)
    storage.delete(blob_key(blob_of(broken).sha256))

    sweep(queue)

    assert states_of(whole) == {"ready"}
    assert states_of(broken) == {"pending"}


@ON_ONE_ENGINE
def test_the_lookout_rings_once_for_what_nobody_rang_for(inside, storage, queue):
    eye = Lookout(inside, jobs.of(inside).stopping)
    eye.look()
    assert queue.pending_count() == 0, "nothing is due"
    media_id = small(storage)
    let_time_pass(lease_until=now() + LONG_AGO)
    eye.look()
    assert queue.pending_count() == 0, "somebody is at it"

    let_time_pass(lease_until=now() - LONG_AGO)
    eye.look()
    eye.look()

    assert queue.pending_count() == 1
    sweep(queue)
    assert states_of(media_id) == {"ready"}


@ON_ONE_ENGINE
def test_the_lookout_rings_for_an_import_whose_worker_died(inside, storage, queue, cast):
    content = archives.packed(("a.jpg", pictures.photo(40, 30, seed=1, corners=False)))
    taking.take(io.BytesIO(content), "a.zip", Aim(), storage=storage, actor=cast.ed)
    leased(ImportEntry, now() + LONG_AGO)
    eye = Lookout(inside, jobs.of(inside).stopping)
    eye.look()
    assert queue.pending_count() == 0, "somebody is at it"

    leased(ImportEntry, now() - LONG_AGO)
    eye.look()

    assert sorted(task.name for task in queue.pending()) == ["_call", "_unpack"]


@ON_ONE_ENGINE
@pytest.mark.parametrize("kind", ["image", "video"])
def test_the_lookout_rings_for_what_is_to_be_fetched(inside, queue, kind):
    with transaction():
        named = {"filename": "far", "original_filename": "far", "state": "pending", "kind": kind}
        far = Media(**named, source_url="https://pictures.example/far")
        db.session.add(far)
        db.session.flush()
        db.session.add(Fetch(media_id=far.id, state="pending"))
    leased(Fetch, now() + LONG_AGO)
    eye = Lookout(inside, jobs.of(inside).stopping)
    eye.look()
    assert queue.pending_count() == 0, "somebody is at it"

    leased(Fetch, now() - LONG_AGO)
    eye.look()

    assert sorted(task.name for task in queue.pending()) == ["_fetch", "_fetch_videos"]
