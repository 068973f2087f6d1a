"""Archives: what is in them, in which order, and what of them is not believed."""

import io
import random
import zipfile

import pytest

from tests import archives
from webapp.infra import zips
from webapp.infra.zips import Archive, Refused

MOST = 10 * 1024**2


def opened(content, most=MOST):
    return Archive(io.BytesIO(content), most=most)


def paths(content):
    return [member.path for member in opened(content).members()]


def poured(archive, number=0):
    stream, found = archive.open(number), b""
    while piece := stream.read(64 * 1024):
        found += piece
    return found


def refusal(content, most=MOST):
    with pytest.raises(Refused) as caught:
        opened(content, most)
    return caught.value.code


def test_files_are_listed_as_people_order_them():
    names = ["10.jpg", "2.jpg", "B/1.jpg", "a/10.jpg", "a/9.jpg", "1.jpg"]

    assert paths(archives.packed(*((name, b"x") for name in names))) == [
        "1.jpg",
        "2.jpg",
        "10.jpg",
        "a/9.jpg",
        "a/10.jpg",
        "B/1.jpg",
    ]


def test_a_number_of_any_length_is_a_number():
    long = "9" * 6000

    assert paths(archives.packed((f"{long}.jpg", b"x"), ("1.jpg", b"x")))[0] == "1.jpg"


@pytest.mark.parametrize(
    "left", ["__MACOSX/a/._1.jpg", ".DS_Store", "a/.hidden.jpg", ".git/a.jpg", "a/Thumbs.db", "folder/", "a/.", ".."]
)
def test_what_systems_leave_is_not_listed(left):
    assert paths(archives.packed((left, b"x"), ("1.jpg", b"x"))) == ["1.jpg"]


def test_paths_that_climb_are_listed_as_they_are_for_nobody_follows_them():
    assert paths(archives.packed(("../../etc/passwd.jpg", b"x"))) == ["../../etc/passwd.jpg"]


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Zürich.jpg".encode(), "Zürich.jpg"),
        ("Zürich.jpg".encode("cp437"), "Zürich.jpg"),
        ("写真.jpg".encode(), "写真.jpg"),
    ],
)
def test_names_are_read_in_the_letters_they_are_written_in(raw, shown):
    assert paths(archives.named_raw(raw, b"x")) == [shown]


def test_names_that_say_they_are_utf_8_are():
    assert paths(archives.packed(("写真.jpg", b"x"))) == ["写真.jpg"]


def test_names_that_lie_about_their_letters_are_no_archive():
    made = bytearray(archives.named_raw(b"\xff\xfe\xfa.jpg", b"x"))
    made[made.rindex(b"PK\1\2") + 9] |= 8

    assert refusal(bytes(made)) == "archive"


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_bytes_come_out_as_they_went_in(method):
    content = bytes(range(256)) * 1000
    archive = opened(archives.packed(("a.bin", content), ("b.bin", b"b"), method=method))

    assert poured(archive, 0) == content
    assert poured(archive, 1) == b"b"


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (archives.with_link("a.jpg", "/etc/passwd"), "link"),
        (archives.locked("a.jpg", b"secret"), "encrypted"),
        (archives.damaged("a.jpg", b"picture" * 100), "damaged"),
        (archives.packed(("a.jpg", b"x" * 5000), method=zipfile.ZIP_BZIP2), "method"),
        (archives.packed(("a.jpg", b"x" * 5000), method=zipfile.ZIP_LZMA), "method"),
        (archives.packed(("a.jpg", b"\0" * 9 * 1024**2), method=zipfile.ZIP_DEFLATED), "bomb"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_alone(made, code):
    with pytest.raises(Refused) as caught:
        poured(opened(made))

    assert caught.value.code == code


def test_a_file_that_grows_is_stopped_while_it_does():
    stream = opened(archives.packed(("a.jpg", b"\0" * 9 * 1024**2), method=zipfile.ZIP_DEFLATED)).open(0)
    pieces = iter(lambda: stream.read(64 * 1024), b"")
    seen = []
    with pytest.raises(Refused):
        seen.extend(map(len, pieces))

    assert sum(seen) < 4 * 1024**2


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (b"", "archive"),
        (b"PK\3\4 and no more", "archive"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "archive"),
        (archives.overlapping("a.jpg", b"x" * 500, 20), "archive"),
        (archives.directory_of(3 * 1024**2), "archive"),
        (archives.packed(("a.jpg", b"x" * 500))[:-40], "archive"),
        (archives.packed(*((f"{n}.jpg", b"") for n in range(zips.MOST_ENTRIES + 1))), "too_many"),
    ],
)
def test_what_is_no_honest_archive_is_refused_whole(made, code):
    assert refusal(made) == code


def test_what_systems_leave_and_folders_do_not_count_as_files():
    half = zips.MOST_ENTRIES // 2 + 1
    files = [(f"a/{n}.jpg", b"") for n in range(half)]
    left = [(f"__MACOSX/a/._{n}.jpg", b"") for n in range(half)]

    assert len(opened(archives.packed(("a/", b""), *files, *left)).members()) == half


def test_more_than_there_may_be_is_refused_before_anything_is_unpacked():
    made = archives.packed(("a.jpg", b"\0" * 5000), ("b.jpg", b"\0" * 5001), method=zipfile.ZIP_DEFLATED)

    assert refusal(made, most=10_000) == "too_large"
    assert len(opened(made, most=10_001).members()) == 2


def test_an_archive_behind_something_else_is_one_too():
    assert paths(b"#!/bin/sh\n" + archives.packed(("a.jpg", b"x"))) == ["a.jpg"]


def test_a_number_that_is_not_there_is_refused():
    archive = opened(archives.packed(("a.jpg", b"x")))

    for number in (-1, 1, 2**40):
        with pytest.raises(Refused):
            archive.open(number)


def test_nothing_but_a_refusal_comes_of_bytes_that_have_changed():
    whole = archives.packed(*((f"{n}.jpg", bytes([n]) * 300) for n in range(6)), method=zipfile.ZIP_DEFLATED)
    dice = random.Random(7)
    refused = 0
    for _ in range(400):
        made = bytearray(whole)
        for _ in range(dice.randrange(1, 6)):
            made[dice.randrange(len(made))] = dice.randrange(256)
        try:
            archive = opened(bytes(made))
            for member in archive.members():
                poured(archive, member.number)
        except Refused:
            refused += 1

    assert refused > 200
