"""What pictures say of themselves: read in the child, whole or not at all, whatever somebody has put there."""

import json

import pytest

from tests import pictures
from tests.tellers import camera, jpeg, packet, png, records, webp
from webapp.infra import images
from webapp.infra.image_process import camera as exif_block
from webapp.infra.image_process import iptc, metadata, said, xmp

BOATS = {"x-default": "Boats", "de": "Boote", "pt-BR": "Barcos"}


@pytest.fixture
def tells(tmp_path):
    """Stores a file and returns what it is found to say."""

    def telling(content):
        path = tmp_path / "picture"
        path.write_bytes(content)
        return dict(images.probe(path).said)

    return telling


# XMP


@pytest.mark.parametrize("form", [png, webp, lambda xmp: jpeg(xmp=xmp)])
def test_texts_are_read_in_each_language_they_are_told_in(tells, form):
    found = tells(form(packet(dc_title=BOATS, iptc_AltTextAccessibility={"en": "Three boats at a pier"})))

    assert found == {
        "title": {"": "Boats", "de": "Boote", "pt-br": "Barcos"},
        "alt": {"en": "Three boats at a pier"},
    }


def test_properties_may_be_attributes_bags_and_plain_elements(tells):
    given = 'photoshop:City="Annecy" photoshop:Country="France" photoshop:Credit="Lake Press"'
    place = 'exif:GPSLatitude="45,54.0N" exif:GPSLongitude="6,7,30W"'
    made = packet(given=f"{given} {place}", keywords=("lake", " lake ", "a  b"))

    assert tells(png(within(made, "<photoshop:Headline> At\tdawn </photoshop:Headline>"))) == {
        "title": {"": "At dawn"},
        "credit": {"": "Lake Press"},
        "keywords": ["lake", "a b"],
        "place": {"city": "Annecy", "country": "France", "latitude": 45.9, "longitude": -6.125},
    }


@pytest.mark.parametrize(
    "part",
    [
        "<dc:relation><rdf:Description><dc:title>Of a part</dc:title></rdf:Description></dc:relation>",
        "<dc:relation><rdf:Bag><rdf:li><dc:title>Of a part</dc:title></rdf:li></rdf:Bag></dc:relation>",
        "<dc:title><rdf:Bag><rdf:li><rdf:value>Of a part</rdf:value></rdf:li></rdf:Bag></dc:title>",
    ],
)
def test_only_what_stands_directly_in_the_description_is_the_pictures(tells, part):
    assert tells(png(within(packet(), part))) == {}


