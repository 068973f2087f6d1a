"""What is made of an original: a picture's widths and formats; a video's steps, those of its poster, a clean copy.

Nothing here knows of rows or leases: `renditions` says when something is made, this says what and how.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

from webapp.infra import images, video
from webapp.infra.storage import Storage, blob_key, rendition_key

RENDITIONS: Final = "media"
"""What the addresses of the files begin with that were made of an original; its SHA-256 and their name follow."""

WIDTHS: Final = (320, 640, 1280, 1920)
FORMATS: Final = {"web": ("webp", "jpg"), "avif": ("avif",)}
"""Of a picture, or of what stands for a video (D24)."""

CLEAN: Final = "clean"
MOVING: Final = "moving"
MOVING_WIDTHS: Final = (640, 1280)
MOVING_PIXELS: Final = 120_000_000
"""Of all frames of one file; an animation that has more even at the smaller width stands still."""

ANIMATED: Final = ("image/gif", "image/webp")
CROP: Final = "crop"
CROP_WIDTHS: Final = (320, 640, 1280)
CROP_FORMATS: Final = ("webp", "jpg", "avif")
"""Of a cut round a focal point: `crops` says which are wanted; each is a batch, `crop:<ratio>:<x>:<y>`."""

CARD: Final = "og"
CARD_WIDTHS: Final = (1200,)
CARD_FORMATS: Final = ("jpg",)
"""Of the cut beside a gallery's link, as Open Graph has it: other sites make their own sizes of it."""

FOCAL_STEPS: Final = 20
"""A focal point stands in a batch's name in twentieths of width and height."""

LATER: Final = "+"
"""What the batches of a blob end in that are made anew since the policy changed (`remaking`)."""

QUICK: Final = ("web",)
SLOW: Final = ("avif", MOVING, CROP, CLEAN, *video.LADDER)
"""Batches that one thread at a time is at, so that what has just come in never waits for them."""

FIRST: Final[dict[str, dict[str, Any]]] = {
    "webp": {"Q": 80, "effort": 2},
    "jpg": {"Q": 80},
    "avif": {"compression": "av1", "Q": 50, "effort": 2, "bitdepth": 8},
}
"""How files are saved whose names say nothing of it. What an address leads to never changes: with other settings the
names are others."""

CONTAINERS: Final = {mime: name for name, mime in video.MIME.items()}
POSTER_AT: Final = 1.0
"""Seconds into a video where the picture is that stands for it: the first ones are often black."""


class File(NamedTuple):
    """A file that is to be made; sizes in pixels."""

    batch: str
    name: str
    format: str
    width: int
    height: int


@dataclass(frozen=True)
class Order:
    """A batch of files to make of an original; `widths` are those of its pictures.

    `poster` is what its pictures are made of instead: the SHA-256 of a picture, brought to the original's size.
    """

    sha256: str
    mime_type: str
    batch: str
    widths: Sequence[int]
    size: tuple[int, int] = (1, 1)
    poster: str | None = None


def policy() -> str:
    """Return what tells this way of making files from any other: their sizes, formats and settings."""
    pictures = (WIDTHS, FORMATS, images.SAVED, MOVING_WIDTHS, MOVING_PIXELS, ANIMATED)
    return _digest((*pictures, CROP_WIDTHS, CROP_FORMATS, CARD_WIDTHS, CARD_FORMATS, tuple(video.LADDER)), 16)


def plan(mime_type: str, width: int, height: int, frames: int = 1, *, poster: str | None = None) -> list[File]:
    """Return the files to make: no larger than the original, but at least one of each."""
    container = CONTAINERS.get(mime_type)
    files = _pictures("web", width, height, poster)
    if container:
        files.append(File(CLEAN, f"original.{container}", container, width, height))
        files += [File(step, f"{step}.mp4", "mp4", *size) for step, size in video.ladder(width, height).items()]
    return [*files, *_pictures("avif", width, height, poster), *_moving(mime_type, width, height, frames)]


def plan_crop(batch: str, width: int, height: int, *, poster: str | None = None) -> list[File]:
    """Return the files of a cut of a picture so large."""
    ratio, focal = cut(batch)
    stem = batch.removeprefix(f"{CROP}:").replace(":", "-")
    widths, formats = (CARD_WIDTHS, CARD_FORMATS) if is_card(batch) else (CROP_WIDTHS, CROP_FORMATS)
    return [
        File(batch, _name(f"{stem}-w{wide}", ending, poster), ending, wide, high)
        for wide, high in images.plan_crops(width, height, ratio=ratio, focal=focal, widths=widths)
        for ending in formats
    ]


def crop_batch(ratio: str, focal: tuple[float, float] | None) -> str:
    """Name the batch of a cut, such as `crop:1x1:10:10`, by one of images.RATIOS and the focal point (D24)."""
    x, y = (int(share * FOCAL_STEPS + 0.5 + 1e-9) for share in focal or (0.5, 0.5))
    return f"{CROP}:{ratio.replace(':', 'x')}:{x}:{y}"


def poster_mark(poster: str | None) -> str:
    """Return what stands in the names of files that are made of a poster: another one has others."""
    return f"-p{poster[:8]}" if poster else ""


