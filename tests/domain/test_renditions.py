"""Renditions: which files are made, and that no kill, second worker, poison file or full disk loses one."""

import io
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select, update

from tests import pictures
from tests.races import race
from tests.uploads import blob_of, bytes_of, let_time_pass, overwrite, rows_of, states_of, upload
from webapp.domain import renditions
from webapp.domain.models import Blob, Rendition
from webapp.domain.sentences import unpacked
from webapp.domain.transaction import release, transaction
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.storage import blob_key, rendition_key

ROOT = Path(__file__).parents[2]
WORKER = """
import sys
from pathlib import Path
from tests.fixtures.databases import opened
from webapp.domain import renditions
from webapp.infra.storage import LocalStorage

with opened(sys.argv[1]) as app, app.app_context():
    print(renditions.work_off(LocalStorage(Path(sys.argv[2]))), flush=True)
"""
LONG_AGO = timedelta(hours=1)
D24 = {f"w{width}.{ending}" for width in (320, 640, 1280, 1920) for ending in ("webp", "jpg", "avif")}
FORMATS = {"webp": "WEBP", "jpg": "JPEG", "avif": "AVIF"}
ON_ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what no database has a say in."""


@pytest.fixture
def worker(database_url, storage):
    """Start workers in processes of their own; what is left of them is killed in the end."""
    started = []

    def start():
        command = [sys.executable, "-c", WORKER, database_url, str(storage.root)]
        started.append(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def sound(storage):
    return upload(storage, width=400, height=300)


def poison(storage):
    """A picture whose bytes are broken after it came in."""
    media_id = sound(storage)
    overwrite(storage, blob_key(blob_of(media_id).sha256), b"\xff\xd8\xff\xe0 and nothing more")
    return media_id


def leases():
    release()
    return set(db.session.scalars(select(Rendition.lease_until)))


def hold(media_id, until):
    """Hold a media's rows as another worker does."""
    blob_id = blob_of(media_id).id
    with transaction():
        db.session.execute(
            update(Rendition).where(Rendition.blob_id == blob_id).values(lease_until=until, attempts=1)
        )


# What is made (D24)


@pytest.mark.parametrize("orientation", [1, 6])
def test_d24_a_large_picture_has_four_widths_in_three_formats(storage, orientation):
    media_id = upload(storage, width=2400, height=1500, orientation=orientation)

    assert renditions.work_off(storage) == 2

    made = bytes_of(storage, media_id)
    assert set(made) == D24
    for row in rows_of(media_id):
        with Image.open(io.BytesIO(made[row.name])) as picture:
            assert (picture.format, picture.size) == (FORMATS[row.format], (row.width, row.height)), row.name
        assert (row.state, row.size) == ("ready", len(made[row.name]))
        assert row.name == f"w{row.width}.{row.format}"
        assert row.height == round(row.width * 1500 / 2400)


@ON_ONE_ENGINE
@pytest.mark.parametrize(
    ("size", "sizes"),
    [
        ((1000, 500), {(320, 160), (640, 320)}),
        ((320, 4000), {(320, 4000)}),
        ((200, 100), {(200, 100)}),
        ((1, 1), {(1, 1)}),
        ((5000, 3), {(320, 1), (640, 1), (1280, 1), (1920, 1)}),
    ],
)
def test_d24_a_picture_is_never_enlarged_and_has_one_width_at_least(storage, size, sizes):
    media_id = upload(storage, width=size[0], height=size[1])

    renditions.work_off(storage)

    assert {(row.width, row.height) for row in rows_of(media_id)} == sizes
    assert states_of(media_id) == {"ready"}
    for row in rows_of(media_id):
        with Image.open(io.BytesIO(bytes_of(storage, media_id)[row.name])) as picture:
            assert picture.size == (row.width, row.height)


