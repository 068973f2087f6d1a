"""What a picture is found to be, and what is made of it."""

import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
import pyvips
from PIL import Image, ImageChops
from thumbhash import rgba_to_thumb_hash

from tests.hostile import makers
from tests.pictures import CORNERS, corner_names, encode, photo, scene
from webapp.infra import images
from webapp.infra.image_process import exif, sizes, thumbhash, tiff
from webapp.infra.storage import StorageFailed, StorageFull

FORMATS = ("jpeg", "png", "webp", "avif", "heic", "gif", "tiff")
TURNABLE = ("jpeg", "png", "webp", "avif", "heic", "tiff")
UPRIGHT = list(CORNERS)
PRIVATE = (b"Fujica", b"X-T100", b"SN-0042", b"2024:05:17", b"GPS", b"xmpmeta", b"48.8582", b"taken at", b"Firmware")


def stored(folder: Path, content: bytes, name: str = "upload") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def opened(path: Path) -> Image.Image:
    image = Image.open(io.BytesIO(path.read_bytes()))
    image.load()
    return image


def sized(made: Sequence[images.Rendition]) -> list[tuple[int, int, str]]:
    return [(one.width, one.height, one.format) for one in made]


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of two pictures' pixels, 0 to 255."""
    grey = ImageChops.difference(one.convert("RGB"), other.convert("RGB")).convert("L")
    return sum(value * count for value, count in enumerate(grey.histogram())) / (grey.width * grey.height)


# Probing


@pytest.mark.parametrize("name", FORMATS)
def test_probe_tells_format_and_size(tmp_path: Path, name: str) -> None:
    found = images.probe(stored(tmp_path, photo(300, 200, format=name)))
    assert (found.format, found.mime) == (name, f"image/{name}")
    assert (found.width, found.height, found.frames, found.bits) == (300, 200, 1, 8)
    assert found.has_alpha is False


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", TURNABLE)
def test_probe_measures_a_picture_as_it_is_shown(tmp_path: Path, name: str, orientation: int) -> None:
    found = images.probe(stored(tmp_path, photo(300, 200, format=name, orientation=orientation)))
    assert (found.width, found.height) == (300, 200)
    assert found.orientation == (1 if name in ("avif", "heic") else orientation)


@pytest.mark.parametrize("name", TURNABLE)
def test_probe_tells_when_a_camera_took_a_picture(tmp_path: Path, name: str) -> None:
    assert images.probe(stored(tmp_path, photo(60, 40, format=name))).taken_at == "2024-05-17T18:42:07.000"
    assert images.probe(stored(tmp_path, encode(scene(60, 40), name))).taken_at is None


@pytest.mark.parametrize(
    ("moment", "fraction", "taken"),
    [
        ("2024:05:17 18:42:07", "", "2024-05-17T18:42:07.000"),
        ("2024:05:17 18:42:07 (2024:05:17 18:42:07, ASCII)", "7 (7, ASCII)", "2024-05-17T18:42:07.700"),
        ("2024:05:17 18:42:07", "123456789", "2024-05-17T18:42:07.123"),
        ("2024:05:17 18:42:07", "odd", "2024-05-17T18:42:07.000"),
        ("0000:00:00 00:00:00", "", None),
        ("2024:02:30 00:00:00", "", None),
        ("    :  :     :  :  ", "", None),
        ("2024-05-17 18:42:07", "", None),
        ("٢٠٢٤:05:17 18:42:07", "", None),
        ("", "5", None),
    ],
)
def test_a_moment_in_exif_is_read_or_left_alone(moment: str, fraction: str, taken: str | None) -> None:
    assert exif.taken(moment, fraction) == taken


def test_probe_heeds_content_and_not_the_name(tmp_path: Path) -> None:
    assert images.probe(stored(tmp_path, photo(30, 20, format="webp"), "picture.jpg")).format == "webp"


def test_probe_takes_a_path_with_odd_letters(tmp_path: Path) -> None:
    assert images.probe(stored(tmp_path, photo(30, 20), "a[shrink=2] %s \n é.jpg")).width == 30


def test_probe_tells_depth_and_transparency(tmp_path: Path) -> None:
    deep = makers.png(4, 4, (b"\0" + bytes(32)) * 4, bits=16, colour=6)
    found = images.probe(stored(tmp_path, deep))
    assert (found.bits, found.has_alpha) == (16, True)


