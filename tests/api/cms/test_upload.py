"""Uploading over the CMS dialect: the form, the file, and what is left when it goes wrong."""

import hashlib
import io
import resource
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.api.cms.conftest import Program, Programs
from tests.pictures import photo
from tests.uploads import all_of
from webapp.api.cms.shapes import MediaResponse
from webapp.domain.models import Blob, Media, Rendition
from webapp.infra.db import db
from webapp.infra.images import IMAGE_BYTES
from webapp.infra.storage import blob_key

PHOTO = photo(60, 40)
BOUNDARY = "----a-boundary"
FORM = {"content_type": f"multipart/form-data; boundary={BOUNDARY}"}


def part(name: str, content: bytes, filename: str | bytes | None = None) -> bytes:
    named = (
        b""
        if filename is None
        else b'; filename="%b"' % (filename if isinstance(filename, bytes) else filename.encode())
    )
    return b'--%b\r\nContent-Disposition: form-data; name="%b"%b\r\n\r\n%b\r\n' % (
        BOUNDARY.encode(),
        name.encode(),
        named,
        content,
    )


def form(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--%b--\r\n" % BOUNDARY.encode()


def upload(
    program: Program, content: bytes = PHOTO, name: str = "photo.jpg", *, status: int = 201, **options: Any
) -> TestResponse:
    return program.post("/media/upload", status=status, data=form(part("file", content, name)), **FORM, **options)


def nothing_is_left(app: Flask) -> bool:
    """Whether neither rows nor files have come of it."""
    with app.app_context():
        counts = [select(func.count()).select_from(model) for model in (Blob, Media, Rendition)]
        rows = sum(db.session.scalars(count).one() for count in counts)
    return rows == 0 and all_of(app.extensions["vitrine-storage"]) == []


@pytest.mark.parametrize(
    ("kind", "ending", "mime_type"),
    [
        ("jpeg", "jpg", "image/jpeg"),
        ("png", "png", "image/png"),
        ("webp", "webp", "image/webp"),
        ("avif", "avif", "image/avif"),
        ("heic", "heic", "image/heic"),
        ("gif", "gif", "image/gif"),
        ("tiff", "tif", "image/tiff"),
    ],
)
def test_upload_answers_with_the_media(ed: Program, cast: Any, kind: str, ending: str, mime_type: str) -> None:
    content = photo(60, 40, format=kind)

    made = upload(ed, content, f"holiday.{ending}").json

    MediaResponse.model_validate(made)
    assert (made["original_filename"], made["mime_type"], made["size"]) == (
        f"holiday.{ending}",
        mime_type,
        len(content),
    )
    assert made["path"] == f"uploads/media/{made['filename']}"
    assert made["filename"].endswith(f".{ending}")
    assert (made["alt_text"], made["uploaded_by"], made["updated_at"]) == (None, str(cast.ed.id), None)
    assert ed.get(f"/media/{made['id']}").json == made
    summary = {key: made[key] for key in list(made)[:7]}
    assert ed.get("/media").json == ed.get("/media/images").json == [summary]


def test_upload_keeps_the_bytes_and_plans_renditions(ed: Program, app: Flask) -> None:
    made = upload(ed).json

    sha256 = hashlib.sha256(PHOTO).hexdigest()
    assert app.extensions["vitrine-storage"].read(blob_key(sha256)) == PHOTO
    with app.app_context():
        blob = db.session.scalars(select(Blob)).one()
        assert (blob.sha256, blob.width, blob.height) == (sha256, 60, 40)
        assert db.session.scalars(select(func.count(Rendition.id))).one() == 3
        assert db.session.scalars(select(Media.uploaded_through)).one() == "cms"
    assert made["size"] == len(PHOTO)


def test_upload_twice_makes_two_media_on_one_blob(ed: Program, app: Flask) -> None:
    first, second = upload(ed).json, upload(ed).json

    assert first["id"] != second["id"]
    assert first["filename"] != second["filename"]
    with app.app_context():
        assert db.session.scalars(select(func.count(Blob.id))).one() == 1


def test_upload_with_an_idempotency_key_is_one_media(ed: Program) -> None:
    key = {"Idempotency-Key": "abc"}

    first, again = upload(ed, headers=key), upload(ed, headers=key)

    assert first.data == again.data
    assert len(ed.get("/media").json) == 1
    upload(ed, photo(60, 40, seed=2), status=422, headers=key)
    upload(ed, name="other.jpg", status=422, headers=key)


NAMES = [
    ("../../etc/passwd.jpg", "passwd.jpg"),
    ("C:\\\\photos\\\\sea.jpg", "sea.jpg"),
    ("Été à Orléans 京都 😀.jpg", "Été à Orléans 京都 😀.jpg"),
    ("a\u202egpj.exe", "agpj.exe"),
    ("no-picture.exe", "no-picture.exe"),
    ("  .jpg", "jpg"),
    ("a" * 5000 + ".jpg", "a" * 196 + ".jpg"),
    (b"caf\xe9.jpg", "caf\ufffd.jpg"),
    (b"a\x00b.jpg", "ab.jpg"),
]


@pytest.mark.parametrize(("given", "kept"), NAMES)
def test_upload_a_name_is_never_a_reason_to_refuse(ed: Program, given: str | bytes, kept: str) -> None:
    made = ed.post("/media/upload", data=form(part("file", PHOTO, given)), **FORM).json

    assert made["original_filename"] == kept


REFUSED = [
    ("text", b"not a picture at all, but quite some text", "File type not allowed"),
    ("svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "File type not allowed"),
    ("pdf", b"%PDF-1.7\n" + b"x" * 100, "File type not allowed"),
    ("html", b"<!doctype html><script>alert(1)</script>", "File type not allowed"),
    ("executable", b"\x7fELF" + b"\0" * 200, "File type not allowed"),
    ("nothing", b"", None),
    ("half a photo", PHOTO[: len(PHOTO) // 2], None),
    ("half a byte turned", PHOTO[:300] + bytes(255 - byte for byte in PHOTO[300:400]) + PHOTO[400:], None),
]


@pytest.mark.parametrize(("content", "detail"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_upload_refuses_what_is_no_whole_picture(ed: Program, app: Flask, content: bytes, detail: str | None) -> None:
    answer = upload(ed, content, "photo.jpg", status=400)

    assert isinstance(answer.json["detail"], str)
    assert detail is None or answer.json == {"detail": detail}
    assert nothing_is_left(app)


def test_upload_of_fifty_one_megabytes_says_the_contracts_words(ed: Program, app: Flask) -> None:
    answer = upload(ed, b"\xff\xd8\xff" + bytes(IMAGE_BYTES), status=400)

    assert answer.json == {"detail": "File size exceeds 50MB limit"}
    assert nothing_is_left(app)


MISSING = {"type": "missing", "loc": ["body", "file"], "msg": "Field required", "input": None}
NO_FILE = "Value error, Expected UploadFile, received: <class 'str'>"


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (form(), MISSING),
        (form(part("other", b"x"), part("photo", PHOTO, "a.jpg")), MISSING),
        (form(part("file", b"a text")), {"type": "value_error", "input": "a text"}),
        (form(part("file", b"x", "")), {"type": "value_error", "input": "x"}),
    ],
)
def test_upload_without_a_file(ed: Program, app: Flask, body: bytes, fault: dict[str, Any]) -> None:
    found = ed.post("/media/upload", status=422, data=body, **FORM).json["detail"]

    if fault is not MISSING:
        fault = fault | {"loc": ["body", "file"], "msg": NO_FILE, "ctx": {"error": {}}}
    assert found == [fault]
    assert nothing_is_left(app)


def test_upload_finds_the_file_among_other_parts(ed: Program) -> None:
    body = form(
        part("alt", b"x" * 100_000), part("z", b"y", "z.bin"), part("file", PHOTO, "a.jpg"), part("more", b"z")
    )

    assert ed.post("/media/upload", data=body, **FORM).json["size"] == len(PHOTO)


NO_FORM = ["application/json", "text/plain", "image/jpeg", "multipart/form-data", "multipart/mixed; boundary=x"]


@pytest.mark.parametrize("kind", NO_FORM)
def test_upload_has_to_be_a_form(ed: Program, kind: str) -> None:
    ed.post("/media/upload", status=415, data=form(part("file", PHOTO, "a.jpg")), content_type=kind)


WHOLE = form(part("file", PHOTO, "a.jpg"))


@pytest.mark.parametrize("cut", [1, 30, 60, 100, 120, 130, 500, len(PHOTO), len(WHOLE) - 20, len(WHOLE) - 5])
def test_upload_that_breaks_off_leaves_no_row(ed: Program, app: Flask, cut: int) -> None:
    answer = ed.post("/media/upload", status=400, data=WHOLE[:cut], **FORM)

    assert isinstance(answer.json["detail"], str)
    with app.app_context():
        assert db.session.scalars(select(func.count(Media.id))).one() == 0


OPENING = b"--" + BOUNDARY.encode() + b"\r\n"
NONSENSE = [b"no form", b"x" * 2_000_000, OPENING + b"h" * 2_000_000, form(OPENING + b"\r\n"), OPENING, b"\r\n"]


@pytest.mark.parametrize("body", NONSENSE)
def test_upload_of_nonsense(ed: Program, app: Flask, body: bytes) -> None:
    answer = ed.ask("POST", "/media/upload", data=body, **FORM)

    assert answer.status_code in (400, 413)
    assert nothing_is_left(app)


def test_upload_of_more_parts_than_anybody_needs(ed: Program, app: Flask) -> None:
    ed.post("/media/upload", status=413, data=form(*[part("x", b"")] * 101), **FORM)
    assert nothing_is_left(app)


def test_upload_needs_its_own_permission(programs: Programs, app: Flask) -> None:
    upload(programs.stranger, status=401)
    assert upload(programs.vi, status=403).json == {"detail": "Permission denied: media:upload"}
    assert nothing_is_left(app)


def test_upload_onto_a_full_disk(ed: Program, app: Flask) -> None:
    large = photo(1200, 800)
    ed.gallery()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(large) // 2, hard))
    try:
        answer = upload(ed, large, status=507)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert isinstance(answer.json["detail"], str)
    assert nothing_is_left(app)
    upload(ed, large, status=201)


def test_upload_a_picture_with_its_place_in_it(ed: Program) -> None:
    made = upload(ed, photo(120, 80, orientation=6, gps=True)).json

    served = ed.client.get(f"/{made['path']}", headers={"Authorization": f"Bearer {ed.key}"}, buffered=True)

    assert served.status_code == 200
    clean = Image.open(io.BytesIO(served.data))
    assert clean.getexif().get_ifd(0x8825) == {}
    assert {0x010F, 0x0110}.isdisjoint(clean.getexif())


class Dribble(io.BytesIO):
    """A body that comes in pieces of seven bytes."""

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(7 if size is None or size < 0 else min(size, 7))


def test_upload_is_read_in_whatever_pieces_it_comes(ed: Program) -> None:
    answer = ed.post("/media/upload", input_stream=Dribble(WHOLE), **FORM)

    assert answer.json["size"] == len(PHOTO)
