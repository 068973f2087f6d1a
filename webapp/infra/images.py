"""Pictures: what a file really is, and what is made of it; every byte of it is read in a child process.

libvips and the decoders live in `image_process`, behind limits of memory, time and files. This side hands over
paths and gets figures back: it holds no pixel, and a picture that kills its decoder kills nothing else.
"""

import importlib.util
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from webapp.infra.image_children import Crew, Hook, Overloaded, nothing
from webapp.infra.image_process import sizes
from webapp.infra.image_process.rules import (
    ANIMATION_PIXELS,
    FRAMES,
    IMAGE_BYTES,
    IMAGE_PIXELS,
    MIME,
    SIDE,
    Refused,
)
from webapp.infra.image_process.said import judged
from webapp.infra.image_process.sizes import SAVED, WIDTHS
from webapp.infra.spool import fault

__all__ = [
    "ANIMATION_PIXELS",
    "FRAMES",
    "IMAGE_BYTES",
    "IMAGE_PIXELS",
    "MIME",
    "RATIOS",
    "SAVED",
    "SIDE",
    "WIDTHS",
    "Cleaned",
    "Hook",
    "Look",
    "Overloaded",
    "Probe",
    "Refused",
    "Rendition",
    "clean_original",
    "crops",
    "describe",
    "fill",
    "look",
    "moving",
    "nothing",
    "plan",
    "plan_crops",
    "probe",
    "reads_heic",
    "renditions",
]

PROBE_SECONDS: Final = 5.0
PROBE_GRACE: Final = 25.0
"""What the wall clock allows a judgement beyond that: a good file is not refused because the machine is busy."""
WORK_SECONDS: Final = 25.0
MOVING_SECONDS: Final = 40.0
RATIOS: Final = {
    "1:1": (1, 1),
    "4:3": (4, 3),
    "3:2": (3, 2),
    "16:9": (16, 9),
    "3:4": (3, 4),
    "og": (1200, 630),
}
CREW: Final = Crew()