def test_probe_counts_frames(tmp_path: Path) -> None:
    films = [scene(40, 30, seed=seed) for seed in range(4)]
    content = encode(films[0], "gif", save_all=True, append_images=films[1:], duration=50)
    assert images.probe(stored(tmp_path, content)).frames == 4


def test_probe_takes_100_megapixels_and_not_one_row_more(tmp_path: Path) -> None:
    row = bytes(1 + 10_000 // 8)
    good = stored(tmp_path, makers.png(10_000, 10_000, row * 10_000, bits=1, colour=0))
    assert images.probe(good).height == 10_000
    with pytest.raises(images.Refused) as caught:
        images.probe(stored(tmp_path, makers.png(10_000, 10_001, row * 10_001, bits=1, colour=0)))
    assert caught.value.code == "too_many_pixels"


def test_the_sentence_gives_the_figures(tmp_path: Path) -> None:
    with pytest.raises(images.Refused) as caught:
        images.probe(stored(tmp_path, makers.png_header(50_000, 50_000)))
    assert str(caught.value) == (
        "This picture is 50,000 × 50,000 pixels; the largest Vitrine takes is 100 megapixels."
    )
    assert caught.value.facts == {"width": 50_000, "height": 50_000, "most": "100"}
    assert str(caught.value) == str(caught.value)


def test_the_sentence_says_what_the_file_is_instead(tmp_path: Path) -> None:
    with pytest.raises(images.Refused) as caught:
        images.probe(stored(tmp_path, b"<svg/>"))
    assert caught.value.code == "unsupported_type"
    assert str(caught.value) == (
        "This file is an SVG drawing. Vitrine takes pictures as JPEG, PNG, WebP, AVIF, GIF and TIFF."
    )


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ({"size": 5_000}, "too_many_bytes"),
        ({"pixels": 300 * 200 - 1}, "too_many_pixels"),
        ({"side": 299}, "side_too_long"),
    ],
)
def test_limits_are_arguments(tmp_path: Path, limits: dict[str, int], code: str) -> None:
    path = stored(tmp_path, photo(300, 200))
    with pytest.raises(images.Refused) as caught:
        images.probe(path, **limits)  # type: ignore[arg-type]
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("limits", "code"),
    [({"frames": 3}, "too_many_frames"), ({"animation_pixels": 4 * 1200 - 1}, "animation_too_large")],
)
def test_limits_of_films_are_arguments(tmp_path: Path, limits: dict[str, int], code: str) -> None:
    path = stored(tmp_path, makers.gif(40, 30, [makers.gif_frame()] * 4))
    assert images.probe(path, frames=4, animation_pixels=4 * 1200).frames == 4
    with pytest.raises(images.Refused) as caught:
        images.probe(path, **limits)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_a_file_of_too_many_bytes_is_not_even_looked_into(tmp_path: Path) -> None:
    path = stored(tmp_path, photo(30, 20))
    with path.open("r+b") as file:
        file.truncate(images.IMAGE_BYTES + 1)
    with pytest.raises(images.Refused) as caught:
        images.probe(path)
    assert caught.value.code == "too_many_bytes"
    assert "50 MiB" in str(caught.value)


def test_a_file_that_is_not_there_is_a_failure_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        images.probe(tmp_path / "nothing")


# Placeholders


def test_the_look_is_the_colour_of_the_picture(tmp_path: Path) -> None:
    found = images.probe(stored(tmp_path, encode(Image.new("RGB", (300, 200), "#3070b0"), "png")))
    assert found.look.colour == "#3070b0"
    assert 5 <= len(found.look.thumbhash) <= 40


def test_the_look_leaves_out_what_is_transparent(tmp_path: Path) -> None:
    image = Image.new("RGBA", (64, 64), (0, 0, 255, 0))
    image.paste((255, 0, 0, 255), (0, 0, 32, 64))
    found = images.probe(stored(tmp_path, encode(image, "png")))
    assert found.look.colour == "#ff0000"
    assert found.look.thumbhash[2] & 0x80


@pytest.mark.parametrize("name", TURNABLE)
def test_the_look_is_upright(tmp_path: Path, name: str) -> None:
    """A hash of the same picture stored lying must be that of the upright one, within what the codec changes."""
    plain = images.probe(stored(tmp_path, photo(300, 200, format=name))).look
    turned = images.probe(stored(tmp_path, photo(300, 200, format=name, orientation=6))).look
    assert plain.thumbhash[4] & 0x80 == turned.thumbhash[4] & 0x80 == 0x80
    assert sum(a == b for a, b in zip(plain.thumbhash, turned.thumbhash, strict=True)) >= 15


