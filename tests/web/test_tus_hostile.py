"""What a hostile or broken sender may say in tus: it is refused in words, leaves nothing, and the next one works."""

import base64
from contextvars import Context

import pytest
from sqlalchemy import func, select

from tests.fixtures.app import on_sqlite
from tests.uploads import all_of
from tests.web.test_tus import HOME, PHOTO, PIECE, SIZE, Sender, checksum, names, sender, storage
from webapp.domain.models import Media, PartialUpload
from webapp.domain.transaction import release
from webapp.infra.db import db
from webapp.infra.most import VIDEO_BYTES

__all__ = ["sender", "storage"]

pytestmark = on_sqlite


def encoded(value):
    return base64.b64encode(value).decode()


def left(storage):
    """Count the rows of uploads and media, and list the files."""
    release()
    rows = [db.session.scalar(select(func.count()).select_from(each)) for each in (PartialUpload, Media)]
    return [*rows, all_of(storage)]


def begin(sender, **headers):
    own = {"Upload-Length": str(SIZE)} | {name.replace("_", "-"): value for name, value in headers.items()}
    return sender.ask("POST", headers=own)


@pytest.mark.parametrize(
    ("length", "status"),
    [
        *((None, 400), ("", 400), ("-5", 400), ("+5", 400), ("1e3", 400), ("0x10", 400), ("5.0", 400), ("5, 5", 400)),
        *(("\x0b5", 400), ("9" * 18, 413), ("9" * 19, 400), ("9" * 4000, 400), (str(2**63), 400), ("0", 422)),
        (str(VIDEO_BYTES + 1), 413),
    ],
)
def test_a_length_that_is_none_begins_nothing(sender, storage, length, status):
    answer = begin(sender, Upload_Length=length)

    assert answer.status_code == status
    assert answer.json["message"]
    assert left(storage) == [0, 0, []]


def test_a_length_that_is_told_later_is_not_spoken(sender, storage):
    answer = begin(sender, Upload_Length=None, Upload_Defer_Length="1")

    assert answer.status_code == 400
    assert left(storage) == [0, 0, []]


@pytest.mark.parametrize(
    "told",
    [
        "filename " + encoded(b"x" * 1024**2),
        "filename $$$",
        "filename a",
        "filename " + "=" * 9,
        "," * 4001,
        "filename " + encoded(b"lake.jpg") + ",gallery ***",
    ],
    ids=["a megabyte", "no base64", "half of it", "only its end", "commas", "no gallery"],
)
def test_metadata_that_cannot_be_read_begins_nothing(sender, storage, told):
    answer = begin(sender, Upload_Metadata=told)

    assert answer.status_code == 400
    assert answer.json["message"]
    assert left(storage) == [0, 0, []]


@pytest.mark.parametrize(
    "name",
    [b"a\0b.jpg", b"../../etc/passwd", b"\xff\xfe.jpg", b"\xe2\x80\xaegpj.exe", b"con.jpg", b"", b"\r\nX: y.jpg"],
)
def test_a_name_is_mended_and_the_answer_has_no_header_of_the_sender_s(sender, name):
    answer = begin(sender, Upload_Metadata=f"filename {encoded(name)}")
    url = answer.headers["Location"].removeprefix("http://localhost")

    assert sender.send(url, PHOTO).status_code == 204

    (found,) = names()
    assert not set(found) & set("/\\\0\r\n\u202e")
    assert found
    assert "X" not in sender.ask("HEAD", url).headers


@pytest.mark.parametrize("told", ["filename", "filename ,", " , ,filename " + encoded(b"a.jpg"), "a b c d", "é"])
def test_odd_metadata_is_taken_or_refused_and_never_trips(sender, told):
    answer = begin(sender, Upload_Metadata=told.encode().decode("latin-1"))

    assert answer.status_code in (201, 400)