@dataclass(frozen=True, slots=True)
class Look:
    """What stands in for a picture until it is there: a ThumbHash and the mean colour as #rrggbb.

    `likeness` is its difference hash, 64 bits in hex, empty where there is too little to tell it by.
    """

    thumbhash: bytes
    colour: str
    likeness: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """What a file was found to be; width and height are as shown, with the orientation (1 to 8) applied.

    `taken_at` is the camera's wall clock, ISO 8601 to the millisecond; no zone, for most cameras know of none.
    `said` is what it says of itself, in the shape of `image_process.said.judged`.
    """

    format: str
    mime: str
    width: int
    height: int
    orientation: int
    frames: int
    has_alpha: bool
    bits: int
    look: Look
    taken_at: str | None = None
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rendition:
    """A file that was made of a picture; format is also its ending (webp, jpg, avif)."""

    width: int
    height: int
    format: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A copy without metadata; `encoded` says that its pixels had to be encoded anew."""

    size: int
    encoded: bool


def probe(
    path: Path,
    *,
    size: int = IMAGE_BYTES,
    pixels: int = IMAGE_PIXELS,
    frames: int = FRAMES,
    animation_pixels: int = ANIMATION_PIXELS,
    side: int = SIDE,
    seconds: float = PROBE_SECONDS,
    begun: Hook = nothing,
) -> Probe:
    """Say what a file is, by its content, after every pixel of it was decoded once; raises Refused.

    The limits are bytes, pixels of one picture, frames, pixels of all frames together, pixels of the longest side
    and seconds of processor time. All but the last are held against the header before anything is decoded. `begun` is
    called when a child is about to be asked, however long that took.
    """
    limits = {"size": size, "pixels": pixels, "frames": frames, "animation_pixels": animation_pixels, "side": side}
    limits |= {"heic": reads_heic()}
    found = _ask("probe", path, seconds=seconds, begun=begun, grace=PROBE_GRACE, limits=limits)
    seen = _look(*(found.pop(name) for name in ("thumbhash", "colour", "likeness")))
    return Probe(**found | {"said": judged(found["said"])}, look=seen)


def reads_heic() -> bool:
    """Say whether the extra is installed that reads HEIC."""
    return importlib.util.find_spec("pillow_heif") is not None


def look(path: Path, *, seconds: float = WORK_SECONDS) -> Look:
    """Make the placeholder of a picture that was probed before; raises Refused."""
    return _look(**_ask("look", path, seconds=seconds))


def describe(path: Path, *, seconds: float = WORK_SECONDS) -> Mapping[str, Any]:
    """Return what a picture that was probed before says of itself, as `Probe.said`; raises Refused."""
    return judged(_ask("describe", path, seconds=seconds)["said"])


def plan(width: int, height: int, *, widths: Iterable[int] = WIDTHS) -> list[tuple[int, int]]:
    """Give the sizes that `renditions` makes of a picture so large: never enlarged, one at least."""
    return sizes.renditions(width, height, widths=widths)


def renditions(
    path: Path,
    out: Path,
    *,
    widths: Iterable[int] = WIDTHS,
    formats: Sequence[str] = ("webp", "jpg"),
    seconds: float = WORK_SECONDS,
) -> list[Rendition]:
    """Make a picture's files in a folder, upright, in sRGB, without metadata (D24); raises Refused, StorageFull.

    AVIF takes as long as all else together: ask for it by itself.
    """
    made = _ask("renditions", path, seconds=seconds, out=str(out), widths=list(widths), formats=list(formats))
    return [_rendition(**one) for one in made]


def plan_crops(
    width: int, height: int, *, ratio: tuple[int, int], focal: tuple[float, float], widths: Iterable[int]
) -> list[tuple[int, int]]:
    """Give the sizes that `crops` makes of a picture so large: never enlarged, one at least."""
    return sizes.crops(width, height, ratio=ratio, focal=focal, widths=widths)


def crops(
    path: Path,
    out: Path,
    *,
    ratio: tuple[int, int],
    focal: tuple[float, float],
    widths: Iterable[int],
    formats: Sequence[str],
    seconds: float = WORK_SECONDS,
) -> list[Rendition]:
    """Cut a ratio round the focal point in several widths and formats, into a folder; raises Refused, StorageFull."""
    asked: dict[str, Any] = {"ratio": ratio, "focal": focal, "widths": list(widths), "formats": list(formats)}
    return [_rendition(**one) for one in _ask("crops", path, seconds=seconds, out=str(out), **asked)]


def fill(path: Path, out: Path, *, width: int, height: int, seconds: float = WORK_SECONDS) -> None:
    """Write a picture as PNG in just this size, cut or enlarged if need be; raises Refused, StorageFull."""
    _ask("fill", path, seconds=seconds, out=str(out), width=width, height=height)


def moving(path: Path, out: Path, *, widths: Iterable[int], seconds: float = MOVING_SECONDS) -> list[Rendition]:
    """Make an animation's widths as animated WebP, into a folder; raises Refused, StorageFull."""
    return [_rendition(**one) for one in _ask("moving", path, seconds=seconds, out=str(out), widths=list(widths))]


def clean_original(path: Path, out: Path, *, seconds: float = WORK_SECONDS) -> Cleaned:
    """Write the original without place, camera, texts or a byte after its end, its pixels as they were.

    What stays are the pixels, their colour profile and which way up they are. Raises Refused, StorageFull.
    """
    return Cleaned(**_ask("clean", path, seconds=seconds, out=str(out)))


def _ask(verb: str, path: Path, *, seconds: float, begun: Hook = nothing, **asked: Any) -> Any:
    """Put a question to a child; raises Refused, StorageFull, StorageFailed, Overloaded."""
    answer = CREW.ask({"verb": verb, "path": str(path.absolute()), **asked}, seconds=seconds, begun=begun)
    if "refused" in answer:
        refused = answer["refused"]
        code, pattern = refused["code"], refused["pattern"]
        raise Refused(code, pattern, **refused["facts"])
    if "errno" in answer:
        raise fault(OSError(answer["errno"], "while working on a picture"))
    return answer["done"]


def _look(thumbhash: str, colour: str, likeness: str) -> Look:
    return Look(thumbhash=bytes.fromhex(thumbhash), colour=colour, likeness=likeness)


def _rendition(*, path: str, **figures: Any) -> Rendition:
    return Rendition(path=Path(path), **figures)
