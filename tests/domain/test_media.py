"""The library: bytes come in whole or leave nothing, share a blob and never an entry, and bring no harmful name."""

import hashlib
import io
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from sqlalchemy import func, select

from tests import factories, pictures
from tests.races import race
from tests.uploads import all_of, blob_of, files_in, rows_of, states_of, upload
from webapp.domain import galleries, items, media, renditions
from webapp.domain.errors import Conflict, Invalid, NotFound, Stale
from webapp.domain.models import AuditEntry, Blob, Media, OutboxEvent, Rendition
from webapp.domain.transaction import release, transaction
from webapp.infra.db import db
from webapp.infra.storage import StorageFailed, blob_key

ROOT = Path(__file__).parents[2]
RIGHT_TO_LEFT = "\u202e"


def count(model):
    release()
    return db.session.scalars(select(func.count()).select_from(model)).one()


def take_in(storage, content, name="photo.jpg", **options):
    return media.take_in(io.BytesIO(content), name, storage=storage, **options)


# Bytes


def test_a_picture_that_comes_in_is_a_row_a_file_and_an_event(storage, ed):
    content = pictures.photo(900, 600, orientation=6)
    media_id = upload(storage, content, "Ferien am See.JPG", by=ed)

    made, blob = db.session.get(Media, media_id), blob_of(media_id)
    assert (blob.sha256, blob.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (blob.mime_type, blob.width, blob.height, blob.frames, blob.has_alpha) == (
        "image/jpeg",
        900,
        600,
        1,
        False,
    )
    assert blob.colour.startswith("#")
    assert len(blob.thumbhash) > 5
    assert storage.read(blob_key(blob.sha256)) == content
    assert (made.original_filename, made.state, made.kind) == ("Ferien am See.JPG", "ready", "image")
    assert (made.uploaded_by_id, made.uploaded_through) == (ed.id, "dashboard")
    assert made.filename.endswith(".jpg")
    assert [(event.kind, event.entity_id) for event in db.session.scalars(select(OutboxEvent))] == [
        ("media.created", str(media_id))
    ]
    assert [(entry.verb, entry.thing_id) for entry in db.session.scalars(select(AuditEntry))] == [
        ("media.upload", str(media_id))
    ]


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "avif", "heic", "gif", "tiff"])
def test_content_decides_what_a_file_is_and_never_its_name(storage, form):
    media_id = upload(storage, pictures.photo(64, 48, format=form), "notes.txt")

    made = db.session.get(Media, media_id)
    assert blob_of(media_id).mime_type == f"image/{form}"
    assert made.filename.rpartition(".")[2] == {"jpeg": "jpg", "tiff": "tif"}.get(form, form)
    assert made.original_filename == "notes.txt"


def test_d22_equal_bytes_share_one_blob_and_no_entry(storage, ed):
    content = pictures.photo(400, 300)
    first, second = upload(storage, content, "a.jpg", by=ed), upload(storage, content, "b.jpg", by=ed)

    assert first != second
    assert blob_of(first).id == blob_of(second).id
    assert (count(Media), count(Blob), count(Rendition)) == (2, 1, 3)
    assert len(list(storage.keys("blobs"))) == 1
    assert db.session.get(Media, first).filename != db.session.get(Media, second).filename


def test_d22_equal_bytes_that_come_at_once_share_one_blob(domain, storage):
    content = pictures.photo(400, 300)

    made = race(domain, *[lambda: upload(storage, content)] * 4)

    assert len(set(made)) == 4
    assert (count(Media), count(Blob), count(Rendition)) == (4, 1, 3)


def test_d22_the_oldest_entry_of_equal_bytes_is_offered(storage):
    content = pictures.photo(400, 300)
    sha256 = hashlib.sha256(content).hexdigest()
    assert media.same_bytes(sha256) is None
    first, second = upload(storage, content), upload(storage, content)

    assert media.same_bytes(sha256).id == first
    with transaction():
        media.trash(media.locked(first), actor=factories.actor("Ed", "editor"))
    assert media.same_bytes(sha256).id == second


