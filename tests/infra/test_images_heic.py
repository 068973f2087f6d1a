"""HEIC as phones write it: put together of tiles, turned by the file itself, deep and wide in colour; and without the
extra that reads it.
"""

import io
import sys
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from tests.hostile import makers
from tests.infra.test_images_hostile import resident
from tests.pictures import corner_names, encode, mark_corners, photo, scene
from tests.tellers import packet
from webapp.infra import images
from webapp.infra.image_process.rules import MIME

UPRIGHT = ["red", "lime", "blue", "yellow"]
BESIDE = 64
"""MiB that a hostile file may take beyond what a child holds that has decoded a good one."""


@pytest.fixture
def stored(tmp_path: Path):
    def store(content: bytes) -> Path:
        (tmp_path / "upload").write_bytes(content)
        return tmp_path / "upload"

    return store


def opened(path: Path) -> Image.Image:
    return Image.open(io.BytesIO(path.read_bytes()))


def pixel(path: Path) -> tuple[int, ...]:
    (made,) = images.renditions(path, path.parent, widths=[320], formats=("webp",))
    found = opened(made.path).convert("RGB").getpixel((10, 10))
    assert isinstance(found, tuple)
    return found


def near(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) <= 12 for one, other in zip(found, wanted, strict=True))


def test_tiles_are_put_together(stored) -> None:
    image = scene(700, 500)
    mark_corners(image)
    path = stored(encode(image, "heic", tile_size=256))

    found = images.probe(path)
    made = images.renditions(path, path.parent)

    assert (found.width, found.height, found.frames) == (700, 500, 1)
    assert [corner_names(opened(one.path)) for one in made] == [UPRIGHT] * 4


@pytest.mark.parametrize("ratio", ["1:1", "16:9", "3:4"])
def test_it_is_cut_round_a_focal_point_as_any_picture(stored, ratio: str) -> None:
    path, wide_high = stored(photo(700, 500, format="heic")), images.RATIOS[ratio]

    made = images.crops(path, path.parent, ratio=wide_high, focal=(0, 0), widths=[320], formats=("webp", "jpg"))

    assert {opened(one.path).size for one in made} == {(one.width, one.height) for one in made}
    assert [corner_names(opened(one.path))[0] for one in made] == ["red", "red"]


def test_depth_and_transparency_are_told(stored) -> None:
    deep = pillow_heif.from_bytes("RGB;16", (64, 48), bytes(64 * 48 * 6))
    out = io.BytesIO()
    deep.save(out, quality=90)
    clear = scene(120, 80).convert("RGBA")
    clear.putalpha(Image.linear_gradient("L").resize((120, 80)))

    assert images.probe(stored(out.getvalue())).bits == 10
    assert images.probe(stored(encode(clear, "heic"))).has_alpha is True
    assert images.probe(stored(encode(scene(120, 80).convert("L"), "heic"))).has_alpha is False


def test_colours_come_by_their_profile(stored) -> None:
    red = Image.new("RGB", (320, 200), (200, 40, 40))

    plain = pixel(stored(encode(red, "heic")))
    swapped = pixel(stored(encode(red, "heic", icc_profile=makers.swapped_profile())))

    assert near(plain, (200, 40, 40))
    assert (swapped[0] < 100, swapped[1] > 150) == (True, True), "what is stored red is meant green"


def test_colours_of_a_wide_screen_may_be_told_in_numbers_alone(stored) -> None:
    grey_green = Image.new("RGB", (320, 200), (100, 180, 100))
    wide = {"color_primaries": 12, "transfer_characteristics": 13, "save_nclx_profile": True}

    found = pixel(stored(encode(grey_green, "heic", **wide)))

    assert near(pixel(stored(encode(grey_green, "heic"))), (100, 180, 100))
    assert found[0] < 90, "the green of Display P3 is purer than sRGB's"


def test_what_it_says_of_itself_is_read(stored) -> None:
    path = stored(encode(scene(60, 40), "heic", xmp=packet(dc_title={"x-default": "Boats"})))

    assert images.probe(path).said == images.describe(path) == {"title": {"": "Boats"}}


def test_one_whose_texts_cannot_be_taken_out_is_refused(stored) -> None:
    """A HEIC is never encoded anew, so there would be no copy of it to show."""
    with pytest.raises(images.Refused) as caught:
        images.probe(stored(makers.with_its_exif_elsewhere("heic")))

    assert caught.value.code == "damaged"


@pytest.mark.parametrize("kind", [b"unci", b"jpeg", b"j2k1", b"av01"])
def test_what_is_packed_otherwise_in_the_same_boxes_is_refused(stored, kind: bytes) -> None:
    content = photo(60, 40, format="heic")
    assert content.count(b"hvc1") == 1

    with pytest.raises(images.Refused) as caught:
        images.probe(stored(content.replace(b"hvc1", kind)))

    assert str(caught.value).startswith("This file is a HEIF picture that is packed in an unusual way.")


@pytest.mark.parametrize(
    "content",
    [
        lambda: makers.claiming("heic", 64, 64, size=(4_000, 4_000)),
        makers.heic_of_large_tiles,
        makers.heic_of_endless_canvas,
    ],
    ids=["picture", "tiles", "canvas"],
)
@pytest.mark.full
def test_no_more_memory_is_had_than_the_boxes_ask_for(stored, content) -> None:
    images.CREW.close()
    images.probe(stored(photo(60, 40, format="heic")))
    (child,) = images.CREW._idle
    before = resident(child.process.pid)

    with pytest.raises(images.Refused):
        images.probe(stored(content()))

    assert not child.alive() or resident(child.process.pid) - before <= BESIDE


def test_the_room_is_given_back_afterwards(stored) -> None:
    images.CREW.close()
    images.probe(stored(photo(60, 40, format="heic")))

    assert images.probe(stored(makers.interlaced())).width == 16
    assert images.probe(stored(encode(Image.new("RGB", (5_000, 5_000)), "jpeg", progressive=True))).width == 5_000


@pytest.mark.full
def test_one_as_large_as_a_phone_writes_is_taken_in_time_and_memory(stored) -> None:
    images.CREW.close()
    images.probe(stored(photo(60, 40, format="heic")))
    (child,) = images.CREW._idle
    before = resident(child.process.pid)

    found = images.probe(stored(encode(scene(8_064, 6_048), "heic", tile_size=512)))

    assert (found.width, found.height) == (8_064, 6_048)
    assert resident(child.process.pid) - before <= 432


def test_without_the_extra_it_is_refused_and_the_sentence_says_what_to_install(
    stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stored(photo(60, 40, format="heic"))
    assert images.probe(path).mime == MIME["heic"]
    monkeypatch.setitem(sys.modules, "pillow_heif", None)

    with pytest.raises(images.Refused) as caught:
        images.probe(path)

    assert caught.value.code == "unsupported_type"
    assert str(caught.value) == (
        "HEIC pictures need the Python package pillow-heif, which is not on this machine: whoever runs it can "
        "install it."
    )