def test_look_alone_is_near_what_probe_says(tmp_path: Path) -> None:
    path = stored(tmp_path, photo(900, 600))
    one, other = images.look(path), images.probe(path).look
    pairs = zip(bytes.fromhex(one.colour[1:]), bytes.fromhex(other.colour[1:]), strict=True)
    assert max(abs(a - b) for a, b in pairs) <= 3
    assert len(one.thumbhash) == len(other.thumbhash)


@pytest.mark.parametrize("size", [(32, 21), (21, 32), (30, 30), (1, 1), (32, 1), (100, 3)])
def test_the_hash_is_that_of_the_published_encoder(size: tuple[int, int]) -> None:
    pixels = scene(*size, seed=4).convert("RGBA").tobytes()
    assert thumbhash.encode(*size, pixels) == bytes(rgba_to_thumb_hash(*size, list(pixels)))


def test_the_hash_of_one_colour_has_no_waves() -> None:
    first, second = (
        int.from_bytes(part, "little")
        for part in (thumbhash.encode(8, 8, bytes((200, 100, 50, 255)) * 64)[at:to] for at, to in ((0, 3), (3, 5)))
    )
    assert (first >> 18 & 31, second >> 3 & 63, second >> 9 & 63) == (0, 0, 0)


def test_the_hash_of_nothing_visible_is_still_one() -> None:
    assert thumbhash.encode(4, 4, bytes(64))[2] & 0x80


# Sizes


@pytest.mark.parametrize(
    ("size", "planned"),
    [
        ((6000, 4000), [(320, 213), (640, 427), (1280, 853), (1920, 1280)]),
        ((1920, 1080), [(320, 180), (640, 360), (1280, 720), (1920, 1080)]),
        ((1919, 1080), [(320, 180), (640, 360), (1280, 720)]),
        ((320, 240), [(320, 240)]),
        ((319, 240), [(319, 240)]),
        ((1, 1), [(1, 1)]),
        ((20_000, 10), [(320, 1), (640, 1), (1280, 1), (1920, 1)]),
        ((10, 20_000), [(8, 16_383)]),
        ((1000, 50_000), [(320, 16_000)]),
        ((400, 50_000), [(131, 16_383)]),
        ((1, 50_000), [(1, 16_383)]),
    ],
)
def test_d24_plan_enlarges_nothing_and_plans_at_least_one(
    size: tuple[int, int], planned: list[tuple[int, int]]
) -> None:
    assert images.plan(*size) == planned


def test_a_planned_size_is_planned_again_by_its_width() -> None:
    for size in ((400, 50_000), (319, 240), (10, 20_000)):
        planned = images.plan(*size)
        assert images.plan(*size, widths=[wide for wide, _ in planned])[0][0] == planned[0][0]


@pytest.mark.parametrize(
    ("focal", "cut"),
    [
        ((0.5, 0.5), (100, 0, 200, 200)),
        ((0.0, 0.0), (0, 0, 200, 200)),
        ((1.0, 1.0), (200, 0, 200, 200)),
        ((0.4, 0.9), (60, 0, 200, 200)),
    ],
)
def test_d24_a_cut_lies_as_near_the_focal_point_as_it_can(
    focal: tuple[float, float], cut: tuple[int, int, int, int]
) -> None:
    assert sizes.crop(400, 200, ratio=(1, 1), focal=focal) == cut


@pytest.mark.parametrize("ratio", images.RATIOS.values())
@pytest.mark.parametrize("size", [(6000, 4000), (400, 4000), (4000, 400), (1, 1), (3, 1), (1, 3), (1200, 630)])
def test_a_cut_stays_inside(size: tuple[int, int], ratio: tuple[int, int]) -> None:
    for x in (0.0, 0.13, 0.5, 0.99, 1.0):
        left, top, width, height = sizes.crop(*size, ratio=ratio, focal=(x, 1 - x))
        assert left >= 0
        assert top >= 0
        assert 1 <= width <= size[0] - left
        assert 1 <= height <= size[1] - top


# Renditions