REFUSED = {
    "nothing": (b"", "empty"),
    "text": (b"just words " * 100, "unknown_format"),
    "markup": (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "unknown_format"),
    "cut off": (pictures.photo(400, 300)[:-4000], "truncated"),
    "too large": (pictures.photo(400, 300) + bytes(3 * 1024**2), "too_large"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refused_file_leaves_nothing(storage, kind):
    content, _ = REFUSED[kind]

    with pytest.raises(Invalid) as refused:
        take_in(storage, content, limit=2 * 1024**2)

    assert refused.value.field == "file"
    assert refused.value.code
    assert str(refused.value).count("\n") == 0
    assert all_of(storage) == []
    assert (count(Media), count(Blob), count(Rendition), count(OutboxEvent)) == (0, 0, 0, 0)


def test_a_file_above_the_limit_is_refused_with_the_limit(storage):
    with pytest.raises(Invalid) as refused:
        take_in(storage, REFUSED["too large"][0], limit=2 * 1024**2)

    assert (refused.value.code, str(refused.value)) == ("too_large", "File size exceeds 2MB limit")


class BrokenOff(io.RawIOBase):
    """A body whose sender goes away in the middle."""

    def __init__(self, content):
        self.content = content

    def read(self, size=-1):
        if not self.content:
            raise ConnectionResetError("the other side has gone")
        piece, self.content = self.content[:1000], self.content[1000:]
        return piece


def test_a_sender_that_goes_away_leaves_nothing(storage):
    with pytest.raises(ConnectionResetError):
        media.take_in(BrokenOff(pictures.photo(400, 300)), "photo.jpg", storage=storage)

    assert all_of(storage) == []


FULL_DISK = """
import io, resource, signal, sys
from pathlib import Path
from tests import pictures
from webapp.domain import media
from webapp.infra.storage import LocalStorage, StorageFull

storage = LocalStorage(Path(sys.argv[1]))
content = pictures.photo(1200, 800)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (len(content) // 2, resource.RLIM_INFINITY))
try:
    media.take_in(io.BytesIO(content), "photo.jpg", storage=storage)
except StorageFull as full:
    print(full)
"""


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path):
    home = tmp_path / "media"
    words = [sys.executable, "-c", FULL_DISK, str(home)]
    ran = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (ran.stdout.strip(), ran.stderr) == ("The disk is full.", "")
    assert files_in(home) == []


@pytest.mark.at_the_disk
def test_a_store_that_refuses_leaves_no_half_file(storage):
    (storage.root / "blobs").write_text("a file where the folder should be")

    with pytest.raises(StorageFailed):
        take_in(storage, pictures.photo(400, 300))

    assert all_of(storage) == ["blobs"]


def test_a_transaction_that_fails_leaves_bytes_and_no_row(storage, ed):
    intake = take_in(storage, pictures.photo(400, 300))
    with pytest.raises(NotFound), transaction():
        galleries.update(galleries.get(media.add(intake, actor=ed).id), {}, actor=ed)

    assert (count(Media), count(Blob), count(Rendition), count(OutboxEvent)) == (0, 0, 0, 0)
    assert list(storage.keys("blobs")) == [blob_key(intake.sha256)]


def test_bytes_that_were_missed_are_found_when_they_come_again(storage):
    content = pictures.photo(400, 300)
    first = upload(storage, content)
    blob_id = blob_of(first).id
    with transaction():
        blob = db.session.get(Blob, blob_id)
        blob.missing_since = datetime.now(UTC)
        for row in db.session.scalars(select(Rendition).where(Rendition.blob_id == blob_id)):
            row.state, row.error = "failed", "Nothing is stored."
        db.session.get(Media, first).state = "missing"
    storage.delete(blob_key(blob.sha256))

    second = upload(storage, content)

    assert blob_of(second).missing_since is None
    assert {found.state for found in db.session.scalars(select(Media))} == {"ready"}
    assert renditions.work_off(storage) == 2
    assert states_of(first) == {"ready"}
    assert len(rows_of(first)) == 3


# Names


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("IMG_0042.JPG", "IMG_0042.JPG"),
        ("Ferien am See.jpg", "Ferien am See.jpg"),
        ("../../etc/passwd.png", "passwd.png"),
        ("..\\..\\windows\\win.png", "win.png"),
        ("C:\\Users\\Ed\\Bild.jpg", "Bild.jpg"),
        ("/absolute/photo.jpg", "photo.jpg"),
        ("photo\x00.jpg", "photo.jpg"),
        ("a\r\nSet-Cookie: x=1.jpg", "a Set-Cookie: x=1.jpg"),
        (f"photo{RIGHT_TO_LEFT}gpj.exe", "photogpj.exe"),
        ("\u200f\u2067صورة\u2069.jpg", "صورة.jpg"),
        ("写真　一.jpg", "写真 一.jpg"),
        ("👩‍🚀 in space.png", "👩‍🚀 in space.png"),
        ("half \ud83d pair.jpg", "half pair.jpg"),
        ("a  \t b\u2028c.jpg", "a b c.jpg"),
        ("...", "picture"),
        ("..", "picture"),
        ("", "picture"),
        (" . ", "picture"),
        ("/", "picture"),
        ("\x00\x1f\x7f", "picture"),
        ("photo.jpg...", "photo.jpg"),
        (".hidden.jpg", "hidden.jpg"),
        ("CON", "_CON"),
        ("nul.jpg", "_nul.jpg"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("console.jpg", "console.jpg"),
        ("x" * 5000 + ".jpg", "x" * 196 + ".jpg"),
        ("é" * 5000, "é" * 199),
        ("a." + "b" * 5000, "a." + "b" * 197),
        ("x" * 195 + " y.jpg", "x" * 195 + ".jpg"),
        ("aux" + "x" * 5000, "aux" + "x" * 196),
        ("aux." + "x" * 5000, "_aux." + "x" * 194),
    ],
)
def test_a_file_name_is_cleaned_and_never_refused(given, kept):
    assert media.clean_filename(given) == kept


