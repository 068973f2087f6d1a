"""Pictures made by code: photos as a camera writes them, and scenes that are pleasant to look at.

Equal arguments give equal bytes. Sizes are as shown; a photo of orientation 6 is stored lying on its side.
"""

import io
import math
import random
from typing import Any

from PIL import Image, ImageColor, ImageDraw, ImageFilter, ImageOps, PngImagePlugin

CORNERS = {"red": (0, 0), "lime": (1, 0), "blue": (0, 1), "yellow": (1, 1)}
"""Colour of each corner of a photo as it is shown: 0 is left or top, 1 right or bottom."""
PLACE = (48.8582, 2.2945)
TAKEN = "2024:05:17 18:42:07"
TURNS = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a picture is turned before it is stored, so that its orientation tag turns it upright again."""
PALETTES = (
    ("#1b2a49", "#f4a261", "#f6e7cb", ("#3d405b", "#5f6f8c", "#28344f")),
    ("#5fa8d3", "#dff3fb", "#fff6d6", ("#4f772d", "#90a955", "#31572c")),
    ("#5b2a86", "#ff9a8b", "#ffe3d8", ("#432371", "#714674", "#2b1650")),
    ("#0f4c5c", "#9fd8cb", "#f2f7f2", ("#1b6b73", "#3aa6a0", "#0b3a45")),
    ("#7b8fa1", "#f2efe6", "#ffffff", ("#6c757d", "#a5a58d", "#495057")),
    ("#14213d", "#fca311", "#ffd166", ("#2b2d42", "#54476b", "#10131f")),
)


def photo(
    width: int = 1200,
    height: int = 800,
    *,
    format: str = "jpeg",  # noqa: A002  the word for it everywhere
    seed: int = 1,
    orientation: int = 1,
    gps: bool = True,
    camera: str = "Fujica X-T100",
    corners: bool = True,
    **options: Any,
) -> bytes:
    """A camera's file: make, model, time and place in its EXIF and XMP, and a coloured patch in each corner."""
    image = scene(width, height, seed=seed)
    if corners:
        mark_corners(image)
    turn = TURNS[orientation]
    if turn is not None:
        image = image.transpose(turn)
    return encode(image, format, **metadata(format, orientation=orientation, gps=gps, camera=camera), **options)


def encode(image: Image.Image, name: str, **options: Any) -> bytes:
    """The bytes of a picture."""
    if name == "heic":
        return _heic(image, options)
    out = io.BytesIO()
    defaults: dict[str, Any] = {"jpeg": {"quality": 88}, "webp": {"method": 2}, "avif": {"speed": 10}}.get(name, {})
    image.save(out, name, **(defaults | options))
    return out.getvalue()


def _heic(image: Image.Image, options: dict[str, Any]) -> bytes:
    """The bytes of a HEIC; from then on Pillow opens such files."""
    import pillow_heif

    pillow_heif.register_heif_opener()
    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, quality=70, enc_params={"preset": "ultrafast"}, **options)
    return out.getvalue()


def metadata(name: str, *, orientation: int = 1, gps: bool = True, camera: str = "Fujica X-T100") -> dict[str, Any]:
    """What Pillow writes beside the pixels of a format."""
    texts = xmp(gps=gps)
    if name == "gif":
        return {"comment": b"taken at " + texts}
    block = exif(orientation=orientation, gps=gps, camera=camera)
    if name == "png":
        info = PngImagePlugin.PngInfo()
        info.add_text("Comment", f"taken at {PLACE}" if gps else "no place")
        info.add_itxt("XML:com.adobe.xmp", texts.decode())
        return {"exif": block, "pnginfo": info}
    return {"exif": block, "xmp": texts} | ({"comment": b"taken at " + texts} if name == "jpeg" else {})


def exif(*, orientation: int = 1, gps: bool = True, camera: str = "Fujica X-T100") -> bytes:
    """An EXIF block with its marker."""
    block = Image.Exif()
    make, _, model = camera.partition(" ")
    block[0x010F], block[0x0110], block[0x0112], block[0x0131] = make, model, orientation, "Firmware 1.2"
    taken = block.get_ifd(0x8769)
    taken[0x9003], taken[0x829A], taken[0x829D], taken[0xA431] = TAKEN, 1 / 250, 5.6, "SN-0042-7781"
    if gps:
        place = block.get_ifd(0x8825)
        place[1], place[2], place[3], place[4] = "N", sexagesimal(PLACE[0]), "E", sexagesimal(PLACE[1])
    return block.tobytes()


def xmp(*, gps: bool = True) -> bytes:
    """An XMP packet that repeats the place."""
    place = f'exif:GPSLatitude="{PLACE[0]}N" exif:GPSLongitude="{PLACE[1]}E"' if gps else ""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" {place}/>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


def sexagesimal(degrees: float) -> tuple[float, float, float]:
    """Degrees, minutes and seconds."""
    whole, rest = divmod(degrees, 1)
    minutes, rest = divmod(rest * 60, 1)
    return whole, minutes, round(rest * 60, 2)


