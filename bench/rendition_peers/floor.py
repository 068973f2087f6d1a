"""The floor: one decode as small as the decoder can, then the encoders on pixels that stand ready; no resampling."""

import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pyvips

from bench.rendition_peers.asked import EFFORT, FLIGHT, JPEG, WEBP, WIDTHS, serve

SCALES = (8, 4, 2, 1)
AVIF = 50
READY: dict[str, list[pyvips.Image]] = {}
"""Each picture's pixels in every width, by its path."""


def prepare(paths: Sequence[str]) -> None:
    """Resample beforehand what is encoded later."""
    pyvips.cache_set_max(0)
    for path in paths:
        READY[path] = [pyvips.Image.thumbnail(path, width).copy_memory() for width in WIDTHS]


def make(picture: str, out: Path, formats: Sequence[str], number: int) -> None:
    """Decode once and encode."""
    width = pyvips.Image.jpegload(picture).width
    scale = next(scale for scale in SCALES if width // scale >= WIDTHS[-1] or scale == 1)
    pyvips.Image.jpegload(picture, shrink=scale, access="sequential").copy_memory()
    for image in READY[picture]:
        for form in formats:
            (out / f"{number}-{image.width}.{form}").write_bytes(encoded(image, form))


def encoded(image: pyvips.Image, form: str) -> bytes:
    """Encode with D24's settings."""
    if form == "webp":
        return bytes(image.webpsave_buffer(Q=WEBP, effort=EFFORT, keep="none"))
    if form == "avif":
        return bytes(image.heifsave_buffer(compression="av1", Q=AVIF, effort=EFFORT, bitdepth=8, keep="none"))
    return bytes(image.jpegsave_buffer(Q=JPEG, keep="none"))


if __name__ == "__main__":
    context = get_context("spawn")
    serve(make, ProcessPoolExecutor(FLIGHT, mp_context=context, initializer=prepare, initargs=(sys.argv[1:],)))
