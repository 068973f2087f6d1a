"""Files that come in pieces, through the door: what tus 1.0.0 asks for, and what becomes of them."""

import base64
import hashlib
import io
from contextvars import Context
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from tests import factories, pictures
from tests.fixtures.app import on_sqlite
from tests.races import race
from tests.uploads import all_of
from webapp.domain import media, partial_uploads, upkeep
from webapp.domain.models import Item, Media, PartialUpload
from webapp.domain.transaction import release, transaction
from webapp.infra import parts
from webapp.infra.clock import now
from webapp.infra.db import db
from webapp.infra.most import VIDEO_BYTES

HOME = "/library/uploads/tus"
PIECE = "application/offset+octet-stream"
PHOTO = pictures.photo(160, 120, seed=1)
SIZE = len(PHOTO)


class Sender:
    """Somebody's script that speaks tus."""

    def __init__(self, browser):
        self.browser = browser
        self.token = browser.page("/languages/").one("meta", name="csrf-token")["content"]

    def ask(self, method, url=HOME, **options):
        own = {"Tus-Resumable": "1.0.0", "X-CSRFToken": self.token, "Sec-Fetch-Site": "same-origin"}
        own |= {"Accept": "application/json"}
        headers = {name: value for name, value in (own | options.pop("headers", {})).items() if value is not None}
        return Context().run(self.browser.open, url, method=method, headers=headers, **options)

    def begin(self, length=SIZE, **told):
        said = ",".join(f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in told.items())
        return self.ask("POST", headers={"Upload-Length": str(length), "Upload-Metadata": said})

    def begun(self, length=SIZE, **told):
        answer = self.begin(length, **{"filename": "lake.jpg"} | told)
        assert answer.status_code == 201, answer.text
        return answer.headers["Location"].removeprefix("http://localhost")

    def send(self, url, content, at=0, **headers):
        own = {"Upload-Offset": str(at)} | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("PATCH", url, data=content, headers=own, content_type=PIECE)

    def offset(self, url):
        answer = self.ask("HEAD", url)
        return answer.status_code, int(answer.headers["Upload-Offset"])


@pytest.fixture
def sender(inside, ed):
    return Sender(ed)


@pytest.fixture
def storage(inside):
    return inside.extensions["vitrine-storage"]


def row_of(url):
    release()
    return db.session.get(PartialUpload, UUID(url.rpartition("/")[2]))


def names():
    release()
    return list(db.session.scalars(select(Media.original_filename).order_by(Media.created_at)))


def checksum(content, algorithm="sha1"):
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


@on_sqlite
def test_what_is_spoken_is_told(sender):
    answer = sender.ask("OPTIONS", headers={"Tus-Resumable": None})

    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == answer.headers["Tus-Resumable"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {"creation", "termination", "checksum", "expiration"}
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert answer.headers["Tus-Max-Size"] == str(VIDEO_BYTES)


@on_sqlite
@pytest.mark.parametrize("version", [None, "0.2.2"])
def test_another_version_is_refused(sender, version):
    answer = sender.ask("POST", headers={"Upload-Length": "9", "Tus-Resumable": version})

    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


def test_a_file_in_pieces_is_in_the_library_once(sender, storage):
    url = sender.begun()
    assert sender.offset(url) == (200, 0)

    first = sender.send(url, PHOTO[:1000])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "1000")
    assert sender.offset(url) == (200, 1000)
    last = sender.send(url, PHOTO[1000:], at=1000)

    assert (last.status_code, last.headers["Upload-Offset"]) == (204, str(len(PHOTO)))
    assert names() == ["lake.jpg"]
    sha256 = hashlib.sha256(PHOTO).hexdigest()
    assert all_of(storage) == [f"blobs/{sha256[:2]}/{sha256[2:4]}/{sha256}"]
    assert sender.ask("GET", url).json["media"] == str(db.session.scalar(select(Media.id)))