@ON_ONE_ENGINE
@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "avif", "heic", "gif", "tiff"])
def test_no_byte_of_what_is_made_says_where_the_picture_was_taken(storage, tmp_path, form):
    media_id = upload(storage, pictures.photo(900, 600, format=form, orientation=6), f"photo.{form}")
    with storage.fetched(blob_key(blob_of(media_id).sha256)) as original:
        assert "48 deg" in exif(original) or "48.8582" in exif(original), "the original does say it"

    renditions.work_off(storage)

    made = tmp_path / "made"
    made.mkdir()
    for name, content in bytes_of(storage, media_id).items():
        (made / name).write_bytes(content)
        assert b"48.8582" not in content
    said = exif(made)
    assert "w320.avif" in said
    for secret in ("GPS", "48.8582", "48 deg", "Fujica", "SN-0042", "2024:05:17"):
        assert secret not in said


def exif(path):
    """Return everything that exiftool finds in a file or in all files of a folder, but what the file system says."""
    words = ["exiftool", "-a", "-u", "-ee", "-G1", "-json", "-x", "System:all", str(path)]
    return subprocess.run(words, capture_output=True, check=True, text=True).stdout


def test_equal_bytes_are_made_once(storage):
    content = pictures.photo(400, 300)
    first, second = upload(storage, content), upload(storage, content)

    assert renditions.work_off(storage) == 2
    assert blob_of(first).id == blob_of(second).id
    assert len(rows_of(first)) == 3


# What comes first


def test_web_files_of_all_pictures_come_before_any_avif(storage):
    media_ids = [sound_of(storage, seed) for seed in range(3)]

    assert renditions.work_off(storage, most=3) == 3

    assert [states_of(media_id, "web") for media_id in media_ids] == [{"ready"}] * 3
    assert [states_of(media_id, "avif") for media_id in media_ids] == [{"pending"}] * 3


def sound_of(storage, seed):
    return upload(storage, width=400, height=300, seed=seed)


def test_a_worker_of_one_batch_leaves_the_other(storage):
    media_id = sound(storage)

    assert renditions.work_off(storage, batches=("avif",)) == 1
    assert (states_of(media_id, "avif"), states_of(media_id, "web")) == ({"ready"}, {"pending"})
    assert renditions.work_off(storage, batches=("avif",)) == 0


def test_what_is_due_longest_comes_first(storage):
    later, sooner = sound_of(storage, 1), sound_of(storage, 2)
    blob_id = blob_of(sooner).id
    with transaction():
        late = update(Rendition).where(Rendition.blob_id == blob_id)
        db.session.execute(late.values(due_at=now() - LONG_AGO))

    renditions.work_off(storage, most=1)

    assert (states_of(sooner, "web"), states_of(later, "web")) == ({"ready"}, {"pending"})


def test_a_worker_that_is_told_to_stop_takes_nothing_more(storage):
    media_ids = [sound_of(storage, seed) for seed in range(2)]
    answers = iter([True, False])

    assert renditions.work_off(storage, go_on=lambda: next(answers)) == 1
    assert sorted(states_of(media_id, "web") == {"ready"} for media_id in media_ids) == [False, True]


def test_an_idle_worker_writes_nothing(domain, storage, statements):
    assert renditions.work_off(storage) == 0
    assert [sent.split()[0] for sent in statements] == ["SELECT"]


@pytest.fixture
def statements(domain):
    from tests.statements import counted

    with counted() as sent:
        yield sent


# Leases


@pytest.mark.at_the_disk
def test_a_killed_workers_batch_is_made_again_after_its_lease(storage, worker):
    media_id = upload(storage, width=6000, height=4000)
    process = worker()
    until = time.monotonic() + 60
    while leases() == {None}:
        assert time.monotonic() < until, "the worker takes nothing"
        time.sleep(0.005)

    process.kill()

    assert process.wait() == -9
    assert states_of(media_id) == {"pending"}, "the picture is large enough not to be ready yet"
    assert renditions.work_off(storage, batches=("web",)) == 0, "the lease still holds"
    let_time_pass(lease_until=now() - LONG_AGO)
    assert renditions.work_off(storage) == 2
    assert states_of(media_id) == {"ready"}
    assert {(row.batch, row.attempts) for row in rows_of(media_id)} == {("web", 2), ("avif", 1)}


