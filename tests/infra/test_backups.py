"""Backups: whole under load and after a kill, equal elsewhere, refused when damaged, and secret as the key within."""

import io
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import create_engine, select

from tests import factories, pictures
from tests.fixtures.databases import opened
from tests.uploads import files_in, upload
from webapp import migrations
from webapp.domain import galleries, indexing, items, renditions, search, upkeep
from webapp.domain.models import Gallery, Media
from webapp.domain.permissions import system
from webapp.domain.transaction import release, transaction
from webapp.infra import backups, dumps, locks
from webapp.infra.backups import BackupError
from webapp.infra.db import Base, db
from webapp.infra.storage import LocalStorage, blob_key, storage_from_url

ROOT = Path(__file__).parents[2]
KEY = "a key that only these tests have, long enough"
SECONDS = 90
ROUNDS = 5
ON_ONE_ENGINE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CLI = system("cli")


@pytest.fixture
def home(tmp_path):
    made = tmp_path / "home"
    made.mkdir()
    return made


@pytest.fixture
def storage(domain, home):
    return LocalStorage(home / "media")


@pytest.fixture
def target(tmp_path):
    return tmp_path / "vitrine.tar"


class Elsewhere:
    """An empty installation to restore into: another home and another database."""

    def __init__(self, home, database_url):
        self.home, self.database_url = home, database_url
        self.home.mkdir()
        self.storage = LocalStorage(home / "media")

    def restore(self, source):
        return backups.restore(
            source,
            database_url=self.database_url,
            schemas=migrations.known(),
            storage=self.storage,
            home=self.home,
        )

    def is_untouched(self):
        return not dumps_tables(self.database_url) and files_in(self.home) == []


@pytest.fixture
def elsewhere(request, database_url, tmp_path):
    """Make empty installations on the engine that the test runs on."""
    made = []

    def make():
        home = tmp_path / f"elsewhere-{len(made)}"
        if database_url.startswith("sqlite"):
            made.append(f"sqlite:///{home}/vitrine.db")
        else:
            made.append(request.getfixturevalue("postgres_server").create())
        return Elsewhere(home, made[-1])

    yield make
    for url in made:
        if url.startswith("postgres"):
            request.getfixturevalue("postgres_server").drop(url)


def dumps_tables(url):
    """Say whether a database has anything in it, without making one."""
    try:
        dumps.refuse_unless_empty(url)
    except BackupError:
        return True
    return False


def back_up(target, database_url, storage, **options):
    given = {"schema": migrations.current, "secret_key": KEY} | options
    return backups.backup(target, database_url=database_url, storage=storage, **given)


def rows_of(url):
    """Return all rows of all tables, each as (table, values)."""
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return {
                (table.name, repr(tuple(row)))
                for table in Base.metadata.sorted_tables
                for row in connection.execute(select(table))
            }
    finally:
        engine.dispose()


def contents(folder):
    return {name: (folder / name).read_bytes() for name in files_in(folder) if not name.startswith("tmp/")}


def fill(storage, *, number=2):
    """Make a library with galleries, texts and everything that is made of pictures; return the media."""
    media_ids = [upload(storage, width=400, height=300, seed=seed) for seed in range(number)]
    with transaction():
        ed = factories.actor("Ed", "editor")
        gallery = factories.gallery(ed, "Été 京都", status="published")
        items.add(gallery.id, media_ids, actor=ed)
    renditions.work_off(storage)
    release()
    return media_ids


# At rest


def test_a_backup_restored_elsewhere_is_equal_row_by_row_and_file_by_file(storage, database_url, target, elsewhere):
    fill(storage)
    there = elsewhere()

    written = back_up(target, database_url, storage)
    restored = there.restore(target)

    assert written == restored
    assert written.files == 2 + 2 * 3
    assert rows_of(there.database_url) == rows_of(database_url)
    assert contents(there.storage.root) == contents(storage.root)
    assert (there.home / "secret_key").read_text() == f"{KEY}\n"
    assert migrations.current(there.database_url) == migrations.newest()
    with opened(there.database_url) as app, app.app_context():
        assert upkeep.check(there.storage, deep=True, grace=upkeep.GRACE * 0) == []


