"""The program vipsthumbnail: a process for every file."""

import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from asked import EFFORT, FLIGHT, JPEG, WEBP, WIDTHS, serve

SAVED = {"webp": f"[Q={WEBP},effort={EFFORT},strip]", "jpg": f"[Q={JPEG},strip]"}


def make(picture: str, out: Path, formats: Sequence[str], number: int) -> None:
    """Make each file by a process of its own."""
    for width in WIDTHS:
        for form in formats:
            saved = f"{out}/{number}-{width}.{form}{SAVED[form]}"
            subprocess.run(["vipsthumbnail", picture, "--size", f"{width}x", "-o", saved], check=True)


if __name__ == "__main__":
    serve(make, ThreadPoolExecutor(FLIGHT))
