"""Small files that are large once they are opened: made by libvips, for Pillow would hold them as a whole."""

from collections.abc import Callable, Iterator
from functools import partial

import pyvips

from tests.hostile import makers as make
from tests.hostile.cases import Case, Good
from tests.pictures import photo

HEAVY = ("too_heavy",)


def plain(width: int, height: int, *, deep: bool = False, bands: int = 3) -> pyvips.Image:
    """A picture of one colour."""
    kind, space = ("ushort", "rgb16") if deep else ("uchar", "srgb")
    return (pyvips.Image.black(width, height, bands=bands) + 100).cast(kind).copy(interpretation=space)


def saved(ending: str, width: int, height: int, *, deep: bool = False, **options: object) -> Callable[[], bytes]:
    """Give what makes the bytes of such a picture."""
    return partial(_saved, ending, width, height, deep, options)


def _saved(ending: str, width: int, height: int, deep: bool, options: dict[str, object]) -> bytes:
    return bytes(plain(width, height, deep=deep).write_to_buffer(f".{ending}", **options))


def film(side: int, frames: int) -> bytes:
    """An animated WebP of so many different frames."""
    ramp = pyvips.Image.xyz(side, side).extract_band(0)
    pages = [(ramp + 9 * number) % 251 for number in range(frames)]
    image = pyvips.Image.arrayjoin(pages, across=1).cast("uchar").bandjoin([0, 0]).copy(interpretation="srgb")
    image.set_type(pyvips.GValue.gint_type, "page-height", side)
    return bytes(image.webpsave_buffer(effort=0, lossless=True))


def too_heavy() -> Iterator[Case]:
    """What is within the limits of its header, and can only be decoded as a whole that is too large."""
    steps, full = ({"progressive": True, "subsampling": each} for each in ("4:2:0", "4:4:4"))
    yield Case("98-megapixels-in-steps.jpg", lambda: jpeg(9_900, **steps), HEAVY)
    yield Case("49-megapixels-in-full-steps.jpg", lambda: jpeg(7_000, **full), HEAVY)
    yield Case("98-megapixels-interlaced.png", lambda: interlaced(9_900), HEAVY)
    yield Case("49-megapixels-deep-interlaced.png", lambda: interlaced(7_000, bits=16), HEAVY)
    yield Case("40-megapixels.gif", lambda: make.gif(6_350, 6_350, [make.gif_frame()]), HEAVY)
    yield Case("64-megapixels.heic", lambda: make.claiming("heic", 8_000, 8_000), HEAVY)
    yield Case("36-megapixels.avif", lambda: make.claiming("avif", 6_000, 6_000), HEAVY)


def jpeg(side: int, **options: object) -> bytes:
    """A JPEG that says how large it is."""
    return make.resized_header(photo(160, 120, **options), side, side)


def interlaced(side: int, *, bits: int = 8) -> bytes:
    """An interlaced PNG that says how large it is."""
    return make.PNG + make.ihdr(side, side, bits=bits, interlace=1) + make.chunk(b"IDAT", bytes(9)) + make.END


def large() -> Iterator[Good]:
    """What is as large as may be, and taken."""
    most = {"size": (9_900, 9_900)}
    yield Good("98-megapixels.jpg", saved("jpg", 9_900, 9_900), **most)
    yield Good("98-megapixels.png", saved("png", 9_900, 9_900), format="png", **most)
    yield Good("98-megapixels-deep.png", saved("png", 9_900, 9_900, deep=True), format="png", bits=16, **most)
    yield Good("98-megapixels.webp", saved("webp", 9_900, 9_900, effort=0, lossless=True), format="webp", **most)
    yield Good("98-megapixels.tif", saved("tif", 9_900, 9_900, compression="deflate"), format="tiff", **most)
    yield Good("36-megapixels-in-steps.jpg", saved("jpg", 6_000, 6_000, interlace=True), size=(6_000, 6_000))
    yield Good("38-megapixels.gif", saved("gif", 6_200, 6_200), format="gif", size=(6_200, 6_200))
    yield Good("13-megapixels.avif", saved("avif", 3_600, 3_600, effort=0), format="avif", size=(3_600, 3_600))
    yield Good("70-megapixels-of-frames.webp", lambda: film(1_000, 70), format="webp", size=(1_000, 1_000), frames=70)