def test_a_restored_installation_finds_what_the_original_found(storage, database_url, target, elsewhere):
    """The index comes back with its rows, or is made of them: it equals one that is made anew."""
    fill(storage)
    queries = ("ete", "京都", "evian", "jpg")
    before = [ids_of(query) for query in queries]
    there = elsewhere()

    back_up(target, database_url, storage)
    there.restore(target)

    with opened(there.database_url) as app, app.app_context():
        assert [ids_of(query) for query in queries] == before
        assert list(indexing.differing()) == []
        assert indexing.is_whole()
        with transaction():
            galleries.update(galleries.get(before[0][0]), {"slug": "evian"}, actor=CLI)
        release()
        assert ids_of("evian") == before[0]
    assert [len(ids) for ids in before] == [1, 1, 0, 2]


def ids_of(query):
    found = [hit.id for hit in search.page(query).rows]
    release()
    return found


def test_a_restored_installation_can_be_written_to(storage, database_url, target, elsewhere):
    """Numbers that grow with each row go on where they were."""
    fill(storage)
    there = elsewhere()
    back_up(target, database_url, storage)
    there.restore(target)

    with opened(there.database_url) as app, app.app_context():
        with transaction():
            galleries.create({"slug": "after-the-restore"}, actor=CLI)
        release()
        assert galleries.find_by_slug("after-the-restore") is not None


def test_the_queue_of_jobs_is_no_part_of_a_backup(app, database_url, target, elsewhere):
    """It is a bell that is made anew: rows say what is to be done."""
    there = elsewhere()
    from webapp import create_app, jobs
    from webapp.config import Settings

    assert jobs.ring(app)
    back_up(target, database_url, app.extensions["vitrine-storage"])
    environ = {"VITRINE_HOME": str(there.home), "VITRINE_DATABASE_URL": there.database_url}
    other = create_app(Settings.from_environ(environ | {"VITRINE_SECRET_KEY": KEY}))
    try:
        there.restore(target)
        assert jobs.of(other).queue.pending_count() == 0
        assert jobs.ring(other)
    finally:
        jobs.of(other).queue.storage.close()
        with other.app_context():
            db.engine.dispose()


@ON_ONE_ENGINE
def test_what_else_stands_in_the_folder_of_the_media_stays_out(storage, database_url, target):
    fill(storage, number=1)
    for name in ("README", ".DS_Store", "blobs/.DS_Store", "renditions/.x/y", "tmp/upload-1"):
        (storage.root / name).parent.mkdir(parents=True, exist_ok=True)
        (storage.root / name).write_text("not ours")

    assert back_up(target, database_url, storage).files == 4


# Under load


class Writer(threading.Thread):
    """Uploads pictures and makes galleries of them until told to stop, and notes what was committed."""

    def __init__(self, app, storage):
        super().__init__()
        self.app, self.storage = app, storage
        self.over = threading.Event()
        self.done = {Gallery: set(), Media: set()}
        self.failed = None

    def run(self):
        with self.app.app_context():
            try:
                while not self.over.is_set():
                    self.write()
            except Exception as error:  # noqa: BLE001  the test looks at it
                self.failed = error

    def write(self):
        content = pictures.photo(96, 64, seed=random.randrange(100), camera=f"C {time.monotonic_ns()}")
        media_id = upload(self.storage, content)
        self.done[Media].add(media_id)
        with transaction():
            gallery = galleries.create({"cover_media_id": media_id}, actor=CLI)
            items.add(gallery.id, [media_id, media_id], actor=CLI)
        self.done[Gallery].add(gallery.id)


@pytest.fixture
def writer(domain, storage):
    made = Writer(domain, storage)
    made.start()
    yield made
    made.over.set()
    made.join()