@pytest.mark.at_the_disk
def test_what_a_killed_worker_was_writing_is_swept(storage, worker):
    upload(storage, width=6000, height=4000)
    process = worker()
    spool = storage.spool.folder
    until = time.monotonic() + 60
    while not any(spool.iterdir()):
        assert time.monotonic() < until, "the worker takes nothing"
        time.sleep(0.005)
    process.kill()
    process.wait()

    assert storage.sweep(timedelta(0)) == 1
    assert list(spool.iterdir()) == []


def test_a_batch_that_another_worker_holds_is_left_alone(storage):
    media_id = sound(storage)
    hold(media_id, now() + LONG_AGO)

    assert renditions.work_off(storage) == 0
    assert {row.attempts for row in rows_of(media_id)} == {1}


def test_of_two_workers_that_see_one_batch_the_slower_leaves_it(domain, storage):
    """Another worker's transaction has taken the batch, but is not committed when ours looks."""
    media_id = sound(storage)
    blob_id = blob_of(media_id).id
    taken, done = threading.Event(), []

    def other():
        with domain.app_context(), transaction():
            db.session.execute(select(Blob.id).where(Blob.id == blob_id).with_for_update(key_share=True))
            db.session.execute(update(Rendition).values(lease_until=now() + LONG_AGO, attempts=1))
            taken.set()
            time.sleep(0.5)

    def ours():
        with domain.app_context():
            done.append(renditions.work_off(storage))

    threads = [threading.Thread(target=other), threading.Thread(target=ours)]
    threads[0].start()
    assert taken.wait(30)
    threads[1].start()
    for thread in threads:
        thread.join(60)

    assert done == [0]
    assert {row.attempts for row in rows_of(media_id)} == {1}


def test_many_workers_make_every_batch_once(domain, storage):
    media_ids = [sound_of(storage, seed) for seed in range(6)]

    done = race(domain, *[lambda: renditions.work_off(storage)] * 4)

    assert sum(done) == 2 * len(media_ids)
    for media_id in media_ids:
        assert {(row.state, row.attempts) for row in rows_of(media_id)} == {("ready", 1)}


def test_a_worker_that_overran_its_lease_changes_nothing(storage):
    """Its files are the same as everybody's; its rows are somebody else's by now."""
    media_id = sound(storage)
    slow = renditions._claim(("web",))
    hold(media_id, now() + LONG_AGO)

    renditions._make(slow, storage=storage)

    assert {(row.state, row.attempts, row.size) for row in rows_of(media_id, "web")} == {("pending", 1, None)}


# Failures


def test_a_poison_picture_stops_after_five_tries_and_says_why(storage):
    media_id, other = poison(storage), upload(storage, width=300, height=200)
    tries = 0
    while states_of(media_id) != {"failed"}:
        assert renditions.work_off(storage) >= 2
        let_time_pass(due_at=now() - LONG_AGO)
        tries += 1
        assert tries <= 5

    assert tries == 5
    assert {(row.attempts, row.lease_until, row.size) for row in rows_of(media_id)} == {(5, None, None)}
    assert {row.error for row in rows_of(media_id)} == {
        "This file is cut off: a part of the picture is missing. Please upload it again."
    }
    assert renditions.work_off(storage) == 0
    assert states_of(other) == {"ready"}


def test_failed_tries_come_later_each_time(storage):
    media_id = poison(storage)
    waits = []
    for _ in range(4):
        before = now()
        renditions.work_off(storage, batches=("web",))
        assert renditions.work_off(storage, batches=("web",)) == 0
        due = rows_of(media_id, "web")[0].due_at
        waits.append(round((due - before).total_seconds(), -1))
        let_time_pass(due_at=now() - LONG_AGO)

    assert waits == [20, 40, 80, 160]