def mark_corners(image: Image.Image) -> None:
    """Paint a patch into each corner, a sixth of the shorter side."""
    width, height = image.size
    side = max(1, min(width, height) // 6)
    for colour, (right, bottom) in CORNERS.items():
        left, top = right * (width - side), bottom * (height - side)
        image.paste(ImageColor.getrgb(colour), (left, top, left + side, top + side))


def corner_names(image: Image.Image) -> list[str]:
    """Name the colours of top left, top right, bottom left and bottom right as they are seen."""
    shown = ImageOps.exif_transpose(image).convert("RGB")
    width, height = shown.size
    inset = max(1, min(width, height) // 6) // 2
    places = (
        (inset, inset),
        (width - 1 - inset, inset),
        (inset, height - 1 - inset),
        (width - 1 - inset, height - 1 - inset),
    )
    return [_nearest(shown.getpixel(place)) for place in places]


def scene(width: int, height: int, *, seed: int = 1) -> Image.Image:
    """A landscape under a sky: hills, a sea, a town or a wood, by the seed."""
    dice = random.Random(seed)
    top, bottom, light, grounds = PALETTES[seed % len(PALETTES)]
    image = _sky(width, height, top, bottom)
    _sun(image, dice, light)
    draw = (_hills, _sea, _town, _wood)[dice.randrange(4)]
    draw(image, dice, grounds)
    return image


def _nearest(pixel: Any) -> str:
    def distance(name: str) -> int:
        return sum((a - b) ** 2 for a, b in zip(pixel, ImageColor.getrgb(name), strict=True))

    return min(CORNERS, key=distance)


def _sky(width: int, height: int, top: str, bottom: str) -> Image.Image:
    ramp = Image.linear_gradient("L").resize((width, height), Image.Resampling.BICUBIC)
    return ImageOps.colorize(ramp, top, bottom)


def _sun(image: Image.Image, dice: random.Random, colour: str) -> None:
    width, height = image.size
    side = max(4, min(width, height) // 2)
    glow = ImageOps.invert(Image.radial_gradient("L")).resize((side, side), Image.Resampling.BICUBIC)
    glow = glow.point(lambda value: max(0, value - 90) * 255 // 165)
    place = (int(dice.uniform(0.1, 0.9) * width) - side // 2, int(dice.uniform(0.25, 0.5) * height) - side // 2)
    image.paste(Image.new("RGB", (side, side), colour), place, glow)


def _ridge(image: Image.Image, dice: random.Random, base: float, swing: float) -> list[tuple[float, float]]:
    """The upper edge of a hill, from left to right."""
    width, height = image.size
    waves = [(dice.uniform(0.5, 3.5), dice.uniform(0, math.tau), dice.uniform(0.3, 1)) for _ in range(4)]
    steps = min(160, max(2, width))
    line = []
    for step in range(steps + 1):
        along = step / steps
        lift = sum(math.sin(along * math.tau * speed + start) * share / speed for speed, start, share in waves)
        line.append((along * width, (base + swing * lift) * height))
    return line


def _hills(image: Image.Image, dice: random.Random, grounds: tuple[str, ...]) -> None:
    width, height = image.size
    pen = ImageDraw.Draw(image)
    for number, colour in enumerate(grounds):
        ridge = _ridge(image, dice, 0.55 + 0.14 * number, 0.06)
        pen.polygon([*ridge, (width, height), (0, height)], fill=colour)


def _sea(image: Image.Image, dice: random.Random, grounds: tuple[str, ...]) -> None:
    width, height = image.size
    horizon = int(height * dice.uniform(0.5, 0.62))
    water = ImageOps.flip(image.crop((0, max(0, 2 * horizon - height), width, horizon)))
    water = water.resize((width, height - horizon)).filter(ImageFilter.GaussianBlur(max(1, height // 150)))
    image.paste(Image.blend(water, Image.new("RGB", water.size, grounds[0]), 0.35), (0, horizon))
    pen = ImageDraw.Draw(image)
    for _ in range(60):
        down = dice.random() ** 2
        y, length = horizon + down * (height - horizon), width * (0.02 + 0.1 * down)
        x = dice.uniform(-length, width)
        pen.line((x, y, x + length, y), fill=grounds[dice.randrange(2)], width=max(1, int(height * 0.006 * down)))


def _town(image: Image.Image, dice: random.Random, grounds: tuple[str, ...]) -> None:
    width, height = image.size
    pen = ImageDraw.Draw(image)
    for number, colour in enumerate(grounds):
        x = -0.05
        while x < 1:
            wide, high = dice.uniform(0.03, 0.09), dice.uniform(0.12, 0.4) + 0.08 * (len(grounds) - number)
            pen.rectangle((x * width, (1 - high) * height, (x + wide) * width, height), fill=colour)
            for _ in range(6 if number == len(grounds) - 1 else 0):
                left, down = x + dice.uniform(0.1, 0.8) * wide, 1 - dice.uniform(0.05, 0.9) * high
                pen.rectangle(
                    (left * width, down * height, (left + 0.006) * width, (down + 0.012) * height), fill="#ffe9a8"
                )
            x += wide + dice.uniform(-0.005, 0.02)


def _wood(image: Image.Image, dice: random.Random, grounds: tuple[str, ...]) -> None:
    width, height = image.size
    pen = ImageDraw.Draw(image)
    for number, colour in enumerate(grounds):
        ground = 0.72 + 0.1 * number
        pen.rectangle((0, (ground - 0.02) * height, width, height), fill=colour)
        for _ in range(16):
            x, tall = dice.random(), dice.uniform(0.2, 0.34) * (0.7 + 0.25 * number)
            for tier in range(3):
                tip, foot = ground - tall * (1 - tier * 0.25), ground - tall * (0.5 - tier * 0.25)
                half = tall * 0.16 * (1 + tier * 0.5) * height / width
                corners = ((x, tip), (x - half, foot), (x + half, foot))
                pen.polygon([(a * width, b * height) for a, b in corners], fill=colour)