FOLLOWING = ("tallies", "shelved", "marks")
"""Tables that follow what others hold: compared with those by `upkeep.check`."""


def ids_in(url, model):
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return set(connection.scalars(select(model.id)))
    finally:
        engine.dispose()


@pytest.mark.full
def test_backups_under_load_are_whole(storage, database_url, tmp_path, elsewhere, writer):
    rounds = []
    for number in range(ROUNDS):
        until(lambda least=number: len(writer.done[Gallery]) > least)
        before = {model: set(ids) for model, ids in writer.done.items()}
        back_up(tmp_path / f"{number}.tar", database_url, storage)
        rounds.append((before, elsewhere()))
    writer.over.set()
    writer.join()
    assert writer.failed is None

    source_rows, source_files = rows_of(database_url), contents(storage.root)
    for number, (before, there) in enumerate(rounds):
        there.restore(tmp_path / f"{number}.tar")
        for model, ids in before.items():
            assert ids <= ids_in(there.database_url, model), "what was acknowledged before is there"
        lasting = {row for row in rows_of(there.database_url) if row[0] not in FOLLOWING}
        assert lasting <= source_rows
        assert contents(there.storage.root).items() <= source_files.items()
        with opened(there.database_url) as app, app.app_context():
            assert [each for each in upkeep.check(there.storage, deep=True) if each.kind != "leftover"] == []
    assert len(rows_of(rounds[0][1].database_url)) < len(source_rows), "it was written on meanwhile"


def until(true):
    end = time.monotonic() + SECONDS
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)


# Secrets


def test_a_backup_is_for_its_owner_alone_and_the_key_too(storage, database_url, target, elsewhere):
    before = os.umask(0)
    try:
        back_up(target, database_url, storage)
        there = elsewhere()
        there.restore(target)
    finally:
        os.umask(before)

    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE((there.home / "secret_key").stat().st_mode) == 0o600
    assert files_in(target.parent / f".{target.name}.partial") == []


@ON_ONE_ENGINE
def test_a_key_that_is_there_already_is_kept_beside_the_restored_one(storage, database_url, target, elsewhere):
    back_up(target, database_url, storage)
    there = elsewhere()
    (there.home / "secret_key").write_text("the key of another database\n")
    (there.home / "secret_key.old-1").write_text("the key of a third\n")

    there.restore(target)

    assert (there.home / "secret_key").read_text() == f"{KEY}\n"
    assert (there.home / "secret_key.old-1").read_text() == "the key of a third\n"
    assert (there.home / "secret_key.old-2").read_text() == "the key of another database\n"


@ON_ONE_ENGINE
def test_a_key_that_is_the_same_is_not_kept_twice(storage, database_url, target, elsewhere):
    back_up(target, database_url, storage)
    there = elsewhere()
    (there.home / "secret_key").write_text(KEY)

    there.restore(target)

    assert [path.name for path in there.home.glob("secret_key*")] == ["secret_key"]


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_database_password_is_no_argument_of_a_program(storage, database_url, target, tmp_path, monkeypatch):
    """Arguments can be listed by everybody on the machine."""
    spy = tmp_path / "bin"
    spy.mkdir()
    real = shutil.which("pg_dump")
    (spy / "pg_dump").write_text(
        f'#!/bin/sh\necho "$@" > {spy}/words\necho "$PGPASSWORD" > {spy}/env\nexec {real} "$@"\n'
    )
    (spy / "pg_dump").chmod(0o755)
    monkeypatch.setenv("PATH", f"{spy}:{os.environ['PATH']}")
    parts = urlsplit(database_url)
    with_password = parts._replace(netloc=f"{parts.username}:s%20cret@").geturl()

    back_up(target, with_password, storage)

    assert "cret" not in (spy / "words").read_text()
    assert (spy / "env").read_text() == "s cret\n"


# What is refused


@pytest.fixture
def archive(storage, database_url, target):
    """A whole backup."""
    fill(storage, number=1)
    back_up(target, database_url, storage)
    return target


