"""Pixels through libvips: proof by decoding, placeholders, renditions and crops."""

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import pyvips

from . import exif, files, heic, likeness, metadata, sizes, thumbhash, webp
from .rules import MIME, Header, Limits, Refused, damaged, too_heavy, truncated

LOADERS: Final = {
    "jpeg": "jpegload",
    "png": "pngload",
    "gif": "gifload",
    "webp": "webpload",
    "avif": "heifload",
    "tiff": "tiffload",
}
SAVERS: Final = {"webp": "webpsave_buffer", "jpg": "jpegsave_buffer", "avif": "heifsave_buffer"}
CLASSES: Final = ("Jpeg", "Png", "Nsgif", "Webp", "Heif", "Tiff")
DAMAGE: Final = ("bad Huffman", "premature end", "extraneous bytes", "instead of RST")
"""Of libjpeg's warnings those that cost pixels; the others are about odd headers that every viewer forgives."""
LENIENT: Final = {"jpeg": "truncated", "tiff": "error"}
"""Formats whose odd headers make libvips warn, and what it must fail on all the same."""
NO_MEMORY: Final = ("out of memory", "insufficient memory", "memory allocation")
HASH_SIDE: Final = 32
WHITE: Final = [255, 255, 255]
WEBP_SCALED_FROM: Final = 4_000_000


def prepare() -> None:
    """Leave libvips the six decoders that are needed, no cache and one thread."""
    pyvips.block_untrusted_set(True)
    pyvips.operation_block_set("VipsForeignLoad", True)
    for name in CLASSES:
        pyvips.operation_block_set(f"VipsForeignLoad{name}", False)
    pyvips.cache_set_max(0)


def probe(path: Path, limits: Limits) -> dict[str, Any]:
    """Judge the file, decode it once from end to end and answer what it is; raises Refused."""
    header = files.scan(path, limits)
    small, image = _proved(path, header, limits)
    orientation = _orientation(image)
    width, height = _upright(image.width, image.height, orientation)
    said, moment = _described(image, path, header.format)
    clock = exif.taken(header.moment or _said(image, "DateTimeOriginal"), _said(image, "SubSecTimeOriginal"))
    return {
        "format": header.format,
        "mime": MIME[header.format],
        "width": width,
        "height": height,
        "orientation": orientation,
        "frames": header.frames,
        "has_alpha": bool(image.hasalpha()),
        "bits": _bits(image),
        "taken_at": clock or moment,
        "said": said,
        **_look(small),
    }


def forget() -> None:
    """Let go of what was decoded for one question."""
    _whole.cache_clear()


def look(path: Path) -> dict[str, Any]:
    """Answer the placeholder of a picture: its ThumbHash in hex, its mean colour, and what it is told by."""
    return _look(_thumbnail(path, 2 * HASH_SIDE, 2 * HASH_SIDE, size="down"))


def describe(path: Path) -> dict[str, Any]:
    """Answer what a picture that was probed before says of itself, without decoding it; raises Refused."""
    name = files.format_of_file(path)
    said, _ = _described(_open(path, name), path, name)
    return {"said": said}


def renditions(path: Path, folder: Path, *, widths: Iterable[int], formats: Iterable[str]) -> list[dict[str, Any]]:
    """Decode once, as small as will do; smaller sizes come from the largest, and formats share the pixels."""
    plan = sizes.renditions(*_size(path), widths=widths)
    largest = _thumbnail(path, *plan[-1], size="force").copy_memory()
    made = []
    for width, height in plan:
        image = largest if (width, height) == plan[-1] else _resized(largest, width, height)
        made += [_saved(image, folder / f"{width}.{name}", name) for name in formats]
    return made


