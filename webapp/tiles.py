"""The map of somebody else, in tiles, that a site may show behind its circles."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

ADDRESS: Final = re.compile(r"(https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?)/[^\s\"'<>;,]*")
PLACES: Final = ("{z}", "{x}", "{y}")


@dataclass(frozen=True)
class Tiles:
    """Where the tiles are, with `{z}`, `{x}` and `{y}` in the address, and whose map they are of."""

    url: str
    credit: str

    @property
    def origin(self) -> str:
        """The scheme and host that browsers have to be allowed to ask."""
        found = ADDRESS.fullmatch(self.url)
        return found[1] if found else ""


def read_tiles(environ: Mapping[str, str], read: Callable[..., Tiles | None]) -> Tiles | None:
    """Read the two variables that name tiles, None where they name none; `read` parses one of them."""
    credit = environ.get("VITRINE_TILES_CREDIT", "")
    return read(environ, "VITRINE_TILES_URL", lambda url: parse_tiles(url, credit), None)


def parse_tiles(url: str, credit: str) -> Tiles:
    """Read the address of tiles. Raises ValueError, saying what it must be."""
    if not ADDRESS.fullmatch(url) or any(each not in url for each in PLACES) or "{s}" in url:
        raise ValueError(
            "it must be an address with {z}, {x} and {y}, such as https://tile.example.org/{z}/{x}/{y}.png"
        )
    if not credit.strip():
        raise ValueError("VITRINE_TILES_CREDIT must say whose map it is, which stands below it")
    return Tiles(url, credit.strip())