@on_sqlite
def test_a_finished_upload_says_so_and_takes_no_more(sender):
    url = sender.begun()
    sender.send(url, PHOTO)

    assert sender.offset(url) == (200, len(PHOTO))
    assert sender.send(url, b"", at=len(PHOTO)).status_code == 204
    assert sender.send(url, b"x", at=0).status_code == 409
    assert names() == ["lake.jpg"]


@on_sqlite
def test_head_tells_what_was_told(sender):
    url = sender.begun(filename="see.jpg")
    answer = sender.ask("HEAD", url)

    assert answer.headers["Upload-Length"] == str(len(PHOTO))
    assert answer.headers["Upload-Metadata"] == "filename " + base64.b64encode(b"see.jpg").decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Upload-Expires"].endswith("GMT")


@on_sqlite
@pytest.mark.parametrize("at", [1, 500, 10**9])
def test_a_piece_for_another_place_is_refused(sender, at):
    url = sender.begun()

    assert sender.send(url, PHOTO, at=at).status_code == 409
    assert sender.offset(url) == (200, 0)


@on_sqlite
def test_more_than_was_announced_is_refused_and_not_kept(sender):
    url = sender.begun()
    sender.send(url, PHOTO[:100])

    assert sender.send(url, PHOTO[100:] + b"more", at=100).status_code == 413
    assert sender.offset(url) == (200, 100)
    assert names() == []


@on_sqlite
@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_with_its_checksum_is_kept_and_a_damaged_one_is_not(sender, algorithm):
    url = sender.begun()

    damaged = sender.send(url, b"x" + PHOTO[1:500], Upload_Checksum=checksum(PHOTO[:500], algorithm))
    assert damaged.status_code == 460
    assert sender.offset(url) == (200, 0)
    good = sender.send(url, PHOTO[:500], Upload_Checksum=checksum(PHOTO[:500], algorithm))

    assert (good.status_code, good.headers["Upload-Offset"]) == (204, "500")
    assert sender.send(url, PHOTO[500:], at=500).status_code == 204
    assert names() == ["lake.jpg"]


@on_sqlite
@pytest.mark.parametrize("said", ["md5 AAAA", "sha1 $$$"])
def test_a_checksum_that_is_not_known_is_refused(sender, said):
    url = sender.begun()

    assert sender.send(url, PHOTO, Upload_Checksum=said).status_code == 400
    assert sender.offset(url) == (200, 0)


@on_sqlite
@pytest.mark.parametrize(
    ("length", "status"), [(str(VIDEO_BYTES + 1), 413), ("0", 422), ("", 400), ("-1", 400), ("٣", 400)]
)
def test_a_length_that_cannot_be_is_refused_at_the_beginning(sender, storage, length, status):
    answer = sender.ask("POST", headers={"Upload-Length": length.encode().decode("latin-1")})

    assert answer.status_code == status
    assert answer.json["message"]
    assert all_of(storage) == []


@on_sqlite
def test_other_content_types_are_refused(sender):
    url = sender.begun()
    headers = {"Upload-Offset": "0"}

    assert sender.ask("PATCH", url, data=b"x", headers=headers, content_type="text/plain").status_code == 415
    assert sender.offset(url) == (200, 0)


@on_sqlite
def test_what_is_no_picture_is_refused_in_a_sentence_and_removed(sender, storage):
    content = b"%PDF-1.7 " + b"words " * 2000
    url = sender.begun(len(content))

    answer = sender.send(url, content)

    assert answer.status_code == 422
    assert answer.json["message"]
    assert all_of(storage) == []
    assert sender.ask("GET", url).json == answer.json
    assert sender.send(url, content).status_code == 422
    assert names() == []


@on_sqlite
def test_a_picture_that_is_going_to_be_too_large_is_refused_by_its_first_piece(sender, storage):
    head = pictures.photo(640, 480, seed=1)[:5000]
    url = sender.begun(51 * 1024**2)

    answer = sender.send(url, head)

    assert (answer.status_code, answer.json["code"]) == (422, "too_large")
    assert all_of(storage) == []