def crops(
    path: Path,
    folder: Path,
    *,
    ratio: tuple[int, int],
    focal: tuple[float, float],
    widths: Iterable[int],
    formats: Iterable[str],
) -> list[dict[str, Any]]:
    """Cut a ratio round the focal point in several widths, from one decode; none of them is enlarged."""
    plan = sizes.crops(*_size(path), ratio=ratio, focal=focal, widths=widths)
    largest = _cut(path, ratio=ratio, focal=focal, width=plan[-1][0])
    made = []
    for width, height in plan:
        image = largest if (width, height) == plan[-1] else _resized(largest, width, height)
        made += [_saved(image, folder / f"{width}.{name}", name) for name in formats]
    return made


def fill(path: Path, out: Path, *, width: int, height: int) -> dict[str, Any]:
    """Write a picture in just this size as PNG, enlarged if need be; what is beyond its shape is cut off evenly."""
    cut = _cut(path, ratio=(width, height), focal=(0.5, 0.5), width=width)
    image = cut.thumbnail_image(width, height=height, size="force")
    flat = image.flatten(background=WHITE) if image.hasalpha() else image
    return {"size": files.write(out, [flat.pngsave_buffer(compression=1, keep="none")])}


def moving(path: Path, folder: Path, *, widths: Iterable[int]) -> list[dict[str, Any]]:
    """Make an animation's widths, every frame of it with its time and the loop, as WebP."""
    name = files.format_of_file(path)
    first = _open(path, name)
    made = []
    for width, height in sizes.renditions(first.width, first.height, widths=widths):
        source = pyvips.Source.new_from_file(str(path))
        frames = {"option_string": "n=-1", "fail_on": "truncated", **_to_srgb(first)}
        image = pyvips.Image.thumbnail_source(source, width, height=height, size="force", **frames)
        out = folder / f"{width}.webp"
        size = files.write(out, [_srgb(image).webpsave_buffer(keep="none", **sizes.SAVED["webp"])])
        made.append({"width": width, "height": height, "format": "webp", "path": str(out), "size": size})
    return made


def clean(path: Path, out: Path) -> dict[str, Any]:
    """Write the original without metadata; only an AVIF whose items cannot be followed is encoded anew."""
    name = files.format_of_file(path)
    try:
        return {"size": files.clean(path, out, orientation=_orientation(_open(path, name))), "encoded": False}
    except Refused:
        if name != "avif":
            raise
    pixels = _open(path, name).heifsave_buffer(compression="av1", Q=90, effort=2, keep="icc")
    return {"size": files.write(out, [pixels]), "encoded": True}


def in_words(error: pyvips.Error) -> Refused:
    """Say in our words what libvips said."""
    said = str(error)
    if any(word in said.lower() for word in NO_MEMORY):
        return too_heavy()
    if any(word in said for word in ("premature end of JPEG", "Unexpected end", "end of file", "truncated")):
        return truncated()
    return damaged()


def _proved(path: Path, header: Header, limits: Limits) -> tuple[pyvips.Image, pyvips.Image]:
    """Decode every pixel of every frame once; gives a small copy of the first frame and the picture's header."""
    try:
        return _decoded(path, header, limits, fail_on="warning")
    except pyvips.Error as error:
        if header.format not in LENIENT or any(word in str(error) for word in DAMAGE):
            raise
    return _decoded(path, header, limits, fail_on=LENIENT[header.format])


def _decoded(path: Path, header: Header, limits: Limits, *, fail_on: str) -> tuple[pyvips.Image, pyvips.Image]:
    first = _open(path, header.format, fail_on=fail_on)
    limits.check_canvas(first.width, first.height)
    if header.frames > 1 and header.format == "gif":
        _open(path, "gif", fail_on=fail_on, n=-1).avg()
    if header.frames > 1 and header.format == "webp":
        _prove_frames(path, fail_on)
    pixels = first
    if header.format == "webp" and header.width * header.height > WEBP_SCALED_FROM:
        pixels = _open(path, "webp", fail_on=fail_on, scale=0.125)
    return _shrunk(pixels).copy_memory(), first


