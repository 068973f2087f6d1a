"""What the programs written in Python have in common; nothing here needs more than Python."""

import json
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

WIDTHS = (320, 640, 1280, 1920)
JPEG = WEBP = 80
EFFORT = 2
"""D24's; of the decoders and encoders nothing else is set, and chroma is halved by all of them."""
FLIGHT = 2

Make = Callable[[str, Path, Sequence[str], int], object]


def serve(make: Make, pool: Executor) -> None:
    """Answer each line once `make(picture, folder, formats, number)` is done for all its pictures."""
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        pictures, out = asked["pictures"], Path(asked["out"])
        list(pool.map(partial(_one, make, out, asked["formats"]), pictures, range(len(pictures))))
        print("done", flush=True)


def _one(make: Make, out: Path, formats: Sequence[str], picture: str, number: int) -> None:
    make(picture, out, formats, number)
