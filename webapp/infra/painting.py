"""Pictures made by code: skies, suns, ridges and water, for sample galleries. Run in a process of its own.

    python -m webapp.infra.painting scenes.json FOLDER

reads a list of scenes and writes each as `<name>.jpg`.
"""

import json
import math
import random
import sys
from pathlib import Path
from typing import Any, Final

import pyvips

Colour = tuple[int, int, int]

PALETTES: Final[dict[str, tuple[Colour, Colour, Colour, Colour]]] = {
    "dusk": ((16, 24, 60), (246, 140, 96), (255, 214, 150), (28, 28, 58)),
    "noon": ((120, 180, 220), (222, 236, 240), (250, 244, 226), (36, 72, 80)),
    "ember": ((40, 16, 60), (214, 72, 110), (255, 180, 120), (30, 12, 40)),
    "mist": ((190, 214, 222), (240, 226, 206), (255, 250, 235), (92, 104, 96)),
    "teal": ((10, 30, 48), (36, 110, 130), (180, 220, 210), (6, 22, 34)),
    "apricot": ((248, 196, 150), (252, 226, 200), (255, 245, 230), (150, 84, 60)),
    "violet": ((60, 80, 130), (180, 160, 200), (250, 214, 214), (40, 44, 86)),
    "night": ((12, 16, 28), (40, 52, 92), (150, 150, 205), (8, 10, 20)),
}
"""Top of the sky, horizon, light, nearest ridge."""


def paint(scene: dict[str, Any]) -> pyvips.Image:
    """Paint a scene: `seed, width, height, palette, kind` (ridges or water), `sun` as fractions (x, y)."""
    width, height, chance = scene["width"], scene["height"], random.Random(scene["seed"])  # noqa: S311
    palette = PALETTES[scene["palette"]]
    plane = pyvips.Image.xyz(width, height)
    picture = _sun(_sky(plane, palette), plane, palette, scene["sun"], chance).cast("uchar").copy_memory()
    calm = scene["kind"] == "water"
    picture = _ridges(picture, plane[1], palette, chance, calm=calm).copy_memory()
    if calm:
        picture = _water(picture, palette)
    noise = pyvips.Image.gaussnoise(width, height, sigma=2.2, mean=0, seed=scene["seed"])
    return _vignette(picture + noise, plane).gaussblur(0.5).cast("uchar").copy(interpretation="srgb")


def _sky(plane: pyvips.Image, palette: tuple[Colour, ...]) -> pyvips.Image:
    down = plane[1] / plane.height
    return _mix(down, palette[0], palette[1])


def _sun(
    picture: pyvips.Image,
    plane: pyvips.Image,
    palette: tuple[Colour, ...],
    sun: tuple[float, float],
    chance: random.Random,
) -> pyvips.Image:
    x, y = plane[0] - sun[0] * picture.width, plane[1] - sun[1] * picture.height
    distance = (x * x + y * y) ** 0.5
    glow = (distance * (-1 / (max(picture.width, picture.height) * 0.18))).exp() * 0.72
    radius = chance.uniform(0.028, 0.06) * picture.width
    disc = _clip((radius - distance) / 2.5)
    light = [min(255, channel * 1.05) for channel in palette[2]]
    return _over(_over(picture, glow, palette[2]), disc, light)


def _ridges(
    picture: pyvips.Image,
    down: pyvips.Image,
    palette: tuple[Colour, ...],
    chance: random.Random,
    *,
    calm: bool,
) -> pyvips.Image:
    """Stand ridges before one another, the nearer the darker, haze at their feet; in bytes, which is quick."""
    layers, (width, height) = chance.randint(3, 6), (picture.width, picture.height)
    for layer in range(1, layers + 1):
        depth = layer / layers
        swing = height * (0.26 - 0.13 * depth) * (0.3 if calm else 1)
        base = height * (0.44 + 0.5 * depth * 0.86)
        line = [base - swing * (value - 0.45) for value in _mountains(width, chance, octaves=3 if calm else 7)]
        below = down - pyvips.Image.new_from_array([line]).replicate(1, height)
        tone = [far * (1 - depth) + near * depth for far, near in zip(palette[1], palette[3], strict=True)]
        haze = _mask(below, 0.3 * (1 - depth) / (height * 0.3), most=0.3 * (1 - depth))
        picture = _mask(below, 1 / 1.4).ifthenelse(
            haze.ifthenelse(list(palette[1]), tone, blend=True), picture, blend=True
        )
    return picture


def _mask(rising: pyvips.Image, slope: float, *, most: float = 1) -> pyvips.Image:
    """Return what share of another picture shows, 255 being all of it: none below zero, then more and more."""
    return rising.linear(255 * slope, 0.5).clamp(min=0, max=255 * most).cast("uchar")


def _mountains(width: int, chance: random.Random, *, octaves: int) -> list[float]:
    """Return a line of value noise between 0 and about 1."""
    heights, weight, points = [0.0] * width, 1.0, 2
    for _ in range(octaves):
        knots = [chance.random() for _ in range(points + 2)]
        for x in range(width):
            place = x * points / width
            left = int(place)
            step = place - left
            step = step * step * (3 - 2 * step)
            heights[x] += weight * (knots[left] * (1 - step) + knots[left + 1] * step)
        weight, points = weight * 0.5, points * 2
    return [height / 2 for height in heights]


def _water(picture: pyvips.Image, palette: tuple[Colour, ...]) -> pyvips.Image:
    """Mirror what stands above the shore, a little darker and rippled."""
    shore = round(picture.height * 0.66)
    depth = picture.height - shore
    mirror = picture.crop(0, shore - depth, picture.width, depth).flipver()
    plane = pyvips.Image.xyz(picture.width, depth)
    ripple = ((plane[1] * (0.45 * 180 / math.pi)).sin()) * (plane[1] * (9 / depth) + 0.8)
    across = (plane[0] + ripple).clamp(min=0, max=picture.width - 2)
    mirror = mirror.mapim(across.bandjoin(plane[1].clamp(max=depth - 2)))
    mirror = _over(mirror, _flat(mirror, [0.16]).extract_band(0), palette[3])
    return picture.crop(0, 0, picture.width, shore).join(mirror, "vertical")


def _vignette(picture: pyvips.Image, plane: pyvips.Image) -> pyvips.Image:
    x = (plane[0] - picture.width / 2) / (picture.width * 0.75)
    y = (plane[1] - picture.height / 2) / (picture.height * 0.75)
    return picture * (1 - (x * x + y * y) * 0.24)


def _mix(share: pyvips.Image, start: Colour, end: Colour) -> pyvips.Image:
    first, *others = [share * (last - first) + first for first, last in zip(start, end, strict=True)]
    return first.bandjoin(others)


def _over(picture: pyvips.Image, share: pyvips.Image, colour: Any) -> pyvips.Image:
    return picture * (1 - share) + share * colour


def _flat(like: pyvips.Image, colour: list[float]) -> pyvips.Image:
    return pyvips.Image.black(like.width, like.height, bands=len(colour)) + colour


def _clip(image: pyvips.Image) -> pyvips.Image:
    return image.clamp(min=0, max=1)


def main(scenes: str, folder: str) -> None:
    """Paint the scenes of a file into a folder."""
    for scene in json.loads(Path(scenes).read_text(encoding="utf-8")):
        paint(scene).jpegsave(str(Path(folder) / f"{scene['name']}.jpg"), Q=88, strip=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