def _prove_frames(path: Path, fail_on: str) -> None:
    """Decode an animation's frames one by one: all at once libvips would write them to the disk."""
    for frame in webp.stills(files.mapped(path)):
        source = pyvips.Source.new_from_memory(frame)
        pyvips.Image.webpload_source(source, access="sequential", fail_on=fail_on, scale=0.125).avg()


def _shrunk(image: pyvips.Image) -> pyvips.Image:
    """Average blocks of pixels down to about the size of a placeholder, which reads every one of them."""
    factor = -(-max(image.width, image.height) // (2 * HASH_SIDE))
    factors = (min(factor, image.width), min(factor, image.height))
    if not image.hasalpha():
        return image.shrink(*factors, ceil=True)
    return image.premultiply().shrink(*factors, ceil=True).unpremultiply().cast(image.format)


def _look(small: pyvips.Image) -> dict[str, Any]:
    """Hash a small picture and mix its colour, transparent parts left out."""
    image = small.thumbnail_image(HASH_SIDE, height=HASH_SIDE, size="down", **_to_srgb(small))
    image = _srgb(image)
    if not image.hasalpha():
        image = image.bandjoin(255)
    image = image.copy_memory()
    pixels = bytes(image.cast("uchar").write_to_memory())
    weights = pixels[3::4]
    total = sum(weights) or 1
    means = (sum(w * v for w, v in zip(weights, pixels[at::4], strict=True)) / total for at in range(3))
    return {
        "thumbhash": thumbhash.encode(image.width, image.height, pixels).hex(),
        "colour": "#" + "".join(f"{round(mean):02x}" for mean in means),
        "likeness": likeness.encode(_greys(image)),
    }


def _greys(image: pyvips.Image) -> bytes:
    """Return the few greys that a picture is told by, what is transparent being white."""
    grey = image.flatten(background=WHITE).colourspace("b-w")
    forced = grey.thumbnail_image(likeness.ACROSS, height=likeness.DOWN, size="force")
    return bytes(forced.cast("uchar").write_to_memory())


def _thumbnail(path: Path, width: int, height: int, *, size: str) -> pyvips.Image:
    """Load as small as the decoder can, upright and in sRGB."""
    name = files.format_of_file(path)
    profile = _to_srgb(_open(path, name))
    if name in ("tiff", "heic"):
        # Not by its source: libvips reads no HEIC, and would look for smaller copies in pages that nobody has judged.
        opened = _open(path, name, fail_on="truncated")
        return _srgb(opened.thumbnail_image(width, height=height, size=size, **profile))
    if name == "jpeg" and size == "force" and _halves(path, width, height):
        opened = _open(path, name, fail_on="truncated", shrink=2)
        return _srgb(opened.thumbnail_image(width, height=height, size=size, **profile))
    source = pyvips.Source.new_from_file(str(path))
    image = pyvips.Image.thumbnail_source(source, width, height=height, size=size, fail_on="truncated", **profile)
    return _srgb(image)


def _halves(path: Path, width: int, height: int) -> bool:
    """Say whether a JPEG is decoded at half its size though it is not four times too large.

    libvips does so from four times on. Halving in the decoder leaves a trace of patterns as fine as the pixels
    themselves, which photos hardly have, and costs half of a whole decode.
    """
    whole = _size(path)
    return 2 <= min(whole[0] / width, whole[1] / height) < 4


def _cut(path: Path, *, ratio: tuple[int, int], focal: tuple[float, float], width: int) -> pyvips.Image:
    whole = _size(path)
    left, top, cut_width, cut_height = sizes.crop(*whole, ratio=ratio, focal=focal)
    factor = min(1.0, width / cut_width)
    wide, high = max(1, round(cut_width * factor)), max(1, round(cut_height * factor))
    target = (max(wide, round(whole[0] * factor)), max(high, round(whole[1] * factor)))
    image = _thumbnail(path, *target, size="force")
    left, top = min(round(left * factor), target[0] - wide), min(round(top * factor), target[1] - high)
    return image.crop(left, top, wide, high).copy_memory()


def _resized(image: pyvips.Image, width: int, height: int) -> pyvips.Image:
    return image.thumbnail_image(width, height=height, size="force").copy_memory()


def _saved(image: pyvips.Image, out: Path, form: str) -> dict[str, Any]:
    opaque = image.flatten(background=WHITE) if form == "jpg" and image.hasalpha() else image
    encoded = getattr(opaque, SAVERS[form])(keep="none", **sizes.SAVED[form])
    size = files.write(out, [encoded])
    return {"width": image.width, "height": image.height, "format": form, "path": str(out), "size": size}


def _open(path: Path, name: str, **options: Any) -> pyvips.Image:
    """Open a picture without decoding it, unless it is a HEIC."""
    if name == "heic":
        return _whole(path)
    load = getattr(pyvips.Image, LOADERS[name] + "_source")
    return load(pyvips.Source.new_from_file(str(path)), access="sequential", **options)


@lru_cache(maxsize=1)
def _whole(path: Path) -> pyvips.Image:
    """Decode a HEIC, upright whatever its EXIF says, with what libvips keeps of others; once for each question."""
    found = heic.decoded(files.mapped(path))
    bands = len(found.mode)
    image = pyvips.Image.new_from_memory(found.pixels, found.width, found.height, bands, "uchar")
    image = image.copy(interpretation="b-w" if bands < 3 else "srgb")
    if found.mode.endswith("a"):
        image = image.unpremultiply().cast("uchar")
    profile = found.profile or (pyvips.Operation.call("profile_load", "p3") if found.wide else b"")
    for name, block in (("exif-data", found.exif), ("xmp-data", found.xmp), ("icc-profile-data", profile)):
        if block:
            image.set_type(pyvips.GValue.blob_type, name, block)
    for name, number in (("bits-per-sample", found.bits), ("orientation", 1)):
        image.set_type(pyvips.GValue.gint_type, name, number)
    return image


def _to_srgb(image: pyvips.Image) -> dict[str, str]:
    """Ask for a conversion by profile only where there is something to convert: it costs as much as the rest."""
    tagged = image.get_typeof("icc-profile-data") != 0
    return {"output_profile": "srgb"} if tagged or image.interpretation == "cmyk" else {}


def _srgb(image: pyvips.Image) -> pyvips.Image:
    return image if image.interpretation == "srgb" else image.colourspace("srgb")


def _size(path: Path) -> tuple[int, int]:
    image = _open(path, files.format_of_file(path))
    return _upright(image.width, image.height, _orientation(image))


def _upright(width: int, height: int, orientation: int) -> tuple[int, int]:
    return (height, width) if orientation >= 5 else (width, height)


def _orientation(image: pyvips.Image) -> int:
    found = image.get("orientation") if image.get_typeof("orientation") else 1
    return found if 1 <= found <= 8 else 1


def _said(image: pyvips.Image, tag: str) -> str:
    """Return what the camera wrote into a tag of its EXIF."""
    name = f"exif-ifd2-{tag}"
    return str(image.get(name)) if image.get_typeof(name) else ""


def _described(image: pyvips.Image, path: Path, name: str) -> tuple[dict[str, Any], str | None]:
    """Read the texts that libvips found; of TIFF the directories are the file itself."""
    block = files.mapped(path) if name == "tiff" else _block(image, "exif-data")
    return metadata.read(exif=block, iptc_block=_block(image, "iptc-data"), packet=_block(image, "xmp-data"))


def _block(image: pyvips.Image, name: str) -> bytes:
    return bytes(image.get(name)) if image.get_typeof(name) else b""


def _bits(image: pyvips.Image) -> int:
    """Say how deep a channel is: 8 (what is less is counted as that), 10, 12 or 16."""
    if image.get_typeof("bits-per-sample"):
        return max(8, int(image.get("bits-per-sample")))
    return 16 if image.format == "ushort" else 8
