"""Pictures like a camera's, of any size, made by code: soft at every scale, with edges and a sensor's noise."""

from pathlib import Path

import pyvips

OCTAVES = (1024, 512, 256, 128, 64, 32, 16, 8)
"""Cells in pixels; each half as large weighs half as much: 1/f."""
CONTRAST, TINT, EDGES, NOISE = 130.0, 45.0, 34.0, 3.5
"""Levels of 255."""


def photo(path: Path, width: int, height: int, *, seed: int, quality: int) -> Path:
    """Write a JPEG without metadata, its chroma halved."""
    light = octaves(width, height, seed) * CONTRAST + edges(width, height, seed) * EDGES + ramp(width, height)
    bands = [light + octaves(width, height, seed + band, last=5) * TINT for band in (1, 2, 3)]
    noisy = [
        band + pyvips.Image.gaussnoise(width, height, mean=0, sigma=NOISE, seed=seed + number)
        for number, band in enumerate(bands)
    ]
    image = noisy[0].bandjoin(noisy[1:]).cast("uchar").copy(interpretation="srgb")
    image.jpegsave(str(path), Q=quality, subsample_mode="on", keep="none")
    return path


def octaves(width: int, height: int, seed: int, *, last: int = len(OCTAVES)) -> pyvips.Image:
    """Add up noise of falling cells, about -1 to 1."""
    layers = [
        pyvips.Image.perlin(width, height, cell_size=cell, seed=seed + number) * 0.5**number
        for number, cell in enumerate(OCTAVES[:last])
    ]
    return pyvips.Image.sum(layers)


def edges(width: int, height: int, seed: int) -> pyvips.Image:
    """Give hard borders between cells: 0 or 1."""
    return (pyvips.Image.worley(width, height, cell_size=400, seed=seed) > 160) / 255


def ramp(width: int, height: int) -> pyvips.Image:
    """Give a sky's gradient: light above, dark below."""
    return 170 - pyvips.Image.xyz(width, height)[1] * (90 / height)