def test_a_picture_that_kills_its_worker_each_time_is_given_up(storage):
    media_id = sound(storage)
    for _ in range(5):
        assert renditions._claim(("web",)) is not None, "taken, and then the worker was killed"
        let_time_pass(lease_until=now() - LONG_AGO)

    assert renditions.work_off(storage, batches=("web",)) == 0
    assert {(row.state, row.attempts, row.lease_until) for row in rows_of(media_id, "web")} == {("failed", 5, None)}
    assert {unpacked(row.error) for row in rows_of(media_id, "web")} == {"The work on this file was cut off 5 times."}


def test_a_retry_starts_from_the_beginning(storage):
    media_id = poison(storage)
    good = pictures.photo(400, 300)
    for _ in range(5):
        renditions.work_off(storage)
        let_time_pass(due_at=now() - LONG_AGO)
    overwrite(storage, blob_key(blob_of(media_id).sha256), good)

    blob_id = blob_of(media_id).id
    with transaction():
        renditions.retry(blob_id)

    assert {(row.state, row.attempts, row.error) for row in rows_of(media_id)} == {("pending", 0, None)}
    assert renditions.work_off(storage) == 2
    assert {(row.state, row.attempts) for row in rows_of(media_id)} == {("ready", 1)}


def test_a_retry_leaves_what_is_ready(storage):
    media_id = sound(storage)
    renditions.work_off(storage)

    blob_id = blob_of(media_id).id
    with transaction():
        renditions.retry(blob_id)

    assert states_of(media_id) == {"ready"}


def test_an_original_that_is_gone_counts_as_a_failure(storage):
    media_id = sound(storage)
    storage.delete(blob_key(blob_of(media_id).sha256))

    renditions.work_off(storage)

    (state,) = {(row.state, row.attempts) for row in rows_of(media_id)}
    assert state == ("pending", 1)
    assert all("Nothing is stored" in row.error for row in rows_of(media_id))


@pytest.mark.at_the_disk
def test_a_store_that_fails_is_waited_for_and_counts_as_no_try(storage):
    media_id = sound(storage)
    blocked = storage.path(rendition_key(blob_of(media_id).sha256, "w320.jpg")).parent
    blocked.parent.mkdir(parents=True, exist_ok=True)
    blocked.write_text("a file where the folder should be")
    for _ in range(7):
        renditions.work_off(storage)
        let_time_pass(due_at=now() - LONG_AGO)

    assert {(row.state, row.attempts, row.lease_until) for row in rows_of(media_id)} == {("pending", 0, None)}
    assert all("The disk did not take" in row.error for row in rows_of(media_id))
    blocked.unlink()
    assert renditions.work_off(storage) == 2
    assert {(row.state, row.error) for row in rows_of(media_id)} == {("ready", None)}


# What is asked about them


def test_states_say_the_worst_of_the_web_files_in_one_query(storage):
    from tests.statements import counted

    failed, ready, pending = poison(storage), sound_of(storage, 5), sound_of(storage, 6)
    mark(failed, "failed")
    mark(ready, "ready")
    mark(ready, "failed", batch="avif")
    mark(pending, "ready", name="w320.jpg")
    ids = {name: blob_of(media_id).id for name, media_id in {"f": failed, "r": ready, "p": pending}.items()}

    with counted() as sent:
        found = renditions.states(list(ids.values()))

    assert found == {ids["f"]: "failed", ids["r"]: "ready", ids["p"]: "pending"}
    assert len(sent) == 1
    assert renditions.states([]) == {}


def mark(media_id, state, *, batch="web", name=None):
    changed = update(Rendition).where(Rendition.blob_id == blob_of(media_id).id, Rendition.batch == batch)
    with transaction():
        db.session.execute((changed if name is None else changed.where(Rendition.name == name)).values(state=state))
