"""The same promises from a folder and from a bucket, and what each says when its disk or server fails."""

import errno
import hashlib
import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from webapp.infra.s3 import S3Storage
from webapp.infra.spool import Spool
from webapp.infra.storage import (
    LocalStorage,
    Missing,
    Storage,
    StorageFailed,
    StorageFull,
    TooLarge,
    blob_key,
    rendition_key,
    storage_from_url,
)

ROOT = Path(__file__).parents[2]
BYTES = bytes(range(256)) * 40
KEY = blob_key(hashlib.sha256(BYTES).hexdigest())
BUCKET = "pictures"
ACCESS = {"access_key": "tester", "secret_key": "not-so-secret"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An S3 server on this machine with one bucket."""
    folder = tmp_path_factory.mktemp("s3")
    (folder / BUCKET).mkdir()
    port = free_port()
    command = ["-m", "nanio", "serve", "--data-dir", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    env = os.environ | {"NANIO_ACCESS_KEY": ACCESS["access_key"], "NANIO_SECRET_KEY": ACCESS["secret_key"]}
    server = subprocess.Popen(
        [sys.executable, *command, "--log-level", "error", "--no-access-log"],
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(10)


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        assert server.poll() is None, "the S3 server did not start"
        time.sleep(0.05)
    raise AssertionError("the S3 server does not listen")


@pytest.fixture
def bucket(endpoint: str, tmp_path: Path) -> S3Storage:
    spool = Spool(tmp_path / "spool")
    return S3Storage(BUCKET, spool=spool, prefix=tmp_path.name, endpoint=endpoint, region="us-east-1", **ACCESS)


@pytest.fixture(params=["folder", "bucket"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return LocalStorage(tmp_path / "media")
    made: Storage = request.getfixturevalue("bucket")
    return made


@pytest.fixture
def local(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "media")


def keep(storage: Storage, content: bytes = BYTES, key: str = KEY) -> str:
    storage.put_file(key, storage.receive(io.BytesIO(content), limit=len(content)).path)
    return key


def leftovers(storage: Storage) -> list[str]:
    spool: Spool = storage.spool  # type: ignore[attr-defined]
    return sorted(os.listdir(spool.folder))


def run_python(program: str, argument: Path) -> tuple[int, str]:
    ran = subprocess.run(
        [sys.executable, "-c", program, argument], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout


# What both promise


def test_receive_counts_and_hashes_what_came(storage: Storage) -> None:
    received = storage.receive(io.BytesIO(BYTES), limit=len(BYTES))
    assert received.size == len(BYTES)
    assert received.sha256 == hashlib.sha256(BYTES).hexdigest()
    assert received.path.read_bytes() == BYTES


def test_receive_takes_exactly_the_limit_and_not_a_byte_more(storage: Storage) -> None:
    storage.receive(io.BytesIO(bytes(1000)), limit=1000).discard()
    with pytest.raises(TooLarge) as caught:
        storage.receive(io.BytesIO(bytes(1001)), limit=1000)
    assert caught.value.limit == 1000
    assert leftovers(storage) == []


def test_receive_reads_no_further_than_it_must(storage: Storage) -> None:
    stream = io.BytesIO(bytes(50_000_000))
    with pytest.raises(TooLarge):
        storage.receive(stream, limit=1000)
    assert stream.tell() == 1001


def test_receive_of_nothing_is_an_empty_file(storage: Storage) -> None:
    received = storage.receive(io.BytesIO(b""), limit=0)
    assert received.size == 0
    assert received.path.stat().st_size == 0


def test_receive_leaves_nothing_when_the_sender_goes(storage: Storage) -> None:
    class Broken:
        left = 3

        def read(self, size: int) -> bytes:
            self.left -= 1
            if not self.left:
                raise ConnectionResetError("gone")
            return bytes(size)

    with pytest.raises(ConnectionResetError):
        storage.receive(Broken(), limit=10**9)
    assert leftovers(storage) == []


def test_discard_removes_the_upload_and_may_be_called_twice(storage: Storage) -> None:
    received = storage.receive(io.BytesIO(BYTES), limit=len(BYTES))
    received.discard()
    received.discard()
    assert leftovers(storage) == []


def test_put_file_keeps_the_bytes_and_takes_the_source_away(storage: Storage) -> None:
    received = storage.receive(io.BytesIO(BYTES), limit=len(BYTES))
    storage.put_file(KEY, received.path)
    assert storage.read(KEY) == BYTES
    assert not received.path.exists()
    assert leftovers(storage) == []


def test_put_file_replaces_an_equal_key(storage: Storage) -> None:
    keep(storage, b"damaged on the disk")
    keep(storage, BYTES)
    assert storage.read(KEY) == BYTES
    assert list(storage.keys()) == [KEY]


def test_a_large_file_comes_back_whole(storage: Storage) -> None:
    large = os.urandom(1024) * 12_000
    keep(storage, large)
    with storage.open(KEY) as file:
        assert hashlib.sha256(file.read()).digest() == hashlib.sha256(large).digest()
    assert storage.size(KEY) == len(large)


def test_read_gives_ranges_and_nothing_past_the_end(storage: Storage) -> None:
    keep(storage)
    assert storage.read(KEY, start=3, length=5) == BYTES[3:8]
    assert storage.read(KEY, start=10_000) == BYTES[10_000:]
    assert storage.read(KEY, start=len(BYTES) - 2, length=100) == BYTES[-2:]
    assert storage.read(KEY, start=len(BYTES) + 5, length=3) == b""
    assert storage.read(KEY, length=0) == b""


def test_open_seeks_like_any_file(storage: Storage) -> None:
    keep(storage)
    with storage.open(KEY) as file:
        assert file.seek(-4, os.SEEK_END) == len(BYTES) - 4
        assert file.read() == BYTES[-4:]
        assert file.read() == b""
        file.seek(7)
        assert file.read(3) == BYTES[7:10]
        assert file.seek(5, os.SEEK_CUR) == 15
        assert file.tell() == 15
        assert file.readable()
        assert file.seekable()


def test_an_empty_file_can_be_kept(storage: Storage) -> None:
    keep(storage, b"")
    assert storage.size(KEY) == 0
    assert storage.read(KEY) == b""
    with storage.open(KEY) as file:
        assert file.read() == b""


def test_a_missing_key_is_said_to_be_missing(storage: Storage) -> None:
    assert not storage.exists(KEY)
    with pytest.raises(Missing) as caught:
        storage.size(KEY)
    assert caught.value.key == KEY
    with pytest.raises(Missing):
        storage.read(KEY)
    with pytest.raises(Missing):
        storage.open(KEY)
    with pytest.raises(Missing), storage.fetched(KEY):
        pass
    assert leftovers(storage) == []


def test_delete_removes_and_may_be_called_twice(storage: Storage) -> None:
    keep(storage)
    storage.delete(KEY)
    storage.delete(KEY)
    assert not storage.exists(KEY)
    assert list(storage.keys()) == []


def test_keys_lists_a_folder_of_keys_and_not_what_only_starts_alike(storage: Storage) -> None:
    for key in ("renditions/aa/320.webp", "renditions/aa/640.webp", "renditions/aab/320.webp", "blobs/x"):
        keep(storage, key.encode(), key)
    assert sorted(storage.keys("renditions/aa")) == ["renditions/aa/320.webp", "renditions/aa/640.webp"]
    assert len(list(storage.keys())) == 4
    assert list(storage.keys("nothing/here")) == []


def test_keys_leaves_out_what_is_not_whole_yet(storage: Storage) -> None:
    keep(storage)
    storage.receive(io.BytesIO(b"half"), limit=10)
    assert list(storage.keys()) == [KEY]


def test_stored_tells_size_and_age(storage: Storage) -> None:
    before = datetime.now(UTC) - timedelta(minutes=5)
    keep(storage)
    (found,) = storage.stored("blobs")
    assert (found.key, found.size) == (KEY, len(BYTES))
    assert before < found.modified_at < datetime.now(UTC) + timedelta(minutes=5)


def test_fetched_lends_a_local_file(storage: Storage) -> None:
    keep(storage)
    with storage.fetched(KEY) as path:
        assert path.read_bytes() == BYTES
    assert leftovers(storage) == []
    assert storage.exists(KEY)


def test_workspace_is_gone_with_all_that_is_in_it(storage: Storage) -> None:
    with storage.workspace() as folder:
        (folder / "one").write_bytes(b"1")
        storage.put_file("renditions/one", folder / "one")
        (folder / "two").write_bytes(b"2")
    assert not folder.exists()
    assert storage.read("renditions/one") == b"1"
    assert leftovers(storage) == []


def test_workspace_is_gone_after_a_failure(storage: Storage) -> None:
    with pytest.raises(FileNotFoundError), storage.workspace() as folder:
        (folder / "one").rename(folder / "nowhere" / "two")
    assert leftovers(storage) == []


def test_sweep_removes_what_is_old_and_spares_what_is_young(storage: Storage) -> None:
    old = storage.receive(io.BytesIO(b"old"), limit=10)
    young = storage.receive(io.BytesIO(b"young"), limit=10)
    keep(storage)
    an_hour_ago = time.time() - 3600
    os.utime(old.path, (an_hour_ago, an_hour_ago))
    folder = old.path.parent / "work-abandoned"
    folder.mkdir()
    (folder / "320.webp").write_bytes(b"half")
    os.utime(folder, (an_hour_ago, an_hour_ago))
    assert storage.sweep(timedelta(minutes=30)) == 2
    assert leftovers(storage) == [young.path.name]
    assert storage.read(KEY) == BYTES


def test_sweep_of_everything_leaves_the_spool_usable(storage: Storage) -> None:
    storage.receive(io.BytesIO(b"x"), limit=10)
    assert storage.sweep(timedelta(0)) == 1
    assert storage.receive(io.BytesIO(b"y"), limit=10).size == 1


def test_works_says_yes_and_leaves_nothing(storage: Storage) -> None:
    assert storage.works() is True
    assert leftovers(storage) == []
    assert list(storage.keys()) == []


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "..",
        "../outside",
        "blobs/../../outside",
        "blobs/./x",
        "blobs//x",
        "blobs/x/",
        "blobs/.hidden",
        "blobs\\x",
        "blobs/x\x00.png",
        "blobs/x\n",
        "blobs/é",
        "blobs/a b",
        "blobs/" + "x" * 200,
        "a/b/c/d/e/f/g/h/i/j",
        "tmp/upload-1",
        "tmp",
        "%2e%2e/x",
    ],
)
def test_no_key_leads_outside(storage: Storage, key: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"x")
    for act in (storage.open, storage.read, storage.size, storage.exists, storage.delete, storage.path):
        with pytest.raises(ValueError, match="no storage key"):
            act(key)
    with pytest.raises(ValueError, match="no storage key"):
        storage.put_file(key, source)
    with pytest.raises(ValueError, match="no storage key"), storage.fetched(key):
        pass
    assert source.exists()


def test_keys_say_what_they_are_of() -> None:
    digest = "ab12" + "0" * 60
    assert blob_key(digest) == f"blobs/ab/12/{digest}"
    assert rendition_key(digest, "640.webp") == f"renditions/{digest}/640.webp"


# A folder


def test_path_names_the_file_in_the_folder(local: LocalStorage) -> None:
    keep(local)
    assert local.path(KEY) == local.root / KEY
    assert (local.root / KEY).read_bytes() == BYTES


def test_a_folder_is_no_key(local: LocalStorage) -> None:
    keep(local)
    assert not local.exists("blobs")
    with pytest.raises(Missing):
        local.open("blobs")
    with pytest.raises(Missing):
        local.size(KEY + "/below")


def test_a_folder_that_cannot_be_listed_is_a_failure_and_one_that_is_not_there_is_empty(local: LocalStorage) -> None:
    keep(local)
    assert list(local.keys("nothing")) == []
    with pytest.raises(StorageFailed):
        list(local.keys(KEY))


def test_put_file_syncs_the_file_before_its_name_and_the_folder_after(
    local: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order is what outlasts a power cut, and each new folder is written down in the one above."""
    seen: list[str] = []
    really_sync, really_replace = os.fsync, os.replace

    def sync(descriptor: int) -> None:
        seen.append("sync " + Path(os.readlink(f"/proc/self/fd/{descriptor}")).name)
        really_sync(descriptor)

    def replace(source: Path, target: Path) -> None:
        seen.append("rename")
        really_replace(source, target)

    received = local.receive(io.BytesIO(BYTES), limit=len(BYTES))
    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "replace", replace)
    local.put_file("blobs/ab/cd/whole", received.path)
    assert seen == [
        f"sync {received.path.name}",
        "sync media",
        "sync blobs",
        "sync ab",
        "rename",
        "sync cd",
    ]


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.ENOSPC, StorageFull), (errno.EDQUOT, StorageFull), (errno.EIO, StorageFailed)],
)
def test_a_disk_that_fails_at_sync_is_reported_and_nothing_is_acknowledged(
    local: LocalStorage, monkeypatch: pytest.MonkeyPatch, number: int, expected: type[Exception]
) -> None:
    received = local.receive(io.BytesIO(BYTES), limit=len(BYTES))

    def fail(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(expected):
        local.put_file(KEY, received.path)
    assert not local.exists(KEY)


def test_a_full_disk_while_receiving_leaves_nothing(local: LocalStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up first takes a part of what it is given, then refuses."""
    really_write, taken = os.write, []

    def write(descriptor: int, data: bytes) -> int:
        if taken:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken.append(really_write(descriptor, bytes(data)[:100]))
        return taken[0]

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", write)
        with pytest.raises(StorageFull):
            local.receive(io.BytesIO(BYTES), limit=len(BYTES))
    assert taken == [100]
    assert leftovers(local) == []
    assert keep(local) == KEY


FILL = """
import io, resource, sys
from pathlib import Path
from webapp.infra.storage import LocalStorage, StorageFull
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    LocalStorage(Path(sys.argv[1])).receive(io.BytesIO(bytes(1_000_000)), limit=10**7)
except StorageFull:
    print("full")
"""


def test_the_kernel_refusing_bytes_is_a_full_store(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", FILL, tmp_path / "media"], capture_output=True, text=True, check=True)
    assert ran.stdout == "full\n"
    assert os.listdir(tmp_path / "media" / "tmp") == []


def test_a_source_of_another_disk_is_copied_and_then_removed(tmp_path: Path, local: LocalStorage) -> None:
    shm = Path("/dev/shm")
    other = shm if shm.is_dir() and shm.stat().st_dev != tmp_path.stat().st_dev else tmp_path
    source = other / f"vitrine-test-{os.getpid()}"
    try:
        source.write_bytes(BYTES)
        local.put_file(KEY, source)
        assert local.read(KEY) == BYTES
        assert not source.exists()
        assert leftovers(local) == []
    finally:
        source.unlink(missing_ok=True)


def test_a_source_that_is_not_there_is_a_failure(local: LocalStorage, tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        local.put_file(KEY, tmp_path / "nothing")
    assert not local.exists(KEY)


KILLED = """
import io, os, signal, sys
from pathlib import Path
from webapp.infra.storage import LocalStorage
class Stream:
    left = 4
    def read(self, size):
        self.left -= 1
        if not self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return bytes(size)
LocalStorage(Path(sys.argv[1])).receive(Stream(), limit=10**9)
"""


def test_a_killed_upload_is_swept_and_was_never_a_key(tmp_path: Path) -> None:
    assert run_python(KILLED, tmp_path / "media") == (-signal.SIGKILL, "")
    storage = LocalStorage(tmp_path / "media")
    assert list(storage.keys()) == []
    assert len(leftovers(storage)) == 1
    assert storage.sweep(timedelta(0)) == 1
    assert leftovers(storage) == []


def test_works_says_no_when_the_folder_has_gone(local: LocalStorage) -> None:
    local.spool.folder.rmdir()
    assert local.works() is False
    with pytest.raises(StorageFailed):
        local.receive(io.BytesIO(b"x"), limit=10)


# A bucket


def test_a_bucket_names_no_local_file(bucket: S3Storage) -> None:
    keep(bucket)
    assert bucket.path(KEY) is None


def test_a_refused_secret_is_a_failure_and_the_source_stays(endpoint: str, tmp_path: Path, bucket: S3Storage) -> None:
    wrong = S3Storage(
        BUCKET, spool=Spool(tmp_path / "spool"), endpoint=endpoint, access_key="tester", secret_key="wrong"
    )
    received = wrong.receive(io.BytesIO(BYTES), limit=len(BYTES))
    with pytest.raises(StorageFailed):
        wrong.put_file(KEY, received.path)
    assert received.path.read_bytes() == BYTES
    assert wrong.works() is False


def test_a_bucket_that_is_not_there_is_a_failure(endpoint: str, tmp_path: Path) -> None:
    nowhere = S3Storage("no-such-bucket", spool=Spool(tmp_path / "spool"), endpoint=endpoint, **ACCESS)
    received = nowhere.receive(io.BytesIO(BYTES), limit=len(BYTES))
    with pytest.raises(StorageFailed, match="bucket is not there"):
        nowhere.put_file(KEY, received.path)
    assert received.path.exists()


def test_a_server_that_is_not_there_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.infra.s3.RETRIES", {"max_retries": 0})
    spool = Spool(tmp_path / "spool")
    gone = S3Storage(BUCKET, spool=spool, endpoint=f"http://127.0.0.1:{free_port()}", **ACCESS)
    with pytest.raises(StorageFailed):
        gone.size(KEY)
    assert gone.works() is False


def test_a_bucket_that_is_full_says_so(bucket: S3Storage) -> None:
    with pytest.raises(StorageFull), bucket._faults():
        raise bucket.obstore.exceptions.GenericError("503: <Code>XMinioStorageFull</Code>")


# Addresses


def test_the_default_store_is_a_folder_in_the_home(tmp_path: Path) -> None:
    storage = storage_from_url(None, tmp_path)
    assert isinstance(storage, LocalStorage)
    assert storage.root == tmp_path / "media"


def test_a_file_url_names_a_folder_letter_by_letter(tmp_path: Path) -> None:
    odd = tmp_path / "my pictures#1?50%25"
    storage = storage_from_url(f"file://{odd}", tmp_path)
    assert isinstance(storage, LocalStorage)
    assert storage.root == odd
    assert keep(storage) == KEY


def test_an_s3_url_says_it_all(endpoint: str, tmp_path: Path) -> None:
    url = f"s3://tester:not%2Dso-secret@{BUCKET}/{tmp_path.name}/deep?endpoint={endpoint}&region=us-east-1"
    storage = storage_from_url(url, tmp_path)
    assert isinstance(storage, S3Storage)
    assert storage.spool.folder == tmp_path / "spool"
    keep(storage)
    assert list(storage.keys()) == [KEY]


def test_an_s3_url_without_a_secret_takes_the_environments(
    endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS["access_key"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ACCESS["secret_key"])
    storage = storage_from_url(f"s3://{BUCKET}/{tmp_path.name}?endpoint={endpoint}", tmp_path)
    keep(storage)
    assert storage.read(KEY) == BYTES


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("ftp://example.org/x", "must be file:///FOLDER or s3://"),
        ("media", "must be file:///FOLDER or s3://"),
        ("file://media", "must name a folder from the root"),
        ("s3:///prefix", "names no bucket"),
        ("s3://key@bucket", "both halves"),
        ("s3://bucket?endpoint=http://127.0.0.1:9&colour=red", "unknown option: colour"),
        ("s3://[bucket", "cannot be read"),
    ],
)
def test_a_bad_url_is_refused_in_a_sentence(url: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said) as caught:
        storage_from_url(url, tmp_path)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_a_bucket_without_its_library_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(ValueError, match=r"vitrine\[s3\]"):
        storage_from_url("s3://bucket", tmp_path)