def refusal(there, source):
    """Try to restore, see that nothing was written, and return the sentence."""
    with pytest.raises(BackupError) as refused:
        there.restore(source)
    assert there.is_untouched()
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


@ON_ONE_ENGINE
@pytest.mark.parametrize("share", [0, 0.001, 0.3, 0.7, 0.97])
def test_a_cut_backup_is_refused(archive, elsewhere, share):
    archive.write_bytes(archive.read_bytes()[: int(archive.stat().st_size * share)])

    assert "or only a part of one" in refusal(elsewhere(), archive)


@ON_ONE_ENGINE
def test_a_backup_with_any_flipped_byte_is_refused_or_the_same(archive, elsewhere, storage, database_url):
    """A byte that pads, or says the hour, may differ; nothing that is restored may."""
    whole, dice = archive.read_bytes(), random.Random(7)
    refused = 0
    for _ in range(40):
        place = dice.randrange(len(whole))
        archive.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
        there = elsewhere()
        try:
            there.restore(archive)
        except BackupError:
            refused += 1
            assert there.is_untouched()
        else:
            assert rows_of(there.database_url) == rows_of(database_url)
            assert contents(there.storage.root) == contents(storage.root)
            assert (there.home / "secret_key").read_text() == f"{KEY}\n"
    assert refused > 30


def members(path):
    with tarfile.open(path) as opened_archive:
        return [(member, opened_archive.extractfile(member).read()) for member in opened_archive]


def rewrite(path, found):
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as made:
        for member, content in found:
            member.size = len(content)
            made.addfile(member, io.BytesIO(content))


def forge(path, change):
    """Write a backup anew after `change` has had a look at its members and the lines of its list."""
    *found, (last, text) = members(path)
    lines = [json.loads(line) for line in text.splitlines()]
    change(found, lines)
    rewrite(path, [*found, (last, b"".join(json.dumps(line).encode() + b"\n" for line in lines))])


def test_a_backup_lists_what_it_holds(archive):
    *found, (last, text) = members(archive)
    head, *lines = [json.loads(line) for line in text.splitlines()]

    assert last.name == "manifest.jsonl"
    assert [line["name"] for line in lines] == [member.name for member, _ in found]
    assert [line["size"] for line in lines] == [len(content) for _, content in found]
    assert [member.name for member, _ in found][:2] == ["database", "secret_key"]
    assert head["schema"] == migrations.newest()
    assert {member.mode for member, _ in found} == {0o600}


def listed_size(found, lines):
    lines[3]["size"] += 1


def listed_hash(found, lines):
    lines[3]["sha256"] = "0" * 64


def listed_name(found, lines):
    lines[3]["name"], lines[4]["name"] = lines[4]["name"], lines[3]["name"]


def listed_once_less(found, lines):
    lines.pop()


def listed_once_more(found, lines):
    lines.append(lines[-1])


def listed_nonsense(found, lines):
    lines[2] = ["no", "member"]


def listed_with_more(found, lines):
    lines[2]["more"] = 1


def without_head(found, lines):
    lines[0] = []


def head_with_more(found, lines):
    lines[0]["more"] = 1


def head_without_schema(found, lines):
    del lines[0]["schema"]


def of_another_format(found, lines):
    lines[0]["format"] = 99


def of_a_newer_version(found, lines):
    lines[0]["schema"] = "9999"


def of_another_engine(found, lines):
    lines[0]["engine"] = "oracle"


def without_a_member(found, lines):
    del found[3], lines[4]
    del found[:2], lines[1:3]


def one_member_twice(found, lines):
    found.insert(0, found[0])
    lines.insert(1, lines[1])


def a_link(found, lines):
    found[3][0].type, found[3][0].linkname = tarfile.SYMTYPE, "/etc/passwd"


def a_path_out(found, lines):
    found[3][0].name = lines[4]["name"] = "files/../../outside"