def test_d24_the_set_is_four_widths_in_two_formats(tmp_path: Path) -> None:
    made = images.renditions(stored(tmp_path, photo(2400, 1600)), tmp_path)
    widths = [(320, 213), (640, 427), (1280, 853), (1920, 1280)]
    assert sized(made) == [(*size, name) for size in widths for name in ("webp", "jpg")]
    for one in made:
        image = opened(one.path)
        assert image.size == (one.width, one.height)
        assert image.format == {"webp": "WEBP", "jpg": "JPEG"}[one.format]
        assert one.size == one.path.stat().st_size
    assert len({one.path for one in made}) == 8


def test_d24_avif_comes_by_itself(tmp_path: Path) -> None:
    made = images.renditions(stored(tmp_path, photo(700, 500)), tmp_path, formats=("avif",))
    assert sized(made) == [(320, 229, "avif"), (640, 457, "avif")]
    assert {opened(one.path).format for one in made} == {"AVIF"}


@pytest.mark.parametrize("name", FORMATS)
def test_renditions_look_like_the_original(tmp_path: Path, name: str) -> None:
    path = stored(tmp_path, photo(700, 500, format=name))
    for one in images.renditions(path, tmp_path, formats=("webp", "jpg", "avif")):
        again = opened(one.path)
        assert difference(again, opened(path).convert("RGB").resize(again.size)) < 4


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", TURNABLE)
def test_renditions_are_upright(tmp_path: Path, name: str, orientation: int) -> None:
    path = stored(tmp_path, photo(360, 240, format=name, orientation=orientation))
    for one in images.renditions(path, tmp_path):
        image = opened(one.path)
        assert image.size == (320, 213)
        assert corner_names(image) == UPRIGHT
        assert not image.getexif()


@pytest.mark.parametrize("name", FORMATS)
def test_renditions_hold_no_metadata(tmp_path: Path, name: str) -> None:
    path = stored(tmp_path, photo(360, 240, format=name))
    assert any(word in path.read_bytes() for word in PRIVATE)
    for one in images.renditions(path, tmp_path, formats=("webp", "jpg", "avif")):
        content = one.path.read_bytes()
        assert [word for word in PRIVATE if word in content] == []
        assert not {"exif", "xmp", "icc_profile", "comment"} & {
            key for key, value in opened(one.path).info.items() if value
        }


def test_renditions_are_never_enlarged(tmp_path: Path) -> None:
    made = images.renditions(stored(tmp_path, photo(100, 50)), tmp_path)
    assert sized(made) == [(100, 50, "webp"), (100, 50, "jpg")]


def test_renditions_of_a_film_show_its_first_frame(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (400, 300), colour) for colour in ("red", "blue", "lime")]
    for name in ("gif", "webp"):
        content = encode(frames[0], name, save_all=True, append_images=frames[1:], duration=50)
        for one in images.renditions(stored(tmp_path, content), tmp_path):
            image = opened(one.path)
            assert getattr(image, "n_frames", 1) == 1
            assert difference(image, Image.new("RGB", image.size, "red")) < 4


def test_transparency_stays_in_webp_and_becomes_white_in_jpeg(tmp_path: Path) -> None:
    image = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    image.paste((200, 0, 0, 255), (0, 0, 200, 300))
    webp, jpeg = (opened(one.path) for one in images.renditions(stored(tmp_path, encode(image, "png")), tmp_path))
    assert webp.mode == "RGBA"
    assert webp.getpixel((300, 100))[3] == 0
    assert webp.getpixel((20, 100))[3] == 255
    assert min(jpeg.getpixel((300, 100))) >= 253
    assert jpeg.getpixel((20, 100))[1] < 10


def test_the_edge_of_something_transparent_keeps_its_colour(tmp_path: Path) -> None:
    """What lies hidden under full transparency (here: green) must not bleed out when a picture gets smaller."""
    image = Image.new("RGBA", (2000, 1500), (0, 255, 0, 0))
    image.paste((255, 0, 0, 255), (0, 0, 1003, 1500))
    (small, *_) = images.renditions(stored(tmp_path, encode(image, "png")), tmp_path, widths=[320], formats=["webp"])
    pixels = opened(small.path).convert("RGBA")
    seen = [pixels.getpixel((x, 100)) for x in range(pixels.width)]
    assert all(green < 60 for _, green, _, alpha in seen if alpha > 60)