@pytest.mark.parametrize(
    ("at", "status"),
    [
        *((None, 400), ("", 400), ("-1", 400), ("+0", 400), ("0x0", 400), ("1e1", 400), ("0,0", 400), ("٠", 400)),
        *(("1", 409), (str(SIZE), 409), (str(SIZE + 1), 409), ("9" * 18, 409), ("9" * 19, 400)),
    ],
)
def test_a_piece_that_begins_nowhere_is_refused(sender, at, status):
    url = sender.begun()
    headers = {"Upload-Offset": at.encode().decode("latin-1") if at is not None else None}

    answer = sender.ask("PATCH", url, data=PHOTO, headers=headers, content_type=PIECE)

    assert answer.status_code == status
    assert sender.offset(url) == (200, 0)
    assert sender.send(url, PHOTO).status_code == 204


@pytest.mark.parametrize(
    ("said", "status"),
    [
        *(("crc32 AAAAAA==", 400), ("sha512 AAAA", 400), ("SHA1 AAAA", 400), ("sha1 ***", 400)),
        *(("sha1", 460), ("sha1 ", 460), ("sha1 AAAA", 460)),
        (checksum(PHOTO, "sha256").replace("sha256", "sha1"), 460),
    ],
)
def test_a_checksum_of_another_kind_or_of_other_bytes_keeps_nothing(sender, said, status):
    url = sender.begun()

    assert sender.send(url, PHOTO, Upload_Checksum=said).status_code == status
    assert sender.offset(url) == (200, 0)
    assert sender.send(url, PHOTO, Upload_Checksum=checksum(PHOTO)).status_code == 204


@pytest.mark.parametrize("kind", [None, "", "image/jpeg", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_a_piece_without_its_type_is_refused(sender, kind):
    url = sender.begun()

    answer = sender.ask("PATCH", url, data=PHOTO, headers={"Upload-Offset": "0"}, content_type=kind)

    assert answer.status_code == 415
    assert sender.offset(url) == (200, 0)


@pytest.mark.parametrize("method", ["PATCH", "DELETE", "HEAD"])
def test_another_method_in_a_header_changes_nothing(sender, method):
    """`X-HTTP-Method-Override` is not spoken: it would lead past what judges requests by their method."""
    url = sender.begun()

    answer = sender.ask("POST", url, data=PHOTO, headers={"X-HTTP-Method-Override": method, "Upload-Offset": "0"})

    assert answer.status_code == 405
    assert sender.offset(url) == (200, 0)


@pytest.mark.parametrize("at", [1, 2, 100, 4095, 4096, 4097, SIZE - 1])
def test_a_body_that_is_longer_than_was_told_is_cut_nowhere_and_kept_nowhere(sender, at):
    url = sender.begun()
    assert sender.send(url, PHOTO[:at]).status_code == 204

    answer = sender.send(url, PHOTO[at:] + b"x", at=at)

    assert answer.status_code == 413
    assert sender.offset(url) == (200, at)
    assert sender.send(url, PHOTO[at:], at=at).status_code == 204
    assert names() == ["lake.jpg"]


@pytest.mark.parametrize("path", ["0", "../tus", "00000000-0000-0000-0000-000000000000", "%2e%2e", "a" * 300])
@pytest.mark.parametrize("method", ["HEAD", "GET", "PATCH", "DELETE"])
def test_an_address_of_nothing_is_not_found(sender, method, path):
    answer = sender.ask(method, f"{HOME}/{path}", headers={"Upload-Offset": "0"}, content_type=PIECE)

    assert answer.status_code in (404, 405)


def test_somebody_else_learns_nothing_of_an_upload(app, sender, ada):
    url, other = sender.begun(), Context().run(Sender, ada)

    asked = {"headers": {"Upload-Offset": "0"}, "content_type": PIECE}
    answers = [other.ask(method, url, **asked) for method in ("GET", "PATCH")]
    missing = other.ask("GET", f"{HOME}/00000000-0000-0000-0000-000000000000")

    assert {answer.status_code for answer in answers} == {missing.status_code} == {404}
    assert answers[0].json == missing.json
    assert sender.offset(url) == (200, 0)
