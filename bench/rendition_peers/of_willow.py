"""Willow, as Wagtail asks it: every rendition opens the original, turns it upright, resizes and saves it."""

import io
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from asked import EFFORT, FLIGHT, JPEG, WEBP, WIDTHS, serve
from willow.image import Image


def make(picture: str, out: Path, formats: Sequence[str], number: int) -> None:
    """Make each file by itself."""
    for width in WIDTHS:
        for form in formats:
            with Path(picture).open("rb") as file:
                image = Image.open(file).auto_orient()
                wide, high = image.get_size()
                resized = image.resize((width, round(high * width / wide)))
                (out / f"{number}-{width}.{form}").write_bytes(encoded(resized, form))


def encoded(image: Image, form: str) -> bytes:
    """Save with equal settings; how hard WebP tries, Willow does not say, so its Pillow picture is told."""
    saved = io.BytesIO()
    if form == "jpg":
        image.save_as_jpeg(saved, quality=JPEG)
    else:
        image.get_pillow_image().save(saved, "WEBP", quality=WEBP, method=EFFORT)
    return saved.getvalue()


if __name__ == "__main__":
    serve(make, ProcessPoolExecutor(FLIGHT))