@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "tiff"])
def test_colours_are_converted_by_their_profile(tmp_path: Path, name: str) -> None:
    image = Image.new("RGB", (400, 300), "red")
    path = stored(tmp_path, encode(image, name, icc_profile=makers.swapped_profile()))
    assert images.probe(path).look.colour.startswith("#0")
    for one in images.renditions(path, tmp_path, widths=[320], formats=("webp", "jpg", "avif")):
        red, green, blue = opened(one.path).convert("RGB").getpixel((100, 100))
        assert green > 200
        assert max(red, blue) < 60


def test_a_profile_of_noise_is_ignored(tmp_path: Path) -> None:
    path = stored(tmp_path, encode(Image.new("RGB", (400, 300), "#c02020"), "jpeg", icc_profile=b"noise" * 100))
    (webp, _) = images.renditions(path, tmp_path)
    assert difference(opened(webp.path), Image.new("RGB", (320, 240), "#c02020")) < 5


def test_a_profile_of_another_kind_of_colour_is_ignored(tmp_path: Path) -> None:
    grey = makers.swapped_profile().replace(b"RGB ", b"GRAY", 1)
    path = stored(tmp_path, encode(Image.new("RGB", (400, 300), "#c02020"), "jpeg", icc_profile=grey))
    (webp, _) = images.renditions(path, tmp_path)
    assert difference(opened(webp.path), Image.new("RGB", (320, 240), "#c02020")) < 5


def test_four_inks_become_colours(tmp_path: Path) -> None:
    image = scene(400, 300)
    path = stored(tmp_path, encode(image.convert("CMYK"), "jpeg"))
    for one in images.renditions(path, tmp_path):
        assert opened(one.path).mode == "RGB"
        assert difference(opened(one.path), image.resize((320, 240))) < 40


def profile_of(name: str) -> bytes:
    """A colour profile that libvips brings along."""
    return bytes(pyvips.Operation.call("profile_load", name))


def drawn(folder: Path, content: bytes) -> set[tuple[int, int, int]]:
    """The colour near the middle of each rendition."""
    made = images.renditions(stored(folder, content), folder, widths=[320], formats=("webp", "jpg", "avif"))
    return {opened(one.path).convert("RGB").getpixel((100, 100)) for one in made}


def near(seen: set[tuple[int, int, int]], wanted: tuple[int, int, int], most: int = 3) -> bool:
    return all(abs(a - b) <= most for colour in seen for a, b in zip(colour, wanted, strict=True))


@pytest.mark.parametrize("name", TURNABLE)
def test_wide_colours_become_those_of_every_screen(tmp_path: Path, name: str) -> None:
    """Display P3's (200, 100, 50) is sRGB's (215, 93, 32), as LittleCMS has it."""
    content = encode(Image.new("RGB", (400, 300), (200, 100, 50)), name, icc_profile=profile_of("p3"))
    assert near(drawn(tmp_path, content), (215, 93, 32))


@pytest.mark.parametrize("name", ["png", "tiff"])
@pytest.mark.parametrize(("profile", "wanted"), [(None, (200, 100, 50)), ("p3", (215, 93, 32))])
def test_deep_colours_become_ordinary_ones(
    tmp_path: Path, name: str, profile: str | None, wanted: tuple[int, int, int]
) -> None:
    deep = pyvips.Image.black(400, 300, bands=3).linear(1, [200 * 257, 100 * 257, 50 * 257]).cast("ushort")
    options = {"profile": profile} if profile else {}
    content = bytes(deep.copy(interpretation="rgb16").write_to_buffer(f".{name}", **options))
    assert images.probe(stored(tmp_path, content)).bits == 16
    assert near(drawn(tmp_path, content), wanted)


@pytest.mark.parametrize("name", ["jpeg", "tiff"])
@pytest.mark.parametrize("tagged", [True, False])
def test_inks_become_the_colours_they_print(tmp_path: Path, name: str, tagged: bool) -> None:
    """By their profile, and without one by libvips' own: (205, 94, 72), as LittleCMS has it."""
    options = {"icc_profile": profile_of("cmyk")} if tagged else {}
    content = encode(Image.new("CMYK", (400, 300), (30, 180, 200, 10)), name, **options)
    assert near(drawn(tmp_path, content), (205, 94, 72))