def a_path_from_the_root(found, lines):
    found[3][0].name = lines[4]["name"] = "/tmp/outside"


def a_path_beside(found, lines):
    found[3][0].name = lines[4]["name"] = "files/tmp/outside"


def an_original_of_another_name(found, lines):
    found[2][0].name = lines[3]["name"] = f"files/{blob_key('ab' * 32)}"


FORGERIES = [
    listed_size,
    listed_hash,
    listed_name,
    listed_once_less,
    listed_once_more,
    listed_nonsense,
    listed_with_more,
    without_head,
    head_with_more,
    head_without_schema,
    of_another_format,
    of_a_newer_version,
    of_another_engine,
    without_a_member,
    one_member_twice,
    a_link,
    a_path_out,
    a_path_from_the_root,
    a_path_beside,
    an_original_of_another_name,
]


@ON_ONE_ENGINE
@pytest.mark.parametrize("change", FORGERIES, ids=lambda change: change.__name__)
def test_a_backup_that_does_not_agree_with_itself_is_refused(archive, elsewhere, tmp_path, change):
    forge(archive, change)

    assert refusal(elsewhere(), archive)
    assert not (tmp_path / "outside").exists()


@ON_ONE_ENGINE
def test_a_forgery_that_changes_nothing_is_restored(archive, elsewhere):
    """The forger's own check: what is refused above is refused for what was changed."""
    forge(archive, lambda found, lines: None)

    assert elsewhere().restore(archive).files == 4


@ON_ONE_ENGINE
@pytest.mark.parametrize("kind", ["text", "empty", "zip", "tar", "gzip", "folder"])
def test_a_foreign_file_is_refused(tmp_path, elsewhere, kind):
    source = tmp_path / "foreign"
    if kind == "folder":
        source.mkdir()
    elif kind == "tar":
        with tarfile.open(source, "w") as made:
            made.add(__file__, "manifest.json")
    elif kind == "gzip":
        with tarfile.open(source, "w:gz") as made:
            made.add(__file__, "manifest.jsonl")
    else:
        source.write_bytes({"text": b"hello " * 500, "empty": b"", "zip": b"PK\x03\x04" + bytes(2000)}[kind])

    assert refusal(elsewhere(), source)


def test_a_backup_of_another_engine_is_refused(storage, database_url, target, tmp_path):
    back_up(target, database_url, storage)
    other = "postgresql://nobody@127.0.0.1:1/x" if database_url.startswith("sqlite") else f"sqlite:///{tmp_path}/x.db"

    with pytest.raises(BackupError) as refused:
        backups.restore(
            target, database_url=other, schemas=migrations.known(), storage=storage, home=tmp_path / "home"
        )

    assert str(refused.value).endswith(".")
    assert not (tmp_path / "x.db").exists()


def test_a_database_that_is_there_is_not_written_over(storage, database_url, target, home):
    fill(storage, number=1)
    back_up(target, database_url, storage)
    before = rows_of(database_url)

    with pytest.raises(BackupError, match="There is a database already"):
        backups.restore(target, database_url=database_url, schemas=migrations.known(), storage=storage, home=home)

    assert rows_of(database_url) == before
    assert not (home / "secret_key").exists()


def test_a_backup_that_is_there_is_not_written_over(storage, database_url, target):
    target.write_text("last year's")

    with pytest.raises(BackupError, match="is there already"):
        back_up(target, database_url, storage)

    assert target.read_text() == "last year's"


@ON_ONE_ENGINE
def test_a_damaged_original_is_not_backed_up(storage, database_url, target):
    (media_id,) = fill(storage, number=1)
    path = next((storage.root / "blobs").rglob("*/*/*"))
    path.write_bytes(path.read_bytes()[:-1] + b"\0")

    with pytest.raises(BackupError, match="is damaged on this disk"):
        back_up(target, database_url, storage)

    assert media_id
    assert not target.exists()
    assert not target.with_name(f".{target.name}.partial").exists()