def is_card(batch: str) -> bool:
    """Say whether a batch is the cut beside a link."""
    return batch.startswith(f"{CROP}:{CARD}:")


def cut(batch: str) -> tuple[tuple[int, int], tuple[float, float]]:
    """Return a batch's ratio and focal point."""
    _, ratio, x, y = batch.split(":")
    return images.RATIOS[ratio.replace("x", ":")], (int(x) / FOCAL_STEPS, int(y) / FOCAL_STEPS)


def make(order: Order, *, storage: Storage, report: Callable[[float], bool]) -> dict[str, int]:
    """Make and store a batch's files and return the bytes of each by its name; no transaction may be open.

    `report` is told the share that is done of a long one and says whether to go on. Raises images.Refused,
    video.Stopped, ffmpeg.Absent, Overloaded, and what the storage raises.
    """
    sizes: dict[str, int] = {}
    with storage.workspace() as folder, storage.fetched(blob_key(order.sha256)) as source:
        for name, path in _made(order, source, folder, storage=storage, report=report):
            sizes[name] = path.stat().st_size
            storage.put_file(rendition_key(order.sha256, name), path)
    return sizes


def _made(
    order: Order, source: Path, folder: Path, *, storage: Storage, report: Callable[[float], bool]
) -> Iterator[tuple[str, Path]]:
    container, batch = CONTAINERS.get(order.mime_type), order.batch.removesuffix(LATER)
    if batch in FORMATS:
        with _still(order, source, folder, storage) as picture:
            made = images.renditions(picture, folder, widths=order.widths, formats=FORMATS[batch])
        yield from ((_name(f"w{file.width}", file.format, order.poster), file.path) for file in made)
        return
    if batch == MOVING:
        for file in images.moving(source, folder, widths=order.widths):
            yield _name(f"moving-{file.width}", file.format), file.path
        return
    if batch.startswith(CROP):
        with _still(order, source, folder, storage) as picture:
            yield from _cropped(picture, order, folder)
        return
    assert container is not None  # noqa: S101  only videos are planned in steps
    if batch == CLEAN:
        video.clean(source, container, folder / "clean", report=report)
        yield f"original.{container}", folder / "clean"
        return
    video.encode(source, container, folder / "step.mp4", name=batch, report=report)
    yield f"{batch}.mp4", folder / "step.mp4"


def _cropped(picture: Path, order: Order, folder: Path) -> Iterator[tuple[str, Path]]:
    """Cut in the order's widths, and name files by them: what shows a video may be a pixel smaller than the video."""
    batch, widths = order.batch.removesuffix(LATER), sorted(order.widths)
    ratio, focal = cut(batch)
    stem = batch.removeprefix(f"{CROP}:").replace(":", "-")
    formats = CARD_FORMATS if is_card(batch) else CROP_FORMATS
    made = images.crops(picture, folder, ratio=ratio, focal=focal, widths=widths, formats=formats)
    planned = dict(zip(sorted({file.width for file in made}), widths, strict=False))
    yield from ((_name(f"{stem}-w{planned[file.width]}", file.format, order.poster), file.path) for file in made)


@contextmanager
def _still(order: Order, source: Path, folder: Path, storage: Storage) -> Iterator[Path]:
    """Lend a picture: the original, or what stands for a video: its poster, else what it shows after a second."""
    container = CONTAINERS.get(order.mime_type)
    if container is None:
        yield source
        return
    still = folder / "still.png"
    if order.poster:
        width, height = images.plan(*order.size, widths=(min(order.size[0], WIDTHS[-1]),))[0]
        with storage.fetched(blob_key(order.poster)) as picture:
            images.fill(picture, still, width=width, height=height)
    else:
        video.frame(source, container, still, at=POSTER_AT)
    yield still
    still.unlink(missing_ok=True)


def _pictures(batch: str, width: int, height: int, poster: str | None) -> list[File]:
    return [
        File(batch, _name(f"w{wide}", ending, poster), ending, wide, high)
        for wide, high in images.plan(width, height, widths=WIDTHS)
        for ending in FORMATS[batch]
    ]


def _moving(mime_type: str, width: int, height: int, frames: int) -> list[File]:
    if frames < 2 or mime_type not in ANIMATED:
        return []
    sizes = images.plan(width, height, widths=MOVING_WIDTHS)
    fitting = [(wide, high) for wide, high in sizes if wide * high * frames <= MOVING_PIXELS]
    return [File(MOVING, _name(f"moving-{wide}", "webp"), "webp", wide, high) for wide, high in fitting]


def _name(stem: str, ending: str, poster: str | None = None) -> str:
    """Name a file; what it was made of, and how it was saved, stand in its name where that is not as ever."""
    saved = images.SAVED[ending]
    mark = "" if saved == FIRST[ending] else f"-{_digest(saved, 6)}"
    return f"{stem}{poster_mark(poster)}{mark}.{ending}"


def _digest(values: object, letters: int) -> str:
    return hashlib.sha256(repr(values).encode()).hexdigest()[:letters]