def test_of_a_stereo_picture_the_first_is_shown(tmp_path: Path) -> None:
    left, right = (scene(120, 80, seed=seed) for seed in (1, 2))
    path = stored(tmp_path, makers.mpo())
    for one in images.renditions(path, tmp_path):
        assert difference(opened(one.path), left) < 8 < difference(opened(one.path), right)


def test_deep_and_grey_pictures_become_ordinary_ones(tmp_path: Path) -> None:
    deep = makers.png(400, 300, (b"\0" + b"\x80\x10" * 400) * 300, bits=16, colour=0)
    for one in images.renditions(stored(tmp_path, deep), tmp_path, formats=("webp", "jpg", "avif")):
        assert difference(opened(one.path), Image.new("RGB", (320, 240), (128, 128, 128))) < 3


def test_an_interlaced_picture_is_decoded_whole(tmp_path: Path) -> None:
    (webp, _) = images.renditions(stored(tmp_path, makers.interlaced(400)), tmp_path)
    shown = opened(webp.path).convert("RGB")
    assert shown.getpixel((10, 310))[0] > 200
    assert shown.getpixel((310, 10))[1] > 200


def test_a_very_tall_picture_fits_the_formats(tmp_path: Path) -> None:
    path = stored(tmp_path, encode(Image.new("L", (400, 50_000), 99), "png"))
    assert sized(images.renditions(path, tmp_path)) == [(131, 16_383, "webp"), (131, 16_383, "jpg")]


def test_renditions_into_a_folder_that_is_not_there_fail(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed):
        images.renditions(stored(tmp_path, photo(30, 20)), tmp_path / "nowhere")


def test_a_full_disk_is_said_to_be_full(tmp_path: Path) -> None:
    path = stored(tmp_path, photo(30, 20))
    with pytest.raises(StorageFull):
        images.clean_original(path, Path("/dev/full"))


# Crops


def cut_of(
    path: Path, ratio: tuple[int, int], width: int, *, focal: tuple[float, float] = (0.5, 0.5), form: str = "webp"
) -> images.Rendition:
    (made,) = images.crops(path, path.parent, ratio=ratio, focal=focal, widths=[width], formats=(form,))
    return made


@pytest.mark.parametrize(
    ("name", "size"),
    [("1:1", (600, 600)), ("4:3", (600, 450)), ("16:9", (600, 338)), ("3:4", (600, 800)), ("og", (600, 315))],
)
def test_d24_crops_have_their_ratio(tmp_path: Path, name: str, size: tuple[int, int]) -> None:
    path = stored(tmp_path, photo(1600, 1200))
    cut = cut_of(path, images.RATIOS[name], 600)
    assert (cut.width, cut.height) == size
    assert opened(cut.path).size == size
    assert cut.size == cut.path.stat().st_size


def test_a_crop_for_sharing_is_exactly_1200_by_630(tmp_path: Path) -> None:
    for size in ((1600, 1200), (1200, 4000), (5000, 700), (1201, 631)):
        path = stored(tmp_path, photo(*size))
        cut = cut_of(path, images.RATIOS["og"], 1200, form="jpg")
        assert opened(cut.path).size == (1200, 630)
        assert opened(cut.path).format == "JPEG"


def test_a_crop_is_never_enlarged(tmp_path: Path) -> None:
    cut = cut_of(stored(tmp_path, photo(300, 200)), (1, 1), 600)
    assert (cut.width, cut.height) == (200, 200)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(("colour", "place"), list(CORNERS.items()))
def test_a_crop_follows_the_focal_point_as_it_is_seen(
    tmp_path: Path, colour: str, place: tuple[int, int], orientation: int
) -> None:
    path = stored(tmp_path, photo(600, 300, orientation=orientation))
    focal = (float(place[0]), float(place[1]))
    cut = opened(cut_of(path, (1, 1), 200, focal=focal).path)
    at = tuple(10 + share * (cut.width - 21) for share in place)
    assert difference(cut.crop((*at, at[0] + 2, at[1] + 2)), Image.new("RGB", (2, 2), colour)) < 40


# Originals without metadata