@on_sqlite
def test_equal_bytes_are_offered(sender):
    sender.send(sender.begun(), PHOTO)
    url = sender.begun(filename="same.jpg")
    sender.send(url, PHOTO)

    assert sender.ask("GET", url).json["known"]["name"] == "lake.jpg"
    assert names() == ["lake.jpg"]
    sender.send(sender.begun(filename="same.jpg", again=1), PHOTO)
    assert names() == ["lake.jpg", "same.jpg"]


@on_sqlite
def test_equal_bytes_are_offered_out_of_the_trash(sender, cast):
    sender.send(sender.begun(), PHOTO)
    with transaction():
        thrown = db.session.scalars(select(Media.id)).one()
        media.trash(media.locked(thrown), actor=cast.ed)
    url = sender.begun(filename="same.jpg")
    sender.send(url, PHOTO)

    assert sender.ask("GET", url).json["known"] == {"id": str(thrown), "name": "lake.jpg", "trashed": True}
    sender.send(sender.begun(filename="same.jpg", again=1), PHOTO)
    assert names() == ["lake.jpg", "same.jpg"]


def test_a_file_for_a_gallery_stands_at_its_place(sender, cast):
    with transaction():
        gallery_id = factories.gallery(cast.ed, "Summer").id
    batch = uuid4()
    for place in (1, 0):
        content = pictures.photo(160, 120, seed=place)
        told = {"filename": f"{place}.jpg", "gallery": gallery_id, "batch": batch, "place": place}
        url = sender.begun(len(content), **told)
        assert sender.send(url, content).status_code == 204
        assert sender.ask("GET", url).json["item"]

    release()
    rows = select(Item.id, Media.original_filename).join(Media, Media.id == Item.media_id)
    named = dict(iter(db.session.execute(rows)))
    assert [named[item_id] for item_id in factories.order(gallery_id)] == ["0.jpg", "1.jpg"]


@on_sqlite
def test_an_unknown_gallery_is_refused_at_the_beginning(sender):
    assert sender.begin(gallery=uuid4()).status_code == 404
    assert sender.begin(gallery="nowhere").status_code == 422


@on_sqlite
def test_a_cancelled_upload_leaves_nothing(sender, storage):
    url = sender.begun()
    sender.send(url, PHOTO[:100])

    assert sender.ask("DELETE", url).status_code == 204
    assert sender.ask("HEAD", url).status_code == 404
    assert all_of(storage) == []
    assert row_of(url) is None


@on_sqlite
def test_an_upload_is_nobody_elses(app, sender, ada, tessa):
    url = sender.begun()
    others = Context().run(Sender, ada)

    assert others.ask("HEAD", url).status_code == 404
    assert others.send(url, PHOTO).status_code == 404
    assert others.ask("DELETE", url).status_code == 404
    assert Context().run(Sender, tessa).begin().status_code == 403
    assert sender.offset(url) == (200, 0)


@on_sqlite
def test_nothing_is_done_without_the_token_or_for_another_site(sender):
    url = sender.begun()

    assert sender.send(url, PHOTO, X_CSRFToken=None).status_code == 400
    assert sender.send(url, PHOTO, Sec_Fetch_Site="cross-site").status_code == 403
    assert sender.ask("DELETE", url, headers={"X-CSRFToken": None}).status_code == 400
    assert sender.offset(url) == (200, 0)


@on_sqlite
def test_an_expired_upload_is_gone_and_its_bytes_go_with_the_next_round(sender, storage, monkeypatch):
    url, other = sender.begun(), sender.begun()
    sender.send(url, PHOTO[:100])
    sender.send(other, PHOTO[:200])
    with transaction():
        late = update(PartialUpload).where(PartialUpload.id == row_of(url).id)
        db.session.execute(late.values(expires_at=now() - timedelta(seconds=1)))
    assert sender.ask("HEAD", url).status_code == 410
    assert sender.send(url, PHOTO[100:], at=100).status_code == 410

    monkeypatch.setattr(partial_uploads, "GRACE", timedelta(0))
    monkeypatch.setattr(upkeep, "GRACE", timedelta(0))
    release()
    upkeep.tidy(storage)

    assert sender.ask("HEAD", url).status_code == 404
    assert sender.offset(other) == (200, 200)
    assert len(all_of(storage)) == 1
    assert sender.send(other, PHOTO[200:], at=200).status_code == 204


