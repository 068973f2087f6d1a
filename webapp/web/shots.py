"""Pictures as templates draw them: what `ui/picture.html` asks for, of what was made of a blob."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from webapp.web.files.addresses import rendition_url

TYPES: Final = (("avif", "image/avif"), ("webp", "image/webp"), ("jpg", "image/jpeg"))
"""Best first; a browser takes the first it knows."""


class Made(Protocol):
    """A rendition that is ready; width in pixels."""

    @property
    def name(self) -> str: ...
    @property
    def format(self) -> str: ...
    @property
    def width(self) -> int: ...


@dataclass(frozen=True)
class Shot:
    """A picture with its addresses; `src` is empty while nothing has been made of it yet.

    `moving` says where an animation moves, as a `srcset` of WebP: the rest of it stands still.
    """

    src: str
    width: int
    height: int
    sources: tuple[tuple[str, str], ...]
    colour: str | None
    focal_x: float | None
    focal_y: float | None
    moving: str = ""


def shot(
    sha256: str,
    *,
    width: int,
    height: int,
    colour: str | None,
    files: Sequence[Made],
    focal: tuple[float, float] | None = None,
    widest: int | None = None,
    moving: Sequence[Made] = (),
    below: str = "",
) -> Shot:
    """Return a picture to draw; `widest` leaves out renditions that a small place never needs.

    `below` is what stands before the addresses of files that only a share link opens.
    """
    chosen = [file for file in files if widest is None or file.width <= widest] or list(files[:1])
    jpegs = sorted((file for file in chosen if file.format == "jpg"), key=lambda file: file.width)
    return Shot(
        src=below + rendition_url(sha256, jpegs[len(jpegs) // 2].name) if jpegs else "",
        width=width,
        height=height,
        sources=tuple(
            (mime, _candidates(sha256, chosen, kind, below))
            for kind, mime in TYPES
            if any(file.format == kind for file in chosen)
        ),
        colour=colour,
        focal_x=focal[0] if focal else None,
        focal_y=focal[1] if focal else None,
        moving=_candidates(sha256, moving, "webp", below),
    )


def _candidates(sha256: str, files: Sequence[Made], kind: str, below: str) -> str:
    """Return what a `srcset` says of the files of one format."""
    those = (file for file in files if file.format == kind)
    return ", ".join(f"{below}{rendition_url(sha256, file.name)} {file.width}w" for file in those)