@given(some.text(some.characters(codec=None), max_size=400))
@example("\ud800/\udfff")
@example(f"{RIGHT_TO_LEFT}..{RIGHT_TO_LEFT}")
@example("a" * 199 + ".jpg")
@example("aux." + "x" * 400)
def test_no_file_name_can_do_harm(name):
    kept = media.clean_filename(name)

    assert 1 <= len(kept) <= 200
    assert kept.encode("utf-8").decode("utf-8") == kept
    assert not set(kept) & {"/", "\\", "\x00", "\n", "\r", RIGHT_TO_LEFT}
    assert kept.strip(" .") == kept
    assert media.clean_filename(kept) == kept


@pytest.mark.parametrize("name", ["../\x00.jpg", "x" * 5000 + ".jpg", "half \ud83d.jpg", RIGHT_TO_LEFT * 300])
def test_a_picture_with_a_bad_name_comes_in(storage, name):
    media_id = upload(storage, width=64, height=48, name=name)

    assert db.session.get(Media, media_id).original_filename == media.clean_filename(name)
    assert states_of(media_id) == {"pending"}


def test_a_name_that_came_as_latin_1_is_cleaned(storage):
    """A server hands over header bytes as latin-1; Werkzeug's decoding leaves surrogates where they are no UTF-8."""
    name = "Sommer \xfc.jpg".encode("latin-1").decode("utf-8", "surrogateescape")

    media_id = upload(storage, width=64, height=48, name=name)

    assert db.session.get(Media, media_id).original_filename == "Sommer .jpg".replace(" .", ".")


# Entries


def test_an_entry_is_found_until_it_is_in_the_trash(storage, ed):
    media_id = upload(storage, width=64, height=48)
    assert media.get(media_id).id == media_id
    with transaction():
        media.trash(media.locked(media_id), actor=ed)

    for look in (media.get, media.locked):
        with pytest.raises(NotFound, match="Media not found"):
            look(media_id)
    with pytest.raises(NotFound):
        media.get(uuid4())


def test_a_new_name_counts_a_version_and_is_told_once(storage, ed):
    media_id = upload(storage, width=64, height=48, by=ed)
    with transaction():
        media.change(media.get(media_id), {"original_filename": "../See.jpg"}, actor=ed, version=1)
        media.change(media.get(media_id), {"original_filename": "See.jpg"}, actor=ed, version=2)
        media.change(media.get(media_id), {}, actor=ed)

    changed = db.session.get(Media, media_id)
    assert (changed.original_filename, changed.version) == ("See.jpg", 2)
    assert changed.updated_at is not None
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "media.update"))
    assert entry.changes == {"original_filename": ["photo.jpg", "See.jpg"]}


def test_a_change_of_an_old_version_is_refused(storage, ed):
    media_id = upload(storage, width=64, height=48)

    with pytest.raises(Stale), transaction():
        media.change(media.get(media_id), {"original_filename": "x.jpg"}, actor=ed, version=7)

    release()
    assert db.session.get(Media, media_id).original_filename == "photo.jpg"


def test_a_media_in_use_cannot_be_thrown_away_and_says_where(storage, ed):
    media_id = upload(storage, width=64, height=48)
    with transaction():
        shown, covered = factories.gallery(ed, "Summer"), factories.gallery(ed, "Winter")
        items.add(shown.id, [media_id, media_id], actor=ed)
        galleries.update(covered, {"cover_media_id": media_id}, actor=ed)

    assert [use.title for use in media.uses(media_id)] == ["Summer", "Winter"]
    with pytest.raises(Conflict, match="used in Summer, Winter") as refused, transaction():
        media.trash(media.locked(media_id), actor=ed)
    assert refused.value.code == "in_use"
    with transaction():
        galleries.trash(galleries.get(shown.id), actor=ed)
        galleries.update(galleries.get(covered.id), {"cover_media_id": None}, actor=ed)
    assert media.uses(media_id) == []
    with transaction():
        media.trash(media.locked(media_id), actor=ed)
    assert count(Media) == 1


def test_the_bytes_of_several_media_come_in_one_query(storage):
    from tests.statements import counted

    ids = [upload(storage, width=64, height=48, seed=seed) for seed in range(3)]
    release()

    with counted() as sent:
        found = media.blobs_of(ids)

    assert len(sent) == 1
    assert set(found) == set(ids)
    assert len({blob.sha256 for blob in found.values()}) == 3