@on_sqlite
def test_one_person_begins_only_so_many(sender, monkeypatch):
    monkeypatch.setattr(partial_uploads, "MOST_UPLOADS", 2)
    urls = [sender.begun(), sender.begun()]

    assert sender.begin().status_code == 409
    sender.send(urls[0], PHOTO)
    assert sender.begin().status_code == 201


@on_sqlite
def test_one_person_begins_only_so_many_bytes(sender):
    for _nth in range(4):
        sender.begun(VIDEO_BYTES)

    answer = sender.begin(1000)
    assert (answer.status_code, answer.json["code"]) == (409, "too_many")


@on_sqlite
def test_a_piece_is_refused_while_another_is_on_its_way(sender, storage):
    url = sender.begun()
    with parts.held(storage.spool, row_of(url).id.hex):
        release()
        assert sender.send(url, PHOTO).status_code == 423
        assert sender.ask("DELETE", url).status_code == 423
        assert sender.offset(url) == (200, 0)

    assert sender.send(url, PHOTO).status_code == 204


def test_the_same_last_piece_sent_four_times_at_once_makes_one_file(app, sender, cast, storage):
    url = sender.begun()
    sender.send(url, PHOTO[:1000])
    upload_id = row_of(url).id
    release()

    def send():
        stream = io.BytesIO(PHOTO[1000:])
        return partial_uploads.receive(upload_id, stream, at=1000, storage=storage, actor=cast.ed)[1]

    ended = race(app, *[send] * 4)

    refused = (partial_uploads.Locked, partial_uploads.Conflict)
    assert all(each == len(PHOTO) or isinstance(each, refused) for each in ended)
    assert len(PHOTO) in ended
    assert names() == ["lake.jpg"]


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_whole_file_whose_finish_was_cut_off_is_finished_by_whoever_asks_next(
    sender, cast, storage, monkeypatch, moment
):
    url = sender.begun()
    upload_id = row_of(url).id
    release()

    def die(*_args, **_named):
        raise Killed

    place = (partial_uploads, "_settle") if moment == "before" else (parts.Part, "remove")
    with monkeypatch.context() as patch:
        patch.setattr(*place, die)
        with pytest.raises(Killed):
            partial_uploads.receive(upload_id, io.BytesIO(PHOTO), at=0, storage=storage, actor=cast.ed)
    assert names() == ([] if moment == "before" else ["lake.jpg"])

    assert sender.offset(url) == (200, len(PHOTO))
    assert sender.offset(url) == (200, len(PHOTO))

    assert names() == ["lake.jpg"]
    assert storage.read(f"blobs/{(sha := hashlib.sha256(PHOTO).hexdigest())[:2]}/{sha[2:4]}/{sha}") == PHOTO


@on_sqlite
def test_what_came_before_the_sender_fell_silent_stays(sender, cast, storage):
    class Silent(io.BytesIO):
        def read(self, size=-1):
            piece = super().read(size)
            if not piece:
                raise ConnectionResetError
            return piece

    url = sender.begun()
    upload_id = row_of(url).id
    release()
    with pytest.raises(ConnectionResetError):
        partial_uploads.receive(upload_id, Silent(PHOTO[:5000]), at=0, storage=storage, actor=cast.ed)

    there = min(5000, len(PHOTO))
    assert sender.offset(url) == (200, there)
    assert sender.send(url, PHOTO[there:], at=there).status_code == 204
    assert names() == ["lake.jpg"]


@on_sqlite
def test_an_upload_that_is_finished_while_somebody_asks_is_told_as_finished(sender, cast, storage, monkeypatch):
    url = sender.begun()
    upload_id = row_of(url).id
    release()
    size = parts.size

    def late(spool, name):
        partial_uploads.receive(upload_id, io.BytesIO(PHOTO), at=0, storage=storage, actor=cast.ed)
        return size(spool, name)

    monkeypatch.setattr(parts, "size", late)

    assert sender.offset(url) == (200, SIZE)
    assert names() == ["lake.jpg"]
