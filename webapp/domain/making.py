"""What is made of an original: a picture's widths and formats; a video's steps, those of its poster, a clean copy.

Nothing here knows of rows or leases: `renditions` says when something is made, this says what and how.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from webapp.infra import images, video
from webapp.infra.storage import Storage, blob_key, rendition_key

RENDITIONS: Final = "media"
"""What the addresses of the files begin with that were made of an original; its SHA-256 and their name follow."""

WIDTHS: Final = (320, 640, 1280, 1920)
FORMATS: Final = {"web": ("webp", "jpg"), "avif": ("avif",)}
"""Of a picture, or of what stands for a video (D24)."""

CLEAN: Final = "clean"
QUICK: Final = ("web",)
SLOW: Final = ("avif", CLEAN, *video.LADDER)
"""Batches that one thread at a time is at, so that what has just come in never waits for them."""

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
    """A batch of files to make of an original; `widths` are those of its pictures."""

    sha256: str
    mime_type: str
    batch: str
    widths: Sequence[int]


def plan(mime_type: str, width: int, height: int) -> list[File]:
    """Return the files to make: no larger than the original, but at least one of each."""
    container = CONTAINERS.get(mime_type)
    files = _pictures("web", width, height)
    if container:
        files.append(File(CLEAN, f"original.{container}", container, width, height))
        files += [File(step, f"{step}.mp4", "mp4", *size) for step, size in video.ladder(width, height).items()]
    return [*files, *_pictures("avif", width, height)]


def make(order: Order, *, storage: Storage, report: Callable[[float], bool]) -> dict[str, int]:
    """Make and store a batch's files and return the bytes of each by its name; no transaction may be open.

    `report` is told the share that is done of a long one and says whether to go on. Raises images.Refused,
    video.Stopped, ffmpeg.Absent, Overloaded, and what the storage raises.
    """
    sizes: dict[str, int] = {}
    with storage.workspace() as folder, storage.fetched(blob_key(order.sha256)) as source:
        for name, path in _made(order, source, folder, report):
            sizes[name] = path.stat().st_size
            storage.put_file(rendition_key(order.sha256, name), path)
    return sizes


def _made(order: Order, source: Path, folder: Path, report: Callable[[float], bool]) -> Iterator[tuple[str, Path]]:
    container = CONTAINERS.get(order.mime_type)
    if order.batch in FORMATS:
        with _still(source, container, folder) as picture:
            made = images.renditions(picture, folder, widths=order.widths, formats=FORMATS[order.batch])
        yield from ((f"w{file.width}.{file.format}", file.path) for file in made)
        return
    assert container is not None  # noqa: S101  only videos are planned in steps
    if order.batch == CLEAN:
        video.clean(source, container, folder / "clean", report=report)
        yield f"original.{container}", folder / "clean"
        return
    video.encode(source, container, folder / "step.mp4", name=order.batch, report=report)
    yield f"{order.batch}.mp4", folder / "step.mp4"


@contextmanager
def _still(source: Path, container: str | None, folder: Path) -> Iterator[Path]:
    """Lend a picture: the original, or what a video shows after a second."""
    if container is None:
        yield source
        return
    still = folder / "still.png"
    video.frame(source, container, still, at=POSTER_AT)
    yield still
    still.unlink(missing_ok=True)


def _pictures(batch: str, width: int, height: int) -> list[File]:
    return [
        File(batch, f"w{wide}.{ending}", ending, wide, high)
        for wide, high in images.plan(width, height, widths=WIDTHS)
        for ending in FORMATS[batch]
    ]