@ON_ONE_ENGINE
def test_a_damaged_database_is_not_backed_up(storage, database_url, target):
    with transaction():
        factories.gallery(factories.actor("Ed", "editor"), pictures=300)
    release()
    db.engine.dispose()
    path = Path(urlsplit(database_url).path)
    content = bytearray(path.read_bytes())
    content[20 * 4096 : 60 * 4096] = b"\xa5" * 40 * 4096
    path.write_bytes(content)

    with pytest.raises(BackupError, match=r"damaged|malformed"):
        back_up(target, database_url, storage)

    assert not target.exists()


@ON_ONE_ENGINE
def test_no_database_yet_is_said_and_none_is_made(storage, tmp_path, target):
    missing = tmp_path / "not there" / "vitrine.db"

    with pytest.raises(BackupError, match="There is no database yet"):
        back_up(target, f"sqlite:///{missing}", storage)

    assert not missing.exists()
    assert files_in(tmp_path / "not there") == []


@ON_ONE_ENGINE
def test_odd_letters_in_the_path_of_a_database_are_no_matter(storage, database_url, tmp_path):
    odd = tmp_path / "a %20 b?c#d é"
    odd.mkdir()
    shutil.copyfile(urlsplit(database_url).path, odd / "vitrine.db")
    copy = odd / "a %41?#.copy"

    dumps._dump_file(odd / "vitrine.db", copy)

    shutil.copyfile(copy, tmp_path / "plain.db")
    assert rows_of(f"sqlite:///{tmp_path}/plain.db") == rows_of(database_url)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_missing_program_is_named(storage, database_url, target, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(BackupError, match=r"pg_dump is missing: install PostgreSQL's client programs\."):
        back_up(target, database_url, storage)


@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_server_that_is_away_is_said_in_one_sentence(storage, target):
    with pytest.raises(BackupError, match="pg_dump failed") as refused:
        back_up(target, "postgresql://nobody@127.0.0.1:1/nothing", storage)

    assert "\n" not in str(refused.value)
    assert not target.exists()


@ON_ONE_ENGINE
def test_a_disk_that_is_full_leaves_nothing(archive, elsewhere, tmp_path):
    """A child may write no more than some bytes into any one file."""
    there = elsewhere()
    program = """
import resource, signal, sys
from pathlib import Path
from webapp import migrations
from webapp.infra import backups
from webapp.infra.storage import LocalStorage

source, home, out = map(Path, sys.argv[1:4])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
try:
    if sys.argv[4] == "restore":
        url = f"sqlite:///{home}/vitrine.db"
        schemas = migrations.known()
        backups.restore(source, database_url=url, schemas=schemas, storage=LocalStorage(home / "media"), home=home)
    else:
        url = f"sqlite:///{source}"
        storage = LocalStorage(home / "media")
        backups.backup(out, database_url=url, schema=migrations.current, storage=storage, secret_key="k" * 40)
except backups.BackupError as error:
    print(error)
"""

    def said(*words):
        ran = subprocess.run(
            [sys.executable, "-c", program, *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert ran.stderr == ""
        return ran.stdout

    out = tmp_path / "second.tar"
    database = tmp_path / "vitrine.db"
    assert said(archive, there.home, out, "restore").startswith("The restoring broke off and can be started again: ")
    assert not (there.home / "vitrine.db").exists()
    assert there.restore(archive).files == 4
    assert said(database, there.home, out, "backup")
    assert not out.exists()
    assert not out.with_name(f".{out.name}.partial").exists()


# Alone, and killed


@ON_ONE_ENGINE
def test_two_backups_into_one_file_do_not_mix(storage, database_url, target):
    folder = target.with_name(f".{target.name}.partial")
    folder.mkdir()

    with locks.hold(folder / "lock"), pytest.raises(BackupError, match=f"Process {os.getpid()} is at work"):
        back_up(target, database_url, storage)

    assert back_up(target, database_url, storage).files == 0


@pytest.fixture
def command(home, database_url, storage):
    """Start commands on the installation, or on another; what is left of them is killed in the end."""
    started = []

    def start(*words, home=home, url=database_url):
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}
        variables = {"VITRINE_HOME": str(home), "VITRINE_DATABASE_URL": url}
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "webapp", *map(str, words)],
                cwd=ROOT,
                env=inherited | variables,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.full
def test_a_killed_backup_leaves_nothing_that_looks_whole(storage, database_url, target, elsewhere, command):
    """A pipe among the files holds the backup up in the middle: nobody writes into it."""
    fill(storage, number=1)
    pipe = storage.root / "renditions" / "zz"
    os.mkfifo(pipe)
    partial = target.with_name(f".{target.name}.partial")
    process = command("backup", target)
    until(lambda: (partial / "archive").exists() and (partial / "archive").stat().st_size > 10_000)
    assert not target.exists()

    process.send_signal(signal.SIGKILL)

    assert process.wait() == -signal.SIGKILL
    assert not target.exists()
    assert stat.S_IMODE(partial.stat().st_mode) == 0o700
    with pytest.raises(BackupError, match="or only a part of one"):
        elsewhere().restore(partial / "archive")
    pipe.unlink()
    again = command("backup", target)
    assert again.wait(SECONDS) == 0, again.stdout.read()
    assert not partial.exists()
    there = elsewhere()
    there.restore(target)
    assert rows_of(there.database_url) == rows_of(database_url)


@pytest.mark.full
def test_a_killed_restore_can_be_started_again(storage, database_url, target, elsewhere, command):
    fill(storage, number=1)
    for number in range(3_000):
        stored = storage.spool.fresh("test")
        stored.write_bytes(b"%d" % number)
        storage.put_file(f"renditions/{number:064x}/w320.jpg", stored)
    back_up(target, database_url, storage)
    there = elsewhere()
    process = command("restore", target, home=there.home, url=there.database_url)
    until(lambda: len(files_in(there.home / "media")) >= 20 or process.poll() is not None)

    process.send_signal(signal.SIGKILL)

    assert process.wait() == -signal.SIGKILL
    assert not dumps_tables(there.database_url), "the database is the last that comes"
    assert (there.home / "restore.partial").exists()
    again = command("restore", target, home=there.home, url=there.database_url)
    assert again.wait(SECONDS) == 0, again.stdout.read()
    assert not (there.home / "restore.partial").exists()
    assert rows_of(there.database_url) == rows_of(database_url)
    assert contents(there.storage.root) == contents(storage.root)
    third = command("restore", target, home=there.home, url=there.database_url)
    assert third.wait(SECONDS) == 2
    assert "There is a database already" in third.stdout.read()


# In a bucket


def test_a_bucket_is_backed_up_and_restored_into_another(domain, bucket_server, database_url, tmp_path, elsewhere):
    target = tmp_path / "vitrine.tar"
    here = storage_from_url(bucket_server.url(f"{tmp_path.name}/here"), tmp_path)
    there = elsewhere()
    there.storage = storage_from_url(bucket_server.url(f"{tmp_path.name}/there"), there.home)
    fill(here, number=1)

    back_up(target, database_url, here)
    there.restore(target)

    assert sorted(there.storage.keys()) == sorted(here.keys())
    assert len(list(here.keys())) == 4
    for key in here.keys():  # noqa: SIM118  no mapping
        assert there.storage.read(key) == here.read(key)
    assert rows_of(there.database_url) == rows_of(database_url)


@ON_ONE_ENGINE
def test_a_bucket_that_is_away_is_said_and_nothing_is_written(domain, database_url, tmp_path, target):
    storage = storage_from_url(
        "s3://a:b@nowhere/x?endpoint=http://127.0.0.1:1&region=us-east-1", tmp_path / "spooled"
    )

    with pytest.raises(BackupError, match="Nothing was written: The store did not answer"):
        back_up(target, database_url, storage)

    assert not target.exists()