@pytest.mark.parametrize("orientation", [1, 3, 6, 7])
@pytest.mark.parametrize("name", TURNABLE)
def test_a_clean_original_has_the_same_pixels_the_same_way_up(tmp_path: Path, name: str, orientation: int) -> None:
    path = stored(tmp_path, photo(300, 200, format=name, orientation=orientation))
    cleaned = images.clean_original(path, tmp_path / "clean")
    before, after = opened(path), opened(tmp_path / "clean")
    assert after.tobytes() == before.tobytes()
    assert corner_names(after) == UPRIGHT
    assert cleaned == images.Cleaned(size=(tmp_path / "clean").stat().st_size, encoded=False)
    assert images.probe(tmp_path / "clean") == dataclasses.replace(images.probe(path), taken_at=None, said={})


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("name", FORMATS)
def test_a_clean_original_says_nothing_of_place_or_camera(tmp_path: Path, name: str, orientation: int) -> None:
    path = stored(tmp_path, photo(300, 200, format=name, orientation=orientation))
    images.clean_original(path, tmp_path / "clean")
    content = (tmp_path / "clean").read_bytes()
    assert [word for word in PRIVATE if word in content] == []
    kept = opened(tmp_path / "clean").getexif()
    assert set(kept) <= (tiff.STAY if name == "tiff" else {0x0112})
    # Pillow turns a TIFF or a HEIC upright when it opens one, and leaves the tag away.
    assert kept.get(0x0112, 1) == (1 if name in ("gif", "heic", "tiff") else orientation)
    assert not kept.get_ifd(0x8825)


