"""Vitrine as it is: its confined children, asked as a worker asks them."""

import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.rendition_peers.asked import FLIGHT, serve
from webapp.domain.making import FORMATS, WIDTHS
from webapp.infra import images


def make(picture: str, out: Path, formats: Sequence[str], number: int) -> None:
    """Make batch after batch, each from the original, as the worker does."""
    for batch in FORMATS.values():
        if set(batch) <= set(formats):
            with tempfile.TemporaryDirectory(dir=out) as folder:
                for file in images.renditions(Path(picture), Path(folder), widths=WIDTHS, formats=batch):
                    file.path.rename(out / f"{number}-{file.width}.{file.format}")


if __name__ == "__main__":
    serve(make, ThreadPoolExecutor(FLIGHT))