def within(made, more):
    """Put something more into a packet's description."""
    return made.replace(b"</rdf:Description>", more.encode() + b"</rdf:Description>")


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
TITLED = packet(dc_title={"x-default": "Boats"})
HOSTILE = {
    "ten megabytes": packet(dc_title={"x-default": "x" * 10_000_000}),
    "padded to ten megabytes": TITLED + b" " * 10_000_000 + b"x",
    "entities": LAUGHS + TITLED.replace(b"Boats", b"&b;"),
    "a document type": b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + TITLED,
    "an unknown entity": TITLED.replace(b"Boats", b"&boats;"),
    "broken UTF-8": TITLED.replace(b"Boats", b"Bo\xff\xfets"),
    "a NUL": TITLED.replace(b"Boats", b"Bo\0ats"),
    "another encoding": b'<?xml version="1.0" encoding="utf-7"?>'
    + packet(dc_title={"x-default": "+AGE-"}, given="</"),
    "cut off": TITLED[:-40],
    "depth": within(TITLED, "<dc:a>" * 5_000 + "</dc:a>" * 5_000),
    "elements": within(TITLED, "<dc:a/>" * 50_000),
    "no XML": b"\xff" * 1_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_packet_says_nothing_and_the_picture_is_taken(tells, name):
    assert tells(webp(HOSTILE[name])) == {}


def test_a_packet_that_says_very_much_is_cut(tells):
    words = tuple(f"word {number}" for number in range(500))
    many = {f"x{chr(97 + number // 26)}{chr(97 + number % 26)}": "Text" for number in range(60)}

    found = tells(png(packet(dc_title={"x-default": "é" * 50_000}, dc_description=many, keywords=words)))

    assert found["title"] == {"": "é" * said.LONGEST}
    assert len(found["keywords"]) == said.MOST_KEYWORDS
    assert len(found["caption"]) == said.MOST_LANGUAGES


# IPTC


def test_records_of_agencies_are_read(tells):
    made = records(
        (5, b"Boats"),
        (120, "Drei Boote am Öresund".encode()),
        (80, b"Ada"),
        (110, b"Lake Press"),
        (116, "© Ada".encode()),
        *((25, word) for word in (b"lake", b"boat")),
        (90, b"Annecy"),
        (101, b"France"),
        utf_8=True,
    )

    assert tells(jpeg(iptc=made)) == {
        "title": {"": "Boats"},
        "caption": {"": "Drei Boote am Öresund"},
        "credit": {"": "Lake Press"},
        "creator": "Ada",
        "copyright": "© Ada",
        "keywords": ["lake", "boat"],
        "place": {"city": "Annecy", "country": "France"},
    }


@pytest.mark.parametrize(
    ("value", "marked", "text"),
    [
        ("Zürich".encode(), True, "Zürich"),
        ("Zürich".encode(), False, "Zürich"),
        ("Zürich".encode("latin-1"), False, "Zürich"),
        ("Zürich".encode("latin-1"), True, ""),
        (b"Bo\0ats\0", False, "Boats"),
    ],
)
def test_a_record_is_decoded_as_it_says_or_as_it_fits(value, marked, text):
    found = metadata.read(exif=b"", iptc_block=records((5, value), utf_8=marked), packet=b"")[0]

    assert found.get("title", {}).get("", "") == text


def test_records_that_are_cut_off_or_lie_about_their_length_end_there():
    whole = records((5, b"Boats"), (120, b"Three of them"))
    inner = whole[whole.index(b"\x1c\x02") :]

    for end in range(len(whole)):
        assert set(iptc.read(whole[:end])) <= {"title", "caption"}
    assert iptc.read(inner)["title"] == [("", "Boats")]
    assert iptc.read(b"\x1c\x02\x05\xff\xff" + b"x" * 100) == {}
    assert iptc.read(b"\x1c\x02\x05\x80\x04\x00\x00\x00\x03abc")["title"] == [("", "abc")]
    assert iptc.read(b"8BIM" + b"\xff" * 40) == {}
    assert iptc.read(inner + b"\0" * 300_000) == {}


# EXIF


def test_a_camera_owner_is_the_creator_and_a_cameras_own_words_are_no_caption(tells):
    words = camera(t010e="OLYMPUS DIGITAL CAMERA         ", t013b="Ada Lovelace", t8298="Ada, 2024")
    boats = camera(t010e="Boats at dawn", t9c9b="Boote".encode("utf-16-le") + b"\0\0")

    assert tells(jpeg(exif=words)) == {
        "credit": {"": "Ada Lovelace"},
        "creator": "Ada Lovelace",
        "copyright": "Ada, 2024",
    }
    assert tells(jpeg(exif=boats)) == {"caption": {"": "Boats at dawn"}, "title": {"": "Boote"}}


@pytest.mark.parametrize("form", ["jpeg", "png", "webp", "avif", "heic", "tiff"])
def test_the_place_is_read_from_each_format(tells, form):
    place = tells(pictures.photo(160, 120, format=form))["place"]

    assert (place["latitude"], place["longitude"]) == pytest.approx(pictures.PLACE, abs=1e-4)


def test_an_exif_block_that_is_damaged_anywhere_harms_nobody():
    block = pictures.exif()

    for at in range(6, len(block)):
        for value in (0x00, 0xFF):
            exif_block.read(block[:at] + bytes([value]) + block[at + 1 :])
        exif_block.read(block[:at])
    assert exif_block.read(b"") == exif_block.read(b"II") == {}


# All of them


def test_xmp_is_believed_before_iptc_and_iptc_before_exif(tells):
    content = jpeg(
        xmp=packet(dc_title={"x-default": "XMP"}),
        iptc=records((5, b"IPTC"), (120, b"IPTC")),
        exif=camera(t010e="EXIF", t013b="EXIF"),
    )

    found = tells(content)

    assert (found["title"], found["caption"], found["creator"]) == ({"": "XMP"}, {"": "IPTC"}, "EXIF")


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("2024-05-17T18:42:07.5+02:00", "2024-05-17T18:42:07.500"),
        ("2024-05-17T18:42", "2024-05-17T18:42:00.000"),
        ("2024-05-17", "2024-05-17T00:00:00.000"),
        ("2024", None),
        ("2024-13-40T99:99:99", None),
        ("yesterday", None),
    ],
)
def test_when_it_was_taken_is_read_from_xmp_where_exif_does_not_say_it(tmp_path, given, taken):
    (tmp_path / "picture").write_bytes(png(packet(given=f'photoshop:DateCreated="{given}"')))

    assert images.probe(tmp_path / "picture").taken_at == taken


def test_a_file_that_was_taken_in_before_is_read_without_being_decoded_again(tmp_path):
    (tmp_path / "picture").write_bytes(jpeg(xmp=packet(dc_title=BOATS)))

    assert images.describe(tmp_path / "picture") == images.probe(tmp_path / "picture").said


def test_whatever_a_child_answers_only_words_of_the_known_shape_are_kept():
    answer = {
        "title": {"": "a\0b\ud800c\u0301", "../..": "x", "en": 5, "de": "  "},
        "caption": ["x"],
        "keywords": ["a", 5, None, "\0"],
        "creator": {"x": 1},
        "place": {"latitude": 91.0, "longitude": 0.0, "city": ["x"], "country": "France"},
        "script": "<script>",
    }

    assert said.judged(answer) == {
        "title": {"": "ab\u0107"},
        "keywords": ["a"],
        "place": {"country": "France"},
    }
    assert said.judged({"place": {"latitude": float("nan"), "longitude": 1.0}}) == {}
    assert said.judged(None) == said.judged([1]) == {}


def test_a_packet_is_read_in_time_that_grows_with_its_length_alone():
    assert xmp.read(packet(keywords=tuple("x" * 5_000 for _ in range(190))))["keywords"][0] == ("", "x" * 5_000)


def test_words_in_very_many_languages_are_cut_and_refuse_no_good_picture(tells):
    texts = {f"a{letter}-{each}": "\N{SAILBOAT}" * 2000 for letter in "abcdefgh" for each in ("x1", "x2", "x3", "x4")}
    content = png(packet(dc_title=texts, dc_description=texts, iptc_AltTextAccessibility=texts))

    found = tells(content)

    assert list(found["title"]) == sorted(texts)[: len(found["title"])]
    assert 1 <= len(found["title"]) < 32
    assert len(json.dumps(found)) <= said.MOST_BYTES + 100
    assert said.judged(found) == found