@pytest.mark.parametrize("name", FORMATS)
def test_a_clean_original_ends_where_the_picture_ends(tmp_path: Path, name: str) -> None:
    plain = stored(tmp_path, photo(300, 200, format=name), "plain")
    longer = stored(tmp_path, plain.read_bytes() + b"<?php evil(); ?>" * 9 + makers.zipped("evil.js"), "longer")
    images.clean_original(plain, tmp_path / "one")
    images.clean_original(longer, tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


@pytest.mark.parametrize("name", TURNABLE)
def test_a_clean_original_keeps_its_colour_profile(tmp_path: Path, name: str) -> None:
    profile = makers.swapped_profile()
    path = stored(tmp_path, encode(scene(60, 40), name, icc_profile=profile))
    images.clean_original(path, tmp_path / "clean")
    assert opened(tmp_path / "clean").info["icc_profile"] == profile


def test_a_clean_original_of_a_film_is_the_whole_film(tmp_path: Path) -> None:
    frames = [scene(60, 40, seed=seed) for seed in range(5)]
    for name in ("gif", "webp", "png"):
        content = encode(frames[0], name, save_all=True, append_images=frames[1:], duration=70, loop=0)
        path = stored(tmp_path, content)
        images.clean_original(path, tmp_path / "clean")
        before, after = opened(path), opened(tmp_path / "clean")
        assert after.n_frames == before.n_frames == 5
        assert after.info.get("loop") == before.info.get("loop")
        for number in range(5):
            before.seek(number)
            after.seek(number)
            assert after.info.get("duration") == before.info.get("duration")
            assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()


def test_a_clean_jpeg_holds_no_second_picture(tmp_path: Path) -> None:
    inside = makers.after_start(encode(scene(120, 80), "jpeg"), makers.exif_segment(b"II*\0" + photo(40, 30)))
    for content in (makers.mpo(), inside):
        images.clean_original(stored(tmp_path, content), tmp_path / "clean")
        cleaned = (tmp_path / "clean").read_bytes()
        assert cleaned.count(b"\xff\xd8\xff") == 1
        assert cleaned.endswith(b"\xff\xd9")
        assert Image.open(io.BytesIO(cleaned)).size == (120, 80)


def test_a_clean_jpeg_keeps_four_inks_as_they_were(tmp_path: Path) -> None:
    path = stored(tmp_path, encode(scene(120, 80).convert("CMYK"), "jpeg"))
    images.clean_original(path, tmp_path / "clean")
    assert opened(tmp_path / "clean").tobytes() == opened(path).tobytes()


def test_a_clean_tiff_is_its_first_page_and_no_other(tmp_path: Path) -> None:
    """Strips are copied as they are; those of JPEG lose what stands between their segments."""
    second = scene(50, 40, seed=3)
    path = stored(tmp_path, encode(scene(120, 80), "tiff", save_all=True, append_images=[second]))
    assert second.tobytes() in path.read_bytes()
    images.clean_original(path, tmp_path / "clean")
    after = opened(tmp_path / "clean")
    assert (after.n_frames, after.tobytes()) == (1, scene(120, 80).tobytes())
    assert second.tobytes() not in (tmp_path / "clean").read_bytes()


@pytest.mark.parametrize("packed", [{"compression": "jpeg"}, {"tile": True}, {"compression": "deflate"}], ids=str)
def test_a_clean_big_tiff_is_an_ordinary_one_of_the_same_pixels(tmp_path: Path, packed: dict[str, object]) -> None:
    path = stored(tmp_path, makers.big_tiff(**packed))
    assert path.read_bytes()[2] == 43
    cleaned = images.clean_original(path, tmp_path / "clean")
    assert (tmp_path / "clean").read_bytes()[2] == 42
    assert cleaned.encoded is False
    assert opened(tmp_path / "clean").tobytes() == opened(path).tobytes()


def test_a_raw_file_is_said_to_be_one(tmp_path: Path) -> None:
    with pytest.raises(images.Refused) as caught:
        images.probe(stored(tmp_path, makers.tiff(makers.GREY | {50_706: 0x0401})))
    assert str(caught.value) == (
        "This file is a raw file of a camera. Vitrine takes pictures as JPEG, PNG, WebP, AVIF, GIF and TIFF."
    )


def test_a_clean_gif_drops_comments_and_foreign_extensions(tmp_path: Path) -> None:
    extra = (
        makers.gif_extension(0xFE, b"where I live")
        + makers.gif_extension(0xFF, b"NETSCAPE2.0", b"\1\0\0")
        + makers.gif_extension(0xFF, b"XMP DataXMP", b"<x:xmpmeta/>")
        + makers.gif_extension(0x01, bytes(12), b"plain text")
    )
    path = stored(tmp_path, makers.gif(9, 7, [makers.gif_frame(9, 7)] * 2, extra=extra))
    images.clean_original(path, tmp_path / "clean")
    content = (tmp_path / "clean").read_bytes()
    assert b"NETSCAPE2.0" in content
    assert not [word for word in (b"where I live", b"XMP", b"plain text") if word in content]
    assert images.probe(tmp_path / "clean").frames == 2


def test_a_clean_webp_drops_what_hides_in_frames(tmp_path: Path) -> None:
    pixels = encode(Image.new("RGB", (8, 8), "red"), "webp", lossless=True)[12:]
    hidden = makers.riff_chunk(b"GPS ", b"48.8582 2.2945")
    frame = makers.riff_chunk(b"ANMF", bytes(6) + b"\7\0\0" * 2 + b"\x28\0\0\0" + pixels + hidden)
    content = makers.riff(makers.vp8x(8, 8, 2), makers.riff_chunk(b"ANIM", bytes(6)), frame, frame, hidden)
    images.clean_original(stored(tmp_path, content), tmp_path / "clean")
    assert b"48.8582" in content
    assert b"48.8582" not in (tmp_path / "clean").read_bytes()
    assert images.probe(tmp_path / "clean").frames == 2


def test_a_clean_avif_drops_boxes_that_are_not_the_pictures(tmp_path: Path) -> None:
    film = makers.box(b"moov", makers.box(b"udta", b"where I live"))
    content = photo(60, 40, format="avif") + makers.box(b"uuid", b"48.8582 N" + bytes(20)) + film
    path = stored(tmp_path, content)
    images.clean_original(path, tmp_path / "clean")
    cleaned = (tmp_path / "clean").read_bytes()
    assert not [word for word in (b"48.8582", b"where I live") if word in cleaned]
    assert len(cleaned) == len(content)
    assert opened(tmp_path / "clean").tobytes() == opened(path).tobytes()


def test_an_avif_whose_items_cannot_be_followed_is_encoded_anew(tmp_path: Path) -> None:
    """Told that its EXIF is made of other items, nobody can say where it lies: the pixels go into a new file."""
    path = stored(tmp_path, makers.with_its_exif_elsewhere("avif"))
    assert b"Fujica" in path.read_bytes()
    assert images.clean_original(path, tmp_path / "clean").encoded is True
    assert not [word for word in PRIVATE if word in (tmp_path / "clean").read_bytes()]
    assert corner_names(opened(tmp_path / "clean")) == UPRIGHT


def test_what_is_no_picture_has_no_clean_copy(tmp_path: Path) -> None:
    with pytest.raises(images.Refused):
        images.clean_original(stored(tmp_path, b"<svg/>"), tmp_path / "clean")
    assert not (tmp_path / "clean").exists()
